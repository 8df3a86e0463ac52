// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks of the CA's side: certificates through C2, certificates straight from C3, time stamps,
// each over mutual TLS with durable records.
#include <stdatomic.h>
#include <stdio.h>

#include "base/codec/hex.h"
#include "base/core/attributes.h"
#include "component/port/certification.h"
#include "component/port/registration.h"
#include "component/port/timestamp.h"
#include "domain/identity/decision.h"
#include "domain/pki/statement_many.h"
#include "domain/pki/timestamp.h"
#include "program/bench.h"
#include "program/bench_http.h"
#include "program/bench_place.h"
#include "program/host.h"
#include "program/keys.h"

enum {
    BENCH_WORKERS = 32,  // as many as clients, so that all of them share durable writes
    BULK = 400,
    BULK_BODY_SIZE = 8 * 1024 * 1024,
    STRANGERS_PER_SECOND = 400000,
};

// One client thread: its own connections.
typedef struct {
    Peer *registration, *certification, *timestamp;
    BenchHttp http;
} BenchClient;

typedef struct {
    BenchPlace place;
    Host *host;
    KeyPair business, registrar;
    atomic_uint next;
    BenchClient clients[BENCH_MAX_THREADS];
} AuthorityState;

// As docs/performance.md advises where many ask at the same time: signer: batch.
static bool use_lanes(Deployment *deployment)
{
    static const KeyPlace lanes[] = {
        {.name = "ca", .holder = KEY_IN_BATCH, .library = "", .password_variable = ""},
        {.name = "sign", .holder = KEY_IN_BATCH, .library = "", .password_variable = ""},
    };
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        deployment->places[i].keys = lanes;
        deployment->places[i].key_count = COUNT_OF(lanes);
        deployment->places[i].anonymous_per_second = STRANGERS_PER_SECOND;
    }
    return true;
}

static bool start_host(BenchRun *run, AuthorityState *state, Error *err)
{
    HostOptions options = {.deployment = &state->place.deployment,
                           .clock = clock_system(),
                           .random = random_system(),
                           .workers = BENCH_WORKERS};
    // A bank that registers many persons at a time signs together, too.
    KeySource files = {.is_batch = true, .random = random_system()};
    options.runs[COMPONENT_TIMESTAMP] = true;
    options.runs[COMPONENT_CERTIFICATION] = true;
    options.runs[COMPONENT_PRESERVATION] = true;
    options.runs[COMPONENT_REGISTRATION] = true;
    return bench_place_open(&state->place, false, run->arena, err) &&
           use_lanes(&state->place.deployment) &&
           key_pair_load(run->arena, state->place.deployment.places[COMPONENT_BUSINESS].directory,
                         "sign", &files, &state->business, err) &&
           key_pair_load(run->arena,
                         state->place.deployment.places[COMPONENT_REGISTRATION].directory, "sign",
                         &files, &state->registrar, err) &&
           host_start(&options, &state->host, err);
}

static bool connect_clients(BenchRun *run, AuthorityState *state, Error *err)
{
    for (size_t i = 0; i < run->threads; i++) {
        BenchClient *client = &state->clients[i];
        if (!host_connect(state->host, COMPONENT_REGISTRATION, "business", &client->registration,
                          err) ||
            !host_connect(state->host, COMPONENT_CERTIFICATION, "registration",
                          &client->certification, err) ||
            !host_connect(state->host, COMPONENT_TIMESTAMP, "business", &client->timestamp, err)) {
            return false;
        }
    }
    return true;
}

static bool prepare(BenchRun *run, Error *err)
{
    AuthorityState *state = arena_alloc(run->arena, sizeof *state);
    if (state == NULL) {
        return error_memory(err);
    }
    run->state = state;
    return start_host(run, state, err) && connect_clients(run, state, err);
}

static void finish(BenchRun *run)
{
    AuthorityState *state = run->state;
    if (state == NULL) {
        return;
    }
    for (size_t i = 0; i < run->threads; i++) {
        peer_free(state->clients[i].registration);
        peer_free(state->clients[i].certification);
        peer_free(state->clients[i].timestamp);
        bench_http_close(&state->clients[i].http);
    }
    host_stop(state->host);
    key_pair_free(&state->business);
    key_pair_free(&state->registrar);
    bench_place_close(&state->place);
}

// --- straight from C3 -------------------------------------------------------------------------

