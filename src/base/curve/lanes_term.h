// SPDX-License-Identifier: Apache-2.0
//
// Affine points of sixteen lanes, for the lanes*.c files. An addition is 2M + 1S and a division,
// whose inverse the caller gets for many of them at once (3M each, lanes_invert).
#ifndef ASSENT_BASE_CURVE_LANES_TERM_H
#define ASSENT_BASE_CURVE_LANES_TERM_H

#include "base/curve/lanes_point.h"

// An affine point: 0 < x < 1.01p. y is only ever added and subtracted, so its limbs are signed,
// below 2^60 in size and not carried, and -6.7p < y < 6.7p.
typedef struct {
    LanesField x, y;
} LanesTerm;

// Set a term to an entry or its opposite.
LANES_TARGET void lanes_term_from_entry(LanesTerm *ret, const LanesEntry *entry);
// x2 - x1, what an addition divides by, and 2 y, what a doubling does: below 3.02p, as factors.
LANES_TARGET void lanes_term_x_difference(LanesField *ret, const LanesTerm *a, const LanesTerm *b);
LANES_TARGET void lanes_term_twice_y(LanesField *ret, const LanesTerm *a);
// a + b and 2 a, given the inverse (< 2p) of that. `ret` may be `a`.
LANES_TARGET void lanes_term_add(LanesTerm *ret, const LanesTerm *a, const LanesTerm *b,
                                 const LanesField *inverse);
LANES_TARGET void lanes_term_double(LanesTerm *ret, const LanesTerm *a, const LanesField *inverse);
// The coordinates of a term, both below 1.01p and carried.
LANES_TARGET void lanes_term_carry(LanesField *ret_x, LanesField *ret_y, const LanesTerm *term);

#endif
