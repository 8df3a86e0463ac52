// SPDX-License-Identifier: Apache-2.0
#include "base/codec/utf8.h"

#include "base/test/test.h"

TEST(every_character_survives_reading_and_writing)
{
    for (uint32_t character = 1; character <= 0x10ffff; character += 97) {
        CLEANUP(writer_free) Writer out = writer_new(8);
        utf8_put(&out, character);
        if (character >= 0xd800 && character <= 0xdfff) {
            CHECK(out.failed);
            continue;
        }
        Reader reader = reader_of(writer_bytes(&out));
        uint32_t again = 0;
        CHECK(utf8_next(&reader, &again));
        CHECK_INT(again, character);
        CHECK(reader_done(&reader));
    }
}

TEST(what_is_not_utf8_is_refused)
{
    static const char *const bad[] = {
        "\x80",              // continuation without a lead byte
        "\xe4\xb8",          // truncated
        "\xe4\xb8\x41",      // interrupted
        "\xc0\xaf",          // overlong
        "\xe0\x80\xaf",      // overlong
        "\xf0\x82\x82\xac",  // overlong
        "\xed\xa0\x80",      // surrogate
        "\xf4\x90\x80\x80",  // over U+10FFFF
        "\xf8\x88\x80\x80\x80",
        "\xff",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Reader reader = reader_of(bytes_of_text(bad[i]));
        uint32_t character = 0;
        CHECK(!utf8_next(&reader, &character));
        CHECK(reader.failed);
        CHECK(!utf8_is_valid(bytes_of_text(bad[i])));
    }
}

TEST(characters_are_counted_not_bytes)
{
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {{"", 0}, {"abc", 3}, {"张大巍", 3}, {"䶮𠅤", 2}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t count = 99;
        CHECK(utf8_count(bytes_of_text(cases[i].text), &count));
        CHECK_INT(count, cases[i].count);
        CHECK(utf8_is_valid(bytes_of_text(cases[i].text)));
    }
    CHECK(utf8_is_valid(BYTES_LITERAL("a\0b")));
}