static bool operate_issue(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    AuthorityState *state = run->state;
    unsigned number = atomic_fetch_add(&state->next, 1);
    CertificationRequest request = {
        .request_id = arena_format(arena, "bench-%u", number),
        .profile = "scenario",
        .common_name = "张三",
        .serial_number = arena_format(arena, "P-%010u", number),
        .carrier = STORAGE_TERMINAL,
    };
    CertificationResult result;
    Bytes statement;
    CertificationPort port = certification_port_of_peer(
        state->clients[thread].certification,
        (Institution){&state->registrar.signer, state->registrar.certificate.der, clock_system()});
    return bench_csr(arena, &request.csr, err) &&
           port.issue(&port, &request, arena, &result, &statement, err);
}

// --- in bulk ----------------------------------------------------------------------------------

static bool state_request(const Institution *bank, unsigned number, Bytes csr, Arena *arena,
                          StatementTemplate *ret, Error *err)
{
    CertificationRequest request = {
        .request_id = arena_format(arena, "bench-%u", number),
        .profile = "scenario",
        .csr = csr,
        .common_name = "张三",
        .serial_number = arena_format(arena, "P-%010u", number),
        .carrier = STORAGE_TERMINAL,
    };
    CLEANUP(json_cleanup) json_t *payload = certification_request_to_json(&request);
    *ret = (StatementTemplate){.type = CERTIFICATION_REQUEST_TYPE,
                               .signed_at = clock_now(bank->clock),
                               .certificate = bank->certificate};
    return json_text(arena, payload, &ret->payload, err);
}

static bool put_requests(const Institution *bank, unsigned first, Arena *arena, Writer *ret,
                         Error *err)
{
    Bytes csrs[BULK];
    StatementTemplate requests[BULK];
    Sm2Signature signatures[BULK];
    if (!bench_csrs(arena, BULK, csrs, err)) {
        return false;
    }
    for (unsigned i = 0; i < BULK; i++) {
        if (!state_request(bank, first + i, csrs[i], arena, &requests[i], err)) {
            return false;
        }
    }
    if (!statement_sign_many(requests, BULK, bank->signer, signatures, err)) {
        return false;
    }
    for (unsigned i = 0; i < BULK; i++) {
        statement_encode(&requests[i], &signatures[i], ret);
        writer_put_u8(ret, '\n');
    }
    return !ret->failed || error_memory(err);
}

// One operation is BULK certificates; the requests are made by the client within it.
static bool operate_bulk(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    AuthorityState *state = run->state;
    Institution bank = {&state->registrar.signer, state->registrar.certificate.der, clock_system()};
    unsigned first = atomic_fetch_add(&state->next, BULK);
    CLEANUP(writer_free) Writer body = writer_new(BULK_BODY_SIZE);
    if (!put_requests(&bank, first, arena, &body, err)) {
        return false;
    }
    PeerRequest request = {.method = "POST",
                           .target = "/v1/certificates/bulk",
                           .content_type = "application/x-ndjson",
                           .body = writer_bytes(&body)};
    PeerResponse response;
    size_t at = 0;
    if (!peer_call(state->clients[thread].certification, &request, arena, &response, err)) {
        return false;
    }
    return !bytes_find(response.body, BYTES_LITERAL("{\"error\":"), 0, &at) ||
           error_set(err, ERROR_INTERNAL, "bench.bulk", NULL, "a certificate was refused");
}

// --- through C2 -------------------------------------------------------------------------------

// What C1 says about the person before: an identity decision, which C2 checks.
static bool state_decision(const Institution *bank, unsigned number, Sm3Digest salt, Arena *arena,
                           Bytes *ret, Error *err)
{
    IdentityDecision decision = {
        .holder_name = person_name_commitment("张三", sm3_bytes(&salt)),
        .policy_id = "one-plus-x",
        .policy_version = "1.0.0",
        .outcome = IDENTITY_PASS,
        .reasons = {"identity.passed"},
        .reason_count = 1,
        .issued_at = clock_now(clock_system()) - TIME_SECOND,
        .expires_at = clock_now(clock_system()) + TIME_HOUR,
    };
    snprintf(decision.id, sizeof decision.id, "decision-%u", number);
    snprintf(decision.authorization_id, sizeof decision.authorization_id, "authorization-%u",
             number);
    CLEANUP(writer_free) Writer payload = writer_new(DECISION_MAX_SIZE);
    CLEANUP(writer_free) Writer statement = writer_new(DECISION_MAX_SIZE * 2);
    if (!identity_decision_encode(&decision, &payload, err)) {
        return false;
    }
    StatementTemplate template = {IDENTITY_DECISION_TYPE, writer_bytes(&payload),
                                  clock_now(clock_system()), bank->certificate};
    if (!statement_sign(&template, bank->signer, &statement, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&statement));
    return ret->data != NULL || error_memory(err);
}

