// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks of C5: deposits over mutual TLS, each signed by the depositor within the operation and
// answered with a receipt once it is durable and in a signed checkpoint.
#include <stdatomic.h>
#include <stdio.h>

#include "base/codec/hex.h"
#include "base/core/attributes.h"
#include "domain/evidence/receipt.h"
#include "domain/evidence/submission.h"
#include "domain/pki/statement_many.h"
#include "program/bench.h"
#include "program/bench_http.h"
#include "program/bench_place.h"
#include "program/file.h"
#include "program/host.h"
#include "program/keys.h"

enum {
    BATCH = 64,
    BATCH_CONNECTIONS = 3,  // of each thread: what is under way decides how long an answer takes
    SUBMISSION_MAX = 16 * 1024,
    BATCH_BODY_MAX = 4 * 1024 * 1024,
};

typedef struct {
    BenchPlace place;
    Host *host;
    KeyPair business;
    atomic_uint next;
    BenchHttpCheck *check;
    BenchHttp clients[BENCH_MAX_THREADS];
} DepositState;

static bool connect_clients(BenchRun *run, DepositState *state, Error *err)
{
    const Deployment *deployment = &state->place.deployment;
    const char *directory = deployment->places[COMPONENT_BUSINESS].directory;
    TlsFiles files = {.certificate_file = file_join(run->arena, directory, "tls.pem"),
                      .key_file = file_join(run->arena, directory, "tls.key"),
                      .authority_file = deployment->transport_authority};
    for (size_t i = 0; i < run->threads; i++) {
        if (!bench_https_connect(&state->clients[i], host_port(state->host, COMPONENT_PRESERVATION),
                                 &files, err)) {
            return false;
        }
    }
    return true;
}

static bool prepare(BenchRun *run, BenchHttpCheck *check, size_t connections, Error *err)
{
    DepositState *state = arena_alloc(run->arena, sizeof *state);
    if (state == NULL) {
        return error_memory(err);
    }
    run->state = state;
    state->check = check;
    for (size_t i = 0; i < run->threads; i++) {
        state->clients[i].connections = connections;
    }
    HostOptions options = {
        .deployment = &state->place.deployment, .clock = clock_system(), .random = random_system()};
    // As C1 and C2 are told to (signer: batch): who has many signs them side by side.
    KeySource files = {.is_batch = true, .random = random_system()};
    options.runs[COMPONENT_TIMESTAMP] = true;
    options.runs[COMPONENT_PRESERVATION] = true;
    return bench_place_open(&state->place, false, run->arena, err) &&
           key_pair_load(run->arena, state->place.deployment.places[COMPONENT_BUSINESS].directory,
                         "sign", &files, &state->business, err) &&
           host_start(&options, &state->host, err) && connect_clients(run, state, err);
}

static void finish(BenchRun *run)
{
    DepositState *state = run->state;
    if (state == NULL) {
        return;
    }
    for (size_t i = 0; i < run->threads; i++) {
        bench_http_close(&state->clients[i]);
    }
    host_stop(state->host);
    key_pair_free(&state->business);
    bench_place_close(&state->place);
}

// The identity record of a new authorization: three events, two documents by their digests.
static bool make_payload(DepositState *state, Arena *arena, Time now, Bytes *ret, Error *err)
{
    unsigned number = atomic_fetch_add(&state->next, 1);
    DepositEvent events[] = {
        {.time = now - 3 * TIME_SECOND, .type = "identity.id_card", .outcome = "passed"},
        {.time = now - 2 * TIME_SECOND, .type = "identity.liveness", .outcome = "passed"},
        {.time = now - TIME_SECOND, .type = "identity.decision", .outcome = "passed"},
    };
    DepositItem items[2];
    static const char *const names[] = {"decision.json", "face.jpg"};
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        items[i] =
            deposit_item_of(names[i], "application/octet-stream", bytes_of(&number, sizeof number));
        items[i].has_content = false;
        items[i].content = BYTES_EMPTY;
    }
    Deposit deposit = {
        .authorization_id = arena_format(arena, "bench-%08x-%08x", number * 2654435761U, number),
        .stage = DEPOSIT_M6,
        .system = "C1",
        .system_version = "1",
        .events = events,
        .event_count = COUNT_OF(events),
        .items = items,
        .item_count = COUNT_OF(items)};
    CLEANUP(writer_free) Writer payload = writer_new(SUBMISSION_MAX);
    if (!deposit_encode(&deposit, &payload, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&payload));
    return ret->data != NULL || error_memory(err);
}

