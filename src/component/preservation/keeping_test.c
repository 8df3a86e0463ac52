// SPDX-License-Identifier: Apache-2.0
//
// Keeping: retention and hold, what the audit finds, restoring a backup, and operation.
#include "component/preservation/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"

#define OF_AUTHORIZATION(what) "/v1/authorizations/" AUTHORIZATION "/" what

// A shell command; $D is the directory of the test.
static void run(const char *text)
{
    char command[1400];
    snprintf(command, sizeof command, "D='%s'; %s", test_directory(), text);
    CHECK_INT(system(command), 0);
}

static void run_sql(const char *sql)
{
    if (system("command -v sqlite3 >/dev/null") != 0) {
        test_skip("sqlite3 is not installed");
    }
    char command[1200];
    snprintf(command, sizeof command, "sqlite3 $D/preservation.db \"%s\"", sql);
    run(command);
}

static void post(Bench *bench, const char *target, const char *body)
{
    json_decref(post_json(bench, bench->c5.operator, target, body));
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

// --- retention --------------------------------------------------------------------------------

// Covers: E17; G20, K13.
TEST(what_is_held_or_not_expired_is_kept_and_the_rest_is_erased)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3], body;
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    CHECK_FAILS_WITH(call(&bench, bench.c5.operator, "POST", OF_AUTHORIZATION("erasure"),
                          BYTES_LITERAL("{\"reason\":\"early\"}"), &body, &err),
                     ERROR_CONFLICT, "preservation.retained");
    post(&bench, OF_AUTHORIZATION("hold"), "{\"held\":true,\"reason\":\"dispute\"}");
    bench.c5.now += 11 * 366 * TIME_DAY;
    CLEANUP(json_cleanup)
    json_t *kept = post_json(&bench, bench.c5.operator, "/v1/disposals", "{\"reason\":\"yearly\"}");
    CHECK_INT(number_of(kept, "erased"), 0);
    CHECK_INT(number_of(kept, "held"), 1);
    post(&bench, OF_AUTHORIZATION("hold"), "{\"held\":false,\"reason\":\"settled\"}");
    post(&bench, OF_AUTHORIZATION("retention"), "{\"class\":\"extended\",\"reason\":\"claim\"}");
    CLEANUP(json_cleanup)
    json_t *longer =
        post_json(&bench, bench.c5.operator, "/v1/disposals", "{\"reason\":\"yearly\"}");
    CHECK_INT(number_of(longer, "erased") + number_of(longer, "held"), 0);
    post(&bench, OF_AUTHORIZATION("retention"), "{\"class\":\"standard\",\"reason\":\"over\"}");
    CLEANUP(json_cleanup)
    json_t *gone = post_json(&bench, bench.c5.operator, "/v1/disposals", "{\"reason\":\"yearly\"}");
    CHECK_INT(number_of(gone, "erased"), 1);
    CHECK_INT(last_entry(&bench).kind, ENTRY_ERASURE);
    CHECK_OK(preservation_fsck(bench.c5.preservation, &err));
    CHECK_FAILS(call(&bench, bench.c5.operator, "POST", OF_AUTHORIZATION("retention"),
                     BYTES_LITERAL("{\"class\":\"never\",\"reason\":\"x\"}"), &body, &err),
                ERROR_INPUT);
    CHECK_FAILS(call(&bench, bench.c5.c1, "POST", "/v1/disposals",
                     BYTES_LITERAL("{\"reason\":\"x\"}"), &body, &err),
                ERROR_FORBIDDEN);
}

// Covers: E17.
TEST(an_erasure_that_a_crash_interrupted_gets_its_tombstone_at_opening)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    post(&bench, OF_AUTHORIZATION("erasure"), "{\"reason\":\"court\",\"before_expiry\":true}");
    fixture_close(&bench.c5);
    run_sql("UPDATE deposit SET tombstone = NULL WHERE stage = 2");
    CHECK_OK(fixture_open(&bench.c5, &err));
    CHECK_OK(preservation_fsck(bench.c5.preservation, &err));
    fixture_close(&bench.c5);
    run_sql(
        "CREATE TEMP TABLE t AS SELECT 1 / (count(*) = 0) FROM deposit WHERE tombstone IS "
        "NULL");
    CHECK_OK(fixture_open(&bench.c5, &err));
}

