// SPDX-License-Identifier: Apache-2.0
#include "base/net/service.h"

#include <string.h>

#include "base/net/service_dispatch.h"
#include "base/test/test.h"

static bool echo(void *component, const ServiceRequest *request, ServiceResponse *response,
                 Error *err)
{
    const char *id = service_path_parameter(request, "id");
    const char *word = component;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "word", word);
    json_put_text(body, "id", id == NULL ? "-" : id);
    return service_reply_json(response, request->arena, 201, body, err);
}

static bool fail(void *component, const ServiceRequest *request, ServiceResponse *response,
                 Error *err)
{
    (void)component;
    (void)request;
    response->status = 429;
    return error_set(err, ERROR_LIMIT, "test.too_often", "JR/T 0299-2024 6", "too often");
}

static bool fail_silently(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    (void)component;
    (void)request;
    (void)response;
    (void)err;
    return false;
}

static bool fail_in_mid_character(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    (void)component;
    (void)request;
    (void)response;
    return error_set(err, ERROR_CONFLICT, "test.conflict", NULL, "cut \xe4\xb8");
}

static const Route routes[] = {
    {"GET", "/", {SERVICE_ANYONE}, 0, echo},
    {"POST", "/v1/things/{id}/parts", {"business", "registration"}, 8, echo},
    {"GET", "/v1/things/{id}", {"business"}, 0, echo},
    {"GET", "/v1/things/newest", {SERVICE_ANYONE}, 0, fail},
    {"DELETE", "/v1/things/{id}", {"business"}, 0, fail_silently},
    {"PUT", "/v1/things/{id}", {"business"}, 0, fail_in_mid_character},
    {"GET", "/v1/tail/{id...}", {SERVICE_ANYONE}, 0, echo},
};

static char word[] = "hello";
static ServiceBody too_large(void *component, const Route *route)
{
    (void)component;
    bool has_own = strcmp(route->pattern, "/v1/things/{id}/parts") == 0;
    return has_own ? (ServiceBody){"text/plain", BYTES_LITERAL("no")} : (ServiceBody){0};
}

static const Service service = {"sandbox", routes, COUNT_OF(routes), word, too_large, NULL};

static ServiceResponse call(Arena *arena, const char *method, const char *target, const char *role,
                            const char *body)
{
    Error err = {0};
    ServiceRequest request = {.method = method,
                              .content_type = "application/json",
                              .body = bytes_of_text(body),
                              .caller = {role, "someone", "", ""},
                              .request_id = "1",
                              .arena = arena};
    ServiceResponse response;
    CHECK_OK(service_parse_target(&service, &request, bytes_of_text(target), &err));
    service_dispatch(&service, &request, &response);
    return response;
}

TEST(a_table_of_routes_passes_its_check)
{
    Error err = {0};
    CHECK_OK(service_check(&service, &err));
}

TEST(routes_and_roles_decide_the_status)
{
    static const struct {
        const char *method, *target, *role, *body;
        int status;
    } rows[] = {
        {"GET", "/", "", "", 201},
        {"POST", "/v1/things/7/parts", "business", "12345678", 201},
        {"POST", "/v1/things/7/parts", "registration", "", 201},
        {"POST", "/v1/things/7/parts", "business", "123456789", 413},
        {"POST", "/v1/things/7/parts", "sealing", "", 403},
        {"POST", "/v1/things/7/parts", "", "", 403},
        {"POST", "/v1/things/7/parts", SERVICE_ANYONE, "", 403},
        {"GET", "/v1/things/7/parts", "business", "", 405},
        {"GET", "/v1/things/7/parts/1", "business", "", 404},
        {"GET", "/v1/things", "business", "", 404},
        {"GET", "/V1/things/7", "business", "", 404},
        {"GET", "/v1/things/7", "business", "", 201},
        {"GET", "/v1/things/newest", "", "", 429},
        {"DELETE", "/v1/things/7", "business", "", 500},
        {"PUT", "/v1/things/7", "business", "", 409},
        {"GET", "/v1/tail/x", "", "", 201},
        {"GET", "/v1/tail", "", "", 404},
        {"POST", "/v1/tail/x/y", "", "", 405},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        ServiceResponse response =
            call(arena, rows[i].method, rows[i].target, rows[i].role, rows[i].body);
        CHECK_INT(response.status, rows[i].status);
        CHECK_TEXT(response.content_type,
                   response.status == 413 ? "text/plain" : "application/json");
    }
}

