// SPDX-License-Identifier: Apache-2.0
//
// SM4 on AVX-512 with GFNI, and GHASH on VPCLMULQDQ. SM4's S-box is an inversion in GF(2^8) between
// two affine maps; GFNI has both, in the AES field, into which the maps carry along.
#include "base/sm4/sm4_backend.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "base/core/cpu.h"

#define FEATURES "avx512f,avx512bw,avx512dq,avx512vl,gfni,pclmul,vpclmulqdq"
#define TARGET __attribute__((target(FEATURES)))
#define TARGET_INLINE __attribute__((target(FEATURES), always_inline)) inline

// Source of the S-box: GB/T 32907-2016 6.2.1. SM4's input map, then its field into the AES field;
// and, after the inversion, back and SM4's output map.
#define INTO_AES_MATRIX 0x4c287db91a22505d
#define INTO_AES_ADDEND 0x3e
#define OUT_OF_AES_MATRIX ((int64_t)0xf3ab34a974a6b589)
#define OUT_OF_AES_ADDEND 0xd3

enum { GROUP_BLOCKS = 16, GROUP_SIZE = 256, VECTOR_SIZE = 64 };

// The first, second, third and fourth words of 16 blocks: word 4i + j is of block i + 4j.
typedef struct {
    __m512i x[4];
} Group;

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
    ret->x[0] = swap_words(load(blocks));
    ret->x[1] = swap_words(load(&blocks[VECTOR_SIZE]));
    ret->x[2] = swap_words(load(&blocks[2 * VECTOR_SIZE]));
    ret->x[3] = swap_words(load(&blocks[3 * VECTOR_SIZE]));
    transpose(ret->x);
}

// The blocks of a group, with the words in reverse, as the last step of SM4 asks.
static TARGET_INLINE void finish_group(Group *group)
{
    __m512i reversed[4] = {group->x[3], group->x[2], group->x[1], group->x[0]};
    transpose(reversed);
    group->x[0] = swap_words(reversed[0]);
    group->x[1] = swap_words(reversed[1]);
    group->x[2] = swap_words(reversed[2]);
    group->x[3] = swap_words(reversed[3]);
}

static TARGET_INLINE void store_group(uint8_t *ret, const Group *group)
{
    _mm512_storeu_si512(ret, group->x[0]);
    _mm512_storeu_si512(&ret[VECTOR_SIZE], group->x[1]);
    _mm512_storeu_si512(&ret[2 * VECTOR_SIZE], group->x[2]);
    _mm512_storeu_si512(&ret[3 * VECTOR_SIZE], group->x[3]);
}

static TARGET_INLINE __m512i substitute(__m512i x)
{
    x = _mm512_gf2p8affine_epi64_epi8(x, _mm512_set1_epi64(INTO_AES_MATRIX), INTO_AES_ADDEND);
    return _mm512_gf2p8affineinv_epi64_epi8(x, _mm512_set1_epi64(OUT_OF_AES_MATRIX),
                                            OUT_OF_AES_ADDEND);
}

// Source: GB/T 32907-2016 6.2, 7.1.
static TARGET_INLINE void run_round(__m512i *x0, __m512i x1, __m512i x2, __m512i x3, uint32_t key)
{
    __m512i mixed = _mm512_xor_si512(x3, _mm512_set1_epi32((int)key));
    __m512i b = substitute(add_three(mixed, x1, x2));
    __m512i sum = add_three(*x0, b, _mm512_rol_epi32(b, 2));
    sum = add_three(sum, _mm512_rol_epi32(b, 10), _mm512_rol_epi32(b, 18));
    *x0 = _mm512_xor_si512(sum, _mm512_rol_epi32(b, 24));
}

// One round of `count` (1, 2 or 4) groups side by side, which hides the latency of a round.
static TARGET_INLINE void run_round_of(Group *groups, size_t count, int first, uint32_t key)
{
    int second = (first + 1) % 4, third = (first + 2) % 4, fourth = (first + 3) % 4;
    run_round(&groups[0].x[first], groups[0].x[second], groups[0].x[third], groups[0].x[fourth],
              key);
    if (count >= 2) {
        run_round(&groups[1].x[first], groups[1].x[second], groups[1].x[third], groups[1].x[fourth],
                  key);
    }
    if (count >= 4) {
        run_round(&groups[2].x[first], groups[2].x[second], groups[2].x[third], groups[2].x[fourth],
                  key);
        run_round(&groups[3].x[first], groups[3].x[second], groups[3].x[third], groups[3].x[fourth],
                  key);
    }
}

