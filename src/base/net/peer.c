// SPDX-License-Identifier: Apache-2.0
#include "base/net/peer.h"

#include <string.h>

#include "base/net/peer_answer.h"

static bool malformed(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "peer.request_malformed", NULL, "cannot send %s", what);
}

// Printable ASCII, so that nothing in it can end a line of the request.
static bool is_sendable(const char *text, size_t max, char lowest)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if (text[i] < lowest || text[i] > 0x7e) {
            return false;
        }
    }
    return len >= 1 && len <= max;
}

static bool check_request(const PeerRequest *request, Error *err)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
    bool known = false;
    for (size_t i = 0; request->method != NULL && i < COUNT_OF(methods); i++) {
        known = known || strcmp(request->method, methods[i]) == 0;
    }
    if (!known || (request->body.len > 0 && strcmp(request->method, "GET") == 0)) {
        return malformed(err, "this method");
    }
    if (request->target == NULL || request->target[0] != '/' ||
        !is_sendable(request->target, 4096, '!') || strchr(request->target, '#') != NULL) {
        return malformed(err, "this target");
    }
    if (request->content_type != NULL && !is_sendable(request->content_type, 256, ' ')) {
        return malformed(err, "this content type");
    }
    if (request->authorization != NULL && !is_sendable(request->authorization, 4096, ' ')) {
        return malformed(err, "this authorization");
    }
    if (request->actor != NULL && !is_sendable(request->actor, SERVICE_MAX_KEY_BYTES, '!')) {
        return malformed(err, "this actor");
    }
    if ((request->idempotency_key != NULL &&
         !is_sendable(request->idempotency_key, SERVICE_MAX_KEY_BYTES, '!')) ||
        (request->request_id != NULL &&
         !is_sendable(request->request_id, SERVICE_MAX_KEY_BYTES, '!'))) {
        return malformed(err, "this idempotency key or request id");
    }
    return true;
}

bool peer_call(Peer *peer, const PeerRequest *request, Arena *arena, PeerResponse *ret, Error *err)
{
    return check_request(request, err) && peer->call(peer, request, arena, ret, err);
}

static bool garbage(Error *err, const char *what)
{
    return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                     "the other side answered with %s", what);
}

bool peer_answer(const PeerRequest *request, const PeerResponse *answer, PeerResponse *ret,
                 Error *err)
{
    bool is_wanted_conflict = answer->status == 409 && request->conflict_type != NULL &&
                              strcmp(answer->content_type, request->conflict_type) == 0;
    if ((answer->status >= 200 && answer->status <= 299) || is_wanted_conflict) {
        *ret = *answer;
        return true;
    }
    CLEANUP(json_cleanup) json_t *body = NULL;
    const char *code = NULL, *kind = NULL, *message = NULL, *clause = NULL;
    if (!json_parse(answer->body, &body, NULL) ||
        json_unpack(body, "{s:{s:s,s:s,s:s,s:s}}", "error", "code", &code, "kind", &kind, "message",
                    &message, "clause", &clause) != 0) {
        return garbage(err, "an error that is not ours");
    }
    ErrorKind known = error_kind_from_name(kind);
    if (known == ERROR_NONE || strcmp(error_kind_name(known), kind) != 0) {
        return garbage(err, "an error of an unknown kind");
    }
    return error_set(err, known, code, clause, "%s", message);
}

bool peer_call_json(Peer *peer, const PeerRequest *request, const json_t *body, Arena *arena,
                    json_t **ret, Error *err)
{
    PeerRequest sent = *request;
    PeerResponse answer;
    if (body != NULL) {
        sent.content_type = "application/json";
        if (!json_text(arena, body, &sent.body, err)) {
            return false;
        }
    }
    if (!peer_call(peer, &sent, arena, &answer, err)) {
        return false;
    }
    if (!json_parse(answer.body, ret, NULL)) {
        return garbage(err, "something else than JSON");
    }
    return true;
}

void peer_free(Peer *peer)
{
    if (peer != NULL && peer->release != NULL) {
        peer->release(peer);
    }
}

void peer_cleanup(Peer **peer)
{
    peer_free(*peer);
    *peer = NULL;
}
