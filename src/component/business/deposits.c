// SPDX-License-Identifier: Apache-2.0
//
// M6, M7, M8: what C1 has preserved with C5, and has C2 preserve.
#include "component/business/deposits.h"

#include <string.h>

#include "base/codec/hex.h"
#include "component/business/deposit_contents.h"
#include "component/business/identity.h"
#include "component/business/outages.h"
#include "component/business/person_seal.h"
#include "component/business/signing.h"
#include "component/port/registration.h"
#include "domain/authorization/behaviour.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"
#include "domain/identity/decision.h"
#include "domain/pki/statement.h"

enum { SUBMISSION_MAX_SIZE = 8 * 1024 * 1024 };

static const char source_system[] = "C1";
static const char source_version[] = "1";

// --- building ---------------------------------------------------------------------------------

static DepositEvent *new_event(Deposit *deposit)
{
    return deposit->event_count < DEPOSIT_MAX_EVENTS ? &deposit->events[deposit->event_count++]
                                                     : NULL;
}

void deposit_add_event(Deposit *deposit, Time time, const char *type, const char *outcome,
                       const char *detail)
{
    DepositEvent *event = new_event(deposit);
    if (event != NULL) {
        *event = (DepositEvent){.time = time,
                                .type = type,
                                .actor = "",
                                .device = "",
                                .address = "",
                                .outcome = outcome,
                                .detail = detail};
    }
}

// Add the newest artifact of a name as an item, when there is one.
static bool add_item(Work *work, Deposit *deposit, const char *artifact, const char *name,
                     const char *media_type, Error *err)
{
    Bytes content;
    bool found;
    if (!work_find(work, artifact, &content, &found, err)) {
        return false;
    }
    if (found && content.len > 0 && deposit->item_count < DEPOSIT_MAX_ITEMS) {
        deposit->items[deposit->item_count++] = deposit_item_of(name, media_type, content);
    }
    return true;
}

bool deposit_begin(Work *work, DepositStage stage, Deposit *ret, Error *err)
{
    *ret = (Deposit){.authorization_id = work->row.authorization_id,
                     .stage = stage,
                     .is_batch = work->business->config.batch_deposits,
                     .system = source_system,
                     .system_version = source_version,
                     .events = arena_alloc(work->arena, DEPOSIT_MAX_EVENTS * sizeof *ret->events),
                     .items = arena_alloc(work->arena, DEPOSIT_MAX_ITEMS * sizeof *ret->items)};
    return (ret->events != NULL && ret->items != NULL) || error_memory(err);
}

static const char *joined(Arena *arena, const char *a, const char *b)
{
    const char *text = arena_format(arena, "%s.%s", a, b);
    return text == NULL ? a : text;
}

// 8.3 a, 5.2.2: on what basis the person was exempted from further measures.
static bool add_exemption(Work *work, Deposit *deposit, Error *err)
{
    Bytes text;
    Statement statement;
    IdentityDecision *decision = arena_alloc(work->arena, sizeof *decision);
    if (decision == NULL) {
        return error_memory(err);
    }
    if (!work_get(work, "decision", &text, err) ||
        !statement_parse(work->arena, text, &statement, err) ||
        !identity_decision_parse(statement.payload, decision, err)) {
        return error_context(err, "the stored decision");
    }
    if (decision->is_exempt) {
        deposit_add_event(deposit, decision->exemption.occurred_at,
                          "identity.certificate_exemption", measure_result_name(RESULT_PASS),
                          key_carrier_name(decision->exemption.carrier));
    }
    return true;
}

// One entry of the history, with the member of staff who acted.
static bool add_history_event(Work *work, Bytes content, Deposit *deposit, Error *err)
{
    CLEANUP(json_cleanup) json_t *entry = NULL;
    Time at;
    if (!json_parse(content, &entry, err)) {
        return false;
    }
    const char *type = json_string_value(json_object_get(entry, "event"));
    const char *when = json_string_value(json_object_get(entry, "at"));
    const char *outcome = json_string_value(json_object_get(entry, "outcome"));
    const char *code = json_string_value(json_object_get(entry, "code"));
    const char *actor = json_string_value(json_object_get(entry, "by"));
    if (time_from_text(bytes_of_text(when), &at, NULL) &&
        deposit->event_count < DEPOSIT_MAX_EVENTS) {
        deposit_add_event(deposit, at, joined(work->arena, "session", type),
                          arena_text(work->arena, bytes_of_text(outcome)),
                          arena_text(work->arena, bytes_of_text(code)));
        if (actor != NULL) {
            const char *kept = arena_text(work->arena, bytes_of_text(actor));
            deposit->events[deposit->event_count - 1].actor = kept == NULL ? "" : kept;
        }
    }
    return true;
}

