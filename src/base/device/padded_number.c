// SPDX-License-Identifier: Apache-2.0
#include "base/device/padded_number.h"

#include <string.h>

enum { PADDING = PADDED_NUMBER_SIZE - SM2_SCALAR_SIZE };

void padded_number_put(const uint8_t number[SM2_SCALAR_SIZE], uint8_t ret[PADDED_NUMBER_SIZE])
{
    memset(ret, 0, PADDING);
    memcpy(&ret[PADDING], number, SM2_SCALAR_SIZE);
}

bool padded_number_get(const uint8_t padded[PADDED_NUMBER_SIZE], uint8_t ret[SM2_SCALAR_SIZE])
{
    uint8_t any = 0;
    for (size_t i = 0; i < PADDING; i++) {
        any |= padded[i];
    }
    memcpy(ret, &padded[PADDING], SM2_SCALAR_SIZE);
    return any == 0;
}
