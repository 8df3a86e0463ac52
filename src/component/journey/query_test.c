// SPDX-License-Identifier: Apache-2.0
//
// The query gate at C1: what an authorization lets pass, and what the person sees of it.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/scene.h"
#include "domain/pki/statement.h"

#define QUERIES "/queries"

static Bytes query(Scene *scene, const char *id, const char *purpose)
{
    const char *text = arena_format(
        scene->world.arena,
        "{\"query_id\":\"%s\",\"purpose\":\"%s\",\"party\":\"" WORLD_PARTY_USCC
        "\",\"source\":\"" WORLD_SOURCE_USCC "\",\"id_number\":\"" WORLD_ID_NUMBER "\"}",
        id, purpose);
    return bytes_of_text(text);
}

static void check_uses(Scene *scene, const char *const *outcomes, size_t count)
{
    const json_t *uses = json_object_get(scene_get(scene, "/v1/session/uses"), "uses");
    CHECK_INT(json_array_size(uses), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *outcome = json_object_get(json_array_get(uses, i), "outcome");
        CHECK_TEXT(json_string_value(outcome), outcomes[i]);
    }
}

// Covers: Regulation on the Credit Reporting Industry 18
TEST(a_query_for_an_authorised_purpose_reaches_the_bureau_and_is_shown_to_the_person)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    const json_t *report = scene_staff_post(&scene, QUERIES, query(&scene, "q-1", "02"));
    CHECK_TEXT(json_string_value(json_object_get(report, "query_id")), "q-1");
    CHECK_INT(scene.world.bureau_queries, 1);
    check_uses(&scene, (const char *const[]){"ANSWERED"}, 1);
}

// Covers: Regulation on the Credit Reporting Industry 18, 20; K07; R18.
TEST(a_query_that_is_not_covered_is_refused_and_recorded)
{
    static const struct {
        const char *key, *value;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {"purpose", "03", ERROR_FORBIDDEN, "gate.other_purpose"},
        {"purpose", "01", ERROR_FORBIDDEN, "purpose.not_in_this_state"},
        {"purpose", "09", ERROR_FORBIDDEN, "purpose.never"},
        {"purpose", "77", ERROR_INPUT, "purpose.unknown"},
        {"party", "91999999MA00000D14", ERROR_FORBIDDEN, "gate.other_party"},
        {"source", "91999999MA00000D14", ERROR_FORBIDDEN, "gate.other_source"},
        {"recipient", "91999999MA00000D14", ERROR_FORBIDDEN, "gate.other_recipient"},
        {"id_number", "999999198505051239", ERROR_FORBIDDEN, "gate.other_person"},
    };
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *id = arena_format(scene.world.arena, "q-%zu", i);
        Bytes body = scene_changed(&scene, query(&scene, id, "02"), cases[i].key,
                                   json_string(cases[i].value));
        scene_check_staff_refused(&scene, QUERIES, body, cases[i].kind, cases[i].code);
    }
    CHECK_INT(scene.world.bureau_queries, 0);
    const json_t *uses = json_object_get(scene_get(&scene, "/v1/session/uses"), "uses");
    CHECK_INT(json_array_size(uses), COUNT_OF(cases));
}

TEST(nothing_passes_before_the_authorization_is_in_force)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-0", "02"), ERROR_FORBIDDEN,
                              "gate.other_person");
    scene_walk_until(&scene, "/v1/session/signature");
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-1", "02"), ERROR_FORBIDDEN,
                              "gate.not_in_force");
    CHECK_INT(scene.world.bureau_queries, 0);
}

// Covers: K07; R18.
TEST(nothing_passes_outside_of_the_term)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    Time signed_at = scene.world.now;
    scene.world.now = signed_at - TIME_DAY;
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-1", "02"), ERROR_FORBIDDEN,
                              "gate.before_term");
    scene.world.now = signed_at + 366 * TIME_DAY;
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-2", "02"), ERROR_FORBIDDEN,
                              "gate.after_term");
    scene.world.now = signed_at;
    scene_staff_post(&scene, "/settlement",
                     BYTES_LITERAL("{\"application_open\":false,\"account_outstanding\":false,"
                                   "\"is_in_role\":false,\"is_settled\":true}"));
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-3", "02"), ERROR_FORBIDDEN,
                              "gate.settled");
}

