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

// The blocks of four messages from `first` on: word 4q + k of theirs is in quarter q of ret[k].
static TARGET_INLINE void load_four(Quarters ret[4], const uint8_t *const *first, size_t offset,
                                    __mmask64 here)
{
    ret[0] = swap_bytes(_mm512_maskz_loadu_epi8(here, &first[0][offset]));
    ret[1] = swap_bytes(_mm512_maskz_loadu_epi8(here, &first[1][offset]));
    ret[2] = swap_bytes(_mm512_maskz_loadu_epi8(here, &first[2][offset]));
    ret[3] = swap_bytes(_mm512_maskz_loadu_epi8(here, &first[3][offset]));
    transpose(ret);
}

// Words k, k + 4, k + 8 and k + 12 of all messages.
static TARGET_INLINE void join_four(Vector ret[16], size_t k, __m512i w, __m512i x, __m512i y,
                                    __m512i z)
{
    __m512i a = _mm512_shuffle_i32x4(w, x, 0x44), b = _mm512_shuffle_i32x4(y, z, 0x44);
    __m512i c = _mm512_shuffle_i32x4(w, x, 0xee), d = _mm512_shuffle_i32x4(y, z, 0xee);
    ret[k] = (Vector)_mm512_shuffle_i32x4(a, b, 0x88);
    ret[k + 4] = (Vector)_mm512_shuffle_i32x4(a, b, 0xdd);
    ret[k + 8] = (Vector)_mm512_shuffle_i32x4(c, d, 0x88);
    ret[k + 12] = (Vector)_mm512_shuffle_i32x4(c, d, 0xdd);
}

// Word i of a block of each message, of which the messages have `len` bytes; the others are zero.
// Each message's block is read at once: messages that lie a power of two apart share few lines of
// the cache, and would lose them in between.
static TARGET_INLINE void load_block(Vector ret[16], const uint8_t *const messages[LANES],
                                     size_t offset, size_t len)
{
    const __mmask64 here = len >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << len) - 1;
    Quarters w[4], x[4], y[4], z[4];
    load_four(w, &messages[0], offset, here);
    load_four(x, &messages[4], offset, here);
    load_four(y, &messages[8], offset, here);
    load_four(z, &messages[12], offset, here);
    join_four(ret, 0, w[0], x[0], y[0], z[0]);
    join_four(ret, 1, w[1], x[1], y[1], z[1]);
    join_four(ret, 2, w[2], x[2], y[2], z[2]);
    join_four(ret, 3, w[3], x[3], y[3], z[3]);
}

#endif
