// SPDX-License-Identifier: Apache-2.0
//
// Taking in deposits: what a worker does with a submission before and after its group.
#include <string.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/preservation/acceptance.h"
#include "component/preservation/alarms.h"
#include "domain/evidence/payload.h"

// Between the times of source and platform. Source: JR/T 0299-2024 7.3.
#define OFFSET_MAX (5 * TIME_MINUTE)

static bool forbidden(const Acceptance *acceptance, const char *code, const char *why, Error *err)
{
    return error_set(err, ERROR_FORBIDDEN, code, "JR/T 0299-2024 4 f-h", "the role %s %s",
                     acceptance->account->role, why);
}

// Who may deposit what. Source: JR/T 0299-2024 4 f-h.
static bool check_stage(const Acceptance *acceptance, Error *err)
{
    bool is_registration = strcmp(acceptance->account->role, "registration") == 0;
    bool is_m7 = acceptance->deposit.stage == DEPOSIT_M7;
    if (is_registration != is_m7) {
        return forbidden(acceptance, "preservation.stage", "may not deposit this stage", err);
    }
    return true;
}

bool acceptance_parse(Acceptance *acceptance, Error *err)
{
    if (!preservation_find_account(acceptance->preservation, &acceptance->request->caller,
                                   &acceptance->account, err) ||
        !submission_parse(acceptance->body, &acceptance->submission, err)) {
        return false;
    }
    acceptance->text = acceptance->submission.statement;
    return statement_parse(acceptance->arena, acceptance->text, &acceptance->statement, err);
}

// From here on the submission is known to be the depositor's own word.
static bool read_deposit(Acceptance *acceptance, Error *err)
{
    Time now = acceptance->request->received;
    if (!preservation_check_depositor(acceptance->preservation, acceptance->account,
                                      &acceptance->statement.signer, now, err)) {
        return false;
    }
    if (!deposit_read(acceptance->arena, acceptance->statement.payload, &acceptance->deposit,
                      err)) {
        // Signed by the depositor and yet malformed: somebody has to look.
        LOG(LOG_WARNING, "deposit.malformed", log_text("code", err->code));
        return false;
    }
    const Deposit *deposit = &acceptance->deposit;
    acceptance->entry = (EvidenceEntry){
        .kind = ENTRY_DEPOSIT,
        .received = now,
        .depositor =
            preservation_signer_fingerprint(acceptance->account, &acceptance->statement.signer),
        .stage = deposit->stage,
        .sequence = deposit->sequence,
        .is_batch = deposit->is_batch,
        .has_previous = deposit->has_previous,
        .previous = deposit->previous,
    };
    return true;
}

// Digest again whatever came as an original. What a depositor signed and yet contradicts itself is
// an alarm, and stays in the log.
// Source: requirement E05.
static bool check_contents(Acceptance *acceptance, Error *err)
{
    if (submission_attach(&acceptance->submission, &acceptance->deposit, err) &&
        deposit_check_contents(&acceptance->deposit, err)) {
        return true;
    }
    preservation_raise_alarm(acceptance->preservation, "deposit.contradicts", 0,
                             acceptance->deposit.authorization_id, err->code);
    return false;
}

static bool draw_salts(Acceptance *acceptance, Error *err)
{
    uint8_t drawn[COMMITMENT_SALT_SIZE + AUTHORIZATION_SALT_SIZE + RECORD_NAME_SIZE];
    // One call of the system for all three.
    if (!random_fill(acceptance->preservation->config.random, drawn, sizeof drawn, err)) {
        return false;
    }
    memcpy(acceptance->salt, drawn, COMMITMENT_SALT_SIZE);
    memcpy(acceptance->fresh_salt, drawn + COMMITMENT_SALT_SIZE, AUTHORIZATION_SALT_SIZE);
    memcpy(acceptance->record.record_name, drawn + COMMITMENT_SALT_SIZE + AUTHORIZATION_SALT_SIZE,
           RECORD_NAME_SIZE);
    secret_wipe(drawn, sizeof drawn);
    return true;
}