// The identity record: every try with means, time, result and provider, and the decision.
// Source: JR/T 0299-2024 8.3 a, Annex C 三 (一).
static bool build_m6(Work *work, Deposit *ret, Error *err)
{
    Measure *measures = arena_alloc(work->arena, MEASURES_MAX * sizeof *measures);
    ArtifactRow *history;
    size_t count, history_count;
    if (measures == NULL) {
        return error_memory(err);
    }
    if (!deposit_begin(work, DEPOSIT_M6, ret, err) ||
        !measures_load(work, measures, MEASURES_MAX, &count, err) ||
        !work_list(work, "history", &history, &history_count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        deposit_add_event(ret, measures[i].occurred_at,
                          joined(work->arena, "identity", measures[i].means),
                          measure_result_name(measures[i].result), measures[i].provider);
    }
    for (size_t i = 0; i < history_count; i++) {
        if (!add_history_event(work, history[i].content, ret, err)) {
            return false;
        }
    }
    return add_exemption(work, ret, err) && deposit_keep_fields(work, err) &&
           add_item(work, ret, "person", "person.json", "application/json", err) &&
           add_item(work, ret, "person_fields", "person-fields.json", "application/json", err) &&
           add_item(work, ret, "consents", "consents.json", "application/json", err) &&
           add_item(work, ret, "offer", "offer.json", "application/json", err) &&
           add_item(work, ret, "decision", "decision.json", "application/json", err) &&
           add_item(work, ret, "proof", "identity-proof.json", "application/json", err) &&
           add_item(work, ret, "proof_certificate", "identity-certificate.cer",
                    "application/pkix-cert", err) &&
           add_item(work, ret, "proof_carrier", "identity-carrier.json", "application/json", err) &&
           add_item(work, ret, "proof_crl", "identity-revocation.crl", "application/pkix-crl", err);
}

// The signed letter is large; its digest is known.
static bool add_letter(Work *work, Deposit *deposit, Error *err)
{
    Bytes pdf;
    DepositItem item = {.name = "agreement.pdf", .media_type = "application/pdf"};
    if (!work_get(work, "signed_agreement", &pdf, err) ||
        !signing_get_signed_digest(work, &item.digest, err)) {
        return false;
    }
    item.size_bytes = pdf.len;
    deposit->items[deposit->item_count++] = item;
    return true;
}

// The signing record: how the person read and agreed, what was signed, when.
// Source: JR/T 0299-2024 8.3 c, Annex C 三 (二), (三).
static bool build_m8(Work *work, Deposit *ret, Error *err)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *json = NULL;
    Behaviour *behaviour = arena_alloc(work->arena, sizeof *behaviour);
    if (behaviour == NULL) {
        return error_memory(err);
    }
    if (!deposit_begin(work, DEPOSIT_M8, ret, err) || !work_get(work, "behaviour", &text, err) ||
        !json_parse(text, &json, err) || !behaviour_parse(json, behaviour, err)) {
        return false;
    }
    for (size_t i = 0; i < behaviour->count; i++) {
        const BehaviourEvent *event = &behaviour->events[i];
        deposit_add_event(ret, event->at,
                          joined(work->arena, "behaviour", behaviour_kind_name(event->kind)), "",
                          event->item);
    }
    deposit_add_event(ret, work->now, "signing.accepted", "ok", "");
    return deposit_keep_presentation(work, err) &&
           add_item(work, ret, "authorization", "authorization.json", "application/json", err) &&
           add_item(work, ret, "behaviour", "behaviour.json", "application/json", err) &&
           add_item(work, ret, "ticks", "ticks.json", "application/json", err) &&
           add_item(work, ret, PRESENTATION_JSON, "presentation.json", "application/json", err) &&
           add_item(work, ret, SEAL_CHOICE, "seal.json", "application/json", err) &&
           add_item(work, ret, "destruction", "destruction.json", "application/json", err) &&
           add_item(work, ret, "key_use", "key-use.json", "application/json", err) &&
           add_item(work, ret, "certificate", "certificate.cer", "application/pkix-cert", err) &&
           add_item(work, ret, "timestamp", "signature.tst", "application/timestamp-reply", err) &&
           add_item(work, ret, "seal_signature", "signature.ses", "application/octet-stream",
                    err) &&
           add_letter(work, ret, err);
}

// --- sending ----------------------------------------------------------------------------------

