// SPDX-License-Identifier: Apache-2.0
//
// What a component offers to others: a table of routes, each with the roles that may call it.
// The same table is served over HTTPS (http_server.h) and called in the process (peer.h), with
// the same checks in the same place: service_dispatch.h.
#ifndef ASSENT_BASE_NET_SERVICE_H
#define ASSENT_BASE_NET_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

enum {
    SERVICE_MAX_ROLES = 8,
    SERVICE_MAX_PATH_PARAMETERS = 6,
    SERVICE_MAX_QUERY_PARAMETERS = 16,
    SERVICE_MAX_RESPONSE_HEADERS = 12,
    SERVICE_MAX_KEY_BYTES = 128,  // of an idempotency key and of a request id
};

// In Route.roles: also callers without a certificate.
#define SERVICE_ANYONE "anyone"
// In Route.roles, beside SERVICE_ANYONE: also over a listener without TLS, whose callers have this
// role and reach nothing else. For what its own signature protects: lists, answers, stamps.
#define SERVICE_PUBLIC "public"

// Who calls. All texts are "" for a caller without a certificate; serial and fingerprint are ""
// for a local peer. The role decides what may be asked, the name which institution asks.
typedef struct {
    const char *role;         // OU of the TLS certificate, for example "business"
    const char *name;         // CN of the TLS certificate
    const char *serial;       // lower-case hexadecimal
    const char *fingerprint;  // SHA-256 of the certificate, lower-case hexadecimal
} ServiceCaller;

typedef struct {
    const char *name;
    const char *value;
} ServiceParameter;

// One request. Everything is borrowed until the response has been sent.
typedef struct {
    const char *method;
    const char *path;  // percent-encoded as received, without the query; never log it
    ServiceParameter path_parameters[SERVICE_MAX_PATH_PARAMETERS];  // decoded
    size_t path_parameter_count;
    ServiceParameter query[SERVICE_MAX_QUERY_PARAMETERS];  // decoded
    size_t query_count;
    const ServiceParameter *headers;  // names in lower case; a local peer gives "authorization" and
                                      // "x-assent-actor" only
    size_t header_count;
    const char *content_type;  // "" when absent
    Bytes body;
    ServiceCaller caller;
    const char *address;  // numeric, of the connection's other end; NULL for a local peer
    const char *channel;  // "TLSv1.3/TLS_AES_256_GCM_SHA384" for a caller with a certificate; else
                          // NULL or ""
    const char *idempotency_key;  // NULL when absent; else 1 to SERVICE_MAX_KEY_BYTES of ASCII
    const char *request_id;       // never NULL
    Arena *arena;                 // of this request
    Time received;
} ServiceRequest;

// One response. Body and texts live in the request's arena or longer.
typedef struct {
    int status;                // 0 means 200, or what the Error's kind says
    const char *content_type;  // NULL means application/octet-stream when there is a body
    Bytes body;
    ServiceParameter headers[SERVICE_MAX_RESPONSE_HEADERS];  // see service_reply_header
    size_t header_count;
} ServiceResponse;

// A body that is always the same.
typedef struct {
    const char *content_type;
    Bytes bytes;
} ServiceBody;

// Answer one request; runs on a worker thread, several at the same time. On false the caller
// gets `err` as JSON with the HTTP status of its kind (or response->status when set to >= 400).
typedef bool RouteHandler(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err);

typedef struct {
    const char *method;  // "GET", "POST", "PUT" or "DELETE"
    // "/v1/authorizations/{id}/consents"; literal segments win over {name}. A last {name...} after
    // literal ones takes the rest of the path as one value, encoded slashes and all.
    const char *pattern;
    const char *roles[SERVICE_MAX_ROLES];  // who may call, or SERVICE_ANYONE; none: nobody
    size_t max_body_bytes;                 // 0: no body at all
    RouteHandler *handler;
} Route;

typedef struct {
    const char *name;  // for logs and metrics, for example "preservation"
    const Route *routes;
    size_t route_count;
    void *component;  // handed to the handlers
    // The body of the answer, status 413, to a request whose own is over the route's limit. NULL,
    // or no content type: the error as JSON.
    ServiceBody (*too_large)(void *component, const Route *route);
    // Append what the component counts to /metrics, as Prometheus text. NULL: nothing.
    void (*put_metrics)(void *component, Writer *ret);
} Service;

// Check a service at start: methods, patterns, roles, handlers, no two routes alike.
// Fails with ERROR_INTERNAL, code "service.malformed".
bool service_check(const Service *service, Error *err) MUST_CHECK;

// Reading a request. NULL when absent.
const char *service_path_parameter(const ServiceRequest *request, const char *name);
const char *service_query_parameter(const ServiceRequest *request, const char *name);
const char *service_header(const ServiceRequest *request, const char *lower_case_name);
// Parse the body as JSON (content type application/json); the caller owns *ret. Fails with
// ERROR_INPUT "service.content_type_not_json" or as json_parse does.
bool service_request_json(const ServiceRequest *request, json_t **ret, Error *err) MUST_CHECK;
// Fail with ERROR_INPUT "service.idempotency_key_missing" when the request has no key.
bool service_require_idempotency_key(const ServiceRequest *request, Error *err) MUST_CHECK;

// Writing a response.
// Canonical JSON body in the arena with this status. `value` is borrowed.
bool service_reply_json(ServiceResponse *response, Arena *arena, int status, const json_t *value,
                        Error *err) MUST_CHECK;
// Body bytes (borrowed until the response is sent).
void service_reply_bytes(ServiceResponse *response, int status, const char *content_type,
                         Bytes body);
// Add a header (both borrowed). Fails with ERROR_INTERNAL when it has control characters, is one
// that the server writes itself, or there are too many.
bool service_reply_header(ServiceResponse *response, const char *name, const char *value,
                          Error *err) MUST_CHECK;
// Replace the response by `err` as JSON, with response->status when it is >= 400; headers stay.
void service_reply_error(ServiceResponse *response, Arena *arena, const Error *err);

#endif