TEST(management_is_queried_once_the_loan_is_outstanding_and_approval_no_more)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    scene_check_staff_refused(&scene, "/settlement", BYTES_LITERAL("{\"is_settled\":1}"),
                              ERROR_INPUT, "json.field");
    scene_staff_post(&scene, "/settlement",
                     BYTES_LITERAL("{\"application_open\":false,\"account_outstanding\":true,"
                                   "\"is_in_role\":false,\"is_settled\":false}"));
    scene_staff_post(&scene, QUERIES, query(&scene, "q-1", "01"));
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-2", "02"), ERROR_FORBIDDEN,
                              "purpose.not_in_this_state");
}

TEST(a_query_counts_once_and_no_more_pass_than_agreed)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    scene_staff_post(&scene, QUERIES, query(&scene, "q-1", "02"));
    scene_staff_post(&scene, QUERIES, query(&scene, "q-1", "02"));
    scene_staff_post(&scene, QUERIES, query(&scene, "q-2", "02"));
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-3", "02"), ERROR_LIMIT,
                              "gate.count_exceeded");
    check_uses(&scene, (const char *const[]){"ANSWERED", "ANSWERED", "REFUSED"}, 3);
    // The next quarter begins.
    scene.world.now += 40 * TIME_DAY;
    scene_staff_post(&scene, QUERIES, query(&scene, "q-4", "02"));
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-1", "02"), ERROR_CONFLICT,
                              "query.changed");
}

// Covers: PIPL 15; D30
TEST(after_withdrawal_the_next_query_is_refused_and_the_earlier_one_stays_on_record)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    scene_staff_post(&scene, QUERIES, query(&scene, "q-1", "02"));
    scene_post(&scene, "/v1/session/withdrawal", BYTES_LITERAL("{}"));
    scene_post(&scene, "/v1/session/withdrawal", BYTES_LITERAL("{}"));
    scene_check_state(&scene, "WITHDRAWN");
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-2", "02"), ERROR_FORBIDDEN,
                              "gate.withdrawn");
    scene_check_staff_refused(&scene, QUERIES, query(&scene, "q-1", "02"), ERROR_FORBIDDEN,
                              "gate.withdrawn");
    check_uses(&scene, (const char *const[]){"ANSWERED", "REFUSED"}, 2);
    CHECK_INT(scene.world.bureau_queries, 1);
}

TEST(a_bureau_that_does_not_answer_leaves_a_use_that_was_asked)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    Error err = {0};
    Bytes reply;
    const char *target = arena_format(scene.world.arena, "/v1/authorizations/%s/queries", scene.id);
    scene.world.interruption = (WorldInterruption){.at = 2};
    CHECK_FAILS(
        world_send(&scene.world, NULL, target, query(&scene, "q-1", "02"), NULL, &reply, &err),
        ERROR_UNAVAILABLE);
    check_uses(&scene, (const char *const[]){"ASKED"}, 1);
    scene_staff_post(&scene, QUERIES, query(&scene, "q-1", "02"));
    check_uses(&scene, (const char *const[]){"ANSWERED"}, 1);
}

TEST(a_query_body_that_is_not_as_described_is_refused)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    Bytes body = query(&scene, "q-1", "02");
    scene_check_staff_refused(&scene, QUERIES, BYTES_LITERAL("{"), ERROR_INPUT, "json.malformed");
    scene_check_staff_refused(&scene, QUERIES, scene_changed(&scene, body, "purpose", NULL),
                              ERROR_INPUT, "json.field");
    scene_check_staff_refused(&scene, QUERIES, scene_changed(&scene, body, "more", json_true()),
                              ERROR_INPUT, "json.unknown_field");
    scene_check_staff_refused(&scene, QUERIES,
                              scene_changed(&scene, body, "query_id", json_string("a\nb")),
                              ERROR_INPUT, "json.field");
}