static TARGET_INLINE void run_rounds(Group *groups, size_t count, const uint32_t round_keys[32])
{
    for (size_t i = 0; i < 32; i += 4) {
        run_round_of(groups, count, 0, round_keys[i]);
        run_round_of(groups, count, 1, round_keys[i + 1]);
        run_round_of(groups, count, 2, round_keys[i + 2]);
        run_round_of(groups, count, 3, round_keys[i + 3]);
    }
}

static TARGET void encrypt_group(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret)
{
    Group group;
    load_group(&group, blocks);
    run_rounds(&group, 1, round_keys);
    finish_group(&group);
    store_group(ret, &group);
}

static TARGET void encrypt_four_groups(const uint32_t round_keys[32], const uint8_t *blocks,
                                       uint8_t *ret)
{
    Group groups[4];
    load_group(&groups[0], blocks);
    load_group(&groups[1], &blocks[GROUP_SIZE]);
    load_group(&groups[2], &blocks[2 * GROUP_SIZE]);
    load_group(&groups[3], &blocks[3 * GROUP_SIZE]);
    run_rounds(groups, 4, round_keys);
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
    size_t i = 0;
    for (; i + 4 * GROUP_BLOCKS <= count; i += 4 * GROUP_BLOCKS) {
        encrypt_four_groups(round_keys, &blocks[16 * i], &ret[16 * i]);
    }
    for (; i + GROUP_BLOCKS <= count; i += GROUP_BLOCKS) {
        encrypt_group(round_keys, &blocks[16 * i], &ret[16 * i]);
    }
    if (i < count) {
        uint8_t last[GROUP_SIZE] = {0};
        memcpy(last, &blocks[16 * i], 16 * (count - i));
        encrypt_group(round_keys, last, last);
        memcpy(&ret[16 * i], last, 16 * (count - i));
    }
}

static TARGET uint32_t avx512_substitute(uint32_t word)
{
    __m512i b = substitute(_mm512_castsi128_si512(_mm_cvtsi32_si128((int)word)));
    return (uint32_t)_mm_cvtsi128_si32(_mm512_castsi512_si128(b));
}

typedef struct {
    uint64_t high, low;
} Counter;

// The counters from `counter` on for one group, and step past them.
static TARGET_INLINE void count_group(Group *ret, Counter *counter)
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
    counter->low += GROUP_BLOCKS;
    counter->high += counter->low < GROUP_BLOCKS;
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

static TARGET void ctr_four_groups(const uint32_t round_keys[32], Counter *counter,
                                   const uint8_t *data, uint8_t *ret)
{
    Group groups[4];
    count_group(&groups[0], counter);
    count_group(&groups[1], counter);
    count_group(&groups[2], counter);
    count_group(&groups[3], counter);
    run_rounds(groups, 4, round_keys);
    add_group(ret, data, &groups[0]);
    add_group(&ret[GROUP_SIZE], &data[GROUP_SIZE], &groups[1]);
    add_group(&ret[2 * GROUP_SIZE], &data[2 * GROUP_SIZE], &groups[2]);
    add_group(&ret[3 * GROUP_SIZE], &data[3 * GROUP_SIZE], &groups[3]);
}

static TARGET void ctr_two_groups(const uint32_t round_keys[32], Counter *counter,
                                  const uint8_t *data, uint8_t *ret)
{
    Group groups[2];
    count_group(&groups[0], counter);
    count_group(&groups[1], counter);
    run_rounds(groups, 2, round_keys);
    add_group(ret, data, &groups[0]);
    add_group(&ret[GROUP_SIZE], &data[GROUP_SIZE], &groups[1]);
}

static TARGET void ctr_group(const uint32_t round_keys[32], Counter *counter, const uint8_t *data,
                             uint8_t *ret)
{
    Group group;
    count_group(&group, counter);
    run_rounds(&group, 1, round_keys);
    add_group(ret, data, &group);
}

