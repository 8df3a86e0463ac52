// SPDX-License-Identifier: Apache-2.0
//
// SM4 blocks and counter mode on AVX-512; sm4_avx512.h explains how.
#include "base/sm4/sm4_backend.h"

#if defined(__x86_64__)

#include <string.h>

#include "base/core/cpu.h"
#include "base/sm4/sm4_avx512_rounds.h"

#define S_BOX_MATRIX ((int64_t)0xf3ab34a974a6b589)  // S'
#define S_BOX_ADDEND 0xd3

static TARGET void encrypt_group(const EncodedKeys *keys, const uint8_t *blocks, uint8_t *ret)
{
    Group group;
    load_group(&group, blocks);
    run_rounds(&group, 1, keys);
    finish_group(&group);
    store_group(ret, &group);
}

static TARGET void encrypt_four_groups(const EncodedKeys *keys, const uint8_t *blocks, uint8_t *ret)
{
    Group groups[4];
    load_group(&groups[0], blocks);
    load_group(&groups[1], &blocks[GROUP_SIZE]);
    load_group(&groups[2], &blocks[2 * GROUP_SIZE]);
    load_group(&groups[3], &blocks[3 * GROUP_SIZE]);
    run_rounds(groups, 4, keys);
    finish_group(&groups[0]);
    finish_group(&groups[1]);
    finish_group(&groups[2]);
    finish_group(&groups[3]);
    store_group(ret, &groups[0]);
    store_group(&ret[GROUP_SIZE], &groups[1]);
    store_group(&ret[2 * GROUP_SIZE], &groups[2]);
    store_group(&ret[3 * GROUP_SIZE], &groups[3]);
}

static TARGET void avx512_encrypt(const uint32_t round_keys[32], const uint8_t *blocks,
                                  uint8_t *ret, size_t count)
{
    EncodedKeys keys;
    encode_keys(&keys, round_keys);
    size_t i = 0;
    for (; i + 4 * GROUP_BLOCKS <= count; i += 4 * GROUP_BLOCKS) {
        encrypt_four_groups(&keys, &blocks[16 * i], &ret[16 * i]);
    }
    for (; i + GROUP_BLOCKS <= count; i += GROUP_BLOCKS) {
        encrypt_group(&keys, &blocks[16 * i], &ret[16 * i]);
    }
    if (i < count) {
        uint8_t last[GROUP_SIZE] = {0};
        memcpy(last, &blocks[16 * i], 16 * (count - i));
        encrypt_group(&keys, last, last);
        memcpy(&ret[16 * i], last, 16 * (count - i));
        explicit_bzero(last, sizeof last);
    }
    wipe_keys(&keys);
}

static TARGET uint32_t avx512_substitute(uint32_t word)
{
    __m512i x = encode(_mm512_castsi128_si512(_mm_cvtsi32_si128((int)word)), ENCODE_ADDEND);
    x = _mm512_gf2p8affineinv_epi64_epi8(x, _mm512_set1_epi64(S_BOX_MATRIX), S_BOX_ADDEND);
    return (uint32_t)_mm_cvtsi128_si32(_mm512_castsi512_si128(x));
}

static TARGET void ctr_four_groups(const EncodedKeys *keys, Counter *counter, const uint8_t *data,
                                   uint8_t *ret)
{
    Group groups[4];
    count_groups(groups, 4, counter);
    run_rounds(groups, 4, keys);
    add_group(ret, data, &groups[0]);
    add_group(&ret[GROUP_SIZE], &data[GROUP_SIZE], &groups[1]);
    add_group(&ret[2 * GROUP_SIZE], &data[2 * GROUP_SIZE], &groups[2]);
    add_group(&ret[3 * GROUP_SIZE], &data[3 * GROUP_SIZE], &groups[3]);
}

static TARGET void ctr_two_groups(const EncodedKeys *keys, Counter *counter, const uint8_t *data,
                                  uint8_t *ret)
{
    Group groups[2];
    count_groups(groups, 2, counter);
    run_rounds(groups, 2, keys);
    add_group(ret, data, &groups[0]);
    add_group(&ret[GROUP_SIZE], &data[GROUP_SIZE], &groups[1]);
}

static TARGET void ctr_group(const EncodedKeys *keys, Counter *counter, const uint8_t *data,
                             uint8_t *ret)
{
    Group group;
    count_groups(&group, 1, counter);
    run_rounds(&group, 1, keys);
    add_group(ret, data, &group);
}

typedef void CtrStep(const EncodedKeys *keys, Counter *counter, const uint8_t *data, uint8_t *ret);