bool deposit_sign(Work *work, const Deposit *deposit, Bytes *ret, Error *err)
{
    const Institution *institution = &work->business->config.institution;
    CLEANUP(writer_free) Writer payload = writer_new(SUBMISSION_MAX_SIZE);
    CLEANUP(writer_free) Writer statement = writer_new(2 * SUBMISSION_MAX_SIZE);
    if (!deposit_encode(deposit, &payload, err)) {
        return false;
    }
    StatementTemplate template = {.type = DEPOSIT_TYPE,
                                  .payload = writer_bytes(&payload),
                                  .signed_at = work->now,
                                  .certificate = institution->certificate};
    if (!statement_sign(&template, institution->signer, &statement, err)) {
        return false;
    }
    *ret = arena_adopt(work->arena, &statement);
    return ret->len > 0 || error_memory(err);
}

// Evidence that waits is an alarm from this moment on; the round that makes up for it ends it.
// Returns false.
static bool note_outage(Work *work, const Error *err)
{
    if (err->kind == ERROR_UNAVAILABLE) {
        atomic_store(&work->business->is_degraded, true);
    }
    return false;
}

bool deposit_send(Work *work, const Submission *submission, Bytes *ret, Error *err)
{
    const PreservationPort *port = &work->business->config.preservation;
    CLEANUP(writer_free) Writer body = writer_new(2 * SUBMISSION_MAX_SIZE);
    return submission_encode(submission, &body, err) &&
           (outage_judge(work->business, OUTAGE_PRESERVATION,
                         port->deposit(port, writer_bytes(&body), work->arena, ret, err), err) ||
            note_outage(work, err));
}

static bool sign_submission(Work *work, Deposit *deposit, const char *artifact, Bytes *ret,
                            Error *err)
{
    deposit_drop_contents(deposit);
    return deposit_sign(work, deposit, ret, err) && work_put(work, artifact, 0, *ret, err);
}

static bool send_submission(Work *work, Bytes statement, const char *artifact, Error *err)
{
    Bytes receipt;
    Submission submission;
    return deposit_gather(work, statement, &submission, err) &&
           deposit_send(work, &submission, &receipt, err) &&
           work_put(work, artifact, 0, receipt, err);
}

// What is sent has to lie in the store before, so that a repetition sends the same.
static bool commit_pending(Work *work, Error *err)
{
    return work->artifact_count == 0 || work_commit(work, err);
}

// Put the submission into the work, unless there is one. The caller commits before it sends.
static bool prepare_m6(Work *work, Bytes *ret, Error *err)
{
    bool exists;
    Deposit deposit;
    return work_find(work, "m6_submission", ret, &exists, err) &&
           (exists || (build_m6(work, &deposit, err) &&
                       sign_submission(work, &deposit, "m6_submission", ret, err)));
}

static bool ensure_m6(Work *work, Error *err)
{
    Bytes receipt, submission;
    bool has_receipt;
    if (!work_find(work, "m6_receipt", &receipt, &has_receipt, err)) {
        return false;
    }
    return has_receipt || (prepare_m6(work, &submission, err) && commit_pending(work, err) &&
                           send_submission(work, submission, "m6_receipt", err) &&
                           work_note(work, "deposit_m6", "ok", "", err) && work_commit(work, err));
}

bool identity_commit(Work *work, Error *err)
{
    bool is_decided = work->row.state == STATE_IDENTIFIED || work->row.state == STATE_MANUAL ||
                      work->row.state == STATE_REJECTED;
    if (!is_decided || work->business->config.batch_deposits) {
        return work_commit(work, err);
    }
    Bytes submission;
    if (!prepare_m6(work, &submission, err) || !work_commit(work, err)) {
        return false;
    }
    Error delay = {0};
    if (ensure_m6(work, &delay)) {
        return true;
    }
    if (delay.kind == ERROR_UNAVAILABLE) {
        return true;  // deposits_complete tries again before anything takes effect
    }
    *err = delay;
    return false;
}

// When the newest artifact of a name was kept: the same at every repetition.
static bool kept_at(Work *work, const char *name, Time *ret, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    if (!work_list(work, name, &rows, &count, err)) {
        return false;
    }
    *ret = count > 0 ? rows[count - 1].created_at : work->now;
    return true;
}

// A key that was destroyed says itself that it was used; of one that is kept, its signature shows
// that the person has accepted the certificate.
static bool describe_handover(Work *work, RegistrationCompletion *completion, Error *err)
{
    bool is_destroyed;
    return kept_at(work, "certificate", &completion->delivered_at, err) &&
           work_find(work, "destruction", &completion->destruction, &is_destroyed, err) &&
           (is_destroyed || kept_at(work, "seal_signature", &completion->accepted_at, err));
}

