// SPDX-License-Identifier: Apache-2.0
#include "base/net/http_transport.h"

#include <errno.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

static TransportResult tls_result(HttpTransport *transport, int result)
{
    if (result > 0) {
        return TRANSPORT_DONE;
    }
    switch (SSL_get_error(transport->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return TRANSPORT_WANTS_READ;
    case SSL_ERROR_WANT_WRITE:
        return TRANSPORT_WANTS_WRITE;
    case SSL_ERROR_SSL:
    case SSL_ERROR_SYSCALL:
        // After a fatal error OpenSSL forbids SSL_shutdown on this connection.
        SSL_set_quiet_shutdown(transport->ssl, 1);
        return TRANSPORT_CLOSED;
    default:
        return TRANSPORT_CLOSED;
    }
}

static TransportResult plain_result(ssize_t moved, TransportResult would_block)
{
    if (moved > 0) {
        return TRANSPORT_DONE;
    }
    return moved < 0 && (errno == EAGAIN || errno == EINTR) ? would_block : TRANSPORT_CLOSED;
}

TransportResult http_transport_handshake(HttpTransport *transport)
{
    if (transport->ssl == NULL) {
        return TRANSPORT_DONE;
    }
    ERR_clear_error();
    return tls_result(transport, SSL_accept(transport->ssl));
}

TransportResult http_transport_read(HttpTransport *transport, uint8_t *ret, size_t size,
                                    size_t *ret_len)
{
    *ret_len = 0;
    if (transport->ssl == NULL) {
        ssize_t len = recv(transport->fd, ret, size, 0);
        *ret_len = len > 0 ? (size_t)len : 0;
        return plain_result(len, TRANSPORT_WANTS_READ);
    }
    ERR_clear_error();
    return tls_result(transport, SSL_read_ex(transport->ssl, ret, size, ret_len));
}

TransportResult http_transport_write(HttpTransport *transport, Bytes bytes, size_t *ret_len)
{
    *ret_len = 0;
    if (transport->ssl == NULL) {
        ssize_t len = send(transport->fd, bytes.data, bytes.len, MSG_NOSIGNAL);
        *ret_len = len > 0 ? (size_t)len : 0;
        return plain_result(len, TRANSPORT_WANTS_WRITE);
    }
    ERR_clear_error();
    return tls_result(transport, SSL_write_ex(transport->ssl, bytes.data, bytes.len, ret_len));
}

bool http_transport_has_pending(const HttpTransport *transport)
{
    return transport->ssl != NULL && SSL_has_pending(transport->ssl) == 1;
}

void http_transport_finish(HttpTransport *transport)
{
    if (transport->ssl != NULL && SSL_is_init_finished(transport->ssl)) {
        ERR_clear_error();
        (void)SSL_shutdown(transport->ssl);
        ERR_clear_error();
    }
    (void)shutdown(transport->fd, SHUT_WR);
}

void http_transport_close(HttpTransport *transport)
{
    SSL_free(transport->ssl);
    transport->ssl = NULL;
    if (transport->fd >= 0) {
        (void)close(transport->fd);
    }
    transport->fd = -1;
}
