// SPDX-License-Identifier: Apache-2.0
//
// For tests of this module: one small service whose handlers do what the tests need, and a raw
// client that sends bytes through TLS as they are.
#ifndef ASSENT_BASE_NET_NET_FIXTURE_H
#define ASSENT_BASE_NET_NET_FIXTURE_H

#include <pthread.h>

#include "base/net/loopback.h"
#include "base/net/service.h"

// The component behind the service. `gate` holds POST /v1/wait until it is opened.
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool gate_open;
    int waiting;
    int calls;
} Fixture;

// Fill in a fixture and the service over it; both borrowed by the service until it stops.
void fixture_init(Fixture *fixture, Service *ret);
void fixture_open_gate(Fixture *fixture);
// Wait until so many handlers stand at the gate.
void fixture_await_waiting(Fixture *fixture, int count);

// A raw TLS (or plain, files NULL) client on a loopback port.
typedef struct {
    int fd;
    SSL_CTX *context;
    SSL *ssl;
} RawClient;

// False when the connection or handshake fails.
bool raw_connect(RawClient *client, uint16_t port, const TlsFiles *files);
bool raw_send(RawClient *client, Bytes bytes);
// Read until the other end closes or `until` has been seen; text is zero-terminated. Returns
// whether the end was announced (close_notify, or end of file when plain).
bool raw_receive(RawClient *client, const char *until, char *ret, size_t size);
void raw_close(RawClient *client);

#endif
