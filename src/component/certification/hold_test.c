// SPDX-License-Identifier: Apache-2.0
//
// Suspended certificates: who ends a suspension, and the clock.
#include "base/test/test.h"
#include "component/certification/browsing.h"
#include "component/certification/records_change.h"
#include "component/certification/world_test.h"

enum { SUSPEND = 6, RESUME = 8, REVOKE = 1 };

static Error err;

static const char *issue(World *world, Certificate *ret)
{
    CertificationRequest request =
        world_request(world, "r-1", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "张三");
    request.profile = "personal";
    CertificationResult result = world_issue(world, &request);
    CHECK_OK(certificate_parse(result.certificate, ret, &err));
    return certificate_serial_text(world->arena, ret);
}

static CertificationRevocation change_of(World *world, const char *serial, int reason)
{
    static unsigned count;
    return (CertificationRevocation){
        .serial_hex = serial,
        .reason = reason,
        .request_id = arena_format(world->arena, "change-%u", ++count),
        .justification = "test",
    };
}

static bool ask(World *world, const CertificationRevocation *change)
{
    return world->port.revoke(&world->port, change, world->arena, &err);
}

static CertificateState state_of(World *world, const char *serial)
{
    CertificateRow row;
    CHECK_OK(certificate_record_get(world->certification->store, serial, world->arena, &row, &err));
    return certificate_row_state(&row, world->now);
}

static bool is_listed(World *world, const Certificate *certificate, Revocation *ret)
{
    Bytes der;
    Crl crl;
    CHECK_OK(authority_revocation_list(world->certification, world->arena, &der, &err));
    CHECK_OK(crl_parse(der, &crl, &err));
    return crl_find(&crl, certificate->serial, ret);
}

// Covers: C13.
TEST(who_resumes_has_to_show_a_fresh_identification_that_serves_once)
{
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, &certificate);
    CertificationRevocation change = change_of(world, serial, SUSPEND);
    CHECK_OK(ask(world, &change));
    change = change_of(world, serial, RESUME);
    CHECK_FAILS_WITH(ask(world, &change), ERROR_FORBIDDEN, "certificate.decision_missing");
    change.evidence = BYTES_LITERAL("no statement");
    CHECK_FAILS_WITH(ask(world, &change), ERROR_FORBIDDEN, "certificate.decision_missing");
    change.evidence = world_decision(world, "decision-1");
    change.requester = "registrar";
    CHECK_FAILS_WITH(ask(world, &change), ERROR_FORBIDDEN, "certificate.requester");
    CHECK_INT(state_of(world, serial), CERTIFICATE_SUSPENDED);
    change.requester = "holder";
    CHECK_OK(ask(world, &change));
    CHECK_INT(state_of(world, serial), CERTIFICATE_ACTIVE);
    change = change_of(world, serial, SUSPEND);
    CHECK_OK(ask(world, &change));
    change = change_of(world, serial, RESUME);
    // Signed once more it is other bytes, but the same decision.
    change.evidence = world_decision(world, "decision-1");
    CHECK_FAILS_WITH(ask(world, &change), ERROR_CONFLICT, "certificate.decision_used");
    change.evidence = world_decision(world, "decision-2");
    CHECK_OK(ask(world, &change));
    world_close(world);
}

TEST(what_the_risk_engine_suspended_is_resumed_when_its_incident_is_closed)
{
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, &certificate);
    CertificationRevocation change = change_of(world, serial, SUSPEND);
    change.requester = "risk";
    CHECK_OK(ask(world, &change));
    change = change_of(world, serial, RESUME);
    change.evidence = world_decision(world, "decision-1");
    CHECK_FAILS_WITH(ask(world, &change), ERROR_CONFLICT, "certificate.incident_open");
    CHECK_INT(state_of(world, serial), CERTIFICATE_SUSPENDED);
    change.incident = "case 7: the holder has a new telephone";
    CHECK_OK(ask(world, &change));
    CHECK_INT(state_of(world, serial), CERTIFICATE_ACTIVE);
    world_close(world);
}

