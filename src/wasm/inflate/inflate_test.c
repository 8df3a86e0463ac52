// SPDX-License-Identifier: Apache-2.0
//
// Everything here is compared with zlib itself.
#include "wasm/inflate/inflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/test/test.h"

enum { PLAIN_MAX = 200000, PACKED_MAX = 300000 };

// What one of the two makes of a stream.
typedef struct {
    uint8_t *plain;
    size_t len;
    InflateResult result;
    size_t rest;
} Trial;

static void trial_free(Trial *trial)
{
    free(trial->plain);
}

static Trial run_own(Bytes packed, size_t room, size_t step)
{
    Trial trial = {.plain = malloc(room + 1), .result = INFLATE_MORE};
    Inflate *inflate = malloc(sizeof *inflate);
    CHECK(trial.plain != NULL && inflate != NULL);
    inflate_start(inflate, packed);
    // Once more without room: the end of the stream needs none.
    for (size_t given = 1; trial.result == INFLATE_MORE && (given > 0 || trial.len < room);) {
        size_t len = 0;
        given = room - trial.len < step ? room - trial.len : step;
        trial.result = inflate_run(inflate, &trial.plain[trial.len], given, &len);
        trial.len += len;
    }
    trial.rest = inflate_rest(inflate);
    free(inflate);
    return trial;
}

static Trial run_zlib(Bytes packed, size_t room)
{
    Trial trial = {.plain = malloc(room + 1)};
    uint8_t *copy = malloc(packed.len + 1);
    CHECK(trial.plain != NULL && copy != NULL);
    if (packed.len > 0) {
        memcpy(copy, packed.data, packed.len);
    }
    z_stream stream = {.next_in = copy,
                       .avail_in = (uInt)packed.len,
                       .next_out = trial.plain,
                       .avail_out = (uInt)room};
    CHECK_INT(inflateInit(&stream), Z_OK);
    int state = inflate(&stream, Z_FINISH);
    trial.len = room - stream.avail_out;
    trial.rest = stream.avail_in;
    trial.result = state == Z_STREAM_END                           ? INFLATE_ENDED
                   : state == Z_BUF_ERROR && stream.avail_out == 0 ? INFLATE_MORE
                                                                   : INFLATE_BAD;
    inflateEnd(&stream);
    free(copy);
    return trial;
}

static void compare(Bytes packed, size_t room, size_t step)
{
    CLEANUP(trial_free) Trial ours = run_own(packed, room, step);
    CLEANUP(trial_free) Trial theirs = run_zlib(packed, room);
    // When the output is full and the input at its end at once, zlib cannot tell which it lacks.
    bool is_full = ours.len == room && theirs.len == room && ours.result != INFLATE_ENDED &&
                   theirs.result != INFLATE_ENDED;
    CHECK(is_full || ours.result == theirs.result);
    CHECK_INT(ours.len, theirs.len);
    CHECK(memcmp(ours.plain, theirs.plain, ours.len) == 0);
    CHECK(ours.result != INFLATE_ENDED || ours.rest == theirs.rest);
}

static uint64_t chance(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

// Text-like, noise, runs, or far matches.
static void fill(uint8_t *plain, size_t len, unsigned kind, uint64_t *state)
{
    for (size_t i = 0; i < len; i++) {
        uint64_t r = chance(state);
        switch (kind) {
        case 0:
            plain[i] = (uint8_t)("etaoin shrdlu<>/0123"[r % 20]);
            break;
        case 1:
            plain[i] = (uint8_t)r;
            break;
        case 2:
            plain[i] = (uint8_t)(i / 300);
            break;
        default:
            plain[i] = i >= 32768 && r % 50 != 0 ? plain[i - 32768] : (uint8_t)r;
        }
    }
}

static Bytes pack(const uint8_t *plain, size_t len, int level, int strategy, uint8_t *packed)
{
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)plain,
                       .avail_in = (uInt)len,
                       .next_out = packed,
                       .avail_out = PACKED_MAX};
    CHECK_INT(deflateInit2(&stream, level, Z_DEFLATED, 15, 9, strategy), Z_OK);
    CHECK_INT(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t packed_len = PACKED_MAX - stream.avail_out;
    deflateEnd(&stream);
    return bytes_of(packed, packed_len);
}