// --- audit ------------------------------------------------------------------------------------

// Covers: E08, E14; K17.
TEST(the_audit_finds_every_change_made_directly_in_the_database)
{
    const struct {
        const char *sql, *code;
    } changes[] = {
        {"PRAGMA foreign_keys = OFF; DELETE FROM deposit WHERE stage = 1", "audit.deposit_missing"},
        {"UPDATE deposit SET entry = (SELECT entry FROM deposit WHERE stage = 2) WHERE stage = 0",
         "audit.deposit_changed"},
        {"UPDATE checkpoint SET note = (SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1)",
         "audit.deposit_changed"},
        {"DELETE FROM checkpoint", "audit.deposit_changed"},
        {"UPDATE payload SET sealed = zeroblob(length(sealed)) WHERE deposit = 1",
         "audit.deposit_changed"},
        {"UPDATE deposit SET wrapped_key = NULL WHERE stage = 0", "audit.payload_missing"},
        {"UPDATE custody SET caller = 'business/nobody' WHERE id = 2", "audit.custody"},
        {"DELETE FROM custody WHERE id = 2", "audit.custody"},
        {"DELETE FROM custody WHERE id = (SELECT max(custody) FROM environment)", "audit.custody"},
        {"UPDATE environment SET record = CAST('{}' AS BLOB) WHERE id = 1", "audit.environment"},
        {"UPDATE authorization SET is_held = 0", "audit.hold"},
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        Bench bench = {0};
        bench_make(&bench);
        Bytes receipts[3], submissions[3];
        deposit_chain(&bench, receipts, submissions);
        Error err = {0};
        post(&bench, OF_AUTHORIZATION("hold"), "{\"held\":true,\"reason\":\"dispute\"}");
        CHECK_OK(preservation_check_environment(bench.c5.preservation, &err));
        CHECK_OK(preservation_fsck(bench.c5.preservation, &err));
        fixture_close(&bench.c5);
        run_sql(changes[i].sql);
        CHECK_OK(fixture_open(&bench.c5, &err));
        CLEANUP(json_cleanup)
        json_t *reply = post_json(&bench, bench.c5.operator, "/v1/audits", "{}");
        const json_t *findings = json_object_get(reply, "findings");
        CHECK(json_is_false(json_object_get(reply, "intact")));
        CHECK_TEXT(json_string_value(json_object_get(json_array_get(findings, 0), "code")),
                   changes[i].code);
        bench_cleanup(&bench);
        run("rm -r $D/*");
    }
}

TEST(an_audit_of_what_is_whole_finds_nothing_and_counts_what_it_compared)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3], body;
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    CLEANUP(json_cleanup) json_t *reply = post_json(&bench, bench.c5.operator, "/v1/audits", "{}");
    CHECK(json_is_true(json_object_get(reply, "intact")));
    CHECK_INT(number_of(reply, "entries"), 4);
    CHECK_INT(number_of(reply, "deposits"), 3);
    CHECK_INT(number_of(reply, "payloads"), 3);
    CHECK_INT(number_of(reply, "self_checks"), 1);
    CHECK_INT(number_of(reply, "custody_rows"), 4);
    CHECK_FAILS(call(&bench, bench.c5.c1, "POST", "/v1/audits", BYTES_LITERAL("{}"), &body, &err),
                ERROR_FORBIDDEN);
}

