// SPDX-License-Identifier: Apache-2.0
//
// Many messages at once: each lane of a vector hashes one message and takes the next when it is
// through, so that lengths may differ.
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm3/sm3_backend.h"

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

// Give the lane its next message, if there is one.
static void lane_start(Batch *batch, size_t number)
{
    Lane *lane = &batch->lanes[number];
    if (batch->started == batch->count) {
        lane->index = SIZE_MAX;
        lane->next = lane->last;
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
    Sm3Digest *digest = &batch->ret[batch->lanes[number].index];
    for (size_t i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(batch->states.words[i][number]);
        memcpy(&digest->bytes[4 * i], &word, sizeof word);
    }
    batch->active--;
}

// Go past the block that was taken in.
static void lane_step(Batch *batch, size_t number)
{
    Lane *lane = &batch->lanes[number];
    if (lane->index == SIZE_MAX) {
        return;
    }
    if (lane->whole > 0) {
        lane->whole--;
        lane->next = lane->whole > 0 ? lane->next + SM3_BLOCK_SIZE : lane->last;
        return;
    }
    lane->padded--;
    lane->next += SM3_BLOCK_SIZE;
    if (lane->padded == 0) {
        lane_finish(batch, number);
        lane_start(batch, number);
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
    while (batch->active > 3) {
        const uint8_t *blocks[SM3_MAX_LANES];
        for (size_t i = 0; i < lane_count; i++) {
            blocks[i] = batch->lanes[i].next;
        }
        batch->backend->compress_lanes(&batch->states, blocks);
        for (size_t i = 0; i < lane_count; i++) {
            lane_step(batch, i);
        }
    }
    for (size_t i = 0; i < lane_count; i++) {
        if (batch->lanes[i].index != SIZE_MAX) {
            lane_complete(batch, i);
        }
    }
}

void sm3_digest_many_with(const Sm3Backend *backend, const Bytes *messages, Sm3Digest *ret,
                          size_t count)
{
    if (backend->lane_count == 0 || count <= 3) {
        for (size_t i = 0; i < count; i++) {
            ret[i] = sm3_digest(messages[i]);
        }
        return;
    }
    Batch batch = {.backend = backend, .messages = messages, .ret = ret, .count = count};
    batch_run(&batch);
    secret_wipe(&batch, sizeof batch);
}

void sm3_digest_many(const Bytes *messages, Sm3Digest *ret, size_t count)
{
    sm3_digest_many_with(sm3_backend(), messages, ret, count);
}
