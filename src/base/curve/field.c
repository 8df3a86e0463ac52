// SPDX-License-Identifier: Apache-2.0
#include "base/curve/field.h"

#include "base/curve/invert.h"

static const uint64_t field_prime[4] = {FIELD_P0, FIELD_P1, FIELD_P2, FIELD_P3};

// 2^512 mod p, which takes a plain number into Montgomery form.
static const FieldElement field_to_montgomery = {
    {0x0000000200000003, 0x00000002ffffffff, 0x0000000100000001, 0x0000000400000002}};

const FieldElement FIELD_ONE = {
    {0x0000000000000001, 0x00000000ffffffff, 0x0000000000000000, 0x0000000100000000}};

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
void field_mul_portable(FieldElement *ret, const FieldElement *a, const FieldElement *b)
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

void field_square_portable(FieldElement *ret, const FieldElement *a)
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

uint64_t field_load(FieldElement *ret, const uint8_t big_endian[LIMBS_BYTES])
{
    uint64_t plain[4], unused[4];
    limbs_load(plain, big_endian);
    uint64_t below_p = limbs_sub(unused, plain, field_prime);
    field_from_limbs(ret, plain);
    return limb_mask(below_p);
}

void field_store(uint8_t ret[LIMBS_BYTES], const FieldElement *a)
{
    static const FieldElement one = {{1, 0, 0, 0}};
    FieldElement plain;
    field_mul(&plain, a, &one);
    limbs_store(ret, plain.limbs);
}

void field_from_limbs(FieldElement *ret, const uint64_t plain[4])
{
    FieldElement element = {{plain[0], plain[1], plain[2], plain[3]}};
    field_mul(ret, &element, &field_to_montgomery);
}

void field_invert(FieldElement *ret, const FieldElement *a)
{
    // 2^512 squared over 2^256: makes up for both the form of a and that of the result.
    FieldElement inverse = {{0}}, cube;
    limbs_invert(inverse.limbs, a->limbs, field_prime, 1);
    field_mul(&cube, &field_to_montgomery, &field_to_montgomery);
    field_mul(ret, &inverse, &cube);
    explicit_bzero(&inverse, sizeof inverse);
}
