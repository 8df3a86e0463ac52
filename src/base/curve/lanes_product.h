// SPDX-License-Identifier: Apache-2.0
//
// Inside the multiplications of sixteen lanes: sums of products before and after reduction, for the
// lanes*.c files. Limbs are signed here: carries are arithmetic shifts, and a limb that is used as
// a factor counts with its lowest 52 bits.
#ifndef ASSENT_BASE_CURVE_LANES_PRODUCT_H
#define ASSENT_BASE_CURVE_LANES_PRODUCT_H

#include "base/curve/lanes_limbs.h"

LANES_INLINE Vector add_low(Vector sum, Vector a, Vector b)
{
    return _mm512_madd52lo_epu64(sum, a, b);
}

LANES_INLINE Vector add_high(Vector sum, Vector a, Vector b)
{
    return _mm512_madd52hi_epu64(sum, a, b);
}

// t[0..5] += a * b. Each limb gains less than 2^53, so five rows stay below 2^56.
LANES_INLINE void add_row(Vector t[6], Vector a, const Vector b[5])
{
    t[0] = add_low(t[0], a, b[0]);
    t[1] = add_low(t[1], a, b[1]);
    t[2] = add_low(t[2], a, b[2]);
    t[3] = add_low(t[3], a, b[3]);
    t[4] = add_low(t[4], a, b[4]);
    t[1] = add_high(t[1], a, b[0]);
    t[2] = add_high(t[2], a, b[1]);
    t[3] = add_high(t[3], a, b[2]);
    t[4] = add_high(t[4], a, b[3]);
    t[5] = add_high(t[5], a, b[4]);
}

// Add u p to t with the u that clears the lowest 52 bits, and carry the rest of t[0] into t[1]. p
// is -1 modulo 2^52, so u is t[0] itself; u (p + 1) = u (2^256 - 2^224 - 2^96 + 2^64) has two
// limbs, 2^12 - 2^44 at t[1] and 2^48 - 2^16 at t[4]. Products cannot be subtracted, so those with
// 2^44 - 2^12 are taken off as sums: `debt` is what t[1] still owes from the limb before, and what
// t[2] owes is returned.
LANES_INLINE Vector reduce_limb(Vector t[6], Vector debt)
{
    const Vector c1 = lanes_set(((int64_t)1 << 44) - (1 << 12));
    const Vector c4 = lanes_set(((int64_t)1 << 48) - (1 << 16));
    t[1] = t[1] + (t[0] >> LANES_LIMB_BITS) - add_low(debt, t[0], c1);
    t[4] = add_low(t[4], t[0], c4);
    t[5] = add_high(t[5], t[0], c4);
    return add_high(lanes_set(0), t[0], c1);
}

// t += a b, then divided by 2^260 modulo p: the result is t[5..9].
LANES_INLINE void multiply_reduced(Vector t[10], const Vector a[5], const Vector b[5])
{
    add_row(&t[0], a[0], b);
    Vector debt = reduce_limb(&t[0], lanes_set(0));
    add_row(&t[1], a[1], b);
    debt = reduce_limb(&t[1], debt);
    add_row(&t[2], a[2], b);
    debt = reduce_limb(&t[2], debt);
    add_row(&t[3], a[3], b);
    debt = reduce_limb(&t[3], debt);
    add_row(&t[4], a[4], b);
    t[6] -= reduce_limb(&t[4], debt);
}

// Both vectors of a product, row by row so that each fills the other's waits; the results are in
// the upper five limbs.
LANES_INLINE void multiply_both(Vector t0[10], Vector t1[10], const LanesField *a,
                                const LanesField *b)
{
    const Vector *a0 = a->limbs[0], *a1 = a->limbs[1], zero = lanes_set(0);
    const Vector b0[5] = {b->limbs[0][0], b->limbs[0][1], b->limbs[0][2], b->limbs[0][3],
                          b->limbs[0][4]};
    const Vector b1[5] = {b->limbs[1][0], b->limbs[1][1], b->limbs[1][2], b->limbs[1][3],
                          b->limbs[1][4]};
    t0[0] = t0[1] = t0[2] = t0[3] = t0[4] = t0[5] = t0[6] = t0[7] = t0[8] = t0[9] = zero;
    t1[0] = t1[1] = t1[2] = t1[3] = t1[4] = t1[5] = t1[6] = t1[7] = t1[8] = t1[9] = zero;
    add_row(&t0[0], a0[0], b0);
    add_row(&t1[0], a1[0], b1);
    Vector debt0 = reduce_limb(&t0[0], zero);
    Vector debt1 = reduce_limb(&t1[0], zero);
    add_row(&t0[1], a0[1], b0);
    add_row(&t1[1], a1[1], b1);
    debt0 = reduce_limb(&t0[1], debt0);
    debt1 = reduce_limb(&t1[1], debt1);
    add_row(&t0[2], a0[2], b0);
    add_row(&t1[2], a1[2], b1);
    debt0 = reduce_limb(&t0[2], debt0);
    debt1 = reduce_limb(&t1[2], debt1);
    add_row(&t0[3], a0[3], b0);
    add_row(&t1[3], a1[3], b1);
    debt0 = reduce_limb(&t0[3], debt0);
    debt1 = reduce_limb(&t1[3], debt1);
    add_row(&t0[4], a0[4], b0);
    add_row(&t1[4], a1[4], b1);
    t0[6] -= reduce_limb(&t0[4], debt0);
    t1[6] -= reduce_limb(&t1[4], debt1);
}

#endif
