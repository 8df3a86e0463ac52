// SPDX-License-Identifier: Apache-2.0
//
// Numbers modulo n, the order of the base point of sm2p256v1, for the SM core only. Plain (not
// Montgomery) unless said otherwise, always fully reduced. All functions are constant-time;
// `ret` may be an operand.
#ifndef ASSENT_BASE_CURVE_SCALAR_H
#define ASSENT_BASE_CURVE_SCALAR_H

#include <stdint.h>

#include "base/curve/limbs.h"

typedef struct {
    uint64_t limbs[4];
} Scalar;

extern const Scalar SCALAR_ONE;

// Load 32 bytes; all ones, or 0 when the number is not below n (ret is then the number reduced).
uint64_t scalar_load(Scalar *ret, const uint8_t big_endian[LIMBS_BYTES]);
// Reduce a plain number below 2^256 < 2n.
void scalar_reduce(Scalar *ret, const uint64_t plain[4]);
void scalar_store(uint8_t ret[LIMBS_BYTES], const Scalar *a);
void scalar_add(Scalar *ret, const Scalar *a, const Scalar *b);
void scalar_sub(Scalar *ret, const Scalar *a, const Scalar *b);
// a * 2^256 mod n: into Montgomery form.
void scalar_to_montgomery(Scalar *ret, const Scalar *a);
// a * b / 2^256 mod n: plain when exactly one operand is in Montgomery form.
void scalar_montgomery_mul(Scalar *ret, const Scalar *a, const Scalar *b);
// The inverse of a Montgomery form in Montgomery form; 0 for 0.
void scalar_montgomery_invert(Scalar *ret, const Scalar *a);
// a + n as a plain number; returns the carry.
uint64_t scalar_plus_order(uint64_t ret[4], const Scalar *a);
// n - a as a plain number: n itself for 0.
void scalar_order_minus(uint64_t ret[4], const Scalar *a);

static inline uint64_t scalar_is_zero(const Scalar *a)
{
    return limbs_is_zero(a->limbs);
}

static inline uint64_t scalar_equal(const Scalar *a, const Scalar *b)
{
    return limbs_equal(a->limbs, b->limbs);
}

#endif
