// SPDX-License-Identifier: Apache-2.0
//
// A person reports that the key may be in other hands; the real C3 suspends the certificate.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/report_world.h"

static Error err;

static const char *serial_of(World *world)
{
    Certificate certificate;
    CHECK_OK(certificate_parse(world->registrations[world->registration_count - 1].certificate,
                               &certificate, &err));
    return certificate_serial_text(world->arena, &certificate);
}

static bool contains(Bytes text, const char *wanted)
{
    size_t at;
    return bytes_find(text, bytes_of_text(wanted), 0, &at);
}

// Covers: C14; Electronic Signature Law 15.
TEST(who_reports_a_loss_has_the_certificate_suspended_at_once_and_once)
{
    CLEANUP(report_world_free) ReportWorld reports = {0};
    World *world = &reports.world;
    const char *id, *token;
    TerminalResult result;
    Bytes reply, again, list;
    PeerResponse response;
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    CHECK_OK(world_call(world, token, "/v1/session/loss", "{}", "loss-1", &reply, &err));
    CHECK(contains(reply, "\"status\":\"SUSPENDED\""));
    CHECK(contains(reply, serial_of(world)));
    CHECK_OK(world_call(world, token, "/v1/session/loss", "{}", "loss-2", &again, &err));
    CHECK_BYTES(again, reply);
    CHECK_OK(world_call(world, token, "/v1/session/certificates", NULL, NULL, &list, &err));
    CHECK(contains(list, "\"status\":\"SUSPENDED\""));
    const PeerRequest request = {
        .method = "GET",
        .target = arena_format(world->arena, "/v1/certificates/%s", serial_of(world))};
    CHECK_OK(peer_call(reports.c3_for_c2, &request, world->arena, &response, &err));
    CHECK(contains(response.body, "\"state\":\"SUSPENDED\""));
    CHECK(contains(response.body, "\"suspended_by\":\"holder\""));
}

TEST(without_a_certificate_there_is_nothing_to_suspend)
{
    CLEANUP(report_world_free) ReportWorld reports = {0};
    const char *id, *token;
    Bytes reply;
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    CHECK_OK(world_open(&reports.world, &id, &token, &err));
    CHECK_FAILS_WITH(
        world_call(&reports.world, token, "/v1/session/loss", "{}", "loss-1", &reply, &err),
        ERROR_CONFLICT, "certificate.missing");
    CHECK_FAILS_WITH(world_call(&reports.world, token, "/v1/session/loss", "{\"why\":1}", "loss-2",
                                &reply, &err),
                     ERROR_INPUT, "json.unknown_field");
}
