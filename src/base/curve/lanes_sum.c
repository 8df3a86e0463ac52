// SPDX-License-Identifier: Apache-2.0
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_sum.h"

#include <stdlib.h>

#include "base/curve/lanes_limbs.h"
#include "base/secret/secret.h"

// Where the points of one addition are.
typedef struct {
    LanesTerm *a;  // and the sum's place
    const LanesTerm *b;
    size_t group;
} Pair;

static size_t most_pairs(const LanesSumWork *work)
{
    return work->term_count / 2 * work->group_count;
}

bool lanes_sum_start(LanesSumWork *ret, size_t term_count, size_t group_count)
{
    LanesSumWork work = {.term_count = term_count, .group_count = group_count};
    const size_t align = _Alignof(Vector);
    work.terms = aligned_alloc(align, term_count * group_count * sizeof *work.terms);
    work.differences = aligned_alloc(align, most_pairs(&work) * sizeof *work.differences);
    work.products = aligned_alloc(align, most_pairs(&work) * sizeof *work.products);
    if (work.terms == NULL || work.differences == NULL || work.products == NULL) {
        free(work.terms);
        free(work.differences);
        free(work.products);
        return false;
    }
    *ret = work;
    return true;
}

void lanes_sum_free(LanesSumWork *work)
{
    secret_wipe(work->terms, work->term_count * work->group_count * sizeof *work->terms);
    secret_wipe(work->differences, most_pairs(work) * sizeof *work->differences);
    secret_wipe(work->products, most_pairs(work) * sizeof *work->products);
    free(work->terms);
    free(work->differences);
    free(work->products);
}

// The pairs of a level, `stride` terms apart, in order: the one with this number. False at the end.
static bool find_pair(LanesSumWork *work, size_t stride, size_t number, Pair *ret)
{
    size_t term = number / work->group_count * 2 * stride;
    if (term + stride >= work->term_count) {
        return false;
    }
    ret->group = number % work->group_count;
    ret->a = &work->terms[term * work->group_count + ret->group];
    ret->b = ret->a + stride * work->group_count;
    return true;
}

static LANES_TARGET void multiply_up(LanesSumWork *work, size_t count)
{
    work->products[0] = work->differences[0];
    for (size_t i = 1; i < count; i++) {
        lanes_mul(&work->products[i], &work->products[i - 1], &work->differences[i]);
    }
}

// Put 1 for differences that are 0, and say in which lanes they were.
static LANES_TARGET void replace_zeros(LanesSumWork *work, size_t count)
{
    LanesField one;
    lanes_unpack(&one, &LANES_ONE);
    for (size_t i = 0; i < count; i++) {
        unsigned zero = lanes_are_zero(&work->differences[i]);
        work->undecided[i % work->group_count] |= zero;
        for (size_t v = 0; v < LANES_VECTORS; v++) {
            const __mmask8 mask = (__mmask8)(zero >> (v * LANES_WIDTH));
            for (size_t j = 0; j < LANES_LIMBS; j++) {
                Vector *limb = &work->differences[i].limbs[v][j];
                *limb = _mm512_mask_mov_epi64(*limb, mask, one.limbs[v][j]);
            }
        }
    }
}

// All additions of one level: differences and their products upwards, one inversion, and downwards
// the inverse of each difference.
static LANES_TARGET void run_level(LanesSumWork *work, size_t stride)
{
    size_t count = 0;
    Pair pair = {0};
    for (; find_pair(work, stride, count, &pair); count++) {
        lanes_term_x_difference(&work->differences[count], pair.a, pair.b);
    }
    multiply_up(work, count);
    LanesField rest = work->products[count - 1], inverse;
    if (!lanes_invert(&rest, &inverse, 1)) {
        replace_zeros(work, count);
        multiply_up(work, count);
        rest = work->products[count - 1];
        (void)!lanes_invert(&rest, &inverse, 1);
    }
    while (count-- > 0) {
        (void)find_pair(work, stride, count, &pair);
        inverse = rest;
        if (count > 0) {
            lanes_mul(&inverse, &rest, &work->products[count - 1]);
            lanes_mul(&rest, &rest, &work->differences[count]);
        }
        lanes_term_add(pair.a, pair.a, pair.b, &inverse);
    }
}

void lanes_sum_run(LanesSumWork *work)
{
    for (size_t stride = 1; stride < work->term_count; stride *= 2) {
        run_level(work, stride);
    }
}

#endif
