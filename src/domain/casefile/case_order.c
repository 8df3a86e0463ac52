// SPDX-License-Identifier: Apache-2.0
//
// When things happened: each moment by its own institution's clock, deposits by the log's.
#include "domain/casefile/case_scene.h"

static const char order_clause[] = "JR/T 0299-2024 4";

typedef enum {
    MOMENT_DECISION,
    MOMENT_ISSUE,
    MOMENT_SIGNATURE,
    MOMENT_M6,
    MOMENT_M7,
    MOMENT_M8,
    MOMENT_MANIFEST,
    MOMENT_FILED,
    MOMENT_COUNT,
} MomentKind;

static const char *const moment_names[MOMENT_COUNT] = {
    "the identity decision", "the issue of the certificate",
    "the stamped signature", "the deposit M6",
    "the deposit M7",        "the deposit M8",
    "the manifest",          "the stamp of the manifest",
};

// What follows what. Deposits that are made together afterwards come after the signature, staged
// ones before it, so a deposit follows only what it is about and the deposit before.
static const struct {
    size_t count;
    MomentKind kinds[6];
} chains[] = {
    {6,
     {MOMENT_DECISION, MOMENT_ISSUE, MOMENT_SIGNATURE, MOMENT_M8, MOMENT_MANIFEST, MOMENT_FILED}},
    {4, {MOMENT_DECISION, MOMENT_M6, MOMENT_M7, MOMENT_M8}},
    {2, {MOMENT_ISSUE, MOMENT_M7}},
};

static Time received(const CaseScene *scene, size_t index)
{
    return scene->has_entry[index] ? scene->entries[index].received : 0;
}

// A moment against the latest before it, so that differences of clocks do not add up.
static void judge_chain(Verdict *verdict, const Time times[MOMENT_COUNT], const MomentKind *kinds,
                        size_t count)
{
    size_t latest = count;
    for (size_t i = 0; i < count; i++) {
        Time time = times[kinds[i]];
        if (time == 0) {
            continue;
        }
        if (latest < count) {
            char before[TIME_TEXT_SIZE], after[TIME_TEXT_SIZE];
            Time earlier = times[kinds[latest]];
            time_to_text(earlier, before);
            time_to_text(time, after);
            (void)verdict_require(verdict, earlier - time <= CASE_CLOCK_SKEW, AREA_TIME,
                                  "case.order", order_clause,
                                  "%s, %s, follows %s, %s; clocks may differ by %lld s",
                                  moment_names[kinds[i]], after, moment_names[kinds[latest]],
                                  before, (long long)(CASE_CLOCK_SKEW / TIME_SECOND));
        }
        latest = latest == count || time > times[kinds[latest]] ? i : latest;
    }
}

static void judge_pair(CaseScene *scene, size_t first, size_t second)
{
    const CaseLogPlace *a = &scene->places[first], *b = &scene->places[second];
    if (!scene->has_entry[first] || !scene->has_entry[second] ||
        !bytes_equal(a->origin, b->origin)) {
        return;  // entry_chain.* says what is missing; places in two logs have no order
    }
    (void)verdict_require(scene->verdict, a->index < b->index, AREA_COMPLETENESS,
                          "case.deposit_order", order_clause,
                          "the log has M%zu at %llu, after M%zu at %llu", second + 6,
                          (unsigned long long)b->index, first + 6, (unsigned long long)a->index);
}

void case_judge_order(CaseScene *scene)
{
    const Time times[MOMENT_COUNT] = {
        [MOMENT_DECISION] = scene->decision == NULL ? 0 : scene->decision->issued_at,
        [MOMENT_ISSUE] = scene->issued_at,
        [MOMENT_SIGNATURE] = scene->has_signature ? scene->signature.signing_time : 0,
        [MOMENT_M6] = received(scene, 0),
        [MOMENT_M7] = received(scene, 1),
        [MOMENT_M8] = received(scene, 2),
        [MOMENT_MANIFEST] = scene->content->created_at,
        [MOMENT_FILED] = scene->filed_at,
    };
    for (size_t i = 0; i < COUNT_OF(chains); i++) {
        judge_chain(scene->verdict, times, chains[i].kinds, chains[i].count);
    }
    judge_pair(scene, 0, 1);
    judge_pair(scene, 1, 2);
    judge_pair(scene, 0, 2);
}

void case_judge_deposit_time(CaseScene *scene, const Deposit *deposit, Time signed_at,
                             Time logged_at)
{
    char source[TIME_TEXT_SIZE], platform[TIME_TEXT_SIZE];
    Time newest = deposit->event_count == 0 ? signed_at : deposit->events[0].time;
    for (size_t i = 1; i < deposit->event_count; i++) {
        newest = deposit->events[i].time > newest ? deposit->events[i].time : newest;
    }
    Time late = logged_at - newest;
    bool is_odd = late < -CASE_CLOCK_SKEW || (late > CASE_CLOCK_SKEW && !deposit->is_batch);
    time_to_text(newest, source);
    time_to_text(logged_at, platform);
    verdict_add(scene->verdict, AREA_TIME, is_odd ? CHECK_INFORMED : CHECK_PASSED,
                "case.deposit_time", "JR/T 0299-2024 7.3",
                "%s: its newest event is of %s, the log received it at %s, %lld s later%s%s",
                deposit_stage_name(deposit->stage), source, platform,
                (long long)(late / TIME_SECOND),
                deposit->is_batch ? "; deposited together afterwards" : "",
                is_odd ? "; more than 300 s apart is an anomaly" : "");
}
