// SPDX-License-Identifier: Apache-2.0
//
// Bad input at C1 from the first notice to the identity decision.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "component/journey/scene.h"

#define CONSENTS "/v1/session/consents"
#define PERSON "/v1/session/person"
#define MEASURES "/v1/session/measures"
#define CODE "/v1/session/measures/code"
#define CERTIFICATE "/v1/session/certificate"

// Covers: JR/T 0171-2020 6.1.1; PIPL 14; G03
TEST(nothing_is_collected_before_every_notice_was_answered)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes consents = scene_walk_until(&scene, CONSENTS);
    scene_check_refused(&scene, PERSON, BYTES_LITERAL("{}"), ERROR_CONFLICT, "session.order");
    scene_check_refused(&scene, CONSENTS, scene_changed(&scene, consents, "consents", json_array()),
                        ERROR_FORBIDDEN, "consent.missing");
    scene_check_refused(&scene, CONSENTS, scene_changed(&scene, consents, "more", json_true()),
                        ERROR_INPUT, "json.unknown_field");
}

static void check_body(Scene *scene, Bytes body, const char *code)
{
    scene_check_refused(scene, PERSON, body, ERROR_INPUT, code);
}

// Covers: H15
TEST(a_body_that_is_not_as_described_is_refused_and_noted)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, PERSON);
    check_body(&scene, BYTES_LITERAL("{\"name\":"), "json.malformed");
    check_body(&scene, BYTES_LITERAL("{} {}"), "json.malformed");
    check_body(&scene, BYTES_LITERAL("{\"name\":\"a\",\"name\":\"b\"}"), "json.malformed");
    check_body(&scene, BYTES_LITERAL("{\"name\":\"\\u0000\"}"), "json.malformed");
    check_body(&scene, BYTES_LITERAL("{\"name\":\"\xff\"}"), "json.malformed");
    check_body(&scene, BYTES_LITERAL("[]"), "json.field");
    check_body(&scene, scene_changed(&scene, body, "name", json_integer(7)), "json.field");
    check_body(&scene, scene_changed(&scene, body, "name", json_string("王\n芳")), "json.field");
    check_body(&scene, scene_changed(&scene, body, "phone", NULL), "json.field");
    check_body(&scene, scene_changed(&scene, body, "salt", json_string("00")),
               "json.unknown_field");
    scene_check_state(&scene, "CONSENTED");
}

TEST(an_oversized_body_is_refused_before_it_is_read)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Error err = {0};
    Bytes reply;
    CLEANUP(writer_free) Writer body = writer_new(64 * 1024);
    writer_put_text(&body, "{\"name\":\"");
    writer_put_repeated(&body, 'x', 32 * 1024);
    writer_put_text(&body, "\"}");
    CHECK_FAILS_WITH(
        world_send(&scene.world, scene.token, PERSON, writer_bytes(&body), NULL, &reply, &err),
        ERROR_LIMIT, "service.body_too_large");
    scene_check_state(&scene, "CREATED");
}

// Covers: GB 11643-1999 5; JR/T 0299-2024 5.1; Civil Code 17
TEST(a_person_who_cannot_be_or_may_not_sign_is_refused)
{
    static const struct {
        const char *key, *value;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {"id_number", "999999199001010017", ERROR_INPUT, "person.id_check_digit"},
        {"id_number", "999999199002300015", ERROR_INPUT, "person.id_date"},
        {"id_number", "99999919900101001", ERROR_INPUT, "person.id_format"},
        {"id_number", "999999200811260012", ERROR_FORBIDDEN, "person.minor"},
        {"id_number", "999999201501010012", ERROR_FORBIDDEN, "person.child"},
        {"name", "A", ERROR_INPUT, "person.name_too_short"},
        {"name", "王<b>", ERROR_INPUT, "person.name_characters"},
        {"phone", "23800000001", ERROR_INPUT, "phone.format"},
        {"document_until", "2020-02-30", ERROR_INPUT, "date.malformed"},
        {"document_until", "2021-01-01", ERROR_INPUT, "document.period"},
        {"document_until", "2025-01-01", ERROR_FORBIDDEN, "document.expired"},
    };
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, PERSON);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Bytes changed = scene_changed(&scene, body, cases[i].key, json_string(cases[i].value));
        scene_check_refused(&scene, PERSON, changed, cases[i].kind, cases[i].code);
    }
}

