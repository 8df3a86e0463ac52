// SPDX-License-Identifier: Apache-2.0
//
// For Frama-C only, which knows no vectors: src/base/curve/field29_sums.h limb by limb.
#ifndef ASSENT_TESTS_PROOF_MODEL_FIELD29_SUMS_H
#define ASSENT_TESTS_PROOF_MODEL_FIELD29_SUMS_H

#include <strings.h>

#include "base/curve/field29.h"

static inline void field29_add(Field29 *ret, const Field29 *a, const Field29 *b)
{
    for (int i = 0; i < FIELD29_LIMBS; i++) {
        ret->limbs[i] = a->limbs[i] + b->limbs[i];
    }
}

static inline void field29_sub(Field29 *ret, const Field29 *a, const Field29 *b)
{
    for (int i = 0; i < FIELD29_LIMBS; i++) {
        ret->limbs[i] = a->limbs[i] - b->limbs[i];
    }
}

static inline void field29_scale(Field29 *ret, const Field29 *a, int32_t factor)
{
    for (int i = 0; i < FIELD29_LIMBS; i++) {
        ret->limbs[i] = a->limbs[i] * factor;
    }
}

static inline void field29_select(Field29 *ret, uint64_t mask, const Field29 *a, const Field29 *b)
{
    for (int i = 0; i < FIELD29_LIMBS; i++) {
        ret->limbs[i] = mask != 0 ? a->limbs[i] : b->limbs[i];
    }
}

static inline void field29_negate(Field29 *ret, uint64_t mask, const Field29 *a)
{
    for (int i = 0; i < FIELD29_LIMBS; i++) {
        ret->limbs[i] = mask != 0 ? -a->limbs[i] : a->limbs[i];
    }
}

#endif
