// SPDX-License-Identifier: Apache-2.0
//
// Inside the multiplications of sixteen lanes: sums of products before and after reduction, for the
// lanes*.c files. Limbs are signed here: carries are arithmetic shifts, and a limb that is used as
// a factor counts with its lowest 52 bits.
#ifndef ASSENT_BASE_CURVE_LANES_PRODUCT_H
#define ASSENT_BASE_CURVE_LANES_PRODUCT_H

#include "base/curve/lanes_field.h"

LANES_INLINE Vector lanes_set(int64_t value)
{
    return _mm512_set1_epi64(value);
}

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

// Both vectors of a product and of a square, row by row so that each fills the other's waits; the
// results are in the upper five limbs.
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

// Operations on five limbs are spelled out because gcc keeps arrays in registers only where it
// sees no loop.
LANES_INLINE void add_limbs(Vector ret[5], const Vector a[5], const Vector b[5])
{
    ret[0] = a[0] + b[0];
    ret[1] = a[1] + b[1];
    ret[2] = a[2] + b[2];
    ret[3] = a[3] + b[3];
    ret[4] = a[4] + b[4];
}

LANES_INLINE void subtract_limbs(Vector ret[5], const Vector a[5], const Vector b[5])
{
    ret[0] = a[0] - b[0];
    ret[1] = a[1] - b[1];
    ret[2] = a[2] - b[2];
    ret[3] = a[3] - b[3];
    ret[4] = a[4] - b[4];
}

// ret = -2^shift a
LANES_INLINE void negate_limbs(Vector ret[5], const Vector a[5], int shift)
{
    const Vector zero = lanes_set(0);
    ret[0] = zero - (a[0] << shift);
    ret[1] = zero - (a[1] << shift);
    ret[2] = zero - (a[2] << shift);
    ret[3] = zero - (a[3] << shift);
    ret[4] = zero - (a[4] << shift);
}

// r = -r in the lanes of the mask.
LANES_INLINE void negate_where(Vector r[5], __mmask8 mask)
{
    const Vector zero = lanes_set(0);
    r[0] = _mm512_mask_sub_epi64(r[0], mask, zero, r[0]);
    r[1] = _mm512_mask_sub_epi64(r[1], mask, zero, r[1]);
    r[2] = _mm512_mask_sub_epi64(r[2], mask, zero, r[2]);
    r[3] = _mm512_mask_sub_epi64(r[3], mask, zero, r[3]);
    r[4] = _mm512_mask_sub_epi64(r[4], mask, zero, r[4]);
}

// r += k p, for a constant k.
LANES_INLINE void add_primes(Vector r[5], int64_t k)
{
    r[0] -= lanes_set(k);
    r[1] += lanes_set(k * ((1 << 12) - ((int64_t)1 << 44)));
    r[4] += lanes_set(k * (((int64_t)1 << 48) - (1 << 16)));
}

// Carry signed limbs of a number in 0..16p into limbs below 2^52.
LANES_INLINE void carry(Vector ret[5], const Vector r[5])
{
    const Vector mask = lanes_set(LANES_LIMB_MASK);
    Vector r1 = r[1] + (r[0] >> LANES_LIMB_BITS);
    Vector r2 = r[2] + (r1 >> LANES_LIMB_BITS);
    Vector r3 = r[3] + (r2 >> LANES_LIMB_BITS);
    ret[4] = r[4] + (r3 >> LANES_LIMB_BITS);
    ret[0] = r[0] & mask;
    ret[1] = r1 & mask;
    ret[2] = r2 & mask;
    ret[3] = r3 & mask;
}

// The same for a result that will be a factor only: bits above the 52nd stay.
LANES_INLINE void carry_factor(Vector ret[5], const Vector r[5])
{
    ret[0] = r[0];
    ret[1] = r[1] + (r[0] >> LANES_LIMB_BITS);
    ret[2] = r[2] + (ret[1] >> LANES_LIMB_BITS);
    ret[3] = r[3] + (ret[2] >> LANES_LIMB_BITS);
    ret[4] = r[4] + (ret[3] >> LANES_LIMB_BITS);
}

// Bring a number between -14p and 14p, whose limbs are below 2^60 in size, to 0..1.01p by
// subtracting q 2^256 and adding q (2^224 + 2^96 - 2^64 + 1). The bias makes up for the carries
// that r[4] has not seen yet (below 2^9) and for q 2^224 with a negative q (below 15 * 2^16 in
// r[4]).
LANES_INLINE void fold(Vector r[5])
{
    Vector q = (r[4] - lanes_set(1 << 20)) >> 48;
    r[0] += q;
    r[1] += (q << 44) - (q << 12);
    r[4] += (q << 16) - (q << 48);
}

// Four 64-bit limbs to five of 52 bits, with bits above them left in place: good as factors.
LANES_INLINE void unpack_words(Vector ret[5], const Vector words[4])
{
    ret[0] = words[0];
    ret[1] = _mm512_srli_epi64(words[0], 52) | words[1] << 12;
    ret[2] = _mm512_srli_epi64(words[1], 40) | words[2] << 24;
    ret[3] = _mm512_srli_epi64(words[2], 28) | words[3] << 36;
    ret[4] = _mm512_srli_epi64(words[3], 16);
}

#endif
