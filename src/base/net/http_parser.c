// SPDX-License-Identifier: Apache-2.0
#include "base/net/http_parser.h"

#include <string.h>

#include "base/net/service_dispatch.h"

static bool refuse(Error *err, const char *clause, const char *why)
{
    return error_set(err, ERROR_INPUT, "http.malformed", clause, "the request %s", why);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool http_name_is(Bytes name, const char *lower_case_name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (lower_case_name[i] == '\0' || lower(name.data[i]) != (uint8_t)lower_case_name[i]) {
            return false;
        }
    }
    return lower_case_name[name.len] == '\0';
}

static bool is_token(Bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.data[i];
        bool alphanumeric = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
        if (!alphanumeric && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL)) {
            return false;
        }
    }
    return bytes.len > 0;
}

static bool is_visible(Bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] < 0x21 || bytes.data[i] > 0x7e) {
            return false;
        }
    }
    return bytes.len > 0;
}

static bool is_field_value(Bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if ((bytes.data[i] < 0x20 && bytes.data[i] != '\t') || bytes.data[i] > 0x7e) {
            return false;
        }
    }
    return true;
}

HttpScan http_head_scan(Bytes received, size_t limit_bytes, size_t *scanned, Error *err)
{
    for (size_t i = *scanned; i < received.len; i++) {
        if (i >= limit_bytes) {
            error_set(err, ERROR_LIMIT, "http.head_too_large", "RFC 6585 5",
                      "the request line and headers are over %zu bytes", limit_bytes);
            return HTTP_SCAN_REFUSED;
        }
        uint8_t c = received.data[i];
        bool after_cr = i > 0 && received.data[i - 1] == '\r';
        if (c == '\0' || (c == '\n') != after_cr || (c == '\n' && i == 1)) {
            refuse(err, "RFC 9112 2.2", "has a line that does not end with CRLF");
            return HTTP_SCAN_REFUSED;
        }
        if (c == '\n' && i >= 3 && received.data[i - 2] == '\n') {
            *scanned = i + 1;
            return HTTP_SCAN_COMPLETE;
        }
    }
    *scanned = received.len;
    return HTTP_SCAN_MORE;
}

// Take a line without its CRLF.
static Bytes take_line(Bytes *rest)
{
    size_t end = 0;
    if (!bytes_find(*rest, BYTES_LITERAL("\r\n"), 0, &end)) {
        *rest = BYTES_EMPTY;
        return BYTES_EMPTY;
    }
    Bytes line = bytes_slice(*rest, 0, end);
    *rest = bytes_from(*rest, end + 2);
    return line;
}

// "http://host/path", as to a proxy: the host of the target is the one that counts.
// Source: RFC 9112 3.2.2.
static void take_authority(HttpHead *head)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t len = strlen(schemes[i]);
        if (!http_name_is(bytes_slice(head->target, 0, len), schemes[i])) {
            continue;
        }
        Bytes rest = bytes_from(head->target, len);
        size_t slash = rest.len;
        (void)bytes_find(rest, BYTES_LITERAL("/"), 0, &slash);
        head->host = bytes_slice(rest, 0, slash);
        head->target = slash == rest.len ? BYTES_LITERAL("/") : bytes_from(rest, slash);
        return;
    }
}

static bool parse_version(Bytes version, HttpHead *head, Error *err)
{
    head->is_http_1_0 = bytes_equal(version, BYTES_LITERAL("HTTP/1.0"));
    if (!head->is_http_1_0 && !bytes_equal(version, BYTES_LITERAL("HTTP/1.1"))) {
        return error_set(err, ERROR_INPUT, "http.version", "RFC 9110 15.6.6",
                         "only HTTP/1.1 is spoken here");
    }
    return true;
}

