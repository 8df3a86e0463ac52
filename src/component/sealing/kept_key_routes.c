// SPDX-License-Identifier: Apache-2.0
//
// The routes of kept keys; they are in the table of routes.c.
#include "component/sealing/kept_key_routes.h"
#include "component/port/message.h"
#include "component/sealing/kept_key.h"
#include "domain/holder/grant.h"

enum { TO_BE_SIGNED_MAX_SIZE = 512 * 1024 };

static KeptKeyCall call_of(void *component, const ServiceRequest *request)
{
    return (KeptKeyCall){component, request->caller.name, request->arena};
}

bool sealing_handle_key(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    KeptKeyCall call = call_of(component, request);
    KeptKeyOrder order;
    Bytes csr;
    char key_id[GRANT_KEY_ID_SIZE];
    if (!service_request_json(request, &body, err) ||
        !kept_key_order_parse(body, request->arena, &order, err) ||
        !kept_key_create(&call, &order, &csr, err)) {
        return false;
    }
    grant_key_id(&order.grant_key, key_id);
    json_put_text(reply, "key_id", key_id);
    json_put_base64(reply, "csr", csr);
    return service_reply_json(response, request->arena, 201, reply, err);
}

static bool reply_state(const ServiceRequest *request, ServiceResponse *response, const char *state,
                        Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", state);
    return service_reply_json(response, request->arena, 200, reply, err);
}

bool sealing_handle_key_certificate(void *component, const ServiceRequest *request,
                                    ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    KeptKeyCall call = call_of(component, request);
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "certificate", err);
    Bytes der = json_view_base64(&view, request->arena, "certificate", MESSAGE_CERTIFICATE_SIZE);
    return json_view_done(&view) &&
           kept_key_certify(&call, service_path_parameter(request, "id"), der, err) &&
           reply_state(request, response, "certified", err);
}

bool sealing_handle_key_signature(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    KeptKeyCall call = call_of(component, request);
    KeptKeySignature signature;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "signature order", err);
    KeptKeyUse use = {.key_id = service_path_parameter(request, "id"),
                      .to_be_signed = json_view_base64(&view, request->arena, "to_be_signed",
                                                       TO_BE_SIGNED_MAX_SIZE),
                      .grant = json_view_object(&view, "grant")};
    if (!json_view_done(&view) || !kept_key_sign(&call, &use, &signature, err)) {
        return false;
    }
    json_put_base64(reply, "signature", signature.signature);
    json_put_base64(reply, "destruction", signature.destruction);
    return service_reply_json(response, request->arena, 200, reply, err);
}

bool sealing_handle_key_destruction(void *component, const ServiceRequest *request,
                                    ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    KeptKeyCall call = call_of(component, request);
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "destruction", err);
    return json_view_done(&view) &&
           kept_key_destroy(&call, service_path_parameter(request, "id"), err) &&
           reply_state(request, response, "destroyed", err);
}
