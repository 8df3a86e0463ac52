// SPDX-License-Identifier: Apache-2.0
//
// The prime field of sm2p256v1 in nine signed limbs of 29 bits, for machines whose widest product
// is 32 by 32 bits (wasm32, 32-bit CPUs); for the SM core only. Montgomery form, times 2^261. All
// functions are constant-time but the one that says public; `ret` may be an operand.
//
// Two properties bound every element. An element is tight when its limbs are at most 2^28 in size
// and its value lies in (-p, 2p). Sums and differences are taken limb by limb without any carry:
// one of k tight elements has limbs of at most k 2^28 (k <= 7 fits a limb) and a value within
// (-2kp, 2kp). Products take what is loose and give what is tight, on two conditions:
//   - k_a k_b <= 15: a column of a product has at most eight full products (the ninth limb has
//     26 bits), so it stays below 8 * 15 * 2^56 + 2^55 < 2^63;
//   - |a b| <= 32 p^2, about 2^261 p: the result is a b / 2^261 plus something in [0, p).
#ifndef ASSENT_BASE_CURVE_FIELD29_H
#define ASSENT_BASE_CURVE_FIELD29_H

#include <stdint.h>

#include "base/curve/limbs.h"

enum { FIELD29_LIMBS = 9, FIELD29_BITS = 29 };

typedef struct {
    int32_t limbs[FIELD29_LIMBS];
} Field29;

extern const Field29 FIELD29_ONE;

// a * b / 2^261, and a^2 / 2^261. Tight for operands that meet the conditions above.
void field29_mul(Field29 *ret, const Field29 *a, const Field29 *b);
void field29_square(Field29 *ret, const Field29 *a);
// The same element, tight, for limbs of at most 6 * 2^28 and a value below 32 p in size. Then even
// the value lies within (-0.51 p, 0.51 p).
void field29_tighten(Field29 *ret, const Field29 *a);
// a^-1, tight, for a that field29_tighten takes; 0 for 0.
void field29_invert(Field29 *ret, const Field29 *a);

// Take plain limbs of 64 bits, below p.
void field29_from_limbs(Field29 *ret, const uint64_t plain[4]);
// As plain limbs of 64 bits, below p.
void field29_to_limbs(uint64_t ret[4], const Field29 *a);
// As plain limbs still times 2^261, fully reduced: the short form that tables are kept in.
void field29_pack(uint64_t ret[4], const Field29 *a);
// The inverse of field29_pack: limbs below 2^29, so that k is 2, and a value in [0, p).
void field29_unpack(Field29 *ret, const uint64_t packed[4]);

// All ones when a, which field29_tighten takes, is 0 modulo p.
uint64_t field29_is_zero(const Field29 *a);

// True for everything that is 0 modulo p, and for about one in 2^23 others, of values within
// (-32 p, 32 p). p is -1 modulo 2^29, so the low 29 bits of m p are those of -m.
static inline int field29_may_be_zero_public(const Field29 *a)
{
    enum { MOST = 32 };
    uint32_t low = ((uint32_t)a->limbs[0] + MOST) & ((1U << FIELD29_BITS) - 1);
    return low <= 2 * MOST;
}

#include "base/curve/field29_sums.h"

#endif
