// SPDX-License-Identifier: Apache-2.0
//
// What C1 sees of its own that somebody has to look at.
#include "base/test/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/journey/scene.h"

#define QUERY(id, purpose)                                                               \
    "{\"query_id\":\"" id "\",\"purpose\":\"" purpose "\",\"party\":\"" WORLD_PARTY_USCC \
    "\",\"source\":\"" WORLD_SOURCE_USCC "\",\"id_number\":\"" WORLD_ID_NUMBER "\"}"

static void run_sql(const char *path, const char *sql)
{
    char command[1400];
    snprintf(command, sizeof command, "sqlite3 '%s' \".timeout 5000\" \"%s\"", path, sql);
    if (system("command -v sqlite3 >/dev/null") != 0) {
        test_skip("sqlite3 is not installed");
    }
    CHECK_INT(system(command), 0);
}

static void resume_after(Scene *scene, Time pause)
{
    Error err = {0};
    size_t count;
    scene->world.now += pause;
    CHECK_OK(business_resume(scene->world.business, &count, &err));
}

// The answer of GET /v1/alarms; released with the world.
static const json_t *list(Scene *scene)
{
    Error err = {0};
    Bytes body;
    json_t *json;
    CHECK_OK(world_call(&scene->world, NULL, "/v1/alarms", NULL, NULL, &body, &err));
    CHECK_OK(json_parse(body, &json, &err));
    json_array_append_new(scene->world.replies, json);
    return json;
}

// The newest alarm of a code; NULL: there is none.
static const json_t *find(Scene *scene, const char *code)
{
    const json_t *alarms = json_object_get(list(scene), "alarms");
    for (size_t i = 0; i < json_array_size(alarms); i++) {
        const json_t *alarm = json_array_get(alarms, i);
        if (strcmp(json_string_value(json_object_get(alarm, "code")), code) == 0) {
            return alarm;
        }
    }
    return NULL;
}

static bool is_open(Scene *scene, const char *code)
{
    const json_t *alarm = find(scene, code);
    return alarm != NULL && json_object_get(alarm, "cleared_at") == NULL;
}

static const char *text_of(const json_t *alarm, const char *key)
{
    const char *text = json_string_value(json_object_get(alarm, key));
    return text == NULL ? "" : text;
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static bool acknowledge(Scene *scene, const char *code, const char *reason, Error *err)
{
    Bytes body;
    const char *target =
        arena_format(scene->world.arena, "/v1/alarms/%lld/acknowledgement",
                     (long long)json_integer_value(json_object_get(find(scene, code), "id")));
    const char *text = arena_format(scene->world.arena, "{\"reason\":\"%s\"}", reason);
    return world_call(&scene->world, NULL, target, text, NULL, &body, err);
}

// Covers: R16, R17; JR/T 0299-2024 4 f-h.
TEST(evidence_that_waits_for_c5_for_too_long_is_one_alarm_that_ends_when_it_is_deposited)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes signature = scene_walk_until(&scene, "/v1/session/signature");
    Error err = {0};
    Bytes body;
    scene.world.preservation_is_down = true;
    CHECK_FAILS(
        world_send(&scene.world, scene.token, "/v1/session/signature", signature, "k", &body, &err),
        ERROR_UNAVAILABLE);
    for (int i = 0; i < 29; i++) {
        resume_after(&scene, TIME_MINUTE);
    }
    CHECK(!is_open(&scene, "deposit.overdue"));
    // C5 itself was missed before that.
    CHECK(is_open(&scene, "outage.preservation"));
    for (int i = 0; i < 5; i++) {
        resume_after(&scene, TIME_MINUTE);
    }
    const json_t *alarm = find(&scene, "deposit.overdue");
    CHECK_TEXT(text_of(alarm, "severity"), "critical");
    CHECK_INT(number_of(alarm, "occurrences"), 1);
    CHECK_INT(number_of(json_object_get(list(&scene), "watch"), "waiting"), 1);
    scene.world.preservation_is_down = false;
    resume_after(&scene, TIME_MINUTE);
    resume_after(&scene, TIME_MINUTE);
    scene_check_state(&scene, "ACTIVE");
    CHECK(!is_open(&scene, "deposit.overdue"));
    CHECK(!is_open(&scene, "outage.preservation"));
    // Over, and critical: it is seen until somebody took note.
    scene.world.actor = "li.officer";
    CHECK_OK(acknowledge(&scene, "deposit.overdue", "C5 was down", &err));
    CHECK_TEXT(text_of(find(&scene, "deposit.overdue"), "acknowledged_by"),
               "operator/alice/li.officer");
}

