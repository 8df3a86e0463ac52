// SPDX-License-Identifier: Apache-2.0
//
// The formulas of point.c, arranged so that no sum is carried but the two that become X and Y.
// Bounds are written beside: k of the limbs, and the value in multiples of p where it matters.
#include "base/curve/point29.h"

// With M = 3 (X - Z^2)(X + Z^2), T = 2 Y^2 and U = X T: X' = M^2 - 4 U, Y' = M (2 U - X') - 2 T^2,
// Z' = 2 Y Z.
void point29_double(Point29 *ret, const Point29 *a)
{
    Field29 m, t, u, sum, difference;
    field29_square(&t, &a->z);             // (0, 1.2)
    field29_sub(&difference, &a->x, &t);   // k 2, (-1.8, 0.6)
    field29_add(&sum, &a->x, &t);          // k 2, (-0.6, 1.8)
    field29_mul(&m, &difference, &sum);    // (-0.2, 1.2)
    field29_scale(&m, &m, 3);              // k 3, (-0.6, 3.6)
    field29_square(&t, &a->y);             // (0, 1.1)
    field29_scale(&t, &t, 2);              // k 2, (0, 2.2)
    field29_scale(&sum, &a->y, 2);         // k 2, (-1.1, 1.1)
    field29_mul(&ret->z, &sum, &a->z);     // tight
    field29_mul(&u, &a->x, &t);            // (-0.1, 1.1)
    field29_square(&sum, &m);              // k_a k_b = 9, (0, 1.5)
    field29_scale(&difference, &u, 4);     // k 4
    field29_sub(&sum, &sum, &difference);  // k 5, (-4.4, 1.9)
    field29_tighten(&ret->x, &sum);
    field29_scale(&u, &u, 2);
    field29_sub(&u, &u, &ret->x);  // k 3, (-0.8, 2.8)
    field29_mul(&u, &u, &m);       // k_a k_b = 9, (-0.1, 1.4)
    field29_square(&t, &t);        // k_a k_b = 4, (0, 1.2)
    field29_scale(&t, &t, 2);
    field29_sub(&u, &u, &t);  // k 3, (-2.5, 1.4)
    field29_tighten(&ret->y, &u);
}

// X' = R^2 - H^3 - 2 U H^2 and Y' = R (U H^2 - X') - S H^3 for H and R of k 2 within (-3, 3), and U
// and S tight.
static void add_tail(Point29 *ret, const Field29 *u, const Field29 *s, const Field29 *h,
                     const Field29 *r)
{
    Field29 h_squared, h_cubed, v, sum, product;
    field29_square(&h_squared, h);         // k_a k_b = 4, (0, 1.3)
    field29_square(&sum, r);               // (0, 1.3)
    field29_mul(&h_cubed, &h_squared, h);  // (-0.2, 1.2)
    field29_mul(&v, u, &h_squared);        // (-0.1, 1.1)
    field29_mul(&product, s, &h_cubed);    // (-0.1, 1.1)
    field29_sub(&sum, &sum, &h_cubed);
    field29_scale(&h_cubed, &v, 2);
    field29_sub(&sum, &sum, &h_cubed);  // k 4, (-3.4, 1.7)
    field29_tighten(&ret->x, &sum);
    field29_sub(&v, &v, &ret->x);   // k 2, (-0.7, 1.7)
    field29_mul(&v, &v, r);         // (-0.2, 1.2)
    field29_sub(&v, &v, &product);  // k 2
    field29_tighten(&ret->y, &v);
}

// *ret_h and *ret_r are the differences of the coordinates over a common denominator, k 2 and
// within
// (-3, 3): both are 0 modulo p for equal points, *ret_h alone for opposite ones.
static void add(Point29 *ret, const Point29 *a, const Addend29 *b, Field29 *ret_h, Field29 *ret_r)
{
    Field29 a_z_squared, power, u, s, h, r;
    field29_square(&a_z_squared, &a->z);
    field29_mul(&u, &a->x, &b->z_squared);
    field29_mul(&h, &b->point.x, &a_z_squared);
    field29_mul(&power, &a_z_squared, &a->z);
    field29_mul(&s, &a->y, &b->z_cubed);
    field29_mul(&r, &b->point.y, &power);
    field29_sub(&h, &h, &u);  // k 2, (-3, 3)
    field29_sub(&r, &r, &s);
    field29_mul(&power, &a->z, &b->point.z);
    field29_mul(&ret->z, &power, &h);  // 2 * 3, tight
    *ret_h = h;
    *ret_r = r;
    add_tail(ret, &u, &s, &h, &r);
}

