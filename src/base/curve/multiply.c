// SPDX-License-Identifier: Apache-2.0
//
// Scalar multiplication. Scalars are cut into signed 6-bit digits in [-32, 32], so that a table of
// the 32 positive multiples is enough.
#include <pthread.h>
#include <string.h>

#include "base/curve/point.h"
#include "base/curve/select.h"
#include "base/secret/secret.h"

enum {
    DIGIT_BITS = POINT_TABLE_DIGIT_BITS,
    DIGIT_COUNT = POINT_TABLE_ROWS,
    TABLE_SIZE = POINT_TABLE_COLUMNS,
    WNAF_BITS = 257,
    POINT_WNAF_WIDTH = 5,  // odd digits up to 15
    BASE_WNAF_WIDTH = 9,   // odd digits up to 255
    POINT_ODD_COUNT = 1 << (POINT_WNAF_WIDTH - 2),
    BASE_ODD_COUNT = 1 << (BASE_WNAF_WIDTH - 2),
};

// Computed once (under a millisecond), constant afterwards: the multiples of the base point for
// sums of digits, and its odd multiples for wNAF.
static PointTable base_table;
static AffinePoint base_odd_multiples[BASE_ODD_COUNT];
static pthread_once_t base_table_once = PTHREAD_ONCE_INIT;

// Turn points into affine ones with a single inversion; none of them is infinite.
static void row_to_affine(AffinePoint ret[TABLE_SIZE], const Point points[TABLE_SIZE])
{
    FieldElement products[TABLE_SIZE];
    products[0] = points[0].z;
    for (size_t i = 1; i < TABLE_SIZE; i++) {
        field_mul(&products[i], &products[i - 1], &points[i].z);
    }
    FieldElement inverse;
    field_invert(&inverse, &products[TABLE_SIZE - 1]);
    for (size_t i = TABLE_SIZE; i-- > 0;) {
        FieldElement z_inverse, power;
        field_mul(&z_inverse, &inverse, i > 0 ? &products[i - 1] : &FIELD_ONE);
        field_mul(&inverse, &inverse, &points[i].z);
        field_square(&power, &z_inverse);
        field_mul(&ret[i].x, &points[i].x, &power);
        field_mul(&power, &power, &z_inverse);
        field_mul(&ret[i].y, &points[i].y, &power);
    }
}

void point_table_compute(PointTable *ret, const AffinePoint *point)
{
    AffinePoint first = *point;
    for (size_t i = 0; i < DIGIT_COUNT; i++) {
        Point multiples[TABLE_SIZE];
        point_from_affine(&multiples[0], &first);
        for (size_t j = 1; j < TABLE_SIZE; j++) {
            point_add_affine_public(&multiples[j], &multiples[j - 1], &first);
        }
        row_to_affine(ret->rows[i], multiples);
        Point next;
        point_double(&next, &multiples[TABLE_SIZE - 1]);
        point_to_affine(&first, &next);
    }
}

static void compute_base_table(void)
{
    point_table_compute(&base_table, &POINT_BASE);
    Point twice, multiples[TABLE_SIZE];
    AffinePoint two;
    point_from_affine(&twice, &POINT_BASE);
    point_double(&twice, &twice);
    point_to_affine(&two, &twice);
    for (size_t i = 0; i < BASE_ODD_COUNT; i += TABLE_SIZE) {
        for (size_t j = 0; j < TABLE_SIZE; j++) {
            if (i + j == 0) {
                point_from_affine(&multiples[0], &POINT_BASE);
            } else {
                point_add_affine_public(&multiples[j], &multiples[j > 0 ? j - 1 : TABLE_SIZE - 1],
                                        &two);
            }
        }
        row_to_affine(&base_odd_multiples[i], multiples);
    }
}

