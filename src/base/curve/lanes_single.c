// SPDX-License-Identifier: Apache-2.0
//
// Products with the base point. An odd k below 2^256 is a sum of eight parts, d_l 2^32l with odd
// d_l below 2^32 in size, and lane l computes the l-th: bits 32l to 32l+31 of (k - 1) / 2 + 2^255,
// cut into windows, are the digits of d_l in the manner of lanes_table.h.
//
// No addition meets equal or opposite points, for k below n. In what follows sums are integers, and
// two of them meet where A + B or A - B is c n. Within a lane, and for pairs of sums of lanes, the
// powers of two that divide A and B differ, so c is not 0; and n is odd, so a power of two that
// divides both divides c as well. All sums are below 2^256 in size and c is 1 or -1: what is left
// are sums that contain lane 0. Before the last addition these are below 2^225 < n in size. There
// A has the lanes 0, 2, 4, 6 and B the others, A + B = k is no multiple of n, and B - A = n would
// mean k = n + 2A with A < 0; but then n = B - A is written in odd digits, in one way only, of
// which that of lane 6 has the opposite sign of A's, and n has it negative, because bit 224 of n
// is 0: A > 0. B - A = -n would mean k = 2A - n < 0.
#include "base/curve/lanes.h"

#if defined(__x86_64__)

#include "base/curve/lanes_single.h"

#include <pthread.h>

#include "base/curve/lanes_limbs.h"
#include "base/curve/lanes_table.h"
#include "base/secret/secret.h"

// 64 KB: fewer additions with wider windows cost more in reading the table than they save.
enum { SLOTS = 6, SLOT_ENTRIES = 128, LANE_BITS = 32 };

typedef struct {
    unsigned start, bits;  // of the lane's 32 bits
    unsigned first;        // its first entry, of 2^(bits - 1)
} Slot;

static const Slot slots[SLOTS] = {{0, 6, 0},   {6, 6, 32},  {12, 5, 64},
                                  {17, 5, 80}, {22, 5, 96}, {27, 5, 112}};

// Word i of x and y of each lane's entry: entry j of a slot is 2j + 1 times the base point times
// 2^(32 lane + start). Computed once, constant afterwards.
static _Alignas(64) uint64_t base_entries[SLOT_ENTRIES][2 * LIMBS_COUNT][LANES_WIDTH];
static pthread_once_t base_entries_once = PTHREAD_ONCE_INIT;

static void double_scalar(Scalar *k, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        scalar_add(k, k, k);
    }
}

// Entries j and j + 1 of a slot.
static LANES_TARGET void compute_two_entries(unsigned start, unsigned j,
                                             uint64_t ret[2][2 * LIMBS_COUNT][LANES_WIDTH])
{
    Scalar k[LANES_COUNT];
    CurvePoint points[LANES_COUNT];
    const CurvePoint *views[LANES_COUNT];
    LanesField x, y;
    LanesWords words[2];
    for (unsigned i = 0; i < LANES_COUNT; i++) {
        k[i] = (Scalar){{2 * (j + i / LANES_WIDTH) + 1}};
        double_scalar(&k[i], LANE_BITS * (i % LANES_WIDTH) + start);
        views[i] = &points[i];
    }
    // Never false: none of the scalars is a multiple of n.
    (void)!lanes_multiply_base(points, k, 1);
    lanes_load_plain(&x, &y, views);
    lanes_pack(&words[0], &x);
    lanes_pack(&words[1], &y);
    for (size_t i = 0; i < LANES_COUNT; i++) {
        for (size_t word = 0; word < LIMBS_COUNT; word++) {
            size_t lane = i % LANES_WIDTH;
            ret[i / LANES_WIDTH][word][lane] = words[0].words[word][i];
            ret[i / LANES_WIDTH][LIMBS_COUNT + word][lane] = words[1].words[word][i];
        }
    }
}