TEST(the_eighteenth_birthday_is_old_enough)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, PERSON);
    // Born on 2008-11-25; it is 2026-11-25.
    scene_post(&scene, PERSON,
               scene_changed(&scene, body, "id_number", json_string("999999200811250017")));
}

// What one measure in a new session comes to.
static void check_outcome(Scene *scene, const char *measure, WorldAnswers answers,
                          const char *state, const char *reason)
{
    scene_open(scene);
    Bytes body = scene_walk_until(scene, MEASURES);
    scene->world.answers = answers;
    body = scene_changed(scene, body, "measure", json_string(measure));
    body = scene_changed(scene, body, "bank_card", json_string(WORLD_BANK_CARD));
    body = scene_changed(scene, body, "face_image", json_string("/9j/"));
    body = scene_changed(scene, body, "liveness_nonce", json_string("n"));
    body = scene_changed(scene, body, "liveness_actions", json_string("blink"));
    const json_t *reply = scene_post(scene, MEASURES, body);
    CHECK_TEXT(json_string_value(json_object_get(reply, "state")), state);
    const json_t *first = json_array_get(json_object_get(reply, "reasons"), 0);
    CHECK_TEXT(json_string_value(json_object_get(first, "code")), reason);
    scene_check_state(scene, state);
}

// Covers: JR/T 0299-2024 5.2.1
TEST(a_mismatch_in_any_measure_rejects_the_person)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    const WorldAnswers no = {
        .police =
            "{\"requestId\":\"$ID\",\"returnCode\":\"90000\",\"data\":{\"checkResult\":\"02\"}}",
        .face = "{\"request_no\":\"$ID\",\"code\":\"0\",\"sub_code\":\"204\"}",
        .bank = "{\"Response\":{\"Seq\":\"$ID\",\"Result\":\"-1\"}}",
        .operator_ = "{\"serialNo\":\"$ID\",\"resultCode\":\"-4\"}",
    };
    check_outcome(&scene, "id_card", no, "REJECTED", "identity.id_document_failed");
    check_outcome(&scene, "face", no, "REJECTED", "identity.measure_failed");
    check_outcome(&scene, "bank_card", no, "REJECTED", "identity.measure_failed");
    check_outcome(&scene, "operator", no, "REJECTED", "identity.measure_failed");
}

TEST(a_copied_card_and_a_risky_face_reject_the_person)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    const WorldAnswers bad = {
        .police =
            "{\"requestId\":\"$ID\",\"returnCode\":\"90000\",\"data\":{\"checkResult\":\"01\","
            "\"antiForgery\":{\"alarms\":\"01000000\",\"method\":\"m\"}}}",
        .face =
            "{\"request_no\":\"$ID\",\"code\":\"0\",\"sub_code\":\"200\",\"similarity\":\"95\","
            "\"liveness_risk\":\"80\"}",
    };
    check_outcome(&scene, "id_card", bad, "REJECTED", "identity.document_not_genuine");
    check_outcome(&scene, "face", bad, "REJECTED", "identity.risk_rejected");
}

// Covers: B20
TEST(no_record_is_neither_passed_nor_failed)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    const WorldAnswers unknown = {
        .police =
            "{\"requestId\":\"$ID\",\"returnCode\":\"90000\",\"data\":{\"checkResult\":\"03\"}}",
    };
    check_outcome(&scene, "id_card", unknown, "MANUAL", "identity.id_document_no_record");
}

// Covers: JR/T 0299-2024 5.2.1
TEST(an_outage_or_nonsense_of_a_provider_never_passes)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    static const char *const answers[] = {
        NULL,
        "",
        "nonsense",
        "[]",
        "{\"requestId\":\"another\",\"returnCode\":\"90000\",\"data\":{\"checkResult\":\"01\","
        "\"antiForgery\":{\"alarms\":\"00000000\",\"method\":\"m\"}}}",
        "{\"requestId\":\"$ID\",\"returnCode\":\"12345\"}",
    };
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        check_outcome(&scene, "id_card", (WorldAnswers){.police = answers[i]}, "CONSENTED",
                      "identity.id_document_unavailable");
    }
}

