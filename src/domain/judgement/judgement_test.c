// SPDX-License-Identifier: Apache-2.0
#include "domain/judgement/judgement.h"

#include <string.h>

#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/pki/pki_fixture.h"

#define AT "2026-11-25T08:00:00Z"

// A certificate and the files of trust that judge it.
typedef struct {
    FixturePki pki;
    TrustFile trust[3];
    JudgementRequest request;
} Scene;

static Bytes pem_of(Arena *arena, Bytes der)
{
    CLEANUP(writer_free) Writer pem = writer_new(65536);
    pem_encode("CERTIFICATE", der, &pem);
    return arena_copy(arena, writer_bytes(&pem));
}

static void scene_make(Scene *scene)
{
    Error err = {0};
    FixturePki *pki = &scene->pki;
    CHECK_OK(fixture_pki_make(pki, &err));
    scene->trust[0] =
        (TrustFile){.name = "root.pem", .content = pem_of(pki->arena, pki->root.certificate.der)};
    scene->trust[1] =
        (TrustFile){.name = "ca.pem", .content = pem_of(pki->arena, pki->ca.certificate.der)};
    scene->trust[2].name = "ca.crl";
    CHECK_OK(fixture_crl(pki->arena, &pki->ca, 2, NULL, 0, &scene->trust[2].content, &err));
    scene->request = (JudgementRequest){.name = "person.cer",
                                        .content = pki->person.certificate.der,
                                        .trust = scene->trust,
                                        .trust_count = COUNT_OF(scene->trust)};
    CHECK_OK(time_from_text(bytes_of_text(AT), &scene->request.at, &err));
}

static void scene_free(Scene *scene)
{
    fixture_pki_free(&scene->pki);
}

static Judgement judged(Scene *scene)
{
    Error err = {0};
    Judgement judgement;
    CHECK_OK(judgement_make(scene->pki.arena, &scene->request, &judgement, &err));
    return judgement;
}

TEST(the_json_names_kind_outcome_and_signer)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    Judgement judgement = judged(&scene);
    CLEANUP(json_cleanup) json_t *json = judgement_to_json(&judgement);
    CHECK_TEXT(json_string_value(json_object_get(json, "kind")), "certificate");
    CHECK_TEXT(json_string_value(json_object_get(json, "outcome")), "passed");
    CHECK_TEXT(json_string_value(json_object_get(json, "signer")), "张三");
    CHECK_INT(json_integer_value(json_object_get(json, "exit_code")), 0);
    CHECK(json_object_get(json, "coverage") == NULL);
    CHECK(json_is_array(json_object_get(json_object_get(json, "verdict"), "checks")));
}

TEST(a_file_that_cannot_be_judged_is_an_entry_of_the_json)
{
    Error err = {0};
    (void)error_set(&err, ERROR_NOT_FOUND, "file.unreadable", NULL,
                    "cannot read \xff\x1b"
                    "[31m");
    CLEANUP(json_cleanup)
    json_t *json = judgement_failure_to_json(
        "a\xff\x1b"
        "b",
        &err);
    const json_t *error = json_object_get(json, "error");
    CHECK_TEXT(json_string_value(json_object_get(json, "file")), "a\?\?b");
    CHECK_TEXT(json_string_value(json_object_get(json, "outcome")), "error");
    CHECK_INT(json_integer_value(json_object_get(json, "exit_code")), JUDGEMENT_NOT_READ);
    CHECK_TEXT(json_string_value(json_object_get(error, "code")), "file.unreadable");
    CHECK_TEXT(json_string_value(json_object_get(error, "message")), "cannot read \?\?[31m");
    (void)error_memory(&err);
    CHECK_INT(judgement_failure_code(&err), JUDGEMENT_FAULT);
}

// The lines for people, in the arena.
static const char *told(Arena *arena, const Judgement *judgement, const JudgementStyle *style)
{
    CLEANUP(writer_free) Writer text = writer_new(65536);
    judgement_put_text(judgement, style, &text);
    CHECK(!text.failed);
    return arena_text(arena, writer_bytes(&text));
}

TEST(lines_for_people_are_chinese_or_english_and_end_with_the_verdict)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    Judgement judgement = judged(&scene);
    Arena *arena = scene.pki.arena;
    const char *chinese = told(arena, &judgement, &(JudgementStyle){0});
    CHECK(strstr(chinese, "[通过] 证书链是否通向受信任的根证书") != NULL);
    CHECK(strstr(chinese, "结论：有效\n") != NULL);
    const char *english = told(arena, &judgement, &(JudgementStyle){.is_english = true});
    CHECK(strstr(english, "[passed] ") != NULL && strstr(english, "path.anchor") != NULL);
    CHECK(strstr(english, "verdict: valid\n") != NULL);
    const char *summary = told(arena, &judgement, &(JudgementStyle){.is_summary = true});
    CHECK(strstr(summary, "[通过]") == NULL && strstr(summary, "结论：有效") != NULL);
}

TEST(a_file_that_is_too_large_cannot_be_decided)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    scene.request.is_too_large = true;
    Judgement judgement = judged(&scene);
    CHECK_INT(verdict_exit_code(&judgement.verdict), 2);
    CHECK_TEXT(verdict_reason(&judgement.verdict)->code, "verify.unsupported");
}

// The answer as JSON, with its line feed checked.
static json_t *answered(const JudgementRequest *request)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(JUDGEMENT_ARENA_SIZE);
    json_t *json = NULL;
    CHECK_OK(judgement_answer(request, &text, &err));
    CHECK(text.len > 0 && text.data[text.len - 1] == '\n');
    CHECK_OK(json_parse(bytes_slice(writer_bytes(&text), 0, text.len - 1), &json, &err));
    return json;
}

static const char *outcome_of(const json_t *answer)
{
    const json_t *file = json_array_get(json_object_get(answer, "files"), 0);
    return json_string_value(json_object_get(file, "outcome"));
}

TEST(an_answer_is_one_file_and_trust_in_any_order_gives_the_same)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    CLEANUP(json_cleanup) json_t *first = answered(&scene.request);
    CHECK_TEXT(outcome_of(first), "passed");
    TrustFile moved = scene.trust[0];
    scene.trust[0] = scene.trust[2];
    scene.trust[2] = moved;
    CLEANUP(json_cleanup) json_t *second = answered(&scene.request);
    CHECK(json_equal(first, second));
}

TEST(an_answer_without_trust_or_with_bad_trust_is_never_valid)
{
    CLEANUP(scene_free) Scene scene = {0};
    scene_make(&scene);
    scene.request.trust_count = 0;
    CLEANUP(json_cleanup) json_t *without = answered(&scene.request);
    CHECK_TEXT(outcome_of(without), "unknown");
    scene.request.trust_count = COUNT_OF(scene.trust);
    scene.trust[1].content = BYTES_LITERAL("no certificate");
    CLEANUP(json_cleanup) json_t *bad = answered(&scene.request);
    CHECK_TEXT(outcome_of(bad), "error");
}
