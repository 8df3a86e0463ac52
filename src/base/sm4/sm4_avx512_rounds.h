// SPDX-License-Identifier: Apache-2.0
//
// The rounds of SM4 over groups of 16 blocks, and the counters of CTR and GCM; for the AVX-512
// backend.
#ifndef ASSENT_BASE_SM4_SM4_AVX512_ROUNDS_H
#define ASSENT_BASE_SM4_SM4_AVX512_ROUNDS_H

#include "base/sm4/sm4_avx512.h"

// x3 is the word that was made last, so it comes in last. Source: GB/T 32907-2016 6.2, 7.1.
static TARGET_INLINE void run_round(__m512i *x0, __m512i x1, __m512i x2, __m512i x3, __m512i key)
{
    __m512i x = _mm512_xor_si512(add_three(x1, x2, key), x3);
    __m512i u = _mm512_gf2p8affineinv_epi64_epi8(x, _mm512_set1_epi64(U_MATRIX), 0);
    __m512i v = _mm512_gf2p8affineinv_epi64_epi8(x, _mm512_set1_epi64(V_MATRIX), V_ADDEND);
    __m512i sum = add_three(*x0, u, _mm512_rol_epi32(v, 24));
    *x0 = add_three(sum, _mm512_rol_epi32(v, 16), _mm512_rol_epi32(_mm512_xor_si512(u, v), 8));
}

// One round of `count` (1, 2 or 4) groups side by side, which hides the latency of a round.
static TARGET_INLINE void run_round_of(Group *groups, size_t count, int first, uint32_t key)
{
    int second = (first + 1) % 4, third = (first + 2) % 4, fourth = (first + 3) % 4;
    __m512i keys = _mm512_set1_epi32((int)key);
    run_round(&groups[0].x[first], groups[0].x[second], groups[0].x[third], groups[0].x[fourth],
              keys);
    if (count >= 2) {
        run_round(&groups[1].x[first], groups[1].x[second], groups[1].x[third], groups[1].x[fourth],
                  keys);
    }
    if (count >= 4) {
        run_round(&groups[2].x[first], groups[2].x[second], groups[2].x[third], groups[2].x[fourth],
                  keys);
        run_round(&groups[3].x[first], groups[3].x[second], groups[3].x[third], groups[3].x[fourth],
                  keys);
    }
}

static TARGET_INLINE void run_four_rounds(Group *groups, size_t count, const uint32_t keys[4])
{
    run_round_of(groups, count, 0, keys[0]);
    run_round_of(groups, count, 1, keys[1]);
    run_round_of(groups, count, 2, keys[2]);
    run_round_of(groups, count, 3, keys[3]);
}

static TARGET_INLINE void run_rounds(Group *groups, size_t count, const EncodedKeys *keys)
{
    for (size_t i = 0; i < 32; i += 4) {
        run_four_rounds(groups, count, &keys->keys[i]);
    }
}

typedef struct {
    uint64_t high, low;
} Counter;

// The counters from `counter` on for one group, in words. Carries go through all 128 bits.
static TARGET_INLINE void count_words(Group *ret, const Counter *counter)
{
    const __m512i one = _mm512_set1_epi32(1), zero = _mm512_setzero_si512();
    const __m512i number = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
    __m512i start = _mm512_set1_epi32((int)counter->low);
    ret->x[0] = _mm512_set1_epi32((int)(counter->high >> 32));
    ret->x[1] = _mm512_set1_epi32((int)counter->high);
    ret->x[2] = _mm512_set1_epi32((int)(counter->low >> 32));
    ret->x[3] = _mm512_add_epi32(start, number);
    __mmask16 carry = _mm512_cmplt_epu32_mask(ret->x[3], start);
    ret->x[2] = _mm512_mask_add_epi32(ret->x[2], carry, ret->x[2], one);
    carry = _mm512_mask_cmpeq_epi32_mask(carry, ret->x[2], zero);
    ret->x[1] = _mm512_mask_add_epi32(ret->x[1], carry, ret->x[1], one);
    carry = _mm512_mask_cmpeq_epi32_mask(carry, ret->x[1], zero);
    ret->x[0] = _mm512_mask_add_epi32(ret->x[0], carry, ret->x[0], one);
}

static TARGET_INLINE __m512i encode_words(__m512i words)
{
    return encode(swap_words(words), 0);
}

// The counters from `counter` on for `count` groups, encoded, and step past them. As long as the
// last word does not run over, the others are the same for all.
static TARGET_INLINE void count_groups(Group *ret, size_t count, Counter *counter)
{
    Group words;
    count_words(&words, counter);
    bool runs_over = (uint32_t)counter->low > UINT32_MAX - count * GROUP_BLOCKS;
    Group encoded = {
        {encode_words(words.x[0]), encode_words(words.x[1]), encode_words(words.x[2])}};
    for (size_t i = 0; i < count; i++) {
        ret[i].x[0] = encoded.x[0];
        ret[i].x[1] = encoded.x[1];
        ret[i].x[2] = encoded.x[2];
        ret[i].x[3] =
            encode_words(_mm512_add_epi32(words.x[3], _mm512_set1_epi32((int)(i * GROUP_BLOCKS))));
    }
    for (size_t i = 0; runs_over && i < count; i++) {
        Counter group = {counter->high, counter->low + i * GROUP_BLOCKS};
        group.high += group.low < i * GROUP_BLOCKS;
        count_words(&words, &group);
        for (size_t j = 0; j < 4; j++) {
            ret[i].x[j] = encode_words(words.x[j]);
        }
    }
    counter->low += count * GROUP_BLOCKS;
    counter->high += counter->low < count * GROUP_BLOCKS;
}

static TARGET_INLINE void add_group(uint8_t *ret, const uint8_t *data, Group *stream)
{
    finish_group(stream);
    stream->x[0] = _mm512_xor_si512(stream->x[0], load(data));
    stream->x[1] = _mm512_xor_si512(stream->x[1], load(&data[VECTOR_SIZE]));
    stream->x[2] = _mm512_xor_si512(stream->x[2], load(&data[2 * VECTOR_SIZE]));
    stream->x[3] = _mm512_xor_si512(stream->x[3], load(&data[3 * VECTOR_SIZE]));
    store_group(ret, stream);
}

#endif
