// SPDX-License-Identifier: Apache-2.0
//
// SM4 on AES-NI and GHASH on PCLMULQDQ. Both S-boxes are an inversion in GF(2^8) between two affine
// maps, over different polynomials: with the right affine maps around it, the last AES round
// (S-box and a byte shuffle, no key) gives the SM4 S-box for 16 bytes at once.
#include "base/sm4/sm4_backend.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/core/cpu.h"

#define TARGET __attribute__((target("aes,pclmul,ssse3,sse4.1")))
#define TARGET_INLINE __attribute__((target("aes,pclmul,ssse3,sse4.1"), always_inline)) inline

enum { GHASH_BATCH = 8 };  // blocks for which one reduction is enough

// An affine map on bytes as two tables: image of the low and of the high four bits.
typedef struct {
    uint8_t low[16];
    uint8_t high[16];
} AffineMap;

// SM4's input map (0xa7 rotated, 0xd3), then its field into the AES field.
static const AffineMap into_aes = {
    {0x3e, 0xb2, 0x0e, 0x82, 0xbb, 0x37, 0x8b, 0x07, 0xa1, 0x2d, 0x91, 0x1d, 0x24, 0xa8, 0x14,
     0x98},
    {0x00, 0xdc, 0x2e, 0xf2, 0xc5, 0x19, 0xeb, 0x37, 0x08, 0xd4, 0x26, 0xfa, 0xcd, 0x11, 0xe3,
     0x3f},
};
// The AES output map undone, back into SM4's field, then SM4's output map.
static const AffineMap out_of_aes = {
    {0x6c, 0xd4, 0xa6, 0x1e, 0x52, 0xea, 0x98, 0x20, 0x0b, 0xb3, 0xc1, 0x79, 0x35, 0x8d, 0xff,
     0x47},
    {0x00, 0xe0, 0x50, 0xb0, 0x9d, 0x7d, 0xcd, 0x2d, 0xc0, 0x20, 0x90, 0x70, 0x5d, 0xbd, 0x0d,
     0xed},
};
// Undo the AES row shift, alone and together with rotating each word left by 8, 16, 24 bits.
static const uint8_t unshift[4][16] = {
    {0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3},
    {7, 0, 13, 10, 11, 4, 1, 14, 15, 8, 5, 2, 3, 12, 9, 6},
    {10, 7, 0, 13, 14, 11, 4, 1, 2, 15, 8, 5, 6, 3, 12, 9},
    {13, 10, 7, 0, 1, 14, 11, 4, 5, 2, 15, 8, 9, 6, 3, 12},
};
static const uint8_t swap_words[16] = {3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12};

