// SPDX-License-Identifier: Apache-2.0
//
// The key is lost with the page that held it: the person goes on with another certificate.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/scene.h"

#define CERTIFICATE "/v1/session/certificate"
#define AGREEMENT "/v1/session/agreement"
#define ACTIVATION "/v1/session/activation"
#define ACTIVATION_CODE "/v1/session/activation/code"
#define SIGNATURE "/v1/session/signature"

enum { CROSSINGS_MAX = 16 };

// An application of yet another key; the session stays IDENTIFIED.
static Bytes new_application(Scene *scene)
{
    return scene_walk_until(scene, CERTIFICATE);
}

// Certificates of this authorization: all, or those that were revoked.
static size_t count_certificates(const Scene *scene, bool is_revoked)
{
    size_t count = 0;
    for (size_t i = 0; i < scene->world.registration_count; i++) {
        const WorldRegistration *registration = &scene->world.registrations[i];
        count += strcmp(registration->authorization_id, scene->id) == 0 &&
                         (!is_revoked || registration->revoked_at != 0)
                     ? 1
                     : 0;
    }
    return count;
}

static size_t count_history(Scene *scene, const char *event)
{
    const json_t *history = json_object_get(scene_history(scene), "history");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(history); i++) {
        const json_t *name = json_object_get(json_array_get(history, i), "event");
        count += strcmp(json_string_value(name), event) == 0 ? 1 : 0;
    }
    return count;
}

// Walk to the end with a new key; the certificate that signed is the newest, and no other is left.
static void check_goes_on(Scene *scene)
{
    TerminalResult result = scene_walk(scene);
    size_t count = count_certificates(scene, false);
    const WorldRegistration *newest =
        &scene->world.registrations[scene->world.registration_count - 1];
    CHECK_TEXT(result.state, "ACTIVE");
    CHECK_BYTES(result.certificate, newest->certificate);
    CHECK_INT(newest->revoked_at, 0);
    CHECK_INT(count_certificates(scene, true), count - 1);
    CHECK_INT(count_history(scene, "certificate_revoked"), count - 1);
}

// Covers: JR/T 0299-2024 6.6 c; C18; D27
TEST(a_terminal_that_was_restarted_after_the_key_was_made_goes_on_with_another)
{
    static const char *const targets[] = {AGREEMENT, ACTIVATION, ACTIVATION_CODE, SIGNATURE};
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        scene_open(&scene);
        scene_walk_until(&scene, targets[i]);
        check_goes_on(&scene);
        CHECK_INT(count_history(&scene, "key_lost"), 1);
    }
}

TEST(a_lost_key_is_replaced_whatever_is_interrupted_and_whoever_repeats)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    bool has_struck = true;
    for (unsigned k = 0; has_struck && k < CROSSINGS_MAX; k++) {
        Error err = {0};
        Bytes reply;
        scene_open(&scene);
        scene.world.person.device = arena_format(scene.world.arena, "device-%u", k);
        Bytes first = new_application(&scene), second = new_application(&scene);
        scene_post(&scene, CERTIFICATE, first);
        scene.world.interruption =
            (WorldInterruption){.at = k / 2 + 1, .is_after = k % 2 == 1, .reopens = true};
        bool ok = world_send(&scene.world, scene.token, CERTIFICATE, second, NULL, &reply, &err);
        has_struck = scene.world.interruption.has_struck;
        CHECK(ok == !has_struck);
        scene.world.interruption = (WorldInterruption){0};
        check_goes_on(&scene);
    }
    CHECK(!has_struck);
}

// The first application too may be lost between C2's answer and C1's record of it.
TEST(a_first_certificate_that_nobody_received_is_revoked_for_the_next)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes reply;
    Bytes first = new_application(&scene);
    scene.world.interruption = (WorldInterruption){.at = 2, .is_after = true};
    CHECK_FAILS(world_send(&scene.world, scene.token, CERTIFICATE, first, NULL, &reply, &err),
                ERROR_UNAVAILABLE);
    scene.world.interruption = (WorldInterruption){0};
    scene_check_state(&scene, "IDENTIFIED");
    CHECK_INT(scene.world.registration_count, 1);
    check_goes_on(&scene);
    CHECK_INT(scene.world.registration_count, 2);
}

TEST(a_certificate_that_c1_did_not_take_does_not_stand_in_the_way)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes first = new_application(&scene);
    scene.world.issues_for = "张三";
    scene_check_refused(&scene, CERTIFICATE, first, ERROR_UNTRUSTED, "certificate.other_person");
    scene.world.issues_for = NULL;
    check_goes_on(&scene);
}

TEST(an_application_that_c2_refused_does_not_stand_in_the_way)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes first = new_application(&scene);
    scene.world.registration_refusals = 2;
    scene_check_refused(&scene, CERTIFICATE, first, ERROR_FORBIDDEN, "world.refused");
    check_goes_on(&scene);
    CHECK_INT(scene.world.registration_count, 1);
}

