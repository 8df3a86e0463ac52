// SPDX-License-Identifier: Apache-2.0
//
// For Frama-C only: AVX-512, in 512 and in 256 bits, with a vector of one lane, which is enough for intervals because no
// field operation moves data between lanes. Products are only bounded, not computed.
#ifndef ASSENT_TESTS_PROOF_MODEL_IMMINTRIN_H
#define ASSENT_TESTS_PROOF_MODEL_IMMINTRIN_H

#include <__fc_builtin.h>
#include <stdint.h>

typedef int64_t __m512i, __m256i;
typedef unsigned char __mmask8;

#define MODEL_MASK52 (((int64_t)1 << 52) - 1)

static inline __m512i _mm512_set1_epi64(int64_t value)
{
    return value;
}

static inline __m512i _mm512_setzero_si512(void)
{
    return 0;
}

// At least the upper half of the product of the lowest 52 bits, computed from their highest 31.
static inline int64_t model_high(int64_t a, int64_t b)
{
    int64_t x = ((a & MODEL_MASK52) >> 21) + 1, y = ((b & MODEL_MASK52) >> 21) + 1;
    return x * y >> 10;
}

static inline __m512i _mm512_madd52lo_epu64(__m512i sum, __m512i a, __m512i b)
{
    (void)a, (void)b;
    return sum + Frama_C_long_long_interval(0, MODEL_MASK52);
}

static inline __m512i _mm512_madd52hi_epu64(__m512i sum, __m512i a, __m512i b)
{
    return sum + Frama_C_long_long_interval(0, model_high(a, b));
}

static inline __m512i _mm512_srli_epi64(__m512i a, unsigned count)
{
    return (int64_t)((uint64_t)a >> count);
}

static inline __m512i _mm512_mask_sub_epi64(__m512i other, __mmask8 mask, __m512i a, __m512i b)
{
    return (mask & 1) != 0 ? a - b : other;
}

static inline __m512i _mm512_mask_mov_epi64(__m512i other, __mmask8 mask, __m512i a)
{
    return (mask & 1) != 0 ? a : other;
}

static inline __mmask8 _mm512_cmpge_epi64_mask(__m512i a, __m512i b)
{
    return a >= b;
}

static inline __mmask8 _mm512_testn_epi64_mask(__m512i a, __m512i b)
{
    return (a & b) == 0;
}

static inline __m256i _mm256_set1_epi64x(int64_t value)
{
    return value;
}

static inline __m256i _mm256_madd52lo_epu64(__m256i sum, __m256i a, __m256i b)
{
    return _mm512_madd52lo_epu64(sum, a, b);
}

static inline __m256i _mm256_madd52hi_epu64(__m256i sum, __m256i a, __m256i b)
{
    return _mm512_madd52hi_epu64(sum, a, b);
}

static inline __m256i _mm256_mask_mov_epi64(__m256i other, __mmask8 mask, __m256i a)
{
    return (mask & 1) != 0 ? a : other;
}

static inline __m256i _mm256_mask_add_epi64(__m256i other, __mmask8 mask, __m256i a, __m256i b)
{
    return (mask & 1) != 0 ? a + b : other;
}

static inline __m256i _mm256_mask_sub_epi64(__m256i other, __mmask8 mask, __m256i a, __m256i b)
{
    return (mask & 1) != 0 ? a - b : other;
}

// One lane goes nowhere else.
static inline __m256i _mm256_permutexvar_epi64(__m256i from, __m256i a)
{
    (void)from;
    return a;
}

static inline __m256i _mm256_permutex2var_epi64(__m256i a, __m256i from, __m256i b)
{
    return (from & 4) != 0 ? b : a;
}

static inline void _mm256_store_si256(__m256i *ret, __m256i a)
{
    *ret = a;
}

#endif
