// SPDX-License-Identifier: Apache-2.0
#include "component/port/key_management.h"

#include <string.h>

#include "component/port/message.h"
#include "domain/pki/enveloped_key.h"

json_t *key_pair_request_to_json(const KeyPairRequest *request)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", request->request_id);
    json_put_base64(json, "signing_certificate", request->signing_certificate);
    return json;
}

bool key_pair_request_parse(Bytes payload, Arena *arena, KeyPairRequest *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "key pair request", err);
    KeyPairRequest request = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .signing_certificate =
            json_view_base64(&view, arena, "signing_certificate", MESSAGE_CERTIFICATE_SIZE)};
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = request;
    return true;
}

json_t *key_pair_result_to_json(const KeyPairResult *result)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", result->request_id);
    json_put_text(json, "key_id", result->key_id);
    json_put_base64(json, "public_key", sm2_public_key_bytes(&result->public_key));
    json_put_base64(json, "enveloped_key", result->enveloped_key);
    json_put_time(json, "issued_at", result->issued_at);
    return json;
}

bool key_pair_result_parse(Bytes payload, Arena *arena, KeyPairResult *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "key pair", err);
    KeyPairResult result = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .key_id = message_text(&view, arena, "key_id", MESSAGE_ID_SIZE),
        .enveloped_key = json_view_base64(&view, arena, "enveloped_key", ENVELOPED_KEY_MAX_SIZE),
        .issued_at = json_view_time(&view, "issued_at")};
    Bytes point = json_view_base64(&view, arena, "public_key", SM2_POINT_SIZE);
    if (!json_view_done(&view) || !sm2_public_key_new(point, &result.public_key, err)) {
        return false;
    }
    *ret = result;
    return true;
}

json_t *key_recovery_to_json(const KeyRecovery *recovery)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", recovery->request_id);
    json_put_text(json, "key_id", recovery->key_id);
    json_put_text(json, "legal_ground", recovery->legal_ground);
    json_put_text(json, "reference", recovery->reference);
    json_put_text(json, "recipient", recovery->recipient);
    json_put_base64(json, "recipient_certificate", recovery->recipient_certificate);
    return json;
}

bool key_recovery_parse(Bytes payload, Arena *arena, KeyRecovery *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "key recovery", err);
    KeyRecovery recovery = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .key_id = message_text(&view, arena, "key_id", MESSAGE_ID_SIZE),
        .legal_ground = message_text(&view, arena, "legal_ground", KEY_MANAGEMENT_TEXT_SIZE),
        .reference = message_text(&view, arena, "reference", KEY_MANAGEMENT_TEXT_SIZE),
        .recipient = message_text(&view, arena, "recipient", MESSAGE_ID_SIZE),
        .recipient_certificate =
            json_view_base64(&view, arena, "recipient_certificate", MESSAGE_CERTIFICATE_SIZE)};
    if (!view.failed && strcmp(recovery.recipient, KEY_RECIPIENT_HOLDER) != 0 &&
        strcmp(recovery.recipient, KEY_RECIPIENT_JUDICIAL) != 0) {
        json_view_fail(&view, "recipient", "is holder or judicial");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = recovery;
    return true;
}

json_t *key_recovery_answer_to_json(const KeyRecoveryAnswer *answer)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", answer->request_id);
    json_put_hex(json, "request_digest", sm3_bytes(&answer->request_digest));
    json_put_bool(json, "is_confirmed", answer->is_confirmed);
    return json;
}

bool key_recovery_answer_parse(Bytes payload, Arena *arena, KeyRecoveryAnswer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "answer to a key recovery", err);
    KeyRecoveryAnswer answer = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .is_confirmed = json_view_bool(&view, "is_confirmed")};
    json_view_hex(&view, "request_digest", answer.request_digest.bytes, SM3_SIZE);
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = answer;
    return true;
}

// --- asking -----------------------------------------------------------------------------------

static bool call(const KeyManagementPort *port, const InstitutionCall *about, PeerRequest *request,
                 Arena *arena, PeerResponse *ret, Error *err)
{
    InstitutionCall call = *about;
    call.institution = &port->institution;
    call.peer = port->peer;
    call.whom = "asking the key management";
    return request->target == NULL ? error_memory(err)
                                   : institution_call(&call, request, arena, ret, err);
}

static bool issue(const KeyManagementPort *port, const KeyPairRequest *request, Arena *arena,
                  Bytes *ret_statement, Error *err)
{
    PeerResponse response;
    CLEANUP(json_cleanup) json_t *payload = key_pair_request_to_json(request);
    const InstitutionCall about = {.type = KEY_PAIR_REQUEST_TYPE, .payload = payload};
    PeerRequest post = {.target = "/v1/pairs", .idempotency_key = request->request_id};
    if (!call(port, &about, &post, arena, &response, err)) {
        return false;
    }
    *ret_statement = response.body;
    return true;
}

static bool archive(const KeyManagementPort *port, const char *key_id, Arena *arena, Error *err)
{
    PeerResponse response;
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    json_put_text(payload, "key_id", key_id);
    const InstitutionCall about = {.type = KEY_PAIR_ARCHIVE_TYPE, .payload = payload};
    PeerRequest post = {.target = arena_format(arena, "/v1/pairs/%s/archive", key_id)};
    return call(port, &about, &post, arena, &response, err);
}

KeyManagementPort key_management_port_of_peer(Peer *peer, Institution institution)
{
    return (KeyManagementPort){issue, archive, peer, institution};
}
