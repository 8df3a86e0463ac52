// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/checkpoint_submission.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/evidence/proof_text.h"

static bool malformed(const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "checkpoint_submission.malformed", "C2SP tlog-witness",
                     "a submitted checkpoint %s", why);
}

bool checkpoint_submission_encode(const CheckpointSubmission *submission, Writer *ret, Error *err)
{
    writer_format(ret, "old %llu\n", (unsigned long long)submission->old_size);
    proof_text_put(&submission->proof, ret);
    writer_put(ret, submission->checkpoint.note.whole);
    return !ret->failed || error_memory(err);
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
    if (!proof_text_take_line(&text, &line) || !bytes_start_with(line, BYTES_LITERAL("old ")) ||
        !proof_text_parse_size(bytes_from(line, 4), &submission.old_size)) {
        return malformed("does not begin with: old <size>", err);
    }
    const char *why =
        proof_text_take(arena, &text, CHECKPOINT_SUBMISSION_PROOF_MAX, &submission.proof);
    if (why != NULL) {
        return malformed(why, err);
    }
    if (!checkpoint_parse(arena, text, &submission.checkpoint, err)) {
        return false;
    }
    if (submission.old_size > submission.checkpoint.head.size) {
        return malformed("is smaller than its old size", err);
    }
    *ret = submission;
    return true;
}
