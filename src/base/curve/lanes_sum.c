// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include "base/curve/lanes_sum.h"

#include <stdlib.h>

#include "base/curve/lanes_product.h"
#include "base/secret/secret.h"

#define NOT_INLINE static __attribute__((noinline)) LANES_TARGET

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

LANES_INLINE void mask_limbs(Vector ret[5], const Vector a[5])
{
    const Vector mask = lanes_set(LANES_LIMB_MASK);
    ret[0] = a[0] & mask;
    ret[1] = a[1] & mask;
    ret[2] = a[2] & mask;
    ret[3] = a[3] & mask;
    ret[4] = a[4] & mask;
}

LANES_TARGET void lanes_term_from_entry(LanesTerm *ret, const LanesEntry *entry)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        mask_limbs(ret->x.limbs[v], entry->x.limbs[v]);
        mask_limbs(ret->y.limbs[v], entry->y.limbs[v]);
        negate_where(ret->y.limbs[v], (__mmask8)(entry->negative >> (v * LANES_WIDTH)));
    }
}

LANES_TARGET void lanes_term_carry(LanesField *ret_x, LanesField *ret_y, const LanesTerm *term)
{
    *ret_x = term->x;
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        const Vector *y = term->y.limbs[v];
        Vector folded[5] = {y[0], y[1], y[2], y[3], y[4]};
        fold(folded);
        carry(ret_y->limbs[v], folded);
    }
}

LANES_INLINE void subtract_to_factor(Vector ret[5], const Vector a[5], const Vector b[5])
{
    Vector r[5];
    subtract_limbs(r, a, b);
    add_primes(r, 2);
    carry_factor(ret, r);
}

LANES_INLINE void subtract_folded(Vector ret[5], const Vector a[5], const Vector b[5])
{
    Vector r[5];
    subtract_limbs(r, a, b);
    fold(r);
    carry_factor(ret, r);
}

// x2 - x1 + 2p (< 3.02) as a factor.
NOT_INLINE void x_difference(LanesField *ret, const LanesTerm *a, const LanesTerm *b)
{
    subtract_to_factor(ret->limbs[0], b->x.limbs[0], a->x.limbs[0]);
    subtract_to_factor(ret->limbs[1], b->x.limbs[1], a->x.limbs[1]);
}

// y2 - y1 (< 1.01) as a factor.
NOT_INLINE void y_difference(LanesField *ret, const LanesTerm *a, const LanesTerm *b)
{
    subtract_folded(ret->limbs[0], b->y.limbs[0], a->y.limbs[0]);
    subtract_folded(ret->limbs[1], b->y.limbs[1], a->y.limbs[1]);
}

LANES_INLINE void finish_x(Vector ret[5], Vector ret_difference[5], Vector x[5],
                           const Vector a_x[5], const Vector b_x[5])
{
    const Vector first[5] = {a_x[0], a_x[1], a_x[2], a_x[3], a_x[4]};
    subtract_limbs(x, x, first);
    subtract_limbs(x, x, b_x);
    fold(x);
    carry(ret, x);
    subtract_to_factor(ret_difference, first, x);
}

// a's x becomes L^2 - x1 - x2 (L < 1.1), and ret x1 less that (+ 2p, < 3.02) as a factor.
NOT_INLINE void sum_x(LanesTerm *a, LanesField *ret, const LanesTerm *b, const LanesField *slope)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, slope);
    finish_x(a->x.limbs[0], ret->limbs[0], &t0[5], a->x.limbs[0], b->x.limbs[0]);
    finish_x(a->x.limbs[1], ret->limbs[1], &t1[5], a->x.limbs[1], b->x.limbs[1]);
}

// a's y becomes L (x1 - x3) - y1. The product is in 0..1.3, so that |y| grows by at most 1.3 every
// second level: below 6.7 after seven.
NOT_INLINE void sum_y(LanesTerm *a, const LanesField *difference, const LanesField *slope)
{
    Vector t0[10], t1[10];
    multiply_both(t0, t1, slope, difference);
    subtract_limbs(a->y.limbs[0], &t0[5], a->y.limbs[0]);
    subtract_limbs(a->y.limbs[1], &t1[5], a->y.limbs[1]);
}

// a += b, given the inverse of x2 - x1. With the slope L = (y2 - y1) / (x2 - x1):
// x3 = L^2 - x1 - x2, y3 = L (x1 - x3) - y1.
static LANES_TARGET void add_with_inverse(LanesTerm *a, const LanesTerm *b,
                                          const LanesField *inverse)
{
    LanesField slope, difference;
    y_difference(&difference, a, b);
    lanes_mul(&slope, &difference, inverse);
    sum_x(a, &difference, b, &slope);
    sum_y(a, &difference, &slope);
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
    Pair pair;
    for (; find_pair(work, stride, count, &pair); count++) {
        x_difference(&work->differences[count], pair.a, pair.b);
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
        add_with_inverse(pair.a, pair.b, &inverse);
    }
}

void lanes_sum_run(LanesSumWork *work)
{
    for (size_t stride = 1; stride < work->term_count; stride *= 2) {
        run_level(work, stride);
    }
}

#endif
