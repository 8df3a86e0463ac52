// SPDX-License-Identifier: Apache-2.0
//
// The odd multiples of the points of several groups, affine, with five inversions for all of them:
// each round computes what the ones before allow.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include <stdlib.h>

#include "base/curve/lanes_limbs.h"
#include "base/curve/lanes_table.h"
#include "base/curve/lanes_term.h"

enum { MULTIPLES = 2 * LANES_WINDOW_COLUMNS, ROUND_MOST = LANES_WINDOW_COLUMNS / 2 };

// Multiple `ret` is the sum of multiples a and b.
typedef struct {
    unsigned char ret, a, b;
} Step;

static const struct {
    size_t count;
    Step steps[ROUND_MOST];
} rounds[] = {
    {1, {{2, 1, 1}}},
    {2, {{3, 2, 1}, {4, 2, 2}}},
    {3, {{5, 4, 1}, {7, 4, 3}, {8, 4, 4}}},
    {5, {{9, 8, 1}, {11, 8, 3}, {13, 8, 5}, {15, 8, 7}, {16, 8, 8}}},
    {8,
     {{17, 16, 1},
      {19, 16, 3},
      {21, 16, 5},
      {23, 16, 7},
      {25, 16, 9},
      {27, 16, 11},
      {29, 16, 13},
      {31, 16, 15}}},
};

typedef struct {
    LanesTerm multiples[LANES_SUM_GROUPS][MULTIPLES];
    LanesField divisors[ROUND_MOST * LANES_SUM_GROUPS];
    LanesField products[ROUND_MOST * LANES_SUM_GROUPS];
} Work;

static LANES_TARGET void load_points(Work *work, const LanesSum *sums, size_t groups)
{
    for (size_t group = 0; group < groups; group++) {
        const CurvePoint *points[LANES_COUNT];
        for (size_t i = 0; i < LANES_COUNT; i++) {
            points[i] = &sums[group * LANES_COUNT + i].point;
        }
        LanesTerm *point = &work->multiples[group][1];
        lanes_load_plain(&point->x, &point->y, points);
    }
}

// No divisor is 0: the points' order is a prime above 31.
static LANES_TARGET void run_round(Work *work, const Step *steps, size_t count, size_t groups)
{
    for (size_t i = 0; i < count * groups; i++) {
        const Step *step = &steps[i / groups];
        LanesTerm *multiples = work->multiples[i % groups];
        if (step->a == step->b) {
            lanes_term_twice_y(&work->divisors[i], &multiples[step->a]);
        } else {
            lanes_term_x_difference(&work->divisors[i], &multiples[step->a], &multiples[step->b]);
        }
    }
    (void)!lanes_invert(work->divisors, work->products, count * groups);
    for (size_t i = 0; i < count * groups; i++) {
        const Step *step = &steps[i / groups];
        LanesTerm *multiples = work->multiples[i % groups];
        if (step->a == step->b) {
            lanes_term_double(&multiples[step->ret], &multiples[step->a], &work->divisors[i]);
        } else {
            lanes_term_add(&multiples[step->ret], &multiples[step->a], &multiples[step->b],
                           &work->divisors[i]);
        }
    }
}

bool lanes_window_tables(LanesOddMultiples *ret, const LanesSum *sums, size_t groups)
{
    Work *work = aligned_alloc(_Alignof(Work), sizeof *work);
    if (work == NULL) {
        return false;
    }
    load_points(work, sums, groups);
    for (size_t i = 0; i < COUNT_OF(rounds); i++) {
        run_round(work, rounds[i].steps, rounds[i].count, groups);
    }
    for (size_t group = 0; group < groups; group++) {
        LanesPacked *entries[LANES_COUNT];
        for (size_t i = 0; i < LANES_COUNT; i++) {
            entries[i] = ret[group][i];
        }
        for (size_t i = 0; i < LANES_WINDOW_COLUMNS; i++) {
            LanesField x, y;
            lanes_term_carry(&x, &y, &work->multiples[group][2 * i + 1]);
            lanes_store_packed(entries, i, &x, &y);
        }
    }
    free(work);
    return true;
}

#endif
