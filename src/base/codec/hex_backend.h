// SPDX-License-Identifier: Apache-2.0
//
// Inside base/codec: hexadecimal and base64 in bulk, for any CPU and faster where the CPU can.
// No backend branches or indexes memory by the data. Padding and errors are hex.c's business.
#ifndef ASSENT_BASE_CODEC_HEX_BACKEND_H
#define ASSENT_BASE_CODEC_HEX_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    // len bytes become 2 * len lower-case digits.
    void (*hex_encode)(const uint8_t *bytes, size_t len, uint8_t *ret);
    // True if all characters are hexadecimal digits.
    bool (*hex_check)(const uint8_t *text, size_t len);
    // 2 * ret_len digits that were checked become ret_len bytes.
    void (*hex_decode)(const uint8_t *text, size_t ret_len, uint8_t *ret);
    // 3 * groups bytes become 4 * groups characters.
    void (*base64_encode)(const uint8_t *bytes, size_t groups, uint8_t *ret);
    // True if all characters are base64 digits; padding is none.
    bool (*base64_check)(const uint8_t *text, size_t len);
    // 4 * groups digits that were checked become 3 * groups bytes.
    void (*base64_decode)(const uint8_t *text, size_t groups, uint8_t *ret);
} HexBackend;

extern const HexBackend HEX_PORTABLE;
// NULL when this CPU has no AVX2.
const HexBackend *hex_backend_avx2(void);
// The fastest one that works here.
const HexBackend *hex_backend(void);

#endif
