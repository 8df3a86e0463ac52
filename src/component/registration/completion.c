// SPDX-License-Identifier: Apache-2.0
//
// M7. The submission is kept before it is sent, so that a repetition after a crash sends the same
// bytes and gets the same receipt.
#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/json.h"
#include "component/port/message.h"
#include "component/registration/office.h"
#include "domain/evidence/deposit.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"
#include "domain/evidence/submission.h"

enum {
    EVENTS_MAX = REGISTRATION_REFUSALS_MAX + REGISTRATION_DECISION_MAX + 8,
    ITEMS_MAX = 8,
    SUBMISSION_MAX = 4 << 20,
    CONTENT_BESIDE = 512,  // bytes; a longer content travels beside the statement
};

static const char source_system[] = "C2";
static const char source_version[] = "1";
static const char statement_media_type[] = "application/json";

// What one completion works on. Everything is in the request's arena.
typedef struct {
    const Application *application;
    RegistrationRow row;
    Statement statement;  // C1's, about the completion
    RegistrationCompletion completion;
    KeptApplication kept;
    RegistrationResult result;
    Time issued_at;      // by C3's word
    Time destroyed_at;   // 0: not destroyed, or not known
    int64_t signatures;  // that the key made before
} Completion;

// --- checks -----------------------------------------------------------------------------------

static bool load(Completion *completion, Error *err)
{
    const Application *application = completion->application;
    Registration *registration = application->registration;
    RegistrationRow *row = &completion->row;
    Statement issue;
    CertificationResult issued;
    if (!office_load(registration, row, application->arena, &completion->kept, err) ||
        !office_result(registration, row, application->arena, &completion->result, err) ||
        !statement_parse(application->arena, completion->result.issue_statement, &issue, err) ||
        !certification_result_parse(issue.payload, application->arena, &issued, err)) {
        return error_context(err, "the registration that was kept");
    }
    completion->issued_at = issued.issued_at;
    return true;
}

static bool read_destruction(Completion *completion, const Statement *statement, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = NULL;
    Sm3Digest signed_digest;
    if (!json_parse(statement->payload, &payload, err)) {
        return false;
    }
    JsonView view = json_view(payload, "destruction", err);
    completion->destroyed_at = json_view_time(&view, "destroyed_at");
    completion->signatures = json_view_int(&view, "signatures", 0, INT32_MAX);
    json_view_hex(&view, "signed_digest", signed_digest.bytes, SM3_SIZE);
    return json_view_done(&view);
}

// The key itself says, as its last act, that it is destroyed. It is judged at the time it names,
// since the certificate may have ended by now, and that time may not lie before the issue.
static bool check_destruction(Completion *completion, Error *err)
{
    const Application *application = completion->application;
    Time now = clock_now(application->registration->config.institution.clock);
    const Bytes certificate = completion->result.certificate;
    Statement statement;
    if (completion->completion.destruction.len == 0) {
        return true;
    }
    TrustStore *holder = trust_store_new(application->arena);
    if (holder == NULL) {
        return error_memory(err);
    }
    if (!trust_store_add_anchors(holder, certificate, err) ||
        !statement_parse(application->arena, completion->completion.destruction, &statement, err)) {
        return error_context(err, "the record of the key's destruction");
    }
    if (!bytes_equal(statement.signer.der, certificate)) {
        return error_set(err, ERROR_UNTRUSTED, "registration.destruction", "JR/T 0299-2024 6.6 c",
                         "the record of the key's destruction is by another key");
    }
    if (!statement_verify(&statement, KEY_DESTRUCTION_TYPE, holder, REVOCATION_NOT_NEEDED,
                          statement.signed_at, err) ||
        !read_destruction(completion, &statement, err)) {
        return error_context(err, "the record of the key's destruction");
    }
    if (completion->destroyed_at > now + PARTNER_FRESHNESS ||
        completion->destroyed_at < completion->issued_at - PARTNER_FRESHNESS) {
        return error_set(err, ERROR_UNTRUSTED, "registration.destruction", "JR/T 0299-2024 6.6 c",
                         "the key was destroyed before it was certified, or is yet to be");
    }
    return true;
}

// --- the deposit ------------------------------------------------------------------------------

static DepositEvent *add_event(Deposit *deposit, Time time, const char *type, const char *outcome,
                               const char *detail)
{
    DepositEvent *event = &deposit->events[deposit->event_count++];
    *event = (DepositEvent){.time = time,
                            .type = type,
                            .actor = "system",
                            .device = "",
                            .address = "",
                            .outcome = outcome,
                            .detail = detail};
    return event;
}

