// SPDX-License-Identifier: Apache-2.0
//
// Sums, carries and forms of one vector's five limbs, for the lanes*.c files. Limbs are signed here
// and carries are arithmetic shifts. What is a factor next may keep bits above the 52nd in its
// limbs, because multiplications do not see them.
#ifndef ASSENT_BASE_CURVE_LANES_LIMBS_H
#define ASSENT_BASE_CURVE_LANES_LIMBS_H

#include "base/curve/lanes_field.h"

LANES_INLINE Vector lanes_set(int64_t value)
{
    return _mm512_set1_epi64(value);
}

// Operations on five limbs are spelled out because gcc keeps arrays in registers only where it
// sees no loop.
LANES_INLINE void copy_limbs(Vector ret[5], const Vector a[5])
{
    ret[0] = a[0];
    ret[1] = a[1];
    ret[2] = a[2];
    ret[3] = a[3];
    ret[4] = a[4];
}

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
