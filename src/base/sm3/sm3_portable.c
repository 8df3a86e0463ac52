// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/sm3/sm3_backend.h"
#include "base/sm3/sm3_rounds.h"

#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define XOR3(x, y, z) ((x) ^ (y) ^ (z))
#define SPREAD(x, n) XOR3(x, ROTATE(x, n), ROTATE(x, (n) + 8))
#define MAJORITY(x, y, z) (((y) & (z)) + ((x) & ((y) ^ (z))))
#define CHOICE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define STEP(j, a, b, c, d, e, f, g, h, ff, gg) \
    SM3_ROUND(uint32_t, sm3_constants[j], w, a, b, c, d, e, f, g, h, j, ff, gg)

static void compress_block(uint32_t state[8], const uint8_t block[SM3_BLOCK_SIZE])
{
    uint32_t w[16];
    memcpy(w, block, sizeof w);
    for (size_t j = 0; j < 16; j++) {
        w[j] = __builtin_bswap32(w[j]);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    SM3_ALL_ROUNDS(STEP);
    state[0] ^= a;
    state[1] ^= b;
    state[2] ^= c;
    state[3] ^= d;
    state[4] ^= e;
    state[5] ^= f;
    state[6] ^= g;
    state[7] ^= h;
}

static void portable_compress(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        compress_block(state, &blocks[i * SM3_BLOCK_SIZE]);
    }
}

const Sm3Backend SM3_PORTABLE = {.compress = portable_compress};
