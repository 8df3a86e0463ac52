// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "component/journey/report_world.h"
#include "domain/report/report_verify.h"

#define ORDER "{\"case_number\":\"（2026）示01民初1号\",\"requester_role\":\"court\"}"

// An authorization in force, its id.
static const char *authorize(ReportWorld *reports)
{
    Error err = {0};
    const char *id, *token;
    TerminalResult result;
    CHECK_OK(world_open(&reports->world, &id, &token, &err));
    CHECK_OK(world_walk(&reports->world, token, &result, &err));
    CHECK_TEXT(result.state, "ACTIVE");
    return id;
}

static const char *target(const World *world, const char *id, const char *rest)
{
    return arena_format(world->arena, "/v1/authorizations/%s/reports%s", id, rest);
}

static Bytes fetch(World *world, const char *id, const char *file)
{
    Error err = {0};
    Bytes content;
    CHECK_OK(world_call(world, NULL, target(world, id, file), NULL, NULL, &content, &err));
    return content;
}

static void check_report(World *world, const char *id, char letter, const char *outcome,
                         ReportSummary *ret)
{
    char pdf[8], json[8];
    snprintf(pdf, sizeof pdf, "/%c.pdf", letter);
    snprintf(json, sizeof json, "/%c.json", letter);
    Verdict verdict = verdict_new(world->arena);
    bool ok = report_check(fetch(world, id, json), fetch(world, id, pdf), world->pki.trust,
                           world->now, &verdict, ret);
    const VerdictCheck *reason = verdict_reason(&verdict);
    CHECK_TEXT(reason == NULL ? "" : reason->code, "");
    CHECK(ok);
    CHECK_INT(ret->kind, letter - 'a');
    CHECK_TEXT(ret->reason, strcmp(outcome, "passed") == 0 ? "" : ret->reason);
    CHECK_TEXT(ret->outcome, outcome);
}

// Covers: JR/T 0299-2024 8.4, requirements F10, F12
TEST(one_order_issues_all_three_reports_under_one_set_each_sealed_by_its_issuer)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    const char *id = authorize(&reports);
    Bytes reply;
    CHECK_OK(world_call(world, NULL, target(world, id, ""), ORDER, NULL, &reply, &err));
    ReportSummary a, b, c;
    check_report(world, id, 'a', "passed", &a);
    check_report(world, id, 'b', "passed", &b);
    check_report(world, id, 'c', "passed", &c);
    CHECK_TEXT(b.set_id, a.set_id);
    CHECK_TEXT(c.set_id, a.set_id);
    CHECK_TEXT(a.issuer, "示范银行股份有限公司");
    CHECK_TEXT(b.issuer, "示范电子认证服务有限公司");
    CHECK_TEXT(c.issuer, "示范存证科技有限公司");
}

// Covers: requirements E12, E13
TEST(report_c_tells_the_environment_and_when_the_evidence_system_was_interrupted)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    const char *id = authorize(&reports);
    // Two minutes in which nothing was noted.
    world->now += 2 * TIME_MINUTE;
    CHECK_OK(preservation_tick(world->preservation, &err));
    Bytes reply;
    size_t at;
    CHECK_OK(world_call(world, NULL, target(world, id, ""), ORDER, NULL, &reply, &err));
    Statement statement;
    CHECK_OK(statement_parse(world->arena, fetch(world, id, "/c.json"), &statement, &err));
    Bytes report = statement.payload;
    CHECK(bytes_find(report, BYTES_LITERAL("自首次存证以来系统中断 1 次："), 0, &at));
    CHECK(bytes_find(report, BYTES_LITERAL("（异常中断）"), 0, &at));
    CHECK(bytes_find(report, BYTES_LITERAL("存储：可写，正常"), 0, &at));
    ReportSummary summary;
    check_report(world, id, 'c', "passed", &summary);
}

