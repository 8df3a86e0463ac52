// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/authorization/authorization.h"

static json_t *sample_json(void)
{
    json_t *root = NULL;
    CHECK(
        json_parse(test_file("src/domain/authorization/testdata/authorization.json"), &root, NULL));
    return root;
}

TEST(authorization_survives_encoding_and_parsing)
{
    Error err = {0};
    Authorization authorization;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *first = sample_json();
    CHECK_OK(authorization_parse(first, arena, &authorization, &err));
    CLEANUP(json_cleanup) json_t *second = authorization_to_json(&authorization);
    CHECK(json_equal(first, second));
    CHECK_INT(authorization.purpose_count, 2);
    CHECK(authorization_covers_purpose(&authorization, purpose_find("02")));
    CHECK(!authorization_covers_purpose(&authorization, purpose_find("03")));
    CHECK_TEXT(authorization_term_chinese(&authorization, arena),
               "自2025年11月25日起至相关业务结清（申请未获批准的，至未获批准）之日止，"
               "最迟不超过2027年11月25日");
    CHECK_TEXT(authorization_frequency_chinese(&authorization, arena), "每季度不超过1次");
}

// Covers: Regulation on the Credit Reporting Industry 13, 18, 28, 29; PIPL 17, 23.
TEST(contradictory_and_incomplete_authorizations_are_refused)
{
    static const struct {
        const char *part, *key, *value;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {"scope", "query", "false", ERROR_INPUT, "authorization.purpose_missing"},
        {"scope", "report", "false", ERROR_INPUT, "authorization.report_items_missing"},
        {NULL, "scope", "{\"query\":false,\"report\":false}", ERROR_INPUT,
         "authorization.no_scope"},
        {NULL, "purposes", "[]", ERROR_INPUT, "authorization.purpose_missing"},
        {NULL, "purposes", "[\"02\",\"02\"]", ERROR_INPUT, "authorization.purpose_twice"},
        {NULL, "purposes", "[\"99\"]", ERROR_INPUT, "purpose.unknown"},
        {NULL, "purposes", "[2]", ERROR_INPUT, "purpose.unknown"},
        {NULL, "purposes", "[\"09\"]", ERROR_FORBIDDEN, "purpose.never"},
        {NULL, "sources", "[]", ERROR_INPUT, "authorization.source_missing"},
        {NULL, "report_items", "[\"\"]", ERROR_INPUT, "authorization.report_item"},
        {"party", "uscc", "\"91350100M000100Y44\"", ERROR_INPUT, "party.credit_code"},
        {"term", "ends_at", "\"2025-11-25T00:00:00Z\"", ERROR_INPUT, "authorization.term"},
        {"term", "ends_at", "\"2036-11-25T00:00:00Z\"", ERROR_INPUT, "authorization.term"},
        {"term", "end", "\"never\"", ERROR_INPUT, NULL},
        {"frequency", "period", "\"week\"", ERROR_INPUT, NULL},
        {"frequency", "count", "-1", ERROR_INPUT, NULL},
        {NULL, "type", "\"assent.authorization/2\"", ERROR_INPUT, NULL},
        {NULL, "marketing", "true", ERROR_INPUT, "json.unknown_field"},
        {"party", "name", "\"\"", ERROR_INPUT, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        Authorization authorization;
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        CLEANUP(json_cleanup) json_t *root = sample_json();
        json_t *part = cases[i].part == NULL ? root : json_object_get(root, cases[i].part);
        CHECK_INT(json_object_set_new(part, cases[i].key,
                                      json_loads(cases[i].value, JSON_DECODE_ANY, NULL)),
                  0);
        CHECK_FAILS(authorization_parse(root, arena, &authorization, &err), cases[i].kind);
        CHECK(cases[i].code == NULL || strcmp(err.code, cases[i].code) == 0);
    }
}

TEST(every_missing_field_is_refused)
{
    CLEANUP(json_cleanup) json_t *whole = sample_json();
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(whole, key, value)
    {
        Error err = {0};
        Authorization authorization;
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        CLEANUP(json_cleanup) json_t *root = sample_json();
        CHECK_INT(json_object_del(root, key), 0);
        CHECK_FAILS(authorization_parse(root, arena, &authorization, &err), ERROR_INPUT);
    }
}

// Covers: GB 32100-2015 4.
TEST(credit_codes_are_checked)
{
    static const struct {
        const char *code;
        bool ok;
    } cases[] = {
        {"91350100M000100Y43", true},  // the standard's example
        {"91350100M000100Y44", false},  {"91350100M000100Y4", false},
        {"91350100M000100Y433", false}, {"91350100M000100y43", false},
        {"91350100I000100Y43", false},  {"", false},
        {"B1350100M000100Y43", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        CHECK(credit_code_check(cases[i].code, &err) == cases[i].ok);
        CHECK(cases[i].ok || strcmp(err.code, "party.credit_code") == 0);
    }
}

// Covers: D06.
TEST(recipients_are_the_party_and_who_is_named)
{
    Error err = {0};
    Authorization authorization;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *root = sample_json();
    CHECK_OK(authorization_parse(root, arena, &authorization, &err));
    CHECK(authorization_names_recipient(&authorization, authorization.party.uscc));
    CHECK(authorization_names_recipient(&authorization, authorization.recipients[0].uscc));
    CHECK(!authorization_names_recipient(&authorization, "91350100M000100Y43"));
}

TEST(purposes_are_gated_by_the_state_of_the_business)
{
    static const struct {
        const char *code;
        BusinessStatus business;
        bool ok;
    } cases[] = {
        {"02", {true, false, false}, true}, {"02", {false, true, true}, false},
        {"01", {false, true, false}, true}, {"01", {true, false, true}, false},
        {"08", {false, false, true}, true}, {"08", {true, true, false}, false},
        {"26", {true, false, false}, true}, {"21", {false, true, false}, true},
        {"22", {false, false, true}, true}, {"09", {true, true, true}, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        const Purpose *purpose = purpose_find(cases[i].code);
        CHECK(purpose_gate_check(purpose, &cases[i].business, &err) == cases[i].ok);
    }
    size_t count = 0;
    CHECK(purposes(&count) != NULL);
    CHECK_INT(count, 15);
    CHECK(purpose_find("04") == NULL);
    CHECK_TEXT(document_type_find("10")->chinese, "居民身份证");
    CHECK(document_type_find("3") == NULL);
}
