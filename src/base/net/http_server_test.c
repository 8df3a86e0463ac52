// SPDX-License-Identifier: Apache-2.0
#include "base/net/http_server.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/net/net_fixture.h"
#include "base/test/test.h"

#define HOST "Host: localhost\r\n"

enum { TEXT_SIZE = 64 * 1024 };

// A running server with one client certificate of role "business".
typedef struct {
    Fixture fixture;
    Service service;
    Loopback *loopback;
    TlsFiles business;
} Running;

static void start(Running *running, const HttpServerConfig *config)
{
    Error err = {0};
    (void)signal(SIGPIPE, SIG_IGN);
    fixture_init(&running->fixture, &running->service);
    running->loopback = NULL;
    CHECK_OK(loopback_start(&running->service, config, test_directory(), &running->loopback, &err));
    CHECK_OK(loopback_issue(running->loopback, "business", "bank-a", &running->business, &err));
}

static void running_cleanup(Running *running)
{
    fixture_open_gate(&running->fixture);
    loopback_stop(running->loopback);
}

static RawClient client_of(const Running *running)
{
    RawClient client;
    CHECK(raw_connect(&client, loopback_port(running->loopback), &running->business));
    return client;
}

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

// Send one request on a connection of its own and read until the end.
static void ask(const Running *running, const char *request, char ret[TEXT_SIZE])
{
    RawClient client = client_of(running);
    bool whole =
        raw_send(&client, bytes_of_text(request)) && raw_receive(&client, NULL, ret, TEXT_SIZE);
    raw_close(&client);
    CHECK(whole);
}

TEST(a_request_with_a_certificate_is_answered)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, NULL);
    ask(&running,
        "GET /v1/things/7?q=x HTTP/1.1\r\n" HOST
        "X-Request-Id: trace-1\r\nConnection: close\r\n\r\n",
        text);
    CHECK(begins_with(text, "HTTP/1.1 201 Created\r\nDate: "));
    CHECK(strstr(text, "\r\nConnection: close\r\n") != NULL);
    CHECK(strstr(text, "\r\nCache-Control: no-store\r\n") != NULL);
    CHECK(strstr(text, "\r\nX-Request-Id: trace-1\r\n") != NULL);
    CHECK(strstr(text,
                 "{\"authorization\":\"-\",\"id\":\"7\",\"key\":\"-\",\"length\":0,\"name\":\"bank-"
                 "a\",\"q\":\"x\","
                 "\"request_id\":\"trace-1\",\"role\":\"business\",\"type\":\"\"}") != NULL);
}

// Covers: G08.
TEST(a_client_without_a_certificate_is_refused)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, NULL);
    TlsFiles none = {NULL, NULL, running.business.authority_file};
    RawClient client;
    // In TLS 1.3 the client's side of the handshake ends before the server has judged it.
    bool answered = raw_connect(&client, loopback_port(running.loopback), &none) &&
                    raw_send(&client, BYTES_LITERAL("GET /v1/open HTTP/1.1\r\n" HOST "\r\n")) &&
                    raw_receive(&client, NULL, text, sizeof text);
    raw_close(&client);
    CHECK(!answered);
}

TEST(a_client_of_another_authority_is_refused)
{
    CLEANUP(running_cleanup) Running running;
    CLEANUP(tls_pem_free) TlsPem authority = {0};
    CLEANUP(tls_pem_free) TlsPem pem = {0};
    char text[TEXT_SIZE], crt[256], key[256];
    Error err = {0};
    start(&running, NULL);
    TlsLeaf leaf = {"bank-a", "business", {"localhost"}, clock_now(clock_system()) - TIME_HOUR, 1};
    snprintf(crt, sizeof crt, "%s/x.crt", test_directory());
    snprintf(key, sizeof key, "%s/x.key", test_directory());
    CHECK_OK(tls_authority_create("assent loopback", leaf.not_before, 1, &authority, &err));
    CHECK_OK(tls_leaf_create(&authority, &leaf, &pem, &err));
    CHECK_OK(tls_pem_save(&pem, crt, key, &err));
    TlsFiles files = {crt, key, running.business.authority_file};
    RawClient client;
    bool answered = raw_connect(&client, loopback_port(running.loopback), &files) &&
                    raw_send(&client, BYTES_LITERAL("GET /v1/open HTTP/1.1\r\n" HOST "\r\n")) &&
                    raw_receive(&client, NULL, text, sizeof text);
    raw_close(&client);
    CHECK(!answered);
}