// As add.
static void add_affine(Point29 *ret, const Point29 *a, const AffinePoint29 *b, Field29 *ret_h,
                       Field29 *ret_r)
{
    Field29 z_squared, power, h, r;
    const Point29 first = *a;
    field29_square(&z_squared, &first.z);
    field29_mul(&h, &b->x, &z_squared);  // k_a k_b = 2
    field29_mul(&power, &z_squared, &first.z);
    field29_mul(&r, &b->y, &power);
    field29_sub(&h, &h, &first.x);  // k 2, (-3, 3)
    field29_sub(&r, &r, &first.y);
    field29_mul(&ret->z, &first.z, &h);
    *ret_h = h;
    *ret_r = r;
    add_tail(ret, &first.x, &first.y, &h, &r);
}

void point29_add_unequal(Point29 *ret, const Point29 *a, const Addend29 *b)
{
    Field29 h, r;
    add(ret, a, b, &h, &r);
}

// As add_tail, with the denominators apart: ZZ' = ZZ H^2, ZZZ' = ZZZ H^3.
void extended29_add_unequal(Extended29 *sum, const AffinePoint29 *b)
{
    Field29 h, r, h_squared, h_cubed, v, product;
    field29_mul(&h, &b->x, &sum->zz);  // k_a k_b = 2
    field29_mul(&r, &b->y, &sum->zzz);
    field29_sub(&h, &h, &sum->x);  // k 2, (-2, 3)
    field29_sub(&r, &r, &sum->y);
    field29_square(&h_squared, &h);  // k_a k_b = 4, (0, 1.3)
    field29_mul(&h_cubed, &h_squared, &h);
    field29_mul(&v, &sum->x, &h_squared);
    field29_mul(&sum->zz, &sum->zz, &h_squared);
    field29_mul(&product, &sum->y, &h_cubed);
    field29_mul(&sum->zzz, &sum->zzz, &h_cubed);
    field29_square(&h_squared, &r);
    field29_sub(&h_squared, &h_squared, &h_cubed);
    field29_scale(&h_cubed, &v, 2);
    field29_sub(&h_squared, &h_squared, &h_cubed);  // k 4, (-3.4, 1.7)
    field29_tighten(&sum->x, &h_squared);
    field29_sub(&v, &v, &sum->x);   // k 2, (-0.7, 1.7)
    field29_mul(&v, &v, &r);        // k_a k_b = 4
    field29_sub(&v, &v, &product);  // k 2
    field29_tighten(&sum->y, &v);
}

static int is_zero_public(const Field29 *a)
{
    return field29_may_be_zero_public(a) && field29_is_zero(a) != 0;
}

void point29_add_public(Point29 *ret, const Point29 *a, const Addend29 *b)
{
    if (is_zero_public(&a->z)) {
        *ret = b->point;
        return;
    }
    if (is_zero_public(&b->point.z)) {
        *ret = *a;
        return;
    }
    Point29 sum;
    Field29 h, r;
    add(&sum, a, b, &h, &r);
    if (is_zero_public(&h) && is_zero_public(&r)) {
        point29_double(&sum, a);
    }
    *ret = sum;
}

void point29_add_affine_public(Point29 *ret, const Point29 *a, const AffinePoint29 *b)
{
    if (is_zero_public(&a->z)) {
        point29_of_affine(ret, b);
        return;
    }
    Point29 sum;
    Field29 h, r;
    add_affine(&sum, a, b, &h, &r);
    if (is_zero_public(&h) && is_zero_public(&r)) {
        point29_double(&sum, a);
    }
    *ret = sum;
}

