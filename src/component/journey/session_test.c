// SPDX-License-Identifier: Apache-2.0
//
// Whose session it is, how long, in which order, and what a repetition gets.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/scene.h"

static void check_call(Scene *scene, const char *token, ErrorKind kind, const char *code)
{
    Error err = {0};
    Bytes reply;
    CHECK_FAILS_WITH(
        world_send(&scene->world, token, "/v1/session", BYTES_EMPTY, NULL, &reply, &err), kind,
        code);
}

TEST(a_token_of_nobody_opens_nothing)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    check_call(&scene, "00000000000000000000000000000000", ERROR_NOT_FOUND, "session.unknown");
    check_call(&scene, "short", ERROR_FORBIDDEN, "session.token");
    check_call(&scene, scene.id, ERROR_NOT_FOUND, "session.unknown");
}

TEST(staff_and_terminals_keep_to_their_own_routes)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes reply;
    CHECK_FAILS_WITH(world_send(&scene.world, scene.token, "/v1/authorizations", BYTES_EMPTY, NULL,
                                &reply, &err),
                     ERROR_FORBIDDEN, "service.role_not_allowed");
    CHECK_FAILS_WITH(world_send(&scene.world, NULL, "/v1/session", BYTES_EMPTY, NULL, &reply, &err),
                     ERROR_FORBIDDEN, "service.role_not_allowed");
}

TEST(a_session_expires_a_day_after_it_was_opened_unless_it_is_signed)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    const char *unsigned_token = scene.token;
    scene.world.now += 24 * TIME_HOUR;
    scene_get(&scene, "/v1/session");
    scene_open(&scene);
    scene_walk(&scene);
    scene.world.now += 25 * TIME_HOUR;
    check_call(&scene, unsigned_token, ERROR_CONFLICT, "session.expired");
    scene_get(&scene, "/v1/session");
}

// Covers: H25
TEST(a_step_out_of_order_is_refused_whatever_its_body)
{
    static const char *const targets[] = {
        "/v1/session/person",          "/v1/session/measures",  "/v1/session/measures/code",
        "/v1/session/certificate",     "/v1/session/agreement", "/v1/session/activation",
        "/v1/session/activation/code", "/v1/session/signature",
    };
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        scene_check_refused(&scene, targets[i], BYTES_LITERAL("{}"), ERROR_CONFLICT,
                            "session.order");
    }
    scene_check_refused(&scene, "/v1/session/withdrawal", BYTES_LITERAL("{}"), ERROR_CONFLICT,
                        "authorization.transition");
}

TEST(a_cancelled_session_goes_no_further)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_post(&scene, "/v1/session/cancellation", BYTES_LITERAL("{}"));
    scene_check_state(&scene, "CANCELLED");
    Error err = {0};
    TerminalResult result;
    CHECK_FAILS_WITH(world_walk(&scene.world, scene.token, &result, &err), ERROR_CONFLICT,
                     "terminal.not_in_force");
}

TEST(the_older_of_two_sessions_of_one_person_is_cancelled)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk_until(&scene, "/v1/session/certificate");
    const char *older_id = scene.id, *older_token = scene.token;
    scene_open(&scene);
    scene_walk_until(&scene, "/v1/session/measures");
    scene_check_state(&scene, "CONSENTED");
    scene.id = older_id;
    scene.token = older_token;
    scene_check_state(&scene, "CANCELLED");
    scene_check_refused(&scene, "/v1/session/certificate", BYTES_LITERAL("{}"), ERROR_CONFLICT,
                        "session.order");
}

TEST(an_authorization_in_force_is_left_alone_by_a_new_session)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    const char *older = scene.id;
    scene_open(&scene);
    scene_walk(&scene);
    scene.id = older;
    scene_check_state(&scene, "ACTIVE");
}

TEST(too_many_refusals_end_a_session_that_is_not_signed)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes reply;
    for (int i = 0; i < 250 && strcmp(err.code, "session.too_many_tries") != 0; i++) {
        CHECK(!world_send(&scene.world, scene.token, "/v1/session/person", BYTES_LITERAL("{}"),
                          NULL, &reply, &err));
    }
    CHECK_TEXT(err.code, "session.too_many_tries");
}

// --- repetition -------------------------------------------------------------------------------

static Bytes post_with_key(Scene *scene, const char *target, Bytes body, const char *key)
{
    Error err = {0};
    Bytes reply;
    CHECK_OK(world_send(&scene->world, scene->token, target, body, key, &reply, &err));
    return reply;
}

// Covers: D27; D28
TEST(a_step_that_is_sent_twice_is_done_once_and_answered_alike)
{
    static const char *const targets[] = {
        "/v1/session/consents",      "/v1/session/person",          "/v1/session/measures",
        "/v1/session/measures/code", "/v1/session/certificate",     "/v1/session/agreement",
        "/v1/session/activation",    "/v1/session/activation/code",
    };
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        Error err = {0};
        Bytes reply;
        scene_open(&scene);
        Bytes body = scene_walk_until(&scene, targets[i]);
        Bytes first = post_with_key(&scene, targets[i], body, "key-1");
        size_t length = json_array_size(json_object_get(scene_history(&scene), "history"));
        CHECK_BYTES(post_with_key(&scene, targets[i], body, "key-1"), first);
        CHECK_INT(json_array_size(json_object_get(scene_history(&scene), "history")), length);
        CHECK_FAILS_WITH(
            world_send(&scene.world, scene.token, targets[i],
                       scene_changed(&scene, body, "more", json_true()), "key-1", &reply, &err),
            ERROR_CONFLICT, "idempotency.mismatch");
    }
}

TEST(a_signature_that_is_sent_twice_is_taken_once)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, "/v1/session/signature");
    Bytes first = post_with_key(&scene, "/v1/session/signature", body, "key-1");
    CHECK_BYTES(post_with_key(&scene, "/v1/session/signature", body, "key-1"), first);
    scene_check_state(&scene, "ACTIVE");
}

TEST(an_authorization_that_is_opened_twice_under_one_key_is_one)
{
    static const char offer[] =
        "{\"offer\":{\"business\":\"A-1\",\"scope\":{\"query\":true,\"report\":false},\"purposes\":"
        "[\"02\"],\"report_items\":[],\"term\":{\"starts_at\":\"2026-11-25T00:00:00Z\",\"end\":"
        "\"date\",\"ends_at\":\"2027-11-25T00:00:00Z\"},\"frequency\":{\"count\":1,\"period\":"
        "\"total\"}}}";
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.token = NULL;
    Bytes first = post_with_key(&scene, "/v1/authorizations", BYTES_LITERAL(offer), "key-1");
    CHECK_BYTES(post_with_key(&scene, "/v1/authorizations", BYTES_LITERAL(offer), "key-1"), first);
    CHECK(!bytes_equal(post_with_key(&scene, "/v1/authorizations", BYTES_LITERAL(offer), "key-2"),
                       first));
    Error err = {0};
    Bytes reply;
    CHECK_FAILS_WITH(world_send(&scene.world, NULL, "/v1/authorizations", BYTES_LITERAL("{}"),
                                "key-1", &reply, &err),
                     ERROR_CONFLICT, "idempotency.mismatch");
    CHECK_FAILS(world_send(&scene.world, NULL, "/v1/authorizations", BYTES_LITERAL("{}"), "key-3",
                           &reply, &err),
                ERROR_INPUT);
    const json_t *list =
        json_object_get(scene_staff_get(&scene, "/v1/authorizations"), "authorizations");
    CHECK_INT(json_array_size(list), 3);
}