TEST(an_expired_certificate_is_refused)
{
    CLEANUP(running_cleanup) Running running;
    CLEANUP(tls_pem_free) TlsPem authority = {0};
    CLEANUP(tls_pem_free) TlsPem pem = {0};
    char text[TEXT_SIZE], ca[256], crt[256], key[256];
    Error err = {0};
    start(&running, NULL);
    Time past = clock_now(clock_system()) - 3 * TIME_DAY;
    TlsLeaf leaf = {"bank-a", "business", {"localhost"}, past, 1};
    snprintf(ca, sizeof ca, "%s/x.ca", test_directory());
    snprintf(crt, sizeof crt, "%s/x.crt", test_directory());
    snprintf(key, sizeof key, "%s/x.key", test_directory());
    CHECK_OK(tls_authority_create("test", past, 30, &authority, &err));
    CHECK_OK(tls_leaf_create(&authority, &leaf, &pem, &err));
    CHECK_OK(tls_pem_save(&authority, ca, NULL, &err));
    CHECK_OK(tls_pem_save(&pem, crt, key, &err));
    TlsFiles trusted = {running.business.certificate_file, running.business.key_file, ca};
    CHECK_OK(http_server_reload(loopback_server(running.loopback), &trusted, &err));
    TlsFiles files = {crt, key, running.business.authority_file};
    RawClient client;
    bool answered = raw_connect(&client, loopback_port(running.loopback), &files) &&
                    raw_send(&client, BYTES_LITERAL("GET /v1/open HTTP/1.1\r\n" HOST "\r\n")) &&
                    raw_receive(&client, NULL, text, sizeof text);
    raw_close(&client);
    CHECK(!answered);
}

// Covers: G07.
TEST(tls_1_1_is_refused)
{
    CLEANUP(running_cleanup) Running running;
    Error err = {0};
    start(&running, NULL);
    RawClient client;
    CHECK(raw_connect(&client, loopback_port(running.loopback), NULL));
    CHECK_OK(tls_client_context(&running.business, NULL, &client.context, &err));
    SSL_CTX_set_security_level(client.context, 0);
    CHECK(SSL_CTX_set_min_proto_version(client.context, TLS1_VERSION) == 1);
    CHECK(SSL_CTX_set_max_proto_version(client.context, TLS1_1_VERSION) == 1);
    CHECK(SSL_CTX_set_cipher_list(client.context, "ALL:@SECLEVEL=0") == 1);
    client.ssl = SSL_new(client.context);
    CHECK(SSL_set_fd(client.ssl, client.fd) == 1);
    bool connected = SSL_connect(client.ssl) == 1;
    raw_close(&client);
    CHECK(!connected);
}

TEST(where_certificates_are_optional_only_open_routes_answer_without)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.client_certificate_optional = true});
    TlsFiles none = {NULL, NULL, running.business.authority_file};
    RawClient client;
    CHECK(raw_connect(&client, loopback_port(running.loopback), &none));
    CHECK(raw_send(&client,
                   BYTES_LITERAL("GET /v1/open HTTP/1.1\r\n" HOST "\r\n"
                                 "GET /v1/things/1 HTTP/1.1\r\n" HOST "\r\n"
                                 "GET /metrics HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n")));
    bool whole = raw_receive(&client, NULL, text, sizeof text);
    raw_close(&client);
    CHECK(whole);
    CHECK(begins_with(text, "HTTP/1.1 201 "));
    CHECK(strstr(text, "\"role\":\"\"") != NULL);
    const char *second = strstr(text, "HTTP/1.1 403 ");
    CHECK(second != NULL && strstr(second + 1, "HTTP/1.1 403 ") != NULL);
}

