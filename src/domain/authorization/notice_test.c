// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"
#include "base/test/test.h"
#include "domain/authorization/notice.h"

static const NoticeBlank blanks[] = {{"party", "示范银行"},
                                     {"party_contact", "400-000-0000"},
                                     {"ca", "示范电子认证公司"},
                                     {"cps", "https://ca.example/cps"},
                                     {"evidence_provider", "示范存证公司"},
                                     {"evidence_contact", "400-000-0002"}};

typedef struct {
    NoticeCatalogue catalogue;
    Sm3Digest digests[NOTICES_MAX];
    Consent consents[NOTICES_MAX];
    size_t count;
} Answers;

// Every notice answered with yes, each by an act of its own.
static Answers answers_new(Arena *arena)
{
    Error err = {0};
    Answers answers = {0};
    CHECK_OK(notice_catalogue_default(arena, &answers.catalogue, &err));
    for (; answers.count < answers.catalogue.count; answers.count++) {
        const Notice *notice = &answers.catalogue.notices[answers.count];
        Consent *consent = &answers.consents[answers.count];
        Bytes text = BYTES_EMPTY;
        CHECK_OK(notice_fill(notice, blanks, COUNT_OF(blanks), arena, &text, &err));
        answers.digests[answers.count] = sm3_digest(text);
        *consent = (Consent){.text_digest = answers.digests[answers.count], .is_given = true};
        memcpy(consent->notice_id, notice->id, strlen(notice->id) + 1);
        memcpy(consent->notice_version, notice->version, strlen(notice->version) + 1);
        (void)snprintf(consent->event_id, sizeof(consent->event_id), "e-%zu", answers.count);
    }
    return answers;
}

static bool answers_check(const Answers *answers, Error *err)
{
    return consents_check(&answers->catalogue, answers->digests, answers->consents, answers->count,
                          err);
}

static Consent *answer_to(Answers *answers, const char *id)
{
    for (size_t i = 0; i < answers->count; i++) {
        if (strcmp(answers->consents[i].notice_id, id) == 0) {
            return &answers->consents[i];
        }
    }
    test_fail(__FILE__, __LINE__, "no notice %s", id);
}

// Covers: JR/T 0299-2024 6.3; B27.
TEST(certificate_notice_says_that_the_identification_serves_both)
{
    Error err = {0};
    size_t offset = 0;
    Bytes text = BYTES_EMPTY;
    NoticeCatalogue catalogue;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK_OK(notice_catalogue_default(arena, &catalogue, &err));
    const Notice *notice = notice_find(&catalogue, "certificate_application");
    CHECK_OK(notice_fill(notice, blanks, COUNT_OF(blanks), arena, &text, &err));
    CHECK(bytes_find(text, BYTES_LITERAL("与本次业务中的身份鉴别同时进行"), 0, &offset));
    CHECK(bytes_find(text, BYTES_LITERAL("示范电子认证公司"), 0, &offset));
    CHECK(!bytes_find(text, BYTES_LITERAL("{"), 0, &offset));
    CHECK_FAILS_WITH(notice_fill(notice, blanks, 1, arena, &text, &err), ERROR_INPUT,
                     "notice.blank");
}

static void set_flag(json_t *root, size_t index, const char *key, json_t *value)
{
    CHECK_INT(
        json_object_set_new(json_array_get(json_object_get(root, "notices"), index), key, value),
        0);
}

static bool parse_changed(const json_t *root, Error *err)
{
    NoticeCatalogue catalogue;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer text = writer_new(1 << 20);
    CHECK(json_write(root, &text, NULL));
    return notice_catalogue_parse(writer_bytes(&text), arena, &catalogue, err);
}

// Covers: PIPL 14, 17, 23, 29; B25, D10.
TEST(catalogues_that_tick_bundle_or_omit_are_refused)
{
    static const struct {
        size_t index;
        const char *key, *value, *code;
    } cases[] = {
        {0, "ticked", "true", "notice.pre_ticked"},
        {2, "needs_consent", "false", "notice.bundled"},
        {2, "covers", "[\"face\",\"phone\"]", "notice.bundled"},
        {0, "covers", "[\"name\",\"face\"]", "notice.bundled"},
        {0, "id", "\"other\"", "notice.missing"},
        {4, "id", "\"other\"", "notice.missing"},
        {5, "id", "\"other\"", "notice.missing"},
        {1, "id", "\"privacy\"", "notice.twice"},
        {1, "text", "[]", "notice.text"},
    };
    const Bytes text = test_file("src/domain/authorization/data/notices.json");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        CLEANUP(json_cleanup) json_t *root = NULL;
        CHECK_OK(json_parse(text, &root, &err));
        set_flag(root, cases[i].index, cases[i].key,
                 json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        CHECK(!parse_changed(root, &err));
        CHECK_TEXT(err.code, cases[i].code);
    }
}

// Covers: PIPL 14, 29; JR/T 0171-2020 6.1.1; D08, D09, D10.
TEST(each_consent_needs_its_own_act_and_the_present_text)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    const Answers good = answers_new(arena);
    CHECK_OK(answers_check(&good, &err));

    Answers answers = good;
    answers.count--;
    CHECK_FAILS_WITH(answers_check(&answers, &err), ERROR_FORBIDDEN, "consent.missing");

    answers = good;
    answer_to(&answers, "privacy")->is_given = false;
    CHECK_FAILS_WITH(answers_check(&answers, &err), ERROR_FORBIDDEN, "consent.not_given");

    answers = good;
    answer_to(&answers, "evidence")->event_id[0] = '\0';
    CHECK_FAILS_WITH(answers_check(&answers, &err), ERROR_FORBIDDEN, "consent.without_event");

    answers = good;
    memcpy(answer_to(&answers, "face")->event_id, answer_to(&answers, "privacy")->event_id, 64);
    CHECK_FAILS_WITH(answers_check(&answers, &err), ERROR_FORBIDDEN, "consent.shared_event");

    answers = good;
    answer_to(&answers, "privacy")->text_digest.bytes[0] ^= 1;
    CHECK_FAILS_WITH(answers_check(&answers, &err), ERROR_CONFLICT, "consent.other_version");

    answers = good;
    memcpy(answer_to(&answers, "privacy")->notice_version, "0.9", 4);
    CHECK_FAILS_WITH(answers_check(&answers, &err), ERROR_CONFLICT, "consent.other_version");

    answers = good;
    answers.consents[answers.count] = answers.consents[0];
    answers.count++;
    CHECK_FAILS_WITH(answers_check(&answers, &err), ERROR_FORBIDDEN, "consent.unknown");
}

// Covers: PIPL 16; D11.
TEST(declining_what_is_optional_blocks_nothing)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Answers answers = answers_new(arena);
    Consent *face = answer_to(&answers, "face");
    face->is_given = false;
    face->event_id[0] = '\0';
    CHECK_OK(answers_check(&answers, &err));
    CHECK(!consent_given(answers.consents, answers.count, "face"));
    CHECK(consent_given(answers.consents, answers.count, "privacy"));
    CHECK(!consent_given(answers.consents, answers.count, "nothing"));
}

TEST(consent_survives_encoding_and_parsing)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const Answers answers = answers_new(arena);
    Consent parsed;
    CLEANUP(json_cleanup) json_t *first = consent_to_json(&answers.consents[0]);
    CHECK_OK(consent_parse(first, &parsed, &err));
    CLEANUP(json_cleanup) json_t *second = consent_to_json(&parsed);
    CHECK(json_equal(first, second));
    json_put_bool(first, "remember", true);
    CHECK_FAILS(consent_parse(first, &parsed, &err), ERROR_INPUT);
}
