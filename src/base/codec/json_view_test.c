// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"
#include "base/test/test.h"

static json_t *parsed(const char *text)
{
    Error err = {0};
    json_t *value = NULL;
    CHECK_OK(json_parse(bytes_of_text(text), &value, &err));
    return value;
}

TEST(a_view_reads_every_type)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(json_cleanup)
    json_t *value = parsed(
        "{\"t\":\"\xe4\xb8\xad\",\"i\":-3,\"b\":true,\"at\":\"1970-01-01T00:00:01Z\","
        "\"b64\":\"AQI=\",\"hex\":\"0aFF\",\"o\":{},\"a\":[1],\"any\":null,\"ob\":false}");
    JsonView view = json_view(value, "thing", &err);
    uint8_t hex[2];
    CHECK_TEXT(json_view_text(&view, "t", 3), "\xe4\xb8\xad");
    CHECK_INT(json_view_int(&view, "i", -3, 5), -3);
    CHECK(json_view_bool(&view, "b"));
    CHECK_INT(json_view_time(&view, "at"), TIME_SECOND);
    CHECK_BYTES(json_view_base64(&view, arena, "b64", 2), BYTES_LITERAL("\x01\x02"));
    json_view_hex(&view, "hex", hex, 2);
    CHECK_BYTES(BYTES_OF_ARRAY(hex), BYTES_LITERAL("\x0a\xff"));
    CHECK(json_is_object(json_view_object(&view, "o")));
    CHECK(json_is_array(json_view_array(&view, "a", 1)));
    CHECK(json_is_null(json_view_any(&view, "any")));
    CHECK(!json_view_optional_bool(&view, "ob", true));
    CHECK(json_view_optional_bool(&view, "absent", true));
    CHECK(json_view_optional_text(&view, "absent", 9) == NULL);
    CHECK(json_view_optional_any(&view, "absent") == NULL);
    CHECK(json_view_optional_object(&view, "absent") == NULL);
    CHECK(json_view_optional_array(&view, "absent", 1) == NULL);
    CHECK_OK(json_view_done(&view));
}

// Covers: H15.
TEST(an_unknown_field_is_refused)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *value = parsed("{\"a\":1,\"more\":2}");
    JsonView view = json_view(value, "thing", &err);
    json_view_int(&view, "a", 0, 9);
    CHECK_FAILS_WITH(json_view_done(&view), ERROR_INPUT, "json.unknown_field");
    CHECK_TEXT(err.text, "JSON field thing.more is not known");
}

TEST(an_unknown_name_that_may_be_personal_data_is_not_shown)
{
    static const char *const texts[] = {"{\"999999199001010016\":1}", "{\"\xe5\xbc\xa0\":1}",
                                        "{\"a\\nb\":1}", "{\"\":1}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Error err = {0};
        CLEANUP(json_cleanup) json_t *value = parsed(texts[i]);
        JsonView view = json_view(value, "", &err);
        CHECK_FAILS_WITH(json_view_done(&view), ERROR_INPUT, "json.unknown_field");
        CHECK_TEXT(err.text, "JSON field (name not shown) is not known");
    }
}

TEST(what_is_no_object_has_no_fields)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *value = parsed("[1]");
    JsonView view = json_view(value, "thing", &err);
    CHECK(view.failed);
    CHECK_TEXT(json_view_text(&view, "a", 9), "");
    CHECK(!json_view_done(&view));
    CHECK_TEXT(err.text, "JSON thing is no object");
    view = json_view(NULL, NULL, &err);
    CHECK(!json_view_done(&view));
}

typedef enum { TEXT, OPTIONAL_TEXT, INT, BOOL, TIME, BASE64, HEX, OBJECT, ARRAY, ANY } Wanted;

static void read_as(JsonView *view, Arena *arena, Wanted wanted)
{
    uint8_t hex[2];
    switch (wanted) {
    case TEXT:
        CHECK_TEXT(json_view_text(view, "k", 4), "");
        break;
    case OPTIONAL_TEXT:
        CHECK(json_view_optional_text(view, "k", 4) == NULL);
        break;
    case INT:
        CHECK_INT(json_view_int(view, "k", 1, 9), 0);
        break;
    case BOOL:
        CHECK(!json_view_optional_bool(view, "k", true));
        break;
    case TIME:
        CHECK_INT(json_view_time(view, "k"), 0);
        break;
    case BASE64:
        CHECK_INT(json_view_base64(view, arena, "k", 4).len, 0);
        break;
    case HEX:
        json_view_hex(view, "k", hex, 2);
        CHECK_BYTES(BYTES_OF_ARRAY(hex), BYTES_LITERAL("\0\0"));
        break;
    case OBJECT:
        CHECK(json_view_optional_object(view, "k") == NULL);
        break;
    case ARRAY:
        CHECK(json_view_optional_array(view, "k", 1) == NULL);
        break;
    case ANY:
        CHECK(json_view_any(view, "k") == NULL);
        break;
    }
}

