// SPDX-License-Identifier: Apache-2.0
//
// Inversion modulo an odd 256-bit number in constant time, for the SM core only.
#ifndef ASSENT_BASE_CURVE_INVERT_H
#define ASSENT_BASE_CURVE_INVERT_H

#include <stdint.h>

// a^-1 modulo a prime, for a below it; 0 for 0. minus_inverse: -1 / modulus modulo 2^64.
void limbs_invert(uint64_t ret[4], const uint64_t a[4], const uint64_t modulus[4],
                  uint64_t minus_inverse);

#endif
