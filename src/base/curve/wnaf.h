// SPDX-License-Identifier: Apache-2.0
//
// Scalars in width-w non-adjacent form, for verification only: in time that depends on everything.
// Source: Solinas, "Efficient Arithmetic on Koblitz Curves" (Designs, Codes and Cryptography 2000).
#ifndef ASSENT_BASE_CURVE_WNAF_H
#define ASSENT_BASE_CURVE_WNAF_H

#include <stddef.h>

#include "base/curve/scalar.h"

enum { WNAF_DIGITS = LIMBS_BITS + 1 };

// The scalar is the sum of digits[i] 2^i. Digits are 0 or odd and below 2^(w-1) in size, and after
// one that is not 0 come w-1 zeros.
typedef struct {
    int16_t digits[WNAF_DIGITS];
} WnafDigits;

// `width` is 2 to 15.
void wnaf_recode(WnafDigits *ret, const Scalar *k, unsigned width);

// Where the multiple for a digit that is not 0 lies among 1, 3, 5, ... times a point.
static inline size_t wnaf_index(int digit)
{
    return (size_t)(digit < 0 ? -digit : digit) / 2;
}

#endif
