// SPDX-License-Identifier: Apache-2.0
//
// The curve sm2p256v1, y^2 = x^3 - 3x + b, for the SM core only. Its arithmetic exists once, as a
// template (*.inc), which is compiled once for each path: for each way to represent and multiply
// field elements. All paths give identical results; how they represent points inside stays inside.
#ifndef ASSENT_BASE_CURVE_CURVE_H
#define ASSENT_BASE_CURVE_CURVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/curve/scalar.h"

enum { CURVE_ENCODED_SIZE = 65 };  // 04 || X || Y

// An affine point: plain limbs below p. (0, 0), which is on no curve, stands for infinity where
// a function says so.
typedef struct {
    uint64_t x[4], y[4];
} CurvePoint;

extern const CurvePoint CURVE_BASE;

// Odd multiples of one point for fast sums with it, in the form of the path that computed it.
typedef struct CurveTable CurveTable;

// One path. "Secret" functions are constant-time; the others branch on their arguments. Scalars
// are 0 to n-1, points are on the curve and finite unless said otherwise.
typedef struct {
    const char *name;
    bool (*is_on_curve)(const CurvePoint *point);
    // k * base, and its x alone. Infinity for 0. Secret.
    void (*multiply_base)(CurvePoint *ret, const Scalar *k);
    void (*multiply_base_x)(uint64_t ret[4], const Scalar *k);
    // k * point; infinity for 0. Secret, but for the point.
    void (*multiply)(CurvePoint *ret, const Scalar *k, const CurvePoint *point);
    // a + b, for any two points, infinity too.
    void (*add)(CurvePoint *ret, const CurvePoint *a, const CurvePoint *b);
    // s * base + t * point; infinity where that is the sum.
    void (*sum)(CurvePoint *ret, const Scalar *s, const Scalar *t, const CurvePoint *point);
    // True if s * base + t * point is finite and its x is v modulo n: the heart of verification,
    // done without any division.
    bool (*sum_has_x)(const Scalar *s, const Scalar *t, const CurvePoint *point, const Scalar *v);
    // The same with the odd multiples of the point at hand, several times faster.
    bool (*table_sum_has_x)(const Scalar *s, const Scalar *t, const CurveTable *table,
                            const Scalar *v);
    size_t table_size;  // bytes; a multiple of 64, as the alignment
    void (*table_compute)(CurveTable *ret, const CurvePoint *point);
} CurvePath;

// The fastest path that cpu_has() allows.
const CurvePath *curve_path(void);
// The path of that name ("portable", "narrow", "x86", "avx512"), whatever ASSENT_CPU says; NULL
// where there is none or the CPU lacks what it needs.
const CurvePath *curve_path_named(const char *name);

// Load 04 || X || Y. False when it is not that, a coordinate is not below p, or the point is not on
// the curve. Not constant-time: points are public.
bool curve_point_load(CurvePoint *ret, const uint8_t encoded[CURVE_ENCODED_SIZE]);
void curve_point_store(uint8_t ret[CURVE_ENCODED_SIZE], const CurvePoint *point);

// True for (0, 0).
static inline bool curve_point_is_infinite(const CurvePoint *point)
{
    return (limbs_is_zero(point->x) & limbs_is_zero(point->y)) != 0;
}

#endif
