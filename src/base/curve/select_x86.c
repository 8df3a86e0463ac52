// SPDX-License-Identifier: Apache-2.0
//
// One mask for each place in a group, and one for each group: so the masks cost next to nothing.
// They are applied by plain logic, because compilers turn masked moves into masked loads, of which
// nobody promises that they take the same time for every mask.
#include "base/curve/select.h"

#include <stddef.h>

#include "base/core/cpu.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET_AVX2 __attribute__((target("avx2")))
#define TARGET_AVX512 __attribute__((target("avx512f")))

static TARGET_AVX2 void start_avx2(Selection *ret, const void *row, uint64_t column)
{
    const __m256i low = _mm256_setr_epi64x(0, 1, 2, 3), high = _mm256_setr_epi64x(4, 5, 6, 7);
    __m256i entry = _mm256_set1_epi64x((int64_t)(column % SELECT_GROUP));
    __m256i group = _mm256_set1_epi64x((int64_t)(column / SELECT_GROUP));
    __m256i *selected = (void *)ret->selected;
    __m256i *entry_masks = (void *)ret->entry_masks, *group_masks = (void *)ret->group_masks;
    _mm256_store_si256(&entry_masks[0], _mm256_cmpeq_epi64(entry, low));
    _mm256_store_si256(&entry_masks[1], _mm256_cmpeq_epi64(entry, high));
    _mm256_store_si256(&group_masks[0], _mm256_cmpeq_epi64(group, low));
    _mm256_store_si256(&group_masks[1], _mm256_cmpeq_epi64(group, high));
    _mm256_store_si256(&selected[0], _mm256_setzero_si256());
    _mm256_store_si256(&selected[1], _mm256_setzero_si256());
    ret->row = row;
}

static TARGET_AVX2 void step_avx2(Selection *selection, unsigned step)
{
    __m256i *selected = (void *)selection->selected;
    for (size_t i = 0; i < SELECT_STEP_GROUPS; i++) {
        size_t group = SELECT_STEP_GROUPS * (size_t)step + i;
        const __m256i *halves =
            (const void *)&selection->row[group * SELECT_GROUP * SELECT_ENTRY_SIZE];
        __m256i low = _mm256_setzero_si256(), high = _mm256_setzero_si256();
#pragma GCC unroll 8
        for (size_t j = 0; j < SELECT_GROUP; j++) {
            __m256i mask = _mm256_set1_epi64x((int64_t)selection->entry_masks[j]);
            low = _mm256_or_si256(low, _mm256_and_si256(mask, halves[2 * j]));
            high = _mm256_or_si256(high, _mm256_and_si256(mask, halves[2 * j + 1]));
        }
        __m256i mask = _mm256_set1_epi64x((int64_t)selection->group_masks[group]);
        selected[0] = _mm256_or_si256(selected[0], _mm256_and_si256(low, mask));
        selected[1] = _mm256_or_si256(selected[1], _mm256_and_si256(high, mask));
    }
}

static TARGET_AVX512 void start_avx512(Selection *ret, const void *row, uint64_t column)
{
    const __m512i numbers = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    __m512i entry = _mm512_set1_epi64((int64_t)(column % SELECT_GROUP));
    __m512i group = _mm512_set1_epi64((int64_t)(column / SELECT_GROUP));
    _mm512_store_si512(ret->entry_masks,
                       _mm512_maskz_set1_epi64(_mm512_cmpeq_epi64_mask(entry, numbers), -1));
    _mm512_store_si512(ret->group_masks,
                       _mm512_maskz_set1_epi64(_mm512_cmpeq_epi64_mask(group, numbers), -1));
    _mm512_store_si512(ret->selected, _mm512_setzero_si512());
    ret->row = row;
}

// sum | (entry & mask)
static inline TARGET_AVX512 __m512i or_masked(__m512i sum, __m512i entry, __m512i mask)
{
    return _mm512_ternarylogic_epi64(sum, entry, mask, 0xf8);
}

static TARGET_AVX512 void step_avx512(Selection *selection, unsigned step)
{
    const __m512i *entries = (const void *)selection->row;
    entries += (size_t)step * SELECT_STEP_GROUPS * SELECT_GROUP;
    __m512i *selected = (void *)selection->selected;
    __m512i taken[SELECT_STEP_GROUPS] = {_mm512_setzero_si512()};
#pragma GCC unroll 8
    for (size_t j = 0; j < SELECT_GROUP; j++) {
        __m512i mask = _mm512_set1_epi64((int64_t)selection->entry_masks[j]);
#pragma GCC unroll 2
        for (size_t i = 0; i < SELECT_STEP_GROUPS; i++) {
            taken[i] = or_masked(taken[i], mask, entries[SELECT_GROUP * i + j]);
        }
    }
    __m512i sum = *selected;
#pragma GCC unroll 2
    for (size_t i = 0; i < SELECT_STEP_GROUPS; i++) {
        uint64_t mask = selection->group_masks[SELECT_STEP_GROUPS * (size_t)step + i];
        sum = or_masked(sum, taken[i], _mm512_set1_epi64((int64_t)mask));
    }
    *selected = sum;
}

const Selector *selector_avx2(void)
{
    static const Selector selector = {start_avx2, step_avx2};
    return cpu_could(CPU_AVX2) ? &selector : NULL;
}

const Selector *selector_avx512(void)
{
    static const Selector selector = {start_avx512, step_avx512};
    return cpu_could(CPU_AVX512) ? &selector : NULL;
}

#else

const Selector *selector_avx2(void)
{
    return NULL;
}

const Selector *selector_avx512(void)
{
    return NULL;
}

#endif
