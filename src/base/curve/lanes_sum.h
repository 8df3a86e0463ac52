// SPDX-License-Identifier: Apache-2.0
//
// Sums of many affine points for many groups of sixteen lanes, for the lanes*.c files. An affine
// addition takes 5M + 1S against the 8M + 3S of a mixed one when its division comes from
// Montgomery's trick, and the additions of one level of a tree, over all groups, share one
// inversion. Source: Montgomery, "Speeding the Pollard and Elliptic Curve Methods of Factorization"
// (1987), 10.3.1.
#ifndef ASSENT_BASE_CURVE_LANES_SUM_H
#define ASSENT_BASE_CURVE_LANES_SUM_H

#include "base/curve/lanes_term.h"

enum {
    LANES_SUM_GROUPS_MAX = LANES_BASE_GROUPS,
    // From so many groups on, sums by tree are faster than one addition after the other.
    LANES_SUM_GROUPS_LEAST = 4,
};

typedef struct {
    size_t term_count;   // up to 128
    size_t group_count;  // 1 to LANES_SUM_GROUPS_MAX
    LanesTerm *terms;    // term t of group g is at [t * group_count + g]
    LanesField *differences;
    LanesField *products;
    // Lanes in which two points to add had the same x: their sums are useless.
    unsigned undecided[LANES_SUM_GROUPS_MAX];
} LanesSumWork;

// Allocate. False without memory.
bool lanes_sum_start(LanesSumWork *ret, size_t term_count, size_t group_count) MUST_CHECK;
// Wipe and release.
void lanes_sum_free(LanesSumWork *work);
// Add up; the sum of group g is then term g. The time depends on whether `undecided` was set.
LANES_TARGET void lanes_sum_run(LanesSumWork *work);
#endif
