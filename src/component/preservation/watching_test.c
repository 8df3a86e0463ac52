// SPDX-License-Identifier: Apache-2.0
//
// The watch: what is changed in the database is found without anybody asking, and what was found
// does not go away by itself.
#include "base/test/test.h"

#include <stdlib.h>

#include "component/preservation/preservation_calls.h"

static void run_sql(const char *sql)
{
    char command[1400];
    snprintf(command, sizeof command, "sqlite3 '%s/preservation.db' \"%s\"", test_directory(), sql);
    if (system("command -v sqlite3 >/dev/null") != 0) {
        test_skip("sqlite3 is not installed");
    }
    CHECK_INT(system(command), 0);
}

// Change the database while the system is down.
static void change(Bench *bench, const char *sql)
{
    Error err = {0};
    fixture_close(&bench->c5);
    run_sql(sql);
    CHECK_OK(fixture_open(&bench->c5, &err));
}

static void tick(Bench *bench)
{
    Error err = {0};
    CHECK_OK(preservation_tick(bench->c5.preservation, &err));
}

// The alarm at a place of the list, newest first; NULL: there are fewer. Lives with the bench.
static json_t *alarm_at(Bench *bench, size_t place)
{
    Error err = {0};
    Bytes body;
    json_t *json;
    CHECK_OK(call(bench, bench->c5.operator, "GET", "/v1/alarms", BYTES_EMPTY, &body, &err));
    CHECK_OK(json_parse(body, &json, &err));
    json_t *alarm = json_incref(json_array_get(json_object_get(json, "alarms"), place));
    json_decref(json);
    return alarm;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

#define DAMAGE_PAYLOAD                                                         \
    "CREATE TABLE kept AS SELECT * FROM payload; UPDATE payload SET sealed = " \
    "CAST(substr(sealed, 1, 40) || x'00ff00' || substr(sealed, 44) AS BLOB) WHERE deposit = 2"
#define RESTORE_PAYLOAD \
    "UPDATE payload SET sealed = (SELECT sealed FROM kept WHERE kept.deposit = payload.deposit)"

// Covers: E11.
TEST(a_changed_payload_is_found_by_the_watch_is_in_the_log_and_stays_until_somebody_knows)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3], body;
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    tick(&bench);
    CLEANUP(json_cleanup) json_t *none = alarm_at(&bench, 0);
    CHECK(none == NULL);
    change(&bench, DAMAGE_PAYLOAD);
    // What the pass before saw intact is seen again when the period is over, not before.
    tick(&bench);
    CLEANUP(json_cleanup) json_t *early = alarm_at(&bench, 0);
    CHECK(early == NULL);
    bench.c5.now += TIME_DAY;
    tick(&bench);
    CLEANUP(json_cleanup) json_t *alarm = alarm_at(&bench, 0);
    CHECK_TEXT(text_of(alarm, "code"), "evidence.damaged");
    CHECK_TEXT(text_of(alarm, "severity"), "critical");
    CHECK_INT(number_of(alarm, "subject"), 2);
    // The self-check that the log has of it names it.
    CLEANUP(json_cleanup) json_t *check = get_json(&bench, bench.c5.operator, "/v1/environment");
    CHECK_INT(number_of(check, "index"), number_of(alarm, "log_index"));
    const json_t *named =
        json_array_get(json_object_get(json_object_get(check, "record"), "alarms"), 0);
    CHECK_TEXT(text_of(named, "code"), "evidence.damaged");
    CHECK_INT(number_of(named, "subject"), 2);
    // It survives a restart and the acknowledgement, which takes a reason and is done once.
    fixture_close(&bench.c5);
    CHECK_OK(fixture_open(&bench.c5, &err));
    const char *target = "/v1/alarms/1/acknowledgement";
    CHECK_FAILS_WITH(call(&bench, bench.c5.operator, "POST", target,
                          BYTES_LITERAL("{\"reason\":\"\"}"), &body, &err),
                     ERROR_INPUT, "json.field");
    CHECK_FAILS(
        call(&bench, bench.c5.c1, "POST", target, BYTES_LITERAL("{\"reason\":\"x\"}"), &body, &err),
        ERROR_FORBIDDEN);
    CLEANUP(json_cleanup)
    json_t *done = post_json(&bench, bench.c5.operator, target, "{\"reason\":\"disk 3\"}");
    CHECK_TEXT(text_of(done, "acknowledged_by"), "preservation_operator/alice");
    CHECK_FAILS_WITH(call(&bench, bench.c5.operator, "POST", target,
                          BYTES_LITERAL("{\"reason\":\"again\"}"), &body, &err),
                     ERROR_CONFLICT, "alarm.acknowledged");
    CHECK_FAILS_WITH(call(&bench, bench.c5.operator, "POST", "/v1/alarms/9/acknowledgement",
                          BYTES_LITERAL("{\"reason\":\"none\"}"), &body, &err),
                     ERROR_NOT_FOUND, "alarm.unknown");
    CLEANUP(json_cleanup)
    json_t *summary = get_json(&bench, bench.c5.operator, "/v1/summary");
    CHECK_TEXT(text_of(json_array_get(json_object_get(summary, "alarms"), 0), "code"),
               "evidence.damaged");
    // Whoever deposited it is told, and nobody else.
    CLEANUP(json_cleanup) json_t *told = get_json(&bench, bench.c5.c2, "/v1/damages");
    CHECK_TEXT(text_of(json_array_get(json_object_get(told, "damages"), 0), "authorization"),
               AUTHORIZATION);
    CLEANUP(json_cleanup) json_t *others = get_json(&bench, bench.c5.stranger, "/v1/damages");
    CHECK_INT(json_array_size(json_object_get(others, "damages")), 0);
}

