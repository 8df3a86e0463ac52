// SPDX-License-Identifier: Apache-2.0
//
// Taking in deposits. The order of the steps is what makes a crash harmless: first the sealed
// payload with its entry is durable in the store, then the entry is in the log, then the index
// and the receipt are noted. Whatever is between is found and finished at the next opening or
// when the depositor repeats.
#include <string.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/preservation/preservation_state.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/payload.h"
#include "domain/evidence/submission.h"
#include "domain/pki/statement.h"

enum { BATCH_MAX = 16 };

// One submission on its way in.
typedef struct {
    Preservation *preservation;
    const ServiceRequest *request;
    Arena *arena;
    DepositorAccount *account;
    Bytes body;  // as sent
    Submission submission;
    Bytes text;  // the statement in it
    Statement statement;
    Deposit deposit;
    EvidenceEntry entry;
    uint8_t salt[COMMITMENT_SALT_SIZE];
    uint8_t fresh_salt[AUTHORIZATION_SALT_SIZE];  // for an authorization not seen before
    Bytes sealed;
    DepositRecord record;
    bool exists;  // was deposited before, with the same bytes
} Acceptance;

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

// Parse and verify; from here on the submission is known to be the depositor's own word.
static bool acceptance_parse(Acceptance *acceptance, Error *err)
{
    const PreservationConfig *config = &acceptance->preservation->config;
    Time now = acceptance->request->received;
    if (!submission_parse(acceptance->body, &acceptance->submission, err)) {
        return false;
    }
    acceptance->text = acceptance->submission.statement;
    if (!statement_parse(acceptance->arena, acceptance->text, &acceptance->statement, err) ||
        !statement_verify_signature(&acceptance->statement, DEPOSIT_TYPE, err) ||
        !preservation_check_depositor(acceptance->preservation, acceptance->account,
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
        .submission = deposit_submission_digest(acceptance->text),
        .depositor = certificate_fingerprint(&acceptance->statement.signer),
        .stage = deposit->stage,
        .sequence = deposit->sequence,
        .is_batch = deposit->is_batch,
        .has_previous = deposit->has_previous,
        .previous = deposit->previous,
    };
    return random_fill(config->random, acceptance->fresh_salt, sizeof acceptance->fresh_salt, err);
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
    atomic_fetch_add(&acceptance->preservation->contradictions, 1);
    return false;
}

// Commit to the parts and seal the payload: everything that does not depend on the store.
static bool acceptance_seal(Acceptance *acceptance, Error *err)
{
    const PreservationConfig *config = &acceptance->preservation->config;
    DepositRecord *record = &acceptance->record;
    Bytes *parts;
    size_t count;
    if (!random_fill(config->random, acceptance->salt, sizeof acceptance->salt, err) ||
        !random_fill(config->random, record->record_name, sizeof record->record_name, err) ||
        !deposit_parts(acceptance->arena, &acceptance->deposit, acceptance->text, &parts, &count,
                       err) ||
        !commitment_compute(BYTES_OF_ARRAY(acceptance->salt), parts, count,
                            &acceptance->entry.commitment, err)) {
        return false;
    }
    acceptance->entry.part_count = count;
    size_t len = COMMITMENT_SALT_SIZE + acceptance->body.len;
    CLEANUP(writer_free) Writer plain = writer_new(len);
    CLEANUP(writer_free) Writer sealed = writer_new(len + PAYLOAD_OVERHEAD);
    CLEANUP(writer_free) Writer wrapped = writer_new(PAYLOAD_WRAPPED_SIZE);
    writer_put(&plain, BYTES_OF_ARRAY(acceptance->salt));
    writer_put(&plain, acceptance->body);
    if (plain.failed) {
        return error_memory(err);
    }
    if (!payload_seal(config->kek, config->random, BYTES_OF_ARRAY(record->record_name),
                      writer_bytes(&plain), &sealed, &wrapped, err)) {
        return false;
    }
    acceptance->sealed = arena_adopt(acceptance->arena, &sealed);
    record->wrapped_key = arena_copy(acceptance->arena, writer_bytes(&wrapped));
    return (acceptance->sealed.data != NULL && record->wrapped_key.data != NULL) ||
           error_memory(err);
}

static bool encode_entry(Acceptance *acceptance, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    if (!entry_encode(&acceptance->entry, &text, err)) {
        return false;
    }
    acceptance->record.entry = arena_copy(acceptance->arena, writer_bytes(&text));
    return acceptance->record.entry.data != NULL || error_memory(err);
}

// How the deposit travelled, for its custody row. Source: requirement E02, step 6-e.
static const char *describe_transfer(const Acceptance *acceptance)
{
    const ServiceRequest *request = acceptance->request;
    const char *text = arena_format(
        acceptance->arena, "%s channel=%s serial=%s address=%s request=%s",
        deposit_stage_name(acceptance->deposit.stage),
        request->channel == NULL || request->channel[0] == '\0' ? "local" : request->channel,
        request->caller.serial[0] == '\0' ? "-" : request->caller.serial,
        request->address == NULL || request->address[0] == '\0' ? "-" : request->address,
        request->request_id);
    return text == NULL ? deposit_stage_name(acceptance->deposit.stage) : text;
}

static bool insert_deposit(StoreSession *session, Acceptance *acceptance,
                           AuthorizationRecord *authorization, Error *err)
{
    const Deposit *deposit = &acceptance->deposit;
    DepositRecord *record = &acceptance->record;
    record->authorization = deposit->authorization_id;
    record->stage = deposit->stage;
    record->sequence = deposit->sequence;
    record->depositor = preservation_caller_name(acceptance->arena, &acceptance->request->caller);
    record->submission = acceptance->entry.submission;
    record->received = acceptance->entry.received;
    if (!encode_entry(acceptance, err) ||
        !deposit_record_insert(session, record, acceptance->sealed, &record->id, err)) {
        return false;
    }
    CustodyRecord custody = {
        .at = acceptance->entry.received,
        .caller = record->depositor,
        .action = "deposit",
        .purpose = describe_transfer(acceptance),
        .authorization = deposit->authorization_id,
    };
    if (!custody_record_append(session, &custody, err)) {
        return false;
    }
    if (deposit->stage == DEPOSIT_OTHER) {
        return true;
    }
    authorization->chain =
        (DepositChain){true, deposit->stage, deposit->sequence, acceptance->entry.submission};
    return authorization_record_update_chain(session, authorization, err);
}

// Decide on the state of the store and insert, all in one transaction.
static bool accept_in_store(StoreSession *session, void *context, Error *err)
{
    Acceptance *acceptance = context;
    const Deposit *deposit = &acceptance->deposit;
    AuthorizationRecord authorization = {.id = deposit->authorization_id};
    bool known;
    if (!authorization_record_find(session, deposit->authorization_id, acceptance->arena, &known,
                                   &authorization, err)) {
        return false;
    }
    if (!known) {
        memcpy(authorization.salt, acceptance->fresh_salt, sizeof authorization.salt);
    }
    acceptance->entry.authorization =
        entry_authorization(BYTES_OF_ARRAY(authorization.salt), deposit->authorization_id);
    DepositRecord before;
    const DepositPlace place = {deposit->authorization_id, deposit->stage, deposit->sequence};
    if (!deposit_record_find(session, &place, acceptance->arena, &acceptance->exists, &before,
                             err)) {
        return false;
    }
    if (acceptance->exists) {
        acceptance->record = before;
        return sm3_digest_equal(&before.submission, &acceptance->entry.submission) ||
               error_set(err, ERROR_CONFLICT, "preservation.different", "JR/T 0299-2024 8.2",
                         "other bytes are deposited under this stage and sequence");
    }
    if (!deposit_check_order(&authorization.chain, deposit, err)) {
        return false;
    }
    return (known || authorization_record_insert(session, &authorization,
                                                 acceptance->entry.received, err)) &&
           insert_deposit(session, acceptance, &authorization, err);
}

// An attempt that is refused is evidence too. The refusal stands even if it cannot be logged.
static void log_refusal(Acceptance *acceptance, const Error *reason)
{
    EvidenceEntry entry = acceptance->entry;
    entry.kind = ENTRY_REFUSAL;
    entry.code = reason->code;
    static const Sm3Digest none = {{0}};
    if (sm3_digest_equal(&entry.authorization, &none)) {
        entry.authorization = entry_authorization(BYTES_OF_ARRAY(acceptance->fresh_salt),
                                                  acceptance->deposit.authorization_id);
    }
    Error err = {0};
    uint64_t index = 0;
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    bool ok = entry_encode(&entry, &text, &err);
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

typedef struct {
    int64_t id;
    uint64_t log_index;
    Bytes receipt;
} Logged;

static bool note_logged(StoreSession *session, void *context, Error *err)
{
    const Logged *logged = context;
    return deposit_record_set_logged(session, logged->id, logged->log_index, logged->receipt, err);
}

// Bring an accepted record into the log and note index and receipt.
static bool log_record(Preservation *preservation, DepositRecord *record, bool is_fresh,
                       Arena *arena, Error *err)
{
    bool found = false;
    uint64_t index = 0;
    if (!is_fresh && !preservation_find_entry(preservation, record->entry, record->size_before,
                                              &found, &index, err)) {
        return false;
    }
    if (!found && !evidence_log_append(preservation->log, &record->entry, 1, &index, err)) {
        return false;
    }
    Logged logged = {.id = record->id, .log_index = index};
    if (!preservation_make_receipt(preservation, index, record->entry, arena, &logged.receipt,
                                   err) ||
        !store_write(preservation->store, note_logged, &logged, err)) {
        return false;
    }
    record->is_logged = true;
    record->log_index = index;
    record->receipt = logged.receipt;
    return true;
}

// The part during which nobody else may take in the same bytes.
static bool accept_and_log(Acceptance *acceptance, Error *err)
{
    Preservation *preservation = acceptance->preservation;
    Bytes note;
    MerkleHead head;
    if (!evidence_log_checkpoint(preservation->log, acceptance->arena, &note, &head, err)) {
        return false;
    }
    acceptance->record.size_before = head.size;
    if (!check_stage(acceptance, err) || !check_contents(acceptance, err) ||
        !acceptance_seal(acceptance, err) ||
        !store_write(preservation->store, accept_in_store, acceptance, err)) {
        if (err->kind == ERROR_CONFLICT || err->kind == ERROR_FORBIDDEN ||
            err->kind == ERROR_UNTRUSTED) {
            log_refusal(acceptance, err);
        }
        return false;
    }
    return acceptance->record.is_logged || log_record(preservation, &acceptance->record,
                                                      !acceptance->exists, acceptance->arena, err);
}

static bool take_in(Preservation *preservation, const ServiceRequest *request, Bytes body,
                    Bytes *ret_receipt, Error *err)
{
    Acceptance acceptance = {
        .preservation = preservation, .request = request, .arena = request->arena, .body = body};
    if (!preservation_find_account(preservation, &request->caller, &acceptance.account, err) ||
        !acceptance_parse(&acceptance, err)) {
        return false;
    }
    InFlight self = {.submission = acceptance.entry.submission};
    if (!preservation_enter_flight(preservation, &self, err)) {
        return false;
    }
    bool ok = accept_and_log(&acceptance, err);
    preservation_leave_flight(preservation, &self);
    secret_wipe(acceptance.salt, sizeof acceptance.salt);
    if (ok) {
        *ret_receipt = acceptance.record.receipt;
    }
    return ok;
}

bool preservation_handle_deposit(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Bytes receipt;
    if (!take_in(component, request, request->body, &receipt, err)) {
        return false;
    }
    service_reply_bytes(response, 200, RECEIPT_MEDIA_TYPE, receipt);
    return true;
}

bool preservation_handle_batch(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "batch", err);
    const json_t *submissions = json_view_array(&view, "submissions", BATCH_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *receipts = json_array();
    json_put(reply, "receipts", receipts);
    for (size_t i = 0; i < json_array_size(submissions); i++) {
        const json_t *submission = json_array_get(submissions, i);
        const char *encoded = json_string_value(submission);
        Bytes text;
        Bytes receipt;
        if (encoded == NULL) {
            return error_set(err, ERROR_INPUT, "preservation.batch", NULL,
                             "submission %zu is not base64 text", i);
        }
        // In order: one that fails leaves those before it accepted, and repeating the whole
        // batch gives the same receipts for them.
        if (!base64_decode_arena(request->arena, bytes_of_text(encoded), &text, err) ||
            !take_in(component, request, text, &receipt, err)) {
            return error_context(err, "submission %zu", i);
        }
        json_array_append_new(receipts, json_stringn((const char *)receipt.data, receipt.len));
    }
    return service_reply_json(response, request->arena, 200, reply, err);
}

typedef struct {
    int64_t after;
    Arena *arena;
    bool found;
    DepositRecord record;
} PendingRead;

static bool read_pending(StoreSession *session, void *context, Error *err)
{
    PendingRead *read = context;
    return deposit_record_next_pending(session, read->after, read->arena, &read->found,
                                       &read->record, err);
}

bool preservation_finish_deposits(Preservation *preservation, Error *err)
{
    PendingRead read = {.found = true};
    while (read.found) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        if (arena == NULL) {
            return error_memory(err);
        }
        read.arena = arena;
        if (!store_read(preservation->store, read_pending, &read, err)) {
            return false;
        }
        if (read.found && !log_record(preservation, &read.record, false, arena, err)) {
            return error_context(err, "finishing an interrupted deposit");
        }
        read.after = read.record.id;
    }
    return true;
}
