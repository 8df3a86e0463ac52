// SPDX-License-Identifier: Apache-2.0
#include "base/net/http_parser.h"

#include <string.h>

#include "base/test/test.h"

#define HOST "Host: a\r\n"

static bool parse(Bytes text, HttpHead *ret, Error *err)
{
    size_t scanned = 0;
    HttpScan scan = http_head_scan(text, 4096, &scanned, err);
    if (scan == HTTP_SCAN_MORE) {
        return error_set(err, ERROR_INPUT, "test.incomplete", NULL, "incomplete");
    }
    return scan == HTTP_SCAN_COMPLETE && http_head_parse(bytes_slice(text, 0, scanned), ret, err);
}

TEST(a_request_head_is_read)
{
    HttpHead head;
    Error err = {0};
    CHECK_OK(parse(BYTES_LITERAL("POST /a?b=c HTTP/1.1\r\nhOsT: [::1]:8443\r\n"
                                 "Content-Length: 12\r\nContent-Type:\tapplication/json \r\n"
                                 "Idempotency-Key: k-1\r\nX-Request-Id: r.1\r\n"
                                 "Expect: 100-continue\r\nConnection: keep-alive, close\r\n\r\n"),
                   &head, &err));
    CHECK_BYTES(head.method, BYTES_LITERAL("POST"));
    CHECK_BYTES(head.target, BYTES_LITERAL("/a?b=c"));
    CHECK_BYTES(head.content_type, BYTES_LITERAL("application/json"));
    CHECK_BYTES(head.idempotency_key, BYTES_LITERAL("k-1"));
    CHECK_BYTES(head.request_id, BYTES_LITERAL("r.1"));
    CHECK_INT(head.content_length, 12);
    CHECK(head.expects_continue);
    CHECK(head.closes);
}

// Covers: RFC 9112 3.2.2.
TEST(the_host_of_an_absolute_target_is_the_one_that_counts)
{
    HttpHead head;
    Error err = {0};
    CHECK_OK(parse(BYTES_LITERAL("GET HTTP://b.example:81/x?y=http://z/ HTTP/1.1\r\n" HOST "\r\n"),
                   &head, &err));
    CHECK_BYTES(head.target, BYTES_LITERAL("/x?y=http://z/"));
    CHECK_BYTES(head.host, BYTES_LITERAL("b.example:81"));
    CHECK_BYTES(head.headers[0].value, BYTES_LITERAL("b.example:81"));
    CHECK_OK(parse(BYTES_LITERAL("GET https://b HTTP/1.1\r\n" HOST "\r\n"), &head, &err));
    CHECK_BYTES(head.target, BYTES_LITERAL("/"));
}

