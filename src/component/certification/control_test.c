// SPDX-License-Identifier: Apache-2.0
//
// Two officers for what the CA changes itself.
#include <string.h>

#include "base/test/test.h"
#include "component/certification/browsing.h"
#include "component/certification/control.h"
#include "component/certification/embedded.h"
#include "component/certification/retention.h"
#include "component/certification/world_test.h"

#define PERSON "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

static Error err;

// --- officers ---------------------------------------------------------------------------------

static bool post(World *world, const char *actor, const char *target, json_t *body, json_t **ret)
{
    PeerRequest request = {
        .method = "POST", .target = target, .content_type = "application/json", .actor = actor};
    PeerResponse response;
    CHECK_OK(json_text(world->arena, body, &request.body, &err));
    json_decref(body);
    return world_call(world, CERTIFICATION_STAFF, &request, &response, &err) &&
           json_parse(response.body, ret, &err);
}

static json_t *proposal_of(const char *action, const char *request_id)
{
    json_t *body = json_make_object();
    json_put_text(body, "action", action);
    json_put_text(body, "request_id", request_id);
    json_put_text(body, "justification", "test");
    return body;
}

// Propose as li; the id of the proposal, NULL when it is refused.
static const char *propose(World *world, json_t *body)
{
    CLEANUP(json_cleanup) json_t *answer = NULL;
    if (!post(world, "li", "/v1/controls", body, &answer)) {
        return NULL;
    }
    CHECK_TEXT(json_string_value(json_object_get(answer, "state")), "PENDING");
    return arena_text(world->arena,
                      bytes_of_text(json_string_value(json_object_get(answer, "control_id"))));
}

static bool answer(World *world, const char *actor, const char *control_id, const char *how)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    return post(world, actor, arena_format(world->arena, "/v1/controls/%s/%s", control_id, how),
                json_make_object(), &json);
}

static bool confirm(World *world, const char *actor, const char *control_id)
{
    return answer(world, actor, control_id, "confirmation");
}

// Propose as li, confirm as wang.
static void change(World *world, json_t *body)
{
    const char *id = propose(world, body);
    CHECK(id != NULL);
    CHECK_OK(confirm(world, "wang", id));
}

static json_t *about(const char *action, const char *request_id, const char *serial)
{
    json_t *body = proposal_of(action, request_id);
    json_put_text(body, "serial", serial);
    return body;
}

// --- certificates -----------------------------------------------------------------------------

static bool try_issue(World *world, const char *request_id, const char *profile,
                      CertificationResult *ret)
{
    CertificationRequest request = world_request(world, request_id, PERSON, "张三");
    Bytes statement;
    request.profile = profile;
    return world->port.issue(&world->port, &request, world->arena, ret, &statement, &err);
}

static const char *issue(World *world, const char *request_id)
{
    CertificationResult result;
    Certificate certificate;
    CHECK_OK(try_issue(world, request_id, "personal", &result));
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    return certificate_serial_text(world->arena, &certificate);
}

static CertificateRow row_of(World *world, const char *serial)
{
    CertificateRow row;
    CHECK_OK(certificate_record_get(world->certification->store, serial, world->arena, &row, &err));
    return row;
}

static CertificateState state_of(World *world, const char *serial)
{
    CertificateRow row = row_of(world, serial);
    return certificate_row_state(&row, world->now);
}

static bool resume(World *world, const char *serial, const char *decision)
{
    const CertificationRevocation wish = {
        .serial_hex = serial,
        .reason = 8,
        .request_id = arena_format(world->arena, "resume-%s", decision),
        .justification = "test",
        .evidence = world_decision(world, decision)};
    return world->port.revoke(&world->port, &wish, world->arena, &err);
}

