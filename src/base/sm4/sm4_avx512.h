// SPDX-License-Identifier: Apache-2.0
//
// SM4 on AVX-512 with GFNI. SM4's S-box is an inversion in GF(2^8) between two affine maps; GFNI
// inverts in the AES field, into which the maps carry along. Here the whole cipher is moved into
// that field: all words are kept in the image of the map before the inversion (E, "encoded"), so
// that a round begins with the inversion at once. What follows it, E L S' with S' the map after the
// inversion and L the linear transformation of GB/T 32907-2016 6.2.2, is made of rotations by 0, 1,
// 2 and 3 bytes of two matrix products: with << 2 and >> 6 on bytes, and Q = << 2 ^ >> 6,
//     byte i of L(b) = (1 ^ << 2) b_i ^ Q b_(i+1) ^ Q b_(i+2) ^ (1 ^ >> 6) b_(i+3),
// and as the last factor is the sum of the first and Q, u = E (1 ^ << 2) S' x and v = E Q S' x
// suffice. Ten operations in a round take the place of eleven, and five steps follow each other
// instead of seven. Bytes stay in the order of memory.
#ifndef ASSENT_BASE_SM4_SM4_AVX512_H
#define ASSENT_BASE_SM4_SM4_AVX512_H

#include <immintrin.h>

#include "base/sm4/sm4_backend.h"

#define FEATURES "avx512f,avx512bw,avx512dq,avx512vl,gfni,pclmul,vpclmulqdq"
#define TARGET __attribute__((target(FEATURES)))
#define TARGET_INLINE __attribute__((target(FEATURES), always_inline)) inline

// GHASH and the fused GCM on VPCLMULQDQ; see Sm4Backend.
void sm4_ghash_init_avx512(GhashKey *ret, const uint8_t h[SM4_BLOCK_SIZE]);
void sm4_ghash_avx512(const GhashKey *key, uint64_t state[2], const uint8_t *blocks, size_t count);
void sm4_gcm_encrypt_avx512(Sm4Gcm *gcm, const uint8_t *data, uint8_t *ret, size_t chunks);
void sm4_gcm_decrypt_avx512(Sm4Gcm *gcm, const uint8_t *data, uint8_t *ret, size_t chunks);

// Source of the S-box: GB/T 32907-2016 6.2.1. Rows of bits as the instructions want them.
#define ENCODE_MATRIX 0x4c287db91a22505d
#define ENCODE_ADDEND 0x3e  // goes into the round keys
#define DECODE_MATRIX ((int64_t)0xb3a4f5863284728b)
#define U_MATRIX 0x040db891e9a481b7
#define V_MATRIX 0x2c020425162040ad
#define V_ADDEND 0x63

enum { GROUP_BLOCKS = 16, GROUP_SIZE = 256, VECTOR_SIZE = 64 };

// The first, second, third and fourth words of 16 blocks: word 4i + j is of block i + 4j.
typedef struct {
    __m512i x[4];
} Group;

// Round keys encoded. Secret.
typedef struct {
    _Alignas(VECTOR_SIZE) uint32_t keys[32];
} EncodedKeys;

static TARGET_INLINE __m512i load(const void *bytes)
{
    return _mm512_loadu_si512(bytes);
}

static TARGET_INLINE __m512i add_three(__m512i a, __m512i b, __m512i c)
{
    return _mm512_ternarylogic_epi32(a, b, c, 0x96);
}

static TARGET_INLINE __m512i swap_words(__m512i words)
{
    return _mm512_shuffle_epi8(words,
                               _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203));
}

static TARGET_INLINE __m512i encode(__m512i x, int addend)
{
    return addend == 0
               ? _mm512_gf2p8affine_epi64_epi8(x, _mm512_set1_epi64(ENCODE_MATRIX), 0)
               : _mm512_gf2p8affine_epi64_epi8(x, _mm512_set1_epi64(ENCODE_MATRIX), ENCODE_ADDEND);
}

static TARGET_INLINE __m512i decode(__m512i x)
{
    return _mm512_gf2p8affine_epi64_epi8(x, _mm512_set1_epi64(DECODE_MATRIX), 0);
}

static TARGET_INLINE void encode_keys(EncodedKeys *ret, const uint32_t round_keys[32])
{
    _mm512_store_si512(ret->keys, encode(swap_words(load(round_keys)), ENCODE_ADDEND));
    _mm512_store_si512(&ret->keys[16], encode(swap_words(load(&round_keys[16])), ENCODE_ADDEND));
}

static TARGET_INLINE void wipe_keys(EncodedKeys *keys)
{
    _mm512_store_si512(keys->keys, _mm512_setzero_si512());
    _mm512_store_si512(&keys->keys[16], _mm512_setzero_si512());
    __asm__ volatile("" : : "r"(keys) : "memory");
}

// Turn four words of four blocks, in each quarter, into four blocks of four words, and back.
static TARGET_INLINE void transpose(__m512i x[4])
{
    __m512i a = _mm512_unpacklo_epi32(x[0], x[1]);
    __m512i b = _mm512_unpacklo_epi32(x[2], x[3]);
    __m512i c = _mm512_unpackhi_epi32(x[0], x[1]);
    __m512i d = _mm512_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm512_unpacklo_epi64(a, b);
    x[1] = _mm512_unpackhi_epi64(a, b);
    x[2] = _mm512_unpacklo_epi64(c, d);
    x[3] = _mm512_unpackhi_epi64(c, d);
}

static TARGET_INLINE void load_group(Group *ret, const uint8_t *blocks)
{
    ret->x[0] = encode(load(blocks), 0);
    ret->x[1] = encode(load(&blocks[VECTOR_SIZE]), 0);
    ret->x[2] = encode(load(&blocks[2 * VECTOR_SIZE]), 0);
    ret->x[3] = encode(load(&blocks[3 * VECTOR_SIZE]), 0);
    transpose(ret->x);
}

// The blocks of a group, with the words in reverse, as the last step of SM4 asks.
static TARGET_INLINE void finish_group(Group *group)
{
    __m512i reversed[4] = {group->x[3], group->x[2], group->x[1], group->x[0]};
    transpose(reversed);
    group->x[0] = decode(reversed[0]);
    group->x[1] = decode(reversed[1]);
    group->x[2] = decode(reversed[2]);
    group->x[3] = decode(reversed[3]);
}

static TARGET_INLINE void store_group(uint8_t *ret, const Group *group)
{
    _mm512_storeu_si512(ret, group->x[0]);
    _mm512_storeu_si512(&ret[VECTOR_SIZE], group->x[1]);
    _mm512_storeu_si512(&ret[2 * VECTOR_SIZE], group->x[2]);
    _mm512_storeu_si512(&ret[3 * VECTOR_SIZE], group->x[3]);
}

#endif
