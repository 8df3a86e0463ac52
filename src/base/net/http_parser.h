// SPDX-License-Identifier: Apache-2.0
//
// The head of one HTTP/1.1 request, read strictly. Where RFC 9112 lets a recipient be lenient,
// this one is not: each leniency is a way for two programs to see two different requests.
//
// Refused, and the connection closed after the answer: anything but CRLF line ends; other versions
// than HTTP/1.1 and 1.0; targets other than "/..." or "http(s)://host/..." of visible ASCII; header
// names that are no tokens (a space before the colon, obs-fold); control or non-ASCII octets in
// values; no Host (in HTTP/1.1) or more than one; Content-Length twice, signed, empty, or over 18
// digits; any Transfer-Encoding; an expectation other than 100-continue; a body with GET or HEAD;
// repeated Content-Type, Idempotency-Key or X-Request-Id. Source: RFC 9112 2.2, 3, 5, 6; RFC
// 9110 5.
#ifndef ASSENT_BASE_NET_HTTP_PARSER_H
#define ASSENT_BASE_NET_HTTP_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/bytes.h"
#include "base/core/error.h"

enum { HTTP_MAX_HEADERS = 48 };

typedef struct {
    Bytes name;
    Bytes value;  // without surrounding white space
} HttpHeader;

// A parsed head; views into the bytes it was parsed from.
typedef struct {
    Bytes method;  // "GET" also for HEAD
    Bytes target;  // without scheme and host
    Bytes host;    // with the port, as received; empty only in HTTP/1.0
    HttpHeader headers[HTTP_MAX_HEADERS];
    size_t header_count;
    Bytes content_type;
    Bytes idempotency_key;
    Bytes request_id;
    uint64_t content_length;
    bool expects_continue;
    bool is_http_1_0;
    bool omits_body;  // HEAD: the answer has none
    bool closes;      // Connection: close; in HTTP/1.0 unless it is to be kept alive
} HttpHead;

typedef enum { HTTP_SCAN_MORE, HTTP_SCAN_COMPLETE, HTTP_SCAN_REFUSED } HttpScan;

// Look for the end of the head. *scanned (0 for a new request) remembers how far previous calls
// came; when complete, it is the length of the head with its empty line. `err` is set when refused:
// ERROR_INPUT "http.malformed" or ERROR_LIMIT "http.head_too_large" (over limit_bytes).
HttpScan http_head_scan(Bytes received, size_t limit_bytes, size_t *scanned, Error *err);
// Parse a complete head. Fails with ERROR_INPUT: "http.malformed", "http.version",
// "http.transfer_encoding", "http.expectation"; or ERROR_LIMIT "http.head_too_large".
bool http_head_parse(Bytes head, HttpHead *ret, Error *err) MUST_CHECK;
// HTTP status of an error of this module; otherwise what service_error_status says.
int http_error_status(const Error *err);
// True if `host` (with or without a port) names this machine: "localhost", "127.0.0.1" or "[::1]".
bool http_host_is_loopback(Bytes host);
// Compare two header names.
bool http_name_is(Bytes name, const char *lower_case_name);

#endif
