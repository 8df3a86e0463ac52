// SPDX-License-Identifier: Apache-2.0
//
// A statement of issues that parses is written back to something that parses to the same text, and
// nothing of it opens for a person whose it is not.
#include <stdlib.h>

#include "domain/evidence/issuance.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(Arena *arena, const Issuance *issuances, size_t count)
{
    CLEANUP(json_cleanup) json_t *json = issuances_to_json(issuances, count);
    CLEANUP(json_cleanup) json_t *json_again = NULL;
    Bytes once, twice;
    Issuance *again;
    size_t count_again;
    Error err = {0};
    if (!json_text(arena, json, &once, &err) ||
        !issuances_parse(arena, once, &again, &count_again, &err)) {
        abort();
    }
    json_again = issuances_to_json(again, count_again);
    if (!json_text(arena, json_again, &twice, &err) || !bytes_equal(once, twice)) {
        abort();
    }
}

static void check_opening(Arena *arena, const Issuance *issuance)
{
    static const uint8_t secret[ISSUANCE_SECRET_SIZE] = {1};
    Issuance labelled = *issuance;
    IssuanceRecord record;
    Error err = {0};
    labelled.label = issuance_label(BYTES_OF_ARRAY(secret), 0);
    // What opens was sealed with this very secret, as the seed is: then it seals to the same again.
    if (issuance_open(arena, BYTES_OF_ARRAY(secret), 0, &labelled, &record, &err)) {
        Issuance sealed;
        if (!issuance_seal(arena, BYTES_OF_ARRAY(secret), 0, &record, &sealed, &err) ||
            !bytes_equal(sealed.sealed, issuance->sealed)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4 * (size_t)ARENA_DEFAULT_LIMIT);
    Issuance *issuances;
    size_t count;
    Error err = {0};
    if (arena == NULL || !issuances_parse(arena, bytes_of(data, size), &issuances, &count, &err)) {
        return 0;
    }
    check_round_trip(arena, issuances, count);
    for (size_t i = 0; i < count && i < 4; i++) {
        check_opening(arena, &issuances[i]);
    }
    return 0;
}