// Covers: JR/T 0299-2024 5.2.1
TEST(one_family_counts_once_however_often_it_passes)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.person.measures[0] = "id_card";
    scene.world.person.measures[1] = "face";
    scene.world.person.measures[2] = "face";
    Error err = {0};
    TerminalResult result;
    CHECK_FAILS_WITH(world_walk(&scene.world, scene.token, &result, &err), ERROR_FORBIDDEN,
                     "terminal.not_identified");
    scene_check_state(&scene, "CONSENTED");
    scene_check_refused(&scene, CERTIFICATE, BYTES_LITERAL("{}"), ERROR_CONFLICT, "session.order");
}

TEST(two_measures_that_rest_on_one_phone_count_once)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.person.measures[1] = "bank_card";
    Error err = {0};
    TerminalResult result;
    CHECK_FAILS_WITH(world_walk(&scene.world, scene.token, &result, &err), ERROR_FORBIDDEN,
                     "terminal.not_identified");
    scene_check_state(&scene, "CONSENTED");
}

// Covers: B24; PIPL 29
TEST(a_measure_without_consent_is_refused_and_another_may_be_chosen)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.declines = "face";
    Bytes body = scene_walk_until(&scene, MEASURES);
    scene_check_refused(&scene, MEASURES,
                        scene_changed(&scene, body, "measure", json_string("face")),
                        ERROR_FORBIDDEN, "consent.not_given");
    scene_check_refused(&scene, MEASURES,
                        scene_changed(&scene, body, "measure", json_string("dna")), ERROR_INPUT,
                        "json.field");
    scene_post(&scene, MEASURES, body);
}

// Covers: JR/T 0299-2024 5.2.1
TEST(what_is_neither_a_png_nor_a_jpeg_is_refused_before_a_provider_is_asked)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, MEASURES);
    // "%PDF", a GIF, a PNG and a JPEG that end too early.
    static const char *const others[] = {"JVBERg==", "R0lGODlh", "iVBORw0KGg==", "/9g="};
    static const char *const images[] = {"document_image", "face_image"};
    for (size_t i = 0; i < COUNT_OF(others) * COUNT_OF(images); i++) {
        scene_check_refused(&scene, MEASURES,
                            scene_changed(&scene, body, images[i % COUNT_OF(images)],
                                          json_string(others[i / COUNT_OF(images)])),
                            ERROR_INPUT, "measure.image_type");
    }
    scene_post(&scene, MEASURES, body);
}

// Covers: H13
TEST(a_wrong_code_is_refused_and_after_five_the_code_is_dead)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, CODE);
    char right[TERMINAL_CODE_SIZE], wrong[32];
    world_code(&scene.world, right);
    snprintf(wrong, sizeof wrong, "{\"code\":\"%.5s%c\"}", right,
             right[5] == '9' ? '0' : right[5] + 1);
    for (int i = 0; i < 5; i++) {
        scene_check_refused(&scene, CODE, bytes_of_text(wrong), ERROR_FORBIDDEN, "code.wrong");
    }
    scene_check_refused(&scene, CODE, body, ERROR_LIMIT, "code.tries");
}

// Covers: H13
TEST(tries_are_limited_for_each_device_across_sessions)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.person.measures[0] = "face";
    Bytes body = scene_walk_until(&scene, MEASURES);
    scene.world.answers.face = NULL;
    for (int i = 0; i < 5; i++) {
        scene_post(&scene, MEASURES, body);
    }
    scene_check_refused(&scene, MEASURES, body, ERROR_LIMIT, "identity.too_many_tries");
    scene_open(&scene);
    body = scene_walk_until(&scene, MEASURES);
    scene_check_refused(&scene, MEASURES, body, ERROR_LIMIT, "identity.too_many_tries");
}

TEST(another_person_after_measures_is_refused_and_the_same_one_keeps_them)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes person = scene_walk_until(&scene, PERSON);
    Bytes measure = scene_walk_until(&scene, MEASURES);
    scene_post(&scene, MEASURES, measure);
    scene_check_refused(
        &scene, PERSON,
        scene_changed(&scene, person, "id_number", json_string("999999198505051239")),
        ERROR_CONFLICT, "person.changed");
    scene_post(&scene, PERSON, person);
    scene_walk(&scene);
    scene_check_state(&scene, "ACTIVE");
}
