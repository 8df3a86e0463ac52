// SPDX-License-Identifier: Apache-2.0
//
// Multiplication, addition, subtraction and halving of field64.h in plain C, for any 64-bit CPU.
// Products are functions of their own: inlined, they would only crowd the instruction cache.
#ifndef ASSENT_BASE_CURVE_FIELD64_PORTABLE_H
#define ASSENT_BASE_CURVE_FIELD64_PORTABLE_H

#include "base/curve/field64.h"

#define FIELD_OUT_OF_LINE __attribute__((noinline, unused)) static

static const uint64_t field_prime[4] = {FIELD_P0, FIELD_P1, FIELD_P2, FIELD_P3};

// Add to t the multiple of p that clears t[0], drop t[0], and append `top`, the next limb, with
// the carry so far; returns the carry. -p^-1 mod 2^64 is 1, so the multiple is t[0] times p, and
// t[0] + t[0] * FIELD_P0 is t[0] * 2^64.
static inline uint64_t reduce_limb(uint64_t t[4], uint64_t top, uint64_t carry_in)
{
    uint64_t m = t[0];
    uint64_t carry = m;
    t[0] = limb_mul_add(m, FIELD_P1, t[1], &carry);
    t[1] = limb_mul_add(m, FIELD_P2, t[2], &carry);
    t[2] = limb_mul_add(m, FIELD_P3, t[3], &carry);
    Uint128 sum = (Uint128)top + carry + carry_in;
    t[3] = (uint64_t)sum;
    return (uint64_t)(sum >> 64);
}

// Add a * b to t; returns the fifth limb.
static inline uint64_t mul_row(uint64_t t[4], uint64_t a, const uint64_t b[4])
{
    uint64_t carry = 0;
    t[0] = limb_mul_add(a, b[0], t[0], &carry);
    t[1] = limb_mul_add(a, b[1], t[1], &carry);
    t[2] = limb_mul_add(a, b[2], t[2], &carry);
    t[3] = limb_mul_add(a, b[3], t[3], &carry);
    return carry;
}

// Row by row, each followed by one step of Montgomery reduction. Loops and arrays are spelled
// out so that compilers keep everything in registers.
FIELD_OUT_OF_LINE void field_mul(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    const uint64_t y[4] = {b->limbs[0], b->limbs[1], b->limbs[2], b->limbs[3]};
    uint64_t t[4] = {0};
    uint64_t top = mul_row(t, a->limbs[0], y);
    uint64_t carry = reduce_limb(t, top, 0);
    top = mul_row(t, a->limbs[1], y);
    carry = reduce_limb(t, top, carry);
    top = mul_row(t, a->limbs[2], y);
    carry = reduce_limb(t, top, carry);
    top = mul_row(t, a->limbs[3], y);
    carry = reduce_limb(t, top, carry);
    limbs_reduce_once(ret->limbs, t, carry, field_prime);
}

FIELD_OUT_OF_LINE void field_square(FieldElement *ret, const FieldElement *a)
{
    const uint64_t x0 = a->limbs[0], x1 = a->limbs[1], x2 = a->limbs[2], x3 = a->limbs[3];
    // The products of different limbs, once each.
    uint64_t carry = 0;
    uint64_t t1 = limb_mul_add(x0, x1, 0, &carry);
    uint64_t t2 = limb_mul_add(x0, x2, 0, &carry);
    uint64_t t3 = limb_mul_add(x0, x3, 0, &carry);
    uint64_t t4 = carry;
    carry = 0;
    t3 = limb_mul_add(x1, x2, t3, &carry);
    t4 = limb_mul_add(x1, x3, t4, &carry);
    uint64_t t5 = carry;
    carry = 0;
    t5 = limb_mul_add(x2, x3, t5, &carry);
    uint64_t t6 = carry;
    // Doubled, plus the squares.
    uint64_t t7 = t6 >> 63;
    t6 = t6 << 1 | t5 >> 63;
    t5 = t5 << 1 | t4 >> 63;
    t4 = t4 << 1 | t3 >> 63;
    t3 = t3 << 1 | t2 >> 63;
    t2 = t2 << 1 | t1 >> 63;
    t1 = t1 << 1;
    carry = 0;
    uint64_t t0 = limb_mul_add(x0, x0, 0, &carry);
    t1 = limb_add(t1, 0, &carry);
    t2 = limb_mul_add(x1, x1, t2, &carry);
    t3 = limb_add(t3, 0, &carry);
    t4 = limb_mul_add(x2, x2, t4, &carry);
    t5 = limb_add(t5, 0, &carry);
    t6 = limb_mul_add(x3, x3, t6, &carry);
    t7 = limb_add(t7, 0, &carry);
    uint64_t t[4] = {t0, t1, t2, t3};
    carry = reduce_limb(t, t4, 0);
    carry = reduce_limb(t, t5, carry);
    carry = reduce_limb(t, t6, carry);
    carry = reduce_limb(t, t7, carry);
    limbs_reduce_once(ret->limbs, t, carry, field_prime);
}

static inline void field_add(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    uint64_t sum[4];
    uint64_t carry = limbs_add(sum, a->limbs, b->limbs);
    limbs_reduce_once(ret->limbs, sum, carry, field_prime);
}

static inline void field_sub(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    uint64_t difference[4];
    uint64_t mask = limb_mask(limbs_sub(difference, a->limbs, b->limbs));
    const uint64_t correction[4] = {mask & FIELD_P0, mask & FIELD_P1, mask & FIELD_P2,
                                    mask & FIELD_P3};
    limbs_add(ret->limbs, difference, correction);
}

// a / 2: a, or a + p when a is odd (below 2^257), shifted.
static inline void field_half(FieldElement *ret, const FieldElement *a)
{
    uint64_t mask = limb_mask(a->limbs[0] & 1);
    const uint64_t correction[4] = {mask & FIELD_P0, mask & FIELD_P1, mask & FIELD_P2,
                                    mask & FIELD_P3};
    uint64_t sum[4];
    uint64_t carry = limbs_add(sum, a->limbs, correction);
    ret->limbs[0] = sum[0] >> 1 | sum[1] << 63;
    ret->limbs[1] = sum[1] >> 1 | sum[2] << 63;
    ret->limbs[2] = sum[2] >> 1 | sum[3] << 63;
    ret->limbs[3] = sum[3] >> 1 | carry << 63;
}

#endif
