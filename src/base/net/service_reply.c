// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <strings.h>

#include "base/net/service_dispatch.h"

bool service_reply_json(ServiceResponse *response, Arena *arena, int status, const json_t *value,
                        Error *err)
{
    Bytes body;
    if (!json_text(arena, value, &body, err)) {
        return false;
    }
    service_reply_bytes(response, status, "application/json", body);
    return true;
}

void service_reply_bytes(ServiceResponse *response, int status, const char *content_type,
                         Bytes body)
{
    response->status = status;
    response->content_type = content_type;
    response->body = body;
}

static bool is_printable(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] < 0x20 || text[i] > 0x7e) {
            return false;
        }
    }
    return text[0] != '\0';
}

bool service_reply_header(ServiceResponse *response, const char *name, const char *value,
                          Error *err)
{
    static const char *const own[] = {"content-length", "content-type",      "connection",
                                      "date",           "transfer-encoding", "x-request-id"};
    bool sound = is_printable(name) && strpbrk(name, " :") == NULL && is_printable(value);
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        sound = sound && strcasecmp(name, own[i]) != 0;
    }
    if (!sound || response->header_count == SERVICE_MAX_RESPONSE_HEADERS) {
        return error_set(err, ERROR_INTERNAL, "service.response_header", NULL,
                         "a response header cannot be sent");
    }
    response->headers[response->header_count++] = (ServiceParameter){name, value};
    return true;
}

// A text that was cut inside a character is no JSON string; say so instead.
static json_t *message_of(const char *text)
{
    json_t *message = json_string(text);
    return message != NULL ? message : json_string("(this text is not valid UTF-8)");
}

static bool error_text(const Error *err, Arena *arena, Bytes *ret)
{
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_t *error = json_make_object();
    json_put(error, "code", message_of(err->code));
    json_put_text(error, "kind", error_kind_name(err->kind));
    json_put(error, "message", message_of(err->text));
    json_put(error, "clause", message_of(err->clause));
    json_put(body, "error", error);
    return json_text(arena, body, ret, NULL);
}

void service_reply_refusal(const Service *service, const Route *route, ServiceResponse *response,
                           Arena *arena, const Error *err)
{
    ServiceBody body = {0};
    if (route != NULL && service->too_large != NULL &&
        strcmp(err->code, "service.body_too_large") == 0) {
        body = service->too_large(service->component, route);
    }
    if (body.content_type != NULL) {
        service_reply_bytes(response, error_kind_http_status(err->kind), body.content_type,
                            body.bytes);
    } else {
        service_reply_error(response, arena, err);
    }
}

void service_reply_error(ServiceResponse *response, Arena *arena, const Error *err)
{
    // A handler may leave an error unset; the caller still gets a well-formed answer, at worst a
    // fixed one.
    static const char last_resort[] =
        "{\"error\":{\"clause\":\"\",\"code\":\"memory\",\"kind\":\"INTERNAL\","
        "\"message\":\"out of memory\"}}";
    Error own = *err;
    if (own.kind == ERROR_NONE) {
        error_set(&own, ERROR_INTERNAL, "service.error_missing", NULL,
                  "the handler failed without saying why");
    }
    int status = response->status >= 400 ? response->status : service_error_status(&own);
    Bytes body = BYTES_LITERAL(last_resort);
    bool written = error_text(&own, arena, &body);
    // Headers stay: what protects a good answer protects this one.
    response->status = written ? status : 500;
    response->content_type = "application/json";
    response->body = body;
}
