// SPDX-License-Identifier: Apache-2.0
//
// Recoding of scalars and look-ups in tables.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_limbs.h"
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
LANES_INLINE Vector select_word(const uint64_t row[LANES_COMB_COLUMNS], Vector index, __mmask8 bit4,
                                __mmask8 bit5)
{
    const Vector *t = (const Vector *)(const void *)row;
    Vector a = _mm512_permutex2var_epi64(t[0], index, t[1]);
    Vector b = _mm512_permutex2var_epi64(t[2], index, t[3]);
    Vector c = _mm512_permutex2var_epi64(t[4], index, t[5]);
    Vector d = _mm512_permutex2var_epi64(t[6], index, t[7]);
    a = _mm512_mask_mov_epi64(a, bit4, b);
    c = _mm512_mask_mov_epi64(c, bit4, d);
    return _mm512_mask_mov_epi64(a, bit5, c);
}

LANES_INLINE void select_number(Vector ret[LANES_LIMBS],
                                uint64_t const row[LIMBS_COUNT][LANES_COMB_COLUMNS], Vector index)
{
    const __mmask8 bit4 = _mm512_test_epi64_mask(index, lanes_set(16));
    const __mmask8 bit5 = _mm512_test_epi64_mask(index, lanes_set(32));
    const Vector words[LIMBS_COUNT] = {
        select_word(row[0], index, bit4, bit5), select_word(row[1], index, bit4, bit5),
        select_word(row[2], index, bit4, bit5), select_word(row[3], index, bit4, bit5)};
    unpack_words(ret, words);
}

void lanes_select_secret(LanesEntry *ret, uint64_t const row[2 * LIMBS_COUNT][LANES_COMB_COLUMNS],
                         const Vector index[LANES_VECTORS])
{
    select_number(ret->x.limbs[0], &row[0], index[0]);
    select_number(ret->x.limbs[1], &row[0], index[1]);
    select_number(ret->y.limbs[0], &row[LIMBS_COUNT], index[0]);
    select_number(ret->y.limbs[1], &row[LIMBS_COUNT], index[1]);
}

// The first words of four rows of eight, two rows to a vector, and so on: a step of transposing.
LANES_INLINE void join_rows(Vector ret[4], Vector r0, Vector r1, Vector r2, Vector r3)
{
    Vector low0 = _mm512_unpacklo_epi64(r0, r1), high0 = _mm512_unpackhi_epi64(r0, r1);
    Vector low1 = _mm512_unpacklo_epi64(r2, r3), high1 = _mm512_unpackhi_epi64(r2, r3);
    ret[0] = _mm512_shuffle_i64x2(low0, low1, 0x88);
    ret[1] = _mm512_shuffle_i64x2(high0, high1, 0x88);
    ret[2] = _mm512_shuffle_i64x2(low0, low1, 0xdd);
    ret[3] = _mm512_shuffle_i64x2(high0, high1, 0xdd);
}

// Eight rows of eight words to columns.
LANES_INLINE void transpose(Vector ret[8], const Vector r[8])
{
    Vector a[4], b[4];
    join_rows(a, r[0], r[1], r[2], r[3]);
    join_rows(b, r[4], r[5], r[6], r[7]);
    ret[0] = _mm512_shuffle_i64x2(a[0], b[0], 0x88);
    ret[1] = _mm512_shuffle_i64x2(a[1], b[1], 0x88);
    ret[2] = _mm512_shuffle_i64x2(a[2], b[2], 0x88);
    ret[3] = _mm512_shuffle_i64x2(a[3], b[3], 0x88);
    ret[4] = _mm512_shuffle_i64x2(a[0], b[0], 0xdd);
    ret[5] = _mm512_shuffle_i64x2(a[1], b[1], 0xdd);
    ret[6] = _mm512_shuffle_i64x2(a[2], b[2], 0xdd);
    ret[7] = _mm512_shuffle_i64x2(a[3], b[3], 0xdd);
}

// Eight entries to the words of x and y.
LANES_INLINE void load_eight(Vector ret_x[LANES_LIMBS], Vector ret_y[LANES_LIMBS],
                             const LanesPacked *const entries[LANES_WIDTH])
{
    const Vector rows[8] = {_mm512_load_si512(entries[0]), _mm512_load_si512(entries[1]),
                            _mm512_load_si512(entries[2]), _mm512_load_si512(entries[3]),
                            _mm512_load_si512(entries[4]), _mm512_load_si512(entries[5]),
                            _mm512_load_si512(entries[6]), _mm512_load_si512(entries[7])};
    Vector words[8];
    transpose(words, rows);
    unpack_words(ret_x, &words[0]);
    unpack_words(ret_y, &words[LIMBS_COUNT]);
}

void lanes_load_public(LanesEntry *ret, const LanesPacked *const entries[LANES_COUNT])
{
    load_eight(ret->x.limbs[0], ret->y.limbs[0], &entries[0]);
    load_eight(ret->x.limbs[1], ret->y.limbs[1], &entries[LANES_WIDTH]);
}

void lanes_load_public_eight(LanesField *ret, const LanesPacked *const entries[LANES_WIDTH])
{
    load_eight(ret->limbs[0], ret->limbs[1], entries);
}

LANES_INLINE void store_eight(LanesPacked *const ret[LANES_WIDTH], size_t index,
                              const LanesWords *x, const LanesWords *y, size_t lane)
{
    const Vector words[8] = {
        _mm512_load_si512(&x->words[0][lane]), _mm512_load_si512(&x->words[1][lane]),
        _mm512_load_si512(&x->words[2][lane]), _mm512_load_si512(&x->words[3][lane]),
        _mm512_load_si512(&y->words[0][lane]), _mm512_load_si512(&y->words[1][lane]),
        _mm512_load_si512(&y->words[2][lane]), _mm512_load_si512(&y->words[3][lane])};
    Vector rows[8];
    transpose(rows, words);
    _mm512_store_si512(&ret[0][index], rows[0]);
    _mm512_store_si512(&ret[1][index], rows[1]);
    _mm512_store_si512(&ret[2][index], rows[2]);
    _mm512_store_si512(&ret[3][index], rows[3]);
    _mm512_store_si512(&ret[4][index], rows[4]);
    _mm512_store_si512(&ret[5][index], rows[5]);
    _mm512_store_si512(&ret[6][index], rows[6]);
    _mm512_store_si512(&ret[7][index], rows[7]);
}

void lanes_store_packed(LanesPacked *const ret[LANES_COUNT], size_t index, const LanesField *x,
                        const LanesField *y)
{
    LanesWords packed_x, packed_y;
    lanes_pack(&packed_x, x);
    lanes_pack(&packed_y, y);
    store_eight(&ret[0], index, &packed_x, &packed_y, 0);
    store_eight(&ret[LANES_WIDTH], index, &packed_x, &packed_y, LANES_WIDTH);
}

#endif
