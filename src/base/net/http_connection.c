// SPDX-License-Identifier: Apache-2.0
//
// One connection's life, on the loop thread: handshake, head, body, (worker), response, again.
#include <arpa/inet.h>
#include <assert.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/core/log.h"
#include "base/net/http_state.h"

enum {
    READ_SIZE = 16 * 1024,
    READS_PER_TURN = 16,  // then the other connections have their turn
    LINGER_MS = 1000,
    DRAIN_READING_MS = 1000,
};

static void write_more(HttpConnection *connection);
static void read_more(HttpConnection *connection);

void http_connection_set_deadline(HttpConnection *connection, int after_ms)
{
    connection->last_active = clock_monotonic();
    connection->deadline = connection->last_active + after_ms * TIME_MILLISECOND;
}

static void pause_reading(HttpConnection *connection)
{
    if (!connection->reading_paused) {
        (void)event_del(&connection->readable);
        connection->reading_paused = true;
    }
}

static void resume_reading(HttpConnection *connection)
{
    if (connection->reading_paused && event_add(&connection->readable, NULL) == 0) {
        connection->reading_paused = false;
    }
}

static void release_body(HttpConnection *connection)
{
    connection->server->body_bytes -= connection->charged;
    connection->charged = 0;
    writer_free(&connection->body);
}

