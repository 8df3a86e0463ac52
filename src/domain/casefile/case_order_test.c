// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/casefile/case_scene.h"

static const Time start = 1795593600 * TIME_SECOND;

// A case in which everything happened a minute after what it follows.
typedef struct {
    Arena *arena;
    Verdict verdict;
    CaseContent content;
    IdentityDecision decision;
    CaseScene scene;
} Order;

static void order_make(Order *order)
{
    *order = (Order){.arena = arena_new(ARENA_DEFAULT_LIMIT)};
    order->verdict = verdict_new(order->arena);
    order->decision.issued_at = start;
    order->content.created_at = start + 6 * TIME_MINUTE;
    CaseScene *scene = &order->scene;
    scene->verdict = &order->verdict;
    scene->content = &order->content;
    scene->decision = &order->decision;
    scene->issued_at = start + TIME_MINUTE;
    scene->has_signature = true;
    scene->signature.signing_time = start + 2 * TIME_MINUTE;
    scene->filed_at = start + 7 * TIME_MINUTE;
    for (size_t i = 0; i < CASE_DEPOSITS; i++) {
        scene->has_entry[i] = true;
        scene->entries[i].received = start + (Time)(i + 3) * TIME_MINUTE;
        scene->places[i] = (CaseLogPlace){BYTES_LITERAL("log"), 10 + i};
    }
}

static void order_free(Order *order)
{
    arena_free(order->arena);
}

static const VerdictCheck *last_of(const Order *order, const char *code, CheckOutcome outcome)
{
    const VerdictCheck *found = NULL;
    for (const VerdictCheck *c = order->verdict.first; c != NULL; c = c->next) {
        found = strcmp(c->code, code) == 0 && c->outcome == outcome ? c : found;
    }
    return found;
}

static bool says(const VerdictCheck *check, const char *text)
{
    return check != NULL && strstr(check->detail, text) != NULL && check->clause[0] != '\0';
}

// Covers: JR/T 0299-2024 4.
TEST(what_happened_in_order_passes_and_every_step_states_both_times)
{
    CLEANUP(order_free) Order order;
    order_make(&order);
    case_judge_order(&order.scene);
    CHECK_INT(verdict_outcome(&order.verdict), CHECK_PASSED);
    const VerdictCheck *last = last_of(&order, "case.order", CHECK_PASSED);
    CHECK(says(last,
               "the deposit M7, 2026-11-25T08:04:00Z, follows the issue of the certificate, "
               "2026-11-25T08:01:00Z"));
}

TEST(each_moment_may_lie_300_s_before_the_one_it_follows_and_not_more)
{
    static const struct {
        size_t offset;  // of the moment in Order
        const char *text;
        Time follows;
    } rows[] = {
        {offsetof(Order, scene.issued_at), "the issue of the certificate,", 0},
        {offsetof(Order, scene.signature.signing_time), "the stamped signature,", 1},
        {offsetof(Order, scene.entries[0].received), "the deposit M6,", 0},
        {offsetof(Order, scene.entries[1].received), "the deposit M7,", 3},
        {offsetof(Order, scene.entries[2].received), "the deposit M8,", 4},
        {offsetof(Order, content.created_at), "the manifest,", 5},
        {offsetof(Order, scene.filed_at), "the stamp of the manifest,", 6},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (Time beyond = 0; beyond <= 1; beyond++) {
            CLEANUP(order_free) Order order;
            order_make(&order);
            Time at = start + rows[i].follows * TIME_MINUTE - CASE_CLOCK_SKEW - beyond;
            memcpy((char *)&order + rows[i].offset, &at, sizeof at);
            case_judge_order(&order.scene);
            const VerdictCheck *failed = last_of(&order, "case.order", CHECK_FAILED);
            if (beyond == 0 ? failed != NULL : !says(failed, rows[i].text)) {
                test_fail(__FILE__, __LINE__, "%s %lld us too early: %s", rows[i].text,
                          (long long)beyond, failed == NULL ? "passed" : failed->detail);
            }
        }
    }
}

TEST(differences_of_clocks_do_not_add_up)
{
    CLEANUP(order_free) Order order;
    order_make(&order);
    order.scene.issued_at = start - 4 * TIME_MINUTE;
    order.scene.signature.signing_time = start - 8 * TIME_MINUTE;
    case_judge_order(&order.scene);
    CHECK(says(last_of(&order, "case.order", CHECK_FAILED), "follows the identity decision"));
}

TEST(deposits_in_another_order_of_the_log_are_refused_whatever_their_times)
{
    CLEANUP(order_free) Order order;
    order_make(&order);
    order.scene.places[1].index = 12;
    order.scene.places[2].index = 11;
    case_judge_order(&order.scene);
    CHECK(says(last_of(&order, "case.deposit_order", CHECK_FAILED),
               "the log has M8 at 11, after M7 at 12"));
    CHECK(last_of(&order, "case.order", CHECK_FAILED) == NULL);
}

static CheckOutcome time_outcome(Time late, bool is_batch, size_t event_count)
{
    CLEANUP(order_free) Order order;
    order_make(&order);
    DepositEvent events[] = {{.time = start}, {.time = start - TIME_HOUR}};
    Deposit deposit = {
        .stage = DEPOSIT_M7, .is_batch = is_batch, .events = events, .event_count = event_count};
    case_judge_deposit_time(&order.scene, &deposit, start, start + late);
    CHECK_INT(order.verdict.count, 1);
    CHECK(says(order.verdict.first, "M7: its newest event is of 2026-11-25T08:00:00Z"));
    CHECK_TEXT(order.verdict.first->code, "case.deposit_time");
    return order.verdict.first->outcome;
}

// Covers: JR/T 0299-2024 7.3.
TEST(a_deposit_over_300_s_from_its_newest_event_is_an_anomaly_and_not_invalid)
{
    for (size_t events = 0; events <= 2; events += 2) {
        CHECK_INT(time_outcome(CASE_CLOCK_SKEW, false, events), CHECK_PASSED);
        CHECK_INT(time_outcome(CASE_CLOCK_SKEW + 1, false, events), CHECK_INFORMED);
        CHECK_INT(time_outcome(CASE_CLOCK_SKEW + 1, true, events), CHECK_PASSED);
        CHECK_INT(time_outcome(-CASE_CLOCK_SKEW, true, events), CHECK_PASSED);
        CHECK_INT(time_outcome(-CASE_CLOCK_SKEW - 1, true, events), CHECK_INFORMED);
    }
}