static bool parse_request_line(Bytes line, HttpHead *head, Error *err)
{
    size_t first = 0, last = 0;
    if (!bytes_find(line, BYTES_LITERAL(" "), 0, &first) ||
        !bytes_find_last(line, BYTES_LITERAL(" "), &last) || first == last) {
        return refuse(err, "RFC 9112 3", "line is not method, target and version");
    }
    head->method = bytes_slice(line, 0, first);
    head->target = bytes_slice(line, first + 1, last - first - 1);
    if (!is_token(head->method) || head->method.len > 16) {
        return refuse(err, "RFC 9112 3.1", "has no method");
    }
    bool is_visible_target = is_visible(head->target);
    take_authority(head);
    if (!is_visible_target || head->target.data[0] != '/') {
        return refuse(err, "RFC 9112 3.2.1", "target is not a path of visible ASCII");
    }
    head->omits_body = bytes_equal(head->method, BYTES_LITERAL("HEAD"));
    if (head->omits_body) {
        head->method = BYTES_LITERAL("GET");
    }
    return parse_version(bytes_from(line, last + 1), head, err);
}

static Bytes trim(Bytes value)
{
    while (value.len > 0 && (value.data[0] == ' ' || value.data[0] == '\t')) {
        value = bytes_from(value, 1);
    }
    while (value.len > 0 &&
           (value.data[value.len - 1] == ' ' || value.data[value.len - 1] == '\t')) {
        value = bytes_slice(value, 0, value.len - 1);
    }
    return value;
}

static bool parse_header(Bytes line, HttpHead *head, Error *err)
{
    size_t colon = 0;
    if (!bytes_find(line, BYTES_LITERAL(":"), 0, &colon) ||
        !is_token(bytes_slice(line, 0, colon))) {
        return refuse(err, "RFC 9112 5", "has a header whose name is no token");
    }
    HttpHeader header = {bytes_slice(line, 0, colon), trim(bytes_from(line, colon + 1))};
    if (!is_field_value(header.value)) {
        return refuse(err, "RFC 9110 5.5", "has a header value that is not printable ASCII");
    }
    if (head->header_count == HTTP_MAX_HEADERS) {
        return error_set(err, ERROR_LIMIT, "http.head_too_large", "RFC 6585 5",
                         "there are more than %d headers", HTTP_MAX_HEADERS);
    }
    head->headers[head->header_count++] = header;
    return true;
}

// The value of a header that may be there once; the empty view when absent. *ret_count tells
// absence from an empty value.
static bool find_single(const HttpHead *head, const char *name, Bytes *ret, size_t *ret_count)
{
    *ret = BYTES_EMPTY;
    *ret_count = 0;
    for (size_t i = 0; i < head->header_count; i++) {
        if (http_name_is(head->headers[i].name, name)) {
            *ret = head->headers[i].value;
            (*ret_count)++;
        }
    }
    return *ret_count <= 1;
}

static bool interpret_framing(HttpHead *head, Error *err)
{
    Bytes value;
    size_t count = 0;
    if (!find_single(head, "transfer-encoding", &value, &count) || count > 0) {
        return error_set(err, ERROR_INPUT, "http.transfer_encoding", "RFC 9112 6.1",
                         "bodies have to come with Content-Length");
    }
    if (!find_single(head, "content-length", &value, &count)) {
        return refuse(err, "RFC 9112 6.3", "has more than one Content-Length");
    }
    if (count == 1 && (value.len == 0 || value.len > 18)) {
        return refuse(err, "RFC 9110 8.6", "has no number as Content-Length");
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < '0' || value.data[i] > '9') {
            return refuse(err, "RFC 9110 8.6", "has no number as Content-Length");
        }
        head->content_length = head->content_length * 10 + (uint64_t)(value.data[i] - '0');
    }
    if (head->content_length > 0 && bytes_equal(head->method, BYTES_LITERAL("GET"))) {
        return refuse(err, "RFC 9110 9.3.1", "is a GET or HEAD with a body");
    }
    if (!find_single(head, "expect", &value, &count) ||
        (count == 1 && !http_name_is(value, "100-continue"))) {
        return error_set(err, ERROR_INPUT, "http.expectation", "RFC 9110 10.1.1",
                         "only 100-continue can be expected");
    }
    head->expects_continue = count == 1;
    return true;
}

static bool is_host(Bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = lower(value.data[i]);
        bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
        if (!alphanumeric && (c == '\0' || strchr(".-_:[]", c) == NULL)) {
            return false;
        }
    }
    return value.len > 0;
}

