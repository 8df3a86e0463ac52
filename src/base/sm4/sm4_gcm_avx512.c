// SPDX-License-Identifier: Apache-2.0
//
// GHASH on VPCLMULQDQ, as sm4_aesni.c explains it, four products at a time; and GCM, in which the
// multiplications of GHASH fill what the rounds of SM4 leave of the CPU.
#include "base/sm4/sm4_backend.h"

#if defined(__x86_64__)

#include <string.h>

#include "base/sm4/sm4_avx512_rounds.h"

typedef struct {
    __m512i low, middle, high;
} Product;

static TARGET_INLINE void add_product(Product *sum, __m512i x, __m512i y)
{
    sum->low = _mm512_xor_si512(sum->low, _mm512_clmulepi64_epi128(x, y, 0x00));
    sum->middle = add_three(sum->middle, _mm512_clmulepi64_epi128(x, y, 0x01),
                            _mm512_clmulepi64_epi128(x, y, 0x10));
    sum->high = _mm512_xor_si512(sum->high, _mm512_clmulepi64_epi128(x, y, 0x11));
}

static TARGET_INLINE __m512i reduce(const Product *sum)
{
    const __m512i modulus = _mm512_set1_epi64((int64_t)0xc200000000000000);
    __m512i low = _mm512_xor_si512(sum->low, _mm512_bslli_epi128(sum->middle, 8));
    __m512i high = _mm512_xor_si512(sum->high, _mm512_bsrli_epi128(sum->middle, 8));
    __m512i folded = _mm512_clmulepi64_epi128(low, modulus, 0x00);
    low = _mm512_xor_si512(_mm512_shuffle_epi32(low, _MM_PERM_BADC), folded);
    folded = _mm512_clmulepi64_epi128(low, modulus, 0x00);
    return add_three(high, _mm512_shuffle_epi32(low, _MM_PERM_BADC), folded);
}

static TARGET_INLINE __m512i multiply(__m512i x, __m512i y)
{
    Product product = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    add_product(&product, x, y);
    return reduce(&product);
}

static TARGET_INLINE __m512i first_quarter(__m512i x)
{
    return _mm512_shuffle_i64x2(x, x, 0);
}

// powers: h^16 to h^1.
TARGET void sm4_ghash_init_avx512(GhashKey *ret, const uint8_t h[SM4_BLOCK_SIZE])
{
    uint64_t high, low;
    sm4_ghash_times_x(h, &high, &low);
    __m512i h1 = _mm512_broadcast_i64x2(_mm_set_epi64x((int64_t)high, (int64_t)low));
    __m512i h2 = multiply(h1, h1);
    __m512i h2_h1 = _mm512_mask_mov_epi64(h2, 0xcc, h1);       // h^2, h, h^2, h
    __m512i h4_h3 = multiply(h2_h1, h2);                       // h^4, h^3, h^4, h^3
    __m512i last = _mm512_mask_mov_epi64(h4_h3, 0xf0, h2_h1);  // h^4, h^3, h^2, h
    __m512i h4 = first_quarter(last);
    __m512i third = multiply(last, h4);
    __m512i h8 = first_quarter(third);
    _mm512_store_si512(ret->powers, multiply(third, h8));
    _mm512_store_si512(&ret->powers[8], multiply(last, h8));
    _mm512_store_si512(&ret->powers[16], third);
    _mm512_store_si512(&ret->powers[24], last);
}

static TARGET_INLINE __m512i load_reversed(const uint8_t *blocks)
{
    return _mm512_shuffle_epi8(load(blocks),
                               _mm512_set4_epi32(0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f));
}

// The sum of all blocks so far, each times its power, in four quarters. Before the last group a
// quarter takes every fourth block: all go on to the place of the next group's first block, and so
// all are multiplied by the same power of h. The last group's powers bring them to their own ends.
typedef struct {
    __m512i sum;
    Product product;  // of the group in work
} Hashing;

