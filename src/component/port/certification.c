// SPDX-License-Identifier: Apache-2.0
#include "component/port/certification.h"

#include "base/codec/hex.h"
#include "base/secret/secret.h"
#include "component/port/message.h"
#include "domain/evidence/issuance.h"

enum {
    URI_SIZE = 400,
    JUSTIFICATION_SIZE = 400,
    LAST_REASON = 10,
    RESUMING_REASON = 8,
    RECEIPT_SIZE = 16 * 1024,
    ISSUANCE_FRAME_SIZE = 128,  // of what is put in, without the receipt
    RESULT_SIZE = 4096,         // of most
};

json_t *certification_request_to_json(const CertificationRequest *request)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", request->request_id);
    json_put_text(json, "profile", request->profile);
    json_put_base64(json, "csr", request->csr);
    json_put_text(json, "common_name", request->common_name);
    json_put_text(json, "serial_number", request->serial_number);
    json_put_hex(json, "scenario", sm3_bytes(&request->scenario));
    json_put_hex(json, "decision", sm3_bytes(&request->decision));
    json_put_hex(json, "registration", sm3_bytes(&request->registration));
    json_put_hex(json, "notice", sm3_bytes(&request->notice));
    message_put_text(json, "carrier", request->carrier);
    message_put_text(json, "carrier_serial", request->carrier_serial);
    message_put_text(json, "renews", request->renews);
    if (request->holder_secret.len > 0) {
        json_put_hex(json, "holder_secret", request->holder_secret);
    }
    if (request->number_commitment.len > 0) {
        json_put_hex(json, "number_commitment", request->number_commitment);
    }
    message_put_text(json, "person_number", request->person_number);
    return json;
}

static Bytes take_holder_secret(JsonView *view, Arena *arena)
{
    uint8_t secret[ISSUANCE_SECRET_SIZE];
    if (view->failed || json_object_get(view->object, "holder_secret") == NULL) {
        return BYTES_EMPTY;
    }
    json_view_hex(view, "holder_secret", secret, sizeof secret);
    Bytes copy = arena_copy(arena, BYTES_OF_ARRAY(secret));
    secret_wipe(secret, sizeof secret);
    if (copy.len == 0) {
        json_view_fail(view, "holder_secret", "does not fit into memory");
    }
    return copy;
}

bool certification_request_parse(Bytes payload, Arena *arena, CertificationRequest *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "certificate request", err);
    CertificationRequest request = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .profile = message_text(&view, arena, "profile", MESSAGE_ID_SIZE),
        .csr = json_view_base64(&view, arena, "csr", MESSAGE_CSR_SIZE),
        .common_name = message_text(&view, arena, "common_name", MESSAGE_NAME_SIZE),
        .serial_number = message_text(&view, arena, "serial_number", MESSAGE_ID_SIZE),
        .carrier = message_optional_text(&view, arena, "carrier", MESSAGE_ID_SIZE),
        .carrier_serial = message_optional_text(&view, arena, "carrier_serial", MESSAGE_ID_SIZE),
        .renews = message_optional_text(&view, arena, "renews", MESSAGE_ID_SIZE),
        .number_commitment = message_optional_digest(&view, arena, "number_commitment"),
        .person_number = message_optional_text(&view, arena, "person_number", MESSAGE_ID_SIZE),
    };
    json_view_hex(&view, "scenario", request.scenario.bytes, SM3_SIZE);
    json_view_hex(&view, "decision", request.decision.bytes, SM3_SIZE);
    json_view_hex(&view, "registration", request.registration.bytes, SM3_SIZE);
    json_view_hex(&view, "notice", request.notice.bytes, SM3_SIZE);
    request.holder_secret = take_holder_secret(&view, arena);
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = request;
    return true;
}

static void put_issuance(json_t *json, const CertificationResult *result)
{
    if (result->receipt.len > 0) {
        json_t *issuance = json_make_object();
        json_put_base64(issuance, "receipt", result->receipt);
        json_put_hex(issuance, "salt", sm3_bytes(&result->salt));
        json_put(json, "issuance", issuance);
    }
}

static bool take_issuance(JsonView *view, Arena *arena, CertificationResult *ret)
{
    json_t *object = json_view_optional_object(view, "issuance");
    if (object == NULL || view->failed) {
        return !view->failed;
    }
    JsonView issuance = json_view(object, "issuance", view->err);
    ret->receipt = json_view_base64(&issuance, arena, "receipt", RECEIPT_SIZE);
    json_view_hex(&issuance, "salt", ret->salt.bytes, SM3_SIZE);
    if (!issuance.failed && ret->receipt.len == 0) {
        json_view_fail(&issuance, "receipt", "is not empty");
    }
    return json_view_done(&issuance);
}