TEST(path_parameters_are_decoded)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    ServiceResponse response = call(arena, "GET", "/v1/things/a%20%62", "business", "");
    CHECK_BYTES(response.body, BYTES_LITERAL("{\"id\":\"a b\",\"word\":\"hello\"}"));
}

// Covers: RFC 6960 A.1.
TEST(a_tail_is_one_value_with_its_slashes)
{
    static const char *const rows[][2] = {
        {"/v1/tail/a", "a"},           {"/v1/tail/a/b//c", "a/b//c"},
        {"/v1/tail/a%2Fb%2f", "a/b/"}, {"/v1/tail/a+b%2B%3d=", "a+b+=="},
        {"/v1/tail//", "/"},           {"/v1/tail/../a", "../a"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        ServiceResponse response = call(arena, "GET", rows[i][0], "", "");
        CHECK_INT(response.status, 201);
        const char *wanted = arena_format(arena, "{\"id\":\"%s\",\"word\":\"hello\"}", rows[i][1]);
        CHECK_BYTES(response.body, bytes_of_text(wanted));
    }
}

TEST(an_error_becomes_json_with_kind_code_clause_and_message)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    ServiceResponse response = call(arena, "GET", "/v1/things/newest", "", "");
    CHECK_BYTES(response.body,
                BYTES_LITERAL("{\"error\":{\"clause\":\"JR/T 0299-2024 6\",\"code\":"
                              "\"test.too_often\",\"kind\":\"LIMIT\",\"message\":\"too often\"}}"));
}

TEST(a_message_that_is_not_utf8_still_gives_json)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *body = NULL;
    Error err = {0};
    ServiceResponse response = call(arena, "PUT", "/v1/things/7", "business", "");
    CHECK_OK(json_parse(response.body, &body, &err));
    CHECK_INT(response.status, 409);
}

TEST(malformed_targets_are_refused)
{
    static const char *const targets[] = {
        "",
        "a",
        "*",
        "http://h/",
        "//",
        "/a//b",
        "/a/",
        "/./a",
        "/a/..",
        "/a/%2e%2E",
        "/a/%2e",
        "/a%00",
        "/a%0a",
        "/a%2fb",
        "/a%5Cb",
        "/a%",
        "/a%2",
        "/a%zz",
        "/a#b",
        "/a b",
        "/a\\b",
        "/v1/tail/a%00",
        "/v1/tail/a%",
        "/v1/tail/a\"b",
        "/v1//tail/a",
        "/v1/tail/",
        "/v1/tails//a",
        "/a\"b",
        "/a<b",
        "/a%7f",
        "/a%e4",
        "/a?b=%00",
        "/a?b=1&b=2",
        "/a?=1",
        "/a?&",
        "/a?a&",
        "/a?a=1&&b",
        "/a?b=%0d%0a",
        "/a\x80",
        "/a?\x80",
        "/a/b/%2E%2e/c",
    };
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        ServiceRequest request = {.arena = arena};
        Error err = {0};
        CHECK(!service_parse_target(&service, &request, bytes_of_text(targets[i]), &err));
        CHECK_INT(err.kind, ERROR_INPUT);
        CHECK_TEXT(err.code, "service.target_malformed");
    }
}

TEST(a_query_is_split_and_decoded)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    ServiceRequest request = {.arena = arena};
    Error err = {0};
    CHECK_OK(service_parse_target(&service, &request,
                                  BYTES_LITERAL("/a/b?x=1%2f2&empty=&bare&p=a+b=c"), &err));
    CHECK_TEXT(request.path, "/a/b");
    CHECK_INT(request.query_count, 4);
    CHECK_TEXT(service_query_parameter(&request, "x"), "1/2");
    CHECK_TEXT(service_query_parameter(&request, "empty"), "");
    CHECK_TEXT(service_query_parameter(&request, "bare"), "");
    CHECK_TEXT(service_query_parameter(&request, "p"), "a+b=c");
    CHECK(service_query_parameter(&request, "absent") == NULL);
}

