// SPDX-License-Identifier: Apache-2.0
#include "component/port/registration.h"

#include "component/port/message.h"

json_t *registration_request_to_json(const RegistrationRequest *request)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", request->request_id);
    json_put_text(json, "authorization_id", request->authorization_id);
    json_put_base64(json, "decision", request->decision);
    if (request->csr.len > 0) {
        json_put_base64(json, "csr", request->csr);
    }
    json_put_text(json, "holder_name", request->holder_name);
    json_put_text(json, "holder_salt", request->holder_salt);
    json_put_text(json, "holder_index", request->holder_index);
    json_put_text(json, "notice_id", request->notice_id);
    json_put_text(json, "notice_version", request->notice_version);
    json_put_hex(json, "notice_digest", sm3_bytes(&request->notice_digest));
    json_put_time(json, "notice_acknowledged_at", request->notice_acknowledged_at);
    json_put_text(json, "storage", request->storage);
    json_put_hex(json, "scenario", sm3_bytes(&request->scenario));
    message_put_text(json, "carrier_serial", request->carrier_serial);
    message_put_text(json, "renews", request->renews);
    if (request->number_commitment.len > 0) {
        json_put_hex(json, "number_commitment", request->number_commitment);
    }
    message_put_text(json, "person_number", request->person_number);
    if (request->wants_pair) {
        json_put_bool(json, "pair", true);
    }
    return json;
}

enum {
    JUSTIFICATION_SIZE = 400,
    LAST_REASON = 10,
    RESUMING_REASON = 8,
    EVIDENCE_SIZE = 64 * 1024,  // as C3 takes it
};

static bool storage_is_known(const char *storage)
{
    return bytes_equal_text(bytes_of_text(storage), STORAGE_TERMINAL) ||
           bytes_equal_text(bytes_of_text(storage), STORAGE_SEALING) ||
           bytes_equal_text(bytes_of_text(storage), STORAGE_TOKEN);
}

static bool read_request(Bytes payload, Arena *arena, bool has_key, RegistrationRequest *ret,
                         Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, has_key ? "registration" : "enrolment", err);
    RegistrationRequest request = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .authorization_id = message_text(&view, arena, "authorization_id", MESSAGE_ID_SIZE),
        .decision = json_view_base64(&view, arena, "decision", MESSAGE_STATEMENT_SIZE),
        .csr = has_key ? json_view_base64(&view, arena, "csr", MESSAGE_CSR_SIZE) : BYTES_EMPTY,
        .holder_name = message_text(&view, arena, "holder_name", MESSAGE_NAME_SIZE),
        .holder_salt = message_text(&view, arena, "holder_salt", MESSAGE_ID_SIZE),
        .holder_index = message_text(&view, arena, "holder_index", MESSAGE_ID_SIZE),
        .notice_id = message_text(&view, arena, "notice_id", MESSAGE_ID_SIZE),
        .notice_version = message_text(&view, arena, "notice_version", MESSAGE_ID_SIZE),
        .notice_acknowledged_at = json_view_time(&view, "notice_acknowledged_at"),
        .storage = message_text(&view, arena, "storage", MESSAGE_ID_SIZE),
        .carrier_serial = message_optional_text(&view, arena, "carrier_serial", MESSAGE_ID_SIZE),
        .renews = message_optional_text(&view, arena, "renews", MESSAGE_ID_SIZE),
        .number_commitment = message_optional_digest(&view, arena, "number_commitment"),
        .person_number = message_optional_text(&view, arena, "person_number", MESSAGE_ID_SIZE),
        .wants_pair = json_view_optional_bool(&view, "pair", false),
    };
    json_view_hex(&view, "notice_digest", request.notice_digest.bytes, SM3_SIZE);
    json_view_hex(&view, "scenario", request.scenario.bytes, SM3_SIZE);
    if (!view.failed && !storage_is_known(request.storage)) {
        json_view_fail(&view, "storage", "is terminal, sealing or token");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = request;
    return true;
}

bool registration_request_parse(Bytes payload, Arena *arena, RegistrationRequest *ret, Error *err)
{
    return read_request(payload, arena, true, ret, err);
}

bool registration_request_parse_keyless(Bytes payload, Arena *arena, RegistrationRequest *ret,
                                        Error *err)
{
    return read_request(payload, arena, false, ret, err);
}

json_t *registration_result_to_json(const RegistrationResult *result)
{
    json_t *json = json_make_object();
    json_put_text(json, "registration_id", result->registration_id);
    json_put_base64(json, "certificate", result->certificate);
    json_put(json, "chain", message_chain_to_json(result->chain, result->chain_count));
    json_put_base64(json, "issue_statement", result->issue_statement);
    if (result->csr_response.len > 0) {
        json_put_base64(json, "csr_response", result->csr_response);
    }
    return json;
}

