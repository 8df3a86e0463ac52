// SPDX-License-Identifier: Apache-2.0
//
// How one component calls another: the same call whether the other is in this process or behind
// HTTPS at another institution.
#ifndef ASSENT_BASE_NET_PEER_H
#define ASSENT_BASE_NET_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/net/service.h"
#include "base/net/tls.h"

typedef struct {
    const char *method;
    const char *target;        // "/v1/receipts/17?format=json", percent-encoded, no personal data
    const char *content_type;  // NULL with an empty body
    Bytes body;
    const char *idempotency_key;  // NULL: none
    const char *request_id;       // passed on for tracing; NULL: none
    const char *authorization;    // header "Authorization", a secret: never logged; NULL: none
    // Header "X-Assent-Actor": the account of the person at the caller who asks; NULL: none. The
    // callee believes it as far as it believes the caller's certificate.
    const char *actor;
    const char *conflict_type;  // a 409 with this content type is an answer too; NULL: none is
} PeerRequest;

// A 2xx answer, or the 409 of conflict_type; texts and bytes are in the arena of the call.
typedef struct {
    int status;
    const char *content_type;  // "" when absent
    Bytes body;
} PeerResponse;

// Somebody to call. Thread-safe. The makers below return one; a test may fill in its own.
typedef struct Peer Peer;
struct Peer {
    bool (*call)(Peer *self, const PeerRequest *request, Arena *arena, PeerResponse *ret,
                 Error *err);
    void (*release)(Peer *self);  // NULL: nothing to release
};

// Call and wait. False on every answer that is not 2xx, conflict_type apart:
// - an error of the other side comes back with its own kind, code, clause and text;
// - ERROR_UNAVAILABLE: "peer.unreachable" (refused, name or TLS failure), "peer.timeout",
//   "peer.garbage" (an answer that is not HTTP or an error that is not ours),
//   "peer.response_too_large". Whether the request took effect is then unknown: repeat it with
//   the same idempotency key.
// - ERROR_INPUT "peer.request_malformed": a target, type or key that cannot be sent.
bool peer_call(Peer *peer, const PeerRequest *request, Arena *arena, PeerResponse *ret,
               Error *err) MUST_CHECK;
// peer_call with a JSON body (NULL: request->body as it is) and a JSON answer, which the caller
// owns (json_decref). ERROR_UNAVAILABLE "peer.garbage" when the answer is not JSON.
// request->body and content_type are ignored when `body` is given; `body` is borrowed.
bool peer_call_json(Peer *peer, const PeerRequest *request, const json_t *body, Arena *arena,
                    json_t **ret, Error *err) MUST_CHECK;
// Release. NULL is harmless.
void peer_free(Peer *peer);
// For CLEANUP(peer_cleanup).
void peer_cleanup(Peer **peer);

// Call `service` in this process as the caller `name` in `role` (both borrowed).
bool peer_local(const Service *service, const char *role, const char *name, Clock clock, Peer **ret,
                Error *err) MUST_CHECK;

// Zero fields take the value in brackets.
typedef struct {
    const char *url;            // "https://host:port", no path
    bool takes_plain;           // also "http://host:port": what is said protects itself
    TlsFiles tls;               // own certificate, key, and the CA of the server
    const char *server_role;    // OU that the server's certificate must have; NULL: any
    int connect_timeout_ms;     // [3 s]
    int timeout_ms;             // for the whole call [15 s]
    size_t max_response_bytes;  // [16 MiB]
} PeerHttpsConfig;

// Call a server over HTTPS with kept-alive connections, shared by all threads. Reads the files
// now (not for "http://"); connects at the first call. Fails with ERROR_INPUT.
bool peer_https(const PeerHttpsConfig *config, Peer **ret, Error *err) MUST_CHECK;

#endif