static bool interpret_host(HttpHead *head, Error *err)
{
    Bytes value;
    size_t count = 0;
    bool is_single = find_single(head, "host", &value, &count);
    if (!is_single || (count == 0 && !head->is_http_1_0) || (count == 1 && !is_visible(value))) {
        return refuse(err, "RFC 9112 3.2", "does not have exactly one Host");
    }
    bool has_authority = head->host.data != NULL;
    if ((count == 1 && !is_host(value)) || (has_authority && !is_host(head->host))) {
        return refuse(err, "RFC 9112 3.2", "has a malformed Host");
    }
    for (size_t i = 0; has_authority && i < head->header_count; i++) {
        if (http_name_is(head->headers[i].name, "host")) {
            head->headers[i].value = head->host;
        }
    }
    head->host = has_authority ? head->host : value;
    return true;
}

static void interpret_connection(HttpHead *head)
{
    bool is_kept = false;
    for (size_t i = 0; i < head->header_count; i++) {
        Bytes rest = head->headers[i].value;
        while (http_name_is(head->headers[i].name, "connection") && rest.len > 0) {
            size_t comma = rest.len;
            (void)bytes_find(rest, BYTES_LITERAL(","), 0, &comma);
            Bytes option = trim(bytes_slice(rest, 0, comma));
            head->closes = head->closes || http_name_is(option, "close");
            is_kept = is_kept || http_name_is(option, "keep-alive");
            rest = bytes_from(rest, comma + 1);
        }
    }
    head->closes = head->closes || (head->is_http_1_0 && !is_kept);
}

static bool interpret_own(HttpHead *head, Error *err)
{
    const struct {
        const char *name;
        Bytes *ret;
        size_t max;
    } own[] = {
        {"content-type", &head->content_type, 256},
        {"idempotency-key", &head->idempotency_key, SERVICE_MAX_KEY_BYTES},
        {"x-request-id", &head->request_id, SERVICE_MAX_KEY_BYTES},
    };
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        size_t count = 0;
        if (!find_single(head, own[i].name, own[i].ret, &count) || own[i].ret->len > own[i].max ||
            (count == 1 && own[i].ret->len == 0)) {
            return refuse(err, "RFC 9110 5.3", "has a repeated, empty or oversize header");
        }
        bool is_key = i > 0;
        if (is_key && count == 1 && !is_visible(*own[i].ret)) {
            return refuse(err, "RFC 9110 5.5", "has a key with white space");
        }
    }
    return true;
}

bool http_head_parse(Bytes head, HttpHead *ret, Error *err)
{
    HttpHead parsed = {0};
    Bytes rest = head;
    if (!parse_request_line(take_line(&rest), &parsed, err)) {
        return false;
    }
    for (Bytes line = take_line(&rest); line.len > 0; line = take_line(&rest)) {
        if (!parse_header(line, &parsed, err)) {
            return false;
        }
    }
    if (rest.len > 0) {
        return refuse(err, "RFC 9112 2.1", "head has something after its empty line");
    }
    if (!interpret_host(&parsed, err) || !interpret_framing(&parsed, err) ||
        !interpret_own(&parsed, err)) {
        return false;
    }
    interpret_connection(&parsed);
    *ret = parsed;
    return true;
}

bool http_host_is_loopback(Bytes host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t len = strlen(names[i]);
        Bytes rest = bytes_from(host, len);
        if (http_name_is(bytes_slice(host, 0, len), names[i]) &&
            (rest.len == 0 || rest.data[0] == ':')) {
            return true;
        }
    }
    return false;
}

int http_error_status(const Error *err)
{
    static const struct {
        const char *code;
        int status;
    } special[] = {
        {"http.head_too_large", 431},    {"http.version", 505},
        {"http.transfer_encoding", 501}, {"http.expectation", 417},
        {"http.host_not_loopback", 421},
    };
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        if (strcmp(err->code, special[i].code) == 0) {
            return special[i].status;
        }
    }
    return service_error_status(err);
}