TEST(a_registrar_does_not_speak_for_the_ca_a_court_or_the_clock)
{
    static const char *const others[] = {"authority", "court", "clock", "police"};
    World *world = world_open();
    Certificate certificate;
    const char *serial = issue(world, &certificate);
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        CertificationRevocation change = change_of(world, serial, REVOKE);
        change.requester = others[i];
        CHECK_FAILS_WITH(ask(world, &change), ERROR_FORBIDDEN, "certificate.requester");
    }
    CertificationRevocation change = change_of(world, serial, REVOKE);
    change.requester = "risk";
    CHECK_FAILS_WITH(ask(world, &change), ERROR_FORBIDDEN, "certificate.requester");
    CHECK_INT(state_of(world, serial), CERTIFICATE_ISSUED);
    world_close(world);
}

TEST(a_suspension_that_lasts_too_long_becomes_a_revocation_for_whoever_looks)
{
    World *world = world_open();
    Certificate certificate;
    Revocation entry;
    const char *serial = issue(world, &certificate);
    CertificationRevocation change = change_of(world, serial, SUSPEND);
    Time suspended_at = world->now;
    CHECK_OK(ask(world, &change));
    world->now += 30 * TIME_DAY - TIME_SECOND;
    CHECK(is_listed(world, &certificate, &entry));
    CHECK_INT(entry.reason, REASON_CERTIFICATE_HOLD);
    world->now += TIME_SECOND;
    CHECK_INT(state_of(world, serial), CERTIFICATE_REVOKED);
    CHECK(is_listed(world, &certificate, &entry));
    CHECK_INT(entry.reason, REASON_CESSATION_OF_OPERATION);
    CHECK_INT(entry.revoked_at, suspended_at);
    change = change_of(world, serial, RESUME);
    change.evidence = world_decision(world, "decision-1");
    CHECK_FAILS_WITH(ask(world, &change), ERROR_CONFLICT, "certificate.state");
    world_close(world);
}

TEST(the_clock_ends_suspensions_though_nobody_asks)
{
    World *world = world_open();
    Certificate certificate;
    CertificateRow row;
    const char *serial = issue(world, &certificate);
    CertificationRevocation change = change_of(world, serial, SUSPEND);
    CHECK_OK(ask(world, &change));
    Time until = world->now + 30 * TIME_DAY;
    world->now = until + TIME_DAY;
    CHECK_OK(certification_tick(world->certification, &err));
    CHECK_OK(certification_tick(world->certification, &err));
    CHECK_OK(certificate_record_get(world->certification->store, serial, world->arena, &row, &err));
    CHECK_INT(row.state, CERTIFICATE_REVOKED);
    const PeerRequest request = {
        .method = "GET",
        .target = arena_format(world->arena, "/v1/certificates/%s/history", serial)};
    PeerResponse response;
    size_t at;
    CHECK_OK(world_call(world, CERTIFICATION_STAFF, &request, &response, &err));
    CHECK(bytes_find(response.body, BYTES_LITERAL("\"requester\":\"clock\""), 0, &at));
    CHECK(bytes_find(response.body, BYTES_LITERAL("\"requester\":\"registrar\""), 0, &at));
    world_close(world);
}

TEST(a_suspension_that_outlasts_the_certificate_ends_with_it)
{
    World *world = world_open();
    CertificationRequest request =
        world_request(world, "r-2", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "张三");
    CertificationResult result = world_issue(world, &request);
    Certificate certificate;
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    const char *serial = certificate_serial_text(world->arena, &certificate);
    CertificationRevocation change = change_of(world, serial, SUSPEND);
    CHECK_OK(ask(world, &change));
    world->now += 40 * TIME_DAY;
    CHECK_OK(certification_tick(world->certification, &err));
    CHECK_INT(state_of(world, serial), CERTIFICATE_EXPIRED);
    world_close(world);
}
