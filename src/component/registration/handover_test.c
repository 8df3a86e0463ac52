// SPDX-License-Identifier: Apache-2.0
//
// What C2 tells C3 of a certificate on its way to the holder, its update, and in whose name it
// asks.
#include <string.h>

#include "base/test/test.h"
#include "component/registration/scene_test.h"

static Error err;

static bool apply(Scene *scene, const RegistrationRequest *request, RegistrationResult *ret)
{
    return scene->port.apply(&scene->port, request, scene->arena, ret, &err);
}

static RegistrationCompletion completion_of(Scene *scene, const RegistrationResult *result)
{
    return (RegistrationCompletion){.registration_id = result->registration_id,
                                    .delivered_at = scene->now,
                                    .mode = "staged",
                                    .previous = ""};
}

static bool complete(Scene *scene, const RegistrationCompletion *completion)
{
    Bytes receipt;
    return scene->port.complete(&scene->port, completion, scene->arena, &receipt, &err);
}

static void check_state(Scene *scene, const char *registration_id, const char *state)
{
    const PeerRequest request = {
        .method = "GET",
        .target = arena_format(scene->arena, "/v1/registrations/%s", registration_id)};
    PeerResponse response;
    size_t at;
    const char *wanted = arena_format(scene->arena, "\"state\":\"%s\"", state);
    CHECK_OK(peer_call(scene->peer, &request, scene->arena, &response, &err));
    CHECK(bytes_find(response.body, bytes_of_text(wanted), 0, &at));
}

// Covers: JR/T 0299-2024 4 d.
TEST(the_first_use_of_a_key_is_told_as_the_acceptance)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    CHECK_OK(apply(scene, &request, &result));
    check_state(scene, result.registration_id, "ISSUED");
    RegistrationCompletion completion = completion_of(scene, &result);
    completion.destruction = scene_destruction(scene, result.certificate, scene->now);
    CHECK_OK(complete(scene, &completion));
    CHECK_OK(complete(scene, &completion));
    CHECK_INT(scene->certification.handovers, 1);
    CHECK_TEXT(scene->certification.last_handover.manner, "first_use");
    CHECK_INT(scene->certification.last_handover.accepted_at, scene->now);
    CHECK_INT(scene->certification.last_handover.delivered_at, completion.delivered_at);
    check_state(scene, result.registration_id, "ACCEPTED");
    scene_close(scene);
}

TEST(a_key_that_is_kept_is_accepted_when_its_holder_confirms_it)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    request.storage = STORAGE_TOKEN;
    request.carrier_serial = "SN-0001";
    CHECK_OK(apply(scene, &request, &result));
    RegistrationCompletion completion = completion_of(scene, &result);
    completion.accepted_at = scene->now;
    CHECK_OK(complete(scene, &completion));
    CHECK_TEXT(scene->certification.last_handover.manner, "confirmation");
    scene_close(scene);
}

TEST(without_use_or_confirmation_a_certificate_is_only_delivered)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    CHECK_OK(apply(scene, &request, &result));
    RegistrationCompletion completion = completion_of(scene, &result);
    CHECK_OK(complete(scene, &completion));
    CHECK_INT(scene->certification.last_handover.accepted_at, 0);
    check_state(scene, result.registration_id, "DELIVERED");
    scene_close(scene);
}

TEST(while_c3_cannot_be_told_the_deposit_waits_and_nothing_is_lost)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    CHECK_OK(apply(scene, &request, &result));
    RegistrationCompletion completion = completion_of(scene, &result);
    scene->certification.answer_is_lost = true;
    CHECK_FAILS_WITH(complete(scene, &completion), ERROR_UNAVAILABLE, "peer.timeout");
    CHECK_INT(scene->preservation.count, 0);
    scene_stop(scene);
    scene_start(scene);
    scene->certification.answer_is_lost = false;
    CHECK_OK(complete(scene, &completion));
    CHECK_INT(scene->preservation.count, 1);
    check_state(scene, result.registration_id, "DELIVERED");
    scene_close(scene);
}

TEST(a_certificate_that_has_ended_meanwhile_is_deposited_all_the_same)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    CHECK_OK(apply(scene, &request, &result));
    RegistrationCompletion completion = completion_of(scene, &result);
    scene->certification.refuses = "certificate.state";
    CHECK_OK(complete(scene, &completion));
    CHECK_INT(scene->preservation.count, 1);
    check_state(scene, result.registration_id, "ISSUED");
    scene_close(scene);
}

