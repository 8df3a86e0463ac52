// SPDX-License-Identifier: Apache-2.0
//
// Without any anchor nothing is ever valid, whatever it is, and there is always a reason.
#include <stdlib.h>

#include "domain/casefile/verification.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    TrustStore *trust = arena == NULL ? NULL : trust_store_new(arena);
    if (trust != NULL) {
        VerificationPolicy policy = {
            .trust = trust, .at = 1795593600 * TIME_SECOND, .institutions = REVOCATION_IF_GIVEN};
        Verdict verdict = verdict_new(arena);
        FileFacts facts;
        if (file_verify(bytes_of(data, size), &policy, &verdict, &facts) ||
            verdict_reason(&verdict) == NULL || file_kind_name(facts.kind)[0] == '\0') {
            abort();
        }
    }
    return 0;
}
