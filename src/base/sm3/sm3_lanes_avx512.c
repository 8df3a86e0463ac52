// SPDX-License-Identifier: Apache-2.0
//
// SM3 of 16 messages side by side with AVX-512, or of twice 16: while one set of lanes waits for
// the result of an instruction, the other one goes on.
#include "base/sm3/sm3_backend.h"

#if defined(__x86_64__)

#define SM3_LANES_AVX512
#include "base/core/cpu.h"
#include "base/sm3/sm3_lanes.h"

#define STEP_OF_TWO(j, a, b, c, d, e, f, g, h, ff, gg)                                             \
    SM3_ROUND(Vector, constants[j], one->w, a##1, b##1, c##1, d##1, e##1, f##1, g##1, h##1, j, ff, \
              gg);                                                                                 \
    SM3_ROUND(Vector, constants[j], other->w, a##2, b##2, c##2, d##2, e##2, f##2, g##2, h##2, j,   \
              ff, gg)

static TARGET_INLINE void compress_two(LaneSet *one, LaneSet *other)
{
    const uint32_t *constants = find_constants();
    Vector a1 = one->state[0], b1 = one->state[1], c1 = one->state[2], d1 = one->state[3];
    Vector e1 = one->state[4], f1 = one->state[5], g1 = one->state[6], h1 = one->state[7];
    Vector a2 = other->state[0], b2 = other->state[1], c2 = other->state[2], d2 = other->state[3];
    Vector e2 = other->state[4], f2 = other->state[5], g2 = other->state[6], h2 = other->state[7];
    SM3_ALL_ROUNDS(STEP_OF_TWO);
    const Vector last1[8] = {a1, b1, c1, d1, e1, f1, g1, h1};
    const Vector last2[8] = {a2, b2, c2, d2, e2, f2, g2, h2};
    for (size_t i = 0; i < 8; i++) {
        one->state[i] ^= last1[i];
        other->state[i] ^= last2[i];
    }
}

// As digest_equal for more than LANES messages.
static TARGET void digest_equal_two(const Bytes *messages, Sm3Digest *ret, size_t count)
{
    LaneSet sets[2];
    Sm3Ending ending;
    const uint8_t *places[2][LANES];
    find_messages(messages, LANES, places[0]);
    find_messages(&messages[LANES], count - LANES, places[1]);
    sm3_end(&ending, messages[0].len);
    lane_set_start(&sets[0]);
    lane_set_start(&sets[1]);
    for (size_t i = 0; i < ending.whole + ending.count; i++) {
        bool is_whole = i < ending.whole;
        size_t len = is_whole ? SM3_BLOCK_SIZE : ending.lens[i - ending.whole];
        for (size_t j = 0; j < 2; j++) {
            lane_set_load(&sets[j], places[j], i * SM3_BLOCK_SIZE, len);
            if (!is_whole) {
                lane_set_add(&sets[j], ending.words[i - ending.whole]);
            }
        }
        compress_two(&sets[0], &sets[1]);
    }
    lane_set_finish(&sets[0], ret, LANES);
    lane_set_finish(&sets[1], &ret[LANES], count - LANES);
    lane_set_wipe(&sets[0]);
    lane_set_wipe(&sets[1]);
}

static TARGET void digest_equal_any(const Bytes *messages, Sm3Digest *ret, size_t count)
{
    (count > LANES ? digest_equal_two : digest_equal)(messages, ret, count);
}

const Sm3Backend *sm3_backend_avx512(void)
{
    static const Sm3Backend backend = {
        .compress = sm3_compress_avx2,
        .lane_count = LANES,
        .compress_lanes = compress_lanes,
        .equal_count = 2 * (size_t)LANES,
        .digest_equal = digest_equal_any,
    };
    return cpu_could(CPU_AVX512) ? &backend : NULL;
}

#else

const Sm3Backend *sm3_backend_avx512(void)
{
    return NULL;
}

#endif
