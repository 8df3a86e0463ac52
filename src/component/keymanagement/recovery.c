// SPDX-License-Identifier: Apache-2.0
//
// Recovery under dual control: one officer asks, another confirms what was asked to the byte, and
// only then the key is enveloped for its recipient. Each step is a signed statement that is kept.
// Source: GB/T 22081-2016 9.2.3.
#include <string.h>

#include "base/codec/hex.h"
#include "component/keymanagement/keeper.h"
#include "component/port/message.h"
#include "domain/pki/enveloped_key.h"
#include "domain/pki/oid.h"

enum { LIST_MAX = 50, ANSWER_MAX_SIZE = 64 * 1024 };

static const char clause[] = "GB/T 22081-2016 9.2.3";

// --- asking -----------------------------------------------------------------------------------

static bool find_issued(KeyManagement *keeper, const char *key_id, Arena *arena, KeyPairRow *ret,
                        Error *err)
{
    if (!key_pair_record_find(keeper->store, key_id, arena, ret, err)) {
        return false;
    }
    bool is_issued = ret->key_id != NULL && ret->certificate.len > 0;
    return is_issued ||
           error_set(err, ERROR_NOT_FOUND, "keymanagement.unknown", NULL, "no such key was issued");
}

// The person whose key it is, by a certificate that signs now.
static bool check_holder(KeyManagement *keeper, const KeyPairRow *row, const Certificate *recipient,
                         Arena *arena, Error *err)
{
    const KeyManagementConfig *config = &keeper->config;
    const FieldPlace place = {"key_pair", "certificate", row->key_id};
    Bytes der;
    Certificate holder;
    PathPolicy policy = {.trust = config->trust,
                         .at = clock_now(config->institution.clock),
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = config->revocation};
    if (!path_verify(&policy, recipient, err) ||
        !keeper_open(keeper, &place, row->certificate, arena, &der, err) ||
        !certificate_parse(der, &holder, err)) {
        return error_context(err, "the recipient's certificate");
    }
    bool is_same = bytes_equal(holder.subject, recipient->subject) &&
                   bytes_equal(holder.issuer, recipient->issuer) &&
                   !certificate_is_for_encryption(recipient);
    return is_same || error_set(err, ERROR_FORBIDDEN, "keymanagement.recipient", clause,
                                "the certificate is not a signing certificate of the same person");
}

// One of those that the operator listed, and for encryption.
static bool check_judicial(const KeyManagement *keeper, const Certificate *recipient, Error *err)
{
    const KeyManagementConfig *config = &keeper->config;
    bool is_listed = false;
    for (size_t i = 0; i < config->judicial_count; i++) {
        is_listed = is_listed || bytes_equal(config->judicial[i], recipient->der);
    }
    if (!is_listed) {
        return error_set(err, ERROR_FORBIDDEN, "keymanagement.recipient", clause,
                         "the certificate is not of a recipient that is listed");
    }
    return (certificate_is_for_encryption(recipient) &&
            certificate_is_valid_at(recipient, clock_now(config->institution.clock))) ||
           error_set(err, ERROR_UNTRUSTED, "keymanagement.certificate", "GM/T 0015-2012 annex C",
                     "the recipient's certificate is not for encryption, or not valid now");
}

static bool check_recipient(KeyManagement *keeper, const KeyRecovery *recovery,
                            const KeyPairRow *row, Arena *arena, Certificate *ret, Error *err)
{
    if (!certificate_parse(recovery->recipient_certificate, ret, err)) {
        return error_context(err, "the recipient's certificate");
    }
    return strcmp(recovery->recipient, KEY_RECIPIENT_HOLDER) == 0
               ? check_holder(keeper, row, ret, arena, err)
               : check_judicial(keeper, ret, err);
}

static bool reply_recovery(const ServiceRequest *request, ServiceResponse *response, int status,
                           const RecoveryRow *row, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "request_id", row->request_id);
    json_put_text(reply, "key_id", row->key_id);
    json_put_text(reply, "state", row->state);
    json_put_hex(reply, "request_digest", sm3_bytes(&row->request_digest));
    return service_reply_json(response, request->arena, status, reply, err);
}