TEST(more_query_parameters_than_the_limit_are_refused)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer target = writer_new(1024);
    ServiceRequest request = {.arena = arena};
    Error err = {0};
    writer_put_text(&target, "/a?a");
    for (int i = 1; i < SERVICE_MAX_QUERY_PARAMETERS; i++) {
        writer_format(&target, "&a%d", i);
    }
    CHECK_OK(service_parse_target(&service, &request, writer_bytes(&target), &err));
    writer_put_text(&target, "&more");
    CHECK(!service_parse_target(&service, &request, writer_bytes(&target), &err));
}

TEST(a_malformed_table_of_routes_is_refused)
{
    static const Route bad[] = {
        {"HEAD", "/a", {SERVICE_ANYONE}, 0, echo},
        {"GET", "a", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/a/", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/{a", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/x{a}", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/{}", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/a", {NULL}, 0, echo},
        {"GET", "/a", {SERVICE_ANYONE}, 0, NULL},
        {"GET", "/healthz", {SERVICE_ANYONE}, 0, echo},
        {"GET", NULL, {SERVICE_ANYONE}, 0, echo},
        {NULL, "/a", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/a/{b...}/c", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/{a}/{b...}", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/{...}", {SERVICE_ANYONE}, 0, echo},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Service one = {"sandbox", &bad[i], 1, NULL, NULL, NULL};
        Error err = {0};
        CHECK(!service_check(&one, &err));
        CHECK_TEXT(err.code, "service.malformed");
    }
}

TEST(two_routes_for_the_same_paths_are_refused)
{
    static const Route twice[] = {
        {"GET", "/a/{b}", {SERVICE_ANYONE}, 0, echo},
        {"GET", "/a/{c}", {SERVICE_ANYONE}, 0, echo},
    };
    Service both = {"sandbox", twice, COUNT_OF(twice), NULL, NULL, NULL};
    Error err = {0};
    CHECK(!service_check(&both, &err));
    CHECK_INT(err.kind, ERROR_INTERNAL);
}

TEST(a_body_of_another_type_is_not_read_as_json)
{
    static const char *const types[] = {"", "text/plain", "application/jsonx", "Application"};
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        ServiceRequest request = {.content_type = types[i], .body = BYTES_LITERAL("{}")};
        json_t *body = NULL;
        Error err = {0};
        CHECK(!service_request_json(&request, &body, &err));
        CHECK_TEXT(err.code, "service.content_type_not_json");
        CHECK_INT(service_error_status(&err), 415);
    }
}

TEST(response_headers_cannot_be_split_or_replace_the_servers_own)
{
    static const struct {
        const char *name, *value;
    } bad[] = {{"A", "b\r\nC: d"},
               {"A:", "b"},
               {"A b", "c"},
               {"", "b"},
               {"A", ""},
               {"A\n", "b"},
               {"Content-Length", "1"},
               {"connection", "close"}};
    ServiceResponse response = {0};
    Error err = {0};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!service_reply_header(&response, bad[i].name, bad[i].value, &err));
    }
    for (int i = 0; i < SERVICE_MAX_RESPONSE_HEADERS; i++) {
        CHECK_OK(service_reply_header(&response, "Content-Security-Policy", "default-src", &err));
    }
    CHECK(!service_reply_header(&response, "Link", "x", &err));
}

TEST(a_missing_idempotency_key_is_an_error_where_one_is_needed)
{
    ServiceRequest request = {0};
    Error err = {0};
    CHECK(!service_require_idempotency_key(&request, &err));
    CHECK_TEXT(err.code, "service.idempotency_key_missing");
    request.idempotency_key = "k";
    CHECK_OK(service_require_idempotency_key(&request, &err));
}
