// SPDX-License-Identifier: Apache-2.0
//
// The listener without TLS for what its own signature protects.
#include <stdio.h>
#include <string.h>

#include "base/net/http_server.h"
#include "base/net/net_fixture.h"
#include "base/test/test.h"

#define HOST "Host: crl.ca.example\r\n"

enum { TEXT_SIZE = 16 * 1024 };

typedef struct {
    Fixture fixture;
    Service service;
    HttpServer *server;
} Public;

static void start(Public *public)
{
    Error err = {0};
    HttpServerConfig config = {.address = "127.0.0.1", .is_public = true};
    fixture_init(&public->fixture, &public->service);
    CHECK_OK(http_server_start(&config, &public->service, &public->server, &err));
}

static void public_cleanup(Public *public)
{
    http_server_stop(public->server);
}

static void ask(const Public *public, const char *request, char ret[TEXT_SIZE])
{
    RawClient client;
    bool whole = raw_connect(&client, http_server_port(public->server), NULL) &&
                 raw_send(&client, bytes_of_text(request)) &&
                 raw_receive(&client, NULL, ret, TEXT_SIZE);
    raw_close(&client);
    CHECK(whole);
}

TEST(only_routes_marked_public_are_served_without_tls)
{
    static const struct {
        const char *request, *status;
    } rows[] = {
        {"GET /v1/list HTTP/1.1\r\n" HOST, "201"},
        {"POST /v1/query HTTP/1.1\r\n" HOST "Content-Length: 0\r\n", "201"},
        {"POST /v1/list HTTP/1.1\r\n" HOST "Content-Length: 0\r\n", "405"},
        {"GET /v1/open HTTP/1.1\r\n" HOST, "403"},
        {"GET /v1/things/1 HTTP/1.1\r\n" HOST, "403"},
        {"POST /v1/wait HTTP/1.1\r\n" HOST, "403"},
        {"GET /v1/none HTTP/1.1\r\n" HOST, "404"},
        {"GET /metrics HTTP/1.1\r\n" HOST, "403"},
        {"GET /healthz HTTP/1.1\r\n" HOST, "200"},
        {"GET http://crl.ca.example/v1/list HTTP/1.1\r\n" HOST, "201"},
        {"GET http://crl.ca.example/v1/open HTTP/1.1\r\n" HOST, "403"},
    };
    CLEANUP(public_cleanup) Public public;
    char text[TEXT_SIZE], request[512];
    start(&public);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(request, sizeof request, "%sConnection: close\r\n\r\n", rows[i].request);
        ask(&public, request, text);
        text[12] = '\0';
        CHECK_TEXT(text + 9, rows[i].status);
    }
}

TEST(the_caller_of_a_public_route_is_nobody_but_an_address)
{
    CLEANUP(public_cleanup) Public public;
    char text[TEXT_SIZE];
    start(&public);
    ask(&public, "GET /v1/list HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", text);
    CHECK(strstr(text, "\"role\":\"public\"") != NULL);
    CHECK(strstr(text, "\"name\":\"\"") != NULL);
    CHECK(strstr(text, "\"address\":\"127.0.0.1\"") != NULL);
}

// Covers: RFC 9110 9.3.2.
TEST(head_is_answered_like_get_without_the_body)
{
    CLEANUP(public_cleanup) Public public;
    char text[TEXT_SIZE];
    start(&public);
    ask(&public,
        "HEAD /v1/list HTTP/1.1\r\n" HOST "\r\nHEAD /v1/none HTTP/1.1\r\n" HOST
        "Connection: close\r\n\r\n",
        text);
    CHECK(strncmp(text, "HTTP/1.1 201 Created\r\n", 22) == 0);
    const char *end = strstr(text, "\r\n\r\n");
    CHECK(end != NULL && strncmp(end + 4, "HTTP/1.1 404 ", 13) == 0);
    CHECK(strstr(text, "Content-Length: ") != NULL && strstr(text, "Content-Length: 0") == NULL);
    end = strstr(end + 4, "\r\n\r\n");
    CHECK(end != NULL);
    CHECK_TEXT(end, "\r\n\r\n");
}

TEST(http_1_0_is_spoken_on_a_public_server)
{
    CLEANUP(public_cleanup) Public public;
    char text[TEXT_SIZE];
    start(&public);
    ask(&public,
        "POST /v1/query HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"
        "GET /v1/list HTTP/1.0\r\n\r\n",
        text);
    CHECK(strstr(text, "Connection: keep-alive\r\n") != NULL);
    const char *second = strstr(text + 1, "HTTP/1.1 201 ");
    CHECK(second != NULL);
    CHECK(strstr(second, "Connection: close\r\n") != NULL);
}

TEST(a_public_server_listens_on_any_address_but_has_no_tls)
{
    Fixture fixture;
    Service service;
    HttpServer *server = NULL;
    Error err = {0};
    fixture_init(&fixture, &service);
    HttpServerConfig config = {.address = "0.0.0.0", .is_public = true};
    CHECK_OK(http_server_start(&config, &service, &server, &err));
    http_server_stop(server);
    config.tls.certificate_file = "x.pem";
    CHECK_FAILS_WITH(http_server_start(&config, &service, &server, &err), ERROR_INPUT,
                     "http_server.public");
}
