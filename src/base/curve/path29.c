// SPDX-License-Identifier: Apache-2.0
//
// The path over Field29: scalar multiplication, for machines without 64 by 64 bit products.
// Multiples of the base point and of keys that return come from a table without any doubling:
// scalars are cut into 7-bit digits that are all odd, -127 to 127, so that none is 0 and no sum but
// the first is infinite.
#include <string.h>

#include "base/curve/once.h"
#include "base/curve/path.h"
#include "base/curve/point29.h"
#include "base/curve/wnaf.h"

enum {
    COMB_BITS = 7,
    COMB_ROWS = 37,  // 37 * 7 = 259 bits
    COMB_COLUMNS = 64,
    WINDOW_BITS = 5,
    WINDOW_COUNT = 52,
    WINDOW_MULTIPLES = 16,
    POINT_WNAF_WIDTH = 5,  // odd digits up to 15
    BASE_WNAF_WIDTH = 8,   // odd digits up to 127: the first row of the table
    POINT_ODD_COUNT = 1 << (POINT_WNAF_WIDTH - 2),
    SCALAR_DIGIT_BYTES = 35,
};

// Row i holds 128^i times a point, times 1, 3, ... 127.
struct CurveTable {
    PackedPoint29 rows[COMB_ROWS][COMB_COLUMNS];
};

// Computed once, constant afterwards.
static CurveTable base_table;
static CurveOnce base_once = CURVE_ONCE_INIT;

// Divide points by their Z with a single inversion; none of them is infinite.
static void pack_row(PackedPoint29 ret[COMB_COLUMNS], const Point29 points[COMB_COLUMNS])
{
    Field29 products[COMB_COLUMNS];
    products[0] = points[0].z;
    for (size_t i = 1; i < COMB_COLUMNS; i++) {
        field29_mul(&products[i], &products[i - 1], &points[i].z);
    }
    Field29 inverse;
    field29_invert(&inverse, &products[COMB_COLUMNS - 1]);
    for (size_t i = COMB_COLUMNS; i-- > 0;) {
        Field29 z_inverse, power, coordinate;
        field29_mul(&z_inverse, &inverse, i > 0 ? &products[i - 1] : &FIELD29_ONE);
        field29_mul(&inverse, &inverse, &points[i].z);
        field29_square(&power, &z_inverse);
        field29_mul(&coordinate, &points[i].x, &power);
        field29_pack(ret[i].x, &coordinate);
        field29_mul(&power, &power, &z_inverse);
        field29_mul(&coordinate, &points[i].y, &power);
        field29_pack(ret[i].y, &coordinate);
    }
}

static void to_affine(AffinePoint29 *ret, const Point29 *point)
{
    CurvePoint plain;
    point29_to_plain(&plain, point);
    point29_of_plain(ret, &plain);
}

static void compute_table(CurveTable *ret, const CurvePoint *point)
{
    AffinePoint29 first, two;
    point29_of_plain(&first, point);
    for (size_t i = 0; i < COMB_ROWS; i++) {
        Point29 multiples[COMB_COLUMNS], next;
        point29_of_affine(&multiples[0], &first);
        point29_double(&next, &multiples[0]);
        to_affine(&two, &next);
        for (size_t j = 1; j < COMB_COLUMNS; j++) {
            point29_add_affine_public(&multiples[j], &multiples[j - 1], &two);
        }
        pack_row(ret->rows[i], multiples);
        point29_add_affine_public(&next, &multiples[COMB_COLUMNS - 1], &first);
        to_affine(&first, &next);
    }
}

static void compute_base(void)
{
    compute_table(&base_table, &CURVE_BASE);
}

static void scalar_to_little_endian(uint8_t ret[SCALAR_DIGIT_BYTES], const Scalar *k)
{
    memset(ret, 0, SCALAR_DIGIT_BYTES);
    for (size_t i = 0; i < LIMBS_BYTES; i++) {
        ret[i] = (uint8_t)(k->limbs[i / 8] >> (8 * (i % 8)));
    }
}

// Digit `i` of a window: *ret_negative is a mask, the magnitude (0 to 16) is returned. Booth's
// recoding: the digit looks at its 5 bits and at the one below, which says whether the digit below
// borrowed.
static uint32_t window_digit(const uint8_t little_endian[SCALAR_DIGIT_BYTES], size_t i,
                             uint64_t *ret_negative)
{
    size_t bit = i * WINDOW_BITS;
    uint32_t bits = (uint32_t)little_endian[0] << 1;
    if (bit > 0) {
        size_t below = bit - 1;
        bits = ((uint32_t)little_endian[below / 8] | (uint32_t)little_endian[below / 8 + 1] << 8) >>
               (below % 8);
    }
    bits &= 63;
    uint32_t negative = (uint32_t)limb_mask(bits >> WINDOW_BITS);
    uint32_t magnitude = (bits >> 1) + (bits & 1);
    *ret_negative = (uint64_t)negative << 32 | negative;
    return magnitude ^ (negative & (magnitude ^ (32 - magnitude)));
}

