// SPDX-License-Identifier: Apache-2.0
//
// Objections: nobody queries until staff have settled them.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/scene.h"

#define OBJECTION "/v1/session/objection"
#define SETTLEMENT "/objection/settlement"

static const char query[] =
    "{\"query_id\":\"q-1\",\"purpose\":\"02\",\"party\":\"" WORLD_PARTY_USCC
    "\",\"source\":\"" WORLD_SOURCE_USCC "\",\"id_number\":\"" WORLD_ID_NUMBER "\"}";

#define OBJECT "{\"reason\":\"query\",\"text\":\"这次查询不是我申请的\"}"
#define REJECT "{\"upheld\":false,\"note\":\"已核实\"}"
#define UPHOLD "{\"upheld\":true,\"note\":\"已核实\"}"

static void object(Scene *scene)
{
    scene_post(scene, OBJECTION, BYTES_LITERAL(OBJECT));
    scene_check_state(scene, "DISPUTED");
}

// What the person sees, and what staff see: the same.
static void check_standing(Scene *scene, const char *standing, const char *note)
{
    const json_t *views[] = {scene_get(scene, "/v1/session"), scene_history(scene)};
    for (size_t i = 0; i < COUNT_OF(views); i++) {
        const json_t *objection = json_object_get(views[i], "objection");
        const char *shown = json_string_value(json_object_get(objection, "note"));
        CHECK_TEXT(json_string_value(json_object_get(objection, "state")), standing);
        CHECK_TEXT(json_string_value(json_object_get(objection, "reason")), "query");
        CHECK_TEXT(json_string_value(json_object_get(objection, "text")), "这次查询不是我申请的");
        CHECK_TEXT(shown == NULL ? "" : shown, note);
    }
}

// Covers: Regulation on the Credit Reporting Industry 25; K09, K10.
TEST(an_objection_stops_queries_until_it_is_rejected)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    CHECK(json_object_get(scene_get(&scene, "/v1/session"), "objection") == NULL);
    object(&scene);
    check_standing(&scene, "OPEN", "");
    scene_check_staff_refused(&scene, "/queries", BYTES_LITERAL(query), ERROR_FORBIDDEN,
                              "gate.disputed");
    CHECK_INT(scene.world.bureau_queries, 0);
    scene_staff_post(&scene, SETTLEMENT, BYTES_LITERAL(REJECT));
    scene_check_state(&scene, "ACTIVE");
    check_standing(&scene, "REJECTED", "已核实");
    scene_staff_post(&scene, "/queries",
                     scene_changed(&scene, BYTES_LITERAL(query), "query_id", json_string("q-2")));
}

// Covers: K10.
TEST(an_objection_that_is_upheld_ends_the_authorization)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    object(&scene);
    scene_staff_post(&scene, SETTLEMENT, BYTES_LITERAL(UPHOLD));
    scene_check_state(&scene, "WITHDRAWN");
    check_standing(&scene, "UPHELD", "已核实");
    scene_check_staff_refused(&scene, "/queries", BYTES_LITERAL(query), ERROR_FORBIDDEN,
                              "gate.withdrawn");
    scene_check_refused(&scene, OBJECTION, BYTES_LITERAL(OBJECT), ERROR_CONFLICT,
                        "authorization.transition");
}

TEST(who_objected_may_still_withdraw)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    object(&scene);
    scene_post(&scene, "/v1/session/withdrawal", BYTES_LITERAL("{}"));
    scene_check_state(&scene, "WITHDRAWN");
    check_standing(&scene, "CLOSED", "");
    scene_check_staff_refused(&scene, SETTLEMENT, BYTES_LITERAL(REJECT), ERROR_CONFLICT,
                              "objection.not_open");
}

