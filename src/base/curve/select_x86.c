// SPDX-License-Identifier: Apache-2.0
//
// Rows of 64 entries as a rectangle: first one entry of each column of the rectangle is taken, by
// one mask for each of its rows, then one of these. So the masks cost next to nothing.
#include "base/curve/select.h"

#include <stddef.h>

#include "base/core/cpu.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET_AVX2 __attribute__((target("avx2")))
#define TARGET_AVX512 __attribute__((target("avx512f")))

enum { AVX2_COLUMNS = 4, AVX512_COLUMNS = 8 };

static inline TARGET_AVX2 __m256i mask_avx2(uint64_t a, size_t b)
{
    return _mm256_cmpeq_epi64(_mm256_set1_epi64x((int64_t)a), _mm256_set1_epi64x((int64_t)b));
}

static TARGET_AVX2 void select_avx2(void *ret, const void *row, uint64_t column)
{
    const __m256i *halves = row;
    __m256i *ret_halves = ret;
    __m256i taken[2 * AVX2_COLUMNS] = {_mm256_setzero_si256()};
    for (size_t i = 0; i < SELECT_COLUMNS / AVX2_COLUMNS; i++) {
        __m256i mask = mask_avx2(column / AVX2_COLUMNS, i);
#pragma GCC unroll 8
        for (size_t j = 0; j < 2 * AVX2_COLUMNS; j++) {
            __m256i half = _mm256_load_si256(&halves[2 * AVX2_COLUMNS * i + j]);
            taken[j] = _mm256_or_si256(taken[j], _mm256_and_si256(half, mask));
        }
    }
    __m256i low = _mm256_setzero_si256(), high = _mm256_setzero_si256();
#pragma GCC unroll 4
    for (size_t j = 0; j < AVX2_COLUMNS; j++) {
        __m256i mask = mask_avx2(column % AVX2_COLUMNS, j);
        low = _mm256_or_si256(low, _mm256_and_si256(taken[2 * j], mask));
        high = _mm256_or_si256(high, _mm256_and_si256(taken[2 * j + 1], mask));
    }
    _mm256_storeu_si256(&ret_halves[0], low);
    _mm256_storeu_si256(&ret_halves[1], high);
}

// All ones where a = b. Made of plain logic and broadcast, for compilers turn masked moves into
// masked loads, of which nobody promises that they take the same time for every mask.
static inline TARGET_AVX512 __m512i mask_avx512(uint64_t a, uint64_t b)
{
    uint64_t difference = a ^ b;
    __asm__("" : "+r"(difference));
    return _mm512_set1_epi64((int64_t)(difference - 1) >> 63);
}

// sum | (entry & mask)
static inline TARGET_AVX512 __m512i or_masked(__m512i sum, __m512i entry, __m512i mask)
{
    return _mm512_ternarylogic_epi64(sum, entry, mask, 0xf8);
}

static TARGET_AVX512 void select_avx512(void *ret, const void *row, uint64_t column)
{
    const __m512i *entries = row;
    __m512i taken[AVX512_COLUMNS] = {_mm512_setzero_si512()};
    for (size_t i = 0; i < SELECT_COLUMNS / AVX512_COLUMNS; i++) {
        __m512i mask = mask_avx512(column / AVX512_COLUMNS, i);
#pragma GCC unroll 8
        for (size_t j = 0; j < AVX512_COLUMNS; j++) {
            taken[j] =
                or_masked(taken[j], _mm512_load_si512(&entries[AVX512_COLUMNS * i + j]), mask);
        }
    }
    __m512i selected = _mm512_setzero_si512();
#pragma GCC unroll 8
    for (size_t j = 0; j < AVX512_COLUMNS; j++) {
        selected = or_masked(selected, taken[j], mask_avx512(column % AVX512_COLUMNS, j));
    }
    _mm512_storeu_si512(ret, selected);
}

RowSelect *row_select_avx2(void)
{
    return cpu_could(CPU_AVX2) ? select_avx2 : NULL;
}

RowSelect *row_select_avx512(void)
{
    return cpu_could(CPU_AVX512) ? select_avx512 : NULL;
}

#else

RowSelect *row_select_avx2(void)
{
    return NULL;
}

RowSelect *row_select_avx512(void)
{
    return NULL;
}

#endif
