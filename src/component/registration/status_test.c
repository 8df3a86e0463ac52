// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "component/registration/scene_test.h"

static Error err;

static const char *registered(Scene *scene)
{
    RegistrationRequest request = scene_request(scene, "r-1");
    RegistrationResult result;
    CHECK_OK(scene->port.apply(&scene->port, &request, scene->arena, &result, &err));
    return result.registration_id;
}

static RegistrationStatusChange change_of(const char *registration_id, const char *request_id,
                                          int reason)
{
    return (RegistrationStatusChange){.registration_id = registration_id,
                                      .request_id = request_id,
                                      .reason = reason,
                                      .justification = "reported lost",
                                      .holder_salt = ""};
}

static bool ask(Scene *scene, const RegistrationStatusChange *change)
{
    return scene->port.change_status(&scene->port, change, scene->arena, &err);
}

// Add a fresh decision about the person.
static void decide(Scene *scene, RegistrationStatusChange *change, const char *decision_id)
{
    strcpy(scene->decision.id, decision_id);
    change->decision = scene_decision(scene, &scene->business);
    change->holder_salt = scene_request(scene, "any").holder_salt;
}

// Covers: JR/T 0299-2024 6.5; C14.
TEST(a_reported_loss_suspends_the_certificate_at_c3)
{
    Scene *scene = scene_open();
    const char *id = registered(scene);
    RegistrationStatusChange change = change_of(id, "s-1", 6);
    CHECK_OK(ask(scene, &change));
    CHECK_INT(scene->certification.revocations, 1);
    CHECK_INT(scene->certification.last_revocation.reason, 6);
    RegistrationRow row;
    CHECK_OK(registration_record_find(scene->registration->store, id, scene->arena, &row, &err));
    CHECK_TEXT(scene->certification.last_revocation.serial_hex, row.serial);
    scene_close(scene);
}

TEST(a_repeated_change_asks_c3_once_and_other_content_is_refused)
{
    Scene *scene = scene_open();
    RegistrationStatusChange change = change_of(registered(scene), "s-1", 6);
    CHECK_OK(ask(scene, &change));
    CHECK_OK(ask(scene, &change));
    CHECK_INT(scene->certification.revocations, 1);
    change.reason = 1;
    CHECK_FAILS_WITH(ask(scene, &change), ERROR_CONFLICT, "registration.request_reused");
    scene_close(scene);
}

TEST(a_change_that_c3_did_not_hear_is_sent_again_under_the_same_id)
{
    Scene *scene = scene_open();
    RegistrationStatusChange change = change_of(registered(scene), "s-1", 1);
    scene->certification.answer_is_lost = true;
    CHECK_FAILS_WITH(ask(scene, &change), ERROR_UNAVAILABLE, "peer.timeout");
    const char *first = scene->certification.last_revocation.request_id;
    scene->certification.answer_is_lost = false;
    CHECK_OK(ask(scene, &change));
    CHECK_TEXT(scene->certification.last_revocation.request_id, first);
    scene_close(scene);
}

// Covers: C13.
TEST(a_resumption_needs_a_fresh_decision_about_the_same_person_used_once)
{
    Scene *scene = scene_open();
    const char *id = registered(scene);
    RegistrationStatusChange bare = change_of(id, "s-1", 8);
    CHECK_FAILS_WITH(ask(scene, &bare), ERROR_FORBIDDEN, "registration.decision_missing");
    RegistrationStatusChange used = change_of(id, "s-2", 8);
    decide(scene, &used, "decision-1");
    CHECK_FAILS_WITH(ask(scene, &used), ERROR_CONFLICT, "registration.decision_used");
    RegistrationStatusChange other = change_of(id, "s-3", 8);
    decide(scene, &other, "decision-2");
    other.holder_salt = "00";
    CHECK_FAILS_WITH(ask(scene, &other), ERROR_FORBIDDEN, "decision.other_person");
    CHECK_INT(scene->certification.revocations, 0);
    RegistrationStatusChange fresh = change_of(id, "s-4", 8);
    decide(scene, &fresh, "decision-2");
    CHECK_OK(ask(scene, &fresh));
    CHECK_INT(scene->certification.last_revocation.reason, 8);
    RegistrationStatusChange again = change_of(id, "s-5", 8);
    decide(scene, &again, "decision-2");
    CHECK_FAILS_WITH(ask(scene, &again), ERROR_CONFLICT, "registration.decision_used");
    scene_close(scene);
}

TEST(a_decision_made_for_another_authorization_resumes_the_same_persons_certificate_only)
{
    Scene *scene = scene_open();
    RegistrationStatusChange change = change_of(registered(scene), "s-1", 8);
    strcpy(scene->decision.authorization_id, "authorization-2");
    decide(scene, &change, "decision-2");
    CHECK_FAILS_WITH(ask(scene, &change), ERROR_FORBIDDEN, "decision.other_authorization");
    change.request_id = "s-2";
    change.identified_in = "authorization-2";
    CHECK_FAILS_WITH(ask(scene, &change), ERROR_FORBIDDEN, "registration.subject");
    change.request_id = "s-3";
    change.holder_index = "ffffffffffffffffffffffffffffffff";
    CHECK_FAILS_WITH(ask(scene, &change), ERROR_FORBIDDEN, "registration.subject");
    CHECK_INT(scene->certification.revocations, 0);
    change.request_id = "s-4";
    change.holder_index = SCENE_HOLDER;
    CHECK_OK(ask(scene, &change));
    scene_close(scene);
}

TEST(a_decision_of_a_resumption_serves_no_application)
{
    Scene *scene = scene_open();
    RegistrationStatusChange change = change_of(registered(scene), "s-1", 8);
    decide(scene, &change, "decision-2");
    CHECK_OK(ask(scene, &change));
    scene_new_key(scene);
    RegistrationRequest request = scene_request(scene, "r-2");
    RegistrationResult result;
    CHECK_FAILS_WITH(scene->port.apply(&scene->port, &request, scene->arena, &result, &err),
                     ERROR_CONFLICT, "registration.decision_used");
    scene_close(scene);
}

TEST(a_decision_that_is_not_needed_is_refused)
{
    Scene *scene = scene_open();
    RegistrationStatusChange change = change_of(registered(scene), "s-1", 6);
    decide(scene, &change, "decision-2");
    CHECK_FAILS_WITH(ask(scene, &change), ERROR_FORBIDDEN, "registration.decision_missing");
    scene_close(scene);
}

TEST(the_status_of_an_unknown_registration_cannot_be_changed)
{
    Scene *scene = scene_open();
    RegistrationStatusChange change = change_of("0000", "s-1", 6);
    CHECK_FAILS_WITH(ask(scene, &change), ERROR_NOT_FOUND, "registration.unknown");
    scene_close(scene);
}
