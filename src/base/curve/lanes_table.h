// SPDX-License-Identifier: Apache-2.0
//
// Tables of multiples and look-ups in them for sixteen lanes, for the lanes*.c files.
//
// Scalars are odd and written with odd digits only, so that no digit is 0 and no addition is ever
// left out: with h = (k - 1) / 2, window i of h + 2^(L-1), w bits wide, stands for the digit
// 2 window - (2^w - 1), where L is the number of bits of all windows. An even scalar gives way to
// n - k. Source: Joye and Tunstall, "Exponent Recoding and Regular Exponentiation Algorithms"
// (AFRICACRYPT 2009).
#ifndef ASSENT_BASE_CURVE_LANES_TABLE_H
#define ASSENT_BASE_CURVE_LANES_TABLE_H

#include "base/curve/lanes_point.h"

enum {
    LANES_WINDOW_BITS = 5,  // for a point without a table: 52 windows
    LANES_WINDOW_COUNT = 52,
    LANES_WINDOW_COLUMNS = 1 << (LANES_WINDOW_BITS - 1),
    LANES_BASE_WINDOW_BITS = 12,  // for the base point beside it: 22 windows
    LANES_BASE_WINDOW_COUNT = 22,
    LANES_BASE_WINDOW_COLUMNS = 1 << (LANES_BASE_WINDOW_BITS - 1),
};

// The odd multiples of one point each lane: lane i's (2j + 1) times is at [i][j].
typedef LanesPacked LanesOddMultiples[LANES_COUNT][LANES_WINDOW_COLUMNS];

// Compute those of the points of several groups, at most LANES_SUM_GROUPS. False without memory.
LANES_TARGET bool lanes_window_tables(LanesOddMultiples *ret, const LanesSum *sums,
                                      size_t groups) MUST_CHECK;

// The base point's comb, for public look-ups and for secret ones: there, word i of all entries of a
// row lies side by side.
typedef struct {
    LanesTable entries;
    _Alignas(64) uint64_t by_word[LANES_COMB_ROWS][2 * LIMBS_COUNT][LANES_COMB_COLUMNS];
} LanesBaseComb;

// Computed once (under a millisecond), constant afterwards.
const LanesBaseComb *lanes_base_comb(void);

// Take plain affine points into Montgomery form, and store coordinates as entries [index] of each
// lane's row.
LANES_TARGET void lanes_load_plain(LanesField *ret_x, LanesField *ret_y,
                                   const CurvePoint *const points[LANES_COUNT]);
LANES_TARGET void lanes_store_packed(LanesPacked *const ret[LANES_COUNT], size_t index,
                                     const LanesField *x, const LanesField *y);
// Fill ret[i][0..count) with the odd multiples of lane i's point, given affine in Montgomery form
// (below 1.01p), at most LANES_COMB_COLUMNS of them. Points are on the curve; time depends on
// nothing else.
LANES_TARGET void lanes_odd_multiples(LanesPacked *const ret[LANES_COUNT], size_t count,
                                      const LanesField *x, const LanesField *y);

// Entry `index` (0 to 63) of a row for each lane. Reads the whole row: constant-time.
LANES_TARGET void lanes_select_secret(LanesEntry *ret,
                                      uint64_t const row[2 * LIMBS_COUNT][LANES_COMB_COLUMNS],
                                      const Vector index[LANES_VECTORS]);
// Load lane i from entries[i].
LANES_TARGET void lanes_load_public(LanesEntry *ret, const LanesPacked *const entries[LANES_COUNT]);
// The x of eight entries, and their y in the other vector.
LANES_TARGET void lanes_load_public_eight(LanesField *ret,
                                          const LanesPacked *const entries[LANES_WIDTH]);

// The scalars' h; *ret_flipped has the bits of those that were even. Constant-time.
void lanes_recode(LanesWords *ret, unsigned *ret_flipped, const Scalar *const k[LANES_COUNT]);
// The table index and the sign of window `number`, `bits` wide; not for the highest window,
// whose digit is positive: see lanes_highest_digit.
LANES_TARGET void lanes_digit(Vector ret_index[LANES_VECTORS], unsigned *ret_negative,
                              const LanesWords *h, unsigned number, unsigned bits);
LANES_TARGET void lanes_highest_digit(Vector ret_index[LANES_VECTORS], const LanesWords *h,
                                      unsigned number, unsigned bits);

#endif