TEST(an_objection_and_its_settlement_that_are_sent_twice_are_made_once)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    object(&scene);
    size_t length = json_array_size(json_object_get(scene_history(&scene), "history"));
    object(&scene);
    CHECK_INT(json_array_size(json_object_get(scene_history(&scene), "history")), length);
    scene_check_refused(&scene, OBJECTION, BYTES_LITERAL("{\"reason\":\"data\"}"), ERROR_CONFLICT,
                        "authorization.transition");
    scene_staff_post(&scene, SETTLEMENT, BYTES_LITERAL(REJECT));
    length = json_array_size(json_object_get(scene_history(&scene), "history"));
    scene_staff_post(&scene, SETTLEMENT, BYTES_LITERAL(REJECT));
    CHECK_INT(json_array_size(json_object_get(scene_history(&scene), "history")), length);
    scene_check_staff_refused(&scene, SETTLEMENT, BYTES_LITERAL(UPHOLD), ERROR_CONFLICT,
                              "objection.not_open");
}

TEST(an_objection_is_about_something_in_force)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_check_refused(&scene, OBJECTION, BYTES_LITERAL(OBJECT), ERROR_CONFLICT,
                        "authorization.transition");
    scene_check_staff_refused(&scene, SETTLEMENT, BYTES_LITERAL(REJECT), ERROR_CONFLICT,
                              "objection.not_open");
}

static Bytes long_objection(Scene *scene, size_t characters)
{
    CLEANUP(writer_free) Writer text = writer_new(4096);
    writer_put_text(&text, "{\"reason\":\"other\",\"text\":\"");
    for (size_t i = 0; i < characters; i++) {
        writer_put_text(&text, "查");
    }
    writer_put_text(&text, "\"}");
    return arena_copy(scene->world.arena, writer_bytes(&text));
}

TEST(an_objection_that_says_nothing_or_too_much_is_refused)
{
    static const struct {
        const char *body, *code;
    } cases[] = {
        {"{}", "json.field"},
        {"{\"reason\":\"anger\"}", "objection.reason"},
        {"{\"reason\":\"data\",\"text\":\"\"}", "json.field"},
        {"{\"reason\":\"data\",\"text\":7}", "json.field"},
        {"{\"reason\":\"data\",\"more\":7}", "json.unknown_field"},
    };
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        scene_check_refused(&scene, OBJECTION, bytes_of_text(cases[i].body), ERROR_INPUT,
                            cases[i].code);
    }
    scene_check_refused(&scene, OBJECTION, long_objection(&scene, 501), ERROR_INPUT,
                        "objection.too_long");
    scene_post(&scene, OBJECTION, long_objection(&scene, 500));
    scene_check_staff_refused(&scene, SETTLEMENT, BYTES_LITERAL("{\"upheld\":true}"), ERROR_INPUT,
                              "json.field");
}

TEST(objections_are_limited)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    for (int i = 0; i < 10; i++) {
        object(&scene);
        scene_staff_post(&scene, SETTLEMENT, BYTES_LITERAL(REJECT));
    }
    scene_check_refused(&scene, OBJECTION, BYTES_LITERAL(OBJECT), ERROR_LIMIT,
                        "objection.too_many");
}

static size_t count_deposits(Scene *scene)
{
    Error err = {0};
    size_t count;
    PeerResponse response;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    scene->world.now += 10 * TIME_SECOND;
    CHECK_OK(business_resume(scene->world.business, &count, &err));
    PeerRequest request = {
        .method = "GET", .target = arena_format(scene->world.arena, "/v1/deposits/%s", scene->id)};
    CHECK_OK(peer_call(scene->world.c5_for_c1, &request, scene->world.arena, &response, &err));
    CHECK_OK(json_parse(response.body, &reply, &err));
    return json_array_size(json_object_get(reply, "deposits"));
}

// Covers: JR/T 0299-2024 8.3 d
TEST(objection_and_settlement_are_preserved_a_little_later)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    size_t before = count_deposits(&scene);
    object(&scene);
    CHECK_INT(count_deposits(&scene), before + 1);
    scene_staff_post(&scene, SETTLEMENT, BYTES_LITERAL(UPHOLD));
    CHECK_INT(count_deposits(&scene), before + 2);
    CHECK_INT(count_deposits(&scene), before + 2);
}
