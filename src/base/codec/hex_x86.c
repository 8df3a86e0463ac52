// SPDX-License-Identifier: Apache-2.0
//
// 32 characters at a time with AVX2. Digits are told apart by comparisons and translated by adding
// what their range asks for, as in hex_portable.c, which does what is left over at the end.
#include "base/codec/hex_backend.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "base/core/cpu.h"

#define TARGET __attribute__((target("avx2")))
#define TARGET_INLINE __attribute__((target("avx2"), always_inline)) inline

enum { VECTOR = 32 };

static TARGET_INLINE __m256i load(const uint8_t *bytes)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

static TARGET_INLINE __m128i load_half(const uint8_t *bytes)
{
    return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static TARGET_INLINE void store(uint8_t *ret, __m256i vector)
{
    _mm256_storeu_si256((__m256i *)(void *)ret, vector);
}

static TARGET_INLINE __m256i all(char value)
{
    return _mm256_set1_epi8(value);
}

// A mask of the characters in first..last. Signed: characters from 0x80 on are below all others.
static TARGET_INLINE __m256i in_range(__m256i text, char first, char last)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(text, all((char)(first - 1))),
                            _mm256_cmpgt_epi8(all((char)(last + 1)), text));
}

static TARGET_INLINE __m256i add_where(__m256i vector, __m256i mask, int value)
{
    return _mm256_add_epi8(vector, _mm256_and_si256(mask, all((char)value)));
}

static TARGET_INLINE __m256i add_above(__m256i vector, __m256i values, char bound, int value)
{
    return add_where(vector, _mm256_cmpgt_epi8(values, all(bound)), value);
}

static TARGET void avx2_hex_encode(const uint8_t *bytes, size_t len, uint8_t *ret)
{
    size_t i = 0;
    for (; i + VECTOR / 2 <= len; i += VECTOR / 2) {
        __m256i wide = _mm256_cvtepu8_epi16(load_half(&bytes[i]));
        __m256i values = _mm256_or_si256(_mm256_srli_epi16(wide, 4), _mm256_slli_epi16(wide, 8));
        values = _mm256_and_si256(values, all(15));
        __m256i digits = _mm256_add_epi8(values, all('0'));
        store(&ret[2 * i], add_above(digits, values, 9, 'a' - '0' - 10));
    }
    HEX_PORTABLE.hex_encode(&bytes[i], len - i, &ret[2 * i]);
}

static TARGET_INLINE __m256i are_hex_digits(__m256i text)
{
    __m256i lower = _mm256_or_si256(text, all('a' - 'A'));
    return _mm256_or_si256(in_range(text, '0', '9'), in_range(lower, 'a', 'f'));
}

static TARGET bool avx2_hex_check(const uint8_t *text, size_t len)
{
    __m256i good = all(-1);
    size_t i = 0;
    for (; i + VECTOR <= len; i += VECTOR) {
        good = _mm256_and_si256(good, are_hex_digits(load(&text[i])));
    }
    bool rest_is_good = HEX_PORTABLE.hex_check(&text[i], len - i);
    return _mm256_movemask_epi8(good) == -1 && rest_is_good;
}

static TARGET void avx2_hex_decode(const uint8_t *text, size_t ret_len, uint8_t *ret)
{
    size_t i = 0;
    for (; i + VECTOR / 2 <= ret_len; i += VECTOR / 2) {
        // A letter has bit 6 and its low nibble starts from 1, a digit has its value there.
        __m256i digits = load(&text[2 * i]);
        __m256i values = add_above(_mm256_and_si256(digits, all(15)), digits, '9', 9);
        __m256i wide = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0110));
        __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(wide, wide), 0x08);
        _mm_storeu_si128((__m128i *)(void *)&ret[i], _mm256_castsi256_si128(packed));
    }
    HEX_PORTABLE.hex_decode(&text[2 * i], ret_len - i, &ret[i]);
}

