// SPDX-License-Identifier: Apache-2.0
//
// Serve one Service over HTTPS (HTTP/1.1 keep-alive on TLS 1.2/1.3, mutual).
//
// One thread owns all sockets; handlers run on worker threads, never on that thread. What a
// request must look like is decided by one strict parser (http_parser.h) before anything of it is
// used. A body is refused by its declared length and by role before any of it is read.
//
// Every server also answers, itself:
//     GET /healthz       200 or 503, {"live":true,"ready":...,"degraded":...}; anyone
//     GET /metrics       Prometheus text; role "operator" (anyone on a plain loopback server that
//                        is not public)
//     GET /openapi.json  the bytes handed in; anyone
// and writes one log line "http.request" per request: route pattern, never path or query. HEAD is
// answered wherever GET is. A public server also speaks HTTP/1.0, as openssl's clients do.
#ifndef ASSENT_BASE_NET_HTTP_SERVER_H
#define ASSENT_BASE_NET_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/net/service.h"
#include "base/net/tls.h"

typedef struct HttpServer HttpServer;

// Limits; a zero field takes the value in brackets.
typedef struct {
    size_t header_bytes;       // request line and headers together [16 KiB]
    size_t body_budget_bytes;  // bodies of all requests held at one time [64 MiB]
    size_t arena_bytes;        // memory one request may allocate [ARENA_DEFAULT_LIMIT]
    size_t connections;        // at one time; then the longest idle one is closed [1024]
    int idle_timeout_ms;       // between two requests of a connection [60 s]
    int request_timeout_ms;    // from the first byte to the last, and the handshake [20 s]
    int write_timeout_ms;      // for the client to take the whole response [20 s]
    int drain_timeout_ms;      // for requests in flight at http_server_stop [10 s]
} HttpServerLimits;

// Everything is borrowed until http_server_stop, except `tls`, read by http_server_start.
typedef struct {
    const char *address;  // numeric IPv4 or IPv6: "127.0.0.1", "::"
    uint16_t port;        // 0: the kernel picks one
    TlsFiles tls;         // all NULL: plain HTTP, allowed on a loopback address only
    bool is_public;       // plain HTTP on any address, for the routes of SERVICE_PUBLIC alone
    bool client_certificate_optional;  // then SERVICE_ANYONE routes answer without one
    size_t workers;                    // 0: 4
    HttpServerLimits limits;
    Clock clock;                        // ServiceRequest.received
    Bytes openapi_json;                 // empty: 404
    bool (*is_ready)(void *component);  // for /healthz; NULL: ready when started
    // Serves, but something that it owes has to wait: still 200. NULL: not told.
    bool (*is_degraded)(void *component);
} HttpServerConfig;

// Start serving in background threads and return. Fails with ERROR_INPUT (files, address),
// ERROR_UNAVAILABLE "http_server.listen" (address in use) or ERROR_INTERNAL.
bool http_server_start(const HttpServerConfig *config, const Service *service, HttpServer **ret,
                       Error *err) MUST_CHECK;
// The port that is listened on.
uint16_t http_server_port(const HttpServer *server);
// Read the PEM files again for connections from now on; the old ones stay in use on failure.
bool http_server_reload(HttpServer *server, const TlsFiles *tls, Error *err) MUST_CHECK;
// Stop accepting, finish the requests in flight (answered with Connection: close; what is not
// received whole within a second is dropped), then close and release everything. A handler that
// never returns is waited for; clients that take no response are dropped after drain_timeout_ms.
// NULL is harmless.
void http_server_stop(HttpServer *server);

#endif
