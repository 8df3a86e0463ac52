// SPDX-License-Identifier: Apache-2.0
//
// What a suspension by the real C3 means for what was signed before and after it, by the time
// stamp.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/report_world.h"
#include "domain/casefile/verification.h"

static Error err;

static CertificationPort c3_of(ReportWorld *reports)
{
    World *world = &reports->world;
    return certification_port_of_peer(
        reports->c3_for_c2,
        (Institution){&world->c2.signer, world->c2.certificate.der, clock_manual(&world->now)});
}

// Have the newest person's certificate suspended, as one does who lost a telephone.
static void suspend_newest(ReportWorld *reports)
{
    World *world = &reports->world;
    const CertificationPort c3 = c3_of(reports);
    Certificate certificate;
    CHECK_OK(certificate_parse(world->registrations[world->registration_count - 1].certificate,
                               &certificate, &err));
    const CertificationRevocation loss = {
        .serial_hex = certificate_serial_text(world->arena, &certificate),
        .reason = REASON_CERTIFICATE_HOLD,
        .request_id = "loss-1",
        .justification = "reported lost",
        .requester = "holder"};
    CHECK_OK(c3.revoke(&c3, &loss, world->arena, &err));
}

// Judge the sealed agreement now, with nothing but the root, the CAs and C3's present list.
static CheckOutcome judge(ReportWorld *reports, const char *id, const char **ret_reason)
{
    World *world = &reports->world;
    const PeerRequest request = {.method = "GET", .target = "/v1/crl"};
    PeerResponse list;
    Bytes pdf, root_list;
    TrustStore *trust = trust_store_new(world->arena);
    Verdict verdict = verdict_new(world->arena);
    FileFacts facts;
    CHECK_OK(peer_call(reports->c3_for_c2, &request, world->arena, &list, &err));
    CHECK_OK(fixture_crl(world->arena, &world->pki.root, 9, NULL, 0, &root_list, &err));
    CHECK_OK(trust_store_add_anchors(trust, world->pki.root.certificate.der, &err));
    CHECK_OK(trust_store_add_certificates(trust, world->pki.ca.certificate.der, &err));
    CHECK_OK(trust_store_add_crls(trust, list.body, &err));
    CHECK_OK(trust_store_add_crls(trust, root_list, &err));
    CHECK_OK(world_call(world, NULL,
                        arena_format(world->arena, "/v1/authorizations/%s/document", id), NULL,
                        NULL, &pdf, &err));
    const VerificationPolicy policy = {
        .trust = trust, .at = world->now, .institutions = REVOCATION_IF_GIVEN};
    (void)file_verify(pdf, &policy, &verdict, &facts);
    CHECK(facts.is_stamped);
    const VerdictCheck *reason = verdict_reason(&verdict);
    *ret_reason = reason == NULL ? "" : reason->code;
    return verdict_outcome(&verdict);
}

// Covers: C12.
TEST(what_was_stamped_before_a_suspension_stays_valid)
{
    CLEANUP(report_world_free) ReportWorld reports = {0};
    const char *id, *token, *reason;
    TerminalResult result;
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    CHECK_OK(world_open(&reports.world, &id, &token, &err));
    CHECK_OK(world_walk(&reports.world, token, &result, &err));
    reports.world.now += TIME_HOUR;
    suspend_newest(&reports);
    reports.world.now += TIME_HOUR;
    CHECK_INT(judge(&reports, id, &reason), CHECK_PASSED);
    CHECK_TEXT(reason, "");
}

// Covers: C12.
TEST(what_was_stamped_after_a_suspension_does_not_hold)
{
    CLEANUP(report_world_free) ReportWorld reports = {0};
    World *world = &reports.world;
    const char *id, *token, *reason;
    Bytes body, reply;
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk_until(world, token, "/v1/session/signature", &body, &err));
    suspend_newest(&reports);
    world->now += TIME_MINUTE;
    CHECK_OK(world_send(world, token, "/v1/session/signature", body, "sign-1", &reply, &err));
    world->now += TIME_HOUR;
    CHECK_INT(judge(&reports, id, &reason), CHECK_FAILED);
    CHECK(strstr(reason, "revo") != NULL);
}