// Covers: E11.
TEST(restored_bytes_clear_an_alarm_which_stays_in_the_list)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3], body;
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    change(&bench, DAMAGE_PAYLOAD);
    // On reading it, before the watch came by.
    CHECK_FAILS_WITH(call(&bench, bench.c5.operator, "GET", "/v1/openings/2?purpose=case",
                          BYTES_EMPTY, &body, &err),
                     ERROR_UNTRUSTED, "preservation.damaged");
    CLEANUP(json_cleanup) json_t *alarm = alarm_at(&bench, 0);
    CHECK_INT(number_of(alarm, "subject"), 2);
    change(&bench, RESTORE_PAYLOAD);
    tick(&bench);
    CLEANUP(json_cleanup) json_t *cleared = alarm_at(&bench, 0);
    CHECK(json_object_get(cleared, "cleared_at") != NULL);
    CLEANUP(json_cleanup) json_t *told = get_json(&bench, bench.c5.c1, "/v1/damages");
    CHECK_INT(json_array_size(json_object_get(told, "damages")), 0);
    // Nobody has said yet that he knows.
    CLEANUP(json_cleanup)
    json_t *summary = get_json(&bench, bench.c5.operator, "/v1/summary");
    CHECK_INT(json_array_size(json_object_get(summary, "alarms")), 1);
    CLEANUP(json_cleanup)
    json_t *done = post_json(&bench, bench.c5.operator, "/v1/alarms/1/acknowledgement",
                             "{\"reason\":\"restored\"}");
    CLEANUP(json_cleanup)
    json_t *after = get_json(&bench, bench.c5.operator, "/v1/summary");
    CHECK_INT(json_array_size(json_object_get(after, "alarms")), 0);
    CHECK(done != NULL);
}

// Covers: E11.
TEST(the_watch_keeps_its_pace_and_goes_on_after_a_restart_where_it_was)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    fixture_close(&bench.c5);
    bench.c5.config.watch_per_second = 2;
    CHECK_OK(fixture_open(&bench.c5, &err));
    tick(&bench);
    change(&bench, DAMAGE_PAYLOAD);
    tick(&bench);
    CLEANUP(json_cleanup) json_t *alarm = alarm_at(&bench, 0);
    CHECK_INT(number_of(alarm, "subject"), 2);
    change(&bench, "SELECT 1");
    for (int i = 0; i < 5; i++) {
        tick(&bench);
    }
    CLEANUP(json_cleanup) json_t *again = alarm_at(&bench, 0);
    CHECK_INT(number_of(again, "occurrences"), 1);
}

