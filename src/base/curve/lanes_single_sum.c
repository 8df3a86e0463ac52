// SPDX-License-Identifier: Apache-2.0
//
// Sums for verification with a table. Everything is public here.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_single.h"

#include "base/curve/lanes_limbs.h"
#include "base/curve/lanes_table.h"

// Both scalars have a term for each row; eight are added at a time, and the last terms are few.
enum {
    TERMS = 2 * LANES_COMB_ROWS,
    FULL = TERMS / LANES_WIDTH,
    REST = TERMS % LANES_WIDTH,
};

typedef struct {
    const LanesPacked *entries[(FULL + 1) * LANES_WIDTH];
    uint8_t negative[FULL + 1];  // bit by bit
} Terms;

// Terms `first` and following: the digits of k, or of n - k where k is even.
static void find_terms(Terms *ret, size_t first, const Scalar *k, const LanesTable *table)
{
    uint64_t odd[LIMBS_COUNT + 1] = {k->limbs[0], k->limbs[1], k->limbs[2], k->limbs[3], 0};
    const bool flipped = (k->limbs[0] & 1) == 0;
    if (flipped) {
        scalar_order_minus(odd, k);
    }
    for (size_t row = 0; row < LANES_COMB_ROWS; row++) {
        size_t bit = row * LANES_COMB_BITS + 1, shift = bit % 64, term = first + row;
        uint64_t bits = odd[bit / 64] >> shift | odd[bit / 64 + 1 - (shift == 0)] << (-shift % 64);
        bits &= 2 * LANES_COMB_COLUMNS - 1;
        bool negative = row + 1 < LANES_COMB_ROWS && bits < LANES_COMB_COLUMNS;
        size_t column = negative ? LANES_COMB_COLUMNS - 1 - bits : bits % LANES_COMB_COLUMNS;
        ret->entries[term] = &table->rows[row][column];
        __builtin_prefetch(ret->entries[term]);
        ret->negative[term / LANES_WIDTH] |= (uint8_t)((negative != flipped) << term % LANES_WIDTH);
    }
}

static LANES_TARGET void load_terms(LanesOctetEntry *ret, const Terms *terms, size_t group)
{
    lanes_load_public_eight(&ret->xy, &terms->entries[group * LANES_WIDTH]);
    ret->negative = terms->negative[group];
}

// Only the lanes of the mask keep what `octet` has become.
static LANES_TARGET void keep(LanesField *octet, const LanesField *before, __mmask8 changed)
{
    for (size_t v = 0; v < LANES_VECTORS; v++) {
        for (size_t i = 0; i < LANES_LIMBS; i++) {
            octet->limbs[v][i] =
                _mm512_mask_mov_epi64(before->limbs[v][i], changed, octet->limbs[v][i]);
        }
    }
}

void lanes_single_sum(LanesSinglePoint *ret, const Scalar *s, const Scalar *t,
                      const LanesTable *table)
{
    Terms terms = {.negative = {0}};
    LanesOctetEntry entries[2];
    LanesOctet octet, before;
    find_terms(&terms, 0, t, table);
    find_terms(&terms, LANES_COMB_ROWS, s, &lanes_base_comb()->entries);
    for (size_t i = TERMS; i < (FULL + 1) * LANES_WIDTH; i++) {
        terms.entries[i] = terms.entries[0];
    }
    load_terms(&entries[0], &terms, 0);
    load_terms(&entries[1], &terms, 1);
    lanes_octet_start(&octet, &entries[0], &entries[1]);
    for (size_t group = 2; group < FULL; group++) {
        load_terms(&entries[0], &terms, group);
        lanes_octet_add(&octet, &entries[0]);
    }
    before = octet;
    load_terms(&entries[0], &terms, FULL);
    lanes_octet_add(&octet, &entries[0]);
    keep(&octet.xy, &before.xy, (1U << REST) - 1);
    keep(&octet.zz, &before.zz, (1U << REST) - 1);
    lanes_octet_sum(ret, &octet);
}

#endif
