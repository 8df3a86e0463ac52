// SPDX-License-Identifier: Apache-2.0
//
// For tests of the lanes: OpenSSL's numbers modulo p, and what a product in lanes divides by.
#ifndef ASSENT_BASE_CURVE_LANES_ORACLE_H
#define ASSENT_BASE_CURVE_LANES_ORACLE_H

#include "base/curve/bignum_oracle.h"

typedef struct {
    Oracle oracle;
    BIGNUM *x, *y, *expected, *scale;  // the last is 2^-260
} Reference;

static inline Reference reference_new(void)
{
    Reference ret = {oracle_new(ORACLE_P), BN_new(), BN_new(), BN_new(), BN_new()};
    BN_set_bit(ret.scale, 260);
    BN_mod_inverse(ret.scale, ret.scale, ret.oracle.modulus, ret.oracle.context);
    return ret;
}

static inline void reference_free(Reference *reference)
{
    BN_free(reference->x);
    BN_free(reference->y);
    BN_free(reference->expected);
    BN_free(reference->scale);
    oracle_free(&reference->oracle);
}

#endif
