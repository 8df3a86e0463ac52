// SPDX-License-Identifier: Apache-2.0
//
// SM3 on x86-64 with AVX2 and BMI2, one message. Vectors expand the block, three words at a
// time and some rounds ahead, while the integer units do nothing but rounds. A round then takes
// hardly longer than its longest chain, e to the next e: seven steps (choice, into h, plus SS1, and
// three of P0, after the two of the choice).
#include "base/sm3/sm3_backend.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/secret/secret.h"

#define TARGET __attribute__((target("avx2,bmi,bmi2")))
#define TARGET_INLINE __attribute__((target("avx2,bmi,bmi2"), always_inline)) inline

// A block being expanded. Vector k holds words 3k to 3k+3 of the expanded block; the last six are
// kept, k modulo 6. `shifted` is the vector five before the next, one place up.
typedef struct {
    __m128i vectors[6];
    __m128i shifted;
} Expansion;

// W and W' of GB/T 32905-2016 5.3.2, and room for what vectors write past them.
typedef struct {
    uint32_t w[72];
    uint32_t mixed[68];
} Words;

static TARGET_INLINE __m128i rotate(__m128i x, int bits)
{
    return _mm_or_si128(_mm_slli_epi32(x, bits), _mm_srli_epi32(x, 32 - bits));
}

static TARGET_INLINE void store(uint32_t *ret, __m128i words)
{
    _mm_storeu_si128((__m128i *)(void *)ret, words);
}

static TARGET_INLINE __m128i load_words(const uint8_t *bytes)
{
    const __m128i swap = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)bytes), swap);
}

// W'_j to W'_(j+3) from the vectors from words j, j+3 and j+6 on.
static TARGET_INLINE void store_mixed(uint32_t *ret, __m128i at_0, __m128i at_3, __m128i at_6)
{
    __m128 at_4 =
        _mm_shuffle_ps(_mm_castsi128_ps(at_3), _mm_castsi128_ps(at_6), _MM_SHUFFLE(1, 0, 2, 1));
    store(ret, _mm_xor_si128(at_0, _mm_castps_si128(at_4)));
}

static TARGET_INLINE void start(Expansion *ret, Words *words, const uint8_t *block)
{
    __m128i first = load_words(block), second = load_words(&block[16]);
    __m128i third = load_words(&block[32]), fourth = load_words(&block[48]);
    store(words->w, first);
    store(&words->w[4], second);
    store(&words->w[8], third);
    store(&words->w[12], fourth);
    store(words->mixed, _mm_xor_si128(first, second));
    store(&words->mixed[4], _mm_xor_si128(second, third));
    store(&words->mixed[8], _mm_xor_si128(third, fourth));
    ret->vectors[0] = first;
    ret->vectors[1] = _mm_alignr_epi8(second, first, 12);
    ret->vectors[2] = _mm_alignr_epi8(third, second, 8);
    ret->vectors[3] = _mm_alignr_epi8(fourth, third, 4);
    ret->vectors[4] = fourth;
    ret->shifted = _mm_slli_si128(first, 4);
}

// Make vector k + 5, whose first word is the last of vector k + 4. P1(x) is computed as
// x ^ (x ^ x <<< 8) <<< 15, since rotating by 8 is a single shuffle.
static TARGET_INLINE void expand(Expansion *expansion, Words *words, int k)
{
    const __m128i by_8 = _mm_set_epi8(14, 13, 12, 15, 10, 9, 8, 11, 6, 5, 4, 7, 2, 1, 0, 3);
    __m128i *v = expansion->vectors;
    __m128i minus_3 = v[(k + 4) % 6], minus_6 = v[(k + 3) % 6], minus_9 = v[(k + 2) % 6];
    __m128i minus_13 = _mm_slli_si128(v[(k + 1) % 6], 4), minus_16 = expansion->shifted;
    __m128i x = _mm_xor_si128(_mm_xor_si128(minus_16, minus_9), rotate(minus_3, 15));
    x = _mm_xor_si128(x, rotate(_mm_xor_si128(x, _mm_shuffle_epi8(x, by_8)), 15));
    x = _mm_xor_si128(_mm_xor_si128(x, minus_6), rotate(minus_13, 7));
    x = _mm_blend_epi32(x, _mm_shuffle_epi32(minus_3, 0xff), 1);
    v[(k + 5) % 6] = x;
    expansion->shifted = minus_13;
    store(&words->w[3 * (k + 5)], x);
    store_mixed(&words->mixed[3 * (k + 3)], minus_6, minus_3, x);
}

// Stop the compiler from undoing an order of operations: sums are to end with the operand that is
// known last, and words are to be read from memory, not out of the vectors.
#define KEEP(variable) __asm__("" : "+r"(variable))
#define KEEP_MEMORY(words) __asm__("" : "+m"(words))

#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define CONSTANT(start, j) ((start) << ((j)&31) | (uint32_t)((uint64_t)(start) >> (32 - ((j)&31))))