// Digit `i` of k: *ret_negative is a mask, the magnitude (0 to 32) is returned. Booth's recoding:
// the digit looks at 6 bits and at the one below, which says whether the digit below borrowed.
static uint64_t signed_digit(const uint8_t little_endian[34], size_t i, uint64_t *ret_negative)
{
    size_t bit = i * DIGIT_BITS;
    uint64_t bits;
    if (bit == 0) {
        bits = (uint64_t)little_endian[0] << 1;
    } else {
        size_t below = bit - 1;
        bits = ((uint64_t)little_endian[below / 8] | (uint64_t)little_endian[below / 8 + 1] << 8) >>
               (below % 8);
    }
    bits &= 0x7f;
    uint64_t negative = limb_mask(bits >> 6);
    uint64_t magnitude = (bits >> 1) + (bits & 1);
    *ret_negative = negative;
    return limb_select(negative, 64 - magnitude, magnitude);
}

static void scalar_to_little_endian(uint8_t ret[34], const Scalar *k)
{
    memset(ret, 0, 34);
    for (size_t i = 0; i < LIMBS_BYTES; i++) {
        ret[i] = (uint8_t)(k->limbs[i / 8] >> (8 * (i % 8)));
    }
}

static void negate_where(FieldElement *y, uint64_t mask)
{
    static const FieldElement zero = {{0}};
    FieldElement negated;
    field_sub(&negated, &zero, y);
    field_select(y, mask, &negated, y);
}

// Adds one table entry for each digit, lowest digit first, without any doubling. The sum of the
// digits below i is at most 64^i / 2 in size and digit i adds at least 64^i, and for the highest
// digit (at most 16, positive) equality modulo n would need 15 * 2^252 = n - |sum|, which the
// bound excludes: so no addition meets equal points, and opposite ones only for k = 0.
void point_multiply_base(Point *ret, const Scalar *k)
{
    pthread_once(&base_table_once, compute_base_table);
    uint8_t little_endian[34];
    scalar_to_little_endian(little_endian, k);
    PointSelect *select = point_select_best();
    Point sum = {0};
    AffinePoint entry;
    for (size_t i = 0; i < DIGIT_COUNT; i++) {
        uint64_t negative;
        uint64_t magnitude = signed_digit(little_endian, i, &negative);
        select(&entry, base_table.rows[i], magnitude);
        negate_where(&entry.y, negative);
        point_add_affine(&sum, &sum, &entry, limb_is_zero(magnitude));
    }
    *ret = sum;
    secret_wipe(little_endian, sizeof little_endian);
    secret_wipe(&entry, sizeof entry);
    secret_wipe(&sum, sizeof sum);
}

void point_multiply(Point *ret, const Scalar *k, const AffinePoint *point)
{
    Point multiples[TABLE_SIZE + 1] = {0};  // multiples[0] is infinity
    point_from_affine(&multiples[1], point);
    for (size_t j = 2; j <= TABLE_SIZE; j++) {
        point_add_public(&multiples[j], &multiples[j - 1], &multiples[1]);
    }
    uint8_t little_endian[34];
    scalar_to_little_endian(little_endian, k);
    Point sum = {0};
    Point entry;
    for (size_t i = DIGIT_COUNT; i-- > 0;) {
        for (size_t doubling = 0; doubling < DIGIT_BITS; doubling++) {
            point_double(&sum, &sum);
        }
        uint64_t negative;
        uint64_t magnitude = signed_digit(little_endian, i, &negative);
        entry = (Point){0};
        for (uint64_t j = 0; j <= TABLE_SIZE; j++) {
            uint64_t mask = limb_is_zero(magnitude ^ j);
            field_select(&entry.x, mask, &multiples[j].x, &entry.x);
            field_select(&entry.y, mask, &multiples[j].y, &entry.y);
            field_select(&entry.z, mask, &multiples[j].z, &entry.z);
        }
        negate_where(&entry.y, negative);
        point_add(&sum, &sum, &entry);
    }
    *ret = sum;
    secret_wipe(little_endian, sizeof little_endian);
    secret_wipe(&entry, sizeof entry);
    secret_wipe(&sum, sizeof sum);
}