static bool operate_apply(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    AuthorityState *state = run->state;
    unsigned number = atomic_fetch_add(&state->next, 1);
    Institution bank = {&state->business.signer, state->business.certificate.der, clock_system()};
    RegistrationPort port = registration_port_of_peer(state->clients[thread].registration, bank);
    Sm3Digest salt = person_name_salt(BYTES_LITERAL("00112233445566778899aabbccddeeff"));
    Sm3Digest index = sm3_digest(bytes_of(&number, sizeof number));
    RegistrationRequest request = {
        .request_id = arena_format(arena, "bench-%u", number),
        .authorization_id = arena_format(arena, "authorization-%u", number),
        .holder_name = "张三",
        .holder_salt = hex_text(arena, sm3_bytes(&salt)),
        .holder_index = hex_text(arena, sm3_bytes(&index)),
        .notice_id = "certificate_application",
        .notice_version = "1",
        .notice_digest = sm3_digest(BYTES_LITERAL("notice")),
        .notice_acknowledged_at = clock_now(clock_system()) - TIME_SECOND,
        .storage = STORAGE_TERMINAL,
    };
    RegistrationResult result;
    return state_decision(&bank, number, salt, arena, &request.decision, err) &&
           bench_csr(arena, &request.csr, err) && port.apply(&port, &request, arena, &result, err);
}

// --- time stamps ------------------------------------------------------------------------------

static bool operate_stamp(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    AuthorityState *state = run->state;
    unsigned number = atomic_fetch_add(&state->next, 1);
    Sm3Digest digest = sm3_digest(bytes_of(&number, sizeof number));
    TimestampPort port = timestamp_port_of_peer(state->clients[thread].timestamp, random_system());
    Bytes token;
    return port.stamp(&port, &digest, arena, &token, err);
}

static bool check_stamp(Bytes body, Error *err)
{
    TimestampResponse response;
    return (timestamp_response_parse(body, &response, err) && response.token.len > 0) ||
           error_set(err, ERROR_INTERNAL, "bench.answer", NULL, "the authority gave no stamp");
}

// As strangers ask: without TLS, over connections that are kept.
static bool prepare_public(BenchRun *run, Error *err)
{
    if (!prepare(run, err)) {
        return false;
    }
    AuthorityState *state = run->state;
    uint16_t port = host_public_port(state->host, COMPONENT_TIMESTAMP);
    for (size_t i = 0; i < run->threads; i++) {
        if (!bench_http_connect(&state->clients[i].http, port, err)) {
            return false;
        }
    }
    return true;
}

static bool operate_public_stamp(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    AuthorityState *state = run->state;
    unsigned number = atomic_fetch_add(&state->next, 1);
    Sm3Digest digest = sm3_digest(bytes_of(&number, sizeof number));
    TimestampRequest asked = timestamp_request_over(&digest, false);
    Bytes request;
    CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_request_encode(&asked, &der);
    return bench_http_request("/v1/timestamp", TIMESTAMP_QUERY_MEDIA_TYPE, writer_bytes(&der),
                              arena, &request, err) &&
           bench_http_turn(&state->clients[thread].http, request, check_stamp, err);
}

const BenchCase bench_authority_cases[] = {
    {"certificates", "bulk requests of 400 certificates to C3 over mutual TLS, durable", 3, prepare,
     operate_bulk, finish},
    {"certificate", "certificates issued by C3, each asked for over mutual TLS, durable", 32,
     prepare, operate_issue, finish},
    {"certificate-apply", "certificates applied for at C2 over mutual TLS, issued by C3, durable",
     32, prepare, operate_apply, finish},
    {"timestamps", "time stamps over mutual TLS, with durable serial numbers", 16, prepare,
     operate_stamp, finish},
    {"timestamps-http", "time stamps over plain HTTP, with durable serial numbers", 2,
     prepare_public, operate_public_stamp, finish},
};

const size_t bench_authority_case_count = COUNT_OF(bench_authority_cases);