// Covers: K15.
TEST(a_suspension_by_the_ca_waits_for_a_second_officer)
{
    World *world = world_open();
    const char *serial = issue(world, "r-1");
    const char *id = propose(world, about("suspend", "p-1", serial));
    CHECK(id != NULL);
    CHECK_INT(state_of(world, serial), CERTIFICATE_ISSUED);
    CHECK_FAILS_WITH(confirm(world, "li", id), ERROR_FORBIDDEN, "control.same_officer");
    CHECK_FAILS_WITH(confirm(world, NULL, id), ERROR_FORBIDDEN, "control.actor");
    CHECK_INT(state_of(world, serial), CERTIFICATE_ISSUED);
    CHECK_OK(confirm(world, "wang", id));
    CHECK_OK(confirm(world, "wang", id));
    CHECK_INT(state_of(world, serial), CERTIFICATE_SUSPENDED);
    CHECK_TEXT(row_of(world, serial).suspended_by, "authority");
    CHECK_FAILS_WITH(confirm(world, "zhao", id), ERROR_CONFLICT, "control.closed");
    CHECK_FAILS_WITH(answer(world, "zhao", id, "refusal"), ERROR_CONFLICT, "control.closed");
    world_close(world);
}

TEST(a_proposal_is_made_once_and_is_seen_in_the_history_of_the_certificate)
{
    World *world = world_open();
    const char *serial = issue(world, "r-1");
    const char *id = propose(world, about("suspend", "p-1", serial));
    CHECK_TEXT(propose(world, about("suspend", "p-1", serial)), id);
    CHECK_OK(confirm(world, "wang", id));
    const PeerRequest look = {
        .method = "GET",
        .target = arena_format(world->arena, "/v1/certificates/%s/history", serial)};
    PeerResponse response;
    static const char *const wanted[] = {"\"PROPOSED\"", "\"officer\":\"li\"", "\"CONFIRMED\"",
                                         "\"officer\":\"wang\"", "\"requester\":\"authority\""};
    CHECK_OK(world_call(world, CERTIFICATION_STAFF, &look, &response, &err));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        size_t at;
        CHECK(bytes_find(response.body, bytes_of_text(wanted[i]), 0, &at));
    }
    world_close(world);
}

TEST(nobody_confirms_what_was_refused_or_has_waited_too_long)
{
    World *world = world_open();
    const char *serial = issue(world, "r-1");
    const char *refused = propose(world, about("suspend", "p-1", serial));
    CHECK_OK(answer(world, "wang", refused, "refusal"));
    CHECK_FAILS_WITH(confirm(world, "zhao", refused), ERROR_CONFLICT, "control.closed");
    const char *withdrawn = propose(world, about("suspend", "p-2", serial));
    CHECK_OK(answer(world, "li", withdrawn, "refusal"));
    const char *late = propose(world, about("suspend", "p-3", serial));
    world->now += CONTROL_PENDING_TIME;
    CHECK_FAILS_WITH(confirm(world, "wang", late), ERROR_CONFLICT, "control.closed");
    CHECK_INT(state_of(world, serial), CERTIFICATE_ISSUED);
    world_close(world);
}

TEST(a_court_revokes_by_its_order_and_the_ca_without_one)
{
    World *world = world_open();
    const char *first = issue(world, "r-1"), *second = issue(world, "r-2");
    json_t *body = about("revoke", "p-1", first);
    json_put_text(body, "requester", "court");
    json_put_int(body, "reason", 5);
    CHECK(propose(world, json_deep_copy(body)) == NULL);
    CHECK_TEXT(err.code, "json.field");
    json_put_base64(body, "evidence", BYTES_LITERAL("court order 7"));
    change(world, body);
    CHECK_INT(row_of(world, first).reason, 5);
    CHECK_INT(state_of(world, first), CERTIFICATE_REVOKED);
    body = about("revoke", "p-2", second);
    json_put_text(body, "requester", "authority");
    json_put_int(body, "reason", 9);
    change(world, body);
    CHECK_INT(state_of(world, second), CERTIFICATE_REVOKED);
    body = about("revoke", "p-3", second);
    json_put_text(body, "requester", "authority");
    json_put_int(body, "reason", 9);
    CHECK(propose(world, body) == NULL);
    CHECK_TEXT(err.code, "certificate.state");
    world_close(world);
}