TEST(the_same_request_gets_the_same_certificate_and_a_former_one_none)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes reply, again;
    Bytes first = new_application(&scene), second = new_application(&scene);
    scene_post(&scene, CERTIFICATE, first);
    CHECK_OK(world_send(&scene.world, scene.token, CERTIFICATE, second, NULL, &reply, &err));
    CHECK_OK(world_send(&scene.world, scene.token, CERTIFICATE, second, NULL, &again, &err));
    CHECK_BYTES(reply, again);
    CHECK_INT(scene.world.registration_count, 2);
    scene_check_refused(&scene, CERTIFICATE, first, ERROR_CONFLICT, "certificate.superseded");
    CHECK_INT(count_certificates(&scene, true), 1);
    scene_check_state(&scene, "CERTIFIED");
}

TEST(what_was_made_for_a_former_certificate_is_gone)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes second = new_application(&scene);
    Bytes code = scene_walk_until(&scene, ACTIVATION_CODE);
    scene_post(&scene, CERTIFICATE, second);
    scene_check_refused(&scene, ACTIVATION_CODE, code, ERROR_CONFLICT, "session.order");
    scene_check_refused(&scene, ACTIVATION, BYTES_LITERAL("{}"), ERROR_CONFLICT, "session.order");
    Error err = {0};
    Bytes reply;
    CHECK_FAILS_WITH(world_send(&scene.world, scene.token, AGREEMENT "/document", BYTES_EMPTY, NULL,
                                &reply, &err),
                     ERROR_CONFLICT, "session.order");
    check_goes_on(&scene);
}

TEST(a_code_that_was_sent_for_another_text_activates_nothing)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes ticks = scene_walk_until(&scene, AGREEMENT);
    scene_post(&scene, AGREEMENT, ticks);
    scene_post(&scene, ACTIVATION, BYTES_LITERAL("{}"));
    char code[TERMINAL_CODE_SIZE];
    world_code(&scene.world, code);
    scene_post(&scene, AGREEMENT, ticks);
    const char *body = arena_format(scene.world.arena, "{\"code\":\"%s\"}", code);
    scene_check_refused(&scene, ACTIVATION_CODE, bytes_of_text(body), ERROR_CONFLICT,
                        "session.order");
}

TEST(a_session_gets_three_certificates_at_most)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes applications[4];
    for (size_t i = 0; i < COUNT_OF(applications); i++) {
        applications[i] = new_application(&scene);
    }
    for (size_t i = 0; i < 3; i++) {
        scene_post(&scene, CERTIFICATE, applications[i]);
    }
    scene_check_refused(&scene, CERTIFICATE, applications[3], ERROR_LIMIT, "certificate.too_many");
    CHECK_INT(count_certificates(&scene, true), 2);
    scene_check_state(&scene, "CERTIFIED");
}

TEST(a_decision_that_expired_costs_nobody_the_certificate_there_is)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes first = new_application(&scene), second = new_application(&scene);
    scene_post(&scene, CERTIFICATE, first);
    scene.world.now += 12 * TIME_HOUR;
    scene_check_refused(&scene, CERTIFICATE, second, ERROR_CONFLICT, "decision.expired");
    CHECK_INT(count_certificates(&scene, true), 0);
}

TEST(a_signed_authorization_takes_no_other_certificate)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes other = new_application(&scene);
    scene_walk(&scene);
    scene_check_refused(&scene, CERTIFICATE, other, ERROR_CONFLICT, "session.order");
}

static void check_certificate(const json_t *item, const char *status, bool is_used)
{
    CHECK_TEXT(json_string_value(json_object_get(item, "status")), status);
    CHECK(json_is_true(json_object_get(item, "is_used")) == is_used);
    CHECK(strlen(json_string_value(json_object_get(item, "serial"))) > 0);
    CHECK(strlen(json_string_value(json_object_get(item, "issuer"))) > 0);
    CHECK(json_is_string(json_object_get(item, "not_before")));
    CHECK((json_object_get(item, "revoked_at") != NULL) == (strcmp(status, "REVOKED") == 0));
}

// Covers: JR/T 0299-2024 6.2
TEST(the_person_sees_every_certificate_that_was_issued_in_the_session)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    static const char target[] = "/v1/session/certificates";
    const json_t *none = json_object_get(scene_get(&scene, target), "certificates");
    CHECK_INT(json_array_size(none), 0);
    scene_walk_until(&scene, AGREEMENT);
    const json_t *one = json_object_get(scene_get(&scene, target), "certificates");
    CHECK_INT(json_array_size(one), 1);
    check_certificate(json_array_get(one, 0), "VALID", false);
    scene_walk(&scene);
    const json_t *two = json_object_get(scene_get(&scene, target), "certificates");
    CHECK_INT(json_array_size(two), 2);
    check_certificate(json_array_get(two, 0), "REVOKED", false);
    check_certificate(json_array_get(two, 1), "VALID", true);
    scene.world.now += 3650 * TIME_DAY;
    const json_t *old = json_object_get(scene_get(&scene, target), "certificates");
    check_certificate(json_array_get(old, 0), "REVOKED", false);
    check_certificate(json_array_get(old, 1), "EXPIRED", true);
}
