// SPDX-License-Identifier: Apache-2.0
//
// A history that parses is written back byte for byte.
#include <stdlib.h>

#include "domain/evidence/log_history.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer again = writer_new(2 * LOG_HISTORY_MAX_BYTES);
    LogHistory history;
    Error err;
    if (arena != NULL && log_history_parse(arena, bytes_of(data, size), &history, &err) &&
        (!log_history_encode(&history, &again, &err) ||
         !bytes_equal(writer_bytes(&again), bytes_of(data, size)))) {
        abort();
    }
    return 0;
}
