// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/checkpoint_submission.h"

#include <string.h>

#include "base/codec/hex.h"

static bool malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "checkpoint_submission.malformed", "C2SP tlog-witness",
                     "a submitted checkpoint %s", why);
}

bool checkpoint_submission_encode(const CheckpointSubmission *submission, Writer *ret, Error *err)
{
    writer_format(ret, "old %llu\n", (unsigned long long)submission->old_size);
    for (size_t i = 0; i < submission->proof.count; i++) {
        base64_encode(sm3_bytes(&submission->proof.hashes[i]), ret);
        writer_put_text(ret, "\n");
    }
    writer_put_text(ret, "\n");
    writer_put(ret, submission->checkpoint.note.whole);
    return !ret->failed || error_memory(err);
}

static bool take_line(Bytes *text, Bytes *ret)
{
    size_t end;
    if (!bytes_find(*text, BYTES_LITERAL("\n"), 0, &end)) {
        return false;
    }
    *ret = bytes_slice(*text, 0, end);
    *text = bytes_from(*text, end + 1);
    return true;
}

static bool parse_size(Bytes text, uint64_t *ret)
{
    uint64_t value = 0;
    if (text.len == 0 || text.len > 19 || (text.len > 1 && text.data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    *ret = value;
    return value < MERKLE_SIZE_LIMIT;
}

static bool take_proof(Arena *arena, Bytes *text, MerkleProof *ret, Error *err)
{
    Bytes line, hash;
    ret->count = 0;
    while (take_line(text, &line)) {
        if (line.len == 0) {
            return true;
        }
        if (!base64_decode_arena(arena, line, &hash, err)) {
            return error_context(err, "consistency proof");
        }
        if (hash.len != SM3_SIZE || ret->count == CHECKPOINT_SUBMISSION_PROOF_MAX) {
            return malformed("has a wrong proof line", err);
        }
        memcpy(ret->hashes[ret->count++].bytes, hash.data, SM3_SIZE);
    }
    return malformed("ends within its proof", err);
}

bool checkpoint_submission_parse(Arena *arena, Bytes text, CheckpointSubmission *ret, Error *err)
{
    CheckpointSubmission submission = {.old_size = 0};
    Bytes line;
    if (text.len > CHECKPOINT_SUBMISSION_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "checkpoint_submission.size", "C2SP tlog-witness",
                         "a submitted checkpoint is longer than %d bytes",
                         CHECKPOINT_SUBMISSION_MAX_BYTES);
    }
    if (!take_line(&text, &line) || !bytes_start_with(line, BYTES_LITERAL("old ")) ||
        !parse_size(bytes_from(line, 4), &submission.old_size)) {
        return malformed("does not begin with: old <size>", err);
    }
    if (!take_proof(arena, &text, &submission.proof, err) ||
        !checkpoint_parse(arena, text, &submission.checkpoint, err)) {
        return false;
    }
    if (submission.old_size > submission.checkpoint.head.size) {
        return malformed("is smaller than its old size", err);
    }
    *ret = submission;
    return true;
}