// Covers: R16.
TEST(a_certificate_that_nobody_signs_with_is_a_warning_until_the_person_signs_or_gives_up)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes signature = scene_walk_until(&scene, "/v1/session/signature");
    Error err = {0};
    Bytes body;
    resume_after(&scene, 29 * TIME_MINUTE);
    CHECK(find(&scene, "certificate.unsigned") == NULL);
    resume_after(&scene, 2 * TIME_MINUTE);
    resume_after(&scene, TIME_MINUTE);
    const json_t *alarm = find(&scene, "certificate.unsigned");
    CHECK_TEXT(text_of(alarm, "severity"), "warning");
    CHECK_TEXT(text_of(alarm, "authorization"), scene.id);
    CHECK_INT(number_of(alarm, "occurrences"), 1);
    (void)signature;
    CHECK_OK(
        world_call(&scene.world, scene.token, "/v1/session/cancellation", "{}", "c", &body, &err));
    resume_after(&scene, TIME_MINUTE);
    CHECK(!is_open(&scene, "certificate.unsigned"));
}

// Covers: R18; K07.
TEST(a_query_without_authorization_is_blocked_and_an_alarm_that_stays_until_somebody_knows)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    scene_staff_post(&scene, "/queries", BYTES_LITERAL(QUERY("q-0", "02")));
    CHECK(find(&scene, "query.refused") == NULL);
    for (int i = 0; i < 3; i++) {
        scene_check_staff_refused(&scene, "/queries", BYTES_LITERAL(QUERY("q-1", "03")),
                                  ERROR_FORBIDDEN, "gate.other_purpose");
    }
    const json_t *alarm = find(&scene, "query.refused");
    CHECK_TEXT(text_of(alarm, "severity"), "critical");
    CHECK_TEXT(text_of(alarm, "detail"), "gate.other_purpose");
    CHECK_TEXT(text_of(alarm, "authorization"), scene.id);
    CHECK_INT(number_of(alarm, "occurrences"), 3);
    Error err = {0};
    CHECK_OK(acknowledge(&scene, "query.refused", "wrong form", &err));
    CHECK(!is_open(&scene, "query.refused"));
    CHECK_FAILS_WITH(acknowledge(&scene, "query.refused", "again", &err), ERROR_CONFLICT,
                     "alarm.acknowledged");
}

