// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks of the OCSP responder: answers that were signed before and answers signed for a
// nonce, over kept-alive HTTP connections without TLS and within the process.
#include <stdatomic.h>
#include <string.h>

#include "base/core/attributes.h"
#include "base/net/service_dispatch.h"
#include "component/port/certification.h"
#include "domain/pki/ocsp_response.h"
#include "program/bench.h"
#include "program/bench_http.h"
#include "program/bench_place.h"
#include "program/host_state.h"
#include "program/keys.h"

enum {
    BENCH_WORKERS = 2,
    CERTIFICATES = 256,
    NONCE_SIZE = 32,
};

typedef struct {
    BenchPlace place;
    Host *host;
    KeyPair registrar, ca;
    Bytes ids[CERTIFICATES];
    Bytes requests[CERTIFICATES];
    Bytes http[CERTIFICATES];
    atomic_uint next;
    BenchHttp clients[BENCH_MAX_THREADS];
} OcspState;

// --- the CA -----------------------------------------------------------------------------------

static bool start_host(BenchRun *run, OcspState *state, Error *err)
{
    HostOptions options = {.deployment = &state->place.deployment,
                           .clock = clock_system(),
                           .random = random_system(),
                           .workers = BENCH_WORKERS};
    KeySource files = {.random = random_system()};
    options.runs[COMPONENT_CERTIFICATION] = true;
    options.runs[COMPONENT_PRESERVATION] = true;  // where each issue is logged
    options.runs[COMPONENT_TIMESTAMP] = true;
    return bench_place_open(&state->place, false, run->arena, err) &&
           key_pair_load(run->arena,
                         state->place.deployment.places[COMPONENT_REGISTRATION].directory, "sign",
                         &files, &state->registrar, err) &&
           key_pair_load(run->arena,
                         state->place.deployment.places[COMPONENT_CERTIFICATION].directory, "ca",
                         &files, &state->ca, err) &&
           host_start(&options, &state->host, err);
}

static bool issue(const CertificationPort *port, unsigned number, Arena *arena, Certificate *ret,
                  Error *err)
{
    CertificationRequest request = {.request_id = arena_format(arena, "bench-%u", number),
                                    .profile = "scenario",
                                    .common_name = "张三",
                                    .serial_number = arena_format(arena, "P-%010u", number),
                                    .carrier = "terminal"};
    CertificationResult result;
    Bytes statement;
    return bench_csr(arena, &request.csr, err) &&
           port->issue(port, &request, arena, &result, &statement, err) &&
           certificate_parse(result.certificate, ret, err);
}

// The request for one certificate; with a nonce it is written anew each time.
static bool put_request(const OcspState *state, size_t index, Bytes nonce, Arena *arena, Bytes *ret,
                        Error *err)
{
    CLEANUP(writer_free) Writer der = writer_new(OCSP_REQUEST_MAX_SIZE);
    ocsp_request_encode(&state->ids[index], 1, nonce, &der);
    *ret = arena_copy(arena, writer_bytes(&der));
    return ret->data != NULL || error_memory(err);
}

static bool put_http(Bytes request, Arena *arena, Bytes *ret, Error *err)
{
    return bench_http_request("/v1/ocsp", OCSP_REQUEST_MEDIA_TYPE, request, arena, ret, err);
}

static bool issue_all(BenchRun *run, OcspState *state, Error *err)
{
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    OcspIssuer issuer;
    if (!host_connect(state->host, COMPONENT_CERTIFICATION, "registration", &peer, err) ||
        !ocsp_issuer_hash(&state->ca.certificate, OCSP_HASH_SM3, &issuer, err)) {
        return false;
    }
    const CertificationPort port = certification_port_of_peer(
        peer,
        (Institution){&state->registrar.signer, state->registrar.certificate.der, clock_system()});
    for (unsigned i = 0; i < CERTIFICATES; i++) {
        Certificate certificate;
        CLEANUP(writer_free) Writer id = writer_new(1024);
        if (!issue(&port, i, run->arena, &certificate, err)) {
            return false;
        }
        ocsp_certificate_id_put(&issuer, certificate.serial, &id);
        state->ids[i] = arena_copy(run->arena, writer_bytes(&id));
        if (!put_request(state, i, BYTES_EMPTY, run->arena, &state->requests[i], err) ||
            !put_http(state->requests[i], run->arena, &state->http[i], err)) {
            return false;
        }
    }
    return true;
}

