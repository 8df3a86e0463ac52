// SPDX-License-Identifier: Apache-2.0
#include "base/net/peer.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net/net_fixture.h"
#include "base/test/test.h"

// The same service, called in the process and over HTTPS.
typedef struct {
    Fixture fixture;
    Service service;
    Loopback *loopback;
    Peer *local;
    Peer *https;
} Pair;

static void start(Pair *pair)
{
    Error err = {0};
    *pair = (Pair){0};
    fixture_init(&pair->fixture, &pair->service);
    CHECK_OK(loopback_start(&pair->service, NULL, test_directory(), &pair->loopback, &err));
    CHECK_OK(loopback_peer(pair->loopback, "business", "bank-a", &pair->https, &err));
    CHECK_OK(peer_local(&pair->service, "business", "bank-a", clock_system(), &pair->local, &err));
}

static void pair_cleanup(Pair *pair)
{
    peer_free(pair->local);
    peer_free(pair->https);
    loopback_stop(pair->loopback);
}

static void check_same(Pair *pair, const PeerRequest *request)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PeerResponse local = {0}, https = {0};
    Error local_err = {0}, https_err = {0};
    bool local_ok = peer_call(pair->local, request, arena, &local, &local_err);
    bool https_ok = peer_call(pair->https, request, arena, &https, &https_err);
    CHECK_INT(https_ok, local_ok);
    if (local_ok) {
        CHECK_INT(https.status, local.status);
        CHECK_TEXT(https.content_type, local.content_type);
        CHECK_BYTES(https.body, local.body);
    } else {
        CHECK_INT(https_err.kind, local_err.kind);
        CHECK_TEXT(https_err.code, local_err.code);
        CHECK_TEXT(https_err.clause, local_err.clause);
        CHECK_TEXT(https_err.text, local_err.text);
    }
}

TEST(a_local_and_an_https_peer_give_the_same_results)
{
    const PeerRequest rows[] = {
        {.method = "GET", .target = "/v1/open", .request_id = "r"},
        {.method = "GET", .target = "/v1/things/a%20b?q=1%2f2&r=", .request_id = "r"},
        {.method = "DELETE", .target = "/v1/things/1"},
        {"POST", "/v1/bodies", "text/plain; a=b", BYTES_LITERAL("some\0body"), "key-1", "r", NULL,
         NULL, NULL},
        {"POST", "/v1/bodies", NULL, BYTES_EMPTY, NULL, "r", NULL, NULL, NULL},
        {"POST", "/v1/bodies", NULL, BYTES_LITERAL("untyped"), NULL, "r", NULL, NULL, NULL},
        {"PUT", "/v1/big", "text/plain", BYTES_LITERAL("x"), NULL, "r", NULL, NULL, NULL},
        {"POST", "/v1/json", "application/json", BYTES_LITERAL("{\"b\": 1, \"a\": [2]}"), NULL,
         NULL, NULL, NULL, NULL},
        {"POST", "/v1/json", "application/json", BYTES_LITERAL("{\"b\": 1, \"b\": 2}"), NULL, NULL,
         NULL, NULL, NULL},
        {"POST", "/v1/json", "text/json", BYTES_LITERAL("{}"), NULL, NULL, NULL, NULL, NULL},
        {.method = "GET", .target = "/v1/open", .request_id = "r", .authorization = "Bearer a.b"},
        {.method = "GET", .target = "/v1/open", .authorization = "Bearer a\r\nX: y"},
        {.method = "GET", .target = "/v1/open", .request_id = "r", .actor = "li.officer"},
        {.method = "GET", .target = "/v1/open", .actor = "li officer"},
        {.method = "GET", .target = "/v1/open", .actor = "a\r\nX: y"},
        {.method = "GET", .target = "/v1/large"},
        {.method = "GET", .target = "/v1/nowhere"},
        {.method = "PUT", .target = "/v1/open"},
        {.method = "DELETE", .target = "/v1/things/1", .body = BYTES_LITERAL("no body here")},
        {.method = "GET", .target = "/v1/things/"},
        {.method = "GET", .target = "/v1/things/%2e%2e"},
        {.method = "GET", .target = "/v1/things/%00"},
        {.method = "GET", .target = "/v1/things/1?a=1&a=2"},
        {.method = "GET", .target = "/v1/things/1#part"},
        {.method = "GET", .target = "v1"},
        {.method = "GET", .target = "/a b"},
        {.method = "GET", .target = "/a\r\nX: y"},
        {.method = "PATCH", .target = "/v1/open"},
        {.method = NULL, .target = "/v1/open"},
        {.method = "GET", .target = NULL},
        {.method = "GET", .target = "/v1/open", .body = BYTES_LITERAL("x")},
        {"POST", "/v1/bodies", "a\r\nb", BYTES_LITERAL("x"), NULL, NULL, NULL, NULL, NULL},
        {"POST", "/v1/bodies", NULL, BYTES_LITERAL("x"), "a b", NULL, NULL, NULL, NULL},
        {"POST", "/v1/bodies", NULL, BYTES_LITERAL("x"), "", NULL, NULL, NULL, NULL},
        {"POST", "/v1/bodies", NULL, BYTES_LITERAL("x"), NULL, "a\n", NULL, NULL, NULL},
    };
    CLEANUP(pair_cleanup) Pair pair;
    start(&pair);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_same(&pair, &rows[i]);
    }
}