TEST(malformed_requests_are_answered_and_the_connection_closed)
{
    static const struct {
        const char *request, *status;
    } rows[] = {
        {"POST /v1/bodies HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
         "400"},
        {"POST /v1/bodies HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\nx", "400"},
        {"POST /v1/bodies HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "501"},
        {"GET /v1/open HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n", "400"},
        {"GET /v1/open HTTP/1.1\r\n" HOST "A : b\r\n\r\n", "400"},
        {"GET /v1/open HTTP/1.1\r\n\r\n", "400"},
        {"GET /v1/open HTTP/1.1\n" HOST "\n", "400"},
        {"GET /v1/open HTTP/1.0\r\n" HOST "\r\n", "505"},
        {"\x16\x03\x01", "400"},
    };
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.limits.request_timeout_ms = 200});
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ask(&running, rows[i].request, text);
        // A lone start of something that is no HTTP may also just be dropped in time.
        if (i + 1 < COUNT_OF(rows)) {
            CHECK(begins_with(text, "HTTP/1.1 "));
            CHECK(begins_with(text + 9, rows[i].status));
            CHECK(strstr(text, "\r\nConnection: close\r\n") != NULL);
            CHECK(strstr(text, "{\"error\":{\"clause\":") != NULL);
        }
    }
    CHECK_INT(running.fixture.calls, 0);
}

TEST(a_malformed_target_is_refused_without_a_call)
{
    static const char *const targets[] = {"/v1/things/%00", "/v1/things/a%2fb", "/v1/things/..",
                                          "/v1/things/%2e%2e", "/v1/things/7?q=1&q=2"};
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE], request[512];
    start(&running, NULL);
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
                 targets[i]);
        ask(&running, request, text);
        CHECK(begins_with(text, "HTTP/1.1 400 "));
    }
    CHECK_INT(running.fixture.calls, 0);
}

TEST(an_oversize_body_is_refused_and_the_answer_arrives_although_all_of_it_is_sent)
{
    CLEANUP(running_cleanup) Running running;
    CLEANUP(writer_free) Writer request = writer_new(2 * 1024 * 1024);
    char text[TEXT_SIZE];
    start(&running, NULL);
    writer_put_text(&request,
                    "POST /v1/bodies HTTP/1.1\r\n" HOST "Content-Length: 1000000\r\n\r\n");
    writer_put_repeated(&request, 'x', 1000000);
    RawClient client = client_of(&running);
    (void)raw_send(&client, writer_bytes(&request));
    bool whole = raw_receive(&client, NULL, text, sizeof text);
    raw_close(&client);
    CHECK(whole);
    CHECK(begins_with(text, "HTTP/1.1 413 "));
    CHECK(strstr(text, "service.body_too_large") != NULL);
}

TEST(a_wrong_role_is_refused_before_the_body_is_sent)
{
    CLEANUP(running_cleanup) Running running;
    TlsFiles sealing;
    char text[TEXT_SIZE];
    Error err = {0};
    start(&running, NULL);
    CHECK_OK(loopback_issue(running.loopback, "sealing", "s", &sealing, &err));
    RawClient client;
    CHECK(raw_connect(&client, loopback_port(running.loopback), &sealing));
    CHECK(
        raw_send(&client, BYTES_LITERAL("POST /v1/bodies HTTP/1.1\r\n" HOST
                                        "Content-Length: 60000\r\nExpect: 100-continue\r\n\r\n")));
    bool whole = raw_receive(&client, NULL, text, sizeof text);
    raw_close(&client);
    CHECK(whole);
    CHECK(begins_with(text, "HTTP/1.1 403 "));
    CHECK_INT(running.fixture.calls, 0);
}

TEST(a_body_that_is_expected_is_asked_for)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, NULL);
    RawClient client = client_of(&running);
    CHECK(raw_send(&client, BYTES_LITERAL("POST /v1/bodies HTTP/1.1\r\n" HOST
                                          "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")));
    CHECK(raw_receive(&client, "\r\n\r\n", text, sizeof text));
    CHECK_TEXT(text, "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(raw_send(&client, BYTES_LITERAL("abc")));
    bool answered = raw_receive(&client, "\"length\":3", text, sizeof text);
    raw_close(&client);
    CHECK(answered);
}

TEST(pipelined_requests_are_answered_in_order_on_one_connection)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, NULL);
    ask(&running,
        "POST /v1/bodies HTTP/1.1\r\n" HOST
        "Content-Length: 5\r\nIdempotency-Key: first\r\n\r\n12345"
        "DELETE /v1/things/1 HTTP/1.1\r\n" HOST
        "\r\n"
        "GET /v1/things/third HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
        text);
    const char *first = strstr(text, "\"key\":\"first\",\"length\":5");
    const char *second = strstr(text, "HTTP/1.1 204 No Content");
    const char *third = strstr(text, "\"id\":\"third\"");
    CHECK(first != NULL && second > first && third > second);
    CHECK(strstr(second, "Cache-Control: max-age=60\r\n") != NULL);
}

