// SPDX-License-Identifier: Apache-2.0
#include "base/net/service.h"

#include <string.h>

#include "base/net/service_dispatch.h"
#include "base/net/service_target.h"

static bool is_parameter(Bytes segment)
{
    return segment.len > 2 && segment.data[0] == '{' && segment.data[segment.len - 1] == '}';
}

static Bytes parameter_name(Bytes segment)
{
    return bytes_slice(segment, 1, segment.len - (target_is_tail(segment) ? 5 : 2));
}

// How a path fits a pattern: 0 not at all, otherwise larger when a literal stands earlier.
static unsigned match(const char *pattern, Bytes path)
{
    Bytes wanted = bytes_of_text(pattern), want, have;
    unsigned fit = 1;
    // Most patterns are told apart by what stands before their first parameter.
    if (!bytes_start_with(path, bytes_slice(wanted, 0, strcspn(pattern, "{")))) {
        return 0;
    }
    while (target_next_segment(&wanted, &want)) {
        if (target_is_tail(want)) {
            return path.len > 1 ? fit * 2 : 0;
        }
        if (!target_next_segment(&path, &have) || fit >= 1U << 30) {
            return 0;
        }
        bool parameter = is_parameter(want);
        if (parameter ? have.len == 0 : !bytes_equal(want, have)) {
            return 0;
        }
        fit = fit * 2 + (parameter ? 0 : 1);
    }
    return path.len == 0 ? fit : 0;
}

static bool route_allows(const Route *route, const char *role)
{
    bool is_public = strcmp(role, SERVICE_PUBLIC) == 0;
    for (size_t i = 0; i < SERVICE_MAX_ROLES && route->roles[i] != NULL; i++) {
        if ((!is_public && strcmp(route->roles[i], SERVICE_ANYONE) == 0) ||
            (role[0] != '\0' && strcmp(route->roles[i], role) == 0)) {
            return true;
        }
    }
    return false;
}

bool service_find_route(const Service *service, Bytes method, Bytes path, const char *role,
                        const Route **ret, Error *err)
{
    const Route *best = NULL;
    unsigned best_fit = 0;
    bool path_exists = false;
    for (size_t i = 0; i < service->route_count; i++) {
        const Route *route = &service->routes[i];
        unsigned fit = match(route->pattern, path);
        path_exists = path_exists || fit > 0;
        if (fit > best_fit && bytes_equal_text(method, route->method)) {
            best = route;
            best_fit = fit;
        }
    }
    if (best == NULL && path_exists) {
        return error_set(err, ERROR_INPUT, "service.method_not_allowed", "RFC 9110 15.5.6",
                         "this resource does not know the method");
    }
    if (best == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "service.no_route", NULL,
                         "service %s has no such resource", service->name);
    }
    if (!route_allows(best, role)) {
        return error_set(err, ERROR_FORBIDDEN, "service.role_not_allowed", NULL,
                         "role \"%s\" may not call %s %s of %s", role, best->method, best->pattern,
                         service->name);
    }
    *ret = best;
    return true;
}

int service_error_status(const Error *err)
{
    static const struct {
        const char *code;
        int status;
    } special[] = {
        {"service.method_not_allowed", 405},
        {"service.content_type_not_json", 415},
    };
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        if (strcmp(err->code, special[i].code) == 0) {
            return special[i].status;
        }
    }
    return error_kind_http_status(err->kind);
}

static bool malformed(const Service *service, const Route *route, const char *why, Error *err)
{
    return error_set(err, ERROR_INTERNAL, "service.malformed", NULL, "service %s, route %s %s: %s",
                     service->name, route->method == NULL ? "?" : route->method,
                     route->pattern == NULL ? "?" : route->pattern, why);
}