// Deposits, each signed by itself, as who has many signs them.
static bool make_submissions(DepositState *state, Arena *arena, Bytes *ret, size_t count,
                             Error *err)
{
    StatementTemplate templates[BATCH];
    Sm2Signature signatures[BATCH];
    Time now = clock_now(clock_system());
    for (size_t i = 0; i < count; i++) {
        templates[i] = (StatementTemplate){
            .type = DEPOSIT_TYPE, .signed_at = now, .certificate = state->business.certificate.der};
        if (!make_payload(state, arena, now, &templates[i].payload, err)) {
            return false;
        }
    }
    if (!statement_sign_many(templates, count, &state->business.signer, signatures, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        CLEANUP(writer_free) Writer text = writer_new(SUBMISSION_MAX);
        statement_encode(&templates[i], &signatures[i], &text);
        ret[i] = arena_copy(arena, writer_bytes(&text));
        if (text.failed || ret[i].data == NULL) {
            return error_memory(err);
        }
    }
    return true;
}

static bool turn(BenchRun *run, size_t thread, const char *path, Bytes body, Arena *arena,
                 Error *err)
{
    DepositState *state = run->state;
    BenchHttp *client = &state->clients[thread];
    Bytes request;
    bool ok = bench_http_request(path, "application/json", body, arena, &request, err) &&
              bench_http_turn(client, request, state->check, err);
    run->measured[thread] = client->took;
    return ok;
}

static bool check_receipt(Bytes body, Error *err)
{
    return (bytes_start_with(body, BYTES_LITERAL("assent.receipt/1\n")) && body.len < 2048) ||
           error_set(err, ERROR_INTERNAL, "bench.answer", NULL, "no receipt below 2 KB");
}

static bool prepare_deposits(BenchRun *run, Error *err)
{
    return prepare(run, check_receipt, BENCH_HTTP_CONNECTIONS, err);
}

static bool operate_deposit(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    Bytes submission;
    return make_submissions(run->state, arena, &submission, 1, err) &&
           turn(run, thread, "/v1/deposits", submission, arena, err);
}

static bool check_receipts(Bytes body, Error *err)
{
    size_t count = 0;
    for (size_t at = 0; bytes_find(body, BYTES_LITERAL("assent.receipt/1"), at, &at); at++) {
        count++;
    }
    return count == BATCH ||
           error_set(err, ERROR_INTERNAL, "bench.answer", NULL, "%zu receipts", count);
}

static bool prepare_batches(BenchRun *run, Error *err)
{
    return prepare(run, check_receipts, BATCH_CONNECTIONS, err);
}

// One operation is BATCH deposits.
static bool operate_batch(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    CLEANUP(writer_free) Writer body = writer_new(BATCH_BODY_MAX);
    Bytes submissions[BATCH];
    if (!make_submissions(run->state, arena, submissions, BATCH, err)) {
        return false;
    }
    writer_put_text(&body, "{\"submissions\":[");
    for (size_t i = 0; i < BATCH; i++) {
        writer_put_text(&body, i == 0 ? "\"" : ",\"");
        base64_encode(submissions[i], &body);
        writer_put_text(&body, "\"");
    }
    writer_put_text(&body, "]}");
    return turn(run, thread, "/v1/deposit-batches", writer_bytes(&body), arena, err);
}

const BenchCase bench_deposit_cases[] = {
    {"deposits", "deposits at C5, signed one by one, over 32 connections of mutual TLS a thread", 2,
     prepare_deposits, operate_deposit, finish},
    {"deposit-batches",
     "requests of 64 deposits each to C5, over 3 connections of mutual TLS a thread", 2,
     prepare_batches, operate_batch, finish},
};

const size_t bench_deposit_case_count = COUNT_OF(bench_deposit_cases);