TEST(a_request_that_arrives_byte_by_byte_is_answered)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    Bytes request =
        BYTES_LITERAL("POST /v1/bodies HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nabcd");
    start(&running, NULL);
    RawClient client = client_of(&running);
    for (size_t i = 0; i < request.len; i++) {
        CHECK(raw_send(&client, bytes_slice(request, i, 1)));
    }
    bool answered = raw_receive(&client, "\"length\":4", text, sizeof text);
    raw_close(&client);
    CHECK(answered);
}

TEST(a_large_body_and_a_large_response_arrive_whole)
{
    enum { BODY = 3000000, ANSWER = 1024 * 1024 };
    CLEANUP(running_cleanup) Running running;
    CLEANUP(writer_free) Writer request = writer_new(BODY + 1024);
    start(&running, NULL);
    writer_format(&request, "PUT /v1/big HTTP/1.1\r\n" HOST "Content-Length: %d\r\n\r\n", BODY);
    writer_put_repeated(&request, 'y', BODY);
    char *text = malloc(2 * ANSWER);
    RawClient client = client_of(&running);
    bool sent = raw_send(&client, writer_bytes(&request));
    bool taken = sent && raw_receive(&client, "\"length\":3000000", text, 2 * ANSWER);
    bool asked = raw_send(
        &client, BYTES_LITERAL("GET /v1/large HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"));
    bool whole = asked && raw_receive(&client, NULL, text, 2 * ANSWER);
    size_t trailing = strspn(strstr(text, "\r\n\r\n") + 4, "x");
    free(text);
    raw_close(&client);
    CHECK(taken);
    CHECK(whole);
    CHECK_INT(trailing, ANSWER);
}

TEST(a_slow_client_and_a_slow_handler_do_not_keep_others_waiting)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.workers = 2});
    RawClient slow = client_of(&running);
    RawClient waiting = client_of(&running);
    CHECK(raw_send(&slow, BYTES_LITERAL("POST /v1/bodies HTTP/1.1\r\nHo")));
    CHECK(raw_send(&waiting, BYTES_LITERAL("POST /v1/wait HTTP/1.1\r\n" HOST "\r\n")));
    fixture_await_waiting(&running.fixture, 1);
    ask(&running, "GET /v1/open HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    CHECK(begins_with(text, "HTTP/1.1 201 "));
    fixture_open_gate(&running.fixture);
    bool waited = raw_receive(&waiting, "waited", text, sizeof text);
    bool sent = raw_send(&slow, BYTES_LITERAL("st: a\r\nContent-Length: 0\r\n\r\n"));
    bool answered = sent && raw_receive(&slow, "\"length\":0", text, sizeof text);
    raw_close(&slow);
    raw_close(&waiting);
    CHECK(waited && answered);
}

static void *stop_main(void *state)
{
    loopback_stop(state);
    return NULL;
}

TEST(stopping_finishes_the_request_in_flight_and_takes_no_new_ones)
{
    Running running;
    char text[TEXT_SIZE];
    pthread_t stopper;
    start(&running, NULL);
    uint16_t port = loopback_port(running.loopback);
    RawClient idle = client_of(&running);
    RawClient waiting = client_of(&running);
    CHECK(raw_send(&waiting, BYTES_LITERAL("POST /v1/wait HTTP/1.1\r\n" HOST "\r\n")));
    fixture_await_waiting(&running.fixture, 1);
    CHECK(pthread_create(&stopper, NULL, stop_main, running.loopback) == 0);
    // The idle connection is ended, which also shows that the drain has begun.
    bool ended = raw_receive(&idle, NULL, text, sizeof text);
    RawClient late;
    bool connected = raw_connect(&late, port, NULL);
    fixture_open_gate(&running.fixture);
    bool whole = raw_receive(&waiting, NULL, text, sizeof text);
    raw_close(&idle);
    raw_close(&late);
    raw_close(&waiting);
    CHECK(pthread_join(stopper, NULL) == 0);
    CHECK(ended && !connected && whole);
    CHECK(begins_with(text, "HTTP/1.1 200 "));
    CHECK(strstr(text, "\r\nConnection: close\r\n") != NULL);
    CHECK(strstr(text, "waited") != NULL);
}

