// SPDX-License-Identifier: Apache-2.0
//
// SM3 of 8 messages side by side with AVX2.
#include "base/sm3/sm3_backend.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/core/cpu.h"
#include "base/sm3/sm3_rounds.h"

#define TARGET __attribute__((target("avx2")))
#define TARGET_INLINE __attribute__((target("avx2"), always_inline)) inline

enum { LANES = 8 };

typedef uint32_t Vector __attribute__((vector_size(4 * LANES)));

static TARGET_INLINE __m128i load_quarter(const uint8_t *block, size_t offset)
{
    return _mm_loadu_si128((const __m128i *)(const void *)&block[offset]);
}

// 16 bytes of blocks `first` and `first` + 4, as words.
static TARGET_INLINE __m256i gather(const uint8_t *const blocks[SM3_MAX_LANES], size_t first,
                                    size_t offset)
{
    const __m256i swap = _mm256_broadcastsi128_si256(
        _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
    __m256i x = _mm256_castsi128_si256(load_quarter(blocks[first], offset));
    x = _mm256_inserti128_si256(x, load_quarter(blocks[first + 4], offset), 1);
    return _mm256_shuffle_epi8(x, swap);
}

// Four words of all blocks, each word in a vector of its own.
static TARGET_INLINE void load_words(Vector ret[4], const uint8_t *const blocks[SM3_MAX_LANES],
                                     size_t offset)
{
    __m256i x0 = gather(blocks, 0, offset), x1 = gather(blocks, 1, offset);
    __m256i x2 = gather(blocks, 2, offset), x3 = gather(blocks, 3, offset);
    __m256i a = _mm256_unpacklo_epi32(x0, x1), b = _mm256_unpacklo_epi32(x2, x3);
    __m256i c = _mm256_unpackhi_epi32(x0, x1), d = _mm256_unpackhi_epi32(x2, x3);
    ret[0] = (Vector)_mm256_unpacklo_epi64(a, b);
    ret[1] = (Vector)_mm256_unpackhi_epi64(a, b);
    ret[2] = (Vector)_mm256_unpacklo_epi64(c, d);
    ret[3] = (Vector)_mm256_unpackhi_epi64(c, d);
}

static TARGET_INLINE Vector load_lanes(const uint32_t words[SM3_MAX_LANES])
{
    Vector lanes = {0};
    __builtin_memcpy(&lanes, words, sizeof lanes);
    return lanes;
}

static TARGET void compress_lanes(Sm3Lanes *lanes, const uint8_t *const blocks[SM3_MAX_LANES])
{
    Vector w[16] = {{0}};
    for (size_t i = 0; i < 16; i += 4) {
        load_words(&w[i], blocks, 4 * i);
    }
    Vector a = load_lanes(lanes->words[0]), b = load_lanes(lanes->words[1]);
    Vector c = load_lanes(lanes->words[2]), d = load_lanes(lanes->words[3]);
    Vector e = load_lanes(lanes->words[4]), f = load_lanes(lanes->words[5]);
    Vector g = load_lanes(lanes->words[6]), h = load_lanes(lanes->words[7]);
    SM3_ALL_ROUNDS(Vector);
    const Vector last[8] = {a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < 8; i++) {
        Vector state = load_lanes(lanes->words[i]) ^ last[i];
        __builtin_memcpy(lanes->words[i], &state, sizeof state);
    }
}

const Sm3Backend *sm3_backend_avx2(void)
{
    static const Sm3Backend backend = {sm3_compress_avx2, LANES, compress_lanes};
    return cpu_could(CPU_AVX2) ? &backend : NULL;
}

#else

const Sm3Backend *sm3_backend_avx2(void)
{
    return NULL;
}

#endif