TEST(every_kind_of_error_survives_the_wire)
{
    CLEANUP(pair_cleanup) Pair pair;
    start(&pair);
    for (ErrorKind kind = ERROR_INPUT; kind <= ERROR_INTERNAL; kind++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        PeerRequest request = {
            .method = "GET", .target = arena_format(arena, "/v1/errors/%s", error_kind_name(kind))};
        PeerResponse response;
        Error err = {0};
        CHECK(!peer_call(pair.https, &request, arena, &response, &err));
        CHECK_INT(err.kind, kind);
        CHECK_TEXT(err.code, "fixture.failed");
        CHECK_TEXT(err.clause, "JR/T 0299-2024 7.1");
        CHECK_TEXT(err.text, "\"quoted\" \\ and \xe4\xb8\xad");
        check_same(&pair, &request);
    }
}

TEST(a_role_that_may_not_call_is_refused_either_way)
{
    CLEANUP(pair_cleanup) Pair pair;
    Error err = {0};
    start(&pair);
    peer_free(pair.local);
    peer_free(pair.https);
    pair.local = pair.https = NULL;
    CHECK_OK(loopback_peer(pair.loopback, "sealing", "s", &pair.https, &err));
    CHECK_OK(peer_local(&pair.service, "sealing", "s", clock_system(), &pair.local, &err));
    check_same(&pair, &(PeerRequest){.method = "GET", .target = "/v1/things/1"});
    CHECK_INT(pair.fixture.calls, 0);
}

TEST(json_goes_there_and_back)
{
    CLEANUP(pair_cleanup) Pair pair;
    start(&pair);
    Peer *const peers[] = {pair.local, pair.https};
    for (size_t i = 0; i < COUNT_OF(peers); i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        CLEANUP(json_cleanup) json_t *asked = json_make_object();
        CLEANUP(json_cleanup) json_t *answered = NULL;
        Error err = {0};
        json_put_text(asked, "name", "\xe5\xbc\xa0\xe4\xb8\x89");
        CHECK_OK(peer_call_json(peers[i], &(PeerRequest){.method = "POST", .target = "/v1/json"},
                                asked, arena, &answered, &err));
        CHECK(json_equal(asked, answered) == 1);
        CLEANUP(json_cleanup) json_t *none = NULL;
        CHECK(!peer_call_json(peers[i], &(PeerRequest){.method = "GET", .target = "/v1/large"},
                              NULL, arena, &none, &err));
        CHECK_INT(err.kind, ERROR_UNAVAILABLE);
        CHECK_TEXT(err.code, "peer.garbage");
    }
}

static void check_fails(Peer *peer, const char *code)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PeerResponse response;
    Error err = {0};
    CHECK(!peer_call(peer, &(PeerRequest){.method = "GET", .target = "/v1/large"}, arena, &response,
                     &err));
    CHECK_INT(err.kind, ERROR_UNAVAILABLE);
    CHECK_TEXT(err.code, code);
}

TEST(a_server_that_is_down_is_unavailable)
{
    CLEANUP(pair_cleanup) Pair pair;
    start(&pair);
    loopback_stop(pair.loopback);
    pair.loopback = NULL;
    check_fails(pair.https, "peer.unreachable");
}

static Peer *peer_with(Pair *pair, PeerHttpsConfig config)
{
    char url[64];
    Peer *peer = NULL;
    Error err = {0};
    snprintf(url, sizeof url, "https://127.0.0.1:%u", loopback_port(pair->loopback));
    config.url = config.url == NULL ? url : config.url;
    if (config.tls.certificate_file == NULL) {
        CHECK_OK(loopback_issue(pair->loopback, "business", "bank-a", &config.tls, &err));
    }
    CHECK_OK(peer_https(&config, &peer, &err));
    return peer;
}