TEST(reports_about_a_signature_by_hand_after_a_lost_key_pass_too)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    const char *id, *token;
    Bytes reply;
    TerminalResult result;
    ReportSummary summary;
    world->person.seal = "{\"kind\":\"handwriting\",\"strokes\":[[[0,0],[500,900]]]}";
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk_until(world, token, "/v1/session/activation", &reply, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    CHECK_INT(world->registration_count, 2);
    CHECK(world->registrations[0].revoked_at != 0);
    CHECK_OK(world_call(world, NULL, target(world, id, ""), ORDER, NULL, &reply, &err));
    for (char letter = 'a'; letter <= 'c'; letter++) {
        check_report(world, id, letter, "passed", &summary);
    }
}

// Covers: requirement F16
TEST(the_same_order_gives_the_same_reports_again)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    const char *id = authorize(&reports);
    Bytes first, again, other;
    CHECK_OK(world_call(world, NULL, target(world, id, ""), ORDER, NULL, &first, &err));
    Bytes pdf = fetch(world, id, "/b.pdf");
    world->now += TIME_HOUR;
    CHECK_OK(world_call(world, NULL, target(world, id, ""), ORDER, NULL, &again, &err));
    CHECK_BYTES(again, first);
    CHECK_BYTES(fetch(world, id, "/b.pdf"), pdf);
    static const char next[] = "{\"case_number\":\"2\",\"requester_role\":\"bureau\"}";
    CHECK_OK(world_call(world, NULL, target(world, id, ""), next, NULL, &other, &err));
    CHECK(!bytes_equal(fetch(world, id, "/b.pdf"), pdf));
    static const char role[] = "{\"case_number\":\"2\",\"requester_role\":\"court\"}";
    CHECK_FAILS_WITH(world_call(world, NULL, target(world, id, ""), role, NULL, &other, &err),
                     ERROR_CONFLICT, "report.other_role");
}

// Covers: requirement F15
TEST(reports_are_refused_without_a_case_and_a_role_that_may_have_them)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    static const struct {
        const char *order, *code;
    } rows[] = {
        {"{\"requester_role\":\"court\"}", "report.case_required"},
        {"{\"case_number\":\"1\"}", "report.case_required"},
        {"{\"case_number\":\"1\",\"requester_role\":\"marketing\"}", "report.role"},
    };
    Bytes reply;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_FAILS_WITH(
            world_call(world, NULL, target(world, "x", ""), rows[i].order, NULL, &reply, &err),
            ERROR_FORBIDDEN, rows[i].code);
    }
    CHECK_FAILS_WITH(world_call(world, "0123456789abcdef0123456789abcdef", target(world, "x", ""),
                                ORDER, NULL, &reply, &err),
                     ERROR_FORBIDDEN, "service.role_not_allowed");
}

// Covers: JR/T 0299-2024 8.4
TEST(nobody_but_a_pinned_institution_gets_a_report_from_others)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    World *world = &reports.world;
    ReportPort port = world->config.certification_reports;
    port.institution =
        (Institution){&world->c2.signer, world->c2.certificate.der, clock_manual(&world->now)};
    ReportRequest request = {.set_id = "set",
                             .case_number = "1",
                             .requester_role = "court",
                             .application = {.applicant = "示范银行",
                                             .applied_at = world->now,
                                             .authorization_id = "x",
                                             .business = "贷款",
                                             .content = "全部"}};
    IssuedReport issued;
    CHECK_FAILS_WITH(port.ask(&port, &request, world->arena, &issued, &err), ERROR_FORBIDDEN,
                     "partner.unknown");
    port = world->config.certification_reports;
    CHECK_FAILS_WITH(port.ask(&port, &request, world->arena, &issued, &err), ERROR_INPUT,
                     "report.material_missing");
    request.requester_role = "marketing";
    CHECK_FAILS_WITH(port.ask(&port, &request, world->arena, &issued, &err), ERROR_FORBIDDEN,
                     "report.role");
    request.requester_role = "court";
    port = world->config.preservation_reports;
    CHECK_FAILS_WITH(port.ask(&port, &request, world->arena, &issued, &err), ERROR_NOT_FOUND,
                     "report.nothing_deposited");
}
