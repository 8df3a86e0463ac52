// SPDX-License-Identifier: Apache-2.0
#include "domain/document/line_break.h"

#include <stdio.h>

#include "base/codec/utf8.h"
#include "base/test/test.h"

// Break a text at 10 points into lines of `ems` ems and join them with "|".
static const char *broken(const char *source, double ems)
{
    static char joined[4096];
    Error err = {0};
    FontFamily fonts;
    BrokenText text;
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Writer out = writer_new(sizeof joined - 1);
    Span span = {.text = source};
    CHECK_OK(font_family_open(NULL, &fonts, &err));
    CHECK_OK(text_measure(arena, &fonts, &span, 1, 10, &text, &err));
    CHECK_OK(text_break(arena, &text, ems * 10, ems * 10, &err));
    for (size_t i = 0; i < text.line_count; i++) {
        const Line *line = &text.lines[i];
        writer_put_text(&out, i == 0 ? "" : "|");
        for (size_t k = line->first; k < line->first + line->count; k++) {
            utf8_put(&out, text.items[k].code_point);
        }
        CHECK_INT(line->is_last, i + 1 == text.line_count);
    }
    CHECK(!out.failed);
    snprintf(joined, sizeof joined, "%.*s", (int)out.len, out.len == 0 ? "" : (char *)out.data);
    writer_free(&out);
    arena_free(arena);
    font_family_close(&fonts);
    return joined;
}

// Covers: GB/T 15834-2011 5.1.
TEST(lines_do_not_begin_with_closing_or_end_with_opening_punctuation)
{
    static const char closing[] = "，。、；：？！）》」』】〕”’…—";
    static const char opening[] = "（《「『【〔“‘";
    uint32_t character = 0;
    Reader reader = reader_of(BYTES_LITERAL(closing));
    while (reader.rest.len > 0) {
        CHECK(utf8_next(&reader, &character));
        CHECK(!line_may_break(0x4e00, character));
    }
    reader = reader_of(BYTES_LITERAL(opening));
    while (reader.rest.len > 0) {
        CHECK(utf8_next(&reader, &character));
        CHECK(!line_may_break(character, 0x4e00));
    }
    CHECK(line_may_break(0x4e00, 0x4e01));
    CHECK_TEXT(broken("征信授权书，签署", 5), "征信授权|书，签署");
    CHECK_TEXT(broken("根据《条例》的规定", 3), "根据|《条|例》的|规定");
}

TEST(words_and_numbers_stay_whole_unless_longer_than_a_line)
{
    CHECK_TEXT(broken("编号 R-2026-000001 的报告", 8), "编号|R-2026-000001|的报告");
    CHECK_TEXT(broken("one two three", 4), "one two|three");
    CHECK_TEXT(broken("0123456789abcdef", 4), "0123456|789abcd|ef");
}

TEST(line_feed_ends_a_line_and_spaces_at_breaks_are_dropped)
{
    static char text[] = "甲乙丙  丁戊";
    CHECK_TEXT(broken(text, 3), "甲乙丙|丁戊");
    CHECK_TEXT(broken("", 3), "");
}
