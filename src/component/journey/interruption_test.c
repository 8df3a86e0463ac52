// SPDX-License-Identifier: Apache-2.0
//
// Outages and crashes: whatever is interrupted and repeated ends with exactly one authorization.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/scene.h"

enum { CROSSINGS_MAX = 64, RUNS_MAX = 5 };

// C5's own word: all stages are there, once.
static void check_evidence(Scene *scene)
{
    Error err = {0};
    PeerResponse response;
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CHECK_OK(peer_local(preservation_service(scene->world.preservation), "preservation_operator",
                        "alice", clock_manual(&scene->world.now), &peer, &err));
    PeerRequest request = {.method = "GET",
                           .target = arena_format(scene->world.arena,
                                                  "/v1/authorizations/%s/completeness", scene->id)};
    CHECK_OK(peer_call(peer, &request, scene->world.arena, &response, &err));
    CHECK_OK(json_parse(response.body, &reply, &err));
    CHECK(json_is_true(json_object_get(reply, "complete")));
}

// Walk with one crossing interrupted. A terminal that gave up before it had a key is run again.
// False when the journey has fewer crossings.
static bool walk_interrupted(Scene *scene, unsigned crossing, bool is_after)
{
    World *world = &scene->world;
    Error err = {0};
    TerminalResult result;
    scene_open(scene);
    size_t registrations = world->registration_count;
    world->person.device = arena_format(world->arena, "device-%u-%d", crossing, is_after);
    world->interruption =
        (WorldInterruption){.at = crossing, .is_after = is_after, .reopens = true};
    bool ok = false;
    for (int i = 0; i < RUNS_MAX && !ok; i++) {
        err = (Error){0};
        ok = world_walk(world, scene->token, &result, &err);
    }
    bool has_struck = world->interruption.has_struck;
    world->interruption = (WorldInterruption){0};
    if (!ok) {
        test_fail(__FILE__, __LINE__, "crossing %u %s: %s %s", crossing,
                  is_after ? "after" : "before", err.code, err.text);
    }
    scene_check_state(scene, "ACTIVE");
    CHECK_INT(world->registration_count - registrations, 1);
    check_evidence(scene);
    return has_struck;
}

// Covers: D27; JR/T 0299-2024 4
TEST(every_step_interrupted_before_or_after_it_took_effect_ends_in_one_authorization)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    unsigned crossing = 1;
    while (crossing < CROSSINGS_MAX && walk_interrupted(&scene, crossing, false)) {
        CHECK(walk_interrupted(&scene, crossing, true));
        crossing++;
    }
    // The loop ended because the journey was over, and it had all of its crossings.
    CHECK(crossing > 25 && crossing < CROSSINGS_MAX);
}

// As after a C1 that ended when the bank had taken the code, and before it was recorded.
static void use_code_up(World *world, const char *target, Bytes *body)
{
    size_t at;
    if (strcmp(target, "/v1/session/measures") == 0 &&
        bytes_find(*body, BYTES_LITERAL("\"code_needed\":true"), 0, &at)) {
        world->bank_code_is_live = false;
    }
}

static void use_first_code_up(World *world, const char *target, Bytes *body)
{
    bool was_live = world->bank_code_is_live;
    use_code_up(world, target, body);
    world->tamper = was_live && !world->bank_code_is_live ? NULL : use_first_code_up;
}

TEST(a_code_that_the_bank_took_and_nobody_recorded_is_followed_by_a_new_one)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.person.measures[2] = "bank_card";
    scene.world.tamper = use_first_code_up;
    scene_walk(&scene);
    CHECK(scene.world.tamper == NULL);
    scene_check_state(&scene, "ACTIVE");
}

TEST(a_bank_that_takes_no_code_is_not_asked_for_ever)
{
    Error err = {0};
    TerminalResult result;
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.person.measures[2] = "bank_card";
    scene.world.tamper = use_code_up;
    CHECK_FAILS_WITH(world_walk(&scene.world, scene.token, &result, &err), ERROR_CONFLICT,
                     "measure.code_expired");
}

// Covers: JR/T 0299-2024 4 f-h
TEST(an_evidence_system_that_is_down_delays_the_effect_and_is_caught_up_with)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes reply;
    size_t count;
    scene.world.preservation_is_down = true;
    Bytes body = scene_walk_until(&scene, "/v1/session/signature");
    CHECK_FAILS(
        world_send(&scene.world, scene.token, "/v1/session/signature", body, "key-1", &reply, &err),
        ERROR_UNAVAILABLE);
    scene_check_state(&scene, "SIGNED");
    CHECK(business_is_degraded(scene.world.business));
    scene.world.now += TIME_MINUTE;
    CHECK_OK(business_resume(scene.world.business, &count, &err));
    CHECK_INT(count, 0);
    CHECK(business_is_degraded(scene.world.business));
    scene_check_state(&scene, "SIGNED");
    CHECK_OK(world_restart_business(&scene.world, &err));
    scene.world.preservation_is_down = false;
    CHECK_OK(business_resume(scene.world.business, &count, &err));
    CHECK_INT(count, 1);
    CHECK(!business_is_degraded(scene.world.business));
    scene_check_state(&scene, "ACTIVE");
    check_evidence(&scene);
    CHECK_OK(business_resume(scene.world.business, &count, &err));
    CHECK_INT(count, 0);
    CHECK_OK(world_send(&scene.world, scene.token, "/v1/session/signature", body, "key-1", &reply,
                        &err));
}

