// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/net/peer_answer.h"
#include "base/net/service_dispatch.h"

typedef struct {
    Peer base;
    const Service *service;
    const char *role;
    const char *name;
    Clock clock;
} PeerLocal;

// An answer outlives the call, but the service only promised its bytes until the response is
// sent: copy, as a socket would.
static bool keep(const ServiceResponse *response, Arena *arena, PeerResponse *ret, Error *err)
{
    bool has_type = response->body.len > 0 && response->content_type != NULL;
    *ret = (PeerResponse){
        .status = response->status, .content_type = "", .body = arena_copy(arena, response->body)};
    if (has_type) {
        ret->content_type = arena_text(arena, bytes_of_text(response->content_type));
    }
    if (ret->content_type == NULL || (response->body.len > 0 && ret->body.data == NULL)) {
        return error_memory(err);
    }
    return true;
}

static bool local_call(Peer *self, const PeerRequest *request, Arena *arena, PeerResponse *ret,
                       Error *err)
{
    const PeerLocal *local = (const PeerLocal *)self;
    ServiceParameter headers[2];
    size_t header_count = 0;
    if (request->authorization != NULL) {
        headers[header_count++] = (ServiceParameter){"authorization", request->authorization};
    }
    if (request->actor != NULL) {
        headers[header_count++] = (ServiceParameter){"x-assent-actor", request->actor};
    }
    ServiceRequest asked = {
        .method = request->method,
        .content_type = request->content_type == NULL ? "" : request->content_type,
        .headers = headers,
        .header_count = header_count,
        .body = request->body,
        .caller = {.role = local->role, .name = local->name, .serial = "", .fingerprint = ""},
        .idempotency_key = request->idempotency_key,
        .request_id = request->request_id == NULL ? "local" : request->request_id,
        .arena = arena,
        .received = clock_now(local->clock),
    };
    ServiceResponse response;
    PeerResponse answer;
    if (!service_parse_target(local->service, &asked, bytes_of_text(request->target), err)) {
        return false;
    }
    service_dispatch(local->service, &asked, &response);
    return keep(&response, arena, &answer, err) && peer_answer(request, &answer, ret, err);
}

static void local_release(Peer *self)
{
    free(self);
}

bool peer_local(const Service *service, const char *role, const char *name, Clock clock, Peer **ret,
                Error *err)
{
    if (!service_check(service, err)) {
        return false;
    }
    PeerLocal *local = calloc(1, sizeof *local);
    if (local == NULL) {
        return error_memory(err);
    }
    *local = (PeerLocal){{local_call, local_release}, service, role, name, clock};
    *ret = &local->base;
    return true;
}
