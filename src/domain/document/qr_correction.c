// SPDX-License-Identifier: Apache-2.0
#include "domain/document/qr_correction.h"

#include <string.h>

enum { FIELD_POLYNOMIAL = 0x11d };

static uint8_t multiply(uint8_t a, uint8_t b)
{
    unsigned product = 0;
    for (unsigned x = a, rest = b; rest != 0; rest >>= 1) {
        product ^= (rest & 1) != 0 ? x : 0;
        x <<= 1;
        x ^= (x & 0x100) != 0 ? FIELD_POLYNOMIAL : 0;
    }
    return (uint8_t)product;
}

// The product of (x - 2^i) for i below `count`, without its leading 1, highest power first.
static void generator(size_t count, uint8_t *ret)
{
    uint8_t root = 1;
    memset(ret, 0, count);
    ret[count - 1] = 1;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            ret[k] = multiply(ret[k], root) ^ (k + 1 < count ? ret[k + 1] : 0);
        }
        root = multiply(root, 2);
    }
}

void qr_correction(Bytes data, size_t count, uint8_t *ret)
{
    uint8_t divisor[QR_CORRECTION_MAX];
    generator(count, divisor);
    memset(ret, 0, count);
    for (size_t i = 0; i < data.len; i++) {
        uint8_t factor = data.data[i] ^ ret[0];
        memmove(ret, &ret[1], count - 1);
        ret[count - 1] = 0;
        for (size_t k = 0; k < count; k++) {
            ret[k] ^= multiply(divisor[k], factor);
        }
    }
}