json_t *certification_result_to_json(const CertificationResult *result)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", result->request_id);
    json_put_base64(json, "certificate", result->certificate);
    json_put(json, "chain", message_chain_to_json(result->chain, result->chain_count));
    json_put_text(json, "profile", result->profile);
    json_put_text(json, "policy_oid", result->policy_oid);
    json_put_text(json, "cps_uri", result->cps_uri);
    json_put_text(json, "cps_version", result->cps_version);
    json_put_hex(json, "cps_digest", sm3_bytes(&result->cps_digest));
    json_put_time(json, "issued_at", result->issued_at);
    if (result->encryption_certificate.len > 0) {
        json_put_base64(json, "encryption_certificate", result->encryption_certificate);
    }
    put_issuance(json, result);
    return json;
}

static bool write_text(const char *key, const char *text, Writer *ret, Error *err)
{
    writer_format(ret, ",\"%s\":", key);
    return json_write_text(bytes_of_text(text), ret, err);
}

static void write_base64(const char *key, Bytes bytes, Writer *ret)
{
    writer_format(ret, ",\"%s\":\"", key);
    base64_encode(bytes, ret);
    writer_put_u8(ret, '"');
}

static void write_issuance(const CertificationResult *result, Writer *ret)
{
    writer_put_text(ret, ",\"issuance\":{\"receipt\":\"");
    base64_encode(result->receipt, ret);
    writer_put_text(ret, "\",\"salt\":\"");
    hex_encode(sm3_bytes(&result->salt), ret);
    writer_put_text(ret, "\"}");
}

static void write_chain(const CertificationResult *result, Writer *ret)
{
    writer_put_text(ret, ",\"chain\":[");
    for (size_t i = 0; i < result->chain_count; i++) {
        writer_put_text(ret, i == 0 ? "\"" : ",\"");
        base64_encode(result->chain[i], ret);
        writer_put_u8(ret, '"');
    }
    writer_put_u8(ret, ']');
}

// The keys in their sorted order.
bool certification_result_write(const CertificationResult *result, Writer *ret, Error *err)
{
    char issued_at[TIME_TEXT_SIZE];
    time_to_text(result->issued_at, issued_at);
    writer_expect(ret, RESULT_SIZE);
    writer_put_text(ret, "{\"certificate\":\"");
    base64_encode(result->certificate, ret);
    writer_put_u8(ret, '"');
    write_chain(result, ret);
    writer_put_text(ret, ",\"cps_digest\":\"");
    hex_encode(sm3_bytes(&result->cps_digest), ret);
    writer_put_u8(ret, '"');
    if (!write_text("cps_uri", result->cps_uri, ret, err) ||
        !write_text("cps_version", result->cps_version, ret, err)) {
        return false;
    }
    if (result->encryption_certificate.len > 0) {
        write_base64("encryption_certificate", result->encryption_certificate, ret);
    }
    if (result->receipt.len > 0) {
        write_issuance(result, ret);
    }
    if (!write_text("issued_at", issued_at, ret, err) ||
        !write_text("policy_oid", result->policy_oid, ret, err) ||
        !write_text("profile", result->profile, ret, err) ||
        !write_text("request_id", result->request_id, ret, err)) {
        return false;
    }
    writer_put_u8(ret, '}');
    return !ret->failed || error_memory(err);
}

// The place is unmistakable: within a text a quote comes after a backslash, never after a comma.
bool certification_result_add_receipt(Bytes text, Bytes receipt, const Sm3Digest *salt,
                                      Arena *arena, Bytes *ret, Error *err)
{
    size_t at;
    const CertificationResult logged = {.receipt = receipt, .salt = *salt};
    CLEANUP(writer_free) Writer joined = writer_new(2 * RECEIPT_SIZE + MESSAGE_STATEMENT_SIZE);
    if (!bytes_find(text, BYTES_LITERAL(",\"issued_at\":"), 0, &at) || receipt.len == 0) {
        return error_set(err, ERROR_INTERNAL, "certification.draft", NULL,
                         "a record of issue is none that a receipt could be put into");
    }
    writer_expect(&joined, text.len + receipt.len / 3 * 4 + ISSUANCE_FRAME_SIZE);
    writer_put(&joined, bytes_slice(text, 0, at));
    write_issuance(&logged, &joined);
    writer_put(&joined, bytes_from(text, at));
    *ret = arena_adopt(arena, &joined);
    return ret->len > 0 || error_memory(err);
}