static json_t *newest(Bench *bench, const char *code)
{
    for (size_t place = 0;; place++) {
        json_t *alarm = alarm_at(bench, place);
        if (alarm == NULL || strcmp(text_of(alarm, "code"), code) == 0) {
            return alarm;
        }
        json_decref(alarm);
    }
}

// Covers: E11.
TEST(a_round_that_is_not_through_in_its_time_is_a_warning_and_the_limits_are_told)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    Error err = {0};
    deposit_chain(&bench, receipts, submissions);
    fixture_close(&bench.c5);
    bench.c5.config.watch_per_second = 1;
    bench.c5.config.watch_interval = 2 * TIME_DAY;
    bench.c5.config.missing_after = 5 * TIME_MINUTE;
    CHECK_OK(fixture_open(&bench.c5, &err));
    tick(&bench);
    bench.c5.now += 2 * TIME_DAY + TIME_SECOND;
    tick(&bench);
    tick(&bench);
    CLEANUP(json_cleanup) json_t *late = newest(&bench, "watch.behind");
    CHECK_TEXT(text_of(late, "severity"), "warning");
    CHECK_INT(number_of(late, "occurrences"), 1);
    CHECK(json_object_get(late, "cleared_at") == NULL);
    for (int i = 0; i < 20; i++) {
        tick(&bench);
    }
    CLEANUP(json_cleanup) json_t *over = newest(&bench, "watch.behind");
    CHECK(json_object_get(over, "cleared_at") != NULL);
    CLEANUP(json_cleanup) json_t *list = get_json(&bench, bench.c5.operator, "/v1/alarms");
    const json_t *watch = json_object_get(list, "watch");
    CHECK_INT(number_of(watch, "entries_per_second"), 1);
    CHECK_INT(number_of(watch, "round_seconds"), 2 * 86400);
    CHECK_INT(number_of(watch, "missing_minutes"), 5);
    CHECK(number_of(watch, "disk_free_mb_now") > 0);
}

// Covers: E15; R16.
TEST(evidence_that_does_not_come_is_an_alarm_once_and_cleared_when_it_comes)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    Bytes receipt;
    Bytes m6 = submission_of(&bench, DEPOSIT_M6, 0, NULL, "{}");
    CHECK_OK(deposit(&bench, bench.c5.c1, m6, &receipt, &err));
    tick(&bench);
    CLEANUP(json_cleanup) json_t *none = alarm_at(&bench, 0);
    CHECK(none == NULL);
    bench.c5.now += 31 * TIME_MINUTE;
    tick(&bench);
    bench.c5.now += TIME_MINUTE;
    tick(&bench);
    CLEANUP(json_cleanup) json_t *alarm = alarm_at(&bench, 0);
    CLEANUP(json_cleanup) json_t *second = alarm_at(&bench, 1);
    CHECK_TEXT(text_of(alarm, "code"), "evidence.missing_certificate");
    CHECK_TEXT(text_of(alarm, "severity"), "warning");
    CHECK(second == NULL);
    Bytes m7 = submission_of(&bench, DEPOSIT_M7, 0, &m6, "{}");
    CHECK_OK(deposit(&bench, bench.c5.c2, m7, &receipt, &err));
    bench.c5.now += TIME_MINUTE;
    tick(&bench);
    CLEANUP(json_cleanup) json_t *signing = alarm_at(&bench, 0);
    CLEANUP(json_cleanup) json_t *cleared = alarm_at(&bench, 1);
    CHECK_TEXT(text_of(signing, "code"), "evidence.missing_signing");
    CHECK(json_object_get(cleared, "cleared_at") != NULL);
}

// Covers: E15; R17.
TEST(a_signing_whose_identification_is_gone_is_an_alarm)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    change(&bench, "DELETE FROM payload WHERE deposit = 1; DELETE FROM deposit WHERE stage = 0");
    tick(&bench);
    CLEANUP(json_cleanup) json_t *signing = alarm_at(&bench, 0);
    CLEANUP(json_cleanup) json_t *gone = alarm_at(&bench, 1);
    CHECK_TEXT(text_of(signing, "code"), "evidence.missing_identity");
    CHECK_TEXT(text_of(gone, "detail"), "audit.deposit_missing");
}