bool acceptance_commit(Acceptance *acceptances, size_t count, Error *err)
{
    if (count == 0) {
        return true;
    }
    Arena *arena = acceptances[0].arena;
    Bytes *texts = arena_alloc(arena, count * sizeof *texts);
    Sm3Digest *digests = arena_alloc(arena, count * sizeof *digests);
    CommitmentInput *inputs = arena_alloc(arena, count * sizeof *inputs);
    if (texts == NULL || digests == NULL || inputs == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        Acceptance *acceptance = &acceptances[i];
        if (!draw_salts(acceptance, err)) {
            return false;
        }
        texts[i] = acceptance->text;
        inputs[i] = (CommitmentInput){BYTES_OF_ARRAY(acceptance->salt), acceptance->parts,
                                      acceptance->part_count};
    }
    sm3_digest_many(texts, digests, count);
    for (size_t i = 0; i < count; i++) {
        acceptances[i].entry.submission = digests[i];
        acceptances[i].flight.submission = digests[i];
    }
    if (!commitment_compute_many(inputs, count, digests, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        acceptances[i].entry.commitment = digests[i];
        acceptances[i].entry.part_count = acceptances[i].part_count;
    }
    return true;
}

// Everything that does not depend on the store.
static bool seal_payload(Acceptance *acceptance, Error *err)
{
    const PreservationConfig *config = &acceptance->preservation->config;
    DepositRecord *record = &acceptance->record;
    size_t len = COMMITMENT_SALT_SIZE + acceptance->body.len;
    CLEANUP(writer_free) Writer plain = writer_new(len);
    CLEANUP(writer_free) Writer sealed = writer_new(len + PAYLOAD_OVERHEAD);
    CLEANUP(writer_free) Writer wrapped = writer_new(PAYLOAD_WRAPPED_SIZE);
    uint8_t *space = writer_put_space(&plain, len);
    if (space == NULL) {
        return error_memory(err);
    }
    memcpy(space, acceptance->salt, COMMITMENT_SALT_SIZE);
    memcpy(space + COMMITMENT_SALT_SIZE, acceptance->body.data, acceptance->body.len);
    if (!payload_seal(config->kek, config->random, BYTES_OF_ARRAY(record->record_name),
                      writer_bytes(&plain), &sealed, &wrapped, err)) {
        return false;
    }
    acceptance->sealed = arena_adopt(acceptance->arena, &sealed);
    record->wrapped_key = arena_copy(acceptance->arena, writer_bytes(&wrapped));
    return (acceptance->sealed.data != NULL && record->wrapped_key.data != NULL) ||
           error_memory(err);
}

// How much later than its newest event a deposit came, by our clock.
static Time lateness(const Acceptance *acceptance)
{
    const Deposit *deposit = &acceptance->deposit;
    Time newest = deposit->event_count == 0 ? acceptance->statement.signed_at : INT64_MIN;
    for (size_t i = 0; i < deposit->event_count; i++) {
        newest = deposit->events[i].time > newest ? deposit->events[i].time : newest;
    }
    return acceptance->entry.received - newest;
}

// How the deposit travelled, and how far the source's time is from ours, for its custody row: a
// staged deposit is made at once, so there more than five minutes are an anomaly.
// Source: requirement E02, steps 6-d and 6-e.
static const char *describe_transfer(const Acceptance *acceptance)
{
    const ServiceRequest *request = acceptance->request;
    const char *stage = deposit_stage_name(acceptance->deposit.stage);
    Time late = lateness(acceptance);
    bool is_odd = !acceptance->deposit.is_batch && (late > OFFSET_MAX || late < -OFFSET_MAX);
    const char *text = arena_format(
        acceptance->arena, "%s channel=%s serial=%s address=%s request=%s offset_ms=%lld%s", stage,
        request->channel == NULL || request->channel[0] == '\0' ? "local" : request->channel,
        request->caller.serial[0] == '\0' ? "-" : request->caller.serial,
        request->address == NULL || request->address[0] == '\0' ? "-" : request->address,
        request->request_id, (long long)(late / TIME_MILLISECOND), is_odd ? " anomaly" : "");
    if (is_odd) {
        LOG(LOG_WARNING, "deposit.time_offset", log_text("stage", stage),
            log_number("offset_ms", late / TIME_MILLISECOND));
    }
    return text == NULL ? stage : text;
}

void acceptance_log_refusal(Acceptance *acceptance, const Error *reason)
{
    EvidenceEntry entry = acceptance->entry;
    entry.kind = ENTRY_REFUSAL;
    entry.code = reason->code;
    static const Sm3Digest none = {{0}};
    Error err = {0};
    uint64_t index = 0;
    bool ok = true;
    if (acceptance->is_refused) {
        // It got no further than to be read.
        entry.submission = deposit_submission_digest(acceptance->text);
        ok = draw_salts(acceptance, &err);
    }
    if (sm3_digest_equal(&entry.authorization, &none)) {
        entry.authorization = entry_authorization(BYTES_OF_ARRAY(acceptance->fresh_salt),
                                                  acceptance->deposit.authorization_id);
    }
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    ok = ok && entry_encode(&entry, &text, &err);
    Bytes bytes = writer_bytes(&text);
    CustodyRecord custody = {
        .action = "refuse",
        .purpose = reason->code,
        .authorization = acceptance->deposit.authorization_id,
        .has_subject = true,
    };
    ok = ok && evidence_log_append(acceptance->preservation->log, &bytes, 1, &index, &err);
    custody.subject = index;
    ok = ok &&
         preservation_record_access(acceptance->preservation, acceptance->request, &custody, &err);
    LOG(ok ? LOG_WARNING : LOG_ERROR, "deposit.refused", log_text("code", reason->code),
        log_text("logged", ok ? "yes" : err.code));
}

bool acceptance_check(Acceptance *acceptance, Error *err)
{
    if (!read_deposit(acceptance, err)) {
        return false;
    }
    acceptance->is_refused = !check_stage(acceptance, err) || !check_contents(acceptance, err);
    if (acceptance->is_refused) {
        return false;
    }
    acceptance->caller = preservation_caller_name(acceptance->arena, &acceptance->request->caller);
    acceptance->transfer = describe_transfer(acceptance);
    return deposit_parts(acceptance->arena, &acceptance->deposit, acceptance->text,
                         &acceptance->parts, &acceptance->part_count, err);
}

bool acceptance_seal(Acceptance *acceptance, Error *err)
{
    bool ok = seal_payload(acceptance, err);
    // Its payload has the salt; nobody needs it here again.
    secret_wipe(acceptance->salt, sizeof acceptance->salt);
    return ok && preservation_enter_flight(acceptance->preservation, &acceptance->flight, err);
}

size_t acceptance_take_in(Acceptance *acceptances, size_t count, Error *err)
{
    size_t done = 0;
    if (count == 0) {
        return 0;
    }
    Preservation *preservation = acceptances[0].preservation;
    deposit_groups_run(preservation->groups, acceptances, count);
    for (size_t i = 0; i < count; i++) {
        preservation_leave_flight(preservation, &acceptances[i].flight);
        done += done == i && acceptances[i].ok ? 1 : 0;
    }
    if (done < count) {
        *err = acceptances[done].failure;
        if (err->kind == ERROR_CONFLICT) {
            acceptance_log_refusal(&acceptances[done], err);
        }
    }
    return done;
}

bool acceptance_receipt(const Acceptance *acceptance, Bytes *ret, Error *err)
{
    return acceptance->has_proof
               ? preservation_encode_receipt(&acceptance->record, &acceptance->proof,
                                             acceptance->arena, ret, err)
               : preservation_receipt_of(acceptance->preservation, &acceptance->record,
                                         acceptance->arena, ret, err);
}

bool preservation_handle_deposit(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Acceptance acceptance = {.preservation = component,
                             .request = request,
                             .arena = request->arena,
                             .body = request->body};
    Bytes receipt;
    if (!preservation_refuse_closed(component, err)) {
        return false;
    }
    if (!acceptance_parse(&acceptance, err) ||
        !statement_verify_signature(&acceptance.statement, DEPOSIT_TYPE, err)) {
        return false;
    }
    if (!acceptance_check(&acceptance, err)) {
        if (acceptance.is_refused) {
            acceptance_log_refusal(&acceptance, err);
        }
        return false;
    }
    if (!acceptance_commit(&acceptance, 1, err) || !acceptance_seal(&acceptance, err) ||
        acceptance_take_in(&acceptance, 1, err) < 1 ||
        !acceptance_receipt(&acceptance, &receipt, err)) {
        return false;
    }
    service_reply_bytes(response, 200, RECEIPT_MEDIA_TYPE, receipt);
    return true;
}
