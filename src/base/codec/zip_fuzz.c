// SPDX-License-Identifier: Apache-2.0
//
// What is accepted can be written again and then reads the same.
#include <stdlib.h>

#include "base/codec/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer written = writer_new(SIZE_MAX / 2);
    Zip first, second;
    Error err;
    if (arena == NULL || !zip_parse(arena, bytes_of(data, size), &first, &err)) {
        return 0;
    }
    if (!zip_encode(first.entries, first.count, &written, &err) ||
        !zip_parse(arena, writer_bytes(&written), &second, &err) || first.count != second.count) {
        abort();
    }
    // What is deflated is taken as it is, so that holds for every archive that says so.
    if (first.is_canonical != bytes_equal(writer_bytes(&written), bytes_of(data, size))) {
        abort();
    }
    for (size_t i = 0; i < first.count; i++) {
        if (!bytes_equal(first.entries[i].name, second.entries[i].name) ||
            !bytes_equal(first.entries[i].content, second.entries[i].content)) {
            abort();
        }
    }
    return 0;
}