TEST(an_application_that_c3_refuses_is_rejected_until_it_is_asked_again)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    scene->certification.refuses = "certification.subject_taken";
    CHECK_FAILS_WITH(apply(scene, &request, &result), ERROR_CONFLICT,
                     "certification.subject_taken");
    const char *id = scene->certification.last.request_id;
    check_state(scene, id, "REJECTED");
    scene->certification.refuses = NULL;
    CHECK_OK(apply(scene, &request, &result));
    check_state(scene, id, "ISSUED");
    scene_close(scene);
}

// A fresh decision and a new key.
static RegistrationRequest next_request(Scene *scene, const char *request_id)
{
    strcpy(scene->decision.id, request_id);
    scene_new_key(scene);
    return scene_request(scene, request_id);
}

static const char *serial_of(Scene *scene, const RegistrationResult *result)
{
    Certificate certificate;
    CHECK_OK(certificate_parse(result->certificate, &certificate, &err));
    return certificate_serial_text(scene->arena, &certificate);
}

// Covers: JR/T 0299-2024 6.5 (update).
TEST(an_update_takes_a_fresh_decision_and_names_what_it_replaces)
{
    Scene *scene = scene_open();
    RegistrationRequest first = scene_request(scene, "r-1");
    RegistrationResult result;
    first.storage = STORAGE_TOKEN;
    first.carrier_serial = "SN-0001";
    CHECK_OK(apply(scene, &first, &result));
    const char *serial = serial_of(scene, &result);
    scene_new_key(scene);
    RegistrationRequest used = scene_request(scene, "r-2");
    used.renews = serial;
    CHECK_FAILS_WITH(apply(scene, &used, &result), ERROR_CONFLICT, "registration.decision_used");
    RegistrationRequest fresh = next_request(scene, "r-3");
    fresh.renews = serial;
    CHECK_OK(apply(scene, &fresh, &result));
    CHECK_TEXT(scene->certification.last.renews, serial);
    CHECK_TEXT(scene->certification.last.profile, "personal");
    CHECK_TEXT(scene->certification.last.carrier, "terminal");
    scene_close(scene);
}

TEST(nobody_updates_what_is_another_persons_or_was_not_registered_here)
{
    Scene *scene = scene_open();
    RegistrationRequest first = scene_request(scene, "r-1");
    RegistrationResult result;
    CHECK_OK(apply(scene, &first, &result));
    RegistrationRequest unknown = next_request(scene, "r-2");
    unknown.renews = "00FF";
    CHECK_FAILS_WITH(apply(scene, &unknown, &result), ERROR_NOT_FOUND, "registration.unknown");
    RegistrationRequest other = next_request(scene, "r-3");
    other.renews = arena_text(scene->arena, BYTES_LITERAL("0"));
    CHECK_OK(apply(scene, &first, &result));
    other.renews = serial_of(scene, &result);
    other.holder_index = "ffffffffffffffffffffffffffffffff";
    CHECK_FAILS_WITH(apply(scene, &other, &result), ERROR_FORBIDDEN, "registration.subject");
    CHECK_INT(scene->certification.count, 1);
    scene_close(scene);
}

TEST(in_whose_name_a_change_is_asked_for_reaches_c3_with_its_evidence)
{
    Scene *scene = scene_open();
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    CHECK_OK(apply(scene, &request, &result));
    RegistrationStatusChange change = {.registration_id = result.registration_id,
                                       .request_id = "s-1",
                                       .reason = 6,
                                       .justification = "the same key on two devices",
                                       .holder_salt = "",
                                       .requester = "risk",
                                       .evidence = BYTES_LITERAL("incident 7")};
    CHECK_OK(scene->port.change_status(&scene->port, &change, scene->arena, &err));
    CHECK_TEXT(scene->certification.last_revocation.requester, "risk");
    CHECK_INT(scene->certification.last_revocation.evidence.len, strlen("incident 7"));
    change.request_id = "s-2";
    change.requester = "court";
    CHECK_FAILS_WITH(scene->port.change_status(&scene->port, &change, scene->arena, &err),
                     ERROR_INPUT, "json.field");
    CHECK_INT(scene->certification.revocations, 1);
    scene_close(scene);
}