// Covers: C13.
TEST(what_the_ca_suspended_is_resumed_after_its_incident_is_closed)
{
    World *world = world_open();
    const char *serial = issue(world, "r-1");
    change(world, about("suspend", "p-1", serial));
    CHECK_FAILS_WITH(resume(world, serial, "decision-1"), ERROR_CONFLICT,
                     "certificate.incident_open");
    change(world, about("close_incident", "p-2", serial));
    CHECK_INT(state_of(world, serial), CERTIFICATE_SUSPENDED);
    CHECK_OK(resume(world, serial, "decision-1"));
    CHECK_INT(state_of(world, serial), CERTIFICATE_ACTIVE);
    change(world, about("suspend", "p-3", serial));
    json_t *body = about("resume", "p-4", serial);
    CHECK(propose(world, json_deep_copy(body)) == NULL);
    json_put_base64(body, "evidence", world_decision(world, "decision-1"));
    const char *used = propose(world, json_deep_copy(body));
    CHECK_FAILS_WITH(confirm(world, "wang", used), ERROR_CONFLICT, "certificate.decision_used");
    json_put_text(body, "request_id", "p-5");
    json_put_base64(body, "evidence", world_decision(world, "decision-2"));
    change(world, body);
    CHECK_INT(state_of(world, serial), CERTIFICATE_ACTIVE);
    world_close(world);
}

TEST(what_is_no_action_or_incomplete_is_refused)
{
    World *world = world_open();
    CHECK(propose(world, proposal_of("print_money", "p-1")) == NULL);
    CHECK_TEXT(err.code, "control.action");
    CHECK(propose(world, proposal_of("suspend", "p-1")) == NULL);
    CHECK_TEXT(err.code, "json.field");
    CHECK(propose(world, about("suspend", "p-1", "00FF")) == NULL);
    CHECK_TEXT(err.code, "certificate.unknown");
    json_t *body = about("suspend", "p-1", "00FF");
    json_put_text(body, "extra", "x");
    CHECK(propose(world, body) == NULL);
    CHECK_TEXT(err.code, "json.unknown_field");
    world_close(world);
}

// --- rules ------------------------------------------------------------------------------------

static json_t *profile_json(World *world, const char *name, int64_t seconds)
{
    json_t *root = NULL;
    CHECK_OK(json_parse(bytes_of(embedded_data_profiles_json, embedded_data_profiles_json_size),
                        &root, &err));
    json_t *profile = json_deep_copy(json_array_get(json_object_get(root, "profiles"), 1));
    json_decref(root);
    (void)world;
    json_put_text(profile, "name", name);
    json_put_int(profile, "validity_seconds", seconds);
    return profile;
}

// Covers: JR/T 0299-2024 6.4 a.
TEST(a_new_profile_is_issued_under_once_two_officers_agree_and_after_a_restart)
{
    World *world = world_open();
    CertificationResult result;
    Certificate certificate;
    json_t *body = proposal_of("profile", "p-1");
    json_put(body, "profile", profile_json(world, "student", 3600));
    const char *id = propose(world, body);
    CHECK_FAILS_WITH(try_issue(world, "r-1", "student", &result), ERROR_FORBIDDEN,
                     "certification.profile");
    CHECK_OK(confirm(world, "wang", id));
    CHECK_OK(try_issue(world, "r-2", "student", &result));
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    CHECK_INT(certificate.not_after - world->now, TIME_HOUR);
    world_stop(world);
    world_start(world);
    CHECK_OK(try_issue(world, "r-3", "student", &result));
    body = proposal_of("profile", "p-2");
    json_t *bad = profile_json(world, "student", 3600);
    json_object_del(bad, "assurance");
    json_put(body, "profile", bad);
    CHECK(propose(world, body) == NULL);
    CHECK_TEXT(err.code, "json.field");
    world_close(world);
}