bool certification_result_parse(Bytes payload, Arena *arena, CertificationResult *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "issued certificate", err);
    CertificationResult result = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .certificate = json_view_base64(&view, arena, "certificate", MESSAGE_CERTIFICATE_SIZE),
        .profile = message_text(&view, arena, "profile", MESSAGE_ID_SIZE),
        .policy_oid = message_text(&view, arena, "policy_oid", MESSAGE_ID_SIZE),
        .cps_uri = message_text(&view, arena, "cps_uri", URI_SIZE),
        .cps_version = message_text(&view, arena, "cps_version", MESSAGE_ID_SIZE),
        .issued_at = json_view_time(&view, "issued_at"),
        .encryption_certificate = message_optional_base64(&view, arena, "encryption_certificate",
                                                          MESSAGE_CERTIFICATE_SIZE),
    };
    json_view_hex(&view, "cps_digest", result.cps_digest.bytes, SM3_SIZE);
    result.chain_count =
        message_chain_parse(&view, arena, "chain", result.chain, CERTIFICATION_MAX_CHAIN);
    if (!take_issuance(&view, arena, &result) || !json_view_done(&view)) {
        return false;
    }
    *ret = result;
    return true;
}

json_t *certification_revocation_to_json(const CertificationRevocation *revocation)
{
    json_t *json = json_make_object();
    json_put_text(json, "serial", revocation->serial_hex);
    json_put_int(json, "reason", revocation->reason);
    json_put_text(json, "request_id", revocation->request_id);
    json_put_text(json, "justification", revocation->justification);
    message_put_text(json, "requester", revocation->requester);
    message_put_text(json, "incident", revocation->incident);
    if (revocation->evidence.len > 0) {
        json_put_base64(json, "evidence", revocation->evidence);
    }
    return json;
}

bool certification_revocation_parse(Bytes payload, Arena *arena, CertificationRevocation *ret,
                                    Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "revocation", err);
    CertificationRevocation revocation = {
        .serial_hex = message_text(&view, arena, "serial", MESSAGE_ID_SIZE),
        .reason = (int)json_view_int(&view, "reason", 0, LAST_REASON),
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .justification = message_text(&view, arena, "justification", JUSTIFICATION_SIZE),
        .requester = message_optional_text(&view, arena, "requester", MESSAGE_ID_SIZE),
        .incident = message_optional_text(&view, arena, "incident", JUSTIFICATION_SIZE),
        .evidence = message_optional_base64(&view, arena, "evidence", CERTIFICATION_EVIDENCE_SIZE),
    };
    if (!json_view_done(&view)) {
        return false;
    }
    if (revocation.requester[0] == '\0') {
        revocation.requester = revocation.reason == RESUMING_REASON ? "holder" : "registrar";
    }
    *ret = revocation;
    return true;
}

json_t *certification_handover_to_json(const CertificationHandover *handover)
{
    json_t *json = json_make_object();
    json_put_text(json, "serial", handover->serial_hex);
    json_put_text(json, "request_id", handover->request_id);
    json_put_time(json, "delivered_at", handover->delivered_at);
    if (handover->accepted_at != 0) {
        json_put_time(json, "accepted_at", handover->accepted_at);
        json_put_text(json, "manner", handover->manner);
    }
    return json;
}

static bool manner_is_known(const char *manner)
{
    return bytes_equal_text(bytes_of_text(manner), "first_use") ||
           bytes_equal_text(bytes_of_text(manner), "confirmation");
}

bool certification_handover_parse(Bytes payload, Arena *arena, CertificationHandover *ret,
                                  Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "handover", err);
    CertificationHandover handover = {
        .serial_hex = message_text(&view, arena, "serial", MESSAGE_ID_SIZE),
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .delivered_at = json_view_time(&view, "delivered_at"),
        .manner = message_optional_text(&view, arena, "manner", MESSAGE_ID_SIZE),
    };
    if (handover.manner[0] != '\0') {
        handover.accepted_at = json_view_time(&view, "accepted_at");
        if (!view.failed && !manner_is_known(handover.manner)) {
            json_view_fail(&view, "manner", "is first_use or confirmation");
        }
    }
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = handover;
    return true;
}
