// SPDX-License-Identifier: Apache-2.0
//
// Sixteen words of sixteen messages in an AVX-512 vector, for sm3_lanes.h.
#ifndef ASSENT_BASE_SM3_SM3_VECTOR_AVX512_H
#define ASSENT_BASE_SM3_SM3_VECTOR_AVX512_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define TARGET_INLINE \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"), always_inline)) inline

enum { LANES = 16 };

typedef uint32_t Vector __attribute__((vector_size(4 * LANES)));
typedef __m512i Quarters;  // 16 bytes of every fourth message

#define ROTATE(x, n) ((Vector)_mm512_rol_epi32((__m512i)(x), n))
#define TERNARY(x, y, z, truth) \
    ((Vector)_mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(y), (__m512i)(z), truth))
#define XOR3(x, y, z) TERNARY(x, y, z, 0x96)
#define SPREAD(x, n) XOR3(x, ROTATE(x, n), ROTATE(x, (n) + 8))
#define MAJORITY(x, y, z) TERNARY(x, y, z, 0xe8)
#define CHOICE(x, y, z) TERNARY(x, y, z, 0xca)

static TARGET_INLINE Quarters swap_bytes(Quarters x)
{
    return _mm512_shuffle_epi8(x,
                               _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203));
}

static TARGET_INLINE __m128i load_quarter(const uint8_t *bytes, size_t len)
{
    return len >= 16 ? _mm_loadu_si128((const __m128i *)(const void *)bytes)
                     : _mm_maskz_loadu_epi8((__mmask16)((1U << len) - 1), bytes);
}

// `len` bytes at `offset` of every fourth message from `first` on, and zeros up to 16.
static TARGET_INLINE Quarters gather(const uint8_t *const messages[LANES], size_t first,
                                     size_t offset, size_t len)
{
    __m512i x = _mm512_castsi128_si512(load_quarter(&messages[first][offset], len));
    x = _mm512_inserti32x4(x, load_quarter(&messages[first + 4][offset], len), 1);
    x = _mm512_inserti32x4(x, load_quarter(&messages[first + 8][offset], len), 2);
    return _mm512_inserti32x4(x, load_quarter(&messages[first + 12][offset], len), 3);
}

// 16 bytes for every fourth digest from `first` on, each `stride` after the other.
static TARGET_INLINE void scatter(Quarters x, uint8_t *ret, size_t first, size_t stride)
{
    uint8_t *at = &ret[first * stride];
    _mm_storeu_si128((__m128i *)(void *)at, _mm512_castsi512_si128(x));
    _mm_storeu_si128((__m128i *)(void *)&at[4 * stride], _mm512_extracti32x4_epi32(x, 1));
    _mm_storeu_si128((__m128i *)(void *)&at[8 * stride], _mm512_extracti32x4_epi32(x, 2));
    _mm_storeu_si128((__m128i *)(void *)&at[12 * stride], _mm512_extracti32x4_epi32(x, 3));
}

// In each quarter, turn four words of four messages into four messages of four words, and back.
static TARGET_INLINE void transpose(Quarters x[4])
{
    __m512i a = _mm512_unpacklo_epi32(x[0], x[1]), b = _mm512_unpacklo_epi32(x[2], x[3]);
    __m512i c = _mm512_unpackhi_epi32(x[0], x[1]), d = _mm512_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm512_unpacklo_epi64(a, b);
    x[1] = _mm512_unpackhi_epi64(a, b);
    x[2] = _mm512_unpacklo_epi64(c, d);
    x[3] = _mm512_unpackhi_epi64(c, d);
}

#endif