bool registration_result_parse(Bytes body, Arena *arena, RegistrationResult *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(body, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "registration result", err);
    RegistrationResult result = {
        .registration_id = message_text(&view, arena, "registration_id", MESSAGE_ID_SIZE),
        .certificate = json_view_base64(&view, arena, "certificate", MESSAGE_CERTIFICATE_SIZE),
        .issue_statement =
            json_view_base64(&view, arena, "issue_statement", MESSAGE_STATEMENT_SIZE),
        .csr_response =
            message_optional_base64(&view, arena, "csr_response", MESSAGE_CSR_RESPONSE_SIZE),
    };
    result.chain_count =
        message_chain_parse(&view, arena, "chain", result.chain, REGISTRATION_MAX_CHAIN);
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = result;
    return true;
}

json_t *registration_completion_to_json(const RegistrationCompletion *completion)
{
    json_t *json = json_make_object();
    json_put_text(json, "registration_id", completion->registration_id);
    json_put_time(json, "delivered_at", completion->delivered_at);
    if (completion->destruction.len > 0) {
        json_put_base64(json, "destruction", completion->destruction);
    }
    json_put_text(json, "mode", completion->mode);
    if (completion->previous[0] != '\0') {
        json_put_text(json, "previous", completion->previous);
    }
    if (completion->accepted_at != 0) {
        json_put_time(json, "accepted_at", completion->accepted_at);
    }
    return json;
}

bool registration_completion_parse(Bytes payload, Arena *arena, RegistrationCompletion *ret,
                                   Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "registration completion", err);
    RegistrationCompletion completion = {
        .registration_id = message_text(&view, arena, "registration_id", MESSAGE_ID_SIZE),
        .delivered_at = json_view_time(&view, "delivered_at"),
        .destruction = message_optional_base64(&view, arena, "destruction", MESSAGE_STATEMENT_SIZE),
        .mode = message_text(&view, arena, "mode", MESSAGE_ID_SIZE),
        .previous = message_optional_text(&view, arena, "previous", MESSAGE_ID_SIZE),
    };
    if (!view.failed && json_object_get(json, "accepted_at") != NULL) {
        completion.accepted_at = json_view_time(&view, "accepted_at");
    }
    bool mode_is_known = bytes_equal_text(bytes_of_text(completion.mode), "staged") ||
                         bytes_equal_text(bytes_of_text(completion.mode), "batch");
    if (!view.failed && !mode_is_known) {
        json_view_fail(&view, "mode", "is staged or batch");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = completion;
    return true;
}

json_t *registration_status_to_json(const RegistrationStatusChange *change)
{
    json_t *json = json_make_object();
    json_put_text(json, "registration_id", change->registration_id);
    json_put_text(json, "request_id", change->request_id);
    json_put_int(json, "reason", change->reason);
    json_put_text(json, "justification", change->justification);
    if (change->decision.len > 0) {
        json_put_base64(json, "decision", change->decision);
        json_put_text(json, "holder_salt", change->holder_salt);
    }
    message_put_text(json, "requester", change->requester);
    message_put_text(json, "incident", change->incident);
    if (change->evidence.len > 0) {
        json_put_base64(json, "evidence", change->evidence);
    }
    message_put_text(json, "identified_in", change->identified_in);
    message_put_text(json, "holder_index", change->holder_index);
    return json;
}

// The CA, courts and the clock do not ask by way of a business system.
static bool requester_is_known(const char *requester)
{
    return bytes_equal_text(bytes_of_text(requester), "holder") ||
           bytes_equal_text(bytes_of_text(requester), "registrar") ||
           bytes_equal_text(bytes_of_text(requester), "risk");
}

bool registration_status_parse(Bytes payload, Arena *arena, RegistrationStatusChange *ret,
                               Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "status change", err);
    RegistrationStatusChange change = {
        .registration_id = message_text(&view, arena, "registration_id", MESSAGE_ID_SIZE),
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .reason = (int)json_view_int(&view, "reason", 0, LAST_REASON),
        .justification = message_text(&view, arena, "justification", JUSTIFICATION_SIZE),
        .decision = message_optional_base64(&view, arena, "decision", MESSAGE_STATEMENT_SIZE),
        .holder_salt = message_optional_text(&view, arena, "holder_salt", MESSAGE_ID_SIZE),
        .requester = message_optional_text(&view, arena, "requester", MESSAGE_ID_SIZE),
        .incident = message_optional_text(&view, arena, "incident", JUSTIFICATION_SIZE),
        .evidence = message_optional_base64(&view, arena, "evidence", EVIDENCE_SIZE),
        .identified_in = message_optional_text(&view, arena, "identified_in", MESSAGE_ID_SIZE),
        .holder_index = message_optional_text(&view, arena, "holder_index", MESSAGE_ID_SIZE),
    };
    if (!view.failed && change.requester[0] == '\0') {
        change.requester = change.reason == RESUMING_REASON ? "holder" : "registrar";
    }
    if (!view.failed && !requester_is_known(change.requester)) {
        json_view_fail(&view, "requester", "is holder, registrar or risk");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = change;
    return true;
}
