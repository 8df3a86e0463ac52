// SPDX-License-Identifier: Apache-2.0
//
// A record that parses has stamps in order of its chains, is recognised as one, and cannot be
// passed by a judge who trusts nobody.
#include <stdlib.h>

#include "domain/evidence/evidence_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    EvidenceRecord record;
    Error err;
    Bytes der = bytes_of(data, size);
    if (arena == NULL || !evidence_record_parse(arena, der, &record, &err)) {
        return 0;
    }
    if (record.stamp_count == 0 || !record.stamps[0].begins_chain || !evidence_record_is(der)) {
        abort();
    }
    TrustStore *nobody = trust_store_new(arena);
    Verdict verdict = verdict_new(arena);
    const EvidenceRecordPolicy policy = {.trust = nobody, .revocation = REVOCATION_NOT_NEEDED};
    if (nobody != NULL && evidence_record_check(&record, BYTES_LITERAL("x"), &policy, &verdict)) {
        abort();
    }
    return 0;
}
