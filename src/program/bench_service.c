// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks of the whole system: complete authorizations over mutual TLS, durable evidence.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/core/attributes.h"
#include "domain/casefile/case_verify.h"
#include "program/applicant.h"
#include "program/bench.h"
#include "program/bench_place.h"
#include "program/file.h"
#include "program/host.h"
#include "program/staff.h"

enum { BENCH_WORKERS = 24 };

// One client thread: its own connections, as a phone has.
typedef struct {
    Peer *staff, *terminal, *phone;
} BenchClient;

typedef struct {
    BenchPlace place;
    Host *host;
    ApplicantFile applicant;
    atomic_uint next_person;
    StaffOpening opening;  // of the authorization that reports and case are about
    Bytes case_file, agreement;
    const TrustStore *trust;
    BenchClient clients[BENCH_MAX_THREADS];
} ServiceState;

static bool start_host(BenchRun *run, ServiceState *state, Error *err)
{
    Time now = clock_now(clock_system());
    HostOptions options = {.deployment = &state->place.deployment,
                           .clock = clock_system(),
                           .random = random_system(),
                           .workers = BENCH_WORKERS};
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        options.runs[i] = true;
    }
    return applicant_file_parse(applicant_file_default(), run->arena, now, &state->applicant,
                                err) &&
           bench_place_open(&state->place, true, run->arena, err) &&
           host_start(&options, &state->host, err);
}

static bool connect_clients(BenchRun *run, ServiceState *state, Error *err)
{
    for (size_t i = 0; i < run->threads; i++) {
        BenchClient *client = &state->clients[i];
        if (!host_connect(state->host, COMPONENT_BUSINESS, "operator", &client->staff, err) ||
            !host_connect(state->host, COMPONENT_BUSINESS, "terminal", &client->terminal, err) ||
            !host_connect(state->host, COMPONENT_SANDBOX, "terminal", &client->phone, err)) {
            return false;
        }
    }
    return true;
}

static bool prepare(BenchRun *run, Error *err)
{
    ServiceState *state = arena_alloc(run->arena, sizeof *state);
    if (state == NULL) {
        return error_memory(err);
    }
    run->state = state;
    return start_host(run, state, err) && connect_clients(run, state, err);
}

static void finish(BenchRun *run)
{
    ServiceState *state = run->state;
    if (state == NULL) {
        return;
    }
    for (size_t i = 0; i < run->threads; i++) {
        peer_free(state->clients[i].staff);
        peer_free(state->clients[i].terminal);
        peer_free(state->clients[i].phone);
    }
    host_stop(state->host);
    bench_place_close(&state->place);
}

// One complete authorization by a person of its own.
static bool authorize(ServiceState *state, size_t thread, Arena *arena, StaffOpening *ret,
                      Error *err)
{
    const BenchClient *client = &state->clients[thread];
    ApplicantFile applicant;
    TerminalResult result;
    if (!applicant_of_number(atomic_fetch_add(&state->next_person, 1), &state->applicant, arena,
                             &applicant, err)) {
        return false;
    }
    ScriptedPerson script = {.applicant = &applicant, .sandbox = client->phone};
    scripted_person(&script, &applicant.person);
    if (!staff_open(client->staff, &applicant.offer, arena, ret, err)) {
        return false;
    }
    TerminalConfig config = {.business = client->terminal,
                             .token = ret->token,
                             .person = &applicant.person,
                             .clock = clock_system(),
                             .random = random_system()};
    return terminal_run(&config, arena, &result, err);
}

static bool operate_authorize(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    StaffOpening opening;
    return authorize(run->state, thread, arena, &opening, err);
}

// --- reports and case files -------------------------------------------------------------------

static bool prepare_authorization(BenchRun *run, Error *err)
{
    if (!prepare(run, err)) {
        return false;
    }
    ServiceState *state = run->state;
    return authorize(state, 0, run->arena, &state->opening, err);
}

// A new case each time: reports that were issued for a case are only fetched again.
static bool operate_report(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    ServiceState *state = run->state;
    char number[32];
    snprintf(number, sizeof number, "BENCH-%u", atomic_fetch_add(&state->next_person, 1));
    return staff_reports(state->clients[thread].staff, state->opening.authorization_id, number,
                         arena, err);
}

static bool prepare_case(BenchRun *run, Error *err)
{
    if (!prepare_authorization(run, err)) {
        return false;
    }
    ServiceState *state = run->state;
    const char *id = state->opening.authorization_id;
    TrustStore *trust = NULL;
    bool ok =
        staff_reports(state->clients[0].staff, id, "BENCH-1", run->arena, err) &&
        staff_fetch(state->clients[0].staff, id, "case", run->arena, &state->case_file, err) &&
        trust_directory_load(run->arena, state->place.deployment.trust, &trust, err);
    state->trust = trust;
    return ok;
}

static bool prepare_agreement(BenchRun *run, Error *err)
{
    CaseFile *file = arena_alloc(run->arena, sizeof *file);
    if (file == NULL) {
        return error_memory(err);
    }
    if (!prepare_case(run, err)) {
        return false;
    }
    ServiceState *state = run->state;
    if (!case_file_parse(run->arena, state->case_file, file, err)) {
        return false;
    }
    state->agreement = file->content.parts[CASE_AGREEMENT];
    // The list that says of the person's certificate that it was not revoked is in the case file.
    TrustStore *trust = trust_store_extend(run->arena, state->trust);
    state->trust = trust;
    return trust == NULL ? error_memory(err)
                         : trust_store_add_crls(trust, file->content.parts[CASE_CRL], err);
}

static bool not_valid(const Verdict *verdict, Error *err)
{
    const VerdictCheck *reason = verdict_reason(verdict);
    return error_set(err, ERROR_UNTRUSTED, reason == NULL ? "" : reason->code, NULL,
                     "what was made does not verify");
}

static bool operate_verify_case(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    const ServiceState *state = run->state;
    Verdict verdict = verdict_new(arena);
    VerificationPolicy policy = {.trust = state->trust,
                                 .at = clock_now(clock_system()),
                                 .institutions = REVOCATION_IF_GIVEN};
    (void)thread;
    return case_verify(state->case_file, &policy, &verdict, NULL) || not_valid(&verdict, err);
}

static bool operate_verify_pdf(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    const ServiceState *state = run->state;
    Verdict verdict = verdict_new(arena);
    VerificationPolicy policy = {.trust = state->trust,
                                 .at = clock_now(clock_system()),
                                 .institutions = REVOCATION_IF_GIVEN};
    (void)thread;
    return sealed_pdf_verify(state->agreement, &policy, &verdict, NULL) || not_valid(&verdict, err);
}

const BenchCase bench_service_cases[] = {
    {"authorize", "complete authorizations, M1 to M8, over mutual TLS", 32, prepare,
     operate_authorize, finish},
    {"report", "sets of the reports A, B and C, each sealed by its issuer", 1,
     prepare_authorization, operate_report, finish},
    {"verify-case", "offline judgements of a case file with its reports", 1, prepare_case,
     operate_verify_case, finish},
    {"verify-pdf", "offline judgements of a sealed agreement", 1, prepare_agreement,
     operate_verify_pdf, finish},
};

const size_t bench_service_case_count = COUNT_OF(bench_service_cases);
