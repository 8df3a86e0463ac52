// SPDX-License-Identifier: Apache-2.0
//
// Whether everything in the file that shows the evidence log shows one and the same: a log that
// tells one history to the depositor and another to its witnesses cannot prove one of them to be
// the beginning of the other.
#include "domain/casefile/case_scene.h"
#include "domain/casefile/evidence_log_key.h"
#include "domain/evidence/log_history.h"

static const char code[] = "case.log_consistency";

static bool comes_before(const CaseLogHead *a, const CaseLogHead *b)
{
    int by_origin = bytes_compare(a->origin, b->origin);
    return by_origin != 0 ? by_origin < 0 : a->head.size < b->head.size;
}

// Kept by log and size.
void case_note_head(CaseScene *scene, const char *what, const Checkpoint *checkpoint)
{
    const CaseLogHead head = {what, checkpoint->origin, checkpoint->head};
    if (scene->head_count == CASE_HEADS_MAX) {
        return;
    }
    size_t at = scene->head_count++;
    for (; at > 0 && comes_before(&head, &scene->heads[at - 1]); at--) {
        scene->heads[at] = scene->heads[at - 1];
    }
    scene->heads[at] = head;
}

// --- the newest checkpoint --------------------------------------------------------------------

// It says what the log was when the file was made. Its cosignatures are for whoever compares it
// with what the witnesses say: policies of witnesses are about the receipts.
static void judge_checkpoint(CaseScene *scene)
{
    Checkpoint checkpoint;
    NoteKey key;
    Error err = {0};
    Bytes note = scene->content->parts[CASE_CHECKPOINT];
    if (note.len == 0) {
        return;
    }
    const char *outer = case_enter(scene, CASE_CHECKPOINT);
    if (!checkpoint_parse(scene->arena, note, &checkpoint, &err)) {
        add_format_failure(scene->verdict, &err);
        verdict_leave(scene->verdict, outer);
        return;
    }
    const Certificate *certificate = case_log_certificate(scene, &checkpoint);
    const char *origin = arena_text(scene->arena, checkpoint.origin);
    if (certificate == NULL || origin == NULL) {
        verdict_add(scene->verdict, AREA_TRUST, CHECK_UNKNOWN, "case.log_certificate",
                    "C2SP signed-note", "no certificate of the log's key is at hand");
    } else {
        bool holds = note_key_new(origin, NOTE_SM2, &certificate->public_key, &key, &err) &&
                     checkpoint_verify(&checkpoint, &key, &err);
        (void)verdict_take(scene->verdict, holds, AREA_CRYPTOGRAPHY, "case.checkpoint",
                           "C2SP tlog-checkpoint", &err);
    }
    case_note_head(scene, "the newest checkpoint", &checkpoint);
    verdict_leave(scene->verdict, outer);
}

// --- one history ------------------------------------------------------------------------------

// NULL: there is none, or it cannot be read.
static const LogHistory *read_history(CaseScene *scene)
{
    Error err = {0};
    Bytes text = scene->content->parts[CASE_LOG_HISTORY];
    LogHistory *history = arena_alloc(scene->arena, sizeof *history);
    if (history == NULL) {
        scene->verdict->exhausted = true;
        return NULL;
    }
    if (text.len == 0) {
        return NULL;
    }
    if (!log_history_parse(scene->arena, text, history, &err)) {
        add_format_failure(scene->verdict, &err);
        return NULL;
    }
    return history;
}

static void judge_growth(CaseScene *scene, const LogHistory *history, const CaseLogHead *older,
                         const CaseLogHead *newer)
{
    static const char clause[] = "RFC 9162 2.1.4.2";
    bool is_about = history != NULL && bytes_equal(history->origin, older->origin);
    const LogStep *step =
        is_about ? log_history_find(history, older->head.size, newer->head.size) : NULL;
    unsigned long long from = older->head.size, to = newer->head.size;
    if (step == NULL) {
        verdict_add(scene->verdict, AREA_TRUST, CHECK_INFORMED, code, clause,
                    "%s and %s show the log at sizes %llu and %llu, and no proof between these is "
                    "in the file",
                    older->what, newer->what, from, to);
        return;
    }
    bool fits = merkle_consistency_verify(&older->head, &newer->head, &step->proof, NULL);
    (void)verdict_require(scene->verdict, fits, AREA_TRUST, code, clause,
                          fits ? "the log of %s, size %llu, is the beginning of that of %s, size "
                                 "%llu"
                               : "the log of %s, size %llu, is not proven to be the beginning of "
                                 "that of %s, size %llu: two histories, or a wrong proof",
                          older->what, from, newer->what, to);
}

static void judge_heads(CaseScene *scene, const LogHistory *history, const CaseLogHead *older,
                        const CaseLogHead *newer)
{
    if (!bytes_equal(older->origin, newer->origin)) {
        return;  // two logs have no order
    }
    if (older->head.size != newer->head.size) {
        judge_growth(scene, history, older, newer);
        return;
    }
    (void)verdict_require(scene->verdict, sm3_digest_equal(&older->head.root, &newer->head.root),
                          AREA_TRUST, code, "RFC 6962 2.1.2",
                          "%s and %s show one root of the log at size %llu", older->what,
                          newer->what, (unsigned long long)newer->head.size);
}

void case_judge_log(CaseScene *scene)
{
    judge_checkpoint(scene);
    const char *outer = case_enter(scene, CASE_LOG_HISTORY);
    const LogHistory *history = read_history(scene);
    for (size_t i = 1; i < scene->head_count; i++) {
        judge_heads(scene, history, &scene->heads[i - 1], &scene->heads[i]);
    }
    verdict_leave(scene->verdict, outer);
}