static TARGET void avx2_base64_encode(const uint8_t *bytes, size_t groups, uint8_t *ret)
{
    // Bytes abc of a group become babc reversed in its 32 bits: bits of digits 0 and 1 lie in one
    // half then, those of digits 2 and 3 in the other, for a multiplication to shift.
    const __m256i spread = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
    size_t i = 0;
    // 8 groups; the second half reads 4 bytes more than it uses.
    for (; i + 10 <= groups; i += 8) {
        __m256i in = _mm256_inserti128_si256(_mm256_castsi128_si256(load_half(&bytes[3 * i])),
                                             load_half(&bytes[3 * i + 12]), 1);
        in = _mm256_shuffle_epi8(in, spread);
        __m256i even = _mm256_mulhi_epu16(_mm256_and_si256(in, _mm256_set1_epi32(0x0fc0fc00)),
                                          _mm256_set1_epi32(0x04000040));
        __m256i odd = _mm256_mullo_epi16(_mm256_and_si256(in, _mm256_set1_epi32(0x003f03f0)),
                                         _mm256_set1_epi32(0x01000010));
        __m256i values = _mm256_or_si256(even, odd);
        __m256i digits = _mm256_add_epi8(values, all('A'));
        digits = add_above(digits, values, 25, 'a' - 26 - 'A');
        digits = add_above(digits, values, 51, '0' - 52 - ('a' - 26));
        digits = add_above(digits, values, 61, '+' - 62 - ('0' - 52));
        digits = add_above(digits, values, 62, '/' - 63 - ('+' - 62));
        store(&ret[4 * i], digits);
    }
    HEX_PORTABLE.base64_encode(&bytes[3 * i], groups - i, &ret[4 * i]);
}

static TARGET bool avx2_base64_check(const uint8_t *text, size_t len)
{
    __m256i good = all(-1);
    size_t i = 0;
    for (; i + VECTOR <= len; i += VECTOR) {
        __m256i digits = load(&text[i]);
        __m256i letters = _mm256_or_si256(in_range(digits, 'A', 'Z'), in_range(digits, 'a', 'z'));
        __m256i others = _mm256_or_si256(in_range(digits, '/', '9'),  // '/' comes before '0'
                                         _mm256_cmpeq_epi8(digits, all('+')));
        good = _mm256_and_si256(good, _mm256_or_si256(letters, others));
    }
    bool rest_is_good = HEX_PORTABLE.base64_check(&text[i], len - i);
    return _mm256_movemask_epi8(good) == -1 && rest_is_good;
}

static TARGET void avx2_base64_decode(const uint8_t *text, size_t groups, uint8_t *ret)
{
    const __m256i big_endian = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
    const __m256i join = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
    size_t i = 0;
    // 8 groups give 24 bytes and 8 zeros, which the groups to come overwrite.
    for (; i + 11 <= groups; i += 8) {
        __m256i digits = load(&text[4 * i]);
        __m256i values = _mm256_sub_epi8(digits, all('+' - 62));
        values = add_above(values, digits, '+', '+' - 62 - ('/' - 63));
        values = add_above(values, digits, '/', '/' - 63 - ('0' - 52));
        values = add_above(values, digits, '9', '0' - 52 - 'A');
        values = add_above(values, digits, 'Z', 'A' - ('a' - 26));
        __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0140));
        __m256i quads = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
        quads = _mm256_shuffle_epi8(quads, big_endian);
        store(&ret[3 * i], _mm256_permutevar8x32_epi32(quads, join));
    }
    HEX_PORTABLE.base64_decode(&text[4 * i], groups - i, &ret[3 * i]);
}

const HexBackend *hex_backend_avx2(void)
{
    static const HexBackend backend = {
        avx2_hex_encode,    avx2_hex_check,    avx2_hex_decode,
        avx2_base64_encode, avx2_base64_check, avx2_base64_decode,
    };
    return cpu_could(CPU_AVX2) ? &backend : NULL;
}

#else

const HexBackend *hex_backend_avx2(void)
{
    return NULL;
}

#endif
