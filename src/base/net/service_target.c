// SPDX-License-Identifier: Apache-2.0
#include "base/net/service_target.h"

#include <string.h>

#include "base/net/service_dispatch.h"

bool target_refuse(Error *err, const char *why)
{
    return error_set(err, ERROR_INPUT, "service.target_malformed", "RFC 3986 3.3",
                     "the request target %s", why);
}

bool target_next_segment(Bytes *path, Bytes *ret_segment)
{
    if (path->len == 0 || path->data[0] != '/') {
        return false;
    }
    Bytes rest = bytes_from(*path, 1);
    size_t len = 0;
    while (len < rest.len && rest.data[len] != '/') {
        len++;
    }
    *ret_segment = bytes_slice(rest, 0, len);
    *path = bytes_from(rest, len);
    return true;
}

bool target_is_tail(Bytes segment)
{
    static const char ending[] = "...}";
    return segment.len >= sizeof ending && segment.data[0] == '{' &&
           bytes_equal_text(bytes_from(segment, segment.len - (sizeof ending - 1)), ending);
}

size_t target_tail_offset(const Service *service, Bytes path)
{
    for (size_t i = 0; i < service->route_count; i++) {
        // Before the rest stand literal segments alone.
        Bytes pattern = bytes_of_text(service->routes[i].pattern);
        size_t prefix = strcspn(service->routes[i].pattern, "{");
        if (target_is_tail(bytes_from(pattern, prefix)) && path.len > prefix &&
            bytes_start_with(path, bytes_slice(pattern, 0, prefix))) {
            return prefix;
        }
    }
    return path.len;
}

void target_split(Bytes target, Bytes *ret_path, Bytes *ret_query)
{
    size_t mark = target.len;
    *ret_query = BYTES_EMPTY;
    if (bytes_find(target, BYTES_LITERAL("?"), 0, &mark)) {
        *ret_query = bytes_from(target, mark + 1);
    }
    *ret_path = bytes_slice(target, 0, mark);
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool may_stand_bare(uint8_t c, bool in_query)
{
    bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alphanumeric || (in_query && (c == '/' || c == '?'))) {
        return true;
    }
    return c != '\0' && strchr("-._~!$'()*,;:@&=+", c) != NULL;
}

// Take one octet, decoded. What comes out is printable ASCII: nothing that names a resource needs
// more, and NUL, CR and LF get no further than here. An encoded slash or backslash in a path is
// refused because intermediaries disagree about it. -1 when refused.
static int take_octet(Reader *reader, bool in_query)
{
    uint8_t c = reader_u8(reader);
    if (c != '%') {
        return may_stand_bare(c, in_query) ? c : -1;
    }
    int high = hex_digit(reader_u8(reader));
    int low = hex_digit(reader_u8(reader));
    if (reader->failed || high < 0 || low < 0) {
        return -1;
    }
    int octet = high * 16 + low;
    bool printable = octet >= 0x20 && octet <= 0x7e;
    bool separator = octet == '/' || octet == '\\';
    return printable && (in_query || !separator) ? octet : -1;
}

static bool decode(Arena *arena, Bytes part, bool in_query, const char **ret, Error *err)
{
    char *text = arena_alloc(arena, part.len + 1);
    if (text == NULL) {
        return error_memory(err);
    }
    Reader reader = reader_of(part);
    for (size_t len = 0; !reader_done(&reader); len++) {
        int octet = take_octet(&reader, in_query);
        if (octet < 0) {
            return target_refuse(err, in_query ? "has a query with octets that are not allowed"
                                               : "has a path with octets that are not allowed");
        }
        text[len] = (char)octet;
    }
    *ret = text;
    return true;
}

bool target_decode_segment(Arena *arena, Bytes segment, const char **ret, Error *err)
{
    const char *text = NULL;
    if (!decode(arena, segment, false, &text, err)) {
        return false;
    }
    if (text[0] == '\0') {
        return target_refuse(err, "has an empty path segment");
    }
    if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0) {
        return target_refuse(err, "has a dot segment");
    }
    *ret = text;
    return true;
}

bool target_decode_tail(Arena *arena, Bytes tail, const char **ret, Error *err)
{
    return decode(arena, tail, true, ret, err);
}

bool target_decode_query(Arena *arena, Bytes part, const char **ret, Error *err)
{
    return decode(arena, part, true, ret, err);
}

static bool parse_query_pair(ServiceRequest *request, Bytes pair, Error *err)
{
    size_t mark = pair.len;
    bool has_value = bytes_find(pair, BYTES_LITERAL("="), 0, &mark);
    ServiceParameter parameter = {"", ""};
    if (!target_decode_query(request->arena, bytes_slice(pair, 0, mark), &parameter.name, err) ||
        (has_value &&
         !target_decode_query(request->arena, bytes_from(pair, mark + 1), &parameter.value, err))) {
        return false;
    }
    if (parameter.name[0] == '\0') {
        return target_refuse(err, "has a query parameter without a name");
    }
    if (service_query_parameter(request, parameter.name) != NULL) {
        return target_refuse(err, "repeats a query parameter");
    }
    if (request->query_count == SERVICE_MAX_QUERY_PARAMETERS) {
        return target_refuse(err, "has too many query parameters");
    }
    request->query[request->query_count++] = parameter;
    return true;
}

static bool parse_query(ServiceRequest *request, Bytes query, Error *err)
{
    request->query_count = 0;
    while (query.len > 0) {
        size_t mark = query.len;
        bool more = bytes_find(query, BYTES_LITERAL("&"), 0, &mark);
        if (!parse_query_pair(request, bytes_slice(query, 0, mark), err)) {
            return false;
        }
        query = bytes_from(query, mark + 1);
        if (more && query.len == 0) {
            return target_refuse(err, "has a query that ends with an ampersand");
        }
    }
    return true;
}

bool service_parse_target(const Service *service, ServiceRequest *request, Bytes target, Error *err)
{
    Bytes path, query, segment;
    target_split(target, &path, &query);
    if (path.len == 0 || path.data[0] != '/') {
        return target_refuse(err, "does not begin with a slash");
    }
    size_t tail = target_tail_offset(service, path);
    Bytes rest = tail < path.len ? bytes_slice(path, 0, tail - 1) : path;
    const char *decoded = NULL;
    while (path.len > 1 && target_next_segment(&rest, &segment)) {
        if (!target_decode_segment(request->arena, segment, &decoded, err)) {
            return false;
        }
    }
    if (tail < path.len &&
        !target_decode_tail(request->arena, bytes_from(path, tail), &decoded, err)) {
        return false;
    }
    request->path = arena_text(request->arena, path);
    if (request->path == NULL) {
        return error_memory(err);
    }
    return parse_query(request, query, err);
}
