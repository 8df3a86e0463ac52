// SPDX-License-Identifier: Apache-2.0
//
// A service behind real mutual TLS on a loopback port, with a throw-away transport PKI: for
// tests and for the demonstration.
#ifndef ASSENT_BASE_NET_LOOPBACK_H
#define ASSENT_BASE_NET_LOOPBACK_H

#include "base/net/http_server.h"
#include "base/net/peer.h"

typedef struct Loopback Loopback;

// Create a CA and a server certificate with role service->name in `directory` (which exists and
// is empty), and serve on 127.0.0.1 at a port of the kernel's choice.
// config  limits, workers, clock and the like; address, port and tls are overwritten.
bool loopback_start(const Service *service, const HttpServerConfig *config, const char *directory,
                    Loopback **ret, Error *err) MUST_CHECK;
HttpServer *loopback_server(Loopback *loopback);
uint16_t loopback_port(const Loopback *loopback);
// Issue a certificate for this role and name and make an HTTPS peer with it.
bool loopback_peer(Loopback *loopback, const char *role, const char *name, Peer **ret,
                   Error *err) MUST_CHECK;
// Issue a certificate for this role and name; the paths live as long as the loopback.
bool loopback_issue(Loopback *loopback, const char *role, const char *name, TlsFiles *ret,
                    Error *err) MUST_CHECK;
// Drain, stop and release. NULL is harmless.
void loopback_stop(Loopback *loopback);

#endif
