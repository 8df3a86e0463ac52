// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "domain/ceremony/share.h"
#include "domain/ceremony/transcript.h"

// Nothing that is made up verifies, unless it is empty; a share that is read says what may be.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes input = bytes_of(data, size);
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Transcript transcript;
    KeyShare share;
    if (arena != NULL && transcript_verify(arena, input, NULL, &transcript, NULL)) {
        if (transcript.count > 0 && transcript.entries[0].action != CEREMONY_ROOT_CREATED) {
            abort();
        }
        transcript_cleanup(&transcript);
    }
    if (share_peek(input, &share, NULL) &&
        (share.threshold < 2 || share.share.index < 1 || share.share.index > SHAMIR_MAX_SHARES)) {
        abort();
    }
    arena_free(arena);
    return 0;
}
