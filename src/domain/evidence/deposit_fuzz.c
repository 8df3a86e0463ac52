// SPDX-License-Identifier: Apache-2.0
//
// A deposit or entry that parses is written back to something that parses to the same text.
#include <stdlib.h>

#include "domain/evidence/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_deposit(Arena *arena, Bytes text)
{
    CLEANUP(writer_free) Writer once = writer_new(SIZE_MAX / 2);
    CLEANUP(writer_free) Writer twice = writer_new(SIZE_MAX / 2);
    Deposit first, second;
    Bytes *parts;
    size_t count;
    Error err;
    if (!deposit_parse(arena, text, &first, &err)) {
        return;
    }
    if (!deposit_encode(&first, &once, &err) ||
        !deposit_parse(arena, writer_bytes(&once), &second, &err) ||
        !deposit_encode(&second, &twice, &err) ||
        !bytes_equal(writer_bytes(&once), writer_bytes(&twice)) ||
        !deposit_parts(arena, &second, text, &parts, &count, &err)) {
        abort();
    }
}

static void check_entry(Arena *arena, Bytes text)
{
    CLEANUP(writer_free) Writer again = writer_new(SIZE_MAX / 2);
    EvidenceEntry entry;
    Error err;
    if (entry_parse(arena, text, &entry, &err) &&
        (!entry_encode(&entry, &again, &err) || !bytes_equal(writer_bytes(&again), text))) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4 * (size_t)ARENA_DEFAULT_LIMIT);
    if (arena != NULL) {
        check_deposit(arena, bytes_of(data, size));
        check_entry(arena, bytes_of(data, size));
    }
    return 0;
}
