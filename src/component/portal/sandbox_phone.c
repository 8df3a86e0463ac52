// SPDX-License-Identifier: Apache-2.0
#include "component/portal/sandbox_phone.h"

#include "component/portal/state.h"

static bool require(bool is_there, Error *err)
{
    return is_there || error_set(err, ERROR_NOT_FOUND, "service.no_route", NULL,
                                 "service portal has no such resource");
}

bool handle_sandbox_inbox(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    const Portal *portal = component;
    PeerResponse answer;
    PeerRequest ask = {.method = "POST",
                       .target = "/operator/v1/inbox",
                       .content_type = "application/json",
                       .body = request->body,
                       .request_id = request->request_id};
    if (!pages_guard(response, false, err) || !require(portal->config.sandbox != NULL, err) ||
        !portal_check_origin(request, err) ||
        !peer_call(portal->config.sandbox, &ask, request->arena, &answer, err)) {
        return false;
    }
    service_reply_bytes(response, answer.status, answer.content_type, answer.body);
    return true;
}

bool handle_sandbox_staff(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    const Portal *portal = component;
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    if (!pages_guard(response, false, err) || !require(portal->config.is_sandbox, err)) {
        return false;
    }
    json_put(answer, "staff",
             console_sessions_codes(portal->sessions, clock_now(portal->config.clock)));
    return service_reply_json(response, request->arena, 200, answer, err);
}
