// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/report/report_basis.h"
#include "domain/report/report_basis_inside.h"
#include "domain/report/scene_test.h"

enum { FILES = REPORT_A_PLACES + SCENE_MATERIALS + 1 };

typedef struct {
    Scene scene;
    Bytes files[FILES];
    ReportSources sources;
} World;

static Bytes text_of(Scene *scene, const json_t *json)
{
    Bytes text = BYTES_EMPTY;
    Error err = {0};
    CHECK_OK(json_text(scene->arena, json, &text, &err));
    return text;
}

static Bytes person_of(Scene *scene)
{
    const ReportHolder *holder = &scene->a.holder;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_text(json, "name", holder->name);
    json_put_text(json, "id_number", holder->id_number);
    json_put_text(json, "salt", holder->salt == NULL ? "" : holder->salt);
    return text_of(scene, json);
}

static Bytes history_of(Scene *scene)
{
    CLEANUP(writer_free) Writer lines = writer_new(64 * 1024);
    for (size_t i = 0; i < scene->a.history_count; i++) {
        const ReportHistoryEvent *event = &scene->a.history[i];
        CLEANUP(json_cleanup) json_t *json = json_make_object();
        json_put_time(json, "at", event->at);
        json_put_text(json, "event", event->event);
        json_put_text(json, "outcome", event->outcome);
        json_put_text(json, "code", event->code);
        writer_put(&lines, text_of(scene, json));
        writer_put_text(&lines, "\n");
    }
    return arena_copy(scene->arena, writer_bytes(&lines));
}

static void world_make(World *world)
{
    Scene *scene = &world->scene;
    scene_make(scene);
    ReportAPlace places[REPORT_A_PLACES];
    size_t count = 0;
    report_a_places(&scene->a, places);
    for (size_t i = 0; i < REPORT_A_PLACES; i++) {
        world->files[count++] = *places[i].place;
    }
    for (size_t i = 0; i < scene->application.material_count; i++) {
        world->files[count++] = scene->application.materials[i].content;
    }
    if (scene->a.log_certificate != NULL) {
        world->files[count++] = scene->a.log_certificate->der;
    }
    world->sources = (ReportSources){.files = world->files,
                                     .file_count = count,
                                     .history = history_of(scene),
                                     .person = person_of(scene),
                                     .trust = scene->a.trust};
}

static ReportRecomputed recompute(World *world, Bytes payload)
{
    ReportRecomputed found = {.report = NULL};
    Error err = {0};
    CHECK_OK(report_recompute(payload, &world->sources, world->scene.arena, &found, &err));
    return found;
}

static Bytes made_json(World *world, ReportKind kind)
{
    Scene *scene = &world->scene;
    Report *report = NULL;
    Error err = {0};
    CHECK_OK(kind == REPORT_A   ? report_a_make(&scene->a, scene->arena, &report, &err)
             : kind == REPORT_B ? report_b_make(&scene->b, scene->arena, &report, &err)
                                : report_c_make(&scene->c, scene->arena, &report, &err));
    return scene_json(scene, report);
}

// Covers: JR/T 0299-2024 8.4, requirements F01, F04
TEST(reports_a_and_b_are_computed_again_from_their_basis_to_the_byte)
{
    static const ReportKind kinds[] = {REPORT_A, REPORT_B};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        World world;
        world_make(&world);
        Bytes payload = made_json(&world, kinds[i]);
        ReportRecomputed found = recompute(&world, payload);
        CHECK_INT(found.missing_count, 0);
        CHECK(found.report != NULL);
        CHECK(bytes_equal(scene_json(&world.scene, found.report), payload));
        scene_free(&world.scene);
    }
}

// Covers: JR/T 0299-2024 8.4, requirement F08
TEST(a_deposit_that_is_not_at_hand_is_named_and_nothing_is_said_to_be_identical)
{
    World world;
    world_make(&world);
    ReportRecomputed found = recompute(&world, made_json(&world, REPORT_C));
    CHECK(found.report == NULL);
    CHECK(found.missing_count > 0);
    CHECK_TEXT(found.missing[0], "M6.0");
    scene_free(&world.scene);
}

