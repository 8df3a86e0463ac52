// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/casefile/case_scene.h"
#include "domain/evidence/log_history.h"

enum { ENTRIES = 24 };

// The leaves of a log, which parts from the others at one entry.
typedef struct {
    Sm3Digest leaves[ENTRIES];
    MerkleLeaves source;
} History;

static void history_make(History *history, size_t parts_at)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        const uint8_t entry[] = {(uint8_t)i, i < parts_at ? 0 : 1};
        history->leaves[i] = merkle_leaf_hash(BYTES_OF_ARRAY(entry));
    }
    history->source = (MerkleLeaves){history->leaves, ENTRIES};
}

// A case whose receipts show a log of 24 entries at different sizes.
typedef struct {
    Arena *arena;
    Verdict verdict;
    CaseContent content;
    CaseScene scene;
    History log, other;  // the other one parts at entry 10
    LogHistory steps;
} Shown;

static void shown_make(Shown *shown)
{
    memset(shown, 0, sizeof *shown);
    shown->arena = arena_new(ARENA_DEFAULT_LIMIT);
    shown->verdict = verdict_new(shown->arena);
    shown->scene.verdict = &shown->verdict;
    shown->scene.arena = shown->arena;
    shown->scene.content = &shown->content;
    shown->steps.origin = BYTES_LITERAL("log");
    history_make(&shown->log, ENTRIES);
    history_make(&shown->other, 10);
}

static void shown_free(Shown *shown)
{
    arena_free(shown->arena);
}

static void show(Shown *shown, const char *what, History *history, uint64_t size)
{
    Error err = {0};
    Checkpoint checkpoint = {.origin = BYTES_LITERAL("log"), .head = {.size = size}};
    CHECK_OK(
        merkle_root(merkle_nodes_of_leaves(&history->source), size, &checkpoint.head.root, &err));
    case_note_head(&shown->scene, what, &checkpoint);
}

static void add_step(Shown *shown, uint64_t from, uint64_t to)
{
    Error err = {0};
    LogStep *step = &shown->steps.steps[shown->steps.count++];
    *step = (LogStep){.from = from, .to = to};
    CHECK_OK(merkle_consistency_prove(merkle_nodes_of_leaves(&shown->log.source), from, to,
                                      &step->proof, &err));
}

static size_t judged(Shown *shown, CheckOutcome outcome)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(LOG_HISTORY_MAX_BYTES);
    if (shown->steps.count > 0) {
        CHECK_OK(log_history_encode(&shown->steps, &text, &err));
        shown->content.parts[CASE_LOG_HISTORY] = writer_bytes(&text);
    }
    shown->verdict = verdict_new(shown->arena);
    case_judge_log(&shown->scene);
    size_t count = 0;
    for (const VerdictCheck *c = shown->verdict.first; c != NULL; c = c->next) {
        count += strcmp(c->code, "case.log_consistency") == 0 && c->outcome == outcome ? 1 : 0;
    }
    shown->content.parts[CASE_LOG_HISTORY] = BYTES_EMPTY;
    return count;
}

// Covers: RFC 9162 2.1.4.2.
TEST(receipts_in_any_order_are_connected_by_the_proofs_between_their_sizes)
{
    static Shown shown;
    shown_make(&shown);
    show(&shown, "the receipt of M8", &shown.log, 20);
    show(&shown, "the receipt of the issue", &shown.log, 7);
    show(&shown, "the receipt of M6", &shown.log, 12);
    show(&shown, "the receipt of M7", &shown.log, 12);
    add_step(&shown, 7, 12);
    add_step(&shown, 12, 20);
    CHECK_INT(judged(&shown, CHECK_PASSED), 3);
    CHECK_INT(shown.verdict.count, 3);
    CHECK_TEXT(shown.verdict.first->detail,
               "the log of the receipt of the issue, size 7, is the beginning of that of the "
               "receipt of M6, size 12");
    CHECK_TEXT(shown.verdict.first->subject, "07_evidence/log.history");
    shown_free(&shown);
}

TEST(a_proof_that_does_not_fit_is_refused_and_a_missing_one_is_only_noted)
{
    static Shown shown;
    shown_make(&shown);
    show(&shown, "the receipt of M6", &shown.log, 12);
    show(&shown, "the receipt of M8", &shown.other, 20);
    CHECK_INT(judged(&shown, CHECK_INFORMED), 1);
    CHECK_INT(verdict_outcome(&shown.verdict), CHECK_PASSED);
    add_step(&shown, 12, 20);
    CHECK_INT(judged(&shown, CHECK_FAILED), 1);
    CHECK_INT(verdict_outcome(&shown.verdict), CHECK_FAILED);
    // A proof between other sizes proves nothing here.
    shown.steps.steps[0].to = 21;
    CHECK_INT(judged(&shown, CHECK_INFORMED), 1);
    // So does one about another log.
    shown.steps.steps[0].to = 20;
    shown.steps.origin = BYTES_LITERAL("log 2");
    CHECK_INT(judged(&shown, CHECK_INFORMED), 1);
    shown_free(&shown);
}

TEST(two_roots_of_one_size_are_refused_without_any_proof)
{
    static Shown shown;
    shown_make(&shown);
    show(&shown, "the receipt of M6", &shown.log, 20);
    show(&shown, "the receipt of M8", &shown.other, 20);
    CHECK_INT(judged(&shown, CHECK_FAILED), 1);
    shown_free(&shown);
}

TEST(a_history_that_cannot_be_read_is_refused)
{
    static Shown shown;
    shown_make(&shown);
    shown.content.parts[CASE_LOG_HISTORY] = BYTES_LITERAL("assent.log-history/1\nlog log\n");
    case_judge_log(&shown.scene);
    CHECK_INT(verdict_outcome(&shown.verdict), CHECK_FAILED);
    CHECK_TEXT(shown.verdict.first->code, "verify.format");
    shown_free(&shown);
}
