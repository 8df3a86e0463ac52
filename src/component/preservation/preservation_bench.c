// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/preservation_bench.h"

#include <pthread.h>
#include <stdlib.h>

#include "component/preservation/preservation_fixture.h"

static const size_t ARENA_LIMIT = (size_t)2 * 1024 * 1024 * 1024;

typedef struct {
    Peer *peer;
    const Bytes *submissions;
    unsigned count;
    Time *latencies;
    bool ok;
    Error err;
} Caller;

static void *deposit_all(void *state)
{
    Caller *caller = state;
    caller->ok = true;
    for (unsigned i = 0; i < caller->count && caller->ok; i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        PeerRequest request = {.method = "POST",
                               .target = "/v1/deposits",
                               .content_type = "application/json",
                               .body = caller->submissions[i]};
        PeerResponse response;
        Time start = clock_monotonic();
        caller->ok = arena == NULL
                         ? error_memory(&caller->err)
                         : peer_call(caller->peer, &request, arena, &response, &caller->err);
        caller->latencies[i] = clock_monotonic() - start;
    }
    return NULL;
}

static bool make_submissions(PreservationFixture *fixture, unsigned count, Arena *arena, Bytes *ret,
                             Error *err)
{
    DepositEvent event = {.time = fixture->now, .type = "identity.liveness", .outcome = "passed"};
    DepositItem item = deposit_item_of("decision.json", "application/json",
                                       BYTES_LITERAL("{\"decision\":\"passed\",\"measures\":"
                                                     "[\"id_card\",\"liveness\",\"operator\"]}"));
    Deposit deposit = {.stage = DEPOSIT_M6,
                       .system = "bench",
                       .events = &event,
                       .event_count = 1,
                       .items = &item,
                       .item_count = 1};
    for (unsigned i = 0; i < count; i++) {
        deposit.authorization_id = arena_format(arena, "bench-%u", i);
        if (deposit.authorization_id == NULL) {
            return error_memory(err);
        }
        if (!fixture_submission(&fixture->business, &deposit, fixture->now, arena, &ret[i], err)) {
            return false;
        }
    }
    return true;
}

static bool run_callers(PreservationFixture *fixture, unsigned callers, unsigned each,
                        const Bytes *submissions, Time *latencies, Error *err)
{
    Caller all[PRESERVATION_BENCH_MAX_CALLERS];
    pthread_t threads[PRESERVATION_BENCH_MAX_CALLERS];
    unsigned started = 0;
    for (; started < callers; started++) {
        size_t first = (size_t)started * each;
        all[started] = (Caller){.peer = fixture->c1,
                                .submissions = submissions + first,
                                .count = each,
                                .latencies = latencies + first};
        if (pthread_create(&threads[started], NULL, deposit_all, &all[started]) != 0) {
            break;
        }
    }
    bool ok = started == callers ||
              error_set(err, ERROR_INTERNAL, "bench.thread", NULL, "cannot start a thread");
    for (unsigned i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        if (ok && !all[i].ok) {
            *err = all[i].err;
            ok = false;
        }
    }
    return ok;
}

static int compare_times(const void *a, const void *b)
{
    const Time *x = a;
    const Time *y = b;
    return (*x > *y) - (*x < *y);
}

bool preservation_bench(const char *directory, unsigned callers, unsigned each,
                        PreservationBenchResult *ret, Error *err)
{
    if (callers == 0 || callers > PRESERVATION_BENCH_MAX_CALLERS || each == 0 || each > 100000) {
        return error_set(err, ERROR_INPUT, "bench.plan", NULL, "the plan is out of range");
    }
    CLEANUP(preservation_fixture_free) PreservationFixture fixture = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_LIMIT);
    unsigned count = callers * each;
    Bytes *submissions = arena == NULL ? NULL : arena_alloc(arena, count * sizeof *submissions);
    Time *latencies = submissions == NULL ? NULL : arena_alloc(arena, count * sizeof *latencies);
    if (latencies == NULL) {
        return error_memory(err);
    }
    if (!preservation_fixture_make(&fixture, directory, err) ||
        !make_submissions(&fixture, count, arena, submissions, err)) {
        return false;
    }
    Time start = clock_monotonic();
    if (!run_callers(&fixture, callers, each, submissions, latencies, err)) {
        return false;
    }
    PreservationBenchResult result = {.deposits = count, .elapsed = clock_monotonic() - start};
    qsort(latencies, count, sizeof *latencies, compare_times);
    result.median = latencies[count / 2];
    result.p99 = latencies[(size_t)count * 99 / 100];
    *ret = result;
    return true;
}