// What somebody of the staff did last by the history; "" when it names nobody.
static const char *last_actor(Scene *scene, const char *event)
{
    const json_t *history = json_object_get(scene_history(scene), "history");
    for (size_t i = json_array_size(history); i-- > 0;) {
        const json_t *entry = json_array_get(history, i);
        if (strcmp(json_string_value(json_object_get(entry, "event")), event) == 0) {
            const char *by = json_string_value(json_object_get(entry, "by"));
            return by == NULL ? "" : by;
        }
    }
    return "no such event";
}

// True if a statement that C1 deposited holds this text.
static bool is_deposited(Scene *scene, const char *text)
{
    enum { STATEMENT_MAX = 1024 * 1024 };
    Error err = {0};
    World *world = &scene->world;
    PeerResponse response;
    bool found = false;
    size_t at;
    CLEANUP(json_cleanup) json_t *list = NULL;
    PeerRequest ask = {.method = "GET",
                       .target = arena_format(world->arena, "/v1/deposits/%s", scene->id)};
    CHECK_OK(peer_call(world->c5_for_c1, &ask, world->arena, &response, &err));
    CHECK_OK(json_parse(response.body, &list, &err));
    const json_t *deposits = json_object_get(list, "deposits");
    for (size_t i = 0; i < json_array_size(deposits); i++) {
        CLEANUP(json_cleanup) json_t *opened = NULL;
        Statement statement;
        int index = (int)json_integer_value(json_object_get(json_array_get(deposits, i), "index"));
        ask.target = arena_format(world->arena, "/v1/openings/%d?purpose=test", index);
        CHECK_OK(peer_call(world->c5_for_c1, &ask, world->arena, &response, &err));
        CHECK_OK(json_parse(response.body, &opened, &err));
        JsonView view = json_view(opened, "opening", &err);
        Bytes sent = json_view_base64(&view, world->arena, "statement", STATEMENT_MAX);
        CHECK_OK(statement_parse(world->arena, sent, &statement, &err));
        found = found || bytes_find(statement.payload, bytes_of_text(text), 0, &at);
    }
    return found;
}

// Covers: JR/T 0299-2024 8.3 a, d
TEST(history_and_evidence_name_the_officer_who_acted_and_nobody_for_the_person)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.actor = "li.officer";
    scene_open(&scene);
    scene_walk(&scene);
    scene_staff_post(&scene, QUERIES, query(&scene, "q-1", "02"));
    CHECK_TEXT(last_actor(&scene, "open"), "li.officer");
    // The terminal stated it as well, and was not asked.
    CHECK_TEXT(last_actor(&scene, "consent"), "");
    CHECK_TEXT(last_actor(&scene, "sign"), "");
    scene.world.now += 10 * TIME_SECOND;
    Error err = {0};
    size_t count;
    CHECK_OK(business_resume(scene.world.business, &count, &err));
    CHECK(is_deposited(&scene, "\"actor\":\"li.officer\""));
    CHECK(is_deposited(&scene, "\"actor\":\"alice/li.officer\""));
    Bytes reply;
    scene.world.actor = "Li_Officer";
    const char *target = arena_format(scene.world.arena, "/v1/authorizations/%s" QUERIES, scene.id);
    CHECK_FAILS_WITH(
        world_send(&scene.world, NULL, target, query(&scene, "q-2", "02"), "key-2", &reply, &err),
        ERROR_INPUT, "session.actor");
}

// Covers: JR/T 0299-2024 4
TEST(staff_see_who_signed_each_step_and_no_name_of_the_person)
{
    static const char *const steps[] = {"M1", "M3", "M5", "M6", "M7", "M8"};
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    CHECK_INT(json_array_size(json_object_get(scene_history(&scene), "signatures")), 0);
    scene_walk(&scene);
    const json_t *list = json_object_get(scene_history(&scene), "signatures");
    CHECK_INT(json_array_size(list), COUNT_OF(steps));
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        const json_t *entry = json_array_get(list, i);
        CHECK_TEXT(json_string_value(json_object_get(entry, "step")), steps[i]);
        bool is_person = strcmp(steps[i], "M5") == 0;
        const char *signer = json_string_value(json_object_get(entry, "signer"));
        CHECK_INT(signer[0] == '\0', is_person);
        CHECK_INT(json_object_get(entry, "index") != NULL, i >= 3);
    }
}
