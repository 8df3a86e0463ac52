// SPDX-License-Identifier: Apache-2.0
#include "base/curve/scalar.h"

#include "base/curve/invert.h"

static const uint64_t scalar_order[4] = {0x53bbf40939d54123, 0x7203df6b21c6052b, 0xffffffffffffffff,
                                         0xfffffffeffffffff};
// -n^-1 mod 2^64
static const uint64_t scalar_order_inverse = 0x327f9e8872350975;
// 2^512 mod n
static const Scalar scalar_montgomery_square = {
    {0x901192af7c114f20, 0x3464504ade6fa2fa, 0x620fc84c3affe0d4, 0x1eb5e412a22b3d3b}};

const Scalar SCALAR_ONE = {{1, 0, 0, 0}};

uint64_t scalar_load(Scalar *ret, const uint8_t big_endian[LIMBS_BYTES])
{
    uint64_t plain[4], reduced[4];
    limbs_load(plain, big_endian);
    uint64_t below_n = limb_mask(limbs_sub(reduced, plain, scalar_order));
    limbs_select(ret->limbs, below_n, plain, reduced);
    return below_n;
}

void scalar_reduce(Scalar *ret, const uint64_t plain[4])
{
    limbs_reduce_once(ret->limbs, plain, 0, scalar_order);
}

void scalar_store(uint8_t ret[LIMBS_BYTES], const Scalar *a)
{
    limbs_store(ret, a->limbs);
}

void scalar_add(Scalar *ret, const Scalar *a, const Scalar *b)
{
    uint64_t sum[4];
    uint64_t carry = limbs_add(sum, a->limbs, b->limbs);
    limbs_reduce_once(ret->limbs, sum, carry, scalar_order);
}

void scalar_sub(Scalar *ret, const Scalar *a, const Scalar *b)
{
    uint64_t difference[4], corrected[4];
    uint64_t borrow = limbs_sub(difference, a->limbs, b->limbs);
    limbs_add(corrected, difference, scalar_order);
    limbs_select(ret->limbs, limb_mask(borrow), corrected, difference);
}

void scalar_to_montgomery(Scalar *ret, const Scalar *a)
{
    scalar_montgomery_mul(ret, a, &scalar_montgomery_square);
}

// t = (t + a * b + m * n) / 2^64, with the m that makes it whole; returns the fifth limb.
static inline uint64_t mul_step(uint64_t t[4], uint64_t top, uint64_t a, const uint64_t b[4])
{
    uint64_t carry = 0;
    t[0] = limb_mul_add(a, b[0], t[0], &carry);
    t[1] = limb_mul_add(a, b[1], t[1], &carry);
    t[2] = limb_mul_add(a, b[2], t[2], &carry);
    t[3] = limb_mul_add(a, b[3], t[3], &carry);
    Uint128 upper = (Uint128)top + carry;
    uint64_t m = t[0] * scalar_order_inverse;
    carry = 0;
    (void)limb_mul_add(m, scalar_order[0], t[0], &carry);
    t[0] = limb_mul_add(m, scalar_order[1], t[1], &carry);
    t[1] = limb_mul_add(m, scalar_order[2], t[2], &carry);
    t[2] = limb_mul_add(m, scalar_order[3], t[3], &carry);
    upper += carry;
    t[3] = (uint64_t)upper;
    return (uint64_t)(upper >> 64);
}

void scalar_montgomery_mul(Scalar *ret, const Scalar *a, const Scalar *b)
{
    const uint64_t y[4] = {b->limbs[0], b->limbs[1], b->limbs[2], b->limbs[3]};
    uint64_t t[4] = {0};
    uint64_t top = mul_step(t, 0, a->limbs[0], y);
    top = mul_step(t, top, a->limbs[1], y);
    top = mul_step(t, top, a->limbs[2], y);
    top = mul_step(t, top, a->limbs[3], y);
    limbs_reduce_once(ret->limbs, t, top, scalar_order);
}

void scalar_montgomery_invert(Scalar *ret, const Scalar *a)
{
    Scalar inverse = {{0}}, cube;
    limbs_invert(inverse.limbs, a->limbs, scalar_order, scalar_order_inverse);
    scalar_montgomery_mul(&cube, &scalar_montgomery_square, &scalar_montgomery_square);
    scalar_montgomery_mul(ret, &inverse, &cube);
    explicit_bzero(&inverse, sizeof inverse);
}

uint64_t scalar_plus_order(uint64_t ret[4], const Scalar *a)
{
    return limbs_add(ret, a->limbs, scalar_order);
}

void scalar_order_minus(uint64_t ret[4], const Scalar *a)
{
    (void)limbs_sub(ret, scalar_order, a->limbs);
}
