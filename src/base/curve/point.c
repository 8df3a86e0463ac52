// SPDX-License-Identifier: Apache-2.0
#include "base/curve/point.h"

#include <string.h>

// The coefficient b and the base point, in Montgomery form. Source: GB/T 32918.5-2017 2.
static const FieldElement curve_b = {
    {0x90d230632bc0dd42, 0x71cf379ae9b537ab, 0x527981505ea51c3c, 0x240fe188ba20e2c8}};

const AffinePoint POINT_BASE = {
    {{0x61328990f418029e, 0x3e7981eddca6c050, 0xd6a1ed99ac24c3c3, 0x91167a5ee1c13b05}},
    {{0xc1354e593c2d0ddd, 0xc1f5e5788d3295fa, 0x8d4cfb066e2a48f8, 0x63cd65d481d735bd}},
};

static bool is_on_curve(const AffinePoint *point)
{
    // x^3 - 3x + b as (x^2 - 3) x + b
    FieldElement three, left, right;
    field_triple(&three, &FIELD_ONE);
    field_square(&right, &point->x);
    field_sub(&right, &right, &three);
    field_mul(&right, &right, &point->x);
    field_add(&right, &right, &curve_b);
    field_square(&left, &point->y);
    return field_equal(&left, &right) != 0;
}

bool point_load(AffinePoint *ret, const uint8_t encoded[65])
{
    AffinePoint point;
    uint64_t below_p = field_load(&point.x, &encoded[1]) & field_load(&point.y, &encoded[33]);
    if (encoded[0] != 0x04 || below_p == 0 || !is_on_curve(&point)) {
        return false;
    }
    *ret = point;
    return true;
}

void point_store(uint8_t ret[65], const AffinePoint *point)
{
    ret[0] = 0x04;
    field_store(&ret[1], &point->x);
    field_store(&ret[33], &point->y);
}

void point_from_affine(Point *ret, const AffinePoint *point)
{
    *ret = (Point){point->x, point->y, FIELD_ONE};
}

void point_to_affine(AffinePoint *ret, const Point *point)
{
    FieldElement inverse, power;
    field_invert(&inverse, &point->z);
    field_square(&power, &inverse);
    field_mul(&ret->x, &point->x, &power);
    field_mul(&power, &power, &inverse);
    field_mul(&ret->y, &point->y, &power);
}

static void point_select(Point *ret, uint64_t mask, const Point *a, const Point *b)
{
    field_select(&ret->x, mask, &a->x, &b->x);
    field_select(&ret->y, mask, &a->y, &b->y);
    field_select(&ret->z, mask, &a->z, &b->z);
}

// With M = 3 (X - Z^2)(X + Z^2) and S = 4 X Y^2: X' = M^2 - 2S, Y' = M (S - X') - 8 Y^4, Z' = 2 Y
// Z. Infinity stays infinite, and no finite point has Y = 0 because the order is prime.
void point_double(Point *ret, const Point *a)
{
    FieldElement m, s, sum, twice_y, four_y_squared;
    field_square(&m, &a->z);
    field_double(&twice_y, &a->y);
    field_add(&sum, &a->x, &m);
    field_sub(&m, &a->x, &m);
    field_mul(&m, &m, &sum);
    field_square(&four_y_squared, &twice_y);
    field_mul(&ret->z, &twice_y, &a->z);
    field_triple(&m, &m);
    field_mul(&s, &four_y_squared, &a->x);
    field_square(&ret->x, &m);
    field_square(&four_y_squared, &four_y_squared);
    field_double(&sum, &s);
    field_sub(&ret->x, &ret->x, &sum);
    field_sub(&s, &s, &ret->x);
    field_mul(&s, &s, &m);
    field_half(&four_y_squared, &four_y_squared);
    field_sub(&ret->y, &s, &four_y_squared);
}

// The last steps of an addition: with U1, S1 the first point's coordinates over the common
// denominator, H and R the differences to the second's, X' = R^2 - H^3 - 2 U1 H^2 and
// Y' = R (U1 H^2 - X') - S1 H^3. Z' is the caller's.
static void add_tail(Point *ret, const FieldElement *u1, const FieldElement *s1,
                     const FieldElement *h, const FieldElement *r)
{
    FieldElement h_squared, h_cubed, v, difference, product;
    field_square(&h_squared, h);
    field_square(&difference, r);
    field_mul(&v, u1, &h_squared);
    field_mul(&h_cubed, &h_squared, h);
    field_mul(&product, s1, &h_cubed);
    field_sub(&difference, &difference, &h_cubed);
    field_double(&h_cubed, &v);
    field_sub(&ret->x, &difference, &h_cubed);
    field_sub(&difference, &v, &ret->x);
    field_mul(&difference, &difference, r);
    field_sub(&ret->y, &difference, &product);
}

