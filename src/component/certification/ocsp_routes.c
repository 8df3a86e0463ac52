// SPDX-License-Identifier: Apache-2.0
//
// OCSP over HTTP.
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/certification/authority.h"
#include "component/certification/ocsp_responder.h"

enum { FRESH_SECONDS_MAX = 60, UNSIGNED_MAX_SIZE = 8 };

static const ServiceBody malformed_request = {OCSP_RESPONSE_MEDIA_TYPE,
                                              {(const uint8_t *)"\x30\x03\x0a\x01\x01", 5}};

static const char door[] = "/v1/ocsp";

ServiceBody certification_too_large(void *component, const Route *route)
{
    const Certification *certification = component;
    Time now = clock_now(certification->config.institution.clock);
    bool is_ocsp = strncmp(route->pattern, door, sizeof door - 1) == 0;
    refusal_tally_note(certification->refusals, is_ocsp ? door : "/v1", "",
                       "service.body_too_large", now);
    return is_ocsp ? malformed_request : (ServiceBody){0};
}

// An answer that is not signed says why there is none.
static void note_refusal(const Certification *certification, const ServiceRequest *request,
                         Bytes der)
{
    OcspResponse response;
    Time now = clock_now(certification->config.institution.clock);
    if (ocsp_response_parse(der, &response, NULL) && response.status != OCSP_SUCCESSFUL) {
        char code[ERROR_CODE_SIZE];
        snprintf(code, sizeof code, "ocsp.%s", ocsp_response_status_name(response.status));
        refusal_tally_note(certification->refusals, door, request->caller.name, code, now);
    }
}

ServiceBody ocsp_responder_trouble(const Error *err)
{
    bool passes = err->kind == ERROR_UNAVAILABLE || err->kind == ERROR_LIMIT;
    Bytes der =
        passes ? BYTES_LITERAL("\x30\x03\x0a\x01\x03") : BYTES_LITERAL("\x30\x03\x0a\x01\x02");
    return (ServiceBody){OCSP_RESPONSE_MEDIA_TYPE, der};
}

static bool answer(Certification *certification, Bytes der, const ServiceRequest *request,
                   ServiceResponse *response, OcspReply *ret, Error *err)
{
    Error trouble = {0};
    if (certification->ocsp == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "certification.no_ocsp", NULL,
                         "this system has no OCSP responder");
    }
    if (ocsp_responder_answer(certification->ocsp, der, request->arena, ret, &trouble)) {
        service_reply_bytes(response, 200, OCSP_RESPONSE_MEDIA_TYPE, ret->der);
        // Signed ones are longer than that.
        if (ret->der.len <= UNSIGNED_MAX_SIZE) {
            note_refusal(certification, request, ret->der);
        }
        return true;
    }
    // The client understands what OCSP says of failures, and the log says which it was.
    LOG(LOG_WARNING, "ocsp.failed", log_text("code", trouble.code),
        log_text("request_id", request->request_id));
    ServiceBody body = ocsp_responder_trouble(&trouble);
    *ret = (OcspReply){.der = body.bytes};
    service_reply_bytes(response, 200, body.content_type, body.bytes);
    return true;
}

// Media types are compared without case, and may have parameters: RFC 9110 8.3.1.
static bool is_ocsp_request(const char *content_type)
{
    static const char wanted[] = OCSP_REQUEST_MEDIA_TYPE;
    size_t len = sizeof wanted - 1;
    return strncasecmp(content_type, wanted, len) == 0 &&
           (content_type[len] == '\0' || content_type[len] == ';' || content_type[len] == ' ');
}

bool certification_handle_ocsp_post(void *component, const ServiceRequest *request,
                                    ServiceResponse *response, Error *err)
{
    OcspReply reply;
    if (!is_ocsp_request(request->content_type)) {
        response->status = 415;
        return error_set(err, ERROR_INPUT, "certification.ocsp_type", "RFC 6960 A.1",
                         "the body has to be " OCSP_REQUEST_MEDIA_TYPE);
    }
    return answer(component, request->body, request, response, &reply, err);
}

// --- GET --------------------------------------------------------------------------------------

// Base64 in a path, of which some clients leave out the padding.
static Bytes decode(Arena *arena, const char *text)
{
    CLEANUP(writer_free) Writer padded = writer_new(2 * OCSP_REQUEST_MAX_SIZE);
    Bytes der = BYTES_EMPTY;
    writer_put_text(&padded, text);
    while (!padded.failed && padded.len % 4 != 0) {
        writer_put_u8(&padded, '=');
    }
    if (padded.failed || !base64_decode_arena(arena, writer_bytes(&padded), &der, NULL)) {
        return BYTES_EMPTY;
    }
    return der;
}

static const char *http_date(Arena *arena, Time time)
{
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    CivilTime civil = civil_from_time(time);
    return arena_format(arena, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                        days[(size_t)(time / TIME_DAY) % 7], civil.day, months[civil.month - 1],
                        civil.year, civil.hour, civil.minute, civil.second);
}

// Proxies keep an answer for a minute and no longer: a revocation is to be known by then.
// Source: RFC 5019 6.2.
static bool tell_caches(const OcspReply *reply, Time now, const ServiceRequest *request,
                        ServiceResponse *response, Error *err)
{
    Arena *arena = request->arena;
    Sm3Digest digest = sm3_digest(reply->der);
    int64_t left = (reply->next_update - now) / TIME_SECOND;
    const char *tag = hex_text(arena, bytes_slice(sm3_bytes(&digest), 0, 16));
    const struct {
        const char *name, *value;
    } headers[] = {
        {"Last-Modified", http_date(arena, reply->this_update)},
        {"Expires", http_date(arena, reply->next_update)},
        {"ETag", arena_format(arena, "\"%s\"", tag == NULL ? "" : tag)},
        {"Cache-Control",
         arena_format(arena, "max-age=%lld, public, no-transform, must-revalidate",
                      (long long)(left > FRESH_SECONDS_MAX ? FRESH_SECONDS_MAX : left))},
    };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        if (headers[i].value == NULL) {
            return error_memory(err);
        }
        if (!service_reply_header(response, headers[i].name, headers[i].value, err)) {
            return false;
        }
    }
    const char *known = service_header(request, "if-none-match");
    if (known != NULL && strcmp(known, headers[2].value) == 0) {
        response->status = 304;
        response->body = BYTES_EMPTY;
    }
    return true;
}

bool certification_handle_ocsp_get(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    const Certification *certification = component;
    OcspReply reply;
    Bytes der = decode(request->arena, service_path_parameter(request, "request"));
    Time now = clock_now(certification->config.institution.clock);
    return answer(component, der, request, response, &reply, err) &&
           (reply.next_update <= now || tell_caches(&reply, now, request, response, err));
}