TEST(a_half_sent_request_does_not_hold_up_the_end)
{
    Running running;
    start(&running, NULL);
    RawClient slow = client_of(&running), slower = client_of(&running);
    CHECK(raw_send(&slow, BYTES_LITERAL("GET /v1/op")));
    CHECK(raw_send(
        &slower, BYTES_LITERAL("POST /v1/wait HTTP/1.1\r\n" HOST "Content-Length: 100\r\n\r\n{")));
    Time begun = clock_monotonic();
    loopback_stop(running.loopback);
    CHECK(clock_monotonic() - begun < 5 * TIME_SECOND);
    raw_close(&slow);
    raw_close(&slower);
}

TEST(a_client_that_goes_away_in_mid_request_harms_nobody)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.workers = 2});
    RawClient gone = client_of(&running);
    CHECK(raw_send(&gone, BYTES_LITERAL("POST /v1/wait HTTP/1.1\r\n" HOST "\r\n")));
    fixture_await_waiting(&running.fixture, 1);
    raw_close(&gone);
    ask(&running, "GET /v1/open HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    fixture_open_gate(&running.fixture);
    ask(&running, "GET /v1/open HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    CHECK(begins_with(text, "HTTP/1.1 201 "));
}

TEST(idle_and_half_sent_connections_are_closed_in_time)
{
    static const char *const starts[] = {
        "", "GET /v1/open HT", "POST /v1/bodies HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nabc"};
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    // Long enough for a handshake under a sanitizer on a busy machine.
    start(&running,
          &(HttpServerConfig){.limits.idle_timeout_ms = 300, .limits.request_timeout_ms = 500});
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        ask(&running, starts[i], text);
        CHECK_TEXT(text, "");
    }
}

TEST(a_client_that_takes_no_response_is_dropped_in_time)
{
    CLEANUP(running_cleanup) Running running;
    start(&running, &(HttpServerConfig){.limits.write_timeout_ms = 80});
    RawClient client = client_of(&running);
    for (int i = 0; i < 12; i++) {
        (void)raw_send(&client, BYTES_LITERAL("GET /v1/large HTTP/1.1\r\n" HOST "\r\n"));
    }
    char *text = malloc(32 * 1024 * 1024);
    // Fill the buffers first: the server has to meet its time-out while we read nothing.
    char metrics[TEXT_SIZE];
    TlsFiles files;
    Error err = {0};
    bool issued = loopback_issue(running.loopback, "operator", "o", &files, &err);
    bool dropped = false;
    for (int i = 0; issued && i < 2000 && !dropped; i++) {
        RawClient viewer;
        CHECK(raw_connect(&viewer, loopback_port(running.loopback), &files));
        CHECK(raw_send(
            &viewer, BYTES_LITERAL("GET /metrics HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n")));
        CHECK(raw_receive(&viewer, NULL, metrics, sizeof metrics));
        raw_close(&viewer);
        dropped = strstr(metrics, "assent_http_connections{service=\"sandbox\"} 1\n") != NULL;
    }
    bool whole = raw_receive(&client, NULL, text, 32 * 1024 * 1024);
    free(text);
    raw_close(&client);
    CHECK(issued && dropped && !whole);
}

TEST(over_the_connection_limit_the_longest_idle_one_makes_room)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.limits.connections = 1});
    RawClient first = client_of(&running);
    CHECK(raw_send(&first, BYTES_LITERAL("GET /v1/open HTTP/1.1\r\n" HOST "\r\n")));
    CHECK(raw_receive(&first, "\"type\":\"\"}", text, sizeof text));
    ask(&running, "GET /v1/open HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    CHECK(begins_with(text, "HTTP/1.1 201 "));
    bool ended = raw_receive(&first, NULL, text, sizeof text);
    raw_close(&first);
    CHECK(ended);
    CHECK_TEXT(text, "");
}