TEST(another_submission_than_was_logged_is_not_taken_for_m7)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes reply;
    Bytes body = scene_walk_until(&scene, "/v1/session/signature");
    scene.world.shows_other_submission = true;
    CHECK_FAILS_WITH(
        world_send(&scene.world, scene.token, "/v1/session/signature", body, "key-1", &reply, &err),
        ERROR_UNTRUSTED, "deposit.other_submission");
    scene_check_state(&scene, "SIGNED");
    scene.world.shows_other_submission = false;
    CHECK_OK(world_send(&scene.world, scene.token, "/v1/session/signature", body, "key-1", &reply,
                        &err));
    scene_check_state(&scene, "ACTIVE");
}

TEST(a_signature_that_was_withdrawn_before_it_was_deposited_never_takes_effect)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes reply;
    size_t count;
    scene.world.preservation_is_down = true;
    Bytes body = scene_walk_until(&scene, "/v1/session/signature");
    CHECK_FAILS(
        world_send(&scene.world, scene.token, "/v1/session/signature", body, "key-1", &reply, &err),
        ERROR_UNAVAILABLE);
    scene_post(&scene, "/v1/session/withdrawal", BYTES_LITERAL("{}"));
    scene.world.preservation_is_down = false;
    scene.world.now += TIME_MINUTE;
    CHECK_OK(business_resume(scene.world.business, &count, &err));
    scene_check_state(&scene, "WITHDRAWN");
}

// --- what happens later -----------------------------------------------------------------------

// How many deposits of a stage C5 holds for the authorization.
static size_t count_deposits(Scene *scene, const char *stage)
{
    Error err = {0};
    PeerResponse response;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    PeerRequest request = {
        .method = "GET", .target = arena_format(scene->world.arena, "/v1/deposits/%s", scene->id)};
    CHECK_OK(peer_call(scene->world.c5_for_c1, &request, scene->world.arena, &response, &err));
    CHECK_OK(json_parse(response.body, &reply, &err));
    const json_t *deposits = json_object_get(reply, "deposits");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(deposits); i++) {
        const json_t *name = json_object_get(json_array_get(deposits, i), "stage");
        count += strcmp(json_string_value(name), stage) == 0 ? 1 : 0;
    }
    return count;
}

static void resume(Scene *scene)
{
    Error err = {0};
    size_t count;
    scene->world.now += 10 * TIME_SECOND;
    CHECK_OK(business_resume(scene->world.business, &count, &err));
}

static void use_and_withdraw(Scene *scene)
{
    static const char query[] =
        "{\"query_id\":\"q-1\",\"purpose\":\"02\",\"party\":\"" WORLD_PARTY_USCC
        "\",\"source\":\"" WORLD_SOURCE_USCC "\",\"id_number\":\"" WORLD_ID_NUMBER "\"}";
    scene_walk(scene);
    scene_staff_post(scene, "/queries", BYTES_LITERAL(query));
    scene_post(scene, "/v1/session/withdrawal", BYTES_LITERAL("{}"));
    scene_check_staff_refused(
        scene, "/queries",
        scene_changed(scene, BYTES_LITERAL(query), "query_id", json_string("q-2")), ERROR_FORBIDDEN,
        "gate.withdrawn");
}

// Covers: JR/T 0299-2024 8.3 d; A11; D32
TEST(uses_and_withdrawal_are_preserved_a_little_later)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    use_and_withdraw(&scene);
    CHECK_INT(count_deposits(&scene, "OTHER"), 0);
    resume(&scene);
    CHECK_INT(count_deposits(&scene, "OTHER"), 3);
    resume(&scene);
    CHECK_INT(count_deposits(&scene, "OTHER"), 3);
    check_evidence(&scene);
}

TEST(an_evidence_system_that_is_down_delays_no_withdrawal)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    use_and_withdraw(&scene);
    scene.world.preservation_is_down = true;
    resume(&scene);
    CHECK(business_is_degraded(scene.world.business));
    scene_check_state(&scene, "WITHDRAWN");
    scene.world.preservation_is_down = false;
    Error err = {0};
    CHECK_OK(world_restart_business(&scene.world, &err));
    resume(&scene);
    CHECK_INT(count_deposits(&scene, "OTHER"), 3);
}

TEST(a_later_deposit_whose_receipt_got_lost_is_not_made_twice)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    use_and_withdraw(&scene);
    for (unsigned crossing = 1; crossing <= 3; crossing++) {
        scene.world.interruption = (WorldInterruption){.at = crossing, .is_after = true};
        resume(&scene);
    }
    scene.world.interruption = (WorldInterruption){0};
    resume(&scene);
    resume(&scene);
    CHECK_INT(count_deposits(&scene, "OTHER"), 3);
}
