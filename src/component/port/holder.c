// SPDX-License-Identifier: Apache-2.0
#include "component/port/holder.h"

#include "component/port/message.h"
#include "domain/evidence/issuance.h"

enum { RECEIPT_SIZE = 16 * 1024 };

json_t *holder_inquiry_to_json(const char *holder_index)
{
    json_t *json = json_make_object();
    json_put_text(json, "holder_index", holder_index);
    return json;
}

bool holder_inquiry_parse(Bytes payload, Arena *arena, const char **ret_holder_index, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "inquiry", err);
    *ret_holder_index = message_text(&view, arena, "holder_index", MESSAGE_ID_SIZE);
    return json_view_done(&view);
}

// --- the list ---------------------------------------------------------------------------------

json_t *holder_issuances_to_json(const HolderIssuances *issuances)
{
    json_t *json = json_make_object();
    json_t *array = json_array();
    for (size_t i = 0; i < issuances->count; i++) {
        const HolderIssuance *issuance = &issuances->issuances[i];
        json_t *item = json_make_object();
        json_put_int(item, "number", (int64_t)issuance->number);
        json_put_text(item, "serial", issuance->serial);
        json_put_text(item, "registration_id", issuance->registration_id);
        json_put_text(item, "authorization_id", issuance->authorization_id);
        json_array_append_new(array, item);
    }
    json_put_hex(json, "secret", issuances->secret);
    json_put(json, "issuances", array);
    return json;
}

static bool parse_issuance(const json_t *json, Arena *arena, HolderIssuance *ret, Error *err)
{
    JsonView view = json_view(json, "issuance", err);
    *ret = (HolderIssuance){
        .number = (uint64_t)json_view_int(&view, "number", 0, INT64_MAX),
        .serial = message_text(&view, arena, "serial", MESSAGE_ID_SIZE),
        .registration_id = message_text(&view, arena, "registration_id", MESSAGE_ID_SIZE),
        .authorization_id = message_text(&view, arena, "authorization_id", MESSAGE_ID_SIZE),
    };
    return json_view_done(&view);
}

bool holder_issuances_parse(Bytes body, Arena *arena, HolderIssuances *ret, Error *err)
{
    uint8_t secret[ISSUANCE_SECRET_SIZE];
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(body, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "issuances", err);
    json_view_hex(&view, "secret", secret, sizeof secret);
    const json_t *array = json_view_array(&view, "issuances", HOLDER_ISSUANCES_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    HolderIssuances parsed = {.secret = arena_copy(arena, BYTES_OF_ARRAY(secret)),
                              .count = json_array_size(array)};
    parsed.issuances = arena_alloc(arena, (parsed.count + 1) * sizeof *parsed.issuances);
    if (parsed.secret.len == 0 || parsed.issuances == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < parsed.count; i++) {
        if (!parse_issuance(json_array_get(array, i), arena, &parsed.issuances[i], err)) {
            return false;
        }
    }
    *ret = parsed;
    return true;
}

// --- objections -------------------------------------------------------------------------------

json_t *holder_objection_to_json(const HolderObjection *objection)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", objection->request_id);
    json_put_text(json, "holder_index", objection->holder_index);
    json_put_int(json, "number", (int64_t)objection->number);
    json_put_base64(json, "receipt", objection->receipt);
    return json;
}

bool holder_objection_parse(Bytes payload, Arena *arena, HolderObjection *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "objection", err);
    HolderObjection objection = {
        .request_id = message_text(&view, arena, "request_id", MESSAGE_ID_SIZE),
        .holder_index = message_text(&view, arena, "holder_index", MESSAGE_ID_SIZE),
        .number = (uint64_t)json_view_int(&view, "number", 0, INT64_MAX),
        .receipt = json_view_base64(&view, arena, "receipt", RECEIPT_SIZE),
    };
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = objection;
    return true;
}

// --- asking -----------------------------------------------------------------------------------

static bool list(const HolderPort *port, const char *holder_index, Arena *arena,
                 HolderIssuances *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = holder_inquiry_to_json(holder_index);
    const InstitutionCall call = {&port->institution, port->peer, "registration system",
                                  HOLDER_INQUIRY_TYPE, payload};
    PeerRequest request = {.target = "/v1/holders/inquiries"};
    PeerResponse response;
    return institution_call(&call, &request, arena, &response, err) &&
           holder_issuances_parse(response.body, arena, ret, err);
}

static bool object(const HolderPort *port, const HolderObjection *objection, Arena *arena,
                   Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = holder_objection_to_json(objection);
    const InstitutionCall call = {&port->institution, port->peer, "registration system",
                                  HOLDER_OBJECTION_TYPE, payload};
    PeerRequest request = {.target = "/v1/holders/objections",
                           .idempotency_key = objection->request_id};
    PeerResponse response;
    return institution_call(&call, &request, arena, &response, err);
}

HolderPort holder_port_of_peer(Peer *peer, Institution institution)
{
    return (HolderPort){list, object, peer, institution};
}