static void add_digest(DepositEvent *event, Sm3Digest digest)
{
    event->has_digest = true;
    event->digest = digest;
}

// Attempts that were refused are part of the process. Source: JR/T 0299-2024 8.3 b.
static bool add_refusals(const Completion *completion, Deposit *deposit, Error *err)
{
    const Application *application = completion->application;
    RefusalRow *refusals;
    size_t count;
    if (!registration_record_list_refusals(application->registration->store,
                                           completion->row.authorization_id, application->arena,
                                           &refusals, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        add_event(deposit, refusals[i].created_at, "registration.refused", "refused",
                  refusals[i].refusal);
    }
    return true;
}

// Certificates of keys that were lost are part of the process too.
static bool add_replaced(const Completion *completion, Deposit *deposit, Error *err)
{
    const Application *application = completion->application;
    ReplacedRow rows[REGISTRATION_DECISION_MAX];
    size_t count;
    if (!registration_record_list_replaced(application->registration->store, &completion->row,
                                           application->arena, rows, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        add_event(deposit, rows[i].revoked_at, "certificate.replaced", "revoked", rows[i].serial);
    }
    return true;
}

// Where the key is, with the carrier's kind and serial number. Source: JR/T 0299-2024 6.6 a.
static const char *place_of(const Completion *completion)
{
    const RegistrationRequest *request = &completion->kept.request;
    const char *place = request->carrier_serial[0] == '\0'
                            ? request->storage
                            : arena_format(completion->application->arena, "%s %s",
                                           request->storage, request->carrier_serial);
    return place == NULL ? request->storage : place;
}

static void add_events(const Completion *completion, Deposit *deposit)
{
    const RegistrationRow *row = &completion->row;
    const RegistrationRequest *request = &completion->kept.request;
    DepositEvent *event = add_event(deposit, request->notice_acknowledged_at, "notice.acknowledged",
                                    "passed", request->notice_id);
    add_digest(event, request->notice_digest);
    event = add_event(deposit, completion->kept.statement.signed_at, "registration.applied", "",
                      request->storage);
    add_digest(event, sm3_digest(completion->kept.text));
    event = add_event(deposit, row->created_at, "registration.decision_checked", "passed",
                      row->decision_id);
    add_digest(event, sm3_digest(request->decision));
    add_event(deposit, row->forwarded_at, "registration.forwarded", "passed", row->registration_id);
    event = add_event(deposit, completion->issued_at, "certificate.issued", "passed", row->serial);
    add_digest(event, sm3_digest(completion->result.certificate));
    add_event(deposit, completion->completion.delivered_at, "certificate.delivered", "passed",
              place_of(completion));
    if (completion->destroyed_at != 0) {
        add_event(deposit, completion->destroyed_at, "key.destroyed", "passed", "");
    }
}

static void add_item(Deposit *deposit, const char *name, const char *media_type, Bytes content)
{
    if (content.len > 0) {
        deposit->items[deposit->item_count++] = deposit_item_of(name, media_type, content);
    }
}

// Source: JR/T 0299-2024 4 g, 8.3 b.
static void add_items(const Completion *completion, Deposit *deposit)
{
    add_item(deposit, "registration.json", statement_media_type, completion->kept.text);
    if (completion->kept.message.len == 0) {
        add_item(deposit, "request.csr", "application/pkcs10", completion->kept.request.csr);
    }
    add_item(deposit, "request.pkixcmp", "application/pkixcmp", completion->kept.message);
    add_item(deposit, "certificate.cer", "application/pkix-cert", completion->result.certificate);
    add_item(deposit, "issue.json", statement_media_type, completion->result.issue_statement);
    add_item(deposit, "decision.json", statement_media_type, completion->kept.request.decision);
    DepositItem *decision = &deposit->items[deposit->item_count - 1];
    decision->has_content = false;  // it lies in M6; here it is only matched
    decision->content = BYTES_EMPTY;
    add_item(deposit, "completion.json", statement_media_type, completion->application->statement);
    add_item(deposit, "destruction.json", statement_media_type, completion->completion.destruction);
}

static bool build(const Completion *completion, Deposit *ret, Error *err)
{
    const Application *application = completion->application;
    *ret = (Deposit){
        .authorization_id = completion->row.authorization_id,
        .stage = DEPOSIT_M7,
        .is_batch = strcmp(completion->completion.mode, "batch") == 0,
        .has_previous = completion->completion.previous[0] != '\0',
        .system = source_system,
        .system_version = source_version,
        .events = arena_alloc(application->arena, EVENTS_MAX * sizeof(*ret->events)),
        .items = arena_alloc(application->arena, ITEMS_MAX * sizeof(*ret->items)),
    };
    if (ret->events == NULL || ret->items == NULL) {
        return error_memory(err);
    }
    if (ret->has_previous) {
        CLEANUP(writer_free) Writer previous = writer_new(SM3_SIZE);
        if (!hex_decode(bytes_of_text(completion->completion.previous), &previous, err) ||
            previous.len != SM3_SIZE) {
            return error_set(err, ERROR_INPUT, "registration.previous", "JR/T 0299-2024 8.3",
                             "the digest of the deposit before has not 32 bytes");
        }
        memcpy(ret->previous.bytes, previous.data, SM3_SIZE);
    }
    if (!add_refusals(completion, ret, err) || !add_replaced(completion, ret, err)) {
        return false;
    }
    add_events(completion, ret);
    add_items(completion, ret);
    return true;
}

static bool sign_deposit(const Completion *completion, const Deposit *deposit, Writer *ret,
                         Error *err)
{
    const Institution *institution = &completion->application->registration->config.institution;
    CLEANUP(writer_free) Writer payload = writer_new(SUBMISSION_MAX);
    if (!deposit_encode(deposit, &payload, err)) {
        return false;
    }
    const StatementTemplate template = {.type = DEPOSIT_TYPE,
                                        .payload = writer_bytes(&payload),
                                        .signed_at = clock_now(institution->clock),
                                        .certificate = institution->certificate};
    return statement_sign(&template, institution->signer, ret, err);
}

static bool make_submission(const Completion *completion, Deposit *deposit, Bytes *ret, Error *err)
{
    Submission submission = {.content_count = 0};
    CLEANUP(writer_free) Writer statement = writer_new(2 * SUBMISSION_MAX);
    CLEANUP(writer_free) Writer whole = writer_new(2 * SUBMISSION_MAX);
    submission_detach(deposit, CONTENT_BESIDE, &submission);
    if (!sign_deposit(completion, deposit, &statement, err)) {
        return false;
    }
    submission.statement = writer_bytes(&statement);
    if (!submission_encode(&submission, &whole, err)) {
        return false;
    }
    *ret = arena_adopt(completion->application->arena, &whole);
    return ret->data != NULL || error_memory(err);
}

// --- submitting -------------------------------------------------------------------------------

static bool keep_submission(Completion *completion, const Sm3Digest *digest, Error *err)
{
    const Application *application = completion->application;
    Registration *registration = application->registration;
    RegistrationRow *row = &completion->row;
    const FieldPlace place = {"registration", "submission", row->registration_id};
    Deposit deposit;
    Bytes submission;
    bool raced;
    row->completion_digest = sm3_bytes(digest);
    return build(completion, &deposit, err) &&
           make_submission(completion, &deposit, &submission, err) &&
           office_seal(registration, &place, submission, application->arena, &row->submission,
                       err) &&
           registration_record_keep_submission(registration->store, row, &raced, err) &&
           registration_record_find(registration->store, row->registration_id, application->arena,
                                    row, err);
}

// What C5 gives has to be about what it was given: a receipt for something else proves nothing.
// Source: JR/T 0299-2024 8.3 b.
static bool check_receipt(Arena *arena, Bytes text, Bytes submitted, Error *err)
{
    Submission submission;
    Receipt receipt;
    EvidenceEntry entry;
    if (!submission_parse(submitted, &submission, err)) {
        return error_context(err, "the submission that was kept");
    }
    const Sm3Digest digest = deposit_submission_digest(submission.statement);
    if (!receipt_parse(arena, text, &receipt, err) ||
        !entry_parse(arena, receipt.entry, &entry, err)) {
        return error_context(err, "the receipt of the evidence system");
    }
    return (entry.kind == ENTRY_DEPOSIT && sm3_digest_equal(&entry.submission, &digest)) ||
           error_set(err, ERROR_UNTRUSTED, "registration.receipt", "JR/T 0299-2024 8.3",
                     "the receipt of the evidence system is for something else");
}

static bool submit(Completion *completion, Bytes *ret_receipt, Error *err)
{
    const Application *application = completion->application;
    Registration *registration = application->registration;
    const PreservationPort *port = &registration->config.preservation;
    RegistrationRow *row = &completion->row;
    const FieldPlace place = {"registration", "submission", row->registration_id};
    Bytes submission;
    if (!office_open(registration, &place, row->submission, application->arena, &submission, err) ||
        !port->deposit(port, submission, application->arena, ret_receipt, err) ||
        !check_receipt(application->arena, *ret_receipt, submission, err)) {
        return false;
    }
    row->receipt = *ret_receipt;
    row->deposited_at = clock_now(registration->config.institution.clock);
    return registration_record_keep_receipt(registration->store, row, err);
}

// Tell C3 that the certificate reached its holder. That the key signed is how the holder accepted
// it; of a key that is kept, the business system says so. A certificate that has ended meanwhile
// needs no more telling, and its record goes to C5 all the same. Source: JR/T 0299-2024 4 d, 6.5.
static bool hand_over(Completion *completion, Error *err)
{
    Registration *registration = completion->application->registration;
    const CertificationPort *port = &registration->config.certification;
    Arena *arena = completion->application->arena;
    RegistrationRow *row = &completion->row;
    bool is_used = completion->destroyed_at != 0 && completion->signatures > 0;
    CertificationHandover handover = {
        .serial_hex = row->serial,
        .request_id = arena_format(arena, "%s-handover", row->registration_id),
        .delivered_at = completion->completion.delivered_at,
        .accepted_at = is_used ? completion->destroyed_at : completion->completion.accepted_at,
        .manner = is_used                                   ? "first_use"
                  : completion->completion.accepted_at != 0 ? "confirmation"
                                                            : "",
    };
    Error refusal = {0};
    if (row->delivered_at != 0) {
        return true;
    }
    if (handover.request_id == NULL) {
        return error_memory(err);
    }
    if (!port->hand_over(port, &handover, arena, &refusal)) {
        *err = refusal;
        return strcmp(refusal.code, "certificate.state") == 0;
    }
    row->delivered_at = handover.delivered_at;
    row->accepted_at = handover.accepted_at;
    return registration_record_keep_handover(registration->store, row, err);
}

static bool receive(Completion *completion, Application *application, const char *registration_id,
                    Error *err)
{
    if (!partners_accept(&application->registration->applicants, REGISTRATION_COMPLETION_TYPE,
                         application->statement, application->arena, &completion->statement, err) ||
        !registration_completion_parse(completion->statement.payload, application->arena,
                                       &completion->completion, err)) {
        return false;
    }
    application->request_id = completion->completion.registration_id;
    if (strcmp(registration_id, application->request_id) != 0) {
        return error_set(err, ERROR_INPUT, "registration.other_registration", NULL,
                         "the signed completion is about another registration");
    }
    if (!office_get(application->registration, application->caller, registration_id,
                    application->arena, &completion->row, err)) {
        return false;
    }
    application->authorization_id = completion->row.authorization_id;
    return completion->row.issue.data != NULL ||
           error_set(err, ERROR_CONFLICT, "registration.not_issued", "JR/T 0299-2024 4 g",
                     "the certificate has not been issued yet");
}

bool office_complete(Application *application, const char *registration_id, Bytes *ret_receipt,
                     Error *err)
{
    Completion *completion = arena_alloc(application->arena, sizeof(*completion));
    if (completion == NULL) {
        return error_memory(err);
    }
    completion->application = application;
    if (!receive(completion, application, registration_id, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(completion->statement.payload);
    if (completion->row.receipt.data == NULL &&
        (!load(completion, err) || !check_destruction(completion, err))) {
        return false;
    }
    if (completion->row.submission.data == NULL && !keep_submission(completion, &digest, err)) {
        return false;
    }
    if (!bytes_equal(completion->row.completion_digest, sm3_bytes(&digest))) {
        return error_set(err, ERROR_CONFLICT, "registration.completion_reused", NULL,
                         "the registration was completed otherwise");
    }
    if (completion->row.receipt.data != NULL) {
        *ret_receipt = completion->row.receipt;
        return true;
    }
    return hand_over(completion, err) && submit(completion, ret_receipt, err);
}

bool office_submission(const Application *application, const char *registration_id, Bytes *ret,
                       Error *err)
{
    Registration *registration = application->registration;
    const FieldPlace place = {"registration", "submission", registration_id};
    RegistrationRow row;
    Submission submission;
    Bytes whole;
    if (!office_get(registration, application->caller, registration_id, application->arena, &row,
                    err)) {
        return false;
    }
    if (row.submission.data == NULL) {
        return error_set(err, ERROR_CONFLICT, "registration.not_completed", "JR/T 0299-2024 4 g",
                         "nothing was submitted for this registration yet");
    }
    if (!office_open(registration, &place, row.submission, application->arena, &whole, err) ||
        !submission_parse(whole, &submission, err)) {
        return error_context(err, "the submission that was kept");
    }
    *ret = submission.statement;
    return true;
}