// Entry `index` of a row, all of which is read whatever is asked for.
static void select_packed(PackedPoint29 *ret, const PackedPoint29 row[COMB_COLUMNS], uint32_t index)
{
    typedef uint32_t Words __attribute__((vector_size(16)));
    const Words wanted = {index, index, index, index}, one = {1, 1, 1, 1};
    Words at = {0}, selected[4] = {{0}}, entry[4];
    _Static_assert(sizeof *ret == sizeof selected, "a packed point is four vectors");
    for (size_t j = 0; j < COMB_COLUMNS; j++) {
        Words mask = (Words)(at == wanted);
        memcpy(entry, &row[j], sizeof entry);
        selected[0] |= entry[0] & mask;
        selected[1] |= entry[1] & mask;
        selected[2] |= entry[2] & mask;
        selected[3] |= entry[3] & mask;
        at += one;
    }
    memcpy(ret, selected, sizeof *ret);
}

// Odd digits: with k odd and below 2^256, and h = (k - 1) / 2 + 2^258, digit i is 2 w - 127 for the
// 7 bits w of h from bit 7 i on; their sum is 2 h - (2^259 - 1), which is k. For k even the digits
// are those of n - k, all negated. Source: Joye and Tunstall, "Exponent Recoding and Regular
// Exponentiation Algorithms".
typedef struct {
    uint8_t half[SCALAR_DIGIT_BYTES];
    uint32_t negated;  // all ones where k is even
} OddDigits;

static void recode_odd(OddDigits *ret, const Scalar *k)
{
    Scalar negated, odd = *k;
    const Scalar zero = {{0}};
    uint64_t even = limb_mask((k->limbs[0] & 1) ^ 1);
    // n - k even for 0, whose digits then are those of n: 0 modulo n as well.
    scalar_sub(&negated, &zero, k);
    uint64_t plain[4];
    (void)scalar_plus_order(plain, &zero);
    limbs_select(negated.limbs, limbs_is_zero(k->limbs), plain, negated.limbs);
    limbs_select(odd.limbs, even, negated.limbs, odd.limbs);
    for (size_t i = 0; i < 4; i++) {
        odd.limbs[i] = odd.limbs[i] >> 1 | (i < 3 ? odd.limbs[i + 1] << 63 : 0);
    }
    scalar_to_little_endian(ret->half, &odd);
    ret->half[258 / 8] |= 1 << 258 % 8;
    ret->negated = (uint32_t)even;
    explicit_bzero(&negated, sizeof negated);
    explicit_bzero(&odd, sizeof odd);
}

// Digit i: the index of its size among 1, 3, ... 127 is returned, and *ret_negative is a mask.
static uint32_t odd_digit(const OddDigits *digits, size_t i, uint64_t *ret_negative)
{
    size_t bit = i * COMB_BITS;
    uint32_t bits = (uint32_t)digits->half[bit / 8] | (uint32_t)digits->half[bit / 8 + 1] << 8;
    bits = bits >> (bit % 8) & 127;
    uint32_t below = (uint32_t)limb_mask((bits >> 6) ^ 1);
    uint32_t negative = below ^ digits->negated;
    *ret_negative = (uint64_t)negative << 32 | negative;
    return (bits ^ below) & 63;
}

static void load_digit(AffinePoint29 *ret, const CurveTable *table, const OddDigits *digits,
                       size_t i)
{
    PackedPoint29 packed;
    uint64_t negative;
    uint32_t index = odd_digit(digits, i, &negative);
    select_packed(&packed, table->rows[i], index);
    point29_unpack(ret, &packed);
    field29_negate(&ret->y, negative, &ret->y);
}

// One table entry for each digit, lowest digit first. The sum of the digits below i is below 128^i
// in size and digit i adds at least that, so no two points that are added are equal or opposite,
// but modulo n at the highest digit, which is at most 15: for k = n or -n in the sum, that is 0,
// and for 30 * 2^252 - n or its negative. All of these give infinity, for which the caller looks.
static void sum_digits(Extended29 *ret, const Scalar *k)
{
    curve_once(&base_once, compute_base);
    OddDigits digits;
    AffinePoint29 entry;
    recode_odd(&digits, k);
    load_digit(&entry, &base_table, &digits, 0);
    field29_tighten(&ret->x, &entry.x);
    field29_tighten(&ret->y, &entry.y);
    ret->zz = FIELD29_ONE;
    ret->zzz = FIELD29_ONE;
    for (size_t i = 1; i < COMB_ROWS; i++) {
        load_digit(&entry, &base_table, &digits, i);
        extended29_add_unequal(ret, &entry);
    }
    explicit_bzero(&digits, sizeof digits);
    explicit_bzero(&entry, sizeof entry);
}

