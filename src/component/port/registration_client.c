// SPDX-License-Identifier: Apache-2.0
#include "component/port/message.h"
#include "component/port/registration.h"

static bool call_signed(const RegistrationPort *port, const char *type, const json_t *payload,
                        PeerRequest *request, Arena *arena, PeerResponse *ret, Error *err)
{
    if (!institution_state(&port->institution, type, payload, arena, &request->body, err)) {
        return false;
    }
    request->method = "POST";
    request->content_type = "application/json";
    if (!peer_call(port->peer, request, arena, ret, err)) {
        return error_context(err, "asking the registration system");
    }
    return true;
}

static bool apply(const RegistrationPort *port, const RegistrationRequest *asked, Arena *arena,
                  RegistrationResult *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = registration_request_to_json(asked);
    PeerRequest request = {.target = "/v1/registrations", .idempotency_key = asked->request_id};
    PeerResponse response;
    return call_signed(port, REGISTRATION_REQUEST_TYPE, payload, &request, arena, &response, err) &&
           registration_result_parse(response.body, arena, ret, err);
}

static bool complete(const RegistrationPort *port, const RegistrationCompletion *completion,
                     Arena *arena, Bytes *ret_receipt, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = registration_completion_to_json(completion);
    PeerRequest request = {.target = arena_format(arena, "/v1/registrations/%s/completion",
                                                  completion->registration_id)};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    if (!call_signed(port, REGISTRATION_COMPLETION_TYPE, payload, &request, arena, &response,
                     err)) {
        return false;
    }
    *ret_receipt = response.body;
    return true;
}

static bool change_status(const RegistrationPort *port, const RegistrationStatusChange *change,
                          Arena *arena, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = registration_status_to_json(change);
    PeerRequest request = {
        .target = arena_format(arena, "/v1/registrations/%s/status", change->registration_id),
        .idempotency_key = change->request_id};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    return call_signed(port, REGISTRATION_STATUS_TYPE, payload, &request, arena, &response, err);
}

RegistrationPort registration_port_of_peer(Peer *peer, Institution institution)
{
    return (RegistrationPort){apply, complete, peer, institution, change_status};
}