TEST(a_server_of_another_role_is_not_talked_to)
{
    CLEANUP(pair_cleanup) Pair pair;
    start(&pair);
    CLEANUP(peer_cleanup)
    Peer *peer = peer_with(&pair, (PeerHttpsConfig){.server_role = "preservation"});
    check_fails(peer, "peer.unreachable");
    CHECK_INT(pair.fixture.calls, 0);
}

TEST(a_server_of_another_authority_is_not_talked_to)
{
    CLEANUP(pair_cleanup) Pair pair;
    CLEANUP(tls_pem_free) TlsPem authority = {0};
    char other[256];
    Error err = {0};
    start(&pair);
    snprintf(other, sizeof other, "%s/other.ca", test_directory());
    CHECK_OK(tls_authority_create("assent loopback", clock_now(clock_system()) - TIME_HOUR, 1,
                                  &authority, &err));
    CHECK_OK(tls_pem_save(&authority, other, NULL, &err));
    PeerHttpsConfig config = {.server_role = "sandbox"};
    CHECK_OK(loopback_issue(pair.loopback, "business", "b", &config.tls, &err));
    config.tls.authority_file = other;
    CLEANUP(peer_cleanup) Peer *peer = peer_with(&pair, config);
    check_fails(peer, "peer.unreachable");
}

TEST(a_server_for_another_address_is_not_talked_to)
{
    CLEANUP(pair_cleanup) Pair pair;
    char url[64];
    start(&pair);
    // 127.0.0.2 reaches nothing here, so name the server by an address its certificate lacks.
    snprintf(url, sizeof url, "https://0.0.0.0:%u", loopback_port(pair.loopback));
    CLEANUP(peer_cleanup)
    Peer *peer = peer_with(&pair, (PeerHttpsConfig){.url = url, .server_role = "sandbox"});
    check_fails(peer, "peer.unreachable");
}

TEST(an_answer_over_the_limit_is_unavailable)
{
    CLEANUP(pair_cleanup) Pair pair;
    start(&pair);
    CLEANUP(peer_cleanup)
    Peer *peer =
        peer_with(&pair, (PeerHttpsConfig){.server_role = "sandbox", .max_response_bytes = 1000});
    check_fails(peer, "peer.response_too_large");
}

TEST(a_server_that_does_not_answer_in_time_is_unavailable)
{
    CLEANUP(pair_cleanup) Pair pair;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PeerResponse response;
    Error err = {0};
    start(&pair);
    CLEANUP(peer_cleanup)
    Peer *peer = peer_with(&pair, (PeerHttpsConfig){.server_role = "sandbox", .timeout_ms = 100});
    bool called = peer_call(peer, &(PeerRequest){.method = "POST", .target = "/v1/wait"}, arena,
                            &response, &err);
    fixture_open_gate(&pair.fixture);
    CHECK(!called);
    CHECK_INT(err.kind, ERROR_UNAVAILABLE);
    CHECK_TEXT(err.code, "peer.timeout");
}

// A TLS server that answers one request with fixed bytes.
typedef struct {
    int listener;
    SSL_CTX *context;
    const char *answer;
} Canned;

static void *canned_main(void *state)
{
    Canned *canned = state;
    char request[4096];
    int fd = accept(canned->listener, NULL, NULL);
    SSL *ssl = SSL_new(canned->context);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0) {
        (void)SSL_write(ssl, canned->answer, (int)strlen(canned->answer));
        (void)SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    (void)close(fd);
    return NULL;
}