static TARGET_INLINE __m512i load_power(const GhashKey *key, size_t number, bool is_last)
{
    const uint64_t *powers = &key->powers[8 * number];
    __m128i first = _mm_load_si128((const __m128i *)(const void *)powers);
    return is_last ? load(powers) : _mm512_broadcast_i64x2(first);
}

// Take the first or the second half of a group in.
static TARGET_INLINE void hash_first_half(Hashing *hashing, const GhashKey *key,
                                          const uint8_t *blocks, bool is_last)
{
    __m512i zero = _mm512_setzero_si512();
    hashing->product = (Product){zero, zero, zero};
    add_product(&hashing->product, load_reversed(&blocks[VECTOR_SIZE]),
                load_power(key, 1, is_last));
    add_product(&hashing->product, _mm512_xor_si512(hashing->sum, load_reversed(blocks)),
                load_power(key, 0, is_last));
}

static TARGET_INLINE void hash_second_half(Hashing *hashing, const GhashKey *key,
                                           const uint8_t *blocks, bool is_last)
{
    add_product(&hashing->product, load_reversed(&blocks[2 * VECTOR_SIZE]),
                load_power(key, 2, is_last));
    add_product(&hashing->product, load_reversed(&blocks[3 * VECTOR_SIZE]),
                load_power(key, 3, is_last));
    hashing->sum = reduce(&hashing->product);
}

static TARGET_INLINE void hash_group(Hashing *hashing, const GhashKey *key, const uint8_t *blocks,
                                     bool is_last)
{
    hash_first_half(hashing, key, blocks, is_last);
    hash_second_half(hashing, key, blocks, is_last);
}

static TARGET_INLINE void hash_start(Hashing *hashing, const uint64_t state[2])
{
    hashing->sum = _mm512_zextsi128_si512(_mm_set_epi64x((int64_t)state[0], (int64_t)state[1]));
}

static TARGET_INLINE void hash_finish(const Hashing *hashing, uint64_t state[2])
{
    __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(hashing->sum),
                                    _mm512_extracti64x4_epi64(hashing->sum, 1));
    __m128i total = _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    state[0] = (uint64_t)_mm_extract_epi64(total, 1);
    state[1] = (uint64_t)_mm_cvtsi128_si64(total);
}

TARGET void sm4_ghash_avx512(const GhashKey *key, uint64_t state[2], const uint8_t *blocks,
                             size_t count)
{
    Hashing hashing;
    hash_start(&hashing, state);
    // Zero blocks before the first one change nothing and leave whole groups.
    size_t first = count % GROUP_BLOCKS;
    if (first > 0) {
        _Alignas(VECTOR_SIZE) uint8_t padded[GROUP_SIZE] = {0};
        uint8_t *start = &padded[GROUP_SIZE - 16 * first];
        memcpy(start, blocks, 16 * first);
        sm4_store_u64(start, sm4_load_u64(start) ^ state[0]);
        sm4_store_u64(&start[8], sm4_load_u64(&start[8]) ^ state[1]);
        hashing.sum = _mm512_setzero_si512();
        hash_group(&hashing, key, padded, true);
        hash_finish(&hashing, state);
        hash_start(&hashing, state);
    }
    if (count < GROUP_BLOCKS) {
        return;
    }
    size_t i = first;
    for (; i + GROUP_BLOCKS < count; i += GROUP_BLOCKS) {
        hash_group(&hashing, key, &blocks[16 * i], false);
    }
    hash_group(&hashing, key, &blocks[16 * i], true);
    hash_finish(&hashing, state);
}

// Encrypt or decrypt a chunk of four groups while the chunk at `hashed` goes into the hash: in the
// time of four rounds, half a group of it.
static TARGET_INLINE void run_chunk(const EncodedKeys *keys, Counter *counter, Group groups[4],
                                    Hashing *hashing, const GhashKey *key, const uint8_t *hashed)
{
    count_groups(groups, 4, counter);
    for (size_t i = 0; i < 4; i++) {
        run_four_rounds(groups, 4, &keys->keys[8 * i]);
        hash_first_half(hashing, key, &hashed[GROUP_SIZE * i], false);
        run_four_rounds(groups, 4, &keys->keys[8 * i + 4]);
        hash_second_half(hashing, key, &hashed[GROUP_SIZE * i], false);
    }
}

