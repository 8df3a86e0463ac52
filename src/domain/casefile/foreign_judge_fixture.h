// SPDX-License-Identifier: Apache-2.0
//
// What judges files that others made: their CA as the only anchor, a week after they were made.
// Include base/test/test.h first: only test files may.
#ifndef ASSENT_DOMAIN_CASEFILE_FOREIGN_JUDGE_FIXTURE_H
#define ASSENT_DOMAIN_CASEFILE_FOREIGN_JUDGE_FIXTURE_H

#include "domain/casefile/verification.h"

typedef struct {
    Arena *arena;
    TrustStore *trust;
    VerificationPolicy policy;
    Verdict verdict;
    FileFacts facts;
} ForeignJudge;

static inline void judge_close(ForeignJudge *judge)
{
    arena_free(judge->arena);
}

static inline void judge_open(ForeignJudge *judge, const char *anchor_path)
{
    Error err = {0};
    *judge = (ForeignJudge){.arena = arena_new(ARENA_DEFAULT_LIMIT)};
    judge->trust = trust_store_new(judge->arena);
    CHECK(judge->trust != NULL);
    trust_store_take_foreign(judge->trust);
    CHECK_OK(trust_store_add_anchors(judge->trust, test_file(anchor_path), &err));
    judge->policy =
        (VerificationPolicy){.trust = judge->trust, .institutions = REVOCATION_IF_GIVEN};
    CHECK_OK(time_from_text(BYTES_LITERAL("2026-12-03T12:00:00Z"), &judge->policy.at, &err));
}

static inline CheckOutcome judge_bytes(ForeignJudge *judge, Bytes content)
{
    judge->verdict = verdict_new(judge->arena);
    (void)file_verify(content, &judge->policy, &judge->verdict, &judge->facts);
    return verdict_outcome(&judge->verdict);
}

#endif
