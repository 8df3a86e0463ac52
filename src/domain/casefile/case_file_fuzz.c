// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a case file is, byte for byte, what encoding its content again gives.
#include <stdlib.h>

#include "domain/casefile/case_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer again = writer_new(CASE_MAX_SIZE);
    CaseFile file;
    Error err = {0};
    Bytes input = bytes_of(data, size);
    if (arena != NULL && case_file_parse(arena, input, &file, &err)) {
        bool same = zip_encode(file.zip.entries, file.zip.count, &again, &err) &&
                    bytes_equal(writer_bytes(&again), input);
        if (!same || !case_file_resembles(input)) {
            abort();
        }
    }
    return 0;
}
