// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a revocation list has as many entries as it says; each is found, one by one
// and by an index, and nothing else is found by either.
#include <stdlib.h>

#include "domain/pki/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void look_up_all(const Crl *plain, const Crl *indexed)
{
    CrlCursor cursor = {0};
    size_t count = 0;
    for (CrlEntry entry; crl_next(plain, &cursor, &entry); count++) {
        CrlEntry found, found_sorted;
        Bytes issuer = entry.certificate_issuer.len > 0 ? entry.certificate_issuer : plain->issuer;
        require(crl_find_of(plain, issuer, entry.revocation.serial, &found));
        require(crl_find_of(indexed, issuer, entry.revocation.serial, &found_sorted));
        require(bytes_equal(found.revocation.serial, found_sorted.revocation.serial));
        // Of an entry that is there twice either may be found.
        require(found.revocation.revoked_at == found_sorted.revocation.revoked_at ||
                indexed->has_duplicates);
    }
    require(count == plain->entry_count);
    Revocation found;
    require(!crl_find(plain, BYTES_LITERAL("never a serial number of this length"), &found) &&
            !crl_find(indexed, BYTES_LITERAL("never a serial number of this length"), &found));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Crl crl;
    Error err = {0};
    if (!crl_parse(bytes_of(data, size), &crl, &err)) {
        require(err.kind == ERROR_INPUT);
        return 0;
    }
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Crl indexed = crl;
    if (arena == NULL || !crl_index_entries(arena, &indexed, &err)) {
        return 0;
    }
    look_up_all(&crl, &indexed);
    require(crl_is_delta(&crl) == (crl.base_number.len > 0));
    return 0;
}