static TARGET void avx512_ctr(const uint32_t round_keys[32], const uint8_t counter_block[16],
                              Bytes data, uint8_t *ret)
{
    Counter counter = {sm4_load_u64(counter_block), sm4_load_u64(&counter_block[8])};
    EncodedKeys keys;
    encode_keys(&keys, round_keys);
    size_t done = 0;
    for (; data.len - done >= 4 * GROUP_SIZE; done += 4 * GROUP_SIZE) {
        ctr_four_groups(&keys, &counter, &data.data[done], &ret[done]);
    }
    size_t left = data.len - done;
    if (left > 0) {
        // Few groups take as long as one: what is left is done in one step, over a copy.
        uint8_t last[4 * GROUP_SIZE];
        CtrStep *step = left > 2 * GROUP_SIZE ? ctr_four_groups
                        : left > GROUP_SIZE   ? ctr_two_groups
                                              : ctr_group;
        memcpy(last, &data.data[done], left);
        step(&keys, &counter, last, last);
        memcpy(&ret[done], last, left);
        explicit_bzero(last, sizeof last);
    }
    wipe_keys(&keys);
}

// One block after the other: words in the first places of narrow vectors, and the chain stays
// encoded.
static TARGET_INLINE __m128i encode_block(const uint8_t *block)
{
    return _mm_gf2p8affine_epi64_epi8(_mm_loadu_si128((const __m128i *)(const void *)block),
                                      _mm_set1_epi64x(ENCODE_MATRIX), 0);
}

static TARGET_INLINE void store_decoded(uint8_t *ret, __m128i block)
{
    _mm_storeu_si128((__m128i *)(void *)ret,
                     _mm_gf2p8affine_epi64_epi8(block, _mm_set1_epi64x(DECODE_MATRIX), 0));
}

static TARGET_INLINE void run_word(__m128i *x0, __m128i x1, __m128i x2, __m128i x3, uint32_t key)
{
    __m128i keys = _mm_set1_epi32((int)key);
    __m128i x = _mm_xor_si128(_mm_ternarylogic_epi32(x1, x2, keys, 0x96), x3);
    __m128i u = _mm_gf2p8affineinv_epi64_epi8(x, _mm_set1_epi64x(U_MATRIX), 0);
    __m128i v = _mm_gf2p8affineinv_epi64_epi8(x, _mm_set1_epi64x(V_MATRIX), V_ADDEND);
    __m128i sum = _mm_ternarylogic_epi32(*x0, u, _mm_rol_epi32(v, 24), 0x96);
    *x0 = _mm_ternarylogic_epi32(sum, _mm_rol_epi32(v, 16), _mm_rol_epi32(_mm_xor_si128(u, v), 8),
                                 0x96);
}

static TARGET void avx512_chain(const uint32_t round_keys[32], uint8_t chain[SM4_BLOCK_SIZE],
                                const uint8_t *blocks, uint8_t *ret, size_t count)
{
    EncodedKeys keys;
    encode_keys(&keys, round_keys);
    __m128i x = encode_block(chain);
    for (size_t i = 0; i < count; i++) {
        __m128i x0 = _mm_xor_si128(x, encode_block(&blocks[16 * i]));
        __m128i x1 = _mm_shuffle_epi32(x0, 1), x2 = _mm_shuffle_epi32(x0, 2);
        __m128i x3 = _mm_shuffle_epi32(x0, 3);
        for (size_t j = 0; j < 32; j += 4) {
            run_word(&x0, x1, x2, x3, keys.keys[j]);
            run_word(&x1, x2, x3, x0, keys.keys[j + 1]);
            run_word(&x2, x3, x0, x1, keys.keys[j + 2]);
            run_word(&x3, x0, x1, x2, keys.keys[j + 3]);
        }
        x = _mm_unpacklo_epi64(_mm_unpacklo_epi32(x3, x2), _mm_unpacklo_epi32(x1, x0));
        if (ret != NULL) {
            store_decoded(&ret[16 * i], x);
        }
    }
    store_decoded(chain, x);
    wipe_keys(&keys);
}

const Sm4Backend *sm4_backend_avx512(void)
{
    static const Sm4Backend backend = {
        .substitute = avx512_substitute,
        .encrypt = avx512_encrypt,
        .ctr = avx512_ctr,
        .chain = avx512_chain,
        .ghash_init = sm4_ghash_init_avx512,
        .ghash = sm4_ghash_avx512,
        .gcm_encrypt = sm4_gcm_encrypt_avx512,
        .gcm_decrypt = sm4_gcm_decrypt_avx512,
    };
    return cpu_could(CPU_GFNI) ? &backend : NULL;
}

#else

const Sm4Backend *sm4_backend_avx512(void)
{
    return NULL;
}

#endif
