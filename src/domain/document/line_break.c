// SPDX-License-Identifier: Apache-2.0
#include "domain/document/line_break.h"

#include <string.h>

#include "base/codec/utf8.h"

enum { FIRST_LINES = 4 };

// Sorted tables of the characters that must not begin or end a line.
static const uint32_t never_first[] = {
    0x21,   0x25,   0x29,   0x2c,   0x2e,   0x3a,   0x3b,   0x3f,   0x5d,   0x7d,
    0xb0,   0xb7,   0x2013, 0x2014, 0x2019, 0x201d, 0x2026, 0x2030, 0x2103, 0x3001,
    0x3002, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011, 0x3015, 0x3017, 0xff01, 0xff05,
    0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f, 0xff3d, 0xff5d, 0xff5e,
};
static const uint32_t never_last[] = {
    0x23,   0x24,   0x28,   0x5b,   0x7b,   0xa5,   0x2018, 0x201c, 0x3008, 0x300a,
    0x300c, 0x300e, 0x3010, 0x3014, 0x3016, 0xff04, 0xff08, 0xff3b, 0xff5b, 0xffe5,
};

static bool is_among(const uint32_t *table, size_t count, uint32_t code_point)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table[middle] == code_point) {
            return true;
        }
        if (table[middle] < code_point) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

// Letters, digits and the signs inside words, numbers, addresses and digests.
static bool is_word(uint32_t code_point)
{
    return (code_point > 0x20 && code_point < 0x7f) || (code_point >= 0xc0 && code_point < 0x250);
}

bool line_may_break(uint32_t before, uint32_t after)
{
    if (after == ' ' || is_among(never_first, COUNT_OF(never_first), after) ||
        is_among(never_last, COUNT_OF(never_last), before)) {
        return false;
    }
    return before == ' ' || !is_word(before) || !is_word(after);
}

static bool span_measure(const FontFamily *fonts, const Span *span, BrokenText *text, Error *err)
{
    if (span->slot != NULL) {
        double ems = span->width_em > 0 ? span->width_em : 4;
        text->items[text->count++] =
            (LineItem){.is_bold = span->is_bold, .advance = ems * text->size, .slot = span->slot};
        return true;
    }
    const FontFace *face = span->is_bold ? fonts->bold : fonts->regular;
    Reader reader = reader_of(bytes_of_text(span->text));
    for (size_t i = 0; reader.rest.len > 0; i++) {
        LineItem item = {.is_bold = span->is_bold};
        if (!utf8_next(&reader, &item.code_point)) {
            return error_set(err, ERROR_INPUT, "document.encoding", NULL,
                             "the text is not UTF-8 after character %zu", i);
        }
        if (item.code_point != '\n') {
            if (!font_glyph(face, item.code_point, &item.glyph, err)) {
                return false;
            }
            item.advance = font_advance(face, item.glyph) * text->size / 1000;
        }
        text->items[text->count++] = item;
    }
    return true;
}

// Every character has one byte that does not continue another.
static size_t most_characters(Bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += (text.data[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    return count;
}

bool text_measure(Arena *arena, const FontFamily *fonts, const Span *spans, size_t count,
                  double size, BrokenText *ret, Error *err)
{
    size_t capacity = 1;
    for (size_t i = 0; i < count; i++) {
        capacity += 1 + most_characters(bytes_of_text(spans[i].text));
    }
    BrokenText text = {.items = arena_alloc(arena, capacity * sizeof(LineItem)), .size = size};
    if (text.items == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!span_measure(fonts, &spans[i], &text, err)) {
            return false;
        }
    }
    *ret = text;
    return true;
}

// Where the line that begins at `start` ends: the index after its last item.
static size_t line_end(const BrokenText *text, size_t start, double width)
{
    const double slack = 0.01;  // rounding of sums must not push a character out
    double used = 0;
    size_t allowed = start;
    for (size_t i = start; i < text->count; i++) {
        const LineItem *item = &text->items[i];
        if (item->code_point == '\n') {
            return i;
        }
        if (i > start && line_may_break(text->items[i - 1].code_point, item->code_point)) {
            allowed = i;
        }
        used += item->advance;
        if (used > width + slack && item->code_point != ' ') {
            size_t forced = i > start ? i : start + 1;
            return allowed > start ? allowed : forced;
        }
    }
    return text->count;
}

static Line line_of(const BrokenText *text, size_t start, size_t end)
{
    size_t shown = end;
    while (shown > start && text->items[shown - 1].code_point == ' ') {
        shown--;
    }
    Line line = {.first = start, .count = shown - start};
    for (size_t i = start; i < shown; i++) {
        line.width += text->items[i].advance;
    }
    line.is_last = end >= text->count || text->items[end].code_point == '\n';
    return line;
}

bool text_break(Arena *arena, BrokenText *text, double first_width, double width, Error *err)
{
    size_t start = 0, capacity = 0;
    text->line_count = 0;
    do {
        if (text->line_count == capacity) {
            Line *lines = arena_alloc(arena, (2 * capacity + FIRST_LINES) * sizeof *lines);
            if (lines == NULL) {
                return error_memory(err);
            }
            if (capacity > 0) {
                memcpy(lines, text->lines, capacity * sizeof *lines);
            }
            text->lines = lines;
            capacity = 2 * capacity + FIRST_LINES;
        }
        size_t end = line_end(text, start, text->line_count == 0 ? first_width : width);
        text->lines[text->line_count++] = line_of(text, start, end);
        bool at_line_feed = end < text->count && text->items[end].code_point == '\n';
        start = at_line_feed ? end + 1 : end;
        while (!at_line_feed && start < text->count && text->items[start].code_point == ' ') {
            start++;
        }
    } while (start < text->count);
    return true;
}
