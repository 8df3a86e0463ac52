// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/net/http_state.h"

enum { METRICS_LIMIT = 4 * 1024 * 1024 };

typedef bool BuiltinHandler(HttpServer *server, ServiceRequest *request, ServiceResponse *response,
                            Error *err);

static bool answer_health(HttpServer *server, ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    bool stopping = atomic_load(&server->stopping);
    bool ready = !stopping && (server->config.is_ready == NULL ||
                               server->config.is_ready(server->service->component));
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_bool(body, "live", true);
    json_put_bool(body, "ready", ready);
    if (server->config.is_degraded != NULL) {
        json_put_bool(body, "degraded", server->config.is_degraded(server->service->component));
    }
    return service_reply_json(response, request->arena, ready ? 200 : 503, body, err);
}

static bool answer_metrics(HttpServer *server, ServiceRequest *request, ServiceResponse *response,
                           Error *err)
{
    bool is_local = server->plain && !server->config.is_public;
    if (!is_local && strcmp(request->caller.role, "operator") != 0) {
        return error_set(err, ERROR_FORBIDDEN, "service.role_not_allowed", NULL,
                         "role \"%s\" may not read the metrics", request->caller.role);
    }
    CLEANUP(writer_free) Writer text = writer_new(METRICS_LIMIT);
    http_metrics_write(&server->metrics, &text);
    Bytes body = text.failed ? BYTES_EMPTY : arena_copy(request->arena, writer_bytes(&text));
    if (body.data == NULL) {
        return error_memory(err);
    }
    service_reply_bytes(response, 200, "text/plain; version=0.0.4", body);
    return true;
}

static bool answer_openapi(HttpServer *server, ServiceRequest *request, ServiceResponse *response,
                           Error *err)
{
    (void)request;
    if (server->config.openapi_json.len == 0) {
        return error_set(err, ERROR_NOT_FOUND, "service.no_route", NULL,
                         "service %s has no such resource", server->service->name);
    }
    service_reply_bytes(response, 200, "application/json", server->config.openapi_json);
    return true;
}

static const struct {
    const char *path;
    BuiltinHandler *handler;
} builtins[] = {
    {"/healthz", answer_health},
    {"/metrics", answer_metrics},
    {"/openapi.json", answer_openapi},
};

bool http_builtin_is(Bytes path)
{
    for (size_t i = 0; i < COUNT_OF(builtins); i++) {
        if (bytes_equal_text(path, builtins[i].path)) {
            return true;
        }
    }
    return false;
}

static bool run(HttpServer *server, ServiceRequest *request, ServiceResponse *response, Error *err)
{
    if (strcmp(request->method, "GET") != 0) {
        return error_set(err, ERROR_INPUT, "service.method_not_allowed", "RFC 9110 15.5.6",
                         "this resource does not know the method");
    }
    for (size_t i = 0; i < COUNT_OF(builtins); i++) {
        if (strcmp(request->path, builtins[i].path) == 0) {
            return builtins[i].handler(server, request, response, err);
        }
    }
    return error_set(err, ERROR_INTERNAL, "http.builtin", NULL, "no such built-in resource");
}

void http_builtin_answer(HttpServer *server, ServiceRequest *request, ServiceResponse *response)
{
    Error err = {0};
    *response = (ServiceResponse){0};
    if (!run(server, request, response, &err)) {
        service_reply_error(response, request->arena, &err);
    }
}
