// SPDX-License-Identifier: Apache-2.0
//
// From received bytes to a request that a worker can answer; on the loop thread.
#include "base/net/http_state.h"
#include "base/net/service_dispatch.h"
#include "base/net/service_target.h"

static void submit(HttpConnection *connection)
{
    HttpServer *server = connection->server;
    connection->phase = HTTP_HANDLING;
    connection->received = clock_now(server->config.clock);
    connection->complete = clock_monotonic();
    atomic_fetch_add(&server->metrics.in_flight, 1);
    http_workers_submit(server, connection);
}

// Answer with an error instead of handling. `unread`: what follows cannot be read as a request.
static void refuse(HttpConnection *connection, const Error *err, bool unread)
{
    connection->refusal = *err;
    connection->unread = unread;
    submit(connection);
}

static void take_body(HttpConnection *connection, Bytes part)
{
    HttpServer *server = connection->server;
    Error err = {0};
    if (part.len > server->config.limits.body_budget_bytes - server->body_bytes) {
        error_set(&err, ERROR_UNAVAILABLE, "http.body_budget", NULL,
                  "too many large requests at one time");
        refuse(connection, &err, true);
        return;
    }
    writer_put(&connection->body, part);
    server->body_bytes += part.len;
    connection->charged += part.len;
    if (connection->body.failed) {
        error_memory(&err);
        refuse(connection, &err, true);
    } else if (connection->body.len == connection->head.content_length) {
        submit(connection);
    }
}

// What may be refused without the body is refused before any of it is taken.
static bool admit(HttpConnection *connection, Error *err)
{
    const HttpHead *head = &connection->head;
    Bytes path, query;
    if (head->is_http_1_0 && !connection->server->config.is_public) {
        return error_set(err, ERROR_INPUT, "http.version", "RFC 9110 15.6.6",
                         "only HTTP/1.1 is spoken here");
    }
    // A page of another site whose name resolves to this machine runs in the person's browser and
    // reaches a plain loopback server too; its requests bear that site's name (DNS rebinding).
    bool is_local = connection->server->plain && !connection->server->config.is_public;
    if (is_local && !http_host_is_loopback(head->host)) {
        return error_set(err, ERROR_INPUT, "http.host_not_loopback", "RFC 9110 7.4",
                         "this server is for this machine only");
    }
    target_split(head->target, &path, &query);
    connection->route = NULL;
    size_t max_body = 0;
    if (!http_builtin_is(path)) {
        if (!service_find_route(connection->server->service, head->method, path,
                                connection->caller.role, &connection->route, err)) {
            return false;
        }
        max_body = connection->route->max_body_bytes;
    }
    if (head->content_length > max_body) {
        return error_set(err, ERROR_LIMIT, "service.body_too_large", "RFC 9110 15.5.14",
                         "a body of %llu bytes is over the limit of %zu",
                         (unsigned long long)head->content_length, max_body);
    }
    return true;
}

static void begin_body(HttpConnection *connection)
{
    const HttpHead *head = &connection->head;
    Bytes rest = bytes_from(writer_bytes(&connection->input), connection->scanned);
    size_t length = (size_t)head->content_length;
    size_t here = rest.len < length ? rest.len : length;
    connection->consumed = connection->scanned + here;
    connection->body = writer_new(length);
    connection->phase = HTTP_READING_BODY;
    if (length == 0) {
        submit(connection);
        return;
    }
    if (head->expects_continue && here == 0) {
        size_t written = 0;
        // It fits any send buffer; should it not, the client sends its body after a while anyway.
        (void)http_transport_write(&connection->transport,
                                   BYTES_LITERAL("HTTP/1.1 100 Continue\r\n\r\n"), &written);
    }
    if (here > 0) {
        take_body(connection, bytes_slice(rest, 0, here));
    }
}

void http_intake_continue(HttpConnection *connection)
{
    Error err = {0};
    Bytes input = writer_bytes(&connection->input);
    size_t limit = connection->server->config.limits.header_bytes;
    HttpScan scan = http_head_scan(input, limit, &connection->scanned, &err);
    if (scan == HTTP_SCAN_MORE) {
        return;
    }
    if (scan == HTTP_SCAN_REFUSED ||
        !http_head_parse(bytes_slice(input, 0, connection->scanned), &connection->head, &err)) {
        refuse(connection, &err, true);
    } else if (!admit(connection, &err)) {
        connection->consumed = connection->scanned;
        refuse(connection, &err, connection->head.content_length > 0);
    } else {
        begin_body(connection);
    }
}

void http_intake_take(HttpConnection *connection, Bytes part)
{
    if (connection->phase == HTTP_READING_BODY) {
        take_body(connection, part);
        return;
    }
    if (connection->input.len == 0) {
        http_connection_set_deadline(connection,
                                     connection->server->config.limits.request_timeout_ms);
    }
    writer_put(&connection->input, part);
    if (connection->input.failed) {
        Error err = {0};
        error_memory(&err);
        refuse(connection, &err, true);
        return;
    }
    http_intake_continue(connection);
}
