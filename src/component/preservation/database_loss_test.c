// SPDX-License-Identifier: Apache-2.0
//
// What becomes of an evidence system whose database or keys are lost, put back or exchanged: the
// rows of the table in README.md that are not about the log's files.
#include <stdlib.h>

#include "base/test/test.h"
#include "component/preservation/audit.h"
#include "component/preservation/preservation_calls.h"

// A shell command; $D is the directory of the test.
static void run(const char *text)
{
    char command[2000];
    snprintf(command, sizeof command, "D='%s'; %s", test_directory(), text);
    CHECK_INT(system(command), 0);
}

static void run_sql(const char *sql)
{
    char command[1500];
    if (system("command -v sqlite3 >/dev/null") != 0) {
        test_skip("sqlite3 is not installed");
    }
    snprintf(command, sizeof command,
             "sqlite3 $D/preservation.db \"PRAGMA foreign_keys = OFF; %s\"", sql);
    run(command);
}

// A C5 with a chain, closed; and the receipts that its depositors have.
typedef struct {
    Bench bench;
    Bytes receipts[3], submissions[3];
} Scene;

static void scene_free(Scene *scene)
{
    bench_cleanup(&scene->bench);
}

static void scene_make(Scene *scene)
{
    bench_make(&scene->bench);
    deposit_chain(&scene->bench, scene->receipts, scene->submissions);
    fixture_close(&scene->bench.c5);
}

static void check_receipts(Scene *scene)
{
    Error err = {0};
    ReceiptTrust trust = trust_of(&scene->bench);
    for (int i = 0; i < 3; i++) {
        Receipt receipt;
        CHECK_OK(receipt_parse(scene->bench.arena, scene->receipts[i], &receipt, &err));
        CHECK_OK(receipt_verify(&receipt, &trust, &err));
    }
}

static unsigned findings_of(Scene *scene, const char *code, uint64_t *ret_all)
{
    Error err = {0};
    AuditResult result;
    unsigned count = 0;
    CHECK_OK(preservation_audit(scene->bench.c5.preservation, &result, &err));
    for (size_t i = 0; i < result.finding_count && i < AUDIT_FINDINGS_MAX; i++) {
        count += strcmp(result.findings[i].code, code) == 0;
    }
    *ret_all = result.finding_count;
    return count;
}

// Covers: E08, E11.
TEST(a_lost_database_is_told_deposit_by_deposit_and_receipts_still_prove)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    Bytes body;
    uint64_t all;
    scene_make(&scene);
    run("rm $D/preservation.db*");
    CHECK_OK(fixture_open(&scene.bench.c5, &err));
    check_receipts(&scene);
    CHECK_FAILS(call(&scene.bench, scene.bench.c5.c1, "GET", "/v1/deposits/" AUTHORIZATION,
                     BYTES_EMPTY, &body, &err),
                ERROR_FORBIDDEN);
    CHECK_INT(findings_of(&scene, "audit.deposit_missing", &all), 3);
    CHECK_FAILS_WITH(preservation_fsck(scene.bench.c5.preservation, &err), ERROR_UNTRUSTED,
                     "preservation.damaged");
    // Out of the chain nothing is taken; from its beginning it is logged a second time.
    CHECK_FAILS(deposit(&scene.bench, scene.bench.c5.c2, scene.submissions[1], &body, &err),
                ERROR_CONFLICT);
    CHECK_OK(deposit(&scene.bench, scene.bench.c5.c1, scene.submissions[0], &body, &err));
    Receipt again, before;
    CHECK_OK(receipt_parse(scene.bench.arena, body, &again, &err));
    CHECK_OK(receipt_parse(scene.bench.arena, scene.receipts[0], &before, &err));
    CHECK(again.index > before.index);
}

TEST(a_database_that_is_put_back_lacks_what_came_since_and_says_so)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    Bytes body;
    uint64_t all;
    bench_make(&scene.bench);
    scene.submissions[0] = submission_of(&scene.bench, DEPOSIT_M6, 0, NULL, "{}");
    CHECK_OK(deposit(&scene.bench, scene.bench.c5.c1, scene.submissions[0], &body, &err));
    fixture_close(&scene.bench.c5);
    run("cp $D/preservation.db $D/backup");
    CHECK_OK(fixture_open(&scene.bench.c5, &err));
    scene.submissions[1] = submission_of(&scene.bench, DEPOSIT_M7, 0, &scene.submissions[0], "{}");
    CHECK_OK(
        deposit(&scene.bench, scene.bench.c5.c2, scene.submissions[1], &scene.receipts[1], &err));
    fixture_close(&scene.bench.c5);
    run("cp $D/backup $D/preservation.db");
    CHECK_OK(fixture_open(&scene.bench.c5, &err));
    CHECK_INT(findings_of(&scene, "audit.deposit_missing", &all), 1);
    CHECK_OK(deposit(&scene.bench, scene.bench.c5.c2, scene.submissions[1], &body, &err));
    EvidenceEntry first = entry_of(&scene.bench, scene.receipts[1]);
    EvidenceEntry second = entry_of(&scene.bench, body);
    CHECK(sm3_digest_equal(&first.submission, &second.submission));
    // The watch finds it too, without being asked.
    CHECK_OK(preservation_tick(scene.bench.c5.preservation, &err));
    CLEANUP(json_cleanup)
    json_t *alarms = get_json(&scene.bench, scene.bench.c5.operator, "/v1/alarms");
    const json_t *newest = json_array_get(json_object_get(alarms, "alarms"), 0);
    CHECK_TEXT(json_string_value(json_object_get(newest, "code")), "evidence.damaged");
    CHECK_TEXT(json_string_value(json_object_get(newest, "detail")), "audit.deposit_missing");
}

