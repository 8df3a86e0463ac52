// SPDX-License-Identifier: Apache-2.0
//
// That the receipts of one authorization, and the newest checkpoint that witnesses cosigned, show
// one history of C5's log.
#include <string.h>

#include "base/codec/json.h"
#include "base/core/log.h"
#include "component/business/receipts.h"
#include "domain/evidence/log_history.h"
#include "domain/evidence/receipt.h"
#include "domain/pki/statement.h"

static const char history_artifact[] = "log_history", checkpoint_artifact[] = "log_checkpoint";

enum { HEADS_MAX = LOG_HISTORY_MAX_STEPS + 1, RECEIPT_SIZE = 16 * 1024 };

// What the file shows of the log, the smallest first.
typedef struct {
    Work *work;
    CaseContent *content;
    Bytes origin;  // of the first receipt; another log has a history of its own
    MerkleHead heads[HEADS_MAX];
    size_t count;
} Growth;

static void note_head(Growth *growth, const Checkpoint *checkpoint)
{
    size_t at = 0;
    growth->origin = growth->count == 0 ? checkpoint->origin : growth->origin;
    if (growth->count == HEADS_MAX || !bytes_equal(growth->origin, checkpoint->origin)) {
        return;
    }
    while (at < growth->count && growth->heads[at].size < checkpoint->head.size) {
        at++;
    }
    if (at < growth->count && growth->heads[at].size == checkpoint->head.size) {
        return;  // whether the roots are equal is seen by whoever judges the file
    }
    memmove(&growth->heads[at + 1], &growth->heads[at], (growth->count - at) * sizeof(MerkleHead));
    growth->heads[at] = checkpoint->head;
    growth->count++;
}

static void note_receipt(Growth *growth, Bytes text)
{
    Receipt receipt;
    if (text.len > 0 && receipt_parse(growth->work->arena, text, &receipt, NULL)) {
        note_head(growth, &receipt.checkpoint);
    }
}

// The receipt in C3's statement of the issue, where that has one.
static void note_issue(Growth *growth)
{
    Arena *arena = growth->work->arena;
    Statement issue;
    CLEANUP(json_cleanup) json_t *payload = NULL;
    Error err = {0};
    if (statement_parse(arena, growth->content->parts[CASE_ISSUE], &issue, NULL) &&
        json_parse(issue.payload, &payload, NULL)) {
        const json_t *issuance = json_object_get(payload, "issuance");
        JsonView view = json_view(issuance, "issuance", &err);
        note_receipt(growth, json_view_base64(&view, arena, "receipt", RECEIPT_SIZE));
    }
}

// --- the newest checkpoint --------------------------------------------------------------------

static bool is_of_log(const Growth *growth, Bytes note, Checkpoint *ret)
{
    Certificate certificate;
    NoteKey key;
    Arena *arena = growth->work->arena;
    const BusinessConfig *config = &growth->work->business->config;
    const char *origin = arena_text(arena, growth->origin);
    return origin != NULL && checkpoint_parse(arena, note, ret, NULL) &&
           certificate_parse(config->log_certificate, &certificate, NULL) &&
           note_key_new(origin, NOTE_SM2, &certificate.public_key, &key, NULL) &&
           checkpoint_verify(ret, &key, NULL);
}

// Once there is one it stays: what is asked for again is the same file.
static bool take_checkpoint(Growth *growth, Error *err)
{
    const PreservationPort *port = &growth->work->business->config.preservation;
    Bytes *note = &growth->content->parts[CASE_CHECKPOINT];
    Checkpoint checkpoint;
    Error why = {0};
    bool found;
    if (!work_find(growth->work, checkpoint_artifact, note, &found, err)) {
        return false;
    }
    if (!found &&
        (port->checkpoint == NULL || !port->checkpoint(port, growth->work->arena, note, &why))) {
        *note = BYTES_EMPTY;  // nobody cosigns, or C5 does not answer
        return true;
    }
    if (!is_of_log(growth, *note, &checkpoint)) {
        *note = BYTES_EMPTY;
        return true;
    }
    note_head(growth, &checkpoint);
    return found || work_put(growth->work, checkpoint_artifact, 0, *note, err);
}

// --- the proofs -------------------------------------------------------------------------------

static bool is_complete(const Growth *growth, Bytes text, LogHistory *history)
{
    bool ok = log_history_parse(growth->work->arena, text, history, NULL) &&
              bytes_equal(history->origin, growth->origin);
    for (size_t i = 1; ok && i < growth->count; i++) {
        ok = log_history_find(history, growth->heads[i - 1].size, growth->heads[i].size) != NULL;
    }
    return ok;
}

// A proof that does not fit is C5's word that its receipts are of two histories: no case file is
// made as if there were nothing to tell.
static bool prove(const Growth *growth, LogHistory *history, bool *ret_is_whole, Error *err)
{
    const PreservationPort *port = &growth->work->business->config.preservation;
    Error why = {0};
    history->origin = growth->origin;
    history->count = 0;
    *ret_is_whole = false;
    for (size_t i = 1; i < growth->count; i++) {
        const MerkleHead *older = &growth->heads[i - 1], *newer = &growth->heads[i];
        LogStep *step = &history->steps[history->count++];
        step->from = older->size;
        step->to = newer->size;
        if (!port->consistency(port, older->size, newer->size, growth->work->arena, &step->proof,
                               &why)) {
            LOG(LOG_WARNING, "receipt.not_connected", log_text("code", why.code));
            return true;
        }
        if (!merkle_consistency_verify(older, newer, &step->proof, err)) {
            LOG(LOG_ERROR, "receipt.contradicts", log_text("code", err->code));
            return error_context(err, "the evidence log does not prove one history");
        }
    }
    *ret_is_whole = true;
    return true;
}

static bool take_history(Growth *growth, Error *err)
{
    Work *work = growth->work;
    Bytes kept;
    bool found, is_whole;
    LogHistory *history = arena_alloc(work->arena, sizeof *history);
    CLEANUP(writer_free) Writer text = writer_new(LOG_HISTORY_MAX_BYTES);
    if (history == NULL) {
        return error_memory(err);
    }
    if (!work_find(work, history_artifact, &kept, &found, err)) {
        return false;
    }
    if (found && is_complete(growth, kept, history)) {
        growth->content->parts[CASE_LOG_HISTORY] = kept;
        return true;
    }
    if (!prove(growth, history, &is_whole, err)) {
        return false;
    }
    if (!is_whole) {
        return true;
    }
    if (!log_history_encode(history, &text, err)) {
        return false;
    }
    Bytes fresh = arena_copy(work->arena, writer_bytes(&text));
    growth->content->parts[CASE_LOG_HISTORY] = fresh;
    return (fresh.len > 0 || error_memory(err)) &&
           (!found || work_drop(work, history_artifact, err)) &&
           work_put(work, history_artifact, 0, fresh, err);
}

bool receipts_connect(Work *work, CaseContent *content, Error *err)
{
    static const CasePart receipts[] = {CASE_M6_RECEIPT, CASE_M7_RECEIPT, CASE_M8_RECEIPT};
    Growth growth = {.work = work, .content = content};
    if (work->business->config.preservation.consistency == NULL) {
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(receipts); i++) {
        note_receipt(&growth, content->parts[receipts[i]]);
    }
    note_issue(&growth);
    return growth.count == 0 ||
           (take_checkpoint(&growth, err) && (growth.count == 1 || take_history(&growth, err)));
}