// Covers: E21.
TEST(a_restored_backup_is_hashed_again_and_a_damaged_one_or_what_was_erased_since_is_found)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Bytes receipts[3], submissions[3];
    deposit_chain(&bench, receipts, submissions);
    Error err = {0};
    fixture_close(&bench.c5);
    run("cp $D/preservation.db $D/backup");
    // The log goes on after the backup: it has to be restored to its newest state.
    CHECK_OK(fixture_open(&bench.c5, &err));
    post(&bench, OF_AUTHORIZATION("erasure"), "{\"reason\":\"court\",\"before_expiry\":true}");
    fixture_close(&bench.c5);
    run("cp $D/preservation.db $D/newer && cp $D/backup $D/preservation.db");
    CHECK_OK(fixture_open(&bench.c5, &err));
    AuditResult result;
    CHECK_OK(preservation_audit(bench.c5.preservation, &result, &err));
    CHECK_TEXT(result.findings[0].code, "audit.payload_back");
    fixture_close(&bench.c5);
    run("cp $D/newer $D/preservation.db");
    CHECK_OK(fixture_open(&bench.c5, &err));
    CHECK_OK(preservation_fsck(bench.c5.preservation, &err));
}

// --- environment and operation ----------------------------------------------------------------

static json_t *environment_of(Bench *bench)
{
    json_t *reply = get_json(bench, bench->c5.stranger, "/v1/environment");
    json_t *record = json_incref(json_object_get(reply, "record"));
    json_decref(reply);
    return record;
}

// Covers: E02, E12.
TEST(a_self_check_tells_program_clock_disk_key_and_accounts)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    CLEANUP(json_cleanup) json_t *record = environment_of(&bench);
    const json_t *disk = json_object_get(record, "disk");
    CHECK(json_is_true(json_object_get(disk, "writable")));
    CHECK(number_of(disk, "free_bytes") > 0);
    CHECK(number_of(disk, "total_bytes") >= number_of(disk, "free_bytes"));
    CHECK(json_is_boolean(json_object_get(record, "clock_synchronised")));
    CHECK_INT(json_string_length(json_object_get(record, "program_sm3")), 64);
    CHECK_INT(json_string_length(json_object_get(record, "key_id")), 16);
    const json_t *accounts = json_object_get(record, "depositors");
    CHECK_INT(json_array_size(accounts), 3);
    CHECK_TEXT(json_string_value(json_object_get(json_array_get(accounts, 0), "name")), "bank");
}

// Covers: E12.
TEST(the_environment_is_checked_again_every_hour)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    uint64_t checks[3];
    const Time later[] = {0, 59 * TIME_SECOND, TIME_HOUR};
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        AuditResult result;
        // In steps that are no interruption.
        for (Time left = later[i]; left > 0; left -= 30 * TIME_SECOND) {
            bench.c5.now += 30 * TIME_SECOND;
            CHECK_OK(preservation_tick(bench.c5.preservation, &err));
        }
        CHECK_OK(preservation_audit(bench.c5.preservation, &result, &err));
        checks[i] = result.environments;
    }
    CHECK_INT(checks[0], 1);
    CHECK_INT(checks[1], 1);
    CHECK_INT(checks[2], 2);
}

// Covers: E13.
TEST(an_interruption_is_recorded_with_its_time_and_whether_it_was_in_order)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Error err = {0};
    CLEANUP(json_cleanup) json_t *first = environment_of(&bench);
    CHECK(json_object_get(first, "interruption") == NULL);
    fixture_close(&bench.c5);
    bench.c5.now += 10 * TIME_MINUTE;
    CHECK_OK(fixture_open(&bench.c5, &err));
    CLEANUP(json_cleanup) json_t *stopped = environment_of(&bench);
    const json_t *interruption = json_object_get(stopped, "interruption");
    char from[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];
    time_to_text(FIXTURE_NOW, from);
    time_to_text(FIXTURE_NOW + 10 * TIME_MINUTE, until);
    CHECK_TEXT(json_string_value(json_object_get(interruption, "from")), from);
    CHECK_TEXT(json_string_value(json_object_get(interruption, "until")), until);
    CHECK(json_is_true(json_object_get(interruption, "in_order")));
    // The process lives on, but nothing happened for longer than a minute.
    bench.c5.now += 5 * TIME_MINUTE;
    CHECK_OK(preservation_tick(bench.c5.preservation, &err));
    CLEANUP(json_cleanup) json_t *hung = environment_of(&bench);
    interruption = json_object_get(hung, "interruption");
    CHECK_TEXT(json_string_value(json_object_get(interruption, "from")), until);
    CHECK(json_is_false(json_object_get(interruption, "in_order")));
}
