// SPDX-License-Identifier: Apache-2.0
//
// SM3 of several messages side by side, a word of each in a vector: one text for both widths, for
// the SM core only. Who includes it defines SM3_LANES_AVX512 for the wide one.
#ifndef ASSENT_BASE_SM3_SM3_LANES_H
#define ASSENT_BASE_SM3_SM3_LANES_H

#if defined(__x86_64__)

#include "base/sm3/sm3_lane_set.h"

// Take `count` whole blocks of each message in, from `offset` on.
static TARGET_INLINE void lane_set_update(LaneSet *set, const uint8_t *const messages[LANES],
                                          size_t offset, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lane_set_load(set, messages, offset + i * SM3_BLOCK_SIZE, SM3_BLOCK_SIZE);
        lane_set_compress(set);
    }
}

static TARGET_INLINE void lane_set_add(LaneSet *set, const uint32_t words[16])
{
    for (size_t i = 0; i < 16; i++) {
        set->w[i] |= (Vector){0} + words[i];
    }
}

// The place of each message; where there is none, the first one is hashed once more for nothing.
static inline void find_messages(const Bytes *messages, size_t count, const uint8_t *ret[LANES])
{
    for (size_t i = 0; i < LANES; i++) {
        ret[i] = messages[i < count ? i : 0].data;
    }
}

static TARGET void compress_lanes(Sm3Lanes *lanes, const uint8_t *const blocks[SM3_MAX_LANES],
                                  size_t count)
{
    LaneSet set;
    for (size_t i = 0; i < 8; i++) {
        memcpy(&set.state[i], lanes->words[i], sizeof set.state[i]);
    }
    lane_set_update(&set, blocks, 0, count);
    for (size_t i = 0; i < 8; i++) {
        memcpy(lanes->words[i], &set.state[i], sizeof set.state[i]);
    }
    lane_set_wipe(&set);
}

static TARGET void digest_equal(const Bytes *messages, Sm3Digest *ret, size_t count)
{
    LaneSet set;
    Sm3Ending ending;
    const uint8_t *places[LANES];
    find_messages(messages, count, places);
    sm3_end(&ending, messages[0].len);
    lane_set_start(&set);
    lane_set_update(&set, places, 0, ending.whole);
    for (size_t i = 0; i < ending.count; i++) {
        lane_set_load(&set, places, (ending.whole + i) * SM3_BLOCK_SIZE, ending.lens[i]);
        lane_set_add(&set, ending.words[i]);
        lane_set_compress(&set);
    }
    lane_set_finish(&set, ret, count);
    lane_set_wipe(&set);
}

#endif

#endif
