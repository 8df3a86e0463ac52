// SPDX-License-Identifier: Apache-2.0
//
// Squares of sixteen lanes, for the lanes*.c files: as lanes_product.h.
#ifndef ASSENT_BASE_CURVE_LANES_SQUARE_H
#define ASSENT_BASE_CURVE_LANES_SQUARE_H

#include "base/curve/lanes_product.h"

// The columns of a square in the order in which the reduction wants them: products of different
// limbs once and doubled, then the squares.
LANES_INLINE void square_columns_0_to_3(Vector t[10], const Vector a[5])
{
    const Vector zero = lanes_set(0);
    Vector cross1 = add_low(zero, a[0], a[1]);
    Vector cross2 = add_low(add_high(zero, a[0], a[1]), a[0], a[2]);
    Vector cross3 = add_low(add_high(add_low(zero, a[1], a[2]), a[0], a[2]), a[0], a[3]);
    t[0] = add_low(zero, a[0], a[0]);
    t[1] = add_high(cross1 + cross1, a[0], a[0]);
    t[2] = add_low(cross2 + cross2, a[1], a[1]);
    t[3] = add_high(cross3 + cross3, a[1], a[1]);
    t[4] = t[5] = t[6] = t[7] = t[8] = zero;
    t[9] = add_high(zero, a[4], a[4]);
}

LANES_INLINE void square_columns_4_and_5(Vector t[10], const Vector a[5])
{
    const Vector zero = lanes_set(0);
    Vector cross4 = add_low(add_high(zero, a[0], a[3]), a[0], a[4]);
    Vector cross5 = add_low(add_high(zero, a[0], a[4]), a[1], a[4]);
    cross4 = add_low(add_high(cross4, a[1], a[2]), a[1], a[3]);
    cross5 = add_low(add_high(cross5, a[1], a[3]), a[2], a[3]);
    t[4] = add_low(t[4], a[2], a[2]) + (cross4 + cross4);
    t[5] = add_high(t[5], a[2], a[2]) + (cross5 + cross5);
}

LANES_INLINE void square_columns_6_to_8(Vector t[10], const Vector a[5])
{
    const Vector zero = lanes_set(0);
    Vector cross6 = add_high(add_low(add_high(zero, a[1], a[4]), a[2], a[4]), a[2], a[3]);
    Vector cross7 = add_low(add_high(zero, a[2], a[4]), a[3], a[4]);
    Vector cross8 = add_high(zero, a[3], a[4]);
    t[6] = add_low(t[6], a[3], a[3]) + (cross6 + cross6);
    t[7] = add_high(t[7], a[3], a[3]) + (cross7 + cross7);
    t[8] = add_low(t[8], a[4], a[4]) + (cross8 + cross8);
}

// a^2 without reduction.
LANES_INLINE void square_product(Vector t[10], const Vector a[5])
{
    square_columns_0_to_3(t, a);
    square_columns_4_and_5(t, a);
    square_columns_6_to_8(t, a);
}

LANES_INLINE void square_both(Vector t0[10], Vector t1[10], const LanesField *a)
{
    const Vector a0[5] = {a->limbs[0][0], a->limbs[0][1], a->limbs[0][2], a->limbs[0][3],
                          a->limbs[0][4]};
    const Vector a1[5] = {a->limbs[1][0], a->limbs[1][1], a->limbs[1][2], a->limbs[1][3],
                          a->limbs[1][4]};
    const Vector zero = lanes_set(0);
    square_columns_0_to_3(t0, a0);
    square_columns_0_to_3(t1, a1);
    Vector debt0 = reduce_limb(&t0[0], zero);
    Vector debt1 = reduce_limb(&t1[0], zero);
    debt0 = reduce_limb(&t0[1], debt0);
    debt1 = reduce_limb(&t1[1], debt1);
    square_columns_4_and_5(t0, a0);
    square_columns_4_and_5(t1, a1);
    debt0 = reduce_limb(&t0[2], debt0);
    debt1 = reduce_limb(&t1[2], debt1);
    square_columns_6_to_8(t0, a0);
    square_columns_6_to_8(t1, a1);
    debt0 = reduce_limb(&t0[3], debt0);
    debt1 = reduce_limb(&t1[3], debt1);
    t0[6] -= reduce_limb(&t0[4], debt0);
    t1[6] -= reduce_limb(&t1[4], debt1);
}

#endif
