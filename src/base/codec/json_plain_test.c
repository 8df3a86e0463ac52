// SPDX-License-Identifier: Apache-2.0
#include "base/codec/json_plain.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/json.h"
#include "base/test/test.h"

static const char *const plain[] = {
    "{}",
    "[]",
    " {\"a\" : [ 1 , -2, 0, 123456789012345 ] ,\r\n\t\"b\":{\"c\":\"\"},\"\":null } \n",
    "[\"\\n\",\"a\\\"b\\\\c\\/\\b\\f\\r\\t\", \"12345678\\n90\xe6\x8e\x88\",\"\x7fghijklmn\"]",
    "[true,false,null,\"text\",\"\xe6\x8e\x88\xe6\x9d\x83\",{\"\xe6\x8e\x88\":[]}]",
};

static const char *const others[] = {
    "",
    "1",
    "\"a\"",
    "{",
    "[1,]",
    "{\"a\":1,}",
    "[1 2]",
    "[01]",
    "[-0]",
    "[-]",
    "[1.5]",
    "[1e3]",
    "[\"\\u4e00\"]",
    "[\"\\x\"]",
    "[\"\\n\xff\"]",
    "[\"\\n",
    "[\"\\",
    "{\"\\n\":1}",
    "[\"\n\"]",
    "[\"a]",
    "{\"a\":1,\"a\":2}",
    "{1:2}",
    "[]x",
    "[] []",
    "[tru]",
    "[nulls]",
    "{\"a\"}",
    "[\"\xff\"]",
    "{\"\xff\":1}",
    "[1234567890123456]",
    "[99999999999999999999]",
    "[,1]",
    "{\"a\":}",
    "[\"\xed\xa0\x80\"]",
    "[\xe6]",
    "[--1]",
    "[1-]",
    "[+1]",
};

static json_t *jansson(Bytes text)
{
    return json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
}

TEST(plain_json_gives_what_jansson_gives)
{
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        Bytes text = bytes_of_text(plain[i]);
        CLEANUP(json_cleanup) json_t *expected = jansson(text);
        CLEANUP(json_cleanup) json_t *value = json_plain_parse(text);
        CHECK(value != NULL && json_equal(value, expected));
    }
}

TEST(json_that_is_not_plain_is_left_to_jansson)
{
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        CHECK(json_plain_parse(bytes_of_text(others[i])) == NULL);
    }
    CHECK(json_plain_parse(bytes_of("[\"a\0b\"]", 7)) == NULL);
}

// Whatever byte is put anywhere: never accepted unless jansson reads the same.
TEST(no_change_makes_plain_json_differ_from_jansson)
{
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        uint8_t changed[128];
        size_t len = strlen(plain[i]);
        for (size_t k = 0; k < len * 256; k++) {
            memcpy(changed, plain[i], len);
            changed[k / 256] = (uint8_t)(k % 256);
            Bytes text = bytes_of(changed, len);
            CLEANUP(json_cleanup) json_t *value = json_plain_parse(text);
            if (value != NULL) {
                CLEANUP(json_cleanup) json_t *expected = jansson(text);
                CHECK(json_equal(value, expected));
            }
        }
    }
}

TEST(plain_json_is_written_as_jansson_writes_it)
{
    static const char *const texts[] = {
        "{\"b\":[1,-2,{}],\"a\":{\"bb\":true,\"b\":false,\"B\":null},\"\":\"\"}",
        "[\"\\n\\\"\\u0001\\\\/\x7f\",\"\xe6\x8e\x88\",[[[\"x\"]]],9007199254740993]",
        "[\"\xe2\x80\x94 a\\n\\\"\xe6\x8e\x88\\t\xe6\x9d\x83\",\"\xe6\x8e\x88\\u0001\"]",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CLEANUP(json_cleanup) json_t *value = jansson(bytes_of_text(texts[i]));
        CLEANUP(writer_free) Writer text = writer_new(1000);
        char *expected = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
        CHECK(json_plain_write(value, &text));
        CHECK(bytes_equal_text(writer_bytes(&text), expected));
        free(expected);
    }
}

TEST(what_is_not_plain_is_not_written)
{
    static const char *const texts[] = {"[1.5]", "{\"\xe6\x8e\x88\":1}", "{\"\\n\":1}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CLEANUP(json_cleanup) json_t *value = jansson(bytes_of_text(texts[i]));
        CLEANUP(writer_free) Writer text = writer_new(1000);
        CHECK(value != NULL && !json_plain_write(value, &text));
    }
    CLEANUP(json_cleanup) json_t *bad = json_string_nocheck("\xff");
    CLEANUP(writer_free) Writer text = writer_new(1000);
    CHECK(!json_plain_write(bad, &text) && !json_plain_write(NULL, &text));
}
