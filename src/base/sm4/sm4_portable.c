// SPDX-License-Identifier: Apache-2.0
//
// SM4 and GHASH for any CPU. The S-box is never indexed: the whole table is gone through for every
// 16 bytes, so that neither cache nor branch tells what was looked for.
#include <string.h>

#include "base/sm4/sm4_backend.h"

enum { LANES = 4 };  // blocks at a time

typedef uint8_t ByteVector __attribute__((vector_size(16)));
typedef uint32_t WordVector __attribute__((vector_size(16)));

// Source: GB/T 32907-2016 6.2.1.
static const uint8_t s_box[256] = {
    0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7, 0x16, 0xb6, 0x14, 0xc2, 0x28, 0xfb, 0x2c, 0x05,
    0x2b, 0x67, 0x9a, 0x76, 0x2a, 0xbe, 0x04, 0xc3, 0xaa, 0x44, 0x13, 0x26, 0x49, 0x86, 0x06, 0x99,
    0x9c, 0x42, 0x50, 0xf4, 0x91, 0xef, 0x98, 0x7a, 0x33, 0x54, 0x0b, 0x43, 0xed, 0xcf, 0xac, 0x62,
    0xe4, 0xb3, 0x1c, 0xa9, 0xc9, 0x08, 0xe8, 0x95, 0x80, 0xdf, 0x94, 0xfa, 0x75, 0x8f, 0x3f, 0xa6,
    0x47, 0x07, 0xa7, 0xfc, 0xf3, 0x73, 0x17, 0xba, 0x83, 0x59, 0x3c, 0x19, 0xe6, 0x85, 0x4f, 0xa8,
    0x68, 0x6b, 0x81, 0xb2, 0x71, 0x64, 0xda, 0x8b, 0xf8, 0xeb, 0x0f, 0x4b, 0x70, 0x56, 0x9d, 0x35,
    0x1e, 0x24, 0x0e, 0x5e, 0x63, 0x58, 0xd1, 0xa2, 0x25, 0x22, 0x7c, 0x3b, 0x01, 0x21, 0x78, 0x87,
    0xd4, 0x00, 0x46, 0x57, 0x9f, 0xd3, 0x27, 0x52, 0x4c, 0x36, 0x02, 0xe7, 0xa0, 0xc4, 0xc8, 0x9e,
    0xea, 0xbf, 0x8a, 0xd2, 0x40, 0xc7, 0x38, 0xb5, 0xa3, 0xf7, 0xf2, 0xce, 0xf9, 0x61, 0x15, 0xa1,
    0xe0, 0xae, 0x5d, 0xa4, 0x9b, 0x34, 0x1a, 0x55, 0xad, 0x93, 0x32, 0x30, 0xf5, 0x8c, 0xb1, 0xe3,
    0x1d, 0xf6, 0xe2, 0x2e, 0x82, 0x66, 0xca, 0x60, 0xc0, 0x29, 0x23, 0xab, 0x0d, 0x53, 0x4e, 0x6f,
    0xd5, 0xdb, 0x37, 0x45, 0xde, 0xfd, 0x8e, 0x2f, 0x03, 0xff, 0x6a, 0x72, 0x6d, 0x6c, 0x5b, 0x51,
    0x8d, 0x1b, 0xaf, 0x92, 0xbb, 0xdd, 0xbc, 0x7f, 0x11, 0xd9, 0x5c, 0x41, 0x1f, 0x10, 0x5a, 0xd8,
    0x0a, 0xc1, 0x31, 0x88, 0xa5, 0xcd, 0x7b, 0xbd, 0x2d, 0x74, 0xd0, 0x12, 0xb8, 0xe5, 0xb4, 0xb0,
    0x89, 0x69, 0x97, 0x4a, 0x0c, 0x96, 0x77, 0x7e, 0x65, 0xb9, 0xf1, 0x09, 0xc5, 0x6e, 0xc6, 0x84,
    0x18, 0xf0, 0x7d, 0xec, 0x3a, 0xdc, 0x4d, 0x20, 0x79, 0xee, 0x5f, 0x3e, 0xd7, 0xcb, 0x39, 0x48,
};

static ByteVector substitute_bytes(ByteVector bytes)
{
    ByteVector substituted = {0};
    for (unsigned value = 0; value < 256; value++) {
        ByteVector candidate, image;
        memset(&candidate, (int)value, sizeof candidate);
        memset(&image, s_box[value], sizeof image);
        substituted |= (ByteVector)(bytes == candidate) & image;
    }
    return substituted;
}