TEST(a_wrong_value_is_refused_and_named_without_its_content)
{
    static const struct {
        Wanted wanted;
        const char *text, *rule;
    } cases[] = {
        {TEXT, "{}", "is missing"},
        {TEXT, "{\"k\":1}", "is no text"},
        {TEXT, "{\"k\":null}", "is no text"},
        {TEXT, "{\"k\":\"\"}", "is empty"},
        {TEXT, "{\"k\":\"12345\"}", "is too long"},
        {TEXT, "{\"k\":\"a\\u0000\"}", NULL},
        {TEXT, "{\"k\":\"a\\n\"}", "contains a control character"},
        {TEXT, "{\"k\":\"a\x7f\"}", "contains a control character"},
        {TEXT, "{\"k\":\"a\xc2\x85\"}", "contains a control character"},
        {OPTIONAL_TEXT, "{\"k\":null}", "is no text"},
        {INT, "{}", "is missing"},
        {INT, "{\"k\":1.0}", "is no integer"},
        {INT, "{\"k\":\"1\"}", "is no integer"},
        {INT, "{\"k\":0}", "is out of range"},
        {INT, "{\"k\":10}", "is out of range"},
        {BOOL, "{\"k\":1}", "is neither true nor false"},
        {BOOL, "{\"k\":null}", "is neither true nor false"},
        {TIME, "{\"k\":\"2026-02-30T00:00:00Z\"}", "is no RFC 3339 time"},
        {TIME, "{\"k\":5}", "is no text"},
        {BASE64, "{\"k\":5}", "is no text"},
        {BASE64, "{\"k\":\"AQI\"}", "is no base64"},
        {BASE64, "{\"k\":\"A-I=\"}", "is no base64"},
        {BASE64, "{\"k\":\"AQIDBAU=\"}", "is too long"},
        {BASE64, "{\"k\":\"AQIDBAUGBwgJCgsM\"}", "is too long"},
        {HEX, "{\"k\":\"0a\"}", "is no hexadecimal text of the right length"},
        {HEX, "{\"k\":\"0a0g\"}", "is no hexadecimal text of the right length"},
        {HEX, "{\"k\":\"0a0a0a\"}", "is too long"},
        {OBJECT, "{\"k\":[]}", "is no object"},
        {OBJECT, "{\"k\":null}", "is no object"},
        {ARRAY, "{\"k\":{}}", "is no array"},
        {ARRAY, "{\"k\":[1,2]}", "has too many items"},
        {ANY, "{}", "is missing"},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        CLEANUP(json_cleanup) json_t *value = NULL;
        if (cases[i].rule == NULL) {
            CHECK_FAILS(json_parse(bytes_of_text(cases[i].text), &value, &err), ERROR_INPUT);
            continue;
        }
        value = parsed(cases[i].text);
        JsonView view = json_view(value, "v", &err);
        read_as(&view, arena, cases[i].wanted);
        CHECK(!json_view_done(&view));
        CHECK_INT(err.kind, ERROR_INPUT);
        CHECK_TEXT(err.code, "json.field");
        char wanted[100];
        snprintf(wanted, sizeof wanted, "JSON field v.k %s", cases[i].rule);
        CHECK_TEXT(err.text, wanted);
    }
}

TEST(only_the_first_failure_is_recorded)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *value = parsed("{\"b\":1}");
    JsonView view = json_view(value, "", &err);
    json_view_text(&view, "a", 9);
    json_view_text(&view, "b", 9);
    json_view_fail(&view, "c", "is odd");
    CHECK(!json_view_done(&view));
    CHECK_TEXT(err.text, "JSON field a is missing");
}

TEST(a_callers_own_rule_fails_the_view)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *value = parsed("{\"a\":1}");
    JsonView view = json_view(value, "v", &err);
    json_view_int(&view, "a", 0, 9);
    json_view_fail(&view, "a", "is odd");
    CHECK(!json_view_done(&view));
    CHECK_TEXT(err.text, "JSON field v.a is odd");
}

TEST(reading_more_fields_than_a_view_remembers_fails)
{
    static char names[JSON_VIEW_MAX_KEYS + 1][8];
    Error err = {0};
    CLEANUP(json_cleanup) json_t *value = parsed("{}");
    JsonView view = json_view(value, "v", &err);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(names[i], sizeof names[i], "k%zu", i);
        json_view_optional_any(&view, names[i]);
        json_view_optional_any(&view, names[0]);
    }
    CHECK(!json_view_done(&view));
    CHECK_INT(err.kind, ERROR_INTERNAL);
}