TEST(bodies_over_the_common_budget_are_put_off)
{
    CLEANUP(running_cleanup) Running running;
    CLEANUP(writer_free) Writer request = writer_new(65536);
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.limits.body_budget_bytes = 1000});
    writer_put_text(&request, "POST /v1/bodies HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n");
    writer_put_repeated(&request, 'x', 1001);
    writer_put_u8(&request, '\0');
    ask(&running, (const char *)request.data, text);
    CHECK(begins_with(text, "HTTP/1.1 503 "));
    CHECK(strstr(text, "http.body_budget") != NULL);
    ask(&running,
        "POST /v1/bodies HTTP/1.1\r\n" HOST "Content-Length: 3\r\nConnection: close\r\n\r\nabc",
        text);
    CHECK(begins_with(text, "HTTP/1.1 201 "));
}

static bool never_ready(void *component)
{
    (void)component;
    return false;
}

TEST(health_tells_whether_the_component_is_ready)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, NULL);
    ask(&running, request, text);
    CHECK(begins_with(text, "HTTP/1.1 200 "));
    CHECK(strstr(text, "{\"live\":true,\"ready\":true}") != NULL);
}

static bool always_degraded(void *component)
{
    (void)component;
    return true;
}

TEST(a_component_that_owes_something_serves_and_says_so)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.is_degraded = always_degraded});
    ask(&running, request, text);
    CHECK(begins_with(text, "HTTP/1.1 200 "));
    CHECK(strstr(text, "{\"degraded\":true,\"live\":true,\"ready\":true}") != NULL);
}

TEST(a_component_that_is_not_ready_answers_503)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.is_ready = never_ready});
    ask(&running, request, text);
    CHECK(begins_with(text, "HTTP/1.1 503 "));
    CHECK(strstr(text, "{\"live\":true,\"ready\":false}") != NULL);
}

