// SPDX-License-Identifier: Apache-2.0
//
// The parts of many records at once. Hashing them is most of what a commitment costs, and in the
// lanes of a vector it costs a seventh.
#include <stdlib.h>
#include <string.h>

#include "base/secret/secret.h"
#include "domain/evidence/commitment.h"

enum {
    // Longer parts are hashed where they are: what joining them to their salts would cost is
    // theirs.
    JOINED_MAX_BYTES = 64 * 1024,
    PARTS_AT_A_TIME = 192,
    MESSAGE_SIZE = 8,
};

// Parts of several records, as far as they are hashed at a time.
typedef struct {
    size_t count;
    Bytes keys[PARTS_AT_A_TIME], messages[PARTS_AT_A_TIME];
    uint8_t numbers[PARTS_AT_A_TIME][MESSAGE_SIZE];
    const Bytes *parts[PARTS_AT_A_TIME];
    Sm3Digest salts[PARTS_AT_A_TIME], leaves[PARTS_AT_A_TIME];
    Writer joined;
} PartBatch;

static bool is_short(const CommitmentInput *input)
{
    size_t total = 0;
    for (size_t i = 0; i < input->count; i++) {
        total += input->parts[i].len < JOINED_MAX_BYTES ? input->parts[i].len : JOINED_MAX_BYTES;
    }
    return input->count > 0 && input->count <= PARTS_AT_A_TIME && total < JOINED_MAX_BYTES &&
           input->salt.len == COMMITMENT_SALT_SIZE;
}

static void take_parts(PartBatch *batch, const CommitmentInput *input)
{
    for (size_t i = 0; i < input->count; i++) {
        size_t at = batch->count++;
        const uint8_t number[MESSAGE_SIZE] = {
            'p',       'a', 'r', 't', (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8),
            (uint8_t)i};
        memcpy(batch->numbers[at], number, sizeof number);
        batch->keys[at] = input->salt;
        batch->messages[at] = BYTES_OF_ARRAY(batch->numbers[at]);
        batch->parts[at] = &input->parts[i];
    }
}

// Salts, then leaves over 0, salt and part.
static bool hash_parts(PartBatch *batch)
{
    size_t end = 0;
    sm3_hmac_many(batch->keys, batch->messages, batch->salts, batch->count);
    batch->joined.len = 0;
    for (size_t i = 0; i < batch->count; i++) {
        writer_put_u8(&batch->joined, 0);
        writer_put(&batch->joined, sm3_bytes(&batch->salts[i]));
        writer_put(&batch->joined, *batch->parts[i]);
    }
    Bytes joined = writer_bytes(&batch->joined);
    for (size_t i = 0; i < batch->count; i++) {
        size_t len = 1 + SM3_SIZE + batch->parts[i]->len;
        batch->messages[i] = bytes_slice(joined, end, len);
        end += len;
    }
    sm3_digest_many(batch->messages, batch->leaves, batch->count);
    return !batch->joined.failed;
}

static void finish_records(const PartBatch *batch, const CommitmentInput *inputs, size_t count,
                           Sm3Digest *ret)
{
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        MerkleFrontier frontier = {0};
        merkle_frontier_append_many(&frontier, &batch->leaves[at], inputs[i].count);
        ret[i] = merkle_frontier_root(&frontier);
        at += inputs[i].count;
    }
}

bool commitment_compute_many(const CommitmentInput *inputs, size_t count, Sm3Digest *ret,
                             Error *err)
{
    PartBatch *batch = malloc(sizeof *batch);
    if (batch == NULL) {
        return error_memory(err);
    }
    batch->joined = writer_new(PARTS_AT_A_TIME * (1 + SM3_SIZE) + 2 * JOINED_MAX_BYTES);
    bool ok = true;
    for (size_t done = 0; ok && done < count;) {
        size_t some = 0, bytes = 0;
        batch->count = 0;
        while (done + some < count && is_short(&inputs[done + some]) && bytes < JOINED_MAX_BYTES &&
               batch->count + inputs[done + some].count <= PARTS_AT_A_TIME) {
            const CommitmentInput *input = &inputs[done + some++];
            for (size_t i = 0; i < input->count; i++) {
                bytes += input->parts[i].len;
            }
            take_parts(batch, input);
        }
        if (some == 0) {
            const CommitmentInput *input = &inputs[done];
            some = 1;
            ok = commitment_compute(input->salt, input->parts, input->count, &ret[done], err);
        } else if (hash_parts(batch)) {
            finish_records(batch, &inputs[done], some, &ret[done]);
        } else {
            ok = error_memory(err);
        }
        done += some;
    }
    writer_free(&batch->joined);
    secret_wipe(batch->salts, sizeof batch->salts);
    free(batch);
    return ok;
}
