// SPDX-License-Identifier: Apache-2.0
//
// Eight words of eight messages in an AVX2 vector, for sm3_lanes.h.
#ifndef ASSENT_BASE_SM3_SM3_VECTOR_AVX2_H
#define ASSENT_BASE_SM3_SM3_VECTOR_AVX2_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TARGET __attribute__((target("avx2")))
#define TARGET_INLINE __attribute__((target("avx2"), always_inline)) inline

enum { LANES = 8 };

typedef uint32_t Vector __attribute__((vector_size(4 * LANES)));
typedef __m256i Quarters;  // 16 bytes of every fourth message

#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define XOR3(x, y, z) ((x) ^ (y) ^ (z))
#define SPREAD(x, n) spread(x, n)
#define MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))
#define CHOICE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))

static TARGET_INLINE Quarters swap_bytes(Quarters x)
{
    return _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(_mm_set_epi8(
                                      12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3)));
}

// Rotating by 8 takes one instruction instead of three.
static TARGET_INLINE Vector spread(Vector x, int n)
{
    const __m256i by_8 = _mm256_broadcastsi128_si256(
        _mm_set_epi8(14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3));
    Vector both = x ^ (Vector)_mm256_shuffle_epi8((__m256i)x, by_8);
    return x ^ ROTATE(both, n);
}

static TARGET_INLINE __m128i load_quarter(const uint8_t *bytes, size_t len)
{
    uint8_t padded[16] = {0};
    if (len < sizeof padded) {
        memcpy(padded, bytes, len);
        bytes = padded;
    }
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

// `len` bytes at `offset` of every fourth message from `first` on, and zeros up to 16.
static TARGET_INLINE Quarters gather(const uint8_t *const messages[LANES], size_t first,
                                     size_t offset, size_t len)
{
    __m256i x = _mm256_castsi128_si256(load_quarter(&messages[first][offset], len));
    return _mm256_inserti128_si256(x, load_quarter(&messages[first + 4][offset], len), 1);
}

// 16 bytes for every fourth digest from `first` on, each `stride` after the other.
static TARGET_INLINE void scatter(Quarters x, uint8_t *ret, size_t first, size_t stride)
{
    _mm_storeu_si128((__m128i *)(void *)&ret[first * stride], _mm256_castsi256_si128(x));
    _mm_storeu_si128((__m128i *)(void *)&ret[(first + 4) * stride], _mm256_extracti128_si256(x, 1));
}

// In each quarter, turn four words of four messages into four messages of four words, and back.
static TARGET_INLINE void transpose(Quarters x[4])
{
    __m256i a = _mm256_unpacklo_epi32(x[0], x[1]), b = _mm256_unpacklo_epi32(x[2], x[3]);
    __m256i c = _mm256_unpackhi_epi32(x[0], x[1]), d = _mm256_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm256_unpacklo_epi64(a, b);
    x[1] = _mm256_unpackhi_epi64(a, b);
    x[2] = _mm256_unpacklo_epi64(c, d);
    x[3] = _mm256_unpackhi_epi64(c, d);
}

// Word i of a block of each message, of which the messages have `len` bytes; the others are zero.
static TARGET_INLINE void load_block(Vector ret[16], const uint8_t *const messages[LANES],
                                     size_t offset, size_t len)
{
    for (size_t i = 0; i < 4; i++) {
        Quarters x[4] = {{0}, {0}, {0}, {0}};
        size_t left = len > 16 * i ? len - 16 * i : 0;
        for (size_t j = 0; left > 0 && j < 4; j++) {
            x[j] = swap_bytes(gather(messages, j, offset + 16 * i, left));
        }
        transpose(x);
        memcpy(&ret[4 * i], x, sizeof x);
    }
}

#endif
