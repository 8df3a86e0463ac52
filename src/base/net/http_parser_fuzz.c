// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/net/http_parser.h"
#include "base/net/service_dispatch.h"

static void expect(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_inside(Bytes part, Bytes whole)
{
    expect(part.len == 0 ||
           (part.data >= whole.data && part.data + part.len <= whole.data + whole.len));
}

// What is accepted has exactly the parts that the rules demand, and all of them lie in the input.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Bytes input = bytes_of(data, size);
    size_t scanned = 0;
    HttpHead head;
    if (http_head_scan(input, 16 * 1024, &scanned, NULL) != HTTP_SCAN_COMPLETE ||
        !http_head_parse(bytes_slice(input, 0, scanned), &head, NULL)) {
        return 0;
    }
    size_t hosts = 0;
    for (size_t i = 0; i < head.header_count; i++) {
        check_inside(head.headers[i].name, input);
        check_inside(head.headers[i].value, input);
        hosts += http_name_is(head.headers[i].name, "host") ? 1 : 0;
        expect(!http_name_is(head.headers[i].name, "transfer-encoding"));
    }
    expect((hosts == 1 || (hosts == 0 && head.is_http_1_0)) && head.target.len > 0 &&
           head.target.data[0] == '/');
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    static const Route tail[] = {{"GET", "/tail/{rest...}", {NULL}, 0, NULL}};
    const Service service = {.routes = tail, .route_count = COUNT_OF(tail)};
    ServiceRequest request = {.arena = arena};
    if (arena != NULL && service_parse_target(&service, &request, head.target, NULL)) {
        expect(request.path[0] == '/');
    }
    arena_free(arena);
    return 0;
}
