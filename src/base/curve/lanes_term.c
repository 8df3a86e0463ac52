// SPDX-License-Identifier: Apache-2.0
//
// Affine additions and doublings, given the inverse of what they divide by.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_term.h"

#include "base/curve/lanes_square.h"

#define NOT_INLINE static __attribute__((noinline)) LANES_TARGET

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

void lanes_term_x_difference(LanesField *ret, const LanesTerm *a, const LanesTerm *b)
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

// L^2 - x1 - x2 (L < 1.3), and x1 less that (+ 2p, < 3.02) as a factor.
NOT_INLINE void sum_x(LanesField *ret, LanesField *ret_difference, const LanesField *slope,
                      const LanesField *a_x, const LanesField *b_x)
{
    Vector t0[10], t1[10];
    square_both(t0, t1, slope);
    finish_x(ret->limbs[0], ret_difference->limbs[0], &t0[5], a_x->limbs[0], b_x->limbs[0]);
    finish_x(ret->limbs[1], ret_difference->limbs[1], &t1[5], a_x->limbs[1], b_x->limbs[1]);
}

// L (x1 - x3) - y1. The product is in 0..1.3, so that |y| grows by at most 1.3 every second time:
// below 6.7 after seven.
NOT_INLINE void sum_y(LanesField *ret, const LanesField *difference, const LanesField *slope,
                      const LanesField *a_y)
{
    Vector t0[10], t1[10];
    multiply_both(t0, t1, slope, difference);
    subtract_limbs(ret->limbs[0], &t0[5], a_y->limbs[0]);
    subtract_limbs(ret->limbs[1], &t1[5], a_y->limbs[1]);
}

// With the slope L: x3 = L^2 - x1 - x2, y3 = L (x1 - x3) - y1.
static LANES_TARGET void add_with_slope(LanesTerm *ret, const LanesTerm *a, const LanesTerm *b,
                                        const LanesField *slope)
{
    LanesField difference;
    sum_x(&ret->x, &difference, slope, &a->x, &b->x);
    sum_y(&ret->y, &difference, slope, &a->y);
}

LANES_TARGET void lanes_term_add(LanesTerm *ret, const LanesTerm *a, const LanesTerm *b,
                                 const LanesField *inverse)
{
    LanesField slope, difference;
    y_difference(&difference, a, b);
    lanes_mul(&slope, &difference, inverse);
    add_with_slope(ret, a, b, &slope);
}

LANES_INLINE void double_folded(Vector ret[5], const Vector a[5])
{
    Vector r[5];
    add_limbs(r, a, a);
    fold(r);
    carry_factor(ret, r);
}

LANES_TARGET void lanes_term_twice_y(LanesField *ret, const LanesTerm *a)
{
    double_folded(ret->limbs[0], a->y.limbs[0]);
    double_folded(ret->limbs[1], a->y.limbs[1]);
}

// L = 3 (x^2 - 1) / 2 y.
LANES_TARGET void lanes_term_double(LanesTerm *ret, const LanesTerm *a, const LanesField *inverse)
{
    LanesField slope, one;
    lanes_unpack(&one, &LANES_ONE);
    lanes_square(&slope, &a->x);
    lanes_sub(&slope, &slope, &one);
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector r[5];
        add_limbs(r, slope.limbs[v], slope.limbs[v]);
        add_limbs(r, r, slope.limbs[v]);
        carry_factor(slope.limbs[v], r);
    }
    lanes_mul(&slope, &slope, inverse);
    add_with_slope(ret, a, a, &slope);
}

#endif
