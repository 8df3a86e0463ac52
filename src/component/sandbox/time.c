// SPDX-License-Identifier: Apache-2.0
//
// A time server that tells the truth until it is told to lie.
#include "component/sandbox/provider.h"

enum { OFFSET_MAX_MS = INT32_MAX };

// {"offset_ms": N, "silent": BOOL, "unsynchronized": BOOL, "refuses": BOOL}, all optional.
bool sandbox_time(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err)
{
    Sandbox *sandbox = component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    if (sandbox->time == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "sandbox.time", NULL,
                         "this sandbox has no time server: it listens nowhere");
    }
    json_int_t offset_ms = json_integer_value(json_object_get(body, "offset_ms"));
    if (offset_ms > OFFSET_MAX_MS || offset_ms < -OFFSET_MAX_MS) {
        return error_set(err, ERROR_INPUT, "sandbox.time", NULL, "offset_ms is out of range");
    }
    NtpBehaviour behaviour = {
        .offset = offset_ms * TIME_MILLISECOND,
        .is_silent = json_is_true(json_object_get(body, "silent")),
        .is_unsynchronized = json_is_true(json_object_get(body, "unsynchronized")),
        .refuses = json_is_true(json_object_get(body, "refuses")),
    };
    ntp_stand_in_behave(sandbox->time, &behaviour);
    return service_reply_json(response, request->arena, 200, answer, err);
}