static void select_addend(Addend29 *ret, const Addend29 multiples[WINDOW_MULTIPLES],
                          uint32_t magnitude)
{
    enum { WORDS = sizeof(Addend29) / sizeof(int32_t) };
    uint32_t selected[WORDS] = {0}, words[WORDS];
    for (uint32_t j = 0; j < WINDOW_MULTIPLES; j++) {
        uint32_t mask = (uint32_t)limb_is_zero(magnitude ^ (j + 1));
        memcpy(words, &multiples[j], sizeof words);
        for (size_t i = 0; i < WORDS; i++) {
            selected[i] |= words[i] & mask;
        }
    }
    memcpy(ret, selected, sizeof *ret);
    explicit_bzero(selected, sizeof selected);
}

// Windows of 5 bits, highest first. Before the last window, 32 times the sum is never equal or
// opposite to the multiple of at most 16 that is added, unless it is infinite, which the mask
// knows; at the last one k near n can come to that.
static void multiply(CurvePoint *ret, const Scalar *k, const CurvePoint *point)
{
    AffinePoint29 affine;
    Addend29 multiples[WINDOW_MULTIPLES], entry;
    Point29 multiple;
    point29_of_plain(&affine, point);
    point29_of_affine(&multiple, &affine);
    addend29_of(&multiples[0], &multiple);
    for (size_t j = 1; j < WINDOW_MULTIPLES; j++) {
        point29_add_affine_public(&multiple, &multiple, &affine);
        addend29_of(&multiples[j], &multiple);
    }
    uint8_t little_endian[SCALAR_DIGIT_BYTES];
    scalar_to_little_endian(little_endian, k);
    Point29 sum, next;
    memset(&sum, 0, sizeof sum);
    uint64_t infinite = UINT64_MAX;
    for (size_t i = WINDOW_COUNT; i-- > 0;) {
        for (size_t doubling = 0; doubling < WINDOW_BITS; doubling++) {
            point29_double(&sum, &sum);
        }
        uint64_t negative;
        uint32_t magnitude = window_digit(little_endian, i, &negative);
        select_addend(&entry, multiples, magnitude);
        field29_negate(&entry.point.y, negative, &entry.point.y);
        if (i == 0) {
            point29_add_complete(&sum, &sum, &entry);
            break;
        }
        uint64_t zero = limb_is_zero(magnitude);
        point29_add_unequal(&next, &sum, &entry);
        point29_select(&next, infinite, &entry.point, &next);
        point29_select(&sum, zero, &sum, &next);
        infinite &= zero;
    }
    point29_to_plain(ret, &sum);
    explicit_bzero(little_endian, sizeof little_endian);
    explicit_bzero(&entry, sizeof entry);
    explicit_bzero(&sum, sizeof sum);
    explicit_bzero(&next, sizeof next);
}

static void narrow_multiply_base(CurvePoint *ret, const Scalar *k)
{
    Extended29 sum;
    sum_digits(&sum, k);
    if (field29_is_zero(&sum.zz) != 0) {
        multiply(ret, k, &CURVE_BASE);
    } else {
        extended29_to_plain(ret, &sum);
    }
    explicit_bzero(&sum, sizeof sum);
}

static void narrow_multiply_base_x(uint64_t ret[4], const Scalar *k)
{
    Extended29 sum;
    sum_digits(&sum, k);
    if (field29_is_zero(&sum.zz) != 0) {
        CurvePoint product;
        multiply(&product, k, &CURVE_BASE);
        memcpy(ret, product.x, sizeof product.x);
    } else {
        extended29_to_plain_x(ret, &sum);
    }
    explicit_bzero(&sum, sizeof sum);
}

static void add(CurvePoint *ret, const CurvePoint *a, const CurvePoint *b)
{
    if (curve_point_is_infinite(a) || curve_point_is_infinite(b)) {
        *ret = curve_point_is_infinite(a) ? *b : *a;
        return;
    }
    AffinePoint29 first, second;
    Point29 sum;
    point29_of_plain(&first, a);
    point29_of_plain(&second, b);
    point29_of_affine(&sum, &first);
    point29_add_affine_public(&sum, &sum, &second);
    point29_to_plain(ret, &sum);
}

static void add_point_digit(Point29 *sum, const Addend29 odd_multiples[POINT_ODD_COUNT], int digit)
{
    if (digit != 0) {
        Addend29 entry = odd_multiples[wnaf_index(digit)];
        field29_negate(&entry.point.y, (uint64_t)0 - (digit < 0), &entry.point.y);
        point29_add_public(sum, sum, &entry);
    }
}

