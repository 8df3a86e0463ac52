// SPDX-License-Identifier: Apache-2.0
//
// One non-blocking connection's bytes, through TLS or plain.
#ifndef ASSENT_BASE_NET_HTTP_TRANSPORT_H
#define ASSENT_BASE_NET_HTTP_TRANSPORT_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/bytes.h"

typedef struct {
    int fd;
    SSL *ssl;  // NULL: plain
} HttpTransport;

typedef enum {
    TRANSPORT_DONE,         // some bytes moved, or the handshake is complete
    TRANSPORT_WANTS_READ,   // try again when the socket is readable
    TRANSPORT_WANTS_WRITE,  // try again when it is writable
    TRANSPORT_CLOSED,       // the other end finished, or the connection broke
} TransportResult;

TransportResult http_transport_handshake(HttpTransport *transport);
// Read at least one byte into ret.
TransportResult http_transport_read(HttpTransport *transport, uint8_t *ret, size_t size,
                                    size_t *ret_len);
// Write at least one byte.
TransportResult http_transport_write(HttpTransport *transport, Bytes bytes, size_t *ret_len);
// True when bytes that were received wait inside TLS, where no event announces them.
bool http_transport_has_pending(const HttpTransport *transport);
// Say that nothing more will be sent: close_notify and the end of the stream. Without it the
// other end cannot tell a complete answer from one that was cut off.
void http_transport_finish(HttpTransport *transport);
// Close and release.
void http_transport_close(HttpTransport *transport);

#endif
