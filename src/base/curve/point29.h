// SPDX-License-Identifier: Apache-2.0
//
// Points of sm2p256v1 over Field29, for path29.c only. All coordinates are tight, X and Y of sums
// moreover within (-0.51 p, 0.51 p). `ret` may be an operand.
#ifndef ASSENT_BASE_CURVE_POINT29_H
#define ASSENT_BASE_CURVE_POINT29_H

#include "base/curve/curve.h"
#include "base/curve/field29.h"

// (X / Z^2, Y / Z^3), and infinity where Z is 0: for what is doubled.
typedef struct {
    Field29 x, y, z;
} Point29;

// (X / ZZ, Y / ZZZ) with ZZ^3 = ZZZ^2, and infinity where both are 0: an affine point is added with
// one squaring less. For sums without doubling.
typedef struct {
    Field29 x, y, zz, zzz;
} Extended29;

// Never infinite; coordinates as field29_unpack gives them, or the negative of that.
typedef struct {
    Field29 x, y;
} AffinePoint29;

// The same as eight words, in which tables are kept and searched.
typedef struct {
    uint64_t x[4], y[4];
} PackedPoint29;

// A point to be added many times, with Z^2 and Z^3.
typedef struct {
    Point29 point;
    Field29 z_squared, z_cubed;
} Addend29;

// Constant-time, right for every point.
void point29_double(Point29 *ret, const Point29 *a);
// Constant-time, right for every pair, also equal, opposite or infinite ones.
void point29_add_complete(Point29 *ret, const Point29 *a, const Addend29 *b);
// Constant-time, for finite points that are neither equal nor opposite.
void point29_add_unequal(Point29 *ret, const Point29 *a, const Addend29 *b);
void extended29_add_unequal(Extended29 *sum, const AffinePoint29 *b);
// Right for every pair, in time that depends on the points: for what is public.
void point29_add_public(Point29 *ret, const Point29 *a, const Addend29 *b);
void point29_add_affine_public(Point29 *ret, const Point29 *a, const AffinePoint29 *b);

// True for the coordinates of a point on the curve.
bool point29_is_on_curve(const CurvePoint *point);
void point29_of_plain(AffinePoint29 *ret, const CurvePoint *point);
void point29_of_affine(Point29 *ret, const AffinePoint29 *a);
void addend29_of(Addend29 *ret, const Point29 *point);
void point29_unpack(AffinePoint29 *ret, const PackedPoint29 *packed);
void point29_select(Point29 *ret, uint64_t mask, const Point29 *a, const Point29 *b);
// Divide: (0, 0) for infinity. Constant-time.
void point29_to_plain(CurvePoint *ret, const Point29 *a);
void extended29_to_plain(CurvePoint *ret, const Extended29 *a);
void extended29_to_plain_x(uint64_t ret[4], const Extended29 *a);

#endif
