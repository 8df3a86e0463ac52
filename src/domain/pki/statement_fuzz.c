// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a statement has a type, a signer and one way to write its time.
#include <stdlib.h>
#include <string.h>

#include "domain/pki/statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Statement statement;
    Error err = {0};
    if (arena != NULL && statement_parse(arena, bytes_of(data, size), &statement, &err)) {
        char text[TIME_TEXT_SIZE];
        time_to_text(statement.signed_at, text);
        if (strcmp(text, statement.signed_at_text) != 0 || strchr(statement.type, '/') == NULL ||
            statement.signer.der.len == 0) {
            abort();
        }
    }
    return 0;
}