TEST(a_proposal_outlives_a_restart_and_profiles_have_an_end)
{
    World *world = world_open();
    json_t *body = proposal_of("profile", "p-0");
    json_put(body, "profile", profile_json(world, "kept", 3600));
    const char *id = propose(world, body);
    world_stop(world);
    world_start(world);
    CHECK_OK(confirm(world, "wang", id));
    // Three are built in, one was just made.
    for (int i = 4; i < PROFILES_MAX; i++) {
        body = proposal_of("profile", arena_format(world->arena, "p-%d", i));
        json_put(body, "profile",
                 profile_json(world, arena_format(world->arena, "profile-%d", i), 3600));
        change(world, body);
    }
    body = proposal_of("profile", "p-last");
    json_put(body, "profile", profile_json(world, "one-more", 3600));
    CHECK(propose(world, body) == NULL);
    CHECK_TEXT(err.code, "control.too_many");
    body = proposal_of("profile", "p-again");
    json_put(body, "profile", profile_json(world, "kept", 7200));
    change(world, body);
    world_stop(world);
    world_start(world);
    CHECK_INT(certification_rules(world->certification)->profiles.count, PROFILES_MAX);
    world_close(world);
}

// Covers: C08.
TEST(the_next_issue_after_a_new_practice_statement_names_its_version_and_digest)
{
    World *world = world_open();
    CertificationResult before, after;
    PeerResponse response;
    const Bytes text = BYTES_LITERAL("电子认证业务说明\n版本：2.0\n");
    Sm3Digest digest = sm3_digest(text);
    CHECK_OK(try_issue(world, "r-1", "personal", &before));
    json_t *body = proposal_of("practice", "p-1");
    json_put_text(body, "version", before.cps_version);
    json_put_base64(body, "text", text);
    CHECK(propose(world, json_deep_copy(body)) == NULL);
    CHECK_TEXT(err.code, "control.version");
    json_put_text(body, "version", "2.0");
    change(world, body);
    CHECK_OK(try_issue(world, "r-2", "personal", &after));
    CHECK_TEXT(after.cps_version, "2.0");
    CHECK(sm3_digest_equal(&after.cps_digest, &digest));
    CHECK(!sm3_digest_equal(&before.cps_digest, &digest));
    const PeerRequest now = {.method = "GET", .target = "/v1/cps"};
    CHECK_OK(world_call(world, "", &now, &response, &err));
    CHECK_BYTES(response.body, text);
    const PeerRequest old = {
        .method = "GET", .target = arena_format(world->arena, "/v1/cps/%s", before.cps_version)};
    CHECK_OK(world_call(world, "", &old, &response, &err));
    Sm3Digest kept = sm3_digest(response.body);
    CHECK(sm3_digest_equal(&kept, &before.cps_digest));
    world_close(world);
}

// Covers: C05.
TEST(a_registrar_applies_while_its_contract_is_in_force)
{
    World *world = world_open();
    CertificationResult result;
    world->port.institution.signer = &world->stranger.signer;
    world->port.institution.certificate = world->stranger.certificate;
    CHECK_FAILS_WITH(try_issue(world, "r-1", "personal", &result), ERROR_FORBIDDEN,
                     "partner.unknown");
    json_t *body = proposal_of("registrar", "p-1");
    json_put_text(body, "name", "新银行");
    json_put_base64(body, "certificate", world->stranger.certificate);
    json_put_text(body, "agreement", "RA-2026-003");
    CHECK(propose(world, json_deep_copy(body)) == NULL);
    CHECK_TEXT(err.code, "json.field");
    json_put_text(body, "requirements", "1.1");
    change(world, body);
    CHECK_OK(try_issue(world, "r-2", "personal", &result));
    Certificate certificate;
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    CertificateRow row = row_of(world, certificate_serial_text(world->arena, &certificate));
    CHECK_TEXT(row.registrar, "新银行");
    CHECK_TEXT(row.agreement, "RA-2026-003");
    CHECK_TEXT(row.requirements, "1.1");
    body = proposal_of("remove_registrar", "p-2");
    json_put_text(body, "name", "新银行");
    change(world, body);
    CHECK_FAILS_WITH(try_issue(world, "r-3", "personal", &result), ERROR_FORBIDDEN,
                     "partner.unknown");
    world_close(world);
}