// The case file shows what C2 submitted; the log's entry says whether it is that.
static bool keep_m7_submission(Work *work, const char *registration_id, Bytes receipt_text,
                               Error *err)
{
    const RegistrationPort *port = &work->business->config.registration;
    Receipt receipt;
    EvidenceEntry entry;
    Bytes submission;
    if (port->submission == NULL) {
        return true;
    }
    if (!receipt_parse(work->arena, receipt_text, &receipt, err) ||
        !entry_parse(work->arena, receipt.entry, &entry, err)) {
        return error_context(err, "the receipt for M7");
    }
    if (!port->submission(port, registration_id, work->arena, &submission, err)) {
        return false;
    }
    Sm3Digest digest = deposit_submission_digest(submission);
    return sm3_digest_equal(&digest, &entry.submission)
               ? work_put(work, "m7_submission", 0, submission, err)
               : error_set(err, ERROR_UNTRUSTED, "deposit.other_submission", "JR/T 0299-2024 8.3 b",
                           "what the registration system submitted is not what was logged");
}

// C2 deposits M7 once it knows that the key has done its work. Its receipt is committed together
// with M8: until then C2 gives the same one again.
static bool ensure_m7(Work *work, Error *err)
{
    const RegistrationPort *port = &work->business->config.registration;
    Bytes receipt, registration, submission;
    bool has_receipt;
    RegistrationResult result;
    if (!work_find(work, "m7_receipt", &receipt, &has_receipt, err)) {
        return false;
    }
    if (has_receipt) {
        return true;
    }
    if (!work_get(work, "registration", &registration, err) ||
        !work_get(work, "m6_submission", &submission, err) ||
        !registration_result_parse(registration, work->arena, &result, err)) {
        return false;
    }
    RegistrationCompletion completion = {
        .registration_id = result.registration_id,
        .mode = work->business->config.batch_deposits ? "batch" : "staged",
        .previous = "",
    };
    Sm3Digest previous = deposit_submission_digest(submission);
    completion.previous = hex_text(work->arena, sm3_bytes(&previous));
    if (completion.previous == NULL) {
        return error_memory(err);
    }
    return describe_handover(work, &completion, err) &&
           (outage_judge(work->business, OUTAGE_REGISTRATION,
                         port->complete(port, &completion, work->arena, &receipt, err), err) ||
            note_outage(work, err)) &&
           keep_m7_submission(work, result.registration_id, receipt, err) &&
           work_put(work, "m7_receipt", 0, receipt, err) &&
           work_note(work, "deposit_m7", "ok", "", err);
}

// The digest of C2's submission, which M8 has to name, is in the entry that C5 logged for it.
static bool previous_of_m8(Work *work, Deposit *deposit, Error *err)
{
    Bytes text;
    Receipt receipt;
    EvidenceEntry entry;
    if (!work_get(work, "m7_receipt", &text, err) ||
        !receipt_parse(work->arena, text, &receipt, err) ||
        !entry_parse(work->arena, receipt.entry, &entry, err)) {
        return error_context(err, "the receipt for M7");
    }
    deposit->has_previous = true;
    deposit->previous = entry.submission;
    return true;
}

static bool ensure_m8(Work *work, Error *err)
{
    Bytes receipt, submission;
    bool has_receipt, has_submission;
    Deposit deposit;
    if (!work_find(work, "m8_receipt", &receipt, &has_receipt, err) ||
        !work_find(work, "m8_submission", &submission, &has_submission, err)) {
        return false;
    }
    if (has_receipt) {
        return true;
    }
    if (!has_submission &&
        (!build_m8(work, &deposit, err) || !previous_of_m8(work, &deposit, err) ||
         !sign_submission(work, &deposit, "m8_submission", &submission, err))) {
        return false;
    }
    return commit_pending(work, err) && send_submission(work, submission, "m8_receipt", err) &&
           work_note(work, "deposit_m8", "ok", "", err);
}

bool deposits_complete(Work *work, Error *err)
{
    if (work->row.state != STATE_SIGNED && work->row.state != STATE_DEPOSITED) {
        return true;
    }
    if (work->row.state == STATE_SIGNED &&
        (!ensure_m6(work, err) || !ensure_m7(work, err) || !ensure_m8(work, err) ||
         !work_apply(work, EVENT_DEPOSIT, err))) {
        return false;
    }
    return work_apply(work, EVENT_TAKE_EFFECT, err) &&
           work_note(work, "take_effect", "ok", "", err) && work_commit(work, err);
}
