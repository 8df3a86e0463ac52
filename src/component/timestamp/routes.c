// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <strings.h>

#include "base/codec/hex.h"
#include "base/codec/pem.h"
#include "component/timestamp/authority.h"
#include "component/timestamp/records.h"
#include "domain/pki/timestamp.h"

enum { QUERY_MAX_SIZE = 4096, CHAIN_MAX_SIZE = 5 * CERTIFICATE_MAX_SIZE * 2 };

// Whoever is on the line has to be known, unless the configuration says otherwise; then strangers
// get only so much.
static bool check_caller(const TimestampAuthority *authority, const ServiceRequest *request,
                         ServiceResponse *response, Error *err)
{
    const char *role = request->caller.role;
    if (role[0] != '\0' && strcmp(role, SERVICE_PUBLIC) != 0) {
        return true;
    }
    if (authority->limit == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "timestamp_authority.caller", NULL,
                         "time stamps are given to callers with a certificate only");
    }
    if (!address_limit_take(authority->limit, request->address, clock_monotonic(), err)) {
        response->status = 429;
        return false;
    }
    return true;
}

// "application/timestamp-query", in any case and with parameters.
static bool is_query(const char *content_type)
{
    static const char type[] = TIMESTAMP_QUERY_MEDIA_TYPE;
    const char *end = content_type + sizeof type - 1;
    return strncasecmp(content_type, type, sizeof type - 1) == 0 &&
           (*end == '\0' || *end == ';' || *end == ' ');
}

// What is given out is in the archive before. Source: JR/T 0118-2015 6.4.6.
static bool keep(TimestampAuthority *authority, StampRow *row, Error *err)
{
    return !authority->config.keeps_archive ||
           store_write(authority->store, timestamp_records_keep, row, err);
}

// Build the token that answers a request; *ret_failure is what to answer when it fails.
static bool stamp(TimestampAuthority *authority, const TimestampRequest *asked, Time received,
                  Writer *ret, TimestampFailure *ret_failure, Error *err)
{
    uint8_t serial[SERIAL_SIZE];
    Time now;
    *ret_failure = TIMESTAMP_TIME_NOT_AVAILABLE;
    if (!clock_gate_take(&authority->gate, &now, err)) {
        return false;
    }
    *ret_failure = TIMESTAMP_SYSTEM_FAILURE;
    if (!certificate_is_valid_at(&authority->certificate, now)) {
        return error_set(err, ERROR_UNAVAILABLE, "timestamp_authority.certificate", "RFC 3161 4",
                         "the TSA's certificate is not valid now");
    }
    if (!serial_take(&authority->serials, now, serial, err)) {
        return false;
    }
    const TimestampTemplate template = {
        .request = asked,
        .policy = authority->config.policy,
        .serial = BYTES_OF_ARRAY(serial),
        .time = now,
        .accuracy_ms = authority->config.accuracy_ms,
        .tsa = &authority->certificate,
    };
    if (!timestamp_token_build(&template, authority->config.signer, ret, err)) {
        *ret_failure = strcmp(err->code, "timestamp.policy") == 0 ? TIMESTAMP_UNACCEPTED_POLICY
                                                                  : TIMESTAMP_SYSTEM_FAILURE;
        return false;
    }
    StampRow row = {.serial = BYTES_OF_ARRAY(serial),
                    .received_at = received,
                    .stored_at = now,
                    .token = writer_bytes(ret)};
    return keep(authority, &row, err);
}

// Answer a query, granted or not; `refusal` says why not.
static void answer_query(TimestampAuthority *authority, const ServiceRequest *request,
                         Writer *reply, Error *refusal)
{
    TimestampRequest asked;
    TimestampFailure failure;
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    if (!timestamp_request_parse(request->body, &asked, refusal)) {
        timestamp_rejection_encode(timestamp_failure_of(refusal), reply);
    } else if (!stamp(authority, &asked, request->received, &token, &failure, refusal)) {
        timestamp_rejection_encode(failure, reply);
    } else {
        timestamp_response_encode(writer_bytes(&token), reply);
    }
}

// Evidence of what was tried, by whoever it was.
static void note(TimestampAuthority *authority, const ServiceRequest *request, const Error *refusal)
{
    if (refusal->kind != ERROR_NONE) {
        refusal_tally_note(authority->refusals, "/v1/timestamp", request->caller.name,
                           refusal->code, request->received);
    }
}