TEST(an_answer_that_is_not_ours_is_garbage)
{
    static const struct {
        const char *answer, *code;
    } rows[] = {
        {"HTTP/1.1 500 X\r\nContent-Length: 5\r\n\r\noops!", "peer.garbage"},
        {"HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\n{}", "peer.garbage"},
        {"HTTP/1.1 302 X\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
         "peer.garbage"},
        {"HTTP/1.1 400 X\r\nContent-Length: 71\r\n\r\n{\"error\":{\"code\":\"a\",\"kind\":\"NONE\","
         "\"message\":\"m\",\"clause\":\"\"}}         ",
         "peer.garbage"},
        {"HTTP/1.1 400 X\r\nContent-Length: 71\r\n\r\n{\"error\":{\"code\":\"a\",\"kind\":\"WHAT\","
         "\"message\":\"m\",\"clause\":\"\"}}         ",
         "peer.garbage"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut", "peer.garbage"},
        {"SSH-2.0-something\r\n", "peer.garbage"},
        {"", "peer.unreachable"},
    };
    CLEANUP(pair_cleanup) Pair pair;
    Error err = {0};
    TlsFiles files;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    char url[64];
    start(&pair);
    Canned canned = {.listener = socket(AF_INET, SOCK_STREAM, 0)};
    CHECK(bind(canned.listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(canned.listener, 1) == 0);
    CHECK(getsockname(canned.listener, (struct sockaddr *)&address, &len) == 0);
    CHECK_OK(loopback_issue(pair.loopback, "sandbox", "canned", &files, &err));
    CHECK_OK(tls_server_context(&files, false, &canned.context, &err));
    snprintf(url, sizeof url, "https://127.0.0.1:%u", ntohs(address.sin_port));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(peer_cleanup) Peer *peer = peer_with(&pair, (PeerHttpsConfig){.url = url});
        pthread_t thread;
        canned.answer = rows[i].answer;
        CHECK(pthread_create(&thread, NULL, canned_main, &canned) == 0);
        check_fails(peer, rows[i].code);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    SSL_CTX_free(canned.context);
    (void)close(canned.listener);
}

static void call_open(Peer *peer)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    PeerResponse response;
    Error err = {0};
    CHECK_OK(peer_call(peer, &(PeerRequest){.method = "GET", .target = "/v1/open"}, arena,
                       &response, &err));
}

static long connections_total(Pair *pair)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(peer_cleanup) Peer *viewer = NULL;
    PeerResponse response;
    Error err = {0};
    static const char name[] = "\nassent_http_connections_total{service=\"sandbox\"} ";
    CHECK_OK(loopback_peer(pair->loopback, "operator", "o", &viewer, &err));
    CHECK_OK(peer_call(viewer, &(PeerRequest){.method = "GET", .target = "/metrics"}, arena,
                       &response, &err));
    const char *line = strstr(arena_text(arena, response.body), name);
    CHECK(line != NULL);
    return strtol(line + sizeof name - 1, NULL, 10);
}

TEST(calls_one_after_another_share_a_connection)
{
    CLEANUP(pair_cleanup) Pair pair;
    start(&pair);
    for (int i = 0; i < 20; i++) {
        call_open(pair.https);
    }
    CHECK_INT(connections_total(&pair), 2);  // theirs, and the one that asks
}

TEST(a_connection_that_the_server_closed_meanwhile_is_replaced)
{
    Fixture fixture;
    Service service;
    Loopback *loopback = NULL;
    Peer *first = NULL, *second = NULL;
    Error err = {0};
    fixture_init(&fixture, &service);
    HttpServerConfig config = {.limits.connections = 1};
    CHECK_OK(loopback_start(&service, &config, test_directory(), &loopback, &err));
    CHECK_OK(loopback_peer(loopback, "business", "a", &first, &err));
    CHECK_OK(loopback_peer(loopback, "business", "b", &second, &err));
    for (int i = 0; i < 5; i++) {
        call_open(first);
        call_open(second);  // evicts the idle connection of the first
    }
    peer_free(first);
    peer_free(second);
    loopback_stop(loopback);
    CHECK_INT(fixture.calls, 10);
}

static void *caller_main(void *state)
{
    for (int i = 0; i < 100; i++) {
        call_open(state);
    }
    return NULL;
}

TEST(threads_may_share_a_peer)
{
    CLEANUP(pair_cleanup) Pair pair;
    pthread_t threads[4];
    start(&pair);
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        CHECK(pthread_create(&threads[i], NULL, caller_main, pair.https) == 0);
    }
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK_INT(pair.fixture.calls, 400);
    CHECK(connections_total(&pair) <= 5);
}

TEST(an_address_that_is_not_https_is_refused)
{
    static const char *const urls[] = {
        NULL,          "",         "http://a:1", "https://", "https://a/b", "https://a b",
        "https://u@a", "file:///a"};
    CLEANUP(pair_cleanup) Pair pair;
    Error err = {0};
    start(&pair);
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        PeerHttpsConfig config = {.url = urls[i]};
        Peer *peer = NULL;
        CHECK_OK(loopback_issue(pair.loopback, "business", "b", &config.tls, &err));
        CHECK(!peer_https(&config, &peer, &err));
        CHECK_TEXT(err.code, "peer.url");
    }
}
