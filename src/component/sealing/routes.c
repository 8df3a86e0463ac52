// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/pem.h"
#include "component/sealing/kept_key_routes.h"
#include "component/sealing/maker.h"
#include "component/sealing/order.h"

enum { ORDER_BODY_SIZE = 1024 * 1024, CHAIN_MAX_SIZE = 1024 * 1024, KEY_BODY_SIZE = 16 * 1024 };

// Persons' seals are the business system's to order; organisation seals anyone's who issues
// reports.
static bool check_kind(const ServiceRequest *request, const SealOrder *order, Error *err)
{
    if (order->is_organization || strcmp(request->caller.role, "business") == 0) {
        return true;
    }
    return error_set(err, ERROR_FORBIDDEN, "sealing.kind_not_allowed", "JR/T 0299-2024 4",
                     "only the business system orders the seals of persons");
}

static json_t *reply_of(const IssuedSeal *issued)
{
    json_t *reply = json_make_object();
    json_put_text(reply, "seal_id", issued->id);
    json_put_base64(reply, "seal", issued->seal);
    return reply;
}

static bool handle_make(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    SealOrder order;
    IssuedSeal issued;
    if (!service_request_json(request, &body, err) ||
        !order_parse(body, request->arena, &order, err) || !check_kind(request, &order, err) ||
        !maker_carry_out(component, request->caller.name, &order, request->arena, &issued, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = reply_of(&issued);
    return service_reply_json(response, request->arena, 201, reply, err);
}

static bool handle_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    IssuedSeal issued;
    bool is_operator = strcmp(request->caller.role, "operator") == 0;
    if (!maker_get(component, is_operator ? NULL : request->caller.name,
                   service_path_parameter(request, "id"), request->arena, &issued, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = reply_of(&issued);
    json_put_text(reply, "kind", issued.kind);
    json_put_time(reply, "created_at", issued.created_at);
    return service_reply_json(response, request->arena, 200, reply, err);
}

static bool handle_certificate(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    const Sealing *sealing = component;
    CLEANUP(writer_free) Writer pem = writer_new(CHAIN_MAX_SIZE);
    pem_encode("CERTIFICATE", sealing->certificate.der, &pem);
    for (size_t i = 0; i < sealing->config.chain_count; i++) {
        pem_encode("CERTIFICATE", sealing->config.chain[i], &pem);
    }
    Bytes body = arena_copy(request->arena, writer_bytes(&pem));
    if (pem.failed || body.data == NULL) {
        return error_memory(err);
    }
    service_reply_bytes(response, 200, "application/pem-certificate-chain", body);
    return true;
}

const Route sealing_routes[] = {
    {"POST",
     "/v1/seals",
     {"business", "certification", "preservation"},
     ORDER_BODY_SIZE,
     handle_make},
    {"GET",
     "/v1/seals/{id}",
     {"business", "certification", "preservation", "operator"},
     0,
     handle_get},
    {"GET", "/v1/certificate", {SERVICE_ANYONE}, 0, handle_certificate},
    {"POST", "/v1/keys", {"business"}, KEY_BODY_SIZE, sealing_handle_key},
    {"POST",
     "/v1/keys/{id}/certificate",
     {"business"},
     KEY_BODY_SIZE,
     sealing_handle_key_certificate},
    {"POST",
     "/v1/keys/{id}/signature",
     {"business"},
     ORDER_BODY_SIZE,
     sealing_handle_key_signature},
    {"POST",
     "/v1/keys/{id}/destruction",
     {"business"},
     KEY_BODY_SIZE,
     sealing_handle_key_destruction},
};
const size_t sealing_route_count = COUNT_OF(sealing_routes);
