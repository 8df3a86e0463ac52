// SPDX-License-Identifier: Apache-2.0
#include "wasm/inflate/crc32.h"

enum { WIDTH = 4, LONG_ENOUGH = 4096 };

// What a byte does to the remainder when 0 to 3 more follow it in the same word.
// Source: Kounavis and Berry, A Systematic Approach to Building High Performance Software-based
// CRC Generators, 2005 (slicing by 4).
typedef struct {
    uint32_t of[WIDTH][256];
} Tables;

static uint32_t shift_out(uint32_t remainder, unsigned bits)
{
    for (unsigned i = 0; i < bits; i++) {
        remainder = remainder >> 1 ^ (UINT32_C(0xedb88320) & (0 - (remainder & 1)));
    }
    return remainder;
}

// Linear in the bits of the byte, so that only powers of two are shifted out.
static void compute(Tables *tables)
{
    for (unsigned k = 0; k < WIDTH; k++) {
        uint32_t *table = tables->of[k];
        for (unsigned bit = 1; bit < 256; bit *= 2) {
            table[bit] = shift_out(bit, 8 * (k + 1));
            for (unsigned i = 1; i < bit; i++) {
                table[bit + i] = table[bit] ^ table[i];
            }
        }
    }
}

static uint32_t update_words(uint32_t crc, Bytes data)
{
    Tables tables = {0};
    compute(&tables);
    for (size_t i = 0; i < data.len; i += WIDTH) {
        const uint8_t *word = &data.data[i];
        crc = tables.of[3][(crc ^ word[0]) & 0xff] ^ tables.of[2][(crc >> 8 ^ word[1]) & 0xff] ^
              tables.of[1][(crc >> 16 ^ word[2]) & 0xff] ^ tables.of[0][crc >> 24 ^ word[3]];
    }
    return crc;
}

uint32_t crc32_update(uint32_t crc, Bytes data)
{
    size_t whole = data.len < LONG_ENOUGH ? 0 : data.len / WIDTH * WIDTH;
    crc = ~crc;
    if (whole > 0) {
        crc = update_words(crc, bytes_slice(data, 0, whole));
    }
    for (size_t i = whole; i < data.len; i++) {
        crc = shift_out(crc ^ data.data[i], 8);
    }
    return ~crc;
}
