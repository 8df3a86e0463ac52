// SPDX-License-Identifier: Apache-2.0
//
// A key is lost with the terminal's memory before it signed: another application under the same
// decision.
#include <string.h>

#include "base/test/test.h"
#include "component/registration/scene_test.h"
#include "domain/evidence/deposit.h"
#include "domain/evidence/submission.h"

static Error err;

static bool apply(Scene *scene, const char *request_id, RegistrationResult *ret)
{
    RegistrationRequest request = scene_request(scene, request_id);
    return scene->port.apply(&scene->port, &request, scene->arena, ret, &err);
}

static RegistrationResult applied(Scene *scene, const char *request_id)
{
    RegistrationResult result;
    CHECK_OK(apply(scene, request_id, &result));
    return result;
}

static bool change(Scene *scene, const RegistrationResult *of, int reason)
{
    RegistrationStatusChange change = {
        .registration_id = of->registration_id,
        .request_id = arena_format(scene->arena, "%s-%d", of->registration_id, reason),
        .reason = reason,
        .justification = "key was lost with its page before any signature",
        .holder_salt = ""};
    return scene->port.change_status(&scene->port, &change, scene->arena, &err);
}

static bool complete(Scene *scene, const RegistrationResult *of)
{
    Bytes receipt;
    RegistrationCompletion completion = {
        .registration_id = of->registration_id,
        .delivered_at = scene->now,
        .destruction = scene_destruction(scene, of->certificate, scene->now),
        .mode = "staged",
        .previous = ""};
    return scene->port.complete(&scene->port, &completion, scene->arena, &receipt, &err);
}

// Covers: JR/T 0299-2024 4 a, 6.6 c.
TEST(a_decision_serves_again_when_its_certificate_was_revoked_before_it_signed)
{
    Scene *scene = scene_open();
    RegistrationResult first = applied(scene, "r-1"), second;
    scene_new_key(scene);
    CHECK_FAILS_WITH(apply(scene, "r-2", &second), ERROR_CONFLICT, "registration.decision_used");
    CHECK_OK(change(scene, &first, 5));
    CHECK_OK(apply(scene, "r-2", &second));
    CHECK(!bytes_equal(first.certificate, second.certificate));
    CHECK_INT(scene->certification.revocations, 1);
    scene_close(scene);
}

TEST(suspending_a_certificate_frees_no_decision)
{
    Scene *scene = scene_open();
    RegistrationResult first = applied(scene, "r-1"), second;
    CHECK_OK(change(scene, &first, 6));
    scene_new_key(scene);
    CHECK_FAILS_WITH(apply(scene, "r-2", &second), ERROR_CONFLICT, "registration.decision_used");
    scene_close(scene);
}

TEST(a_revocation_that_c3_did_not_confirm_frees_no_decision)
{
    Scene *scene = scene_open();
    RegistrationResult first = applied(scene, "r-1"), second;
    scene->certification.answer_is_lost = true;
    CHECK_FAILS(change(scene, &first, 5), ERROR_UNAVAILABLE);
    scene->certification.answer_is_lost = false;
    scene_new_key(scene);
    CHECK_FAILS_WITH(apply(scene, "r-2", &second), ERROR_CONFLICT, "registration.decision_used");
    CHECK_OK(change(scene, &first, 5));
    CHECK_OK(apply(scene, "r-2", &second));
    scene_close(scene);
}

TEST(a_certificate_that_signed_is_not_replaced_under_its_decision)
{
    Scene *scene = scene_open();
    RegistrationResult first = applied(scene, "r-1"), second;
    CHECK_OK(complete(scene, &first));
    CHECK_OK(change(scene, &first, 1));
    scene_new_key(scene);
    CHECK_FAILS_WITH(apply(scene, "r-2", &second), ERROR_CONFLICT, "registration.decision_used");
    scene_close(scene);
}

TEST(a_lost_key_is_no_other_key)
{
    Scene *scene = scene_open();
    RegistrationResult first = applied(scene, "r-1"), second;
    CHECK_OK(change(scene, &first, 5));
    CHECK_FAILS_WITH(apply(scene, "r-2", &second), ERROR_CONFLICT, "registration.key_used");
    scene_close(scene);
}

TEST(one_decision_serves_three_applications_at_most)
{
    static const char *const ids[] = {"r-1", "r-2", "r-3"};
    Scene *scene = scene_open();
    RegistrationResult result;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        result = applied(scene, ids[i]);
        CHECK_OK(change(scene, &result, 5));
        scene_new_key(scene);
    }
    CHECK_FAILS_WITH(apply(scene, "r-4", &result), ERROR_LIMIT, "registration.too_many");
    scene_close(scene);
}

TEST(a_decision_that_expired_serves_no_second_application)
{
    Scene *scene = scene_open();
    RegistrationResult first = applied(scene, "r-1"), second;
    CHECK_OK(change(scene, &first, 5));
    scene_new_key(scene);
    scene->now += TIME_HOUR;
    CHECK_FAILS_WITH(apply(scene, "r-2", &second), ERROR_CONFLICT, "decision.expired");
    scene_close(scene);
}

// Covers: JR/T 0299-2024 8.3 b.
TEST(what_was_replaced_is_not_completed_and_is_told_in_the_deposit_of_the_last)
{
    Scene *scene = scene_open();
    Submission submission;
    Statement statement;
    Deposit deposit;
    RegistrationRow row;
    RegistrationResult first = applied(scene, "r-1");
    Party lost = scene->holder;
    CHECK_OK(change(scene, &first, 5));
    scene->holder.key = NULL;
    scene_new_key(scene);
    RegistrationResult second = applied(scene, "r-2");
    Party holder = scene->holder;
    scene->holder = lost;
    CHECK_FAILS_WITH(complete(scene, &first), ERROR_CONFLICT, "registration.superseded");
    sm2_private_key_free(lost.key);
    scene->holder = holder;
    CHECK_OK(complete(scene, &second));
    CHECK_OK(submission_parse(scene->preservation.submissions[0], &submission, &err));
    CHECK_OK(statement_parse(scene->arena, submission.statement, &statement, &err));
    CHECK_OK(deposit_parse(scene->arena, statement.payload, &deposit, &err));
    CHECK_OK(registration_record_find(scene->registration->store, first.registration_id,
                                      scene->arena, &row, &err));
    bool is_told = false;
    for (size_t i = 0; i < deposit.event_count; i++) {
        const DepositEvent *event = &deposit.events[i];
        is_told = is_told || (strcmp(event->type, "certificate.replaced") == 0 &&
                              strcmp(event->detail, row.serial) == 0);
    }
    CHECK(is_told);
    scene_close(scene);
}
