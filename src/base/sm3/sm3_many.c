// SPDX-License-Identifier: Apache-2.0
//
// Many messages at once. Those of one length that follow each other go through vectors together.
// Else each lane of a vector hashes one message and takes the next when it is through.
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm3/sm3_backend.h"

enum { FEW = 3 };  // messages that are as fast one by one

// One message in work. `index` is its place, SIZE_MAX when the lane is idle.
typedef struct {
    size_t index;
    const uint8_t *next;  // the next block
    size_t whole;         // blocks left in the message
    size_t padded;        // blocks left in `last`, after them
    uint8_t last[2 * SM3_BLOCK_SIZE];
} Lane;

typedef struct {
    const Sm3Backend *backend;
    const Bytes *messages;
    Sm3Digest *ret;
    size_t count;
    size_t started;
    size_t active;
    Lane lanes[SM3_MAX_LANES];
    Sm3Lanes states;
} Batch;

void sm3_lane_digest(const Sm3Lanes *lanes, size_t number, Sm3Digest *ret)
{
    for (size_t i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(lanes->words[i][number]);
        memcpy(&ret->bytes[4 * i], &word, sizeof word);
    }
}

// Give the lane its next message, if there is one.
static void lane_start(Batch *batch, size_t number)
{
    Lane *lane = &batch->lanes[number];
    if (batch->started == batch->count) {
        lane->index = SIZE_MAX;
        return;
    }
    lane->index = batch->started++;
    Bytes message = batch->messages[lane->index];
    lane->whole = message.len / SM3_BLOCK_SIZE;
    Bytes rest = bytes_from(message, lane->whole * SM3_BLOCK_SIZE);
    lane->padded = sm3_pad(lane->last, rest.data, message.len);
    lane->next = lane->whole > 0 ? message.data : lane->last;
    Sm3 first;
    sm3_start(&first);
    for (size_t i = 0; i < 8; i++) {
        batch->states.words[i][number] = first.state[i];
    }
    batch->active++;
}

static void lane_finish(Batch *batch, size_t number)
{
    sm3_lane_digest(&batch->states, number, &batch->ret[batch->lanes[number].index]);
    batch->active--;
}

static bool is_idle(const Lane *lane)
{
    return lane->index == SIZE_MAX;
}

// Go past `count` blocks that were taken in.
static void lane_step(Batch *batch, size_t number, size_t count)
{
    Lane *lane = &batch->lanes[number];
    if (is_idle(lane)) {
        return;
    }
    if (lane->whole > 0) {
        lane->whole -= count;
        lane->next = lane->whole > 0 ? lane->next + count * SM3_BLOCK_SIZE : lane->last;
        return;
    }
    lane->padded -= count;
    lane->next += count * SM3_BLOCK_SIZE;
    if (lane->padded == 0) {
        lane_finish(batch, number);
        lane_start(batch, number);
    }
}

// Take in as many blocks as all lanes have in one piece. An idle lane goes along with another one.
static void batch_step(Batch *batch)
{
    const size_t lane_count = batch->backend->lane_count;
    const uint8_t *blocks[SM3_MAX_LANES];
    const uint8_t *any = NULL;
    size_t count = SIZE_MAX;
    for (size_t i = 0; i < lane_count; i++) {
        const Lane *lane = &batch->lanes[i];
        if (!is_idle(lane)) {
            size_t left = lane->whole > 0 ? lane->whole : lane->padded;
            count = left < count ? left : count;
            any = lane->next;
        }
    }
    for (size_t i = 0; i < lane_count; i++) {
        blocks[i] = is_idle(&batch->lanes[i]) ? any : batch->lanes[i].next;
    }
    batch->backend->compress_lanes(&batch->states, blocks, count);
    for (size_t i = 0; i < lane_count; i++) {
        lane_step(batch, i, count);
    }
}

// Bring a lane's message to its end alone.
static void lane_complete(Batch *batch, size_t number)
{
    Lane *lane = &batch->lanes[number];
    uint32_t state[8];
    for (size_t i = 0; i < 8; i++) {
        state[i] = batch->states.words[i][number];
    }
    if (lane->whole > 0) {
        batch->backend->compress(state, lane->next, lane->whole);
        lane->next = lane->last;
    }
    batch->backend->compress(state, lane->next, lane->padded);
    for (size_t i = 0; i < 8; i++) {
        batch->states.words[i][number] = state[i];
    }
    lane_finish(batch, number);
}

static void batch_run(Batch *batch)
{
    size_t lane_count = batch->backend->lane_count;
    for (size_t i = 0; i < lane_count; i++) {
        lane_start(batch, i);
    }
    // All lanes together take about as long as three blocks one after the other.
    while (batch->active > FEW) {
        batch_step(batch);
    }
    for (size_t i = 0; i < lane_count; i++) {
        if (!is_idle(&batch->lanes[i])) {
            lane_complete(batch, i);
        }
    }
}

static void digest_any(const Sm3Backend *backend, const Bytes *messages, Sm3Digest *ret,
                       size_t count)
{
    if (backend->lane_count == 0 || count <= FEW) {
        for (size_t i = 0; i < count; i++) {
            ret[i] = sm3_digest(messages[i]);
        }
        return;
    }
    Batch batch = {.backend = backend, .messages = messages, .ret = ret, .count = count};
    batch_run(&batch);
    secret_wipe(&batch, sizeof batch);
}

// How many messages from the first on have the same length, as far as they are taken at a time.
static size_t count_equal(const Bytes *messages, size_t count, size_t limit)
{
    size_t equal = 1;
    while (equal < count && equal < limit && messages[equal].len == messages[0].len) {
        equal++;
    }
    return equal;
}

void sm3_digest_many_with(const Sm3Backend *backend, const Bytes *messages, Sm3Digest *ret,
                          size_t count)
{
    // A run of equal lengths is worth leaving the lanes for when it fills half of them, or is all.
    const size_t least = backend->lane_count / 2;
    size_t pending = 0, i = 0;
    while (backend->equal_count > 0 && i < count) {
        size_t equal = count_equal(&messages[i], count - i, backend->equal_count);
        if (equal > FEW && (equal >= least || equal == count)) {
            digest_any(backend, &messages[pending], &ret[pending], i - pending);
            backend->digest_equal(&messages[i], &ret[i], equal);
            pending = i + equal;
        }
        i += equal;
    }
    digest_any(backend, &messages[pending], &ret[pending], count - pending);
}

void sm3_digest_many(const Bytes *messages, Sm3Digest *ret, size_t count)
{
    sm3_digest_many_with(sm3_backend(), messages, ret, count);
}