static bool method_is_known(const char *method)
{
    static const char *const known[] = {"GET", "POST", "PUT", "DELETE"};
    for (size_t i = 0; method != NULL && i < COUNT_OF(known); i++) {
        if (strcmp(method, known[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool pattern_is_sound(const char *pattern)
{
    if (pattern == NULL || pattern[0] != '/') {
        return false;
    }
    Bytes rest = bytes_of_text(pattern), segment;
    size_t parameters = 0;
    while (pattern[1] != '\0' && target_next_segment(&rest, &segment)) {
        size_t brace = 0;
        bool has_brace = bytes_find(segment, BYTES_LITERAL("{"), 0, &brace) ||
                         bytes_find(segment, BYTES_LITERAL("}"), 0, &brace);
        if (segment.len == 0 || (has_brace && !is_parameter(segment)) ||
            (target_is_tail(segment) &&
             (rest.len > 0 || parameters > 0 || parameter_name(segment).len == 0))) {
            return false;
        }
        parameters += is_parameter(segment) ? 1 : 0;
    }
    return parameters <= SERVICE_MAX_PATH_PARAMETERS;
}

// True when two patterns match the same paths.
static bool same_shape(const char *a, const char *b)
{
    Bytes rest_a = bytes_of_text(a), rest_b = bytes_of_text(b), segment_a, segment_b;
    while (target_next_segment(&rest_a, &segment_a)) {
        if (!target_next_segment(&rest_b, &segment_b) ||
            is_parameter(segment_a) != is_parameter(segment_b) ||
            target_is_tail(segment_a) != target_is_tail(segment_b) ||
            (!is_parameter(segment_a) && !bytes_equal(segment_a, segment_b))) {
            return false;
        }
    }
    return rest_b.len == 0;
}

bool service_check(const Service *service, Error *err)
{
    static const char *const reserved[] = {"/healthz", "/metrics", "/openapi.json"};
    for (size_t i = 0; i < service->route_count; i++) {
        const Route *route = &service->routes[i];
        if (!method_is_known(route->method)) {
            return malformed(service, route, "unknown method", err);
        }
        if (!pattern_is_sound(route->pattern)) {
            return malformed(service, route, "bad pattern", err);
        }
        if (route->roles[0] == NULL || route->handler == NULL) {
            return malformed(service, route, "no role or no handler", err);
        }
        for (size_t k = 0; k < COUNT_OF(reserved); k++) {
            if (same_shape(route->pattern, reserved[k])) {
                return malformed(service, route, "the server answers this itself", err);
            }
        }
        for (size_t k = 0; k < i; k++) {
            if (strcmp(route->method, service->routes[k].method) == 0 &&
                same_shape(route->pattern, service->routes[k].pattern)) {
                return malformed(service, route, "is there twice", err);
            }
        }
    }
    return true;
}

static bool fill_path_parameters(const Route *route, ServiceRequest *request, Error *err)
{
    Bytes wanted = bytes_of_text(route->pattern), path = bytes_of_text(request->path), want, have;
    request->path_parameter_count = 0;
    while (target_next_segment(&wanted, &want)) {
        bool is_tail = target_is_tail(want);
        Bytes tail = bytes_from(path, 1);
        if (!is_tail && (!target_next_segment(&path, &have) || !is_parameter(want))) {
            continue;
        }
        ServiceParameter *parameter = &request->path_parameters[request->path_parameter_count++];
        parameter->name = arena_text(request->arena, parameter_name(want));
        if (parameter->name == NULL) {
            return error_memory(err);
        }
        if (is_tail ? !target_decode_tail(request->arena, tail, &parameter->value, err)
                    : !target_decode_segment(request->arena, have, &parameter->value, err)) {
            return false;
        }
    }
    return true;
}

static bool run(const Service *service, ServiceRequest *request, ServiceResponse *response,
                const Route **ret_route, Error *err)
{
    if (!service_find_route(service, bytes_of_text(request->method), bytes_of_text(request->path),
                            request->caller.role, ret_route, err)) {
        return false;
    }
    const Route *route = *ret_route;
    if (request->body.len > route->max_body_bytes) {
        return error_set(err, ERROR_LIMIT, "service.body_too_large", "RFC 9110 15.5.14",
                         "a body of %zu bytes is over the limit of %zu", request->body.len,
                         route->max_body_bytes);
    }
    return fill_path_parameters(route, request, err) &&
           route->handler(service->component, request, response, err);
}

void service_dispatch(const Service *service, ServiceRequest *request, ServiceResponse *response)
{
    Error err = {0};
    const Route *route = NULL;
    *response = (ServiceResponse){0};
    if (!run(service, request, response, &route, &err)) {
        service_reply_refusal(service, route, response, request->arena, &err);
    } else if (response->status == 0) {
        response->status = 200;
    }
    if (response->body.len > 0 && response->content_type == NULL) {
        response->content_type = "application/octet-stream";
    }
}

static const char *find_parameter(const ServiceParameter *parameters, size_t count,
                                  const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(parameters[i].name, name) == 0) {
            return parameters[i].value;
        }
    }
    return NULL;
}

const char *service_path_parameter(const ServiceRequest *request, const char *name)
{
    return find_parameter(request->path_parameters, request->path_parameter_count, name);
}

const char *service_query_parameter(const ServiceRequest *request, const char *name)
{
    return find_parameter(request->query, request->query_count, name);
}

const char *service_header(const ServiceRequest *request, const char *lower_case_name)
{
    return find_parameter(request->headers, request->header_count, lower_case_name);
}

bool service_request_json(const ServiceRequest *request, json_t **ret, Error *err)
{
    static const char type[] = "application/json";
    bool is_json = strncmp(request->content_type, type, sizeof type - 1) == 0 &&
                   (request->content_type[sizeof type - 1] == '\0' ||
                    request->content_type[sizeof type - 1] == ';');
    if (!is_json) {
        return error_set(err, ERROR_INPUT, "service.content_type_not_json", "RFC 9110 15.5.16",
                         "the body has to be application/json");
    }
    return json_parse(request->body, ret, err);
}

bool service_require_idempotency_key(const ServiceRequest *request, Error *err)
{
    if (request->idempotency_key == NULL) {
        return error_set(err, ERROR_INPUT, "service.idempotency_key_missing", NULL,
                         "this request needs the header Idempotency-Key");
    }
    return true;
}