// A request that cannot be granted is answered in the language of RFC 3161, with status 200.
static bool handle_timestamp(void *component, const ServiceRequest *request,
                             ServiceResponse *response, Error *err)
{
    TimestampAuthority *authority = component;
    Error refusal = {0};
    CLEANUP(writer_free) Writer reply = writer_new(TIMESTAMP_MAX_SIZE + 64);
    if (!check_caller(authority, request, response, err)) {
        note(authority, request, err);
        return false;
    }
    if (!is_query(request->content_type)) {
        response->status = 415;
        (void)error_set(err, ERROR_INPUT, "timestamp_authority.media_type", "RFC 3161 3.4",
                        "the body has to be " TIMESTAMP_QUERY_MEDIA_TYPE);
        note(authority, request, err);
        return false;
    }
    answer_query(authority, request, &reply, &refusal);
    note(authority, request, &refusal);
    Bytes body = arena_copy(request->arena, writer_bytes(&reply));
    if (reply.failed || body.data == NULL) {
        return error_memory(err);
    }
    service_reply_bytes(response, 200, TIMESTAMP_REPLY_MEDIA_TYPE, body);
    return true;
}

static bool handle_certificate(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    const TimestampAuthority *authority = component;
    CLEANUP(writer_free) Writer pem = writer_new(CHAIN_MAX_SIZE);
    pem_encode("CERTIFICATE", authority->certificate.der, &pem);
    for (size_t i = 0; i < authority->config.chain_count; i++) {
        pem_encode("CERTIFICATE", authority->config.chain[i], &pem);
    }
    Bytes body = arena_copy(request->arena, writer_bytes(&pem));
    if (pem.failed || body.data == NULL) {
        return error_memory(err);
    }
    service_reply_bytes(response, 200, "application/pem-certificate-chain", body);
    return true;
}

static bool handle_clock(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    TimestampAuthority *authority = component;
    Error why = {0};
    Time now = 0;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    bool is_trusted = clock_gate_take(&authority->gate, &now, &why);
    json_put_bool(body, "trusted", is_trusted);
    json_put_text(body, "code", why.code);
    json_put_text(body, "reason", why.text);
    if (authority->sources != NULL) {
        json_put(body, "servers", time_sources_to_json(authority->sources));
    }
    return service_reply_json(response, request->arena, 200, body, err);
}

static bool handle_stamp(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    TimestampAuthority *authority = component;
    StampRow row = {.arena = request->arena};
    const char *serial = service_path_parameter(request, "serial");
    CLEANUP(writer_free) Writer octets = writer_new(SERIAL_SIZE);
    if (strlen(serial) != 2 * SERIAL_SIZE || !hex_decode(bytes_of_text(serial), &octets, err)) {
        return error_set(err, ERROR_INPUT, "timestamp_authority.serial", NULL,
                         "a serial number is %d hexadecimal digits", 2 * SERIAL_SIZE);
    }
    row.serial = writer_bytes(&octets);
    if (!store_read(authority->store, timestamp_records_find, &row, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "serial", serial);
    json_put_time(body, "received_at", row.received_at);
    json_put_time(body, "stored_at", row.stored_at);
    json_put_base64(body, "token", row.token);
    return service_reply_json(response, request->arena, 200, body, err);
}

static bool handle_refusals(void *component, const ServiceRequest *request,
                            ServiceResponse *response, Error *err)
{
    TimestampAuthority *authority = component;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_t *rows = NULL;
    if (!refusal_tally_list(authority->refusals, &rows, err)) {
        return false;
    }
    json_put(body, "counted", rows);
    return service_reply_json(response, request->arena, 200, body, err);
}

const Route timestamp_routes[] = {
    {"POST", "/v1/timestamp", {SERVICE_ANYONE, SERVICE_PUBLIC}, QUERY_MAX_SIZE, handle_timestamp},
    {"GET", "/v1/certificate", {SERVICE_ANYONE, SERVICE_PUBLIC}, 0, handle_certificate},
    {"GET", "/v1/stamps/{serial}", {"operator"}, 0, handle_stamp},
    {"GET", "/v1/clock", {"operator"}, 0, handle_clock},
    {"GET", "/v1/refusals", {"operator"}, 0, handle_refusals},
};
const size_t timestamp_route_count = COUNT_OF(timestamp_routes);