TEST(what_zlib_packs_is_inflated_as_zlib_does)
{
    static const size_t sizes[] = {0, 1, 2, 257, 5552, 65536, 150000};
    static const size_t steps[] = {1, 7, 4096, PLAIN_MAX};
    static const int ways[][2] = {{0, Z_DEFAULT_STRATEGY}, {1, Z_DEFAULT_STRATEGY},
                                  {9, Z_DEFAULT_STRATEGY}, {6, Z_FIXED},
                                  {6, Z_HUFFMAN_ONLY},     {6, Z_RLE}};
    uint8_t *plain = malloc(PLAIN_MAX), *packed = malloc(PACKED_MAX);
    uint64_t state = 1;
    CHECK(plain != NULL && packed != NULL);
    for (unsigned i = 0; i < COUNT_OF(sizes) * COUNT_OF(ways) * 4; i++) {
        size_t len = sizes[i / 4 % COUNT_OF(sizes)];
        const int *way = ways[i / 4 / COUNT_OF(sizes)];
        fill(plain, len, i % 4, &state);
        Bytes stream = pack(plain, len, way[0], way[1], packed);
        compare(stream, PLAIN_MAX, steps[i % 3 + 1]);
        compare(stream, len, steps[i % 4]);
        compare(stream, len / 2, steps[i % 4]);
    }
    free(plain);
    free(packed);
}

TEST(damaged_and_cut_streams_are_judged_as_zlib_does)
{
    uint8_t plain[600], *packed = malloc(PACKED_MAX);
    uint64_t state = 2;
    CHECK(packed != NULL);
    for (unsigned i = 0; i < 24; i++) {
        fill(plain, sizeof plain, i % 3, &state);
        Bytes stream = pack(plain, sizeof plain, i % 2 == 0 ? 9 : 1,
                            i % 5 == 4 ? Z_FIXED : Z_DEFAULT_STRATEGY, packed);
        for (size_t len = 0; len < stream.len; len++) {
            compare(bytes_slice(stream, 0, len), 1000, 1000);
        }
        for (size_t bit = 0; bit < 8 * stream.len; bit++) {
            packed[bit / 8] ^= (uint8_t)(1U << bit % 8);
            compare(stream, 1000, 64);
            packed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
    free(packed);
}

// Whether both take a bare stream, and give the same, with more room than it needs.
static void compare_bare(Bytes bare)
{
    uint8_t ours[1000], theirs[1000];
    size_t len = 0;
    Inflate *inflate_state = malloc(sizeof *inflate_state);
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)bare.data,
                       .avail_in = (uInt)bare.len,
                       .next_out = theirs,
                       .avail_out = sizeof theirs};
    CHECK(inflate_state != NULL);
    inflate_start_bare(inflate_state, bare);
    InflateResult result = inflate_run(inflate_state, ours, sizeof ours, &len);
    CHECK_INT(inflateInit2(&stream, -15), Z_OK);
    int state = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    CHECK((result == INFLATE_ENDED) == (state == Z_STREAM_END));
    CHECK_INT(len, sizeof theirs - stream.avail_out);
    CHECK(memcmp(ours, theirs, len) == 0);
    CHECK(result != INFLATE_ENDED || inflate_rest(inflate_state) == stream.avail_in);
    free(inflate_state);
}

TEST(bare_streams_are_judged_as_zlib_does)
{
    enum { HEADER = 2, CHECKSUM = 4 };
    uint8_t plain[600], *packed = malloc(PACKED_MAX);
    uint64_t state = 4;
    CHECK(packed != NULL);
    for (unsigned i = 0; i < 12; i++) {
        fill(plain, sizeof plain, i % 3, &state);
        Bytes stream = pack(plain, sizeof plain, 9, Z_DEFAULT_STRATEGY, packed);
        Bytes bare = bytes_slice(stream, HEADER, stream.len - HEADER - CHECKSUM);
        compare_bare(bare);
        compare_bare(bytes_from(stream, HEADER));
        for (size_t len = 0; len < bare.len; len += 3) {
            compare_bare(bytes_slice(bare, 0, len));
        }
        for (size_t bit = 8 * HEADER; bit < 8 * (HEADER + bare.len); bit++) {
            packed[bit / 8] ^= (uint8_t)(1U << bit % 8);
            compare_bare(bare);
            packed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
    free(packed);
}

TEST(random_streams_are_judged_as_zlib_does)
{
    uint64_t state = 3;
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t packed[96] = {0x78, 0x9c};
        size_t len = chance(&state) % (sizeof packed - 2) + 2;
        for (size_t k = 2; k < len; k++) {
            packed[k] = (uint8_t)chance(&state);
        }
        // Mostly the block with codes of its own, which has most to get wrong.
        packed[2] = (uint8_t)(i % 4 == 0 ? packed[2] : (packed[2] & 0xf8) | 5);
        compare(bytes_of(packed, len), 4096, 4096);
    }
}

TEST(bytes_after_the_stream_are_not_taken)
{
    uint8_t packed[64];
    Bytes stream = pack((const uint8_t *)"hello", 5, 9, Z_DEFAULT_STRATEGY, packed);
    Trial trial = run_own(bytes_of(packed, stream.len + 9), 100, 100);
    CHECK_INT(trial.result, INFLATE_ENDED);
    CHECK_INT(trial.rest, 9);
    trial_free(&trial);
}