TEST(metrics_count_requests_for_operators_only)
{
    CLEANUP(running_cleanup) Running running;
    TlsFiles files;
    char text[TEXT_SIZE];
    Error err = {0};
    start(&running, NULL);
    ask(&running,
        "GET /v1/things/1 HTTP/1.1\r\n" HOST "\r\nGET /v1/things/2 HTTP/1.1\r\n" HOST
        "\r\n"
        "GET /nowhere HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n",
        text);
    ask(&running, "GET /metrics HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    CHECK(begins_with(text, "HTTP/1.1 403 "));
    CHECK_OK(loopback_issue(running.loopback, "operator", "o", &files, &err));
    running.business = files;
    ask(&running, "GET /metrics HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    CHECK(begins_with(text, "HTTP/1.1 200 "));
    CHECK(strstr(text,
                 "\nassent_http_requests_total{service=\"sandbox\",method=\"GET\","
                 "route=\"/v1/things/{id}\",status=\"201\"} 2\n") != NULL);
    CHECK(strstr(text,
                 "\nassent_http_requests_total{service=\"sandbox\",method=\"\",route=\"\","
                 "status=\"404\"} 1\n") != NULL);
    CHECK(strstr(text, "route=\"/v1/things/{id}\",le=\"+Inf\"} 2\n") != NULL);
    CHECK(strstr(text, "assent_http_requests_in_flight{service=\"sandbox\"} 1\n") != NULL);
}

TEST(the_description_handed_in_is_served)
{
    CLEANUP(running_cleanup) Running running;
    char text[TEXT_SIZE];
    start(&running, &(HttpServerConfig){.openapi_json = BYTES_LITERAL("{\"openapi\":\"3.1.0\"}")});
    ask(&running, "GET /openapi.json HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    CHECK(begins_with(text, "HTTP/1.1 200 "));
    CHECK(strstr(text, "\r\n\r\n{\"openapi\":\"3.1.0\"}") != NULL);
    ask(&running, "POST /openapi.json HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    CHECK(begins_with(text, "HTTP/1.1 405 "));
}

TEST(plain_http_is_served_on_loopback_only)
{
    Fixture fixture;
    Service service;
    HttpServer *server = NULL;
    char text[TEXT_SIZE];
    Error err = {0};
    fixture_init(&fixture, &service);
    HttpServerConfig config = {.address = "0.0.0.0"};
    CHECK(!http_server_start(&config, &service, &server, &err));
    CHECK_TEXT(err.code, "http_server.plain");
    config.address = "::";
    CHECK(!http_server_start(&config, &service, &server, &err));
    config.address = "127.0.0.1";
    CHECK_OK(http_server_start(&config, &service, &server, &err));
    RawClient client;
    CHECK(raw_connect(&client, http_server_port(server), NULL));
    CHECK(raw_send(
        &client, BYTES_LITERAL("GET /v1/open HTTP/1.1\r\n" HOST "\r\n"
                               "GET /v1/things/1 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n")));
    bool whole = raw_receive(&client, NULL, text, sizeof text);
    raw_close(&client);
    http_server_stop(server);
    CHECK(whole);
    CHECK(begins_with(text, "HTTP/1.1 201 "));
    CHECK(strstr(text, "HTTP/1.1 403 ") != NULL);
}

TEST(a_plain_server_does_not_answer_to_the_name_of_another_site)
{
    static const struct {
        const char *host, *status;
    } rows[] = {
        {"localhost", "201"},
        {"LOCALHOST:80", "201"},
        {"127.0.0.1:1", "201"},
        {"[::1]:1", "201"},
        {"[::1]", "201"},
        {"evil.example", "421"},
        {"localhost.evil.com", "421"},
        {"127.0.0.1.a", "421"},
        {"local", "421"},
    };
    Fixture fixture;
    Service service;
    HttpServer *server = NULL;
    char text[TEXT_SIZE], request[256];
    Error err = {0};
    size_t right = 0;
    fixture_init(&fixture, &service);
    HttpServerConfig config = {.address = "127.0.0.1"};
    CHECK_OK(http_server_start(&config, &service, &server, &err));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        RawClient client;
        snprintf(request, sizeof request,
                 "GET /v1/open HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", rows[i].host);
        bool whole = raw_connect(&client, http_server_port(server), NULL) &&
                     raw_send(&client, bytes_of_text(request)) &&
                     raw_receive(&client, NULL, text, sizeof text);
        raw_close(&client);
        right += whole && begins_with(text + 9, rows[i].status) ? 1 : 0;
    }
    http_server_stop(server);
    CHECK_INT(right, COUNT_OF(rows));
}

TEST(an_address_that_cannot_be_used_is_an_error)
{
    Fixture fixture;
    Service service;
    HttpServer *first = NULL, *second = NULL;
    Error err = {0};
    fixture_init(&fixture, &service);
    HttpServerConfig config = {.address = "localhost"};
    CHECK(!http_server_start(&config, &service, &first, &err));
    CHECK_TEXT(err.code, "http_server.address");
    config.address = "127.0.0.1";
    CHECK_OK(http_server_start(&config, &service, &first, &err));
    config.port = http_server_port(first);
    bool started = http_server_start(&config, &service, &second, &err);
    http_server_stop(first);
    CHECK(!started);
    CHECK_INT(err.kind, ERROR_UNAVAILABLE);
    CHECK_TEXT(err.code, "http_server.listen");
}

TEST(new_files_are_used_after_a_reload_and_bad_ones_are_not)
{
    CLEANUP(running_cleanup) Running running;
    TlsFiles fresh;
    TlsIdentity identity;
    Error err = {0};
    start(&running, NULL);
    CHECK_OK(loopback_issue(running.loopback, "sandbox", "renewed", &fresh, &err));
    CHECK_OK(http_server_reload(loopback_server(running.loopback), &fresh, &err));
    fresh.key_file = "/nonexistent";
    CHECK(!http_server_reload(loopback_server(running.loopback), &fresh, &err));
    RawClient client = client_of(&running);
    X509 *certificate = SSL_get1_peer_certificate(client.ssl);
    bool read = tls_identity_of(certificate, &identity, &err);
    X509_free(certificate);
    raw_close(&client);
    CHECK(read);
    CHECK_TEXT(identity.name, "renewed");
}

TEST(an_idle_server_is_small)
{
    Running running;
    start(&running, NULL);  // what the libraries allocate once is not the server's
    running_cleanup(&running);
    size_t before = mallinfo2().uordblks;
    Fixture fixture;
    Service service;
    HttpServer *server = NULL;
    Error err = {0};
    fixture_init(&fixture, &service);
    CHECK_OK(
        http_server_start(&(HttpServerConfig){.address = "127.0.0.1"}, &service, &server, &err));
    size_t after = mallinfo2().uordblks;
    http_server_stop(server);
    CHECK(after - before < 512 * 1024 || after < before);
}
