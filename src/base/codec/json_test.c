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

TEST(malformed_json_is_refused)
{
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {
#define CASE(text) {text, sizeof(text) - 1}
        CASE(""),
        CASE(" "),
        CASE("1"),
        CASE("\"text\""),
        CASE("null"),
        CASE("{"),
        CASE("[1,]"),
        CASE("{\"a\":1,}"),
        CASE("{'a':1}"),
        CASE("{a:1}"),
        CASE("{\"a\":1}x"),
        CASE("{\"a\":1}{}"),
        CASE("{\"a\":1}\0"),
        CASE("{\"a\":01}"),
        CASE("{\"a\":+1}"),
        CASE("{\"a\":.5}"),
        CASE("{\"a\":NaN}"),
        CASE("{\"a\":Infinity}"),
        CASE("{\"a\":1e999}"),
        CASE("{\"a\":9223372036854775808}"),
        CASE("{\"a\":-9223372036854775809}"),
        CASE("{\"a\":\"\n\"}"),
        CASE("{\"a\":\"\\x41\"}"),
        CASE("{\"a\":\"\\u0000\"}"),
        CASE("{\"a\\u0000b\":1}"),
        CASE("{\"a\":\"\\ud800\"}"),
        CASE("{\"a\":\"\\udc00\\ud800\"}"),
        CASE("{\"a\":\"\xff\"}"),
        CASE("{\"a\":\"\xc0\xaf\"}"),
        CASE("{\"a\":\"\xed\xa0\x80\"}"),
        CASE("{\"a\":\"\xf4\x90\x80\x80\"}"),
        CASE("{\"a\":1,\"a\":2}"),
        CASE("{\"a\":1,\"\\u0061\":2}"),
        CASE("{\"o\":{\"a\":1,\"a\":1}}"),
        CASE("{\"a\":1}// comment"),
        CASE("\xef\xbb\xbf{}"),
#undef CASE
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err;
        json_t *value = NULL;
        CHECK_FAILS_WITH(json_parse(bytes_of(cases[i].text, cases[i].len), &value, &err),
                         ERROR_INPUT, "json.malformed");
        CHECK(value == NULL);
    }
}

TEST(every_truncation_of_json_is_refused)
{
    const char *text = "{\"name\":\"\xe5\xbc\xa0\",\"list\":[1,2.5,true,null,{\"x\":\"\\u4e2d\"}]}";
    for (size_t len = 0; len < strlen(text); len++) {
        Error err;
        json_t *value = NULL;
        CHECK_FAILS(json_parse(bytes_of(text, len), &value, &err), ERROR_INPUT);
    }
    CLEANUP(json_cleanup) json_t *whole = parsed(text);
    CHECK(json_is_object(whole));
}

TEST(nesting_is_accepted_up_to_the_limit_only)
{
    for (int depth = JSON_MAX_DEPTH - 1; depth <= JSON_MAX_DEPTH + 1; depth++) {
        CLEANUP(writer_free) Writer text = writer_new(1000);
        for (int i = 0; i < depth; i++) {
            writer_put_text(&text, i % 2 == 0 ? "[" : "{\"k\":");
        }
        writer_put_text(&text, "1");
        for (int i = depth; i-- > 0;) {
            writer_put_text(&text, i % 2 == 0 ? "]" : "}");
        }
        Error err = {0};
        CLEANUP(json_cleanup) json_t *value = NULL;
        bool accepted = json_parse(writer_bytes(&text), &value, &err);
        CHECK(accepted == (depth <= JSON_MAX_DEPTH));
    }
    CLEANUP(writer_free) Writer deep = writer_new(200000);
    writer_put_repeated(&deep, '[', 100000);
    Error err;
    json_t *value = NULL;
    CHECK_FAILS(json_parse(writer_bytes(&deep), &value, &err), ERROR_INPUT);
}

TEST(more_values_than_the_limit_are_refused_before_they_are_made)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *value = NULL;
    CLEANUP(writer_free) Writer text = writer_new(2 * JSON_MAX_VALUES + 10);
    writer_put_text(&text, "[1");
    for (size_t i = 1; i < JSON_MAX_VALUES; i++) {
        writer_put_text(&text, ",1");
    }
    writer_put_text(&text, "]");
    CHECK_OK(json_parse(writer_bytes(&text), &value, &err));
    CHECK_INT(json_array_size(value), JSON_MAX_VALUES);
    json_cleanup(&value);
    writer_patch(&text, text.len - 1, BYTES_LITERAL(","));
    writer_put_text(&text, "1]");
    CHECK_FAILS_WITH(json_parse(writer_bytes(&text), &value, &err), ERROR_LIMIT, "json.too_large");
}

TEST(a_failure_to_parse_does_not_quote_the_input)
{
    Error err;
    json_t *value = NULL;
    CHECK_FAILS(json_parse(BYTES_LITERAL("{\"id\":\"999999199001010016\" x}"), &value, &err),
                ERROR_INPUT);
    CHECK(strstr(err.text, "999999") == NULL);
    CHECK(strstr(err.text, "line 1, column") != NULL);
}