TEST(one_certificate_does_not_speak_for_two_registrars)
{
    World *world = world_open();
    json_t *body = proposal_of("registrar", "p-1");
    json_put_text(body, "name", "新银行");
    json_put_base64(body, "certificate", world->registrar.certificate);
    json_put_text(body, "agreement", "RA-2026-003");
    json_put_text(body, "requirements", "1.1");
    CHECK(propose(world, body) == NULL);
    CHECK_TEXT(err.code, "control.registrar");
    body = proposal_of("remove_registrar", "p-2");
    json_put_text(body, "name", "nobody");
    CHECK(propose(world, body) == NULL);
    CHECK_TEXT(err.code, "control.registrar");
    world_close(world);
}

TEST(another_issuing_key_starts_only_after_two_officers_confirmed_it)
{
    World *world = world_open();
    Certification *certification = NULL;
    CertificationConfig other = world->config;
    other.ca = &world->root.signer;
    other.chain[0] = world->root.certificate;
    world_stop(world);
    CHECK_FAILS_WITH(certification_start(&other, &certification, &err), ERROR_FORBIDDEN,
                     "certification.issuing_key");
    world_start(world);
    json_t *body = proposal_of("issuing_key", "p-1");
    json_put_base64(body, "certificate", world->registrar.certificate);
    CHECK(propose(world, json_deep_copy(body)) == NULL);
    CHECK_TEXT(err.code, "control.issuing_key");
    json_put_base64(body, "certificate", world->root.certificate);
    change(world, body);
    world_stop(world);
    CHECK_OK(certification_start(&other, &certification, &err));
    certification_stop(certification);
    world_start(world);
    world_close(world);
}

// --- retention --------------------------------------------------------------------------------

static json_t *erasure(World *world, const char *request_id, Time before)
{
    json_t *body = proposal_of("erase", request_id);
    (void)world;
    json_put_time(body, "expired_before", before);
    return body;
}

// Covers: C15; Electronic Signature Law 24.
TEST(records_stay_five_years_after_expiry_and_go_when_two_officers_say_so)
{
    World *world = world_open();
    const char *serial = issue(world, "r-1");
    Time expires_at = row_of(world, serial).expires_at;
    RetentionReport report;
    world->now = expires_at + 4 * 366 * TIME_DAY;
    CHECK(propose(world, erasure(world, "p-1", expires_at + TIME_SECOND)) == NULL);
    CHECK_TEXT(err.code, "retention.too_early");
    CHECK_OK(retention_report(world->certification->store, world->now, &report, &err));
    CHECK_INT(report.erasable, 0);
    CHECK_INT(report.kept, 1);
    world->now = expires_at + RETENTION_AFTER_EXPIRY;
    CHECK_OK(retention_report(world->certification->store, world->now, &report, &err));
    CHECK_INT(report.erasable, 0);
    world->now += TIME_SECOND;
    CHECK_OK(retention_report(world->certification->store, world->now, &report, &err));
    CHECK_INT(report.erasable, 1);
    CHECK(row_of(world, serial).request.len > 0);
    change(world, erasure(world, "p-2", report.until));
    CertificateRow row = row_of(world, serial);
    CHECK_INT(row.request.len, 0);
    CHECK_INT(row.issue.len, 0);
    CHECK_INT(row.erased_at, world->now);
    CHECK_INT(state_of(world, serial), CERTIFICATE_EXPIRED);
    CHECK_OK(retention_report(world->certification->store, world->now, &report, &err));
    CHECK_INT(report.erased, 1);
    world_close(world);
}
