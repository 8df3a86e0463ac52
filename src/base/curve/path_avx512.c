// SPDX-License-Identifier: Apache-2.0
//
// The path for x86-64 with AVX-512 IFMA: what is a sum of table entries is computed in eight lanes,
// the rest as in the path without.
#include "base/curve/path.h"

#include <stddef.h>

#if defined(__x86_64__)

#include "base/curve/field64_x86.h"
#include "base/curve/invert.h"
#include "base/curve/lanes_single.h"
#include "base/secret/secret.h"

static const uint64_t prime[LIMBS_COUNT] = {FIELD_P0, FIELD_P1, FIELD_P2, FIELD_P3};

// 2^-4 mod p: field_mul by it takes a number out of the Montgomery form of lanes_field.h.
static const FieldElement plain_of_lanes = {
    {0x1000000000000000, 0xfffffffff0000000, 0xffffffffffffffff, 0xfffffffefffffff}};

// 2^516 mod p: field_mul by it takes a plain number into that form.
static const FieldElement lanes_of_plain = {
    {0x0000002000000030, 0x0000002ffffffff0, 0x0000001000000010, 0x0000004000000020}};

// 2^252 mod p: field_mul by it makes the square that field_square finds of that form one of that
// form.
static const FieldElement square_to_lanes = {{0, 0, 0, 0x1000000000000000}};

// The inverse of a number's Montgomery form of lanes_field.h times 2^256: the product with another
// number of that form is plain, if field_mul takes it.
static void invert_factor(FieldElement *ret, const uint64_t a[LIMBS_COUNT])
{
    limbs_invert(ret->limbs, a, prime, 1);
    field_mul(ret, ret, &FIELD_TO_MONTGOMERY);
}

// k, or n - k where k is even (n for 0); the mask says that it is the second.
static uint64_t make_odd(Scalar *ret, const Scalar *k)
{
    uint64_t is_even = limb_mask(1 ^ (k->limbs[0] & 1)), negated[LIMBS_COUNT];
    scalar_order_minus(negated, k);
    limbs_select(ret->limbs, is_even, negated, k->limbs);
    secret_wipe(negated, sizeof negated);
    return is_even;
}

static FieldElement element_of(const uint64_t words[LIMBS_COUNT])
{
    return (FieldElement){{words[0], words[1], words[2], words[3]}};
}

// The plain affine point, or its opposite where the mask is set.
static void store_point(CurvePoint *ret, const FieldElement *x, const FieldElement *y,
                        uint64_t negative)
{
    FieldElement minus;
    field_sub(&minus, &FIELD_ZERO, y);
    field_select(&minus, negative, &minus, y);
    memcpy(ret->x, x->limbs, sizeof ret->x);
    memcpy(ret->y, minus.limbs, sizeof ret->y);
    secret_wipe(&minus, sizeof minus);
}

static void multiply_base(CurvePoint *ret, const Scalar *k)
{
    Scalar odd;
    LanesSinglePoint product;
    FieldElement inverse, power, x, y, zz;
    uint64_t is_even = make_odd(&odd, k);
    lanes_single_base(&product, &odd);
    // With ZZ = Z^2 and ZZZ = Z^3: (ZZ / ZZZ)^2 is 1 / ZZ.
    invert_factor(&inverse, product.zzz);
    x = element_of(product.x);
    y = element_of(product.y);
    zz = element_of(product.zz);
    field_mul(&y, &y, &inverse);
    field_mul(&power, &zz, &inverse);
    field_mul(&power, &power, &FIELD_TO_MONTGOMERY);
    field_square(&power, &power);
    field_mul(&x, &x, &power);
    field_mul(&x, &x, &plain_of_lanes);
    store_point(ret, &x, &y, is_even);
    secret_wipe(&odd, sizeof odd);
    secret_wipe(&product, sizeof product);
    secret_wipe(&inverse, sizeof inverse);
    secret_wipe(&power, sizeof power);
    secret_wipe(&zz, sizeof zz);
}

static void multiply_base_x(uint64_t ret[LIMBS_COUNT], const Scalar *k)
{
    Scalar odd;
    LanesSinglePoint product;
    FieldElement inverse, x;
    (void)make_odd(&odd, k);
    lanes_single_base(&product, &odd);
    invert_factor(&inverse, product.zz);
    x = element_of(product.x);
    field_mul(&x, &x, &inverse);
    memcpy(ret, x.limbs, sizeof x.limbs);
    secret_wipe(&odd, sizeof odd);
    secret_wipe(&product, sizeof product);
    secret_wipe(&inverse, sizeof inverse);
}

static bool is_on_curve(const CurvePoint *point)
{
    return CURVE_PATH_X86->is_on_curve(point);
}

static void pack_point(LanesPacked *ret, const CurvePoint *point)
{
    FieldElement x = element_of(point->x), y = element_of(point->y);
    field_mul(&x, &x, &lanes_of_plain);
    field_mul(&y, &y, &lanes_of_plain);
    memcpy(ret->words, x.limbs, sizeof x.limbs);
    memcpy(&ret->words[LIMBS_COUNT], y.limbs, sizeof y.limbs);
}