static uint32_t portable_substitute(uint32_t word)
{
    WordVector words = {word, 0, 0, 0};
    words = (WordVector)substitute_bytes((ByteVector)words);
    return words[0];
}

static WordVector rotate(WordVector words, unsigned bits)
{
    return words << bits | words >> (32 - bits);
}

// Source: GB/T 32907-2016 6.2.
static WordVector transform(WordVector words)
{
    WordVector b = (WordVector)substitute_bytes((ByteVector)words);
    return b ^ rotate(b, 2) ^ rotate(b, 10) ^ rotate(b, 18) ^ rotate(b, 24);
}

// Encrypt up to LANES blocks. Source: GB/T 32907-2016 7.1.
static void encrypt_lanes(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                          size_t count)
{
    WordVector x[4] = {0};
    for (size_t lane = 0; lane < count; lane++) {
        for (size_t i = 0; i < 4; i++) {
            uint32_t word;
            memcpy(&word, &blocks[16 * lane + 4 * i], sizeof word);
            x[i][lane] = __builtin_bswap32(word);
        }
    }
    for (size_t round = 0; round < 32; round++) {
        uint32_t key = round_keys[round];
        WordVector keys = {key, key, key, key};
        WordVector next = x[0] ^ transform(x[1] ^ x[2] ^ x[3] ^ keys);
        x[0] = x[1];
        x[1] = x[2];
        x[2] = x[3];
        x[3] = next;
    }
    for (size_t lane = 0; lane < count; lane++) {
        for (size_t i = 0; i < 4; i++) {
            uint32_t word = __builtin_bswap32(x[3 - i][lane]);
            memcpy(&ret[16 * lane + 4 * i], &word, sizeof word);
        }
    }
}

static void portable_encrypt(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                             size_t count)
{
    for (size_t i = 0; i < count; i += LANES) {
        size_t left = count - i;
        encrypt_lanes(round_keys, &blocks[16 * i], &ret[16 * i], left < LANES ? left : LANES);
    }
}

// The low half of a carry-less product, from integer products of numbers that have only every
// fourth bit: below the last four places at most 15 ones are added up at a place, so no carry
// reaches the next place that is kept.
static uint64_t multiply_low(uint64_t x, uint64_t y)
{
    static const uint64_t every_fourth = 0x1111111111111111;
    uint64_t product = 0;
    for (unsigned place = 0; place < 4; place++) {
        uint64_t sum = 0;
        for (unsigned i = 0; i < 4; i++) {
            unsigned j = (place - i) & 3;
            sum ^= (x & every_fourth << i) * (y & every_fourth << j);
        }
        product |= sum & every_fourth << place;
    }
    return product;
}

static uint64_t reverse_bits(uint64_t x)
{
    x = (x & 0x5555555555555555) << 1 | (x >> 1 & 0x5555555555555555);
    x = (x & 0x3333333333333333) << 2 | (x >> 2 & 0x3333333333333333);
    x = (x & 0x0f0f0f0f0f0f0f0f) << 4 | (x >> 4 & 0x0f0f0f0f0f0f0f0f);
    return __builtin_bswap64(x);
}

// The carry-less product of two 64-bit polynomials: high half to ret[0], low half to ret[1]. The
// high half is the low half of the product of the mirrored numbers, mirrored.
static void portable_multiply(uint64_t x, uint64_t y, uint64_t ret[2])
{
    ret[0] = reverse_bits(multiply_low(reverse_bits(x), reverse_bits(y))) >> 1;
    ret[1] = multiply_low(x, y);
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
    const uint64_t *h = key->powers;
    for (size_t i = 0; i < count; i++) {
        uint64_t x1 = state[0] ^ sm4_load_u64(&blocks[16 * i]);
        uint64_t x0 = state[1] ^ sm4_load_u64(&blocks[16 * i + 8]);
        uint64_t high[2], low[2], middle[2];  // Karatsuba
        portable_multiply(x1, h[0], high);
        portable_multiply(x0, h[1], low);
        portable_multiply(x1 ^ x0, h[0] ^ h[1], middle);
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
    .substitute = portable_substitute,
    .encrypt = portable_encrypt,
    .ghash_init = portable_ghash_init,
    .ghash = portable_ghash,
};
