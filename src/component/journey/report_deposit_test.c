// SPDX-License-Identifier: Apache-2.0
//
// Issued reports are deposited with C5, after they were given out.
#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/journey/report_world.h"
#include "domain/evidence/deposit.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"
#include "domain/report/report_basis.h"

#define ORDER "{\"case_number\":\"D-1\",\"requester_role\":\"bureau\"}"
#define OTHER_ORDER "{\"case_number\":\"D-2\",\"requester_role\":\"bureau\"}"

static const char *target(const World *world, const char *id, const char *rest)
{
    return arena_format(world->arena, "/v1/authorizations/%s/reports%s", id, rest);
}

static const char *authorize(World *world)
{
    Error err = {0};
    const char *id, *token;
    TerminalResult result;
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    CHECK_TEXT(result.state, "ACTIVE");
    return id;
}

static Bytes fetch(World *world, const char *id, const char *file)
{
    Error err = {0};
    Bytes content;
    CHECK_OK(world_call(world, NULL, target(world, id, file), NULL, NULL, &content, &err));
    return content;
}

static json_t *order(World *world, const char *id, const char *body)
{
    Error err = {0};
    Bytes reply;
    json_t *json = NULL;
    CHECK_OK(world_call(world, NULL, target(world, id, ""), body, NULL, &reply, &err));
    CHECK_OK(json_parse(reply, &json, &err));
    return json;
}

static void check_state(World *world, const char *id, const char *body, const char *expected)
{
    CLEANUP(json_cleanup) json_t *set = order(world, id, body);
    const json_t *deposit = json_object_get(set, "deposit");
    CHECK_TEXT(json_string_value(json_object_get(deposit, "state")), expected);
    bool is_deposited = strcmp(expected, "deposited") == 0;
    CHECK_INT(json_is_integer(json_object_get(deposit, "log_index")), is_deposited);
}

static void resume(World *world)
{
    Error err = {0};
    size_t count;
    world->now += TIME_MINUTE;
    CHECK_OK(business_resume(world->business, &count, &err));
}

static bool is_named(World *world, const char *id, const char *file, Bytes submission)
{
    size_t at;
    Sm3Digest digest = sm3_digest(fetch(world, id, file));
    const char *text = hex_text(world->arena, sm3_bytes(&digest));
    return bytes_find(submission, bytes_of_text(text), 0, &at);
}

// The receipt holds, and is for a submission that names all six forms and M8.
static uint64_t check_deposit(World *world, const char *id)
{
    Error err = {0};
    Receipt receipt;
    EvidenceEntry entry;
    Statement statement;
    Verdict verdict = verdict_new(world->arena);
    Certificate log;
    Bytes submission = fetch(world, id, "/submission.json");
    CHECK_OK(receipt_parse(world->arena, fetch(world, id, "/receipt"), &receipt, &err));
    CHECK_OK(entry_parse(world->arena, receipt.entry, &entry, &err));
    CHECK_OK(certificate_parse(world->preservation_config.certificate, &log, &err));
    const ReceiptTrust trust = {.log_certificate = &log,
                                .trust = world->pki.trust,
                                .revocation = REVOCATION_IF_GIVEN,
                                .at = world->now};
    CHECK(receipt_check(&receipt, &trust, &verdict));
    Sm3Digest digest = deposit_submission_digest(submission);
    CHECK_BYTES(sm3_bytes(&digest), sm3_bytes(&entry.submission));
    CHECK_OK(statement_parse(world->arena, submission, &statement, &err));
    static const char *const files[] = {"/a.pdf",  "/a.json", "/b.pdf",
                                        "/b.json", "/c.pdf",  "/c.json"};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CHECK(is_named(world, id, files[i], statement.payload));
    }
    CLEANUP(json_cleanup) json_t *payload = NULL;
    CHECK_OK(json_parse(statement.payload, &payload, &err));
    CHECK_INT(strlen(json_string_value(json_object_get(payload, "previous"))), 64);
    return receipt.index;
}

// Covers: requirement F13
TEST(a_set_is_given_out_while_its_deposit_waits_and_deposited_once_when_c5_is_back)
{
    Error err = {0};
    Bytes none;
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    const char *id = authorize(world);
    check_state(world, id, ORDER, "pending");
    CHECK_FAILS_WITH(
        world_call(world, NULL, target(world, id, "/receipt"), NULL, NULL, &none, &err),
        ERROR_NOT_FOUND, "report.unknown");
    world->preservation_is_down = true;
    resume(world);
    check_state(world, id, ORDER, "pending");
    CHECK(fetch(world, id, "/c.pdf").len > 10000);
    world->preservation_is_down = false;
    resume(world);
    check_state(world, id, ORDER, "deposited");
    uint64_t index = check_deposit(world, id);
    resume(world);
    CHECK_INT(check_deposit(world, id), index);
}

// Covers: requirement F13
TEST(a_deposit_whose_answer_is_lost_is_sent_again_and_stays_one)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    const char *id = authorize(world);
    check_state(world, id, ORDER, "pending");
    world->interruption = (WorldInterruption){.at = 1, .is_after = true};
    resume(world);
    CHECK(world->interruption.has_struck);
    check_state(world, id, ORDER, "pending");
    world->interruption = (WorldInterruption){0};
    resume(world);
    uint64_t index = check_deposit(world, id);
    // Between the two deposits lies the self-check that C5 logs for report C, and nothing else.
    check_state(world, id, OTHER_ORDER, "pending");
    resume(world);
    check_state(world, id, OTHER_ORDER, "deposited");
    CHECK_INT(check_deposit(world, id), index + 2);
}

// Covers: requirement F13
TEST(reports_that_were_deposited_do_not_disturb_the_reports_for_the_next_case)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    const char *id = authorize(world);
    check_state(world, id, ORDER, "pending");
    resume(world);
    check_state(world, id, ORDER, "deposited");
    CLEANUP(json_cleanup) json_t *set = order(world, id, OTHER_ORDER);
    const json_t *all = json_object_get(set, "reports");
    for (const char *letter = "abc"; *letter != '\0'; letter++) {
        const char key[] = {*letter, '\0'};
        const json_t *report = json_object_get(all, key);
        CHECK_TEXT(json_string_value(json_object_get(report, "outcome")), "passed");
    }
    // The submission, which no case file has, comes with report C: nothing is missed but what was
    // not given here.
    Statement statement;
    ReportRecomputed found;
    const ReportSources sources = {.trust = world->pki.trust};
    CHECK_OK(statement_parse(world->arena, fetch(world, id, "/c.json"), &statement, &err));
    CHECK_OK(report_recompute(statement.payload, &sources, world->arena, &found, &err));
    CHECK(found.missing_count > 0);
    for (size_t i = 0; i < found.missing_count; i++) {
        CHECK(strncmp(found.missing[i], "OTHER", 5) != 0);
    }
}
