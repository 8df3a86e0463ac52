// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm3/sm3.h"
#include "base/sm3/sm3_backend.h"

enum { COUNTER_SIZE = 4, FEW = 3 };

static void store_counter(uint8_t ret[COUNTER_SIZE], uint32_t counter)
{
    for (size_t i = 0; i < COUNTER_SIZE; i++) {
        ret[i] = (uint8_t)(counter >> (24 - 8 * i));
    }
}

// Returns how many bytes were wanted of it.
static size_t put_digest(const Sm3Digest *digest, uint8_t *ret, size_t left)
{
    size_t len = left < SM3_SIZE ? left : SM3_SIZE;
    memcpy(ret, digest->bytes, len);
    return len;
}

// The last blocks of each lane: what is left of Z, the counter, the padding.
typedef struct {
    size_t count;
    uint8_t bytes[SM3_MAX_LANES][2 * SM3_BLOCK_SIZE];
} LastBlocks;

static void last_blocks_fill(LastBlocks *ret, const Sm3 *after_z)
{
    uint8_t rest[SM3_BLOCK_SIZE + COUNTER_SIZE];
    memcpy(rest, after_z->block, SM3_BLOCK_SIZE);
    const size_t held = after_z->total_bytes % SM3_BLOCK_SIZE;
    const uint64_t total_bytes = after_z->total_bytes + COUNTER_SIZE;
    memset(&rest[held], 0, COUNTER_SIZE);
    // A counter that fills or passes the block leaves none or little of itself to the padding.
    const size_t passed = held + COUNTER_SIZE >= SM3_BLOCK_SIZE ? SM3_BLOCK_SIZE : 0;
    uint8_t *first = ret->bytes[0];
    memcpy(first, rest, passed);
    ret->count = passed / SM3_BLOCK_SIZE;
    ret->count += sm3_pad(&first[passed], &rest[passed], total_bytes);
    for (size_t i = 1; i < SM3_MAX_LANES; i++) {
        memcpy(ret->bytes[i], first, sizeof ret->bytes[i]);
    }
    secret_wipe(rest, sizeof rest);
}

// Make blocks from `counter` + 1 on, as many at a time as there are lanes; returns how many bytes.
static size_t derive_in_lanes(const Sm3Backend *backend, const Sm3 *after_z, uint8_t *ret,
                              size_t ret_len)
{
    const size_t held = after_z->total_bytes % SM3_BLOCK_SIZE;
    const uint8_t *blocks[SM3_MAX_LANES];
    LastBlocks last;
    Sm3Lanes lanes;
    Sm3Digest digest;
    size_t done = 0;
    last_blocks_fill(&last, after_z);
    while (done < ret_len && ret_len - done > FEW * SM3_SIZE) {
        for (size_t i = 0; i < 8; i++) {
            for (size_t j = 0; j < SM3_MAX_LANES; j++) {
                lanes.words[i][j] = after_z->state[i];
            }
        }
        for (size_t i = 0; i < backend->lane_count; i++) {
            store_counter(&last.bytes[i][held], (uint32_t)(done / SM3_SIZE + i + 1));
            blocks[i] = last.bytes[i];
        }
        backend->compress_lanes(&lanes, blocks, last.count);
        for (size_t i = 0; i < backend->lane_count && done < ret_len; i++) {
            sm3_lane_digest(&lanes, i, &digest);
            done += put_digest(&digest, &ret[done], ret_len - done);
        }
    }
    secret_wipe(&last, sizeof last);
    secret_wipe(&lanes, sizeof lanes);
    secret_wipe(&digest, sizeof digest);
    return done;
}

void sm3_kdf_with(const Sm3Backend *backend, Bytes z, uint8_t *ret, size_t ret_len)
{
    Sm3 after_z;
    size_t done = 0;
    sm3_start(&after_z);
    sm3_update(&after_z, z);
    if (backend->lane_count > 0 && ret_len > FEW * SM3_SIZE) {
        done = derive_in_lanes(backend, &after_z, ret, ret_len);
    }
    while (done < ret_len) {
        uint8_t counter[COUNTER_SIZE];
        Sm3 sm3 = after_z;
        Sm3Digest digest;
        store_counter(counter, (uint32_t)(done / SM3_SIZE + 1));
        sm3_update(&sm3, BYTES_OF_ARRAY(counter));
        sm3_finish(&sm3, &digest);
        done += put_digest(&digest, &ret[done], ret_len - done);
        secret_wipe(&digest, sizeof digest);
    }
    secret_wipe(&after_z, sizeof after_z);
}

void sm3_kdf(Bytes z, uint8_t *ret, size_t ret_len)
{
    sm3_kdf_with(sm3_backend(), z, ret, ret_len);
}
