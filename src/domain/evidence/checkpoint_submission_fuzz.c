// SPDX-License-Identifier: Apache-2.0
//
// A submission that parses is written back byte for byte, and is never larger before than after.
#include <stdlib.h>

#include "domain/evidence/checkpoint_submission.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer again = writer_new(2 * CHECKPOINT_SUBMISSION_MAX_BYTES);
    CheckpointSubmission submission;
    Error err;
    if (arena == NULL ||
        !checkpoint_submission_parse(arena, bytes_of(data, size), &submission, &err)) {
        return 0;
    }
    if (submission.old_size > submission.checkpoint.head.size ||
        !checkpoint_submission_encode(&submission, &again, &err) ||
        !bytes_equal(writer_bytes(&again), bytes_of(data, size))) {
        abort();
    }
    return 0;
}