// What a round adds to d and h. The words that are made last, a and e, come in last: (b ^ c) and
// (f ^ g) wait for them. The two parts of the majority have no bit in common, so both are added.
#define ADD_EARLY(a, b, c, d, e, f, g, h) \
    do {                                  \
        uint32_t others = (f) ^ (g);      \
        KEEP(others);                     \
        (d) += (b) ^ (c) ^ (a);           \
        (h) += others ^ (e);              \
    } while (0)
#define ADD_LATE(a, b, c, d, e, f, g, h) \
    do {                                 \
        uint32_t differing = (f) ^ (g);  \
        KEEP(differing);                 \
        (d) += (b) & (c);                \
        KEEP(d);                         \
        (d) += (a) & ((b) ^ (c));        \
        (h) += (g) ^ ((e)&differing);    \
    } while (0)

// Source: GB/T 32905-2016 5.3.3.
#define ROUND(a, b, c, d, e, f, g, h, j, add, t)         \
    do {                                                 \
        uint32_t a12 = ROTATE(a, 12);                    \
        uint32_t ss1 = a12 + CONSTANT(t, j);             \
        KEEP(ss1);                                       \
        ss1 += (e);                                      \
        ss1 = ROTATE(ss1, 7);                            \
        (d) += words.mixed[j];                           \
        (h) += words.w[j];                               \
        add(a, b, c, d, e, f, g, h);                     \
        KEEP(d);                                         \
        KEEP(h);                                         \
        (d) += ss1 ^ a12;                                \
        (h) += ss1;                                      \
        (b) = ROTATE(b, 9);                              \
        (f) = ROTATE(f, 19);                             \
        uint32_t h9 = ROTATE(h, 9), h17 = ROTATE(h, 17); \
        (h) ^= h9;                                       \
        KEEP(h);                                         \
        (h) ^= h17;                                      \
    } while (0)

#define EARLY(a, b, c, d, e, f, g, h, j) ROUND(a, b, c, d, e, f, g, h, j, ADD_EARLY, 0x79cc4519U)
#define LATE(a, b, c, d, e, f, g, h, j) ROUND(a, b, c, d, e, f, g, h, j, ADD_LATE, 0x7a879d8aU)

#define EXPAND(k)                      \
    do {                               \
        expand(&expansion, &words, k); \
        KEEP_MEMORY(words);            \
    } while (0)
#define EXPAND_NOTHING(k) \
    do {                  \
    } while (0)

// Twelve rounds, after which the registers have their names again: the first four are of one kind,
// the others of another. Each three make way for a vector of words to come.
#define TWELVE_ROUNDS(j, FIRST, OTHER, ADVANCE)  \
    do {                                         \
        ADVANCE((j) / 3);                        \
        FIRST(a, b, c, d, e, f, g, h, j);        \
        FIRST(d, a, b, c, h, e, f, g, (j) + 1);  \
        FIRST(c, d, a, b, g, h, e, f, (j) + 2);  \
        ADVANCE((j) / 3 + 1);                    \
        FIRST(b, c, d, a, f, g, h, e, (j) + 3);  \
        OTHER(a, b, c, d, e, f, g, h, (j) + 4);  \
        OTHER(d, a, b, c, h, e, f, g, (j) + 5);  \
        ADVANCE((j) / 3 + 2);                    \
        OTHER(c, d, a, b, g, h, e, f, (j) + 6);  \
        OTHER(b, c, d, a, f, g, h, e, (j) + 7);  \
        OTHER(a, b, c, d, e, f, g, h, (j) + 8);  \
        ADVANCE((j) / 3 + 3);                    \
        OTHER(d, a, b, c, h, e, f, g, (j) + 9);  \
        OTHER(c, d, a, b, g, h, e, f, (j) + 10); \
        OTHER(b, c, d, a, f, g, h, e, (j) + 11); \
    } while (0)

TARGET void sm3_compress_avx2(uint32_t state[8], const uint8_t *blocks, size_t count)
{
    Words words;
    Expansion expansion;
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (size_t i = 0; i < count; i++) {
        start(&expansion, &words, &blocks[i * SM3_BLOCK_SIZE]);
        TWELVE_ROUNDS(0, EARLY, EARLY, EXPAND);
        TWELVE_ROUNDS(12, EARLY, LATE, EXPAND);
        TWELVE_ROUNDS(24, LATE, LATE, EXPAND);
        TWELVE_ROUNDS(36, LATE, LATE, EXPAND);
        EXPAND(16);
        EXPAND(17);
        words.mixed[63] = words.w[63] ^ words.w[67];
        TWELVE_ROUNDS(48, LATE, LATE, EXPAND_NOTHING);
        LATE(a, b, c, d, e, f, g, h, 60);
        LATE(d, a, b, c, h, e, f, g, 61);
        LATE(c, d, a, b, g, h, e, f, 62);
        LATE(b, c, d, a, f, g, h, e, 63);
        state[0] = a ^= state[0];
        state[1] = b ^= state[1];
        state[2] = c ^= state[2];
        state[3] = d ^= state[3];
        state[4] = e ^= state[4];
        state[5] = f ^= state[5];
        state[6] = g ^= state[6];
        state[7] = h ^= state[7];
    }
    secret_wipe(&words, sizeof words);
}

#endif