void point29_add_complete(Point29 *ret, const Point29 *a, const Addend29 *b)
{
    Point29 sum, twice;
    Field29 h, r;
    add(&sum, a, b, &h, &r);
    point29_double(&twice, a);
    uint64_t equal = field29_is_zero(&h) & field29_is_zero(&r);
    uint64_t a_is_infinite = field29_is_zero(&a->z);
    uint64_t b_is_infinite = field29_is_zero(&b->point.z);
    point29_select(&sum, equal, &twice, &sum);
    point29_select(&sum, b_is_infinite, a, &sum);
    point29_select(ret, a_is_infinite, &b->point, &sum);
}

void point29_of_affine(Point29 *ret, const AffinePoint29 *a)
{
    field29_tighten(&ret->x, &a->x);
    field29_tighten(&ret->y, &a->y);
    ret->z = FIELD29_ONE;
}

void addend29_of(Addend29 *ret, const Point29 *point)
{
    ret->point = *point;
    field29_square(&ret->z_squared, &point->z);
    field29_mul(&ret->z_cubed, &ret->z_squared, &point->z);
}

void point29_unpack(AffinePoint29 *ret, const PackedPoint29 *packed)
{
    field29_unpack(&ret->x, packed->x);
    field29_unpack(&ret->y, packed->y);
}

void point29_select(Point29 *ret, uint64_t mask, const Point29 *a, const Point29 *b)
{
    field29_select(&ret->x, mask, &a->x, &b->x);
    field29_select(&ret->y, mask, &a->y, &b->y);
    field29_select(&ret->z, mask, &a->z, &b->z);
}

bool point29_is_on_curve(const CurvePoint *point)
{
    // The coefficient b in Montgomery form. Source: GB/T 32918.5-2017 2.
    static const Field29 curve_b = {{-132405180, -231709908, 163404679, 233226861, -126295138,
                                     -184161710, 69811393, 57181067, 8518705}};
    // y^2 - (x^2 - 3) x - b
    AffinePoint29 affine;
    Field29 left, right, three;
    point29_of_plain(&affine, point);
    field29_scale(&three, &FIELD29_ONE, 3);
    field29_square(&right, &affine.x);
    field29_sub(&right, &right, &three);  // k 4
    field29_mul(&right, &right, &affine.x);
    field29_square(&left, &affine.y);
    field29_sub(&left, &left, &right);
    field29_sub(&left, &left, &curve_b);  // k 3
    return field29_is_zero(&left) != 0;
}

void point29_of_plain(AffinePoint29 *ret, const CurvePoint *point)
{
    field29_from_limbs(&ret->x, point->x);
    field29_from_limbs(&ret->y, point->y);
}

void point29_to_plain(CurvePoint *ret, const Point29 *a)
{
    Field29 inverse, power, coordinate;
    field29_invert(&inverse, &a->z);
    field29_square(&power, &inverse);
    field29_mul(&coordinate, &a->x, &power);
    field29_to_limbs(ret->x, &coordinate);
    field29_mul(&power, &power, &inverse);
    field29_mul(&coordinate, &a->y, &power);
    field29_to_limbs(ret->y, &coordinate);
}

void extended29_to_plain(CurvePoint *ret, const Extended29 *a)
{
    // 1 / ZZ = (ZZ / ZZZ)^2
    Field29 inverse, power, coordinate;
    field29_invert(&inverse, &a->zzz);
    field29_mul(&coordinate, &a->y, &inverse);
    field29_to_limbs(ret->y, &coordinate);
    field29_mul(&power, &a->zz, &inverse);
    field29_square(&power, &power);
    field29_mul(&coordinate, &a->x, &power);
    field29_to_limbs(ret->x, &coordinate);
}

void extended29_to_plain_x(uint64_t ret[4], const Extended29 *a)
{
    Field29 inverse;
    field29_invert(&inverse, &a->zz);
    field29_mul(&inverse, &inverse, &a->x);
    field29_to_limbs(ret, &inverse);
}