// Covers: E11, K03; JR/T 0299-2024 8.3 d.
TEST(freezing_is_an_alarm_that_unfreezing_ends_and_the_evidence_log_has_both)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    const char *path = scene.world.config.store_path;
#define LETTER_ROW "(SELECT large_id FROM artifact WHERE name = 'signed_agreement')"
    run_sql(path, "CREATE TABLE kept AS SELECT * FROM large_content WHERE id = " LETTER_ROW
                  "; UPDATE large_content SET content = CAST(substr(content, 1, 999) ||"
                  " x'00ff00ff' || substr(content, 1004) AS BLOB) WHERE id = " LETTER_ROW);
    Error err = {0};
    Bytes body;
    // Whoever reads it is refused, once for each reader, and told once.
    static const char *const readers[] = {"/v1/session/document", "/v1/session/case",
                                          "/v1/session/copy"};
    for (size_t i = 0; i < 3 * COUNT_OF(readers); i++) {
        CHECK_FAILS_WITH(world_call(&scene.world, scene.token, readers[i % COUNT_OF(readers)], NULL,
                                    NULL, &body, &err),
                         ERROR_UNTRUSTED, "letter.damaged");
    }
    scene_check_state(&scene, "FROZEN");
    const char *staff[] = {"document", "case"};
    for (size_t i = 0; i < COUNT_OF(staff); i++) {
        const char *target =
            arena_format(scene.world.arena, "/v1/authorizations/%s/%s", scene.id, staff[i]);
        CHECK_FAILS_WITH(world_call(&scene.world, NULL, target, NULL, NULL, &body, &err),
                         ERROR_UNTRUSTED, "letter.damaged");
    }
    const json_t *alarm = find(&scene, "authorization.frozen");
    CHECK_TEXT(text_of(alarm, "detail"), "freeze.letter_changed");
    CHECK_INT(number_of(alarm, "occurrences"), 1);
    resume_after(&scene, 10 * TIME_SECOND);
    alarm = find(&scene, "authorization.frozen");
    CHECK(number_of(alarm, "log_index") > 0);
    run_sql(path,
            "UPDATE large_content SET content = (SELECT content FROM kept) WHERE id = "
            "(SELECT large_id FROM artifact WHERE name = 'signed_agreement')");
    scene.world.actor = "li.officer";
    scene_staff_post(&scene, "/unfreezing", BYTES_LITERAL("{\"note\":\"已恢复\"}"));
    CHECK(!is_open(&scene, "authorization.frozen"));
    resume_after(&scene, 10 * TIME_SECOND);
    CHECK_INT(number_of(json_object_get(list(&scene), "watch"), "waiting"), 0);
    CHECK_OK(
        world_call(&scene.world, scene.token, "/v1/session/document", NULL, NULL, &body, &err));
}

// Covers: JR/T 0299-2024 7.4; E11.
TEST(another_record_that_was_changed_is_never_served_and_is_an_alarm_once)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    run_sql(scene.world.config.store_path,
            "UPDATE artifact SET content = CAST(substr(content, 1, 30) || x'00ff00ff' ||"
            " substr(content, 35) AS BLOB) WHERE name = 'ticks'");
    Error err = {0};
    Bytes body;
    for (int i = 0; i < 3; i++) {
        CHECK_FAILS_WITH(
            world_call(&scene.world, scene.token, "/v1/session/case", NULL, NULL, &body, &err),
            ERROR_UNTRUSTED, "record.damaged");
    }
    const json_t *alarm = find(&scene, "record.damaged");
    CHECK_TEXT(text_of(alarm, "authorization"), scene.id);
    CHECK_INT(number_of(alarm, "occurrences"), 3);
    CHECK_TEXT(text_of(alarm, "severity"), "critical");
}

// Covers: K04; domain 8.1.
TEST(stamps_that_are_off_one_after_another_are_an_alarm_about_the_clock)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    scene.world.stamp_offset = 60 * TIME_SECOND;
    for (int i = 0; i < 3; i++) {
        CHECK(find(&scene, "clock.off") == NULL);
        if (i > 0) {
            scene_open(&scene);
        }
        scene_walk(&scene);
    }
    CHECK_TEXT(text_of(find(&scene, "clock.off"), "severity"), "critical");
    scene.world.stamp_offset = 0;
    scene_open(&scene);
    scene_walk(&scene);
    resume_after(&scene, TIME_SECOND);
    CHECK(!is_open(&scene, "clock.off"));
    CHECK_INT(err.kind, ERROR_NONE);
}

