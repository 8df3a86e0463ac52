// SPDX-License-Identifier: Apache-2.0
//
// Who sees all that the institution keeps of one person: that person, for a while, and nobody else.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/scene.h"

#define ALL "/v1/session/authorizations"
#define NOBODY "00000000-0000-4000-8000-000000000000"

// The path of something of one authorization, as another session asks for it.
static const char *of(Scene *scene, const char *id, const char *what)
{
    const char *path = arena_format(scene->world.arena, ALL "/%s%s", id, what);
    CHECK(path != NULL);
    return path;
}

static void check_call(Scene *scene, const char *target, ErrorKind kind, const char *code)
{
    Error err = {0};
    Bytes reply;
    CHECK_FAILS_WITH(
        world_send(&scene->world, scene->token, target, BYTES_EMPTY, NULL, &reply, &err), kind,
        code);
}

static Bytes code_body(Scene *scene)
{
    char code[TERMINAL_CODE_SIZE];
    world_code(&scene->world, code);
    return bytes_of_text(arena_format(scene->world.arena, "{\"code\":\"%s\"}", code));
}

static void open_access(Scene *scene)
{
    const json_t *sent = scene_post(scene, ALL "/access", BYTES_LITERAL("{}"));
    CHECK_TEXT(json_string_value(json_object_get(sent, "phone")), "138****0001");
    scene_post(scene, ALL "/access/code", code_body(scene));
}

static const char *state_in_list(Scene *scene, const char *id)
{
    const json_t *list = json_object_get(scene_get(scene, ALL), "authorizations");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        if (strcmp(json_string_value(json_object_get(row, "authorization_id")), id) == 0) {
            return json_string_value(json_object_get(row, "state"));
        }
    }
    return "";
}

// An authorization in force, and another session, as on another device, of the same person.
static const char *make_two(Scene *scene)
{
    scene_make(scene);
    scene_walk(scene);
    const char *first = scene->id;
    scene_open(scene);
    scene_walk_until(scene, "/v1/session/certificate");
    return first;
}

// Covers: D16; D30; PIPL 15; PIPL 45
TEST(what_was_made_on_another_device_is_seen_and_withdrawn)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    const char *first = make_two(&scene);
    const char *second = scene.id;
    open_access(&scene);
    CHECK_TEXT(state_in_list(&scene, first), "ACTIVE");
    CHECK_TEXT(state_in_list(&scene, second), "IDENTIFIED");
    CHECK_INT(json_array_size(json_object_get(scene_get(&scene, of(&scene, first, "/certificates")),
                                              "certificates")),
              1);
    CHECK_INT(
        json_array_size(json_object_get(scene_get(&scene, of(&scene, first, "/uses")), "uses")), 0);
    const json_t *row = scene_get(&scene, of(&scene, first, ""));
    CHECK_TEXT(json_string_value(json_object_get(row, "authorization_id")), first);
    Error err = {0};
    Bytes document;
    CHECK_OK(world_send(&scene.world, scene.token, of(&scene, first, "/document"), BYTES_EMPTY,
                        NULL, &document, &err));
    CHECK(bytes_start_with(document, BYTES_LITERAL("%PDF")));
    scene_post(&scene, of(&scene, first, "/withdrawal"), BYTES_LITERAL("{}"));
    scene.id = first;
    scene_check_state(&scene, "WITHDRAWN");
    scene.id = second;
    scene_check_state(&scene, "IDENTIFIED");
}

TEST(an_objection_is_made_from_another_device)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    const char *first = make_two(&scene);
    open_access(&scene);
    scene_post(&scene, of(&scene, first, "/objection"), BYTES_LITERAL("{\"reason\":\"not_mine\"}"));
    CHECK_TEXT(state_in_list(&scene, first), "DISPUTED");
}

TEST(without_a_confirmed_code_and_after_ten_minutes_nothing_is_open)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    const char *first = make_two(&scene);
    check_call(&scene, ALL, ERROR_FORBIDDEN, "access.not_open");
    check_call(&scene, of(&scene, first, ""), ERROR_FORBIDDEN, "access.not_open");
    scene_post(&scene, ALL "/access", BYTES_LITERAL("{}"));
    check_call(&scene, ALL, ERROR_FORBIDDEN, "access.not_open");
    scene_post(&scene, ALL "/access/code", code_body(&scene));
    scene.world.now += 10 * TIME_MINUTE - 1;
    scene_get(&scene, of(&scene, first, ""));
    scene.world.now += 1;
    check_call(&scene, ALL, ERROR_FORBIDDEN, "access.not_open");
    check_call(&scene, of(&scene, first, "/document"), ERROR_FORBIDDEN, "access.not_open");
    scene_check_refused(&scene, ALL "/access/code", code_body(&scene), ERROR_CONFLICT,
                        "code.already_confirmed");
    // The other session's access is its own: the first device has to ask for itself.
    CHECK_TEXT(state_in_list((open_access(&scene), &scene), first), "ACTIVE");
}

