// SPDX-License-Identifier: Apache-2.0
#include "base/curve/select.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/core/cpu.h"

#define TARGET __attribute__((target("avx2")))

static TARGET void select_avx2(AffinePoint *ret, const AffinePoint row[POINT_TABLE_COLUMNS],
                               uint64_t magnitude)
{
    const __m256i one = _mm256_set1_epi64x(1);
    __m256i wanted = _mm256_set1_epi64x((int64_t)magnitude);
    __m256i number = one, x = _mm256_setzero_si256(), y = _mm256_setzero_si256();
    for (size_t j = 0; j < POINT_TABLE_COLUMNS; j++) {
        __m256i mask = _mm256_cmpeq_epi64(number, wanted);
        __m256i row_x = _mm256_loadu_si256((const __m256i *)(const void *)&row[j].x);
        __m256i row_y = _mm256_loadu_si256((const __m256i *)(const void *)&row[j].y);
        x = _mm256_or_si256(x, _mm256_and_si256(row_x, mask));
        y = _mm256_or_si256(y, _mm256_and_si256(row_y, mask));
        number = _mm256_add_epi64(number, one);
    }
    _mm256_storeu_si256((__m256i *)(void *)&ret->x, x);
    _mm256_storeu_si256((__m256i *)(void *)&ret->y, y);
}

PointSelect *point_select_avx2(void)
{
    return cpu_could(CPU_AVX2) ? select_avx2 : NULL;
}

#else

PointSelect *point_select_avx2(void)
{
    return NULL;
}

#endif
