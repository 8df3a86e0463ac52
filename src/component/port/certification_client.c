// SPDX-License-Identifier: Apache-2.0
#include "component/port/certification.h"

#include "domain/pki/statement.h"

static InstitutionCall call_of(const CertificationPort *port, const char *type,
                               const json_t *payload)
{
    return (InstitutionCall){&port->institution, port->peer, "certification authority", type,
                             payload};
}

static bool issue(const CertificationPort *port, const CertificationRequest *asked, Arena *arena,
                  CertificationResult *ret, Bytes *ret_statement, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = certification_request_to_json(asked);
    const InstitutionCall call = call_of(port, CERTIFICATION_REQUEST_TYPE, payload);
    PeerRequest request = {.target = "/v1/certificates", .idempotency_key = asked->request_id};
    PeerResponse response;
    Statement statement;
    if (!institution_call(&call, &request, arena, &response, err) ||
        !statement_parse(arena, response.body, &statement, err) ||
        !certification_result_parse(statement.payload, arena, ret, err)) {
        return false;
    }
    *ret_statement = response.body;
    return true;
}

static bool revoke(const CertificationPort *port, const CertificationRevocation *revocation,
                   Arena *arena, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = certification_revocation_to_json(revocation);
    const InstitutionCall call = call_of(port, CERTIFICATION_REVOCATION_TYPE, payload);
    PeerRequest request = {
        .target = arena_format(arena, "/v1/certificates/%s/status", revocation->serial_hex),
        .idempotency_key = revocation->request_id};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    return institution_call(&call, &request, arena, &response, err);
}

static bool hand_over(const CertificationPort *port, const CertificationHandover *handover,
                      Arena *arena, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = certification_handover_to_json(handover);
    const InstitutionCall call = call_of(port, CERTIFICATION_HANDOVER_TYPE, payload);
    PeerRequest request = {
        .target = arena_format(arena, "/v1/certificates/%s/handover", handover->serial_hex),
        .idempotency_key = handover->request_id};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    return institution_call(&call, &request, arena, &response, err);
}

static bool enveloped_key(const CertificationPort *port, const char *serial_hex, Arena *arena,
                          Bytes *ret, Error *err)
{
    PeerRequest request = {
        .method = "GET",
        .target = arena_format(arena, "/v1/certificates/%s/enveloped-key", serial_hex)};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the certification authority");
    }
    *ret = response.body;
    return true;
}

CertificationPort certification_port_of_peer(Peer *peer, Institution institution)
{
    return (CertificationPort){.issue = issue,
                               .revoke = revoke,
                               .peer = peer,
                               .institution = institution,
                               .hand_over = hand_over,
                               .enveloped_key = enveloped_key};
}
