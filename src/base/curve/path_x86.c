// SPDX-License-Identifier: Apache-2.0
//
// The path for x86-64 with BMI2, ADX and AVX2.
#include "base/curve/path.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/curve/field64_x86.h"
#include "base/curve/invert.h"
#include "base/curve/once.h"
#include "base/secret/secret.h"

#include "base/curve/field64.inc"
#include "base/curve/point.inc"

__attribute__((target("avx2"))) static void affine_select(AffinePoint *ret, const AffinePoint *row,
                                                          uint64_t count, uint64_t column)
{
    const __m256i one = _mm256_set1_epi64x(1);
    __m256i wanted = _mm256_set1_epi64x((int64_t)column);
    __m256i number = _mm256_setzero_si256();
    __m256i x = _mm256_setzero_si256(), y = _mm256_setzero_si256();
    for (size_t j = 0; j < count; j++) {
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

#include "base/curve/comb.inc"
#include "base/curve/path.inc"
#include "base/curve/sum.inc"
#include "base/curve/window.inc"

static const CurvePath path_x86 = CURVE_PATH_TABLE("x86");
const CurvePath *const CURVE_PATH_X86 = &path_x86;

#else

const CurvePath *const CURVE_PATH_X86 = NULL;

#endif