static void compute_base_entries(void)
{
    for (size_t slot = 0; slot < SLOTS; slot++) {
        for (unsigned j = 0; j < 1U << (slots[slot].bits - 1); j += 2) {
            compute_two_entries(slots[slot].start, j, &base_entries[slots[slot].first + j]);
        }
    }
}

// Read all entries of the slot and keep each lane's.
static __attribute__((noinline)) LANES_TARGET void select_entry(LanesOctetEntry *ret,
                                                                const Slot *slot, Vector lanes)
{
    const Vector magnitude = lanes_set((1 << (slot->bits - 1)) - 1);
    const Vector sign = lanes_set(1 << (slot->bits - 1)), one = lanes_set(1);
    const Vector(*entry)[2 * LIMBS_COUNT] =
        (const Vector(*)[2 * LIMBS_COUNT])(const void *)base_entries[slot->first];
    Vector bits = _mm512_srl_epi64(lanes, _mm_cvtsi32_si128((int)slot->start));
    __mmask8 negative = _mm512_testn_epi64_mask(bits, sign);
    bits &= magnitude;
    Vector index = _mm512_mask_xor_epi64(bits, negative, bits, magnitude);
    Vector w0 = entry[0][0], w1 = entry[0][1], w2 = entry[0][2], w3 = entry[0][3];
    Vector w4 = entry[0][4], w5 = entry[0][5], w6 = entry[0][6], w7 = entry[0][7];
    Vector number = one;
    for (unsigned j = 1; j < 1U << (slot->bits - 1); j++, number += one) {
        __mmask8 here = _mm512_cmpeq_epi64_mask(index, number);
        w0 = _mm512_mask_mov_epi64(w0, here, entry[j][0]);
        w1 = _mm512_mask_mov_epi64(w1, here, entry[j][1]);
        w2 = _mm512_mask_mov_epi64(w2, here, entry[j][2]);
        w3 = _mm512_mask_mov_epi64(w3, here, entry[j][3]);
        w4 = _mm512_mask_mov_epi64(w4, here, entry[j][4]);
        w5 = _mm512_mask_mov_epi64(w5, here, entry[j][5]);
        w6 = _mm512_mask_mov_epi64(w6, here, entry[j][6]);
        w7 = _mm512_mask_mov_epi64(w7, here, entry[j][7]);
    }
    unpack_words(ret->xy.limbs[0], (const Vector[]){w0, w1, w2, w3});
    unpack_words(ret->xy.limbs[1], (const Vector[]){w4, w5, w6, w7});
    ret->negative = negative;
}

// The 32 bits of each lane.
LANES_INLINE Vector split(const Scalar *odd)
{
    const uint64_t *k = odd->limbs;
    return _mm512_cvtepu32_epi64(_mm256_setr_epi64x(
        (long long)(k[0] >> 1 | k[1] << 63), (long long)(k[1] >> 1 | k[2] << 63),
        (long long)(k[2] >> 1 | k[3] << 63), (long long)(k[3] >> 1 | (uint64_t)1 << 63)));
}

void lanes_single_base(LanesSinglePoint *ret, const Scalar *odd)
{
    pthread_once(&base_entries_once, compute_base_entries);
    LanesOctetEntry entries[2];
    LanesOctet octet;
    Vector lanes = split(odd);
    select_entry(&entries[0], &slots[0], lanes);
    select_entry(&entries[1], &slots[1], lanes);
    lanes_octet_start(&octet, &entries[0], &entries[1]);
    for (size_t slot = 2; slot < SLOTS; slot++) {
        select_entry(&entries[0], &slots[slot], lanes);
        lanes_octet_add(&octet, &entries[0]);
    }
    lanes_octet_sum(ret, &octet);
    secret_wipe(&lanes, sizeof lanes);
    secret_wipe(entries, sizeof entries);
    secret_wipe(&octet, sizeof octet);
}

#endif