static TARGET_INLINE void add_chunk(uint8_t *ret, const uint8_t *data, Group stream[4])
{
    add_group(ret, data, &stream[0]);
    add_group(&ret[GROUP_SIZE], &data[GROUP_SIZE], &stream[1]);
    add_group(&ret[2 * GROUP_SIZE], &data[2 * GROUP_SIZE], &stream[2]);
    add_group(&ret[3 * GROUP_SIZE], &data[3 * GROUP_SIZE], &stream[3]);
}

static TARGET void ctr_chunk(const EncodedKeys *keys, Counter *counter, const uint8_t *data,
                             uint8_t *ret)
{
    Group groups[4];
    count_groups(groups, 4, counter);
    run_rounds(groups, 4, keys);
    add_chunk(ret, data, groups);
}

// The chunk that is the last of a run to be hashed.
static TARGET void hash_last_chunk(Hashing *hashing, const GhashKey *key, const uint8_t *blocks)
{
    hash_group(hashing, key, blocks, false);
    hash_group(hashing, key, &blocks[GROUP_SIZE], false);
    hash_group(hashing, key, &blocks[2 * GROUP_SIZE], false);
    hash_group(hashing, key, &blocks[3 * GROUP_SIZE], true);
}

static TARGET_INLINE void start(const Sm4Gcm *gcm, EncodedKeys *keys, Counter *counter,
                                Hashing *hashing)
{
    encode_keys(keys, gcm->round_keys);
    *counter = (Counter){sm4_load_u64(gcm->counter), sm4_load_u64(&gcm->counter[8])};
    hash_start(hashing, gcm->state);
}

static TARGET_INLINE void finish(Sm4Gcm *gcm, EncodedKeys *keys, const Counter *counter,
                                 const Hashing *hashing)
{
    sm4_store_u64(gcm->counter, counter->high);
    sm4_store_u64(&gcm->counter[8], counter->low);
    hash_finish(hashing, gcm->state);
    wipe_keys(keys);
}

// A chunk is hashed while the next one is encrypted.
TARGET void sm4_gcm_encrypt_avx512(Sm4Gcm *gcm, const uint8_t *data, uint8_t *ret, size_t chunks)
{
    EncodedKeys keys;
    Counter counter;
    Hashing hashing;
    if (chunks == 0) {
        return;
    }
    start(gcm, &keys, &counter, &hashing);
    ctr_chunk(&keys, &counter, data, ret);
    for (size_t i = 1; i < chunks; i++) {
        Group groups[4];
        data += SM4_GCM_CHUNK_SIZE;
        run_chunk(&keys, &counter, groups, &hashing, &gcm->key, ret);
        ret += SM4_GCM_CHUNK_SIZE;
        add_chunk(ret, data, groups);
    }
    hash_last_chunk(&hashing, &gcm->key, ret);
    finish(gcm, &keys, &counter, &hashing);
}

// A chunk is hashed while it is decrypted.
TARGET void sm4_gcm_decrypt_avx512(Sm4Gcm *gcm, const uint8_t *data, uint8_t *ret, size_t chunks)
{
    EncodedKeys keys;
    Counter counter;
    Hashing hashing;
    if (chunks == 0) {
        return;
    }
    start(gcm, &keys, &counter, &hashing);
    for (size_t i = 1; i < chunks; i++) {
        Group groups[4];
        run_chunk(&keys, &counter, groups, &hashing, &gcm->key, data);
        add_chunk(ret, data, groups);
        data += SM4_GCM_CHUNK_SIZE;
        ret += SM4_GCM_CHUNK_SIZE;
    }
    hash_last_chunk(&hashing, &gcm->key, data);
    ctr_chunk(&keys, &counter, data, ret);
    finish(gcm, &keys, &counter, &hashing);
}

#endif
