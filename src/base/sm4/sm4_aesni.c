// SPDX-License-Identifier: Apache-2.0
//
// SM4 on AES-NI with AVX2, and GHASH on PCLMULQDQ. As sm4_avx512.h explains, all words are kept in
// the AES field. The last AES round (S-box and a byte shuffle, no key) inverts there 16 bytes at
// once; its own affine map is undone by the maps behind it, which two shuffles of 16-byte tables
// compute.
#include "base/sm4/sm4_backend.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/core/cpu.h"
#include "base/secret/secret.h"

#define TARGET __attribute__((target("aes,pclmul,avx2")))
#define TARGET_INLINE __attribute__((target("aes,pclmul,avx2"), always_inline)) inline

enum {
    GHASH_BATCH = 8,  // blocks for which one reduction is enough
    GROUP_BLOCKS = 8,
    GROUP_SIZE = 128,
    ENCODE_ADDEND = 0x3e,  // goes into the round keys
};

// An affine map on bytes as two tables: image of the low and of the high four bits.
typedef struct {
    uint8_t low[16];
    uint8_t high[16];
} AffineMap;

// SM4's input map, then its field into the AES field; and back.
static const AffineMap encode_map = {
    {0x00, 0x8c, 0x30, 0xbc, 0x85, 0x09, 0xb5, 0x39, 0x9f, 0x13, 0xaf, 0x23, 0x1a, 0x96, 0x2a,
     0xa6},
    {0x00, 0xdc, 0x2e, 0xf2, 0xc5, 0x19, 0xeb, 0x37, 0x08, 0xd4, 0x26, 0xfa, 0xcd, 0x11, 0xe3,
     0x3f},
};
static const AffineMap decode_map = {
    {0x00, 0x85, 0xd9, 0x5c, 0x2e, 0xab, 0xf7, 0x72, 0x80, 0x05, 0x59, 0xdc, 0xae, 0x2b, 0x77,
     0xf2},
    {0x00, 0x55, 0x57, 0x02, 0x44, 0x11, 0x13, 0x46, 0xaf, 0xfa, 0xf8, 0xad, 0xeb, 0xbe, 0xbc,
     0xe9},
};
// The AES output map undone, then U and V.
static const AffineMap u_map = {
    {0x79, 0xff, 0xaa, 0x2c, 0x01, 0x87, 0xd2, 0x54, 0x65, 0xe3, 0xb6, 0x30, 0x1d, 0x9b, 0xce,
     0x48},
    {0x00, 0xeb, 0xdc, 0x37, 0xf0, 0x1b, 0x2c, 0xc7, 0xcd, 0x26, 0x11, 0xfa, 0x3d, 0xd6, 0xe1,
     0x0a},
};
static const AffineMap v_map = {
    {0x76, 0xa5, 0x7b, 0xa8, 0xd6, 0x05, 0xdb, 0x08, 0x34, 0xe7, 0x39, 0xea, 0x94, 0x47, 0x99,
     0x4a},
    {0x00, 0xb4, 0x49, 0xfd, 0x82, 0x36, 0xcb, 0x7f, 0xbc, 0x08, 0xf5, 0x41, 0x3e, 0x8a, 0x77,
     0xc3},
};
// The AES output map undone, then back into SM4's field, and SM4's output map.
static const AffineMap s_box_map = {
    {0x6c, 0xd4, 0xa6, 0x1e, 0x52, 0xea, 0x98, 0x20, 0x0b, 0xb3, 0xc1, 0x79, 0x35, 0x8d, 0xff,
     0x47},
    {0x00, 0xe0, 0x50, 0xb0, 0x9d, 0x7d, 0xcd, 0x2d, 0xc0, 0x20, 0x90, 0x70, 0x5d, 0xbd, 0x0d,
     0xed},
};
// Undo the AES row shift, and bring byte i + 0, 1, 2, 3 of each word to byte i.
static const uint8_t unshift[4][16] = {
    {0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3},
    {13, 10, 7, 0, 1, 14, 11, 4, 5, 2, 15, 8, 9, 6, 3, 12},
    {10, 7, 0, 13, 14, 11, 4, 1, 2, 15, 8, 5, 6, 3, 12, 9},
    {7, 0, 13, 10, 11, 4, 1, 14, 15, 8, 5, 2, 3, 12, 9, 6},
};