// `count` bits of k from bit `start` on, as far as there are any.
static uint64_t scalar_bits(const Scalar *k, size_t start, unsigned count)
{
    size_t limb = start / 64, shift = start % 64;
    uint64_t bits = limb < 4 ? k->limbs[limb] >> shift : 0;
    if (shift > 0 && limb + 1 < 4) {
        bits |= k->limbs[limb + 1] << (64 - shift);
    }
    return bits & (((uint64_t)1 << count) - 1);
}

// Write k in width-w non-adjacent form: digits are zero or odd and below 2^(w-1) in size, and
// after one that is not zero come w-1 zeros. A negative digit carries one into the bits above.
static void recode_wnaf(int16_t ret[WNAF_BITS], const Scalar *k, unsigned width)
{
    memset(ret, 0, WNAF_BITS * sizeof ret[0]);
    uint64_t carry = 0;
    for (size_t i = 0; i < WNAF_BITS;) {
        if (scalar_bits(k, i, 1) == carry) {
            i++;
            continue;
        }
        int digit = (int)(scalar_bits(k, i, width) + carry);
        carry = digit >= 1 << (width - 1);
        ret[i] = (int16_t)(digit - (int)(carry << width));
        i += width;
    }
}

static size_t digit_index(int16_t digit)
{
    return (size_t)(digit < 0 ? -digit : digit) - 1;
}

void point_multiply_sum_public(Point *ret, const Scalar *s, const Scalar *t,
                               const AffinePoint *point)
{
    pthread_once(&base_table_once, compute_base_table);
    int16_t s_digits[WNAF_BITS], t_digits[WNAF_BITS];
    recode_wnaf(s_digits, s, BASE_WNAF_WIDTH);
    recode_wnaf(t_digits, t, POINT_WNAF_WIDTH);
    Point odd_multiples[POINT_ODD_COUNT], twice;
    point_from_affine(&odd_multiples[0], point);
    point_double(&twice, &odd_multiples[0]);
    for (size_t i = 1; i < POINT_ODD_COUNT; i++) {
        point_add_public(&odd_multiples[i], &odd_multiples[i - 1], &twice);
    }
    size_t highest = WNAF_BITS;
    while (highest > 0 && s_digits[highest - 1] == 0 && t_digits[highest - 1] == 0) {
        highest--;
    }
    Point sum = {0};
    for (size_t i = highest; i-- > 0;) {
        point_double(&sum, &sum);
        if (t_digits[i] != 0) {
            Point entry = odd_multiples[digit_index(t_digits[i]) / 2];
            negate_where(&entry.y, limb_mask(t_digits[i] < 0));
            point_add_public(&sum, &sum, &entry);
        }
        if (s_digits[i] != 0) {
            AffinePoint entry = base_odd_multiples[digit_index(s_digits[i]) / 2];
            negate_where(&entry.y, limb_mask(s_digits[i] < 0));
            point_add_affine_public(&sum, &sum, &entry);
        }
    }
    *ret = sum;
}

// Add the digits of k times the table's point to `sum`.
static void add_digits_public(Point *sum, const Scalar *k, const PointTable *table)
{
    uint8_t little_endian[34];
    scalar_to_little_endian(little_endian, k);
    for (size_t i = 0; i < DIGIT_COUNT; i++) {
        uint64_t negative;
        uint64_t magnitude = signed_digit(little_endian, i, &negative);
        if (magnitude != 0) {
            AffinePoint entry = table->rows[i][magnitude - 1];
            negate_where(&entry.y, negative);
            point_add_affine_public(sum, sum, &entry);
        }
    }
}

void point_multiply_sum_table_public(Point *ret, const Scalar *s, const Scalar *t,
                                     const PointTable *table)
{
    pthread_once(&base_table_once, compute_base_table);
    Point sum = {0};
    add_digits_public(&sum, s, &base_table);
    add_digits_public(&sum, t, table);
    *ret = sum;
}