// Both points over a common denominator: the first is (u1, s1), the second is h and r away.
typedef struct {
    FieldElement u1, s1, h, r;
} Difference;

static void subtract(Difference *ret, const Point *a, const Point *b)
{
    FieldElement a_z_squared, b_z_squared, power;
    field_square(&a_z_squared, &a->z);
    field_square(&b_z_squared, &b->z);
    field_mul(&ret->u1, &a->x, &b_z_squared);
    field_mul(&ret->h, &b->x, &a_z_squared);
    field_mul(&power, &b_z_squared, &b->z);
    field_mul(&ret->s1, &power, &a->y);
    field_mul(&power, &a_z_squared, &a->z);
    field_mul(&ret->r, &power, &b->y);
    field_sub(&ret->h, &ret->h, &ret->u1);
    field_sub(&ret->r, &ret->r, &ret->s1);
}

static void add_difference(Point *ret, const Point *a, const Point *b, const Difference *difference)
{
    FieldElement z;
    field_mul(&z, &a->z, &b->z);
    field_mul(&ret->z, &z, &difference->h);
    add_tail(ret, &difference->u1, &difference->s1, &difference->h, &difference->r);
}

void point_add(Point *ret, const Point *a, const Point *b)
{
    Point sum, twice;
    Difference difference;
    subtract(&difference, a, b);
    add_difference(&sum, a, b, &difference);
    point_double(&twice, a);
    uint64_t equal = field_is_zero(&difference.h) & field_is_zero(&difference.r);
    uint64_t a_is_infinite = field_is_zero(&a->z);
    uint64_t b_is_infinite = field_is_zero(&b->z);
    point_select(&sum, equal, &twice, &sum);
    point_select(&sum, b_is_infinite, a, &sum);
    point_select(ret, a_is_infinite, b, &sum);
}

static void subtract_affine(FieldElement *ret_h, FieldElement *ret_r, const Point *a,
                            const AffinePoint *b)
{
    FieldElement z_squared, power, x, y;
    field_square(&z_squared, &a->z);
    field_mul(&x, &b->x, &z_squared);
    field_mul(&power, &z_squared, &a->z);
    field_mul(&y, &power, &b->y);
    field_sub(ret_h, &x, &a->x);
    field_sub(ret_r, &y, &a->y);
}

void point_add_affine(Point *ret, const Point *a, const AffinePoint *b, uint64_t b_is_infinite)
{
    Point sum;
    FieldElement h, r;
    uint64_t a_is_infinite = field_is_zero(&a->z);
    subtract_affine(&h, &r, a, b);
    field_mul(&sum.z, &a->z, &h);
    add_tail(&sum, &a->x, &a->y, &h, &r);
    field_select(&sum.x, a_is_infinite, &b->x, &sum.x);
    field_select(&sum.y, a_is_infinite, &b->y, &sum.y);
    field_select(&sum.z, a_is_infinite, &FIELD_ONE, &sum.z);
    point_select(ret, b_is_infinite, a, &sum);
}

void point_add_public(Point *ret, const Point *a, const Point *b)
{
    if (field_is_zero(&a->z) != 0) {
        *ret = *b;
        return;
    }
    if (field_is_zero(&b->z) != 0) {
        *ret = *a;
        return;
    }
    Difference difference;
    subtract(&difference, a, b);
    if (field_is_zero(&difference.h) != 0 && field_is_zero(&difference.r) != 0) {
        point_double(ret, a);
        return;
    }
    add_difference(ret, a, b, &difference);
}

void point_add_affine_public(Point *ret, const Point *a, const AffinePoint *b)
{
    if (field_is_zero(&a->z) != 0) {
        point_from_affine(ret, b);
        return;
    }
    FieldElement h, r;
    subtract_affine(&h, &r, a, b);
    if (field_is_zero(&h) != 0 && field_is_zero(&r) != 0) {
        point_double(ret, a);
        return;
    }
    field_mul(&ret->z, &a->z, &h);
    add_tail(ret, &a->x, &a->y, &h, &r);
}