typedef void CtrStep(const uint32_t round_keys[32], Counter *counter, const uint8_t *data,
                     uint8_t *ret);

static TARGET void avx512_ctr(const uint32_t round_keys[32], const uint8_t counter_block[16],
                              Bytes data, uint8_t *ret)
{
    Counter counter = {sm4_load_u64(counter_block), sm4_load_u64(&counter_block[8])};
    size_t done = 0;
    for (; data.len - done >= 4 * GROUP_SIZE; done += 4 * GROUP_SIZE) {
        ctr_four_groups(round_keys, &counter, &data.data[done], &ret[done]);
    }
    size_t left = data.len - done;
    if (left > 0) {
        // Few groups take as long as one: what is left is done in one step, over a copy.
        uint8_t last[4 * GROUP_SIZE];
        CtrStep *step = left > 2 * GROUP_SIZE ? ctr_four_groups
                        : left > GROUP_SIZE   ? ctr_two_groups
                                              : ctr_group;
        memcpy(last, &data.data[done], left);
        step(round_keys, &counter, last, last);
        memcpy(&ret[done], last, left);
        explicit_bzero(last, sizeof last);
    }
}

// GHASH as sm4_aesni.c explains it, four products at a time.
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
static TARGET void avx512_ghash_init(GhashKey *ret, const uint8_t h[SM4_BLOCK_SIZE])
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

// Take 16 blocks into `state`, whose four quarters are added up only at the very end. `powers`:
// for each block what it is multiplied by.
static TARGET_INLINE __m512i ghash_group(__m512i state, const uint8_t *blocks,
                                         const __m512i powers[4])
{
    Product product = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
    add_product(&product, load_reversed(&blocks[VECTOR_SIZE]), powers[1]);
    add_product(&product, load_reversed(&blocks[2 * VECTOR_SIZE]), powers[2]);
    add_product(&product, load_reversed(&blocks[3 * VECTOR_SIZE]), powers[3]);
    add_product(&product, _mm512_xor_si512(state, load_reversed(blocks)), powers[0]);
    return reduce(&product);
}

static TARGET void avx512_ghash(const GhashKey *key, uint64_t state[2], const uint8_t *blocks,
                                size_t count)
{
    if (count == 0) {
        return;
    }
    const __m512i last[4] = {load(key->powers), load(&key->powers[8]), load(&key->powers[16]),
                             load(&key->powers[24])};
    // Before the last group, all quarters go on to the place of the next group's first block.
    const __m512i inner[4] = {first_quarter(last[0]), first_quarter(last[1]),
                              first_quarter(last[2]), first_quarter(last[3])};
    // Zero blocks before the first one change nothing and leave whole groups.
    size_t first = (count - 1) % GROUP_BLOCKS + 1;
    _Alignas(VECTOR_SIZE) uint8_t padded[GROUP_SIZE] = {0};
    uint8_t *start = &padded[GROUP_SIZE - 16 * first];
    memcpy(start, blocks, 16 * first);
    sm4_store_u64(start, sm4_load_u64(start) ^ state[0]);
    sm4_store_u64(&start[8], sm4_load_u64(&start[8]) ^ state[1]);
    __m512i sum = ghash_group(_mm512_setzero_si512(), padded, count == first ? last : inner);
    for (size_t i = first; i < count; i += GROUP_BLOCKS) {
        sum = ghash_group(sum, &blocks[16 * i], i + GROUP_BLOCKS == count ? last : inner);
    }
    __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
    __m128i total = _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    state[0] = (uint64_t)_mm_extract_epi64(total, 1);
    state[1] = (uint64_t)_mm_cvtsi128_si64(total);
}

const Sm4Backend *sm4_backend_avx512(void)
{
    static const Sm4Backend backend = {
        avx512_substitute, avx512_encrypt, avx512_ctr, avx512_ghash_init, avx512_ghash,
    };
    return cpu_could(CPU_GFNI) ? &backend : NULL;
}

#else

const Sm4Backend *sm4_backend_avx512(void)
{
    return NULL;
}

#endif