static void multiply(CurvePoint *ret, const Scalar *k, const CurvePoint *point)
{
    Scalar odd;
    LanesPacked packed;
    LanesQuartetPoint product;
    FieldElement inverse, again, x, y;
    uint64_t is_even = make_odd(&odd, k);
    pack_point(&packed, point);
    lanes_quartet_multiply(&product, &odd, &packed);
    // A number in the lanes' form is plain after a product with the first of these; what is plain
    // stays so after one with the other.
    invert_factor(&inverse, product.z);
    field_mul(&again, &inverse, &lanes_of_plain);
    x = element_of(product.x);
    y = element_of(product.y);
    field_mul(&x, &x, &inverse);
    field_mul(&x, &x, &again);
    field_mul(&y, &y, &inverse);
    field_mul(&y, &y, &again);
    field_mul(&y, &y, &again);
    store_point(ret, &x, &y, is_even);
    secret_wipe(&odd, sizeof odd);
    secret_wipe(&product, sizeof product);
    secret_wipe(&inverse, sizeof inverse);
    secret_wipe(&again, sizeof again);
    secret_wipe(&x, sizeof x);
    secret_wipe(&y, sizeof y);
}

static void add(CurvePoint *ret, const CurvePoint *a, const CurvePoint *b)
{
    CURVE_PATH_X86->add(ret, a, b);
}

static void sum(CurvePoint *ret, const Scalar *s, const Scalar *t, const CurvePoint *point)
{
    CURVE_PATH_X86->sum(ret, s, t, point);
}

// X = v ZZ, for a plain v.
static bool has_x(const FieldElement *x, const FieldElement *zz, const uint64_t v[LIMBS_COUNT])
{
    FieldElement factor = element_of(v);
    field_mul(&factor, &factor, &FIELD_TO_MONTGOMERY);
    field_mul(&factor, &factor, zz);
    return field_equal(&factor, x) != 0;
}

// v stands for v + n too, where that is below p.
static bool has_x_modulo_n(const FieldElement *x, const FieldElement *zz, const Scalar *v)
{
    uint64_t v_plus_n[LIMBS_COUNT], unused[LIMBS_COUNT];
    if (has_x(x, zz, v->limbs)) {
        return true;
    }
    return scalar_plus_order(v_plus_n, v) == 0 && limbs_sub(unused, v_plus_n, prime) != 0 &&
           has_x(x, zz, v_plus_n);
}

// Sums that met equal or opposite points, which nobody finds but on purpose, are computed again by
// a path that knows all cases.
static bool sum_has_x(const Scalar *s, const Scalar *t, const CurvePoint *point, const Scalar *v)
{
    LanesPacked packed;
    LanesQuartetPoint sum;
    pack_point(&packed, point);
    lanes_quartet_sum(&sum, s, t, &packed);
    if (limbs_is_zero(sum.z) != 0) {
        return CURVE_PATH_X86->sum_has_x(s, t, point, v);
    }
    // Z^2 in the lanes' form, whose products leave 2^4 more of it than field_square's.
    FieldElement x = element_of(sum.x), zz = element_of(sum.z);
    field_square(&zz, &zz);
    field_mul(&zz, &zz, &square_to_lanes);
    return has_x_modulo_n(&x, &zz, v);
}

// By the point itself, whose entry is the table's first.
static bool plain_sum_has_x(const Scalar *s, const Scalar *t, const LanesTable *table,
                            const Scalar *v)
{
    const uint64_t *words = table->rows[0][0].words;
    FieldElement x = element_of(words), y = element_of(&words[LIMBS_COUNT]);
    CurvePoint point;
    field_mul(&x, &x, &plain_of_lanes);
    field_mul(&y, &y, &plain_of_lanes);
    memcpy(point.x, x.limbs, sizeof point.x);
    memcpy(point.y, y.limbs, sizeof point.y);
    return CURVE_PATH_X86->sum_has_x(s, t, &point, v);
}

static bool table_sum_has_x(const Scalar *s, const Scalar *t, const CurveTable *table,
                            const Scalar *v)
{
    const LanesTable *multiples = (const LanesTable *)(const void *)table;
    LanesSinglePoint sum;
    lanes_single_sum(&sum, s, t, multiples);
    if (limbs_is_zero(sum.zz) != 0) {
        return plain_sum_has_x(s, t, multiples, v);
    }
    FieldElement x = element_of(sum.x), zz = element_of(sum.zz);
    return has_x_modulo_n(&x, &zz, v);
}

static void table_compute(CurveTable *ret, const CurvePoint *point)
{
    lanes_table_compute((LanesTable *)(void *)ret, point);
}

static const CurvePath path_avx512 = {
    .name = "avx512",
    .is_on_curve = is_on_curve,
    .multiply_base = multiply_base,
    .multiply_base_x = multiply_base_x,
    .multiply = multiply,
    .add = add,
    .sum = sum,
    .sum_has_x = sum_has_x,
    .table_sum_has_x = table_sum_has_x,
    .table_size = sizeof(LanesTable),
    .table_compute = table_compute,
};
const CurvePath *const CURVE_PATH_AVX512 = &path_avx512;

#else

const CurvePath *const CURVE_PATH_AVX512 = NULL;

#endif
