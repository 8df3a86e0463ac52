// SPDX-License-Identifier: Apache-2.0
//
// GHASH for any CPU, and the portable backend; the cipher is in sm4_slices.c.
#include "base/sm4/sm4_portable.h"

#include "base/sm4/sm4_backend.h"

// The low half of a carry-less product, from integer products of numbers that have only every
// fourth bit: below the last four places at most 15 ones are added up at a place, so no carry
// reaches the next place that is kept.
static uint64_t multiply_low(uint64_t x, uint64_t y)
{
    const uint64_t mask_0 = 0x1111111111111111, mask_1 = mask_0 << 1;
    const uint64_t mask_2 = mask_0 << 2, mask_3 = mask_0 << 3;
    uint64_t x0 = x & mask_0, x1 = x & mask_1, x2 = x & mask_2, x3 = x & mask_3;
    uint64_t y0 = y & mask_0, y1 = y & mask_1, y2 = y & mask_2, y3 = y & mask_3;
    uint64_t z0 = (x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1);
    uint64_t z1 = (x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2);
    uint64_t z2 = (x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3);
    uint64_t z3 = (x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0);
    return (z0 & mask_0) | (z1 & mask_1) | (z2 & mask_2) | (z3 & mask_3);
}

static uint64_t reverse_bits(uint64_t x)
{
    x = (x & 0x5555555555555555) << 1 | (x >> 1 & 0x5555555555555555);
    x = (x & 0x3333333333333333) << 2 | (x >> 2 & 0x3333333333333333);
    x = (x & 0x0f0f0f0f0f0f0f0f) << 4 | (x >> 4 & 0x0f0f0f0f0f0f0f0f);
    return __builtin_bswap64(x);
}

// A factor and its mirror image.
typedef struct {
    uint64_t straight, mirrored;
} Factor;

static Factor factor_of(uint64_t x)
{
    return (Factor){x, reverse_bits(x)};
}

static Factor factor_add(Factor x, Factor y)
{
    return (Factor){x.straight ^ y.straight, x.mirrored ^ y.mirrored};
}

// The carry-less product of two 64-bit polynomials: high half to ret[0], low half to ret[1]. The
// high half is the low half of the product of the mirrored numbers, mirrored.
static void portable_multiply(Factor x, Factor y, uint64_t ret[2])
{
    ret[0] = reverse_bits(multiply_low(x.mirrored, y.mirrored)) >> 1;
    ret[1] = multiply_low(x.straight, y.straight);
}

static void portable_ghash_init(GhashKey *ret, const uint8_t h[SM4_BLOCK_SIZE])
{
    *ret = (GhashKey){{sm4_load_u64(h), sm4_load_u64(&h[8])}};
}

// GCM numbers bits from the left, so the numbers are polynomials with their coefficients reversed:
// their product comes out one place too far right, and x^128 = x^7 + x^2 + x + 1 folds towards
// the right. Source: NIST SP 800-38D 6.3, 6.4.
static void portable_ghash(const GhashKey *key, uint64_t state[2], const uint8_t *blocks,
                           size_t count)
{
    const Factor h1 = factor_of(key->powers[0]), h0 = factor_of(key->powers[1]);
    const Factor h_sum = factor_add(h1, h0);
    for (size_t i = 0; i < count; i++) {
        Factor x1 = factor_of(state[0] ^ sm4_load_u64(&blocks[16 * i]));
        Factor x0 = factor_of(state[1] ^ sm4_load_u64(&blocks[16 * i + 8]));
        uint64_t high[2], low[2], middle[2];  // Karatsuba
        portable_multiply(x1, h1, high);
        portable_multiply(x0, h0, low);
        portable_multiply(factor_add(x1, x0), h_sum, middle);
        middle[0] ^= high[0] ^ low[0];
        middle[1] ^= high[1] ^ low[1];
        uint64_t v3 = high[0], v2 = high[1] ^ middle[0], v1 = low[0] ^ middle[1], v0 = low[1];
        v3 = v3 << 1 | v2 >> 63;
        v2 = v2 << 1 | v1 >> 63;
        v1 = v1 << 1 | v0 >> 63;
        v0 = v0 << 1;
        // Fold v0, then v1: v * (1 + x + x^2 + x^7), 128 places up.
        v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7;
        v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57;
        v3 ^= v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7;
        v2 ^= v1 << 63 ^ v1 << 62 ^ v1 << 57;
        state[0] = v3;
        state[1] = v2;
    }
}

const Sm4Backend SM4_PORTABLE = {
    .substitute = sm4_substitute_portable,
    .encrypt = sm4_encrypt_portable,
    .ghash_init = portable_ghash_init,
    .ghash = portable_ghash,
};
