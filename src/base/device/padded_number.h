// SPDX-License-Identifier: Apache-2.0
//
// Numbers of 256 bits as devices hold them, big-endian at the end of a field of 512 bits.
#ifndef ASSENT_BASE_DEVICE_PADDED_NUMBER_H
#define ASSENT_BASE_DEVICE_PADDED_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto/sm2.h"

enum { PADDED_NUMBER_SIZE = 64 };

void padded_number_put(const uint8_t number[SM2_SCALAR_SIZE], uint8_t ret[PADDED_NUMBER_SIZE]);
// False when the number does not fit in 256 bits.
bool padded_number_get(const uint8_t padded[PADDED_NUMBER_SIZE], uint8_t ret[SM2_SCALAR_SIZE]);

#endif