TEST(material_history_and_person_that_are_withheld_are_missed_by_name)
{
    World world;
    world_make(&world);
    Bytes payload = made_json(&world, REPORT_A);
    world.sources.history = BYTES_EMPTY;
    CHECK_TEXT(recompute(&world, payload).missing[0], "history.jsonl");
    world.sources.history = history_of(&world.scene);
    world.sources.person = BYTES_EMPTY;
    CHECK_TEXT(recompute(&world, payload).missing[0], "person.json");
    world.sources.person = person_of(&world.scene);
    for (size_t i = 0; i < world.sources.file_count; i++) {
        if (bytes_equal(world.files[i], world.scene.a.signed_agreement)) {
            world.files[i] = BYTES_EMPTY;
        }
    }
    CHECK_TEXT(recompute(&world, payload).missing[0], MATERIAL_AGREEMENT);
    scene_free(&world.scene);
}

// Covers: JR/T 0299-2024 8.4, requirement F14
TEST(the_first_member_in_which_a_report_is_not_what_its_basis_gives_is_named)
{
    World world;
    world_make(&world);
    Bytes payload = made_json(&world, REPORT_B);
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    CLEANUP(json_cleanup) json_t *computed = NULL;
    CHECK_OK(json_parse(payload, &json, &err));
    json_object_set_new(json_object_get(json, "conclusion"), "outcome", json_string("unknown"));
    ReportRecomputed found = recompute(&world, text_of(&world.scene, json));
    CHECK(found.report != NULL);
    CHECK_OK(json_parse(scene_json(&world.scene, found.report), &computed, &err));
    ReportDifference difference;
    CHECK(report_find_difference(json, computed, world.scene.arena, &difference));
    CHECK_TEXT(difference.path, "$.conclusion.outcome");
    CHECK_TEXT(difference.stated, "\"unknown\"");
    CHECK_TEXT(difference.computed, "\"passed\"");
    scene_free(&world.scene);
}

TEST(differences_are_found_in_order_also_where_a_member_or_an_item_is_missing)
{
    static const struct {
        const char *stated, *computed, *path;
    } cases[] = {
        {"{\"a\":[1,2,{\"b\":true}]}", "{\"a\":[1,2,{\"b\":false}]}", "$.a[2].b"},
        {"{\"a\":[1]}", "{\"a\":[1,2]}", "$.a[1]"},
        {"{\"b\":1}", "{\"a\":1,\"b\":1}", "$.a"},
        {"{\"a\":1,\"b\":1}", "{\"a\":1}", "$.b"},
        {"{\"a\":{}}", "{\"a\":[]}", "$.a"},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(json_cleanup) json_t *stated = NULL;
        CLEANUP(json_cleanup) json_t *computed = NULL;
        ReportDifference difference;
        Error err = {0};
        CHECK_OK(json_parse(bytes_of_text(cases[i].stated), &stated, &err));
        CHECK_OK(json_parse(bytes_of_text(cases[i].computed), &computed, &err));
        CHECK(report_find_difference(stated, computed, arena, &difference));
        CHECK_TEXT(difference.path, cases[i].path);
        CHECK(!report_find_difference(stated, stated, arena, &difference));
    }
}

TEST(what_is_no_report_or_has_no_basis_is_never_computed)
{
    World world;
    world_make(&world);
    ReportRecomputed found;
    Error err = {0};
    CHECK(!report_recompute(BYTES_LITERAL("{\"type\":\"assent.deposit/1\"}"), &world.sources,
                            world.scene.arena, &found, &err));
    CHECK_TEXT(err.code, "report.content");
    found = recompute(&world, BYTES_LITERAL("{\"type\":\"assent.report-a/1\"}"));
    CHECK(found.report == NULL);
    CHECK_TEXT(found.missing[0], "basis");
    scene_free(&world.scene);
}
