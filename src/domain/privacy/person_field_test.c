// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/person_field.h"

#include <string.h>

#include "base/test/test.h"

static const char person_text[] =
    "{\"document_from\":\"2020-05-06\",\"document_until\":\"2040-05-06\",\"id_number\":"
    "\"999999199001010016\",\"name\":\"\xe5\xbc\xa0\xe6\x98\x8e\xe8\xbf\x9c\",\"phone\":"
    "\"13800000001\",\"salt\":\"cda686dd0ece513bb867c1fe6878a703\"}";

typedef struct {
    Arena *arena;
    json_t *person;
} Scene;

static void scene_open(Scene *scene)
{
    Error err = {0};
    scene->arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_OK(json_parse(bytes_of_text(person_text), &scene->person, &err));
}

static void scene_close(Scene *scene)
{
    json_decref(scene->person);
    arena_free(scene->arena);
}

static Bytes made(Scene *scene, PersonField field)
{
    Error err = {0};
    Bytes document = BYTES_EMPTY;
    CHECK_OK(person_field_make(scene->person, field, scene->arena, &document, &err));
    return document;
}

// Covers: K21.
TEST(every_field_has_a_document_that_tells_its_value)
{
    static const char *const values[PERSON_FIELD_COUNT] = {
        [PERSON_FIELD_NAME] = "\xe5\xbc\xa0\xe6\x98\x8e\xe8\xbf\x9c",
        [PERSON_FIELD_NAME_MASKED] = "\xe5\xbc\xa0**",
        [PERSON_FIELD_ID_NUMBER] = "999999199001010016",
        [PERSON_FIELD_ID_NUMBER_MASKED] = "9****************6",
        [PERSON_FIELD_PHONE] = "13800000001",
        [PERSON_FIELD_PHONE_MASKED] = "138******01",
        [PERSON_FIELD_DOCUMENT_FROM] = "2020-05-06",
        [PERSON_FIELD_DOCUMENT_UNTIL] = "2040-05-06",
    };
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    for (int i = 0; i < PERSON_FIELD_COUNT; i++) {
        Error err = {0};
        PersonField field, found;
        const char *value;
        Bytes document = made(&scene, (PersonField)i);
        CHECK_OK(person_field_parse(document, scene.arena, &field, &value, &err));
        CHECK_INT(field, i);
        CHECK_TEXT(value, values[i]);
        CHECK_BYTES(made(&scene, (PersonField)i), document);
        CHECK(person_field_find(person_field_name((PersonField)i), &found) && found == field);
    }
}

// The form is fixed: this is what is deposited, and what others have to compute.
TEST(a_document_has_known_bytes)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    Sm3Digest own = sm3_hmac(BYTES_LITERAL("cda686dd0ece513bb867c1fe6878a703"),
                             BYTES_LITERAL("assent-person-field/1\nphone"));
    CLEANUP(writer_free) Writer expected = writer_new(512);
    writer_put_text(&expected, "{\"field\":\"phone\",\"salt\":\"");
    for (size_t i = 0; i < SM3_SIZE; i++) {
        writer_format(&expected, "%02x", own.bytes[i]);
    }
    writer_put_text(&expected, "\",\"type\":\"assent.person-field/1\",\"value\":\"13800000001\"}");
    CHECK_BYTES(made(&scene, PERSON_FIELD_PHONE), writer_bytes(&expected));
}

TEST(the_list_has_the_digest_of_every_document)
{
    Error err = {0};
    CLEANUP(scene_close) Scene scene = {0};
    Sm3Digest digests[PERSON_FIELD_COUNT];
    Bytes list = BYTES_EMPTY;
    scene_open(&scene);
    CHECK_OK(person_fields_make(scene.person, scene.arena, &list, &err));
    CHECK_OK(person_fields_parse(list, digests, &err));
    for (int i = 0; i < PERSON_FIELD_COUNT; i++) {
        Sm3Digest digest = sm3_digest(made(&scene, (PersonField)i));
        CHECK(sm3_digest_equal(&digest, &digests[i]));
    }
    CHECK_FAILS(person_fields_parse(BYTES_LITERAL("{\"fields\":{}}"), digests, &err), ERROR_INPUT);
    CHECK_FAILS(person_fields_parse(BYTES_LITERAL("{\"fields\":{},\"type\":\"x\"}"), digests, &err),
                ERROR_INPUT);
}

TEST(no_two_fields_have_the_same_salt_and_none_tells_that_of_the_session)
{
    CLEANUP(scene_close) Scene scene = {0};
    size_t at;
    scene_open(&scene);
    for (int i = 0; i < PERSON_FIELD_COUNT; i++) {
        Bytes document = made(&scene, (PersonField)i);
        CHECK(!bytes_find(document, BYTES_LITERAL("cda686dd0ece513bb867c1fe6878a703"), 0, &at));
        CHECK(bytes_find(document, BYTES_LITERAL("\"salt\":\""), 0, &at));
        for (int k = 0; k < i; k++) {
            size_t other;
            CHECK(!bytes_find(made(&scene, (PersonField)k), bytes_slice(document, at, 40), 0,
                              &other));
        }
    }
}

TEST(what_is_not_a_fields_document_is_refused)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"field\":\"phone\",\"salt\":\"00\",\"type\":\"assent.person-field/1\",\"value\":\"1\"}",
        "{\"field\":\"shoe\",\"salt\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\","
        "\"type\":\"assent.person-field/1\",\"value\":\"1\"}",
        "{\"field\":\"phone\",\"salt\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\","
        "\"type\":\"assent.person-field/2\",\"value\":\"1\"}",
        "{\"field\":\"phone\", \"salt\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\","
        "\"type\":\"assent.person-field/1\",\"value\":\"1\"}",
    };
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Error err = {0};
        PersonField field;
        const char *value;
        CHECK_FAILS(person_field_parse(bytes_of_text(texts[i]), scene.arena, &field, &value, &err),
                    ERROR_INPUT);
    }
}

TEST(a_person_without_the_field_or_the_salt_has_no_document)
{
    Error err = {0};
    Bytes document;
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    json_object_del(scene.person, "phone");
    CHECK_FAILS_WITH(
        person_field_make(scene.person, PERSON_FIELD_PHONE, scene.arena, &document, &err),
        ERROR_INPUT, "person_field.missing");
    json_object_del(scene.person, "salt");
    CHECK_FAILS_WITH(
        person_field_make(scene.person, PERSON_FIELD_NAME, scene.arena, &document, &err),
        ERROR_INPUT, "person_field.missing");
}