static bool prepare(BenchRun *run, Error *err)
{
    OcspState *state = arena_alloc(run->arena, sizeof *state);
    if (state == NULL) {
        return error_memory(err);
    }
    run->state = state;
    return start_host(run, state, err) && issue_all(run, state, err);
}

static void finish(BenchRun *run)
{
    OcspState *state = run->state;
    if (state == NULL) {
        return;
    }
    for (size_t i = 0; i < run->threads; i++) {
        bench_http_close(&state->clients[i]);
    }
    host_stop(state->host);
    key_pair_free(&state->registrar);
    key_pair_free(&state->ca);
    bench_place_close(&state->place);
}

static size_t next_index(OcspState *state)
{
    return atomic_fetch_add_explicit(&state->next, 1, memory_order_relaxed) % CERTIFICATES;
}

static bool check_answer(Bytes der, Error *err)
{
    OcspResponse response;
    return (ocsp_response_parse(der, &response, err) && response.status == OCSP_SUCCESSFUL) ||
           error_set(err, ERROR_INTERNAL, "bench.answer", NULL, "the responder gave no answer");
}

// --- over HTTP --------------------------------------------------------------------------------

static bool prepare_http(BenchRun *run, Error *err)
{
    if (!prepare(run, err)) {
        return false;
    }
    OcspState *state = run->state;
    uint16_t port = host_public_port(state->host, COMPONENT_CERTIFICATION);
    for (size_t i = 0; i < run->threads; i++) {
        if (!bench_http_connect(&state->clients[i], port, err)) {
            return false;
        }
    }
    return true;
}

static bool operate_http(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    OcspState *state = run->state;
    (void)arena;
    return bench_http_turn(&state->clients[thread], state->http[next_index(state)], check_answer,
                           err);
}

static bool make_fresh(OcspState *state, Arena *arena, Bytes *ret, Error *err)
{
    uint8_t nonce[NONCE_SIZE];
    return random_fill(random_system(), nonce, sizeof nonce, err) &&
           put_request(state, next_index(state), BYTES_OF_ARRAY(nonce), arena, ret, err);
}

static bool operate_http_fresh(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    OcspState *state = run->state;
    Bytes request, http;
    return make_fresh(state, arena, &request, err) && put_http(request, arena, &http, err) &&
           bench_http_turn(&state->clients[thread], http, check_answer, err);
}

// --- within the process -----------------------------------------------------------------------

static bool dispatch(const OcspState *state, Bytes body, Arena *arena, Error *err)
{
    ServiceRequest request = {.method = "POST",
                              .path = "/v1/ocsp",
                              .content_type = OCSP_REQUEST_MEDIA_TYPE,
                              .body = body,
                              .caller = {SERVICE_PUBLIC, "", "", ""},
                              .request_id = "",
                              .arena = arena};
    ServiceResponse response;
    service_dispatch(state->host->services[COMPONENT_CERTIFICATION], &request, &response);
    return check_answer(response.body, err);
}

static bool operate_process(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    OcspState *state = run->state;
    (void)thread;
    return dispatch(state, state->requests[next_index(state)], arena, err);
}

static bool operate_process_fresh(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    OcspState *state = run->state;
    Bytes request;
    (void)thread;
    return make_fresh(state, arena, &request, err) && dispatch(state, request, arena, err);
}

const BenchCase bench_ocsp_cases[] = {
    {"ocsp", "OCSP answers that were signed before, over HTTP", 2, prepare_http, operate_http,
     finish},
    {"ocsp-fresh", "OCSP answers signed for a nonce, over HTTP", 2, prepare_http,
     operate_http_fresh, finish},
    {"ocsp-process", "OCSP answers that were signed before, without HTTP", 2, prepare,
     operate_process, finish},
    {"ocsp-process-fresh", "OCSP answers signed for a nonce, without HTTP", 2, prepare,
     operate_process_fresh, finish},
};

const size_t bench_ocsp_case_count = COUNT_OF(bench_ocsp_cases);
