// SPDX-License-Identifier: Apache-2.0
//
// From a parsed request to the bytes of its response; runs on a worker thread.
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/core/log.h"
#include "base/net/http_state.h"
#include "base/net/service_dispatch.h"

// Room for the head around a body of any size.
enum { RESPONSE_HEAD_LIMIT = 16 * 1024 };

static char *lower_case_text(Arena *arena, Bytes name)
{
    char *text = arena_text(arena, name);
    for (size_t i = 0; text != NULL && i < name.len; i++) {
        if (text[i] >= 'A' && text[i] <= 'Z') {
            text[i] = (char)(text[i] + ('a' - 'A'));
        }
    }
    return text;
}

static bool copy_headers(const HttpHead *head, ServiceRequest *request)
{
    ServiceParameter *headers =
        arena_alloc(request->arena, head->header_count * sizeof(ServiceParameter));
    if (headers == NULL) {
        return false;
    }
    for (size_t i = 0; i < head->header_count; i++) {
        headers[i].name = lower_case_text(request->arena, head->headers[i].name);
        headers[i].value = arena_text(request->arena, head->headers[i].value);
        if (headers[i].name == NULL || headers[i].value == NULL) {
            return false;
        }
    }
    request->headers = headers;
    request->header_count = head->header_count;
    return true;
}

static bool copy_optional(Arena *arena, Bytes value, const char *absent, const char **ret)
{
    *ret = value.len == 0 ? absent : arena_text(arena, value);
    return *ret != NULL || value.len == 0;
}

// A request id of the caller is kept, so that one request can be followed across institutions.
static bool choose_request_id(HttpServer *server, const HttpConnection *connection,
                              ServiceRequest *request)
{
    if (connection->head.request_id.len > 0) {
        request->request_id = arena_text(request->arena, connection->head.request_id);
    } else {
        uint64_t count =
            atomic_fetch_add_explicit(&server->request_id_count, 1, memory_order_relaxed);
        uint64_t id = server->request_id_key + count * 0x9e3779b97f4a7c15;
        request->request_id = arena_format(request->arena, "%016llx", (unsigned long long)id);
    }
    return request->request_id != NULL;
}

static bool fill_request(HttpServer *server, const HttpConnection *connection, Arena *arena,
                         ServiceRequest *ret, Error *err)
{
    const HttpHead *head = &connection->head;
    const TlsIdentity *caller = &connection->caller;
    ret->arena = arena;
    ret->received = connection->received;
    ret->address = connection->address;
    ret->channel = connection->channel;
    ret->body = writer_bytes(&connection->body);
    ret->caller = (ServiceCaller){caller->role, caller->name, caller->serial, caller->fingerprint};
    ret->method = arena_text(arena, head->method);
    if (ret->method == NULL || !choose_request_id(server, connection, ret) ||
        !copy_headers(head, ret) ||
        !copy_optional(arena, head->content_type, "", &ret->content_type) ||
        !copy_optional(arena, head->idempotency_key, NULL, &ret->idempotency_key)) {
        return error_memory(err);
    }
    // A head that was refused as a whole has no target to look at.
    return head->target.len == 0 || service_parse_target(server->service, ret, head->target, err);
}

static void answer(HttpServer *server, HttpConnection *connection, Arena *arena,
                   ServiceRequest *request, ServiceResponse *response)
{
    Error err = {0};
    bool filled = fill_request(server, connection, arena, request, &err);
    if (!filled) {
        // Also before a refusal by route or role: the order is that of service_dispatch.
        service_reply_error(response, arena, &err);
    } else if (connection->refusal.kind != ERROR_NONE) {
        response->status = http_error_status(&connection->refusal);
        service_reply_refusal(server->service, connection->route, response, arena,
                              &connection->refusal);
    } else if (http_builtin_is(bytes_of_text(request->path))) {
        http_builtin_answer(server, request, response);
    } else {
        service_dispatch(server->service, request, response);
    }
}

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } known[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (known[i].status == status) {
            return known[i].reason;
        }
    }
    return "-";
}

static void put_date(Time now, Writer *ret)
{
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (now < 0) {
        return;
    }
    CivilTime civil = civil_from_time(now);
    writer_format(ret, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                  days[(size_t)(now / TIME_DAY) % 7], civil.day, months[civil.month - 1],
                  civil.year, civil.hour, civil.minute, civil.second);
}

static void put_headers(const ServiceResponse *response, Writer *ret)
{
    bool cache_told = false;
    for (size_t i = 0; i < response->header_count; i++) {
        const ServiceParameter *header = &response->headers[i];
        cache_told = cache_told || strcasecmp(header->name, "cache-control") == 0;
        writer_put_text(ret, header->name);
        writer_put_text(ret, ": ");
        writer_put_text(ret, header->value);
        writer_put_text(ret, "\r\n");
    }
    writer_put_text(ret, "X-Content-Type-Options: nosniff\r\n");
    if (!cache_told) {
        writer_put_text(ret, "Cache-Control: no-store\r\n");
    }
}

static void serialize(HttpConnection *connection, const ServiceRequest *request,
                      const ServiceResponse *response)
{
    Writer *output = &connection->output;
    bool may_have_body = response->status != 204 && response->status != 304;
    *output = writer_new(RESPONSE_HEAD_LIMIT + response->body.len);
    writer_format(output, "HTTP/1.1 %d %s\r\n", response->status, reason_of(response->status));
    put_date(connection->received, output);
    if (may_have_body) {
        if (response->body.len > 0) {
            writer_put_text(output, "Content-Type: ");
            writer_put_text(output, response->content_type);
            writer_put_text(output, "\r\n");
        }
        writer_format(output, "Content-Length: %zu\r\n", response->body.len);
    }
    put_headers(response, output);
    if (request->request_id != NULL) {
        writer_put_text(output, "X-Request-Id: ");
        writer_put_text(output, request->request_id);
        writer_put_text(output, "\r\n");
    }
    if (connection->closes) {
        writer_put_text(output, "Connection: close\r\n");
    } else if (connection->head.is_http_1_0) {
        writer_put_text(output, "Connection: keep-alive\r\n");
    }
    writer_put_text(output, "\r\n");
    if (may_have_body && !connection->head.omits_body) {
        writer_put(output, response->body);
    }
}

static void record(HttpServer *server, const HttpConnection *connection,
                   const ServiceRequest *request, const ServiceResponse *response)
{
    const Route *route = connection->route;
    Time duration = clock_monotonic() - connection->complete;
    http_metrics_count(&server->metrics, route, response->status, duration);
    LOG(response->status >= 500 ? LOG_WARNING : LOG_INFO, "http.request",
        log_text("service", server->service->name),
        log_text("method", route == NULL ? "-" : route->method),
        log_text("route", route == NULL ? "-" : route->pattern),
        log_number("status", response->status), log_number("duration_us", duration),
        log_number("request_bytes", (int64_t)connection->body.len),
        log_number("response_bytes", (int64_t)response->body.len),
        log_text("role", request->caller.role), log_text("request_id", request->request_id));
}

void http_exchange_run(HttpServer *server, HttpConnection *connection, Arena *arena)
{
    ServiceRequest request = {0};
    ServiceResponse response = {0};
    answer(server, connection, arena, &request, &response);
    connection->closes =
        connection->head.closes || connection->unread || atomic_load(&server->stopping);
    serialize(connection, &request, &response);
    record(server, connection, &request, &response);
}
