// SPDX-License-Identifier: Apache-2.0
//
// 256-bit numbers as four 64-bit limbs, least significant first, for the SM core only.
// Everything here runs in time that does not depend on the values. A mask is 0 or all ones.
#ifndef ASSENT_BASE_CURVE_LIMBS_H
#define ASSENT_BASE_CURVE_LIMBS_H

#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 Uint128;
__extension__ typedef __int128 Int128;

enum { LIMBS_COUNT = 4, LIMBS_BYTES = 32, LIMBS_BITS = 256 };

// a + b + *carry; the carry out (0 or 1) replaces *carry.
static inline uint64_t limb_add(uint64_t a, uint64_t b, uint64_t *carry)
{
    Uint128 sum = (Uint128)a + b + *carry;
    *carry = (uint64_t)(sum >> 64);
    return (uint64_t)sum;
}

// a - b + *borrow; the borrow out (0 or -1) replaces *borrow. Kept negative because compilers
// turn that into shorter code than a borrow bit.
static inline uint64_t limb_sub(uint64_t a, uint64_t b, int64_t *borrow)
{
    Int128 difference = (Int128)a - b + *borrow;
    *borrow = (int64_t)(difference >> 64);
    return (uint64_t)difference;
}

// The low half of a * b + c + *carry; the high half replaces *carry. Cannot overflow.
static inline uint64_t limb_mul_add(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
    Uint128 sum = (Uint128)a * b + c + *carry;
    *carry = (uint64_t)(sum >> 64);
    return (uint64_t)sum;
}

// x, of which the compiler knows nothing any more.
static inline uint64_t limb_hide(uint64_t x)
{
    __asm__("" : "+r"(x));
    return x;
}

// All ones when bit is 1, 0 when it is 0. The compiler cannot see that there are only two
// values, so it does not turn the use of a mask into a branch.
static inline uint64_t limb_mask(uint64_t bit)
{
    return 0 - limb_hide(bit);
}

// All ones when x is 0.
static inline uint64_t limb_is_zero(uint64_t x)
{
    return limb_mask(1 ^ ((x | (0 - x)) >> 63));
}

// a where the mask is set, else b.
static inline uint64_t limb_select(uint64_t mask, uint64_t a, uint64_t b)
{
    return b ^ (mask & (a ^ b));
}

static inline void limbs_select(uint64_t ret[4], uint64_t mask, const uint64_t a[4],
                                const uint64_t b[4])
{
    ret[0] = limb_select(mask, a[0], b[0]);
    ret[1] = limb_select(mask, a[1], b[1]);
    ret[2] = limb_select(mask, a[2], b[2]);
    ret[3] = limb_select(mask, a[3], b[3]);
}

static inline uint64_t limbs_is_zero(const uint64_t a[4])
{
    return limb_is_zero(a[0] | a[1] | a[2] | a[3]);
}

static inline uint64_t limbs_equal(const uint64_t a[4], const uint64_t b[4])
{
    return limb_is_zero((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]));
}

// a + b; returns the carry. `ret` may be an operand.
static inline uint64_t limbs_add(uint64_t ret[4], const uint64_t a[4], const uint64_t b[4])
{
    uint64_t carry = 0;
    ret[0] = limb_add(a[0], b[0], &carry);
    ret[1] = limb_add(a[1], b[1], &carry);
    ret[2] = limb_add(a[2], b[2], &carry);
    ret[3] = limb_add(a[3], b[3], &carry);
    return carry;
}

// a - b; returns the borrow: 1 when a < b. `ret` may be an operand.
static inline uint64_t limbs_sub(uint64_t ret[4], const uint64_t a[4], const uint64_t b[4])
{
    int64_t borrow = 0;
    ret[0] = limb_sub(a[0], b[0], &borrow);
    ret[1] = limb_sub(a[1], b[1], &borrow);
    ret[2] = limb_sub(a[2], b[2], &borrow);
    ret[3] = limb_sub(a[3], b[3], &borrow);
    return (uint64_t)borrow & 1;
}

// Reduce carry * 2^256 + a, which is below twice the modulus.
static inline void limbs_reduce_once(uint64_t ret[4], const uint64_t a[4], uint64_t carry,
                                     const uint64_t modulus[4])
{
    uint64_t reduced[4];
    uint64_t borrow = limbs_sub(reduced, a, modulus);
    limbs_select(ret, limb_mask(borrow & (carry ^ 1)), a, reduced);
}

static inline void limbs_load(uint64_t ret[4], const uint8_t big_endian[LIMBS_BYTES])
{
    for (int i = 0; i < LIMBS_COUNT; i++) {
        uint64_t limb = 0;
        for (int j = 0; j < 8; j++) {
            limb = limb << 8 | big_endian[8 * (3 - i) + j];
        }
        ret[i] = limb;
    }
}

static inline void limbs_store(uint8_t ret[LIMBS_BYTES], const uint64_t a[4])
{
    for (int i = 0; i < LIMBS_COUNT; i++) {
        for (int j = 0; j < 8; j++) {
            ret[8 * (3 - i) + j] = (uint8_t)(a[i] >> (56 - 8 * j));
        }
    }
}

#endif
