// SPDX-License-Identifier: Apache-2.0
//
// A vector's lanes of messages side by side, a word of each in a vector: one text for both widths,
// for sm3_lanes.h. SM3_LANES_AVX512 is defined for the wide one.
#ifndef ASSENT_BASE_SM3_SM3_LANE_SET_H
#define ASSENT_BASE_SM3_SM3_LANE_SET_H

#if defined(__x86_64__)

#include <string.h>

#include "base/sm3/sm3_backend.h"
#include "base/sm3/sm3_rounds.h"
#ifdef SM3_LANES_AVX512
#include "base/sm3/sm3_vector_avx512.h"
#else
#include "base/sm3/sm3_vector_avx2.h"
#endif

// What the lanes of one vector work on. Wipe with lane_set_wipe: messages may be secret.
typedef struct {
    Vector state[8];
    Vector w[16];
} LaneSet;

static TARGET_INLINE void lane_set_start(LaneSet *set)
{
    Sm3 first;
    sm3_start(&first);
    for (size_t i = 0; i < 8; i++) {
        set->state[i] = (Vector){0} + first.state[i];
    }
}

// Load a block of each message, of which the messages have `len` bytes; the others are zero.
static TARGET_INLINE void lane_set_load(LaneSet *set, const uint8_t *const messages[LANES],
                                        size_t offset, size_t len)
{
    load_block(set->w, messages, offset, len);
}

// Write the digests, or the first `count` of them.
static TARGET_INLINE void lane_set_finish(const LaneSet *set, Sm3Digest *ret, size_t count)
{
    Sm3Digest digests[LANES];
    Sm3Digest *all = count == LANES ? ret : digests;
    for (size_t i = 0; i < 2; i++) {
        Quarters x[4];
        memcpy(x, &set->state[4 * i], sizeof x);
        transpose(x);
        for (size_t j = 0; j < 4; j++) {
            scatter(swap_bytes(x[j]), &all[0].bytes[16 * i], j, sizeof all[0]);
        }
    }
    if (count < LANES) {
        memcpy(ret, digests, count * sizeof digests[0]);
    }
}

static TARGET_INLINE void lane_set_wipe(LaneSet *set)
{
    memset(set, 0, sizeof *set);
    __asm__ volatile("" : : "r"(set) : "memory");
}

// Where the constants are; not what they are, which compilers would bring in by two more
// instructions.
static TARGET_INLINE const uint32_t *find_constants(void)
{
    const uint32_t *constants = sm3_constants;
    __asm__("" : "+r"(constants));
    return constants;
}

#define STEP_OF_ONE(j, a, b, c, d, e, f, g, h, ff, gg) \
    SM3_ROUND(Vector, constants[j], w, a, b, c, d, e, f, g, h, j, ff, gg)

static TARGET_INLINE void lane_set_compress(LaneSet *set)
{
    Vector *w = set->w;
    const uint32_t *constants = find_constants();
    Vector a = set->state[0], b = set->state[1], c = set->state[2], d = set->state[3];
    Vector e = set->state[4], f = set->state[5], g = set->state[6], h = set->state[7];
    SM3_ALL_ROUNDS(STEP_OF_ONE);
    const Vector last[8] = {a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < 8; i++) {
        set->state[i] ^= last[i];
    }
}

#endif

#endif
