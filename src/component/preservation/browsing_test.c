// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/browsing.h"

#include <string.h>

#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"

static int64_t number_of(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

// The alarms of the summary, joined.
static const char *alarms(Bench *bench)
{
    CLEANUP(json_cleanup) json_t *summary = get_json(bench, bench->c5.operator, "/v1/summary");
    const json_t *list = json_object_get(summary, "alarms");
    const char *text = "";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_object_get(json_array_get(list, i), "code"));
        text = arena_format(bench->arena, "%s%s;", text, code);
    }
    return text;
}

TEST(the_summary_counts_what_is_deposited_by_kind)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    Bytes receipts[3], submissions[3];
    bench_make(&bench);
    deposit_chain(&bench, receipts, submissions);
    CLEANUP(json_cleanup) json_t *summary = get_json(&bench, bench.c5.operator, "/v1/summary");
    const json_t *stages = json_object_get(summary, "stages");
    for (size_t i = 0; i < BROWSING_STAGES; i++) {
        CHECK_INT(number_of(json_array_get(stages, i), "deposits"), i < 3 ? 1 : 0);
        CHECK_INT(number_of(json_array_get(stages, i), "erased"), 0);
    }
    // Three deposits after the self-check of the opening.
    CHECK_INT(number_of(summary, "size"), 4);
    CHECK_INT(number_of(summary, "authorizations"), 1);
    CHECK_INT(number_of(summary, "pending"), 0);
    json_decref(post_json(&bench, bench.c5.operator, "/v1/authorizations/" AUTHORIZATION "/erasure",
                          "{\"reason\":\"t\",\"before_expiry\":true}"));
    CLEANUP(json_cleanup) json_t *after = get_json(&bench, bench.c5.operator, "/v1/summary");
    CHECK_INT(number_of(json_array_get(json_object_get(after, "stages"), 0), "erased"), 1);
}

TEST(an_authorization_without_m8_is_an_alarm_after_a_day)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    Error err = {0};
    Bytes receipt;
    bench_make(&bench);
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    CHECK_OK(deposit(&bench, bench.c5.c1, m6, &receipt, &err));
    CHECK_OK(preservation_tick(bench.c5.preservation, &err));
    CHECK_TEXT(alarms(&bench), "");
    bench.c5.now += TIME_DAY + TIME_SECOND;
    CHECK(strstr(alarms(&bench), "evidence.incomplete;") != NULL);
}

TEST(a_deposit_without_a_time_stamp_is_an_alarm_after_a_minute)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    Error err = {0};
    Bytes receipts[3], submissions[3];
    bench_make(&bench);
    deposit_chain(&bench, receipts, submissions);
    bench.c5.now += TIME_MINUTE + TIME_SECOND;
    CHECK_TEXT(alarms(&bench), "stamp.overdue;");
    CHECK_OK(preservation_tick(bench.c5.preservation, &err));
    CHECK_TEXT(alarms(&bench), "");
}

TEST(deposits_are_found_by_kind_and_time_without_saying_whose)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    Bytes receipts[3], submissions[3];
    size_t at;
    Error err = {0};
    Bytes body;
    bench_make(&bench);
    deposit_chain(&bench, receipts, submissions);
    CLEANUP(json_cleanup) json_t *all = get_json(&bench, bench.c5.operator, "/v1/deposits");
    const json_t *list = json_object_get(all, "deposits");
    CHECK_INT(json_array_size(list), 3);
    CHECK_INT(number_of(json_array_get(list, 0), "index"), 3);
    CLEANUP(json_cleanup)
    json_t *some = get_json(&bench, bench.c5.operator, "/v1/deposits?stage=M7&before=3");
    list = json_object_get(some, "deposits");
    CHECK_INT(json_array_size(list), 1);
    CHECK_TEXT(json_string_value(json_object_get(json_array_get(list, 0), "stage")), "M7");
    CLEANUP(json_cleanup)
    json_t *none = get_json(&bench, bench.c5.operator, "/v1/deposits?from=2999-01-01T00:00:00Z");
    CHECK_INT(json_array_size(json_object_get(none, "deposits")), 0);
    CHECK_OK(call(&bench, bench.c5.operator, "GET", "/v1/deposits", BYTES_EMPTY, &body, &err));
    CHECK(!bytes_find(body, BYTES_LITERAL(AUTHORIZATION), 0, &at));
}

TEST(the_stamped_checkpoints_are_listed_as_they_were_signed)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    Bytes receipts[3], submissions[3];
    Error err = {0};
    Checkpoint checkpoint;
    bench_make(&bench);
    deposit_chain(&bench, receipts, submissions);
    CHECK_OK(preservation_tick(bench.c5.preservation, &err));
    CLEANUP(json_cleanup) json_t *json = get_json(&bench, bench.c5.operator, "/v1/checkpoints");
    const json_t *list = json_object_get(json, "checkpoints");
    CHECK(json_array_size(list) >= 1);
    const json_t *newest = json_array_get(list, 0);
    const char *note = json_string_value(json_object_get(newest, "checkpoint"));
    CHECK_OK(checkpoint_parse(bench.arena, bytes_of_text(note), &checkpoint, &err));
    CHECK_INT(checkpoint.head.size, number_of(newest, "size"));
    CHECK_INT(checkpoint.head.size, 4);
}

TEST(only_the_provider_s_own_staff_may_browse_and_nonsense_is_refused)
{
    static const char *const targets[] = {"/v1/summary", "/v1/checkpoints", "/v1/deposits"};
    static const char *const wrong[] = {"/v1/deposits?stage=M9", "/v1/deposits?before=-1",
                                        "/v1/deposits?from=now", "/v1/checkpoints?before=x"};
    CLEANUP(bench_cleanup) Bench bench = {0};
    Error err = {0};
    Bytes body;
    bench_make(&bench);
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        CHECK_FAILS_WITH(call(&bench, bench.c5.c1, "GET", targets[i], BYTES_EMPTY, &body, &err),
                         ERROR_FORBIDDEN, "service.role_not_allowed");
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK_FAILS_WITH(call(&bench, bench.c5.operator, "GET", wrong[i], BYTES_EMPTY, &body, &err),
                         ERROR_INPUT, "preservation.search");
    }
}