void http_connection_close(HttpConnection *connection)
{
    HttpServer *server = connection->server;
    assert(connection->phase != HTTP_HANDLING);
    (void)event_del(&connection->readable);
    (void)event_del(&connection->writable);
    http_transport_close(&connection->transport);
    release_body(connection);
    writer_free(&connection->input);
    writer_free(&connection->output);
    if (connection->previous == NULL) {
        server->connections = connection->next;
    } else {
        connection->previous->next = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    server->connection_count--;
    atomic_fetch_sub(&server->metrics.connections, 1);
    if (server->draining && server->connection_count == 0) {
        (void)event_base_loopbreak(server->base);
    }
    free(connection);
}

static void finish_and_close(HttpConnection *connection)
{
    http_transport_finish(&connection->transport);
    http_connection_close(connection);
}

static bool is_reading(const HttpConnection *connection)
{
    return connection->phase == HTTP_READING_HEAD || connection->phase == HTTP_READING_BODY;
}

static size_t read_size(const HttpConnection *connection)
{
    // Never read past the body: what follows belongs to the next request, and the input that the
    // parsed head points into has to stay where it is.
    uint64_t missing = connection->head.content_length - connection->body.len;
    bool body = connection->phase == HTTP_READING_BODY;
    return body && missing < READ_SIZE ? (size_t)missing : READ_SIZE;
}

static void read_more(HttpConnection *connection)
{
    uint8_t part[READ_SIZE];
    for (int turn = 0; is_reading(connection); turn++) {
        if (turn == READS_PER_TURN) {
            event_active(&connection->readable, EV_READ, 0);
            return;
        }
        size_t len = 0;
        switch (http_transport_read(&connection->transport, part, read_size(connection), &len)) {
        case TRANSPORT_DONE:
            http_intake_take(connection, bytes_of(part, len));
            break;
        case TRANSPORT_WANTS_READ:
            resume_reading(connection);
            return;
        case TRANSPORT_WANTS_WRITE:
            (void)event_add(&connection->writable, NULL);
            return;
        case TRANSPORT_CLOSED:
            finish_and_close(connection);
            return;
        }
    }
}

// Take what the client still sends before closing: a close with unread bytes resets the
// connection, and the client would lose the answer it has not read yet.
static void linger_more(HttpConnection *connection)
{
    uint8_t part[READ_SIZE];
    for (int turn = 0; turn < READS_PER_TURN; turn++) {
        ssize_t len = recv(connection->transport.fd, part, sizeof part, MSG_DONTWAIT);
        if (len == 0) {
            http_connection_close(connection);
            return;
        }
        if (len < 0) {
            break;
        }
    }
    resume_reading(connection);
}

static void begin_linger(HttpConnection *connection)
{
    http_transport_finish(&connection->transport);
    connection->phase = HTTP_LINGERING;
    http_connection_set_deadline(connection, LINGER_MS);
    linger_more(connection);
}

// Forget the answered request, keep what the client sent after it.
static bool begin_next_request(HttpConnection *connection)
{
    Writer rest = writer_new(connection->input.limit);
    writer_put(&rest, bytes_from(writer_bytes(&connection->input), connection->consumed));
    if (rest.failed) {
        return false;
    }
    writer_free(&connection->input);
    connection->input = rest;
    connection->scanned = 0;
    connection->consumed = 0;
    connection->head = (HttpHead){0};
    connection->refusal.kind = ERROR_NONE;
    connection->phase = HTTP_READING_HEAD;
    return true;
}

static void response_sent(HttpConnection *connection)
{
    const HttpServerLimits *limits = &connection->server->config.limits;
    writer_free(&connection->output);
    if (connection->closes) {
        begin_linger(connection);
        return;
    }
    if (!begin_next_request(connection)) {
        finish_and_close(connection);
        return;
    }
    bool more = connection->input.len > 0;
    http_connection_set_deadline(connection,
                                 more ? limits->request_timeout_ms : limits->idle_timeout_ms);
    if (more) {
        http_intake_continue(connection);
    } else if (connection->server->draining) {
        finish_and_close(connection);
        return;
    }
    if (is_reading(connection)) {
        resume_reading(connection);
        if (http_transport_has_pending(&connection->transport)) {
            event_active(&connection->readable, EV_READ, 0);
        }
    }
}

static void write_more(HttpConnection *connection)
{
    Bytes output = writer_bytes(&connection->output);
    while (connection->written < output.len) {
        size_t len = 0;
        Bytes rest = bytes_from(output, connection->written);
        switch (http_transport_write(&connection->transport, rest, &len)) {
        case TRANSPORT_DONE:
            connection->written += len;
            break;
        case TRANSPORT_WANTS_WRITE:
            (void)event_add(&connection->writable, NULL);
            return;
        case TRANSPORT_WANTS_READ:  // only renegotiation would want it, which is switched off
        case TRANSPORT_CLOSED:
            http_connection_close(connection);
            return;
        }
    }
    response_sent(connection);
}

void http_connection_respond(HttpConnection *connection)
{
    atomic_fetch_sub(&connection->server->metrics.in_flight, 1);
    release_body(connection);
    connection->phase = HTTP_WRITING;
    connection->written = 0;
    http_connection_set_deadline(connection, connection->server->config.limits.write_timeout_ms);
    if (connection->output.len == 0 || connection->output.failed) {
        LOG(LOG_ERROR, "http.no_response", log_text("service", connection->server->service->name));
        http_connection_close(connection);
        return;
    }
    write_more(connection);
}

static void handshake_failed(HttpConnection *connection, const char *reason)
{
    HttpServer *server = connection->server;
    atomic_fetch_add(&server->metrics.handshakes_failed, 1);
    LOG(LOG_INFO, "http.handshake_failed", log_text("service", server->service->name),
        log_text("reason", reason));
    http_connection_close(connection);
}

static bool identify(HttpConnection *connection, Error *err)
{
    if (connection->transport.ssl == NULL) {
        return true;
    }
    X509 *certificate = SSL_get1_peer_certificate(connection->transport.ssl);
    if (certificate == NULL) {
        return true;  // only a server that makes certificates optional gets here
    }
    const SSL *ssl = connection->transport.ssl;
    snprintf(connection->channel, sizeof connection->channel, "%s/%s", SSL_get_version(ssl),
             SSL_get_cipher_name(ssl));
    bool identified = tls_identity_of(certificate, &connection->caller, err);
    X509_free(certificate);
    return identified;
}

static void shake_more(HttpConnection *connection)
{
    Error err = {0};
    switch (http_transport_handshake(&connection->transport)) {
    case TRANSPORT_DONE:
        if (!identify(connection, &err)) {
            http_transport_finish(&connection->transport);
            handshake_failed(connection, err.code);
            return;
        }
        connection->phase = HTTP_READING_HEAD;
        http_connection_set_deadline(connection, connection->server->config.limits.idle_timeout_ms);
        read_more(connection);
        return;
    case TRANSPORT_WANTS_READ:
        return;
    case TRANSPORT_WANTS_WRITE:
        (void)event_add(&connection->writable, NULL);
        return;
    case TRANSPORT_CLOSED: {
        const char *reason = ERR_reason_error_string(ERR_peek_error());
        handshake_failed(connection, reason == NULL ? "closed" : reason);
        return;
    }
    }
}

static void on_event(evutil_socket_t fd, short what, void *state)
{
    HttpConnection *connection = state;
    (void)fd;
    switch (connection->phase) {
    case HTTP_HANDSHAKE:
        shake_more(connection);
        break;
    case HTTP_READING_HEAD:
    case HTTP_READING_BODY:
        read_more(connection);
        break;
    case HTTP_WRITING:
        if ((what & EV_WRITE) != 0) {
            write_more(connection);
            break;
        }
        pause_reading(connection);
        break;
    case HTTP_HANDLING:
        // The client sends on, or went away: either is looked at after the response.
        pause_reading(connection);
        break;
    case HTTP_LINGERING:
        linger_more(connection);
        break;
    }
}

static SSL *new_tls(HttpServer *server, int fd)
{
    pthread_mutex_lock(&server->lock);
    SSL *ssl = SSL_new(server->tls);
    pthread_mutex_unlock(&server->lock);
    if (ssl != NULL && SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    if (ssl != NULL) {
        SSL_set_read_ahead(ssl, 1);
    }
    return ssl;
}

static void note_address(HttpConnection *connection, const struct sockaddr *address)
{
    const void *octets = NULL;
    if (address->sa_family == AF_INET) {
        octets = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    } else if (address->sa_family == AF_INET6) {
        octets = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    }
    if (octets == NULL || inet_ntop(address->sa_family, octets, connection->address,
                                    sizeof connection->address) == NULL) {
        connection->address[0] = '\0';
    }
    if (connection->server->config.is_public) {
        (void)strcpy(connection->caller.role, SERVICE_PUBLIC);
    }
}

void http_connection_open(HttpServer *server, int fd, const struct sockaddr *address)
{
    HttpConnection *connection = calloc(1, sizeof *connection);
    HttpTransport transport = {fd, NULL};
    if (connection != NULL && !server->plain) {
        transport.ssl = new_tls(server, fd);
    }
    if (connection == NULL || (!server->plain && transport.ssl == NULL)) {
        http_transport_close(&transport);
        free(connection);
        return;
    }
    connection->server = server;
    connection->transport = transport;
    connection->phase = HTTP_HANDSHAKE;
    note_address(connection, address);
    connection->input = writer_new(server->config.limits.header_bytes + READ_SIZE);
    (void)event_assign(&connection->readable, server->base, fd, EV_READ | EV_PERSIST, on_event,
                       connection);
    (void)event_assign(&connection->writable, server->base, fd, EV_WRITE, on_event, connection);
    connection->next = server->connections;
    if (connection->next != NULL) {
        connection->next->previous = connection;
    }
    server->connections = connection;
    server->connection_count++;
    atomic_fetch_add(&server->metrics.connections, 1);
    atomic_fetch_add(&server->metrics.connections_total, 1);
    connection->reading_paused = true;
    resume_reading(connection);
    http_connection_set_deadline(connection, server->config.limits.request_timeout_ms);
    shake_more(connection);
}

static bool is_idle(const HttpConnection *connection)
{
    return connection->phase == HTTP_READING_HEAD && connection->input.len == 0;
}

bool http_connection_evict_idle(HttpServer *server)
{
    HttpConnection *oldest = NULL;
    for (HttpConnection *each = server->connections; each != NULL; each = each->next) {
        if (is_idle(each) && (oldest == NULL || each->last_active < oldest->last_active)) {
            oldest = each;
        }
    }
    if (oldest != NULL) {
        finish_and_close(oldest);
    }
    return oldest != NULL;
}

void http_connection_sweep(HttpConnection *connection, Time now)
{
    if (connection->phase != HTTP_HANDLING && now >= connection->deadline) {
        finish_and_close(connection);
    }
}

void http_connection_drain(HttpConnection *connection)
{
    Time latest = clock_monotonic() + DRAIN_READING_MS * TIME_MILLISECOND;
    if (connection->phase == HTTP_HANDSHAKE || is_idle(connection)) {
        finish_and_close(connection);
    } else if ((connection->phase == HTTP_READING_HEAD || connection->phase == HTTP_READING_BODY) &&
               connection->deadline > latest) {
        // What has not been received whole can be sent again: one client may not hold up the end.
        connection->deadline = latest;
    }
}
