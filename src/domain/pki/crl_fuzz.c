// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a revocation list has as many entries as it says; each is found, one by one
// and by an index, and nothing else is found by either.
#include <stdlib.h>

#include "domain/pki/crl_lint.h"

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
    // What is signed reads the same before it is signed; and the linter says what the gate does.
    Crl unsigned_crl;
    const CrlLintRule *broken[CRL_LINT_MAX_FINDINGS];
    require(crl_parse_unsigned(crl.tbs, &unsigned_crl, &err) &&
            unsigned_crl.entry_count == crl.entry_count &&
            bytes_equal(unsigned_crl.number, crl.number));
    bool has_fault = false;
    for (size_t i = crl_lint(&indexed, NULL, broken); i-- > 0;) {
        has_fault = has_fault || !broken[i]->is_advice;
    }
    require(crl_lint_check(&indexed, NULL, &err) != has_fault);
    return 0;
}
