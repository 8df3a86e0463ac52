// SPDX-License-Identifier: Apache-2.0
#include "component/port/certification.h"

#include "domain/pki/statement.h"

static bool call_signed(const CertificationPort *port, const char *type, const json_t *payload,
                        PeerRequest *request, Arena *arena, PeerResponse *ret, Error *err)
{
    if (!institution_state(&port->institution, type, payload, arena, &request->body, err)) {
        return false;
    }
    request->method = "POST";
    request->content_type = "application/json";
    if (!peer_call(port->peer, request, arena, ret, err)) {
        return error_context(err, "asking the certification authority");
    }
    return true;
}

static bool issue(const CertificationPort *port, const CertificationRequest *asked, Arena *arena,
                  CertificationResult *ret, Bytes *ret_statement, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = certification_request_to_json(asked);
    PeerRequest request = {.target = "/v1/certificates", .idempotency_key = asked->request_id};
    PeerResponse response;
    Statement statement;
    if (!call_signed(port, CERTIFICATION_REQUEST_TYPE, payload, &request, arena, &response, err) ||
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
    PeerRequest request = {
        .target = arena_format(arena, "/v1/certificates/%s/status", revocation->serial_hex),
        .idempotency_key = revocation->request_id};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    return call_signed(port, CERTIFICATION_REVOCATION_TYPE, payload, &request, arena, &response,
                       err);
}

CertificationPort certification_port_of_peer(Peer *peer, Institution institution)
{
    return (CertificationPort){issue, revoke, peer, institution};
}