TEST(canonical_text_is_sorted_compact_and_unescaped)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        {" { \"b\" : 1 , \"a\" : [ true , null ] } ", "{\"a\":[true,null],\"b\":1}"},
        {"{\"z\":{\"y\":1,\"x\":2},\"Z\":3,\"aa\":4,\"a\":5}",
         "{\"Z\":3,\"a\":5,\"aa\":4,\"z\":{\"x\":2,\"y\":1}}"},
        {"{\"\\u4e2d\":\"\\u4e2d\\/\\u00b7\"}", "{\"\xe4\xb8\xad\":\"\xe4\xb8\xad/\xc2\xb7\"}"},
        {"{\"c\":\"\\u0001\\n\\\"\\\\\"}", "{\"c\":\"\\u0001\\n\\\"\\\\\"}"},
        {"{\"e\":\"\\ud840\\udd64\"}", "{\"e\":\"\xf0\xa0\x85\xa4\"}"},
        {"[-0,9223372036854775807,1.5]", "[0,9223372036854775807,1.5]"},
        {"{}", "{}"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        CLEANUP(json_cleanup) json_t *value = parsed(cases[i].text);
        Bytes text;
        CHECK_OK(json_text(arena, value, &text, &err));
        CHECK_BYTES(text, bytes_of_text(cases[i].canonical));
    }
}

TEST(one_text_is_written_as_in_an_object)
{
    static const char *const texts[] = {"",     "a",   "\"\\/\n\t", "\xe2\x80\x94 \n\xe6\x8e\x88",
                                        "\x01", "\x7f"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CLEANUP(writer_free) Writer alone = writer_new(100);
        CLEANUP(writer_free) Writer array = writer_new(100);
        CLEANUP(json_cleanup) json_t *value = json_array();
        Error err = {0};
        json_array_append_new(value, json_string(texts[i]));
        CHECK_OK(json_write_text(bytes_of_text(texts[i]), &alone, &err));
        CHECK_OK(json_write(value, &array, &err));
        Bytes inside = writer_bytes(&array);
        CHECK_BYTES(writer_bytes(&alone), bytes_slice(inside, 1, inside.len - 2));
    }
    CLEANUP(writer_free) Writer small = writer_new(4);
    CLEANUP(writer_free) Writer text = writer_new(100);
    Error err = {0};
    CHECK_FAILS(json_write_text(BYTES_LITERAL("abcdef"), &small, &err), ERROR_LIMIT);
    CHECK_FAILS_WITH(json_write_text(BYTES_LITERAL("\xff"), &text, &err), ERROR_INTERNAL,
                     "json.incomplete");
}

TEST(a_writer_that_is_full_is_a_limit_error)
{
    Error err;
    CLEANUP(json_cleanup) json_t *value = parsed("{\"a\":\"0123456789\"}");
    CLEANUP(writer_free) Writer writer = writer_new(5);
    CHECK_FAILS_WITH(json_write(value, &writer, &err), ERROR_LIMIT, "json.too_large");
    CHECK_FAILS_WITH(json_write(value, &writer, &err), ERROR_LIMIT, "json.too_large");
}

TEST(built_objects_are_written_as_put)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(json_cleanup) json_t *object = json_make_object();
    json_put_text(object, "text", "\xe4\xb8\xad");
    json_put_int(object, "int", -7);
    json_put_bool(object, "bool", true);
    json_put_time(object, "time", 0);
    json_put_base64(object, "base64", BYTES_LITERAL("\x01\x02"));
    json_put_hex(object, "hex", BYTES_LITERAL("\xab"));
    json_put_base64(object, "empty", BYTES_EMPTY);
    json_put(object, "inner", json_make_object());
    Bytes text;
    CHECK_OK(json_text(arena, object, &text, &err));
    CHECK(bytes_equal_text(text,
                           "{\"base64\":\"AQI=\",\"bool\":true,\"empty\":\"\",\"hex\":\"ab\","
                           "\"inner\":{},\"int\":-7,\"text\":\"\xe4\xb8\xad\","
                           "\"time\":\"1970-01-01T00:00:00Z\"}"));
}

TEST(an_object_that_was_not_built_completely_cannot_be_written)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    static const char *const unusable[] = {NULL, "\xff"};
    for (size_t i = 0; i < COUNT_OF(unusable); i++) {
        Error err;
        Bytes text;
        json_t *inner = json_make_object();
        CLEANUP(json_cleanup) json_t *outer = json_make_object();
        json_put_text(inner, "good", "x");
        json_put_text(inner, "bad", unusable[i]);
        json_put_text(inner, "later", "x");
        CHECK_FAILS_WITH(json_text(arena, inner, &text, &err), ERROR_INTERNAL, "json.incomplete");
        json_put(outer, "inner", inner);
        CHECK_FAILS_WITH(json_text(arena, outer, &text, &err), ERROR_INTERNAL, "json.incomplete");
    }
    Error err;
    Bytes text;
    json_put_text(NULL, "key", "text");
    CHECK_FAILS_WITH(json_text(arena, NULL, &text, &err), ERROR_INTERNAL, "json.incomplete");
}