static void add_base_digit(Point29 *sum, int digit)
{
    if (digit != 0) {
        AffinePoint29 entry;
        point29_unpack(&entry, &base_table.rows[0][wnaf_index(digit)]);
        field29_negate(&entry.y, (uint64_t)0 - (digit < 0), &entry.y);
        point29_add_affine_public(sum, sum, &entry);
    }
}

static void sum_public(Point29 *ret, const Scalar *s, const Scalar *t, const CurvePoint *point)
{
    curve_once(&base_once, compute_base);
    WnafDigits s_form, t_form;
    const int16_t *s_digits = s_form.digits, *t_digits = t_form.digits;
    wnaf_recode(&s_form, s, BASE_WNAF_WIDTH);
    wnaf_recode(&t_form, t, POINT_WNAF_WIDTH);
    Addend29 odd_multiples[POINT_ODD_COUNT], twice;
    AffinePoint29 affine;
    Point29 multiple, doubled;
    point29_of_plain(&affine, point);
    point29_of_affine(&multiple, &affine);
    point29_double(&doubled, &multiple);
    addend29_of(&twice, &doubled);
    addend29_of(&odd_multiples[0], &multiple);
    for (size_t i = 1; i < POINT_ODD_COUNT; i++) {
        point29_add_public(&multiple, &multiple, &twice);
        addend29_of(&odd_multiples[i], &multiple);
    }
    size_t highest = WNAF_DIGITS;
    while (highest > 0 && s_digits[highest - 1] == 0 && t_digits[highest - 1] == 0) {
        highest--;
    }
    memset(ret, 0, sizeof *ret);
    for (size_t i = highest; i-- > 0;) {
        point29_double(ret, ret);
        add_point_digit(ret, odd_multiples, t_digits[i]);
        add_base_digit(ret, s_digits[i]);
    }
}

static void sum(CurvePoint *ret, const Scalar *s, const Scalar *t, const CurvePoint *point)
{
    Point29 total;
    sum_public(&total, s, t, point);
    point29_to_plain(ret, &total);
}

// True if the affine x is a plain number below p: it is multiplied by Z^2 instead of dividing.
static bool has_plain_x(const Point29 *point, const uint64_t plain[4])
{
    Field29 z_squared, difference;
    field29_square(&z_squared, &point->z);
    field29_from_limbs(&difference, plain);
    field29_mul(&difference, &difference, &z_squared);
    field29_sub(&difference, &difference, &point->x);
    return field29_is_zero(&difference) != 0;
}

// p - n is small: x modulo n is v for x = v and, where that is below p, for x = v + n.
static bool has_x(const Point29 *point, const Scalar *v)
{
    static const uint64_t p_minus_n[4] = {0xac440bf6c62abedc, 0x8dfc2093de39fad5,
                                          0x0000000000000000, 0x0000000000000000};
    uint64_t v_plus_n[4], unused[4];
    if (field29_is_zero(&point->z) != 0) {
        return false;
    }
    if (has_plain_x(point, v->limbs)) {
        return true;
    }
    (void)scalar_plus_order(v_plus_n, v);
    return limbs_sub(unused, v->limbs, p_minus_n) != 0 && has_plain_x(point, v_plus_n);
}

static bool sum_has_x(const Scalar *s, const Scalar *t, const CurvePoint *point, const Scalar *v)
{
    Point29 total;
    sum_public(&total, s, t, point);
    return has_x(&total, v);
}

// Add the digits of k times the table's point.
static void add_digits_public(Point29 *total, const Scalar *k, const CurveTable *table)
{
    OddDigits digits;
    recode_odd(&digits, k);
    for (size_t i = 0; i < COMB_ROWS; i++) {
        AffinePoint29 entry;
        uint64_t negative;
        uint32_t index = odd_digit(&digits, i, &negative);
        point29_unpack(&entry, &table->rows[i][index]);
        field29_negate(&entry.y, negative, &entry.y);
        point29_add_affine_public(total, total, &entry);
    }
}

static bool table_sum_has_x(const Scalar *s, const Scalar *t, const CurveTable *table,
                            const Scalar *v)
{
    curve_once(&base_once, compute_base);
    Point29 total;
    memset(&total, 0, sizeof total);
    add_digits_public(&total, s, &base_table);
    add_digits_public(&total, t, table);
    return has_x(&total, v);
}

const CurvePath CURVE_PATH_NARROW = {
    .name = "narrow",
    .is_on_curve = point29_is_on_curve,
    .multiply_base = narrow_multiply_base,
    .multiply_base_x = narrow_multiply_base_x,
    .multiply = multiply,
    .add = add,
    .sum = sum,
    .sum_has_x = sum_has_x,
    .table_sum_has_x = table_sum_has_x,
    .table_size = sizeof(CurveTable),
    .table_compute = compute_table,
};