static bool insert_recovery(KeyManagement *keeper, const Statement *statement, Bytes text,
                            Arena *arena, RecoveryRow *row, Error *err)
{
    const FieldPlace place = {"recovery", "request", row->request_id};
    if (row->requested_by == NULL) {
        return error_memory(err);
    }
    if (!keeper_seal(keeper, &place, text, arena, &row->request, err)) {
        return false;
    }
    Deed deed = {.kind = DEED_REQUEST, .recovery = row};
    const KeyEvent event = {"recovery_requested", row->key_id, row->requested_by,
                            sm3_digest(statement->payload)};
    return keeper_do(keeper, &deed, &event, arena, err);
}

bool keymanagement_handle_recovery(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    KeyManagement *keeper = component;
    Arena *arena = request->arena;
    Statement statement;
    KeyRecovery recovery;
    KeyPairRow pair;
    RecoveryRow row;
    Certificate recipient;
    if (!partners_accept(&keeper->officers, KEY_RECOVERY_TYPE, request->body, arena, &statement,
                         err) ||
        !key_recovery_parse(statement.payload, arena, &recovery, err) ||
        !recovery_record_find(keeper->store, recovery.request_id, arena, &row, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(statement.payload);
    if (row.request_id != NULL) {
        return sm3_digest_equal(&row.request_digest, &digest)
                   ? reply_recovery(request, response, 201, &row, err)
                   : error_set(err, ERROR_CONFLICT, "keymanagement.request_reused", NULL,
                               "another recovery was asked for under this request id");
    }
    if (!find_issued(keeper, recovery.key_id, arena, &pair, err) ||
        !check_recipient(keeper, &recovery, &pair, arena, &recipient, err)) {
        return false;
    }
    row = (RecoveryRow){.request_id = recovery.request_id,
                        .key_id = recovery.key_id,
                        .state = "pending",
                        .request_digest = digest,
                        .requested_by = keeper_fingerprint(arena, &statement.signer),
                        .created_at = clock_now(keeper->config.institution.clock)};
    return insert_recovery(keeper, &statement, request->body, arena, &row, err) &&
           reply_recovery(request, response, 201, &row, err);
}

// --- answering --------------------------------------------------------------------------------

// One answer on its way. Everything is in the request's arena.
typedef struct {
    KeyManagement *keeper;
    Arena *arena;
    Bytes text;
    Statement statement;
    KeyRecoveryAnswer answer;
    const char *officer;
    RecoveryRow row;
    KeyRecovery recovery;
} Answer;

static bool load_request(Answer *answer, Error *err)
{
    const FieldPlace place = {"recovery", "request", answer->row.request_id};
    Bytes text;
    Statement statement;
    return keeper_open(answer->keeper, &place, answer->row.request, answer->arena, &text, err) &&
           statement_parse(answer->arena, text, &statement, err) &&
           key_recovery_parse(statement.payload, answer->arena, &answer->recovery, err);
}

// Two persons, not two certificates of one: neither the same key nor the same name.
static bool check_other_officer(const Answer *answer, Error *err)
{
    const FieldPlace place = {"recovery", "request", answer->row.request_id};
    Bytes text;
    Statement asked;
    if (!keeper_open(answer->keeper, &place, answer->row.request, answer->arena, &text, err) ||
        !statement_parse(answer->arena, text, &asked, err)) {
        return false;
    }
    bool is_other =
        !sm2_public_key_equal(&asked.signer.public_key, &answer->statement.signer.public_key) &&
        !name_matches(asked.signer.subject, answer->statement.signer.subject);
    return is_other || !answer->answer.is_confirmed ||
           error_set(err, ERROR_FORBIDDEN, "keymanagement.same_officer", clause,
                     "a recovery is confirmed by another officer than the one who asked");
}

static bool envelop_for(const Answer *answer, const KeyPairRow *pair, const Certificate *recipient,
                        Writer *ret, Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    return keeper_take_key(answer->keeper, pair, answer->arena, &key, err) &&
           enveloped_key_seal(key, &recipient->public_key, answer->keeper->config.random, ret, err);
}

// What came of it, by the KM's own word; the envelope beside it, for it is no evidence.
static bool make_answer(const Answer *answer, Bytes envelope, Bytes *ret, Error *err)
{
    const Institution *institution = &answer->keeper->config.institution;
    Sm3Digest recipient = sm3_digest(answer->recovery.recipient_certificate);
    Sm3Digest delivered = sm3_digest(envelope);
    Bytes record;
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    json_put_text(payload, "request_id", answer->row.request_id);
    json_put_text(payload, "key_id", answer->row.key_id);
    json_put_text(payload, "requested_by", answer->row.requested_by);
    json_put_text(payload, "answered_by", answer->officer);
    json_put_text(payload, "legal_ground", answer->recovery.legal_ground);
    json_put_text(payload, "reference", answer->recovery.reference);
    json_put_text(payload, "recipient", answer->recovery.recipient);
    json_put_hex(payload, "recipient_certificate", sm3_bytes(&recipient));
    json_put_bool(payload, "is_confirmed", answer->answer.is_confirmed);
    if (envelope.len > 0) {
        json_put_hex(payload, "enveloped_key", sm3_bytes(&delivered));
    }
    json_put_time(payload, "at", clock_now(institution->clock));
    if (!institution_state(institution, KEY_RECOVERY_RECORD_TYPE, payload, answer->arena, &record,
                           err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_base64(reply, "record", record);
    if (envelope.len > 0) {
        json_put_base64(reply, "enveloped_key", envelope);
    }
    return json_text(answer->arena, reply, ret, err);
}

static bool keep_answer(Answer *answer, Bytes reply, Error *err)
{
    KeyManagement *keeper = answer->keeper;
    RecoveryRow *row = &answer->row;
    const FieldPlace statement = {"recovery", "statement", row->request_id};
    const FieldPlace place = {"recovery", "answer", row->request_id};
    bool is_confirmed = answer->answer.is_confirmed;
    row->state = is_confirmed ? "delivered" : "refused";
    row->answered_by = answer->officer;
    if (!keeper_seal(keeper, &statement, answer->text, answer->arena, &row->statement, err) ||
        !keeper_seal(keeper, &place, reply, answer->arena, &row->answer, err)) {
        return false;
    }
    Deed deed = {.kind = DEED_ANSWER, .recovery = row};
    const KeyEvent event = {is_confirmed ? "recovered" : "recovery_refused", row->key_id,
                            answer->officer, sm3_digest(answer->statement.payload)};
    return keeper_do(keeper, &deed, &event, answer->arena, err);
}

// The envelope is made and given out only when what was done is durable.
static bool carry_out(Answer *answer, Bytes *ret, Error *err)
{
    KeyPairRow pair;
    Certificate recipient;
    CLEANUP(writer_free) Writer envelope = writer_new(ENVELOPED_KEY_MAX_SIZE);
    if (!check_other_officer(answer, err) || !load_request(answer, err)) {
        return false;
    }
    if (answer->answer.is_confirmed &&
        (!find_issued(answer->keeper, answer->row.key_id, answer->arena, &pair, err) ||
         !check_recipient(answer->keeper, &answer->recovery, &pair, answer->arena, &recipient,
                          err) ||
         !envelop_for(answer, &pair, &recipient, &envelope, err))) {
        return false;
    }
    return make_answer(answer, writer_bytes(&envelope), ret, err) && keep_answer(answer, *ret, err);
}

static bool find_recovery(Answer *answer, const char *request_id, Error *err)
{
    if (!recovery_record_find(answer->keeper->store, request_id, answer->arena, &answer->row,
                              err)) {
        return false;
    }
    if (answer->row.request_id == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "keymanagement.unknown", NULL,
                         "no such recovery was asked for");
    }
    return (sm3_digest_equal(&answer->row.request_digest, &answer->answer.request_digest) &&
            strcmp(answer->answer.request_id, request_id) == 0) ||
           error_set(err, ERROR_INPUT, "keymanagement.other_request", clause,
                     "the answer is to something else than what was asked");
}

bool keymanagement_handle_answer(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    KeyManagement *keeper = component;
    Bytes reply;
    Answer answer = {.keeper = keeper, .arena = request->arena, .text = request->body};
    if (!partners_accept(&keeper->officers, KEY_RECOVERY_ANSWER_TYPE, request->body, request->arena,
                         &answer.statement, err) ||
        !key_recovery_answer_parse(answer.statement.payload, request->arena, &answer.answer, err) ||
        !find_recovery(&answer, service_path_parameter(request, "id"), err)) {
        return false;
    }
    answer.officer = keeper_fingerprint(request->arena, &answer.statement.signer);
    if (answer.officer == NULL) {
        return error_memory(err);
    }
    if (strcmp(answer.row.state, "pending") != 0) {
        const char *wanted = answer.answer.is_confirmed ? "delivered" : "refused";
        const FieldPlace place = {"recovery", "answer", answer.row.request_id};
        if (strcmp(answer.row.state, wanted) != 0 ||
            strcmp(answer.row.answered_by, answer.officer) != 0) {
            return error_set(err, ERROR_CONFLICT, "keymanagement.closed", clause,
                             "the recovery is %s already", answer.row.state);
        }
        if (!keeper_open(keeper, &place, answer.row.answer, request->arena, &reply, err)) {
            return false;
        }
    } else if (!carry_out(&answer, &reply, err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/json", reply);
    return true;
}

// --- looking ----------------------------------------------------------------------------------

// What waits for a second officer shows what was asked for.
static bool recovery_to_json(KeyManagement *keeper, const RecoveryRow *row, Arena *arena,
                             json_t **ret, Error *err)
{
    const FieldPlace place = {"recovery", "request", row->request_id};
    Bytes text;
    if (!keeper_open(keeper, &place, row->request, arena, &text, err)) {
        return false;
    }
    json_t *json = json_make_object();
    json_put_text(json, "request_id", row->request_id);
    json_put_text(json, "key_id", row->key_id);
    json_put_text(json, "state", row->state);
    json_put_hex(json, "request_digest", sm3_bytes(&row->request_digest));
    json_put_text(json, "requested_by", row->requested_by);
    json_put_base64(json, "request", text);
    json_put_time(json, "created_at", row->created_at);
    *ret = json;
    return true;
}

bool keymanagement_handle_recoveries(void *component, const ServiceRequest *request,
                                     ServiceResponse *response, Error *err)
{
    KeyManagement *keeper = component;
    RecoveryRow *rows = arena_alloc(request->arena, LIST_MAX * sizeof *rows);
    size_t count;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *items = json_array();
    json_put(reply, "recoveries", items);
    if (rows == NULL) {
        return error_memory(err);
    }
    if (!recovery_record_list(keeper->store, request->arena, rows, LIST_MAX, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        json_t *item;
        if (!recovery_to_json(keeper, &rows[i], request->arena, &item, err)) {
            return false;
        }
        json_array_append_new(items, item);
    }
    return service_reply_json(response, request->arena, 200, reply, err);
}

// "after" of the query; false when it is no number.
static bool after_of(const ServiceRequest *request, int64_t *ret)
{
    const char *text = service_query_parameter(request, "after");
    *ret = 0;
    for (; text != NULL && *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || *ret > INT64_MAX / 100) {
            return false;
        }
        *ret = *ret * 10 + (*text - '0');
    }
    return true;
}

bool keymanagement_handle_events(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    KeyManagement *keeper = component;
    EventRow *rows = arena_alloc(request->arena, LIST_MAX * sizeof *rows);
    size_t count;
    int64_t after;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *items = json_array();
    json_put(reply, "events", items);
    if (rows == NULL) {
        return error_memory(err);
    }
    if (!after_of(request, &after)) {
        return error_set(err, ERROR_INPUT, "keymanagement.after", NULL, "after is a number");
    }
    if (!event_record_list(keeper->store, after, request->arena, rows, LIST_MAX, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const FieldPlace place = {"key_event", "statement",
                                  arena_format(request->arena, "%lld", (long long)rows[i].id)};
        Bytes text;
        if (place.record_id == NULL) {
            return error_memory(err);
        }
        if (!keeper_open(keeper, &place, rows[i].statement, request->arena, &text, err)) {
            return false;
        }
        json_t *item = json_make_object();
        json_put_int(item, "number", rows[i].id);
        json_put_base64(item, "statement", text);
        json_array_append_new(items, item);
    }
    return service_reply_json(response, request->arena, 200, reply, err);
}
