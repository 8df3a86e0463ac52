// SPDX-License-Identifier: Apache-2.0
//
// The part of field29.h that works limb by limb, on vectors where there are any.
#ifndef ASSENT_BASE_CURVE_FIELD29_SUMS_H
#define ASSENT_BASE_CURVE_FIELD29_SUMS_H

#include "base/curve/field29.h"

// The limbs as they are added: four, four and one.
typedef int32_t Field29Four __attribute__((vector_size(16)));
typedef struct {
    Field29Four low, middle;
    int32_t high;
} Field29Vectors;

static inline Field29Vectors field29_vectors(const Field29 *a)
{
    Field29Vectors ret;
    memcpy(&ret.low, &a->limbs[0], sizeof ret.low);
    memcpy(&ret.middle, &a->limbs[4], sizeof ret.middle);
    ret.high = a->limbs[8];
    return ret;
}

static inline void field29_put(Field29 *ret, Field29Four low, Field29Four middle, int32_t high)
{
    memcpy(&ret->limbs[0], &low, sizeof low);
    memcpy(&ret->limbs[4], &middle, sizeof middle);
    ret->limbs[8] = high;
}

static inline void field29_add(Field29 *ret, const Field29 *a, const Field29 *b)
{
    Field29Vectors x = field29_vectors(a), y = field29_vectors(b);
    field29_put(ret, x.low + y.low, x.middle + y.middle, x.high + y.high);
}

static inline void field29_sub(Field29 *ret, const Field29 *a, const Field29 *b)
{
    Field29Vectors x = field29_vectors(a), y = field29_vectors(b);
    field29_put(ret, x.low - y.low, x.middle - y.middle, x.high - y.high);
}

// a * factor, for a small factor.
static inline void field29_scale(Field29 *ret, const Field29 *a, int32_t factor)
{
    Field29Vectors x = field29_vectors(a);
    field29_put(ret, x.low * factor, x.middle * factor, x.high * factor);
}

// a where the mask is set, else b.
static inline void field29_select(Field29 *ret, uint64_t mask, const Field29 *a, const Field29 *b)
{
    int32_t set = (int32_t)(uint32_t)mask;
    Field29Vectors x = field29_vectors(a), y = field29_vectors(b);
    field29_put(ret, y.low ^ (set & (x.low ^ y.low)), y.middle ^ (set & (x.middle ^ y.middle)),
                y.high ^ (set & (x.high ^ y.high)));
}

// a, or -a where the mask is set.
static inline void field29_negate(Field29 *ret, uint64_t mask, const Field29 *a)
{
    int32_t set = (int32_t)(uint32_t)mask;
    Field29Vectors x = field29_vectors(a);
    field29_put(ret, (x.low ^ set) - set, (x.middle ^ set) - set, (x.high ^ set) - set);
}

#endif
