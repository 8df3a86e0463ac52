// SPDX-License-Identifier: Apache-2.0
//
// The prime field of sm2p256v1, p = 2^256 - 2^224 - 2^96 + 2^64 - 1, for the SM core only.
// Elements are kept in Montgomery form (times 2^256) and always fully reduced, so that equal
// elements have equal limbs. All functions are constant-time; `ret` may be an operand.
#ifndef ASSENT_BASE_CURVE_FIELD_H
#define ASSENT_BASE_CURVE_FIELD_H

#include <stdint.h>

#include "base/curve/limbs.h"

// The limbs of p.
#define FIELD_P0 0xffffffffffffffff
#define FIELD_P1 0xffffffff00000000
#define FIELD_P2 0xffffffffffffffff
#define FIELD_P3 0xfffffffeffffffff

typedef struct {
    uint64_t limbs[4];
} FieldElement;

extern const FieldElement FIELD_ONE;

// Load 32 bytes; all ones, or 0 when the number is not below p (ret is then useless).
uint64_t field_load(FieldElement *ret, const uint8_t big_endian[LIMBS_BYTES]);
void field_store(uint8_t ret[LIMBS_BYTES], const FieldElement *a);
// Take plain limbs below p.
void field_from_limbs(FieldElement *ret, const uint64_t plain[4]);

// Multiplication and addition are inline choices between the portable and the x86-64 functions.
static inline void field_mul(FieldElement *ret, const FieldElement *a, const FieldElement *b);
static inline void field_square(FieldElement *ret, const FieldElement *a);
static inline void field_add(FieldElement *ret, const FieldElement *a, const FieldElement *b);
static inline void field_sub(FieldElement *ret, const FieldElement *a, const FieldElement *b);
// a^-1, and 0 for 0.
void field_invert(FieldElement *ret, const FieldElement *a);

static inline uint64_t field_is_zero(const FieldElement *a)
{
    return limbs_is_zero(a->limbs);
}

static inline uint64_t field_equal(const FieldElement *a, const FieldElement *b)
{
    return limbs_equal(a->limbs, b->limbs);
}

static inline void field_double(FieldElement *ret, const FieldElement *a)
{
    field_add(ret, a, a);
}

static inline void field_triple(FieldElement *ret, const FieldElement *a)
{
    FieldElement twice;
    field_add(&twice, a, a);
    field_add(ret, &twice, a);
}

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

// a where the mask is set, else b.
static inline void field_select(FieldElement *ret, uint64_t mask, const FieldElement *a,
                                const FieldElement *b)
{
    limbs_select(ret->limbs, mask, a->limbs, b->limbs);
}

void field_mul_portable(FieldElement *ret, const FieldElement *a, const FieldElement *b);
void field_square_portable(FieldElement *ret, const FieldElement *a);

static inline void field_add_portable(FieldElement *ret, const FieldElement *a,
                                      const FieldElement *b)
{
    static const uint64_t prime[4] = {FIELD_P0, FIELD_P1, FIELD_P2, FIELD_P3};
    uint64_t sum[4];
    uint64_t carry = limbs_add(sum, a->limbs, b->limbs);
    limbs_reduce_once(ret->limbs, sum, carry, prime);
}

static inline void field_sub_portable(FieldElement *ret, const FieldElement *a,
                                      const FieldElement *b)
{
    uint64_t difference[4];
    uint64_t mask = limb_mask(limbs_sub(difference, a->limbs, b->limbs));
    const uint64_t correction[4] = {mask & FIELD_P0, mask & FIELD_P1, mask & FIELD_P2,
                                    mask & FIELD_P3};
    limbs_add(ret->limbs, difference, correction);
}

#if defined(__x86_64__)
#include "base/curve/field_x86.h"
#else

static inline void field_mul(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    field_mul_portable(ret, a, b);
}

static inline void field_square(FieldElement *ret, const FieldElement *a)
{
    field_square_portable(ret, a);
}

static inline void field_add(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    field_add_portable(ret, a, b);
}

static inline void field_sub(FieldElement *ret, const FieldElement *a, const FieldElement *b)
{
    field_sub_portable(ret, a, b);
}

#endif

#endif
