// SPDX-License-Identifier: Apache-2.0
#include "component/port/message.h"
#include "component/port/registration.h"

static InstitutionCall call_of(const RegistrationPort *port, const char *type,
                               const json_t *payload)
{
    return (InstitutionCall){&port->institution, port->peer, "registration system", type, payload};
}

static bool apply(const RegistrationPort *port, const RegistrationRequest *asked, Arena *arena,
                  RegistrationResult *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = registration_request_to_json(asked);
    const InstitutionCall call = call_of(port, REGISTRATION_REQUEST_TYPE, payload);
    PeerRequest request = {.target = "/v1/registrations", .idempotency_key = asked->request_id};
    PeerResponse response;
    return institution_call(&call, &request, arena, &response, err) &&
           registration_result_parse(response.body, arena, ret, err);
}

static bool complete(const RegistrationPort *port, const RegistrationCompletion *completion,
                     Arena *arena, Bytes *ret_receipt, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = registration_completion_to_json(completion);
    const InstitutionCall call = call_of(port, REGISTRATION_COMPLETION_TYPE, payload);
    PeerRequest request = {.target = arena_format(arena, "/v1/registrations/%s/completion",
                                                  completion->registration_id)};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    if (!institution_call(&call, &request, arena, &response, err)) {
        return false;
    }
    *ret_receipt = response.body;
    return true;
}

static bool change_status(const RegistrationPort *port, const RegistrationStatusChange *change,
                          Arena *arena, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = registration_status_to_json(change);
    const InstitutionCall call = call_of(port, REGISTRATION_STATUS_TYPE, payload);
    PeerRequest request = {
        .target = arena_format(arena, "/v1/registrations/%s/status", change->registration_id),
        .idempotency_key = change->request_id};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    return institution_call(&call, &request, arena, &response, err);
}

static bool submission(const RegistrationPort *port, const char *registration_id, Arena *arena,
                       Bytes *ret, Error *err)
{
    PeerRequest request = {
        .method = "GET",
        .target = arena_format(arena, "/v1/registrations/%s/submission", registration_id)};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the registration system");
    }
    *ret = response.body;
    return true;
}

RegistrationPort registration_port_of_peer(Peer *peer, Institution institution)
{
    return (RegistrationPort){apply, complete, peer, institution, change_status, submission};
}