// Covers: E08, E14.
TEST(every_row_that_is_lost_or_altered_has_its_finding_and_given_receipts_still_prove)
{
    static const struct {
        const char *sql, *code;
    } rows[] = {
        {"DELETE FROM deposit; DELETE FROM payload", "audit.deposit_missing"},
        {"UPDATE deposit SET log_index = log_index + 1000 WHERE stage = 0",
         "audit.deposit_missing"},
        {"UPDATE deposit SET log_index = log_index + 1000;"
         " UPDATE deposit SET log_index = 1004 - log_index",
         "audit.deposit_changed"},
        {"UPDATE deposit SET checkpoint = checkpoint + 1000 WHERE stage = 1",
         "audit.deposit_changed"},
        {"UPDATE deposit SET checkpoint = NULL WHERE stage = 1", "audit.deposit_changed"},
        {"UPDATE checkpoint SET note = CAST(replace(note, 'log1', 'log2') AS BLOB)",
         "audit.deposit_changed"},
        {"UPDATE checkpoint SET size = size + 1000", "audit.deposit_changed"},
        {"DELETE FROM authorization", "audit.authorization"},
        {"UPDATE authorization SET last_stage = 0, last_sequence = 0", "audit.authorization"},
        {"UPDATE authorization SET last_submission = zeroblob(32)", "audit.authorization"},
        {"DELETE FROM payload WHERE deposit = 2", "audit.deposit_changed"},
        {"UPDATE environment SET salt = zeroblob(32)", "audit.environment"},
        {"UPDATE environment SET log_index = 1", "audit.environment"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Scene scene = {0};
        Error err = {0};
        uint64_t all;
        scene_make(&scene);
        run_sql(rows[i].sql);
        if (fixture_open(&scene.bench.c5, &err)) {
            check_receipts(&scene);
            if (findings_of(&scene, rows[i].code, &all) == 0) {
                test_fail(__FILE__, __LINE__, "row %zu: %llu findings, none is %s", i,
                          (unsigned long long)all, rows[i].code);
            }
        } else {
            test_fail(__FILE__, __LINE__, "row %zu does not open: %s", i, err.text);
        }
        scene_free(&scene);
        run("rm -r $D/*");
    }
}

// Covers: E18.
TEST(another_key_encryption_key_is_refused_before_anything_is_sealed_under_it)
{
    static const uint8_t other[16] = {9, 9, 9};
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    Secret *right = NULL, *wrong = NULL;
    scene_make(&scene);
    right = scene.bench.c5.kek;
    CHECK_OK(secret_new(BYTES_OF_ARRAY(other), &wrong, &err));
    scene.bench.c5.config.kek = wrong;
    CHECK_FAILS_WITH(fixture_open(&scene.bench.c5, &err), ERROR_UNTRUSTED, "preservation.kek");
    scene.bench.c5.config.kek = NULL;
    CHECK_FAILS_WITH(fixture_open(&scene.bench.c5, &err), ERROR_INPUT,
                     "preservation.configuration");
    scene.bench.c5.config.kek = right;
    CHECK_OK(fixture_open(&scene.bench.c5, &err));
    CHECK_OK(preservation_fsck(scene.bench.c5.preservation, &err));
    secret_free(wrong);
}

TEST(another_log_key_is_refused_with_and_without_its_certificate)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    scene_make(&scene);
    PreservationConfig *config = &scene.bench.c5.config;
    config->signer = &scene.bench.c5.business.signer;
    CHECK_FAILS_WITH(fixture_open(&scene.bench.c5, &err), ERROR_INPUT,
                     "preservation.configuration");
    config->certificate = scene.bench.c5.business.certificate.der;
    CHECK_FAILS_WITH(fixture_open(&scene.bench.c5, &err), ERROR_UNTRUSTED, "checkpoint.signature");
    config->signer = &scene.bench.c5.log.signer;
    config->certificate = scene.bench.c5.log.certificate.der;
    CHECK_OK(fixture_open(&scene.bench.c5, &err));
    check_receipts(&scene);
    CHECK_OK(preservation_fsck(scene.bench.c5.preservation, &err));
}