// The first, second, third and fourth words of 8 blocks: word 4i + j is of block i + 2j.
typedef struct {
    __m256i x[4];
} Group;

// Round keys encoded. Secret.
typedef struct {
    _Alignas(32) uint32_t keys[32];
} EncodedKeys;

static TARGET_INLINE __m128i load(const uint8_t *bytes)
{
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static TARGET_INLINE __m256i load_wide(const void *bytes)
{
    return _mm256_loadu_si256((const __m256i *)bytes);
}

// A table is loaded anew each time: there are fewer registers than tables and words, and compilers
// would rather keep the tables and let each round wait for its words.
static TARGET_INLINE __m256i load_twice(const uint8_t *bytes)
{
    __asm__("" : "+r"(bytes));
    return _mm256_broadcastsi128_si256(load(bytes));
}

static TARGET_INLINE __m256i apply(const AffineMap *map, __m256i low, __m256i high)
{
    return _mm256_xor_si256(_mm256_shuffle_epi8(load_twice(map->low), low),
                            _mm256_shuffle_epi8(load_twice(map->high), high));
}

static TARGET_INLINE __m256i low_bits(__m256i x)
{
    return _mm256_and_si256(x, _mm256_set1_epi8(0x0f));
}

static TARGET_INLINE __m256i high_bits(__m256i x)
{
    return low_bits(_mm256_srli_epi32(x, 4));
}

static TARGET_INLINE __m256i map_bytes(const AffineMap *map, __m256i x)
{
    return apply(map, low_bits(x), high_bits(x));
}

static TARGET_INLINE __m256i add(__m256i a, __m256i b)
{
    return _mm256_xor_si256(a, b);
}

// The AES S-box, with the bytes in the order that the row shift leaves them in.
static TARGET_INLINE __m256i aes_substitute(__m256i x)
{
    const __m128i zero = _mm_setzero_si128();
    __m128i first = _mm_aesenclast_si128(_mm256_castsi256_si128(x), zero);
    __m128i second = _mm_aesenclast_si128(_mm256_extracti128_si256(x, 1), zero);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
}

static TARGET_INLINE __m256i place(__m256i x, int number)
{
    return _mm256_shuffle_epi8(x, load_twice(unshift[number]));
}

// x3 is the word that was made last, so it comes in last. Source: GB/T 32907-2016 6.2, 7.1.
static TARGET_INLINE void run_round(__m256i *x0, __m256i x1, __m256i x2, __m256i x3, __m256i key)
{
    __m256i s = aes_substitute(add(add(x1, add(x2, key)), x3));
    __m256i low = low_bits(s), high = high_bits(s);
    __m256i u = apply(&u_map, low, high), v = apply(&v_map, low, high);
    __m256i sum = add(add(*x0, place(u, 0)), add(place(v, 1), place(v, 2)));
    *x0 = add(sum, place(add(u, v), 3));
}

// In each half, turn four words of four blocks into four blocks of four words, and back.
static TARGET_INLINE void transpose(__m256i x[4])
{
    __m256i a = _mm256_unpacklo_epi32(x[0], x[1]), b = _mm256_unpacklo_epi32(x[2], x[3]);
    __m256i c = _mm256_unpackhi_epi32(x[0], x[1]), d = _mm256_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm256_unpacklo_epi64(a, b);
    x[1] = _mm256_unpackhi_epi64(a, b);
    x[2] = _mm256_unpacklo_epi64(c, d);
    x[3] = _mm256_unpackhi_epi64(c, d);
}

static TARGET_INLINE void load_group(Group *ret, const uint8_t *blocks)
{
    for (size_t i = 0; i < 4; i++) {
        ret->x[i] = map_bytes(&encode_map, load_wide(&blocks[32 * i]));
    }
    transpose(ret->x);
}

// The words in reverse, as the last step of SM4 asks.
static TARGET_INLINE void store_group(uint8_t *ret, const Group *group)
{
    __m256i reversed[4] = {group->x[3], group->x[2], group->x[1], group->x[0]};
    transpose(reversed);
    for (size_t i = 0; i < 4; i++) {
        _mm256_storeu_si256((__m256i *)(void *)&ret[32 * i], map_bytes(&decode_map, reversed[i]));
    }
}

static TARGET_INLINE void encode_keys(EncodedKeys *ret, const uint32_t round_keys[32])
{
    const __m256i swap = _mm256_broadcastsi128_si256(
        _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
    for (size_t i = 0; i < 32; i += 8) {
        __m256i keys = _mm256_shuffle_epi8(load_wide(&round_keys[i]), swap);
        keys = add(map_bytes(&encode_map, keys), _mm256_set1_epi8(ENCODE_ADDEND));
        _mm256_store_si256((__m256i *)(void *)&ret->keys[i], keys);
    }
}

static TARGET void encrypt_group(const EncodedKeys *keys, const uint8_t *blocks, uint8_t *ret)
{
    Group one;
    load_group(&one, blocks);
    for (size_t i = 0; i < 32; i += 4) {
        __m256i *x = one.x;
        run_round(&x[0], x[1], x[2], x[3], _mm256_set1_epi32((int)keys->keys[i]));
        run_round(&x[1], x[2], x[3], x[0], _mm256_set1_epi32((int)keys->keys[i + 1]));
        run_round(&x[2], x[3], x[0], x[1], _mm256_set1_epi32((int)keys->keys[i + 2]));
        run_round(&x[3], x[0], x[1], x[2], _mm256_set1_epi32((int)keys->keys[i + 3]));
    }
    store_group(ret, &one);
}

// Two groups side by side keep the execution units busy.
static TARGET_INLINE void run_both(Group *one, Group *other, int first, uint32_t key)
{
    int second = (first + 1) % 4, third = (first + 2) % 4, fourth = (first + 3) % 4;
    __m256i *x = one->x, *y = other->x, keys = _mm256_set1_epi32((int)key);
    run_round(&x[first], x[second], x[third], x[fourth], keys);
    run_round(&y[first], y[second], y[third], y[fourth], keys);
}

static TARGET void encrypt_two_groups(const EncodedKeys *keys, const uint8_t *blocks, uint8_t *ret)
{
    Group one, other;
    load_group(&one, blocks);
    load_group(&other, &blocks[GROUP_SIZE]);
    for (size_t i = 0; i < 32; i += 4) {
        run_both(&one, &other, 0, keys->keys[i]);
        run_both(&one, &other, 1, keys->keys[i + 1]);
        run_both(&one, &other, 2, keys->keys[i + 2]);
        run_both(&one, &other, 3, keys->keys[i + 3]);
    }
    store_group(ret, &one);
    store_group(&ret[GROUP_SIZE], &other);
}

static TARGET void aesni_encrypt(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                                 size_t count)
{
    EncodedKeys keys;
    encode_keys(&keys, round_keys);
    size_t i = 0;
    for (; i + 2 * GROUP_BLOCKS <= count; i += 2 * GROUP_BLOCKS) {
        encrypt_two_groups(&keys, &blocks[16 * i], &ret[16 * i]);
    }
    for (; i + GROUP_BLOCKS <= count; i += GROUP_BLOCKS) {
        encrypt_group(&keys, &blocks[16 * i], &ret[16 * i]);
    }
    if (i < count) {
        uint8_t last[GROUP_SIZE] = {0};
        memcpy(last, &blocks[16 * i], 16 * (count - i));
        encrypt_group(&keys, last, last);
        memcpy(&ret[16 * i], last, 16 * (count - i));
        secret_wipe(last, sizeof last);
    }
    secret_wipe(&keys, sizeof keys);
}

static TARGET uint32_t aesni_substitute(uint32_t word)
{
    __m256i x = map_bytes(&encode_map, _mm256_set1_epi32((int)word));
    x = aes_substitute(add(x, _mm256_set1_epi8(ENCODE_ADDEND)));
    return (uint32_t)_mm256_cvtsi256_si32(place(map_bytes(&s_box_map, x), 0));
}

// GHASH over byte-reversed blocks, which makes them polynomials with their coefficients in order,
// modulo x^128 + x^127 + x^126 + x^121 + 1, and each product comes with a factor x^-128. That h is
// taken times x makes up for the bits of a byte being the other way round.
// Source: NIST SP 800-38D 6.3, 6.4; RFC 8452 appendix A.
static TARGET_INLINE __m128i reverse_bytes(__m128i block)
{
    return _mm_shuffle_epi8(block,
                            _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

typedef struct {
    __m128i low, middle, high;
} Product;

static TARGET_INLINE void add_product(Product *sum, __m128i x, __m128i y)
{
    sum->low = _mm_xor_si128(sum->low, _mm_clmulepi64_si128(x, y, 0x00));
    sum->middle = _mm_xor_si128(sum->middle, _mm_clmulepi64_si128(x, y, 0x01));
    sum->middle = _mm_xor_si128(sum->middle, _mm_clmulepi64_si128(x, y, 0x10));
    sum->high = _mm_xor_si128(sum->high, _mm_clmulepi64_si128(x, y, 0x11));
}

// Add the multiple of the modulus that clears the lowest 64 places, drop them, and again.
static TARGET_INLINE __m128i reduce(const Product *sum)
{
    const __m128i modulus = _mm_set_epi64x(0, (int64_t)0xc200000000000000);
    __m128i low = _mm_xor_si128(sum->low, _mm_slli_si128(sum->middle, 8));
    __m128i high = _mm_xor_si128(sum->high, _mm_srli_si128(sum->middle, 8));
    for (int i = 0; i < 2; i++) {
        __m128i folded = _mm_clmulepi64_si128(low, modulus, 0x00);
        low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e), folded);
    }
    return _mm_xor_si128(high, low);
}

// powers: h, h^2, ... h^8.
static TARGET void aesni_ghash_init(GhashKey *ret, const uint8_t h[SM4_BLOCK_SIZE])
{
    uint64_t high, low;
    sm4_ghash_times_x(h, &high, &low);
    __m128i *powers = (__m128i *)(void *)ret->powers;
    powers[0] = _mm_set_epi64x((int64_t)high, (int64_t)low);
    for (int i = 1; i < GHASH_BATCH; i++) {
        Product product = {0};
        add_product(&product, powers[i - 1], powers[0]);
        powers[i] = reduce(&product);
    }
}

static TARGET void aesni_ghash(const GhashKey *key, uint64_t state[2], const uint8_t *blocks,
                               size_t count)
{
    const __m128i *powers = (const __m128i *)(const void *)key->powers;
    __m128i sum = _mm_set_epi64x((int64_t)state[0], (int64_t)state[1]);
    while (count > 0) {
        size_t batch = count < GHASH_BATCH ? count : GHASH_BATCH;
        Product product = {0};
        for (size_t i = 0; i < batch; i++) {
            sum = _mm_xor_si128(sum, reverse_bytes(load(&blocks[16 * i])));
            add_product(&product, sum, powers[batch - 1 - i]);
            sum = _mm_setzero_si128();
        }
        sum = reduce(&product);
        blocks += 16 * batch;
        count -= batch;
    }
    state[0] = (uint64_t)_mm_extract_epi64(sum, 1);
    state[1] = (uint64_t)_mm_cvtsi128_si64(sum);
}

const Sm4Backend *sm4_backend_aesni(void)
{
    static const Sm4Backend backend = {
        .substitute = aesni_substitute,
        .encrypt = aesni_encrypt,
        .ghash_init = aesni_ghash_init,
        .ghash = aesni_ghash,
    };
    return cpu_could(CPU_AESNI | CPU_AVX2) ? &backend : NULL;
}

#else

const Sm4Backend *sm4_backend_aesni(void)
{
    return NULL;
}

#endif
