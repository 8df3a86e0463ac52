// SPDX-License-Identifier: Apache-2.0
//
// The person's own handwriting as the look of the seal.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "component/journey/scene.h"
#include "domain/document/pdf_file.h"
#include "domain/document/seal_picture.h"
#include "domain/seal/seal_signature.h"

#define AGREEMENT "/v1/session/agreement"
#define ACTIVATION "/v1/session/activation"

static const char handwriting[] =
    "{\"kind\":\"handwriting\",\"strokes\":[[[100,200],[300,800],[320,810]],[[500,100],[900,900]],"
    "[[7,7]]]}";

static const StrokePoint first[] = {{100, 200}, {300, 800}, {320, 810}};
static const StrokePoint second[] = {{500, 100}, {900, 900}};
static const StrokePoint third[] = {{7, 7}};

static Bytes with_seal(Scene *scene, Bytes body, const char *seal)
{
    Error err = {0};
    json_t *json;
    CHECK_OK(json_parse(bytes_of_text(seal), &json, &err));
    return scene_changed(scene, body, "seal", json);
}

static Bytes expected_picture(Scene *scene)
{
    Error err = {0};
    const Stroke strokes[] = {{first, 3}, {second, 2}, {third, 1}};
    CLEANUP(writer_free) Writer png = writer_new(1 << 20);
    CHECK_OK(seal_picture_draw_strokes(strokes, COUNT_OF(strokes), 180, &png, &err));
    return arena_copy(scene->world.arena, writer_bytes(&png));
}

// The picture in the seal that signed the document.
static Bytes picture_of(Scene *scene, Bytes document)
{
    Error err = {0};
    PdfFile *file;
    size_t count;
    SealSignature signature;
    CHECK_OK(pdf_open(scene->world.arena, document, &file, &err));
    const PdfSignature *signatures = pdf_signatures(file, &count);
    CHECK_INT(count, 1);
    CHECK_OK(seal_signature_parse(signatures[0].der, &signature, &err));
    return signature.seal.picture;
}

// Covers: GB/T 38540-2020 6; D16
TEST(a_person_who_writes_by_hand_signs_with_this_picture)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene.world.person.seal = handwriting;
    Bytes document = scene_walk(&scene).document;
    CHECK_BYTES(picture_of(&scene, document), expected_picture(&scene));
    const json_t *history = json_object_get(scene_history(&scene), "history");
    bool is_noted = false;
    for (size_t i = 0; i < json_array_size(history); i++) {
        const char *code = json_string_value(json_object_get(json_array_get(history, i), "code"));
        is_noted = is_noted || strcmp(code, "seal.handwriting") == 0;
    }
    CHECK(is_noted);
}

TEST(a_named_seal_is_what_there_is_without_a_choice)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes document = scene_walk(&scene).document;
    scene_open(&scene);
    scene.world.person.seal = "{\"kind\":\"name\"}";
    CHECK_BYTES(picture_of(&scene, scene_walk(&scene).document), picture_of(&scene, document));
}

static Bytes to_be_signed(Scene *scene)
{
    const json_t *prepared = scene_post(scene, ACTIVATION, BYTES_LITERAL("{}"));
    return bytes_of_text(json_string_value(json_object_get(prepared, "to_be_signed")));
}

TEST(the_look_may_be_changed_until_it_is_signed)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes named = scene_walk_until(&scene, AGREEMENT);
    scene_post(&scene, AGREEMENT, with_seal(&scene, named, handwriting));
    unsigned before = scene.world.interruption.count;
    scene_post(&scene, AGREEMENT, with_seal(&scene, named, handwriting));
    CHECK_INT(scene.world.interruption.count - before, 1);  // the terminal's own: no order
    Bytes by_hand = to_be_signed(&scene);
    scene_post(&scene, AGREEMENT, named);
    CHECK(to_be_signed(&scene).len < by_hand.len || !bytes_equal(to_be_signed(&scene), by_hand));
    scene_check_state(&scene, "PRESENTED");
}

// Handwriting as JSON: `strokes` strokes of `points` points each.
static const char *scribble(Scene *scene, size_t strokes, size_t points)
{
    CLEANUP(writer_free) Writer text = writer_new(1 << 20);
    writer_put_text(&text, "{\"kind\":\"handwriting\",\"strokes\":[");
    for (size_t i = 0; i < strokes; i++) {
        writer_put_text(&text, i == 0 ? "[" : ",[");
        for (size_t k = 0; k < points; k++) {
            writer_format(&text, "%s[%zu,%zu]", k == 0 ? "" : ",", k % 1000, i * 10);
        }
        writer_put_text(&text, "]");
    }
    writer_put_text(&text, "]}");
    return arena_text(scene->world.arena, writer_bytes(&text));
}

TEST(handwriting_that_is_none_is_refused)
{
    static const struct {
        const char *seal, *code;
    } cases[] = {
        {"{\"kind\":\"picture\"}", "seal.kind"},
        {"{\"kind\":\"name\",\"strokes\":[]}", "seal.kind"},
        {"{\"kind\":\"handwriting\"}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":\"x\"}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[[]]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[[[1,2]]]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[[[1,2],[3]]]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[[[1,2],[3,4,5]]]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[[[1,2],[3,1001]]]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[[[1,2],[-1,4]]]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[[[1,2],[1.5,4]]]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":[[[1,2],[4294967297,4]]]}", "seal.strokes"},
        {"{\"kind\":\"handwriting\",\"strokes\":{\"a\":1}}", "seal.strokes"},
        {"{\"kind\":\"name\",\"more\":1}", "json.unknown_field"},
        {"{}", "json.field"},
        {"[]", "json.field"},
    };
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    Bytes body = scene_walk_until(&scene, AGREEMENT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        scene_check_refused(&scene, AGREEMENT, with_seal(&scene, body, cases[i].seal), ERROR_INPUT,
                            cases[i].code);
    }
    scene_check_refused(&scene, AGREEMENT, with_seal(&scene, body, scribble(&scene, 65, 2)),
                        ERROR_LIMIT, "seal.too_many");
    scene_check_refused(&scene, AGREEMENT, with_seal(&scene, body, scribble(&scene, 1, 257)),
                        ERROR_LIMIT, "seal.too_many");
    scene_check_state(&scene, "CERTIFIED");
    scene_post(&scene, AGREEMENT, with_seal(&scene, body, scribble(&scene, 64, 256)));
    scene_check_state(&scene, "PRESENTED");
}
