// SPDX-License-Identifier: Apache-2.0
//
// Multiples of points of sm2p256v1 for sixteen scalars at a time, with the 52-bit multiplications
// of AVX-512 IFMA, for the SM core only. Everything here needs lanes_available().
#ifndef ASSENT_BASE_CURVE_LANES_H
#define ASSENT_BASE_CURVE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/curve/curve.h"

enum { LANES_COUNT = 16 };

enum {
    LANES_COMB_BITS = 7,
    LANES_COMB_ROWS = 37,  // 37 * 7 = 259 bits
    LANES_COMB_COLUMNS = 64,
};

// x and y of a point, four 64-bit limbs each, in the Montgomery form of lanes_field.h, reduced.
typedef struct {
    _Alignas(64) uint64_t words[2 * LIMBS_COUNT];
} LanesPacked;

// Multiples of one point for public look-ups (148 KB): entry j of row i is 2^7i (2j + 1) times the
// point.
typedef struct {
    LanesPacked rows[LANES_COMB_ROWS][LANES_COMB_COLUMNS];
} LanesTable;

enum {
    // As many groups of sixteen as are fastest in one call of lanes_multiply_base,
    // lanes_compare_sums_with_tables and lanes_compare_sums.
    LANES_BASE_GROUPS = 16,
    LANES_TABLE_GROUPS = 8,
    LANES_SUM_GROUPS = 8,
};

// True when the CPU has CPU_IFMA and may use it.
bool lanes_available(void);

// k[i] * base for `groups` times sixteen scalars between 1 and n-1; constant-time, wipes what it
// leaves on the stack. False when a result was infinite, as none is for such scalars: then the
// results are useless.
bool lanes_multiply_base(CurvePoint *ret, const Scalar *k, size_t groups) MUST_CHECK;

// What a verification asks of sixteen lanes: is x(s base + t point) = v, or not, or did the sum
// meet a case that only general additions decide (infinity, equal or opposite points). Lane i is
// bit i.
typedef struct {
    unsigned equal;
    unsigned undecided;
} LanesVerdict;

typedef struct {
    Scalar s, t;              // 1 to n-1
    uint64_t v[LIMBS_COUNT];  // below p
    // The point: by its table, or where all sixteen have none, by its coordinates; it is on the
    // curve.
    const LanesTable *table;
    CurvePoint point;
} LanesSum;

// In time that depends on everything: for verification only.
// `groups` times sixteen lanes; many groups are faster.
void lanes_compare_sums(LanesVerdict *ret, const LanesSum *sums, size_t groups);
// The same where all have tables.
void lanes_compare_sums_with_tables(LanesVerdict *ret, const LanesSum *sums, size_t groups);

// Compute the table of a public point on the curve.
void lanes_table_compute(LanesTable *ret, const CurvePoint *point);

#endif
