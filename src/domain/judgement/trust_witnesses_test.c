// SPDX-License-Identifier: Apache-2.0
#include "domain/judgement/trust_witnesses.h"

#include "base/test/test.h"
#include "domain/evidence/fork_proof.h"
#include "domain/evidence/witness_fixture.h"
#include "domain/judgement/judgement.h"

static TrustFile file_of(const char *name, const char *content)
{
    return (TrustFile){.name = name, .content = bytes_of_text(content)};
}

TEST(policies_are_read_in_the_order_of_their_names_and_other_files_passed_over)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const TrustFile files[] = {file_of("t/b.policy", "quorum none\n"), file_of("t/a.txt", "x"),
                               file_of("t/a.policy", "# first\nquorum none\n")};
    WitnessRules rules;
    CHECK_OK(trust_witnesses_load(arena, files, COUNT_OF(files), &rules, &err));
    CHECK_INT(rules.count, 2);
    CHECK(trust_material_is_named("a.policy"));
    CHECK(!trust_material_is_named(".policy"));
}

// A judge that went on without it would ask for less than was asked.
TEST(a_policy_that_cannot_be_read_stops_the_judgement)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const TrustFile bad = file_of("t/w.policy", "quorum nobody\n");
    WitnessRules rules;
    CHECK_FAILS_WITH(trust_witnesses_load(arena, &bad, 1, &rules, &err), ERROR_INPUT,
                     "witness_policy.malformed");
    JudgementRequest request = {.name = "x",
                                .content = BYTES_LITERAL("assent.receipt/1\n"),
                                .trust = &bad,
                                .trust_count = 1};
    Judgement judgement;
    CHECK_FAILS_WITH(judgement_make(arena, &request, &judgement, &err), ERROR_INPUT,
                     "witness_policy.malformed");
}

// A fork of a log is valid evidence for who knows the log's key, and undecided for who does not.
TEST(a_fork_proof_is_judged_by_the_key_that_the_trust_names)
{
    Error err = {0};
    static History told, hidden;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(party_cleanup) Party log = party_of(77, WITNESSED_ORIGIN, NOTE_SM2);
    history_make(&told, 9, 4, "told");
    history_make(&hidden, 9, 4, "hidden");
    Checkpoint first = history_checkpoint(arena, &told, 6, &log);
    Checkpoint second = history_checkpoint(arena, &hidden, 9, &log);
    ForkProof proof;
    CLEANUP(writer_free) Writer text = writer_new(FORK_PROOF_MAX_BYTES);
    CHECK_OK(fork_proof_make(&log.note_key, &first, &second, merkle_nodes_of_leaves(&hidden.source),
                             &proof, &err));
    CHECK_OK(fork_proof_encode(&proof, &text, &err));
    const TrustFile trust = file_of(
        "w.policy", arena_format(arena, "log %s\nquorum none\n", key_text(arena, &log.note_key)));
    JudgementRequest request = {.name = "fork", .content = writer_bytes(&text)};
    Judgement judgement;
    CHECK_OK(judgement_make(arena, &request, &judgement, &err));
    CHECK_INT(judgement.facts.kind, FILE_FORK);
    CHECK_INT(verdict_outcome(&judgement.verdict), CHECK_UNKNOWN);
    CHECK_TEXT(verdict_reason(&judgement.verdict)->code, "verify.fork_log");
    request.trust = &trust;
    request.trust_count = 1;
    CHECK_OK(judgement_make(arena, &request, &judgement, &err));
    CHECK_INT(verdict_outcome(&judgement.verdict), CHECK_PASSED);
    request.content = bytes_slice(request.content, 0, request.content.len - 1);
    CHECK_OK(judgement_make(arena, &request, &judgement, &err));
    CHECK_INT(verdict_outcome(&judgement.verdict), CHECK_FAILED);
}
