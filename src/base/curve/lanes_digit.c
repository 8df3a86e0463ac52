// SPDX-License-Identifier: Apache-2.0
//
// Recoding of scalars and look-ups in tables.
#if defined(__x86_64__)

#include "base/curve/lanes_product.h"
#include "base/curve/lanes_table.h"
#include "base/secret/secret.h"

void lanes_recode(LanesWords *ret, unsigned *ret_flipped, const Scalar *const k[LANES_COUNT])
{
    static const Scalar zero = {{0}};
    unsigned flipped = 0;
    Scalar odd;
    for (size_t i = 0; i < LANES_COUNT; i++) {
        uint64_t is_odd = limb_mask(k[i]->limbs[0] & 1);
        scalar_sub(&odd, &zero, k[i]);
        limbs_select(odd.limbs, is_odd, k[i]->limbs, odd.limbs);
        flipped |= (unsigned)(~is_odd & 1) << i;
        ret->words[0][i] = odd.limbs[0] >> 1 | odd.limbs[1] << 63;
        ret->words[1][i] = odd.limbs[1] >> 1 | odd.limbs[2] << 63;
        ret->words[2][i] = odd.limbs[2] >> 1 | odd.limbs[3] << 63;
        ret->words[3][i] = odd.limbs[3] >> 1;
    }
    secret_wipe(&odd, sizeof odd);
    *ret_flipped = flipped;
}

// The bits of window `number`; above the words are zeros.
LANES_INLINE Vector window(const LanesWords *h, size_t v, unsigned number, unsigned bits)
{
    unsigned bit = number * bits, word = bit / 64, shift = bit % 64;
    const size_t lane = v * LANES_WIDTH;
    Vector low = _mm512_load_si512(&h->words[word][lane]);
    low = _mm512_srl_epi64(low, _mm_cvtsi32_si128((int)shift));
    if (shift + bits > 64 && word + 1 < LIMBS_COUNT) {
        Vector high = _mm512_load_si512(&h->words[word + 1][lane]);
        low |= _mm512_sll_epi64(high, _mm_cvtsi32_si128((int)(64 - shift)));
    }
    return low & lanes_set(((int64_t)1 << bits) - 1);
}

void lanes_digit(Vector ret_index[LANES_VECTORS], unsigned *ret_negative, const LanesWords *h,
                 unsigned number, unsigned bits)
{
    const Vector half = lanes_set((int64_t)1 << (bits - 1));
    const Vector magnitude = lanes_set(((int64_t)1 << (bits - 1)) - 1);
    *ret_negative = 0;
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector bits_of_lane = window(h, v, number, bits);
        __mmask8 negative = _mm512_testn_epi64_mask(bits_of_lane, half);
        bits_of_lane &= magnitude;
        ret_index[v] = _mm512_mask_xor_epi64(bits_of_lane, negative, bits_of_lane, magnitude);
        *ret_negative |= (unsigned)negative << (v * LANES_WIDTH);
    }
}

void lanes_highest_digit(Vector ret_index[LANES_VECTORS], const LanesWords *h, unsigned number,
                         unsigned bits)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        ret_index[v] = window(h, v, number, bits);
    }
}

// Two-register permutations pick one of 16 entries for each lane; four of them and three blends
// make one of 64, with nothing that depends on the index but register contents.
void lanes_select_secret(LanesEntry *ret, uint64_t const row[2 * LIMBS_COUNT][LANES_COMB_COLUMNS],
                         const Vector index[LANES_VECTORS])
{
    Vector words[LANES_VECTORS][2 * LIMBS_COUNT];
    __mmask8 bit4[LANES_VECTORS], bit5[LANES_VECTORS];
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        bit4[v] = _mm512_test_epi64_mask(index[v], lanes_set(16));
        bit5[v] = _mm512_test_epi64_mask(index[v], lanes_set(32));
    }
    for (size_t i = 0; i < 2 * LIMBS_COUNT; i++) {
        const Vector *t = (const Vector *)(const void *)row[i];
        for (size_t v = 0; v < LANES_VECTORS; v++) {
            Vector a = _mm512_permutex2var_epi64(t[0], index[v], t[1]);
            Vector b = _mm512_permutex2var_epi64(t[2], index[v], t[3]);
            Vector c = _mm512_permutex2var_epi64(t[4], index[v], t[5]);
            Vector d = _mm512_permutex2var_epi64(t[6], index[v], t[7]);
            a = _mm512_mask_mov_epi64(a, bit4[v], b);
            c = _mm512_mask_mov_epi64(c, bit4[v], d);
            words[v][i] = _mm512_mask_mov_epi64(a, bit5[v], c);
        }
    }
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        unpack_words(ret->x.limbs[v], &words[v][0]);
        unpack_words(ret->y.limbs[v], &words[v][LIMBS_COUNT]);
    }
}

// Rows of eight words to columns.
LANES_INLINE void transpose(Vector ret[8], const Vector r[8])
{
    Vector a[8], b[8];
    for (size_t i = 0; i < 8; i += 2) {
        a[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
        a[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
    for (size_t i = 0; i < 2; i++) {
        b[i] = _mm512_shuffle_i64x2(a[i], a[i + 2], 0x88);
        b[i + 2] = _mm512_shuffle_i64x2(a[i], a[i + 2], 0xdd);
        b[i + 4] = _mm512_shuffle_i64x2(a[i + 4], a[i + 6], 0x88);
        b[i + 6] = _mm512_shuffle_i64x2(a[i + 4], a[i + 6], 0xdd);
    }
    for (size_t i = 0; i < 4; i++) {
        ret[i] = _mm512_shuffle_i64x2(b[i], b[i + 4], 0x88);
        ret[i + 4] = _mm512_shuffle_i64x2(b[i], b[i + 4], 0xdd);
    }
}

void lanes_load_public(LanesEntry *ret, const LanesPacked *const entries[LANES_COUNT])
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        Vector rows[8], words[8];
        for (size_t i = 0; i < LANES_WIDTH; i++) {
            rows[i] = _mm512_load_si512(entries[v * LANES_WIDTH + i]);
        }
        transpose(words, rows);
        unpack_words(ret->x.limbs[v], &words[0]);
        unpack_words(ret->y.limbs[v], &words[LIMBS_COUNT]);
    }
}

#endif