TEST(http_1_0_closes_unless_it_is_to_be_kept_alive_and_needs_no_host)
{
    HttpHead head;
    Error err = {0};
    CHECK_OK(parse(BYTES_LITERAL("HEAD / HTTP/1.0\r\n\r\n"), &head, &err));
    CHECK(head.is_http_1_0 && head.closes && head.omits_body && head.host.len == 0);
    CHECK_BYTES(head.method, BYTES_LITERAL("GET"));
    CHECK_OK(parse(BYTES_LITERAL("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), &head, &err));
    CHECK(!head.closes && !head.omits_body);
    CHECK_OK(parse(BYTES_LITERAL("GET / HTTP/1.1\r\n" HOST "\r\n"), &head, &err));
    CHECK(!head.closes && !head.is_http_1_0);
}

static const struct {
    const char *text;
    int status;
} leniencies[] = {
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5 5\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1234567890123456789\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 501},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: x\r\n\r\n", 501},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n", 501},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\ntransfer-encoding: chunked\r\n\r\n", 501},
    {"POST / HTTP/1.1\r\n" HOST "Expect: 200-ok\r\n\r\n", 417},
    {"GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "\tA: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "A : b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST ": b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "A\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "A(: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "A: \x01\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "A: \xe4\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nA: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
    {"GET / HTTP/1.1\n" HOST "\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "A: b\rc\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\r\n" HOST "\r\n", 400},
    {"\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 400},
    {"\nGET / HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET / HTTP/0.9\r\n" HOST "\r\n", 505},
    {"GET / HTTP/2.0\r\n" HOST "\r\n", 505},
    {"GET / http/1.1\r\n" HOST "\r\n", 505},
    {"GET / HTTP/1.1 \r\n" HOST "\r\n", 400},
    {"GET /\r\n" HOST "\r\n", 400},
    {"GET  / HTTP/1.1\r\n" HOST "\r\n", 400},
    {" GET / HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET /a b HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET /\x7f HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET a HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET http:///x HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET http://a@b/x HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET http://a?q HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET http://a/x HTTP/1.1\r\n\r\n", 400},
    {"GET ftp://a/x HTTP/1.1\r\n" HOST "\r\n", 400},
    {"HEAD / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", 400},
    {"GET / HTTP/1.0\r\n" HOST HOST "\r\n", 400},
    {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 400},
    {"CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", 400},
    {"G(T / HTTP/1.1\r\n" HOST "\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "Idempotency-Key: a b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "Idempotency-Key: a\r\nidempotency-key: b\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\n" HOST "Content-Type: a\r\nContent-Type: a\r\n\r\n", 400},
};

// Covers: RFC 9112 2.2, 3, 5, 6; H15.
TEST(every_leniency_of_http_is_refused)
{
    for (size_t i = 0; i < COUNT_OF(leniencies); i++) {
        HttpHead head;
        Error err = {0};
        if (parse(bytes_of_text(leniencies[i].text), &head, &err)) {
            test_fail(__FILE__, __LINE__, "row %zu was accepted", i);
        }
        CHECK(strcmp(err.code, "test.incomplete") != 0);
        CHECK_INT(http_error_status(&err), leniencies[i].status);
    }
}

TEST(a_nul_in_the_head_is_refused)
{
    HttpHead head;
    Error err = {0};
    CHECK(!parse(BYTES_LITERAL("GET /\0 HTTP/1.1\r\n" HOST "\r\n"), &head, &err));
    CHECK_TEXT(err.code, "http.malformed");
}

TEST(a_head_that_arrives_byte_by_byte_is_complete_at_its_last_byte)
{
    Bytes text = BYTES_LITERAL("GET / HTTP/1.1\r\n" HOST "\r\n");
    size_t scanned = 0;
    Error err = {0};
    for (size_t len = 0; len < text.len; len++) {
        CHECK_INT(http_head_scan(bytes_slice(text, 0, len), 4096, &scanned, &err), HTTP_SCAN_MORE);
    }
    CHECK_INT(http_head_scan(text, 4096, &scanned, &err), HTTP_SCAN_COMPLETE);
    CHECK_INT(scanned, text.len);
}

TEST(a_bare_line_feed_is_refused_before_the_head_is_complete)
{
    size_t scanned = 0;
    Error err = {0};
    CHECK_INT(http_head_scan(BYTES_LITERAL("GET / HTTP/1.1\n"), 4096, &scanned, &err),
              HTTP_SCAN_REFUSED);
}

TEST(a_head_over_the_limit_is_refused)
{
    Bytes text = BYTES_LITERAL("GET / HTTP/1.1\r\n" HOST "\r\n");
    size_t scanned = 0;
    Error err = {0};
    CHECK_INT(http_head_scan(text, text.len - 1, &scanned, &err), HTTP_SCAN_REFUSED);
    CHECK_INT(err.kind, ERROR_LIMIT);
    CHECK_INT(http_error_status(&err), 431);
}

TEST(too_many_headers_are_refused)
{
    CLEANUP(writer_free) Writer text = writer_new(4096);
    HttpHead head;
    Error err = {0};
    writer_put_text(&text, "GET / HTTP/1.1\r\n" HOST);
    for (int i = 0; i < HTTP_MAX_HEADERS; i++) {
        writer_put_text(&text, "A: b\r\n");
    }
    writer_put_text(&text, "\r\n");
    CHECK(!parse(writer_bytes(&text), &head, &err));
    CHECK_INT(http_error_status(&err), 431);
}

TEST(what_follows_a_head_is_not_part_of_it)
{
    size_t scanned = 0;
    Error err = {0};
    Bytes text = BYTES_LITERAL("GET / HTTP/1.1\r\n" HOST "\r\nGET");
    CHECK_INT(http_head_scan(text, 4096, &scanned, &err), HTTP_SCAN_COMPLETE);
    CHECK_INT(scanned, text.len - 3);
}