static TARGET_INLINE __m128i load(const uint8_t *bytes)
{
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static TARGET_INLINE __m128i apply(const AffineMap *map, __m128i x)
{
    __m128i nibble = _mm_set1_epi8(0x0f);
    __m128i low = _mm_and_si128(x, nibble);
    __m128i high = _mm_and_si128(_mm_srli_epi32(x, 4), nibble);
    return _mm_xor_si128(_mm_shuffle_epi8(load(map->low), low),
                         _mm_shuffle_epi8(load(map->high), high));
}

// The S-box, with the bytes still in the order that the AES row shift left them in.
static TARGET_INLINE __m128i substitute_shifted(__m128i x)
{
    x = apply(&into_aes, x);
    x = _mm_aesenclast_si128(x, _mm_setzero_si128());
    return apply(&out_of_aes, x);
}

// T of 4 words. Source: GB/T 32907-2016 6.2.
static TARGET_INLINE __m128i transform(__m128i x)
{
    __m128i b = substitute_shifted(x);
    __m128i rotated_0 = _mm_shuffle_epi8(b, load(unshift[0]));
    __m128i rotated_8 = _mm_shuffle_epi8(b, load(unshift[1]));
    __m128i rotated_16 = _mm_shuffle_epi8(b, load(unshift[2]));
    __m128i rotated_24 = _mm_shuffle_epi8(b, load(unshift[3]));
    // L(B) = B ^ B<<<24 ^ (B ^ B<<<8 ^ B<<<16)<<<2
    __m128i inner = _mm_xor_si128(_mm_xor_si128(rotated_0, rotated_8), rotated_16);
    inner = _mm_or_si128(_mm_slli_epi32(inner, 2), _mm_srli_epi32(inner, 30));
    return _mm_xor_si128(_mm_xor_si128(rotated_0, rotated_24), inner);
}

// Four words of four blocks become the first, second, third and fourth words of the blocks; the
// same again undoes it.
static TARGET_INLINE void transpose(__m128i x[4])
{
    __m128i a = _mm_unpacklo_epi32(x[0], x[1]);
    __m128i b = _mm_unpackhi_epi32(x[0], x[1]);
    __m128i c = _mm_unpacklo_epi32(x[2], x[3]);
    __m128i d = _mm_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm_unpacklo_epi64(a, c);
    x[1] = _mm_unpackhi_epi64(a, c);
    x[2] = _mm_unpacklo_epi64(b, d);
    x[3] = _mm_unpackhi_epi64(b, d);
}

static TARGET_INLINE void load_four(const uint8_t *blocks, __m128i x[4])
{
    for (int i = 0; i < 4; i++) {
        x[i] = _mm_shuffle_epi8(load(&blocks[16 * i]), load(swap_words));
    }
    transpose(x);
}

// The words in reverse, as the last step of SM4 asks.
static TARGET_INLINE void store_four(uint8_t *ret, const __m128i x[4])
{
    __m128i reversed[4] = {x[3], x[2], x[1], x[0]};
    transpose(reversed);
    for (int i = 0; i < 4; i++) {
        _mm_storeu_si128((__m128i *)(void *)&ret[16 * i],
                         _mm_shuffle_epi8(reversed[i], load(swap_words)));
    }
}

static TARGET_INLINE void run_round(__m128i x[4], __m128i key)
{
    __m128i mixed = _mm_xor_si128(_mm_xor_si128(x[1], x[2]), _mm_xor_si128(x[3], key));
    __m128i next = _mm_xor_si128(x[0], transform(mixed));
    x[0] = x[1];
    x[1] = x[2];
    x[2] = x[3];
    x[3] = next;
}

static TARGET void encrypt_four(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret)
{
    __m128i x[4];
    load_four(blocks, x);
    for (int round = 0; round < 32; round++) {
        run_round(x, _mm_set1_epi32((int)round_keys[round]));
    }
    store_four(ret, x);
}

// Two groups of four side by side keep the execution units busy.
static TARGET void encrypt_eight(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret)
{
    __m128i x[4], y[4];
    load_four(blocks, x);
    load_four(&blocks[64], y);
    for (int round = 0; round < 32; round++) {
        __m128i key = _mm_set1_epi32((int)round_keys[round]);
        run_round(x, key);
        run_round(y, key);
    }
    store_four(ret, x);
    store_four(&ret[64], y);
}

static void aesni_encrypt(const uint32_t round_keys[32], const uint8_t *blocks, uint8_t *ret,
                          size_t count)
{
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        encrypt_eight(round_keys, &blocks[16 * i], &ret[16 * i]);
    }
    for (; i + 4 <= count; i += 4) {
        encrypt_four(round_keys, &blocks[16 * i], &ret[16 * i]);
    }
    if (i < count) {
        uint8_t last[64] = {0};
        __builtin_memcpy(last, &blocks[16 * i], 16 * (count - i));
        encrypt_four(round_keys, last, last);
        __builtin_memcpy(&ret[16 * i], last, 16 * (count - i));
    }
}

static TARGET uint32_t aesni_substitute(uint32_t word)
{
    __m128i b = substitute_shifted(_mm_set1_epi32((int)word));
    return (uint32_t)_mm_cvtsi128_si32(_mm_shuffle_epi8(b, load(unshift[0])));
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
    return cpu_could(CPU_AESNI) ? &backend : NULL;
}

#else

const Sm4Backend *sm4_backend_aesni(void)
{
    return NULL;
}

#endif