TEST(another_persons_authorization_and_one_that_is_not_there_are_answered_alike)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    const char *foreign = scene.id;
    scene_open(&scene);
    scene.world.person.name = "李明";
    scene.world.person.id_number = "999999198502140033";
    scene_walk_until(&scene, "/v1/session/certificate");
    open_access(&scene);
    CHECK_TEXT(state_in_list(&scene, foreign), "");
    CHECK_TEXT(state_in_list(&scene, scene.id), "IDENTIFIED");
    static const char *const parts[] = {"", "/document", "/copy", "/uses", "/certificates"};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        check_call(&scene, of(&scene, foreign, parts[i]), ERROR_NOT_FOUND, "authorization.unknown");
        check_call(&scene, of(&scene, NOBODY, parts[i]), ERROR_NOT_FOUND, "authorization.unknown");
    }
    Error err = {0};
    Bytes reply;
    CHECK_FAILS_WITH(world_send(&scene.world, scene.token, of(&scene, foreign, "/withdrawal"),
                                BYTES_LITERAL("{}"), NULL, &reply, &err),
                     ERROR_NOT_FOUND, "authorization.unknown");
    scene.id = foreign;
    scene_check_state(&scene, "ACTIVE");
}

TEST(who_only_wrote_a_persons_number_into_a_form_gets_no_code_and_is_not_listed)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk_until(&scene, "/v1/session/measures");
    const char *unproven = scene.id;
    scene_check_refused(&scene, ALL "/access", BYTES_LITERAL("{}"), ERROR_CONFLICT,
                        "session.order");
    scene_open(&scene);
    scene_walk(&scene);
    open_access(&scene);
    CHECK_TEXT(state_in_list(&scene, unproven), "");
    check_call(&scene, of(&scene, unproven, ""), ERROR_NOT_FOUND, "authorization.unknown");
}

TEST(a_session_that_was_given_up_opens_nothing_but_its_certificate_is_told)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk_until(&scene, "/v1/session/agreement");
    const char *given_up = scene.id;
    open_access(&scene);
    scene_post(&scene, "/v1/session/cancellation", BYTES_LITERAL("{}"));
    check_call(&scene, ALL, ERROR_FORBIDDEN, "access.not_open");
    scene_check_refused(&scene, ALL "/access", BYTES_LITERAL("{}"), ERROR_CONFLICT,
                        "session.order");
    scene_open(&scene);
    scene_walk(&scene);
    open_access(&scene);
    CHECK_TEXT(state_in_list(&scene, given_up), "CANCELLED");
    CHECK_INT(json_array_size(json_object_get(
                  scene_get(&scene, of(&scene, given_up, "/certificates")), "certificates")),
              1);
}

// Covers: H13
TEST(wrong_codes_and_codes_that_are_asked_for_are_limited)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    Bytes wrong = BYTES_LITERAL("{\"code\":\"000000\"}");
    scene_check_refused(&scene, ALL "/access/code", wrong, ERROR_CONFLICT, "session.order");
    scene_post(&scene, ALL "/access", BYTES_LITERAL("{}"));
    Bytes right = code_body(&scene);
    for (int i = 0; i < 5; i++) {
        scene_check_refused(&scene, ALL "/access/code", wrong, ERROR_FORBIDDEN, "code.wrong");
    }
    scene_check_refused(&scene, ALL "/access/code", right, ERROR_LIMIT, "code.tries");
    for (int i = 0; i < 4; i++) {
        scene_post(&scene, ALL "/access", BYTES_LITERAL("{}"));
    }
    scene_check_refused(&scene, ALL "/access", BYTES_LITERAL("{}"), ERROR_LIMIT,
                        "identity.too_many_tries");
    check_call(&scene, ALL, ERROR_FORBIDDEN, "access.not_open");
}

static Bytes copy_of(Scene *scene)
{
    Error err = {0};
    Bytes copy;
    CHECK_OK(world_send(&scene->world, scene->token, "/v1/session/copy", BYTES_EMPTY, NULL, &copy,
                        &err));
    CHECK(bytes_start_with(copy, BYTES_LITERAL("%PDF")));
    return copy;
}

static bool is_in(Bytes haystack, const char *text)
{
    size_t offset;
    return bytes_find(haystack, bytes_of_text(text), 0, &offset);
}

// What its compressed streams say is read by other tools in the tests of the pages.
// Covers: D33
TEST(a_masked_copy_is_another_file_than_the_original_and_always_the_same)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    check_call(&scene, "/v1/session/copy", ERROR_CONFLICT, "session.order");
    TerminalResult original = scene_walk(&scene);
    Bytes copy = copy_of(&scene);
    scene.world.now += 48 * TIME_HOUR;
    CHECK(bytes_equal(copy, copy_of(&scene)));
    CHECK(!bytes_equal(copy, original.document));
    CHECK(!is_in(copy, "/Sig"));
    CHECK(!is_in(copy, WORLD_NAME) && !is_in(copy, WORLD_ID_NUMBER) && !is_in(copy, WORLD_PHONE));
}
