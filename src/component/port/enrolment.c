// SPDX-License-Identifier: Apache-2.0
#include "component/port/enrolment.h"

#include "component/port/message.h"

json_t *enrolment_to_json(const Enrolment *enrolment)
{
    json_t *json = json_make_object();
    json_put_text(json, "registration_id", enrolment->registration_id);
    json_put_text(json, "reference", enrolment->reference);
    json_put_text(json, "secret", enrolment->secret);
    json_put_time(json, "expires_at", enrolment->expires_at);
    return json;
}

bool enrolment_parse(Bytes body, Arena *arena, Enrolment *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(body, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "enrolment", err);
    Enrolment enrolment = {
        .registration_id = message_text(&view, arena, "registration_id", MESSAGE_ID_SIZE),
        .reference = message_text(&view, arena, "reference", MESSAGE_ID_SIZE),
        .secret = message_text(&view, arena, "secret", MESSAGE_ID_SIZE),
        .expires_at = json_view_time(&view, "expires_at"),
    };
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = enrolment;
    return true;
}

bool enrolment_ask(const RegistrationPort *port, const RegistrationRequest *request, Arena *arena,
                   Enrolment *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = registration_request_to_json(request);
    const InstitutionCall call = {&port->institution, port->peer, "registration system",
                                  ENROLMENT_REQUEST_TYPE, payload};
    PeerRequest asked = {.target = "/v1/enrolments", .idempotency_key = request->request_id};
    PeerResponse response;
    return institution_call(&call, &asked, arena, &response, err) &&
           enrolment_parse(response.body, arena, ret, err);
}
