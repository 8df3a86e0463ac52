// SPDX-License-Identifier: Apache-2.0
#include "component/portal/forward.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/sm3/sm3.h"
#include "component/portal/door.h"
#include "component/portal/envelope.h"

// A decoded text as part of a query again: whatever it holds, it stays one value.
static const char *escaped(Arena *arena, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:";
    CLEANUP(writer_free) Writer writer = writer_new(3 * strlen(text) + 1);
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr(plain, *c) != NULL) {
            writer_put(&writer, bytes_of(c, 1));
        } else {
            writer_format(&writer, "%%%02X", (unsigned)(unsigned char)*c);
        }
    }
    return writer.failed ? NULL : arena_text(arena, writer_bytes(&writer));
}

// The target as it came: path and query were parsed strictly, so they are put together again.
static const char *target_of(const ServiceRequest *request, const char *path)
{
    const char *target = path;
    for (size_t i = 0; target != NULL && i < request->query_count; i++) {
        const char *name = escaped(request->arena, request->query[i].name);
        const char *value = escaped(request->arena, request->query[i].value);
        target = name == NULL || value == NULL ? NULL
                                               : arena_format(request->arena, "%s%c%s=%s", target,
                                                              i == 0 ? '?' : '&', name, value);
    }
    return target;
}

static bool pass_on(Peer *peer, const PeerRequest *ask, const ServiceRequest *request,
                    ServiceResponse *response, Error *err)
{
    PeerResponse answer;
    if (ask->target == NULL) {
        return error_memory(err);
    }
    if (!peer_call(peer, ask, request->arena, &answer, err)) {
        return false;
    }
    service_reply_bytes(response, answer.status,
                        answer.content_type[0] == '\0' ? NULL : answer.content_type, answer.body);
    return true;
}

static bool forward_person(Portal *portal, const ServiceRequest *request, Bytes body,
                           ServiceResponse *response, Error *err)
{
    const char *token = NULL;
    if (!door_token(portal, request, &token, err)) {
        return false;
    }
    PeerRequest ask = {.method = request->method,
                       .target = target_of(request, request->path),
                       .content_type = body.len > 0 ? "application/json" : NULL,
                       .body = body,
                       .idempotency_key = request->idempotency_key,
                       .request_id = request->request_id,
                       .authorization = arena_format(request->arena, "Bearer %s", token)};
    return ask.authorization != NULL
               ? pass_on(portal->config.terminal, &ask, request, response, err)
               : error_memory(err);
}

bool handle_visitor(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err)
{
    return pages_guard(response, false, err) && portal_check_origin(request, err) &&
           forward_person(component, request, request->body, response, err);
}

bool handle_visitor_sensitive(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    Portal *portal = component;
    Bytes body;
    if (!pages_guard(response, false, err) || !portal_check_origin(request, err)) {
        return false;
    }
    if (!envelope_is_there(request)) {
        return error_set(err, ERROR_INPUT, "portal.envelope_missing", "JR/T 0068-2020 6.2.1.1",
                         "what this request carries has to be encrypted in the page");
    }
    return envelope_open(portal, request, &body, err) &&
           forward_person(portal, request, body, response, err);
}

// C1's measurements are its HTTP server's and have no version.
static const char *without_console(const ServiceRequest *request)
{
    static const char prefix[] = "/v1/console", metrics[] = "/v1/console/metrics";
    if (strcmp(request->path, metrics) == 0) {
        return "/metrics";
    }
    return arena_format(request->arena, "/v1%s", &request->path[sizeof prefix - 1]);
}

// `body` goes in place of the request's own. Who is logged in is stated by us, whatever the browser
// may have sent: C1 writes it into history and evidence.
static bool forward_staff(Portal *portal, const ServiceRequest *request, const StaffMember *member,
                          Bytes body, ServiceResponse *response, Error *err)
{
    const char *path = without_console(request);
    PeerRequest ask = {.method = request->method,
                       .target = path == NULL ? NULL : target_of(request, path),
                       .content_type = body.len > 0 ? "application/json" : NULL,
                       .body = body,
                       .idempotency_key = request->idempotency_key,
                       .request_id = request->request_id,
                       .actor = member->user};
    return pass_on(portal->config.operator, & ask, request, response, err);
}

bool handle_staff_read(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    Portal *portal = component;
    StaffMember member;
    return pages_guard(response, false, err) &&
           console_session_require(portal, request, &member, err) &&
           forward_staff(portal, request, &member, BYTES_EMPTY, response, err);
}

bool handle_staff_act(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    Portal *portal = component;
    StaffMember member;
    if (!pages_guard(response, false, err) || !portal_check_origin(request, err) ||
        !console_session_require(portal, request, &member, err)) {
        return false;
    }
    if (strcmp(member.role, "officer") != 0) {
        return error_set(err, ERROR_FORBIDDEN, "portal.role", "GB/T 22081-2016 9",
                         "role %s may look but not act", member.role);
    }
    Bytes body = request->body;
    return (!envelope_is_there(request) || envelope_open(portal, request, &body, err)) &&
           forward_staff(portal, request, &member, body, response, err);
}

bool handle_staff_events(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Portal *portal = component;
    StaffMember member;
    PeerResponse list;
    PeerRequest ask = {
        .method = "GET", .target = portal->kind->watched, .request_id = request->request_id};
    if (!pages_guard(response, false, err) ||
        !console_session_peek(portal, request, &member, err) ||
        !peer_call(portal->config.operator, & ask, request->arena, &list, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(list.body);
    const char *id = hex_text(request->arena, bytes_slice(sm3_bytes(&digest), 0, 8));
    const char *seen = service_header(request, "last-event-id");
    bool is_news = id != NULL && (seen == NULL || strcmp(seen, id) != 0);
    char *text =
        id == NULL ? NULL
        : is_news  ? arena_format(request->arena, "retry: %d\nid: %s\nevent: changed\ndata: %s\n\n",
                                  EVENTS_RETRY_MS, id, id)
                   : arena_format(request->arena, "retry: %d\n\n", EVENTS_RETRY_MS);
    if (text == NULL) {
        return error_memory(err);
    }
    service_reply_bytes(response, 200, "text/event-stream", bytes_of_text(text));
    return true;
}
