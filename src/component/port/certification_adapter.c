// SPDX-License-Identifier: Apache-2.0
#include "component/port/certification_adapter.h"

#include <string.h>

#include "component/port/message.h"

enum { JUSTIFICATION_SIZE = 400, LAST_REASON = 10 };

// --- messages ---------------------------------------------------------------------------------

json_t *adapter_request_to_json(const AdapterRequest *request)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", request->request_id);
    json_put_text(json, "profile", request->profile);
    json_put_base64(json, "csr", request->csr);
    json_put_text(json, "common_name", request->common_name);
    json_put_text(json, "serial_number", request->serial_number);
    message_put_text(json, "renews", request->renews);
    return json;
}

bool adapter_request_parse(Bytes body, Arena *arena, AdapterRequest *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(body, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "certificate request", err);
    AdapterRequest request = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .profile = message_text(&view, arena, "profile", MESSAGE_ID_SIZE),
        .csr = json_view_base64(&view, arena, "csr", MESSAGE_CSR_SIZE),
        .common_name = message_text(&view, arena, "common_name", MESSAGE_NAME_SIZE),
        .serial_number = message_text(&view, arena, "serial_number", MESSAGE_ID_SIZE),
        .renews = message_optional_text(&view, arena, "renews", MESSAGE_ID_SIZE),
    };
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = request;
    return true;
}

json_t *adapter_answer_to_json(const AdapterAnswer *answer)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", answer->request_id);
    if (answer->is_pending) {
        json_put_text(json, "state", ADAPTER_PENDING);
    } else {
        json_put_base64(json, "certificate", answer->certificate);
        json_put(json, "chain", message_chain_to_json(answer->chain, answer->chain_count));
    }
    return json;
}

bool adapter_answer_parse(Bytes body, Arena *arena, AdapterAnswer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(body, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "issued certificate", err);
    AdapterAnswer answer = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
    };
    const char *state = message_optional_text(&view, arena, "state", MESSAGE_ID_SIZE);
    answer.is_pending = strcmp(state, ADAPTER_PENDING) == 0;
    if (!answer.is_pending && state[0] != '\0') {
        json_view_fail(&view, "state", "is pending or left out");
    }
    if (!answer.is_pending) {
        answer.certificate =
            json_view_base64(&view, arena, "certificate", MESSAGE_CERTIFICATE_SIZE);
        answer.chain_count =
            message_chain_parse(&view, arena, "chain", answer.chain, CERTIFICATION_MAX_CHAIN);
    }
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = answer;
    return true;
}

json_t *adapter_status_to_json(const AdapterStatusChange *change)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", change->request_id);
    json_put_int(json, "reason", change->reason);
    json_put_text(json, "justification", change->justification);
    return json;
}

bool adapter_status_parse(Bytes body, Arena *arena, AdapterStatusChange *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(body, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "change of status", err);
    AdapterStatusChange change = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .reason = (int)json_view_int(&view, "reason", 0, LAST_REASON),
        .justification = message_text(&view, arena, "justification", JUSTIFICATION_SIZE),
    };
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = change;
    return true;
}

// --- port -------------------------------------------------------------------------------------

static bool post(const AdapterAuthority *authority, const char *route, const json_t *body,
                 const char *request_id, Arena *arena, Bytes *ret, Error *err)
{
    PeerRequest request = {.method = "POST",
                           .target = arena_format(arena, "%s%s", authority->path, route),
                           .content_type = "application/json",
                           .idempotency_key = request_id};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    if (!json_text(arena, body, &request.body, err) ||
        !peer_call(authority->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the external CA");
    }
    *ret = response.body;
    return true;
}

static bool ask(const AdapterAuthority *authority, const CertificationRequest *asked, Arena *arena,
                AdapterAnswer *ret, Error *err)
{
    const AdapterRequest request = {.request_id = asked->request_id,
                                    .profile = asked->profile,
                                    .csr = asked->csr,
                                    .common_name = asked->common_name,
                                    .serial_number = asked->serial_number,
                                    .renews = asked->renews};
    CLEANUP(json_cleanup) json_t *body = adapter_request_to_json(&request);
    Bytes answer;
    if (!post(authority, "/v1/certificates", body, asked->request_id, arena, &answer, err)) {
        return false;
    }
    Error malformed = {0};
    if (!adapter_answer_parse(answer, arena, ret, &malformed)) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                         "the adapter's answer is not of the contract: %s", malformed.code);
    }
    if (strcmp(ret->request_id, asked->request_id) != 0) {
        return error_set(err, ERROR_UNTRUSTED, "external_ca.request", "JR/T 0299-2024 4 c",
                         "the external CA answers another request");
    }
    return !ret->is_pending || error_set(err, ERROR_UNAVAILABLE, "external_ca.waiting", NULL,
                                         "the external CA has not decided yet");
}

static bool issue(const CertificationPort *port, const CertificationRequest *asked, Arena *arena,
                  CertificationResult *ret, Bytes *ret_statement, Error *err)
{
    const AdapterAuthority *authority = port->state;
    AdapterAnswer answer;
    if (!ask(authority, asked, arena, &answer, err)) {
        return false;
    }
    const ExternalIssue came = {.trust = authority->trust,
                                .issuer = authority->issuer,
                                .chain = answer.chain,
                                .chain_count = answer.chain_count,
                                .now = clock_now(authority->institution.clock)};
    const ExternalRecord record = {.certificate = answer.certificate,
                                   .issuer = authority->issuer,
                                   .policy_oid = authority->policy_oid,
                                   .cps_uri = authority->cps_uri,
                                   .cps_version = authority->cps_version};
    return external_issue_check(&came, asked, answer.certificate, arena, err) &&
           external_issue_state(&record, asked, &authority->institution, arena, ret, ret_statement,
                                err);
}

static bool revoke(const CertificationPort *port, const CertificationRevocation *revocation,
                   Arena *arena, Error *err)
{
    const AdapterAuthority *authority = port->state;
    const AdapterStatusChange change = {.request_id = revocation->request_id,
                                        .reason = revocation->reason,
                                        .justification = revocation->justification};
    CLEANUP(json_cleanup) json_t *body = adapter_status_to_json(&change);
    const char *route = arena_format(arena, "/v1/certificates/%s/status", revocation->serial_hex);
    Bytes answer;
    return (route != NULL || error_memory(err)) &&
           post(authority, route, body, revocation->request_id, arena, &answer, err);
}

static bool hand_over(const CertificationPort *port, const CertificationHandover *handover,
                      Arena *arena, Error *err)
{
    (void)port, (void)handover, (void)arena, (void)err;
    return true;  // the contract knows no delivery
}

CertificationPort certification_port_of_adapter(const AdapterAuthority *authority)
{
    return (CertificationPort){.issue = issue,
                               .revoke = revoke,
                               .hand_over = hand_over,
                               .peer = authority->peer,
                               .institution = authority->institution,
                               .state = authority};
}
