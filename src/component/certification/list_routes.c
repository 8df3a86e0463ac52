// SPDX-License-Identifier: Apache-2.0
//
// Revocation lists over HTTP: anyone fetches them, often, and mostly the same ones.
#include <string.h>

#include "component/certification/lists.h"

enum { PARTITION_MAX_DIGITS = 18, CACHE_SECONDS = 300 };

// "Wed, 25 Nov 2026 08:00:00 GMT". Source: RFC 9110 5.6.7.
static const char *http_date(Arena *arena, Time time)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    CivilTime civil = civil_from_time(time);
    return arena_format(arena, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[time / TIME_DAY % 7],
                        civil.day, months[civil.month - 1], civil.year, civil.hour, civil.minute,
                        civil.second);
}

// True if the caller has this list already. Source: RFC 9110 13.1.2, 13.1.3.
static bool is_held(const ServiceRequest *request, const char *tag, const char *date)
{
    const char *tags = service_header(request, "if-none-match");
    if (tags != NULL) {
        return strcmp(tags, "*") == 0 || strstr(tags, tag) != NULL;
    }
    const char *since = service_header(request, "if-modified-since");
    return since != NULL && strcmp(since, date) == 0;
}

// How long others may keep it: until its end when they cannot ask again, but a change since then
// is told to whoever asks after five minutes, and asking costs nothing when there was none.
static bool reply(Certification *certification, int64_t scope, const ServiceRequest *request,
                  ServiceResponse *response, Error *err)
{
    ListRow row;
    Bytes list = BYTES_EMPTY;
    Arena *arena = request->arena;
    if (!authority_list_current(certification, scope, &row, err)) {
        return false;
    }
    const char *tag = arena_format(arena, "\"%lld\"", (long long)row.number);
    const char *date = http_date(arena, row.created_at), *end = http_date(arena, row.expires_at);
    const char *keep = arena_format(arena, "public, max-age=%d, must-revalidate", CACHE_SECONDS);
    if (tag == NULL || date == NULL || end == NULL || keep == NULL) {
        return error_memory(err);
    }
    bool held = is_held(request, tag, date);
    if ((!held && !authority_list_load(certification, &row, arena, &list, err)) ||
        !service_reply_header(response, "ETag", tag, err) ||
        !service_reply_header(response, "Last-Modified", date, err) ||
        !service_reply_header(response, "Expires", end, err) ||
        !service_reply_header(response, "Cache-Control", keep, err)) {
        return false;
    }
    service_reply_bytes(response, held ? 304 : 200, "application/pkix-crl", list);
    return true;
}

bool certification_handle_list_complete(void *component, const ServiceRequest *request,
                                        ServiceResponse *response, Error *err)
{
    return reply(component, LIST_COMPLETE, request, response, err);
}

bool certification_handle_list_delta(void *component, const ServiceRequest *request,
                                     ServiceResponse *response, Error *err)
{
    return reply(component, LIST_DELTA, request, response, err);
}

bool certification_handle_list_partition(void *component, const ServiceRequest *request,
                                         ServiceResponse *response, Error *err)
{
    const char *name = service_path_parameter(request, "partition");
    int64_t partition = 0;
    size_t len = strlen(name);
    bool sound = len > 0 && len <= PARTITION_MAX_DIGITS && name[0] != '0' &&
                 strspn(name, "0123456789") == len;
    for (size_t i = 0; sound && i < len; i++) {
        partition = partition * 10 + (name[i] - '0');
    }
    if (!sound) {
        return error_set(err, ERROR_NOT_FOUND, "certification.partition_unknown", NULL,
                         "there is no revocation list of this number");
    }
    return reply(component, partition, request, response, err);
}