// Covers: R17; JR/T 0299-2024 8.3 b.
TEST(evidence_that_is_refused_is_an_alarm_of_that_authorization_until_it_is_taken)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes signature = scene_walk_until(&scene, "/v1/session/signature");
    Error err = {0};
    Bytes body;
    scene.world.shows_other_submission = true;
    CHECK_FAILS_WITH(
        world_send(&scene.world, scene.token, "/v1/session/signature", signature, "k", &body, &err),
        ERROR_UNTRUSTED, "deposit.other_submission");
    for (int i = 0; i < 3; i++) {
        resume_after(&scene, TIME_MINUTE);
    }
    const json_t *alarm = find(&scene, "deposit.failed");
    CHECK_TEXT(text_of(alarm, "detail"), "deposit.other_submission");
    CHECK_TEXT(text_of(alarm, "authorization"), scene.id);
    CHECK_TEXT(text_of(alarm, "severity"), "critical");
    scene.world.shows_other_submission = false;
    resume_after(&scene, TIME_MINUTE);
    CHECK(!is_open(&scene, "deposit.failed"));
    scene_check_state(&scene, "ACTIVE");
}

static void try_measure(Scene *scene, const char *key)
{
    Error err = {0};
    Bytes body;
    scene_open(scene);
    scene->world.answers.police = NULL;
    scene->world.person.device = key;
    Bytes measure = scene_walk_until(scene, "/v1/session/measures");
    (void)!world_send(&scene->world, scene->token, "/v1/session/measures", measure, key, &body,
                      &err);
}

// Covers: E13; JR/T 0299-2024 5.2.1.
TEST(a_verifier_of_identities_that_does_not_answer_for_minutes_is_a_warning_until_it_does)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    static const char *const devices[] = {"d-0", "d-1", "d-2", "d-3"};
    for (size_t i = 0; i < 3; i++) {
        try_measure(&scene, devices[i]);
        CHECK(find(&scene, "outage.identity") == NULL);
        scene.world.now += 2 * TIME_MINUTE;
    }
    try_measure(&scene, devices[3]);
    CHECK_TEXT(text_of(find(&scene, "outage.identity"), "severity"), "warning");
    scene_open(&scene);
    scene_walk(&scene);
    CHECK(!is_open(&scene, "outage.identity"));
}

// Covers: K08; Regulation on the Credit Reporting Industry 25.
TEST(an_objection_that_waits_is_a_warning_after_fifteen_days_and_critical_after_twenty)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    scene_post(&scene, "/v1/session/objection",
               BYTES_LITERAL("{\"reason\":\"query\",\"text\":\"不是我\"}"));
    resume_after(&scene, 15 * TIME_DAY);
    CHECK(find(&scene, "objection.due") == NULL);
    resume_after(&scene, TIME_HOUR);
    CHECK_TEXT(text_of(find(&scene, "objection.due"), "severity"), "warning");
    CHECK_TEXT(text_of(find(&scene, "objection.due"), "authorization"), scene.id);
    resume_after(&scene, 5 * TIME_DAY - 2 * TIME_HOUR);
    CHECK(find(&scene, "objection.overdue") == NULL);
    resume_after(&scene, 2 * TIME_HOUR);
    CHECK_TEXT(text_of(find(&scene, "objection.overdue"), "severity"), "critical");
    scene_staff_post(&scene, "/objection/settlement",
                     BYTES_LITERAL("{\"upheld\":false,\"note\":\"已核对\"}"));
    resume_after(&scene, TIME_HOUR);
    CHECK(!is_open(&scene, "objection.due"));
    CHECK(!is_open(&scene, "objection.overdue"));
    CHECK_INT(number_of(find(&scene, "objection.overdue"), "occurrences"), 1);
}

// Covers: E11.
TEST(whoever_is_not_of_the_staff_neither_sees_nor_acknowledges_alarms)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes body;
    CHECK_FAILS(world_call(&scene.world, scene.token, "/v1/alarms", NULL, NULL, &body, &err),
                ERROR_FORBIDDEN);
    CHECK_FAILS(world_call(&scene.world, scene.token, "/v1/alarms/1/acknowledgement",
                           "{\"reason\":\"x\"}", NULL, &body, &err),
                ERROR_FORBIDDEN);
}
