// SPDX-License-Identifier: Apache-2.0
#include "component/portal/door.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/json.h"
#include "base/sm4/sm4.h"
#include "component/portal/records.h"

enum { DEVICE_SIZE = 32, DEVICE_TEXT_SIZE = 64, TOKEN_MAX = 128, REFERENCE_BYTES = 8 };

static const char device_cookie[] = "__Host-assent-device";

static bool no_session(Error *err)
{
    return error_set(err, ERROR_FORBIDDEN, "portal.no_session", NULL,
                     "this device has not opened such a link, or its session is over");
}

// The digest of the device's cookie; false when it has none that could be ours.
static bool device_of(const ServiceRequest *request, Sm3Digest *ret)
{
    const char *cookie = portal_cookie(request, device_cookie);
    if (cookie == NULL || strlen(cookie) != DEVICE_TEXT_SIZE) {
        return false;
    }
    *ret = sm3_digest(bytes_of_text(cookie));
    return true;
}

static bool give_device(Portal *portal, const ServiceRequest *request, ServiceResponse *response,
                        Sm3Digest *ret, Error *err)
{
    if (device_of(request, ret)) {
        return true;
    }
    uint8_t device[DEVICE_SIZE];
    if (!random_fill(portal->config.random, device, sizeof device, err)) {
        return false;
    }
    char *text = hex_text(request->arena, BYTES_OF_ARRAY(device));
    if (text == NULL) {
        return error_memory(err);
    }
    *ret = sm3_digest(bytes_of_text(text));
    return portal_set_cookie(response, request->arena, device_cookie, text, err);
}

static void open_field_key(const Portal *portal, Sm4 *ret)
{
    sm4_init(ret, secret_expose(portal->config.field_key).data);
}

static bool seal_token(Portal *portal, Arena *arena, const char *token, const Sm3Digest *digest,
                       Bytes *ret, Error *err)
{
    uint8_t nonce[SM4_GCM_NONCE_SIZE];
    CLEANUP(writer_free) Writer sealed = writer_new(TOKEN_MAX + 64);
    if (!random_fill(portal->config.random, nonce, sizeof nonce, err)) {
        return false;
    }
    Sm4 sm4;
    open_field_key(portal, &sm4);
    writer_put(&sealed, BYTES_OF_ARRAY(nonce));
    sm4_gcm_seal(&sm4, nonce, sm3_bytes(digest), bytes_of_text(token), &sealed);
    sm4_wipe(&sm4);
    *ret = arena_copy(arena, writer_bytes(&sealed));
    return ret->len > 0 || error_memory(err);
}

static bool open_token(Portal *portal, Arena *arena, const Door *door, const char **ret, Error *err)
{
    CLEANUP(writer_free) Writer token = writer_new(TOKEN_MAX);
    if (door->sealed_token.len < SM4_GCM_NONCE_SIZE) {
        return error_set(err, ERROR_INTERNAL, "portal.door", NULL, "a kept session is damaged");
    }
    Sm4 sm4;
    open_field_key(portal, &sm4);
    bool ok = sm4_gcm_open(&sm4, door->sealed_token.data, sm3_bytes(&door->token),
                           bytes_from(door->sealed_token, SM4_GCM_NONCE_SIZE), &token, err);
    sm4_wipe(&sm4);
    *ret = ok ? arena_text(arena, writer_bytes(&token)) : NULL;
    return ok && (*ret != NULL || error_memory(err));
}

// Ask C1 whether a token is one of its sessions: the portal believes no link by itself.
static bool check_token(Portal *portal, const ServiceRequest *request, const char *token,
                        Error *err)
{
    PeerResponse answer;
    PeerRequest ask = {.method = "GET",
                       .target = "/v1/session",
                       .request_id = request->request_id,
                       .authorization = arena_format(request->arena, "Bearer %s", token)};
    return ask.authorization != NULL
               ? peer_call(portal->config.terminal, &ask, request->arena, &answer, err)
               : error_memory(err);
}

static bool is_token(const char *token)
{
    return strspn(token, "0123456789abcdef") == strlen(token);
}

static bool open_link(Portal *portal, const ServiceRequest *request, const char *token,
                      ServiceResponse *response, Error *err)
{
    Door door = {.token = sm3_digest(bytes_of_text(token)),
                 .opened_at = clock_now(portal->config.clock)};
    bool is_ours = false;
    door.reference =
        hex_text(request->arena, bytes_slice(sm3_bytes(&door.token), 0, REFERENCE_BYTES));
    if (door.reference == NULL) {
        return error_memory(err);
    }
    if (!check_token(portal, request, token, err) ||
        !give_device(portal, request, response, &door.device, err) ||
        !seal_token(portal, request->arena, token, &door.token, &door.sealed_token, err) ||
        !portal_records_open(portal->store, &door, &is_ours, err)) {
        return false;
    }
    if (!is_ours) {
        return error_set(err, ERROR_FORBIDDEN, "portal.other_device", "JR/T 0068-2020 6.2.1.1",
                         "this link was opened on another device and works there only");
    }
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    json_put_text(answer, "reference", door.reference);
    return service_reply_json(response, request->arena, 200, answer, err);
}

bool handle_door_open(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    Portal *portal = component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!pages_guard(response, false, err) || !portal_check_origin(request, err) ||
        !service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "door", err);
    const char *token = json_view_text(&view, "token", TOKEN_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    return is_token(token) ? open_link(portal, request, token, response, err) : no_session(err);
}

static bool doors_of(Portal *portal, const ServiceRequest *request, Door ret[DOORS_PER_DEVICE_MAX],
                     size_t *ret_count, Error *err)
{
    Sm3Digest device;
    *ret_count = 0;
    return !device_of(request, &device) ||
           portal_records_list(portal->store, &device, request->arena, ret, ret_count, err);
}

bool handle_door_list(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    Portal *portal = component;
    Door *doors = arena_alloc(request->arena, DOORS_PER_DEVICE_MAX * sizeof *doors);
    size_t count;
    if (doors == NULL) {
        return error_memory(err);
    }
    if (!pages_guard(response, false, err) || !doors_of(portal, request, doors, &count, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *door = json_make_object();
        json_put_text(door, "reference", doors[i].reference);
        json_put_time(door, "opened_at", doors[i].opened_at);
        json_array_append_new(list, door);
    }
    json_put(answer, "sessions", list);
    return service_reply_json(response, request->arena, 200, answer, err);
}

bool door_token(Portal *portal, const ServiceRequest *request, const char **ret, Error *err)
{
    Door *doors = arena_alloc(request->arena, DOORS_PER_DEVICE_MAX * sizeof *doors);
    const char *reference = service_header(request, "x-assent-session");
    size_t count;
    if (doors == NULL) {
        return error_memory(err);
    }
    if (!doors_of(portal, request, doors, &count, err)) {
        return false;
    }
    for (size_t i = 0; reference != NULL && i < count; i++) {
        if (strcmp(doors[i].reference, reference) == 0) {
            return open_token(portal, request->arena, &doors[i], ret, err);
        }
    }
    return no_session(err);
}
