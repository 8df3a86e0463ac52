// SPDX-License-Identifier: Apache-2.0
//
// Points of sm2p256v1, y^2 = x^3 - 3x + b, for the SM core only. Jacobian coordinates: (X, Y, Z)
// is (X/Z^2, Y/Z^3), and Z = 0 is the point at infinity. `ret` may be an operand.
#ifndef ASSENT_BASE_CURVE_POINT_H
#define ASSENT_BASE_CURVE_POINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/curve/field.h"
#include "base/curve/scalar.h"

typedef struct {
    FieldElement x, y, z;
} Point;

// Never the point at infinity.
typedef struct {
    FieldElement x, y;
} AffinePoint;

extern const AffinePoint POINT_BASE;

enum {
    POINT_TABLE_DIGIT_BITS = 6,
    POINT_TABLE_ROWS = 43,  // 43 * 6 = 258 bits: 256 and the last carry
    POINT_TABLE_COLUMNS = 32,
};

// Multiples of one point (86 KB): row i holds 64^i times the point, times 1 to 32.
typedef struct {
    AffinePoint rows[POINT_TABLE_ROWS][POINT_TABLE_COLUMNS];
} PointTable;

// Load 04 || X || Y. False when it is not that, a coordinate is not below p, or the point is
// not on the curve. Not constant-time: points are public.
bool point_load(AffinePoint *ret, const uint8_t encoded[65]);
void point_store(uint8_t ret[65], const AffinePoint *point);
void point_from_affine(Point *ret, const AffinePoint *point);

// Constant-time. The result for infinity is (0, 0).
void point_to_affine(AffinePoint *ret, const Point *point);
// Constant-time, right for every point.
void point_double(Point *ret, const Point *a);
// Constant-time, right for every pair of points, also equal, opposite or infinite ones.
void point_add(Point *ret, const Point *a, const Point *b);
// Constant-time; `a` may be infinite and `b` is taken as infinite where the mask is set, but
// the points must not be equal or opposite (the callers say why they never are).
void point_add_affine(Point *ret, const Point *a, const AffinePoint *b, uint64_t b_is_infinite);

// Right for every pair, in time that depends on the points: for verification only.
void point_add_public(Point *ret, const Point *a, const Point *b);
void point_add_affine_public(Point *ret, const Point *a, const AffinePoint *b);

// Multiples of the base point by a fixed-base table, and of any point by windows. Constant-time.
void point_multiply_base(Point *ret, const Scalar *k);
void point_multiply(Point *ret, const Scalar *k, const AffinePoint *point);
// s * base + t * point, in time that depends on everything: for verification only.
void point_multiply_sum_public(Point *ret, const Scalar *s, const Scalar *t,
                               const AffinePoint *point);

// The same with the multiples of the point at hand, several times faster.
void point_multiply_sum_table_public(Point *ret, const Scalar *s, const Scalar *t,
                                     const PointTable *table);
// Compute the multiples of a public point, in half a millisecond.
void point_table_compute(PointTable *ret, const AffinePoint *point);

#endif
