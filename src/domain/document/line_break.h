// SPDX-License-Identifier: Apache-2.0
//
// Line breaking: spans of text become characters with widths, and these become lines.
#ifndef ASSENT_DOMAIN_DOCUMENT_LINE_BREAK_H
#define ASSENT_DOMAIN_DOCUMENT_LINE_BREAK_H

#include "base/core/arena.h"
#include "base/core/error.h"
#include "domain/document/document.h"
#include "domain/document/font.h"

// One character, or a slot (code_point 0). A line feed has no glyph and ends its line.
typedef struct {
    uint32_t code_point, glyph;
    bool is_bold;
    double advance;    // points
    const char *slot;  // NULL: a character
} LineItem;

typedef struct {
    size_t first, count;  // items shown; spaces at the break belong to no line
    double width;
    bool is_last;  // of its paragraph: not justified
} Line;

typedef struct {
    LineItem *items;
    size_t count;
    double size;  // of the characters, points
    Line *lines;
    size_t line_count;
} BrokenText;

// Measure spans at a size. Control characters other than line feed are refused. Fails with
// ERROR_INPUT "font.character_missing" or "document.encoding".
bool text_measure(Arena *arena, const FontFamily *fonts, const Span *spans, size_t count,
                  double size, BrokenText *ret, Error *err) MUST_CHECK;

// Break measured text: the first line is `first_width` wide, the others `width`. At least one line.
// A word longer than a line breaks anywhere.
// Source: GB/T 15834-2011 5.1 (no line begins with closing or ends with opening punctuation).
bool text_break(Arena *arena, BrokenText *text, double first_width, double width,
                Error *err) MUST_CHECK;

// True if a line may end between two neighbouring characters.
bool line_may_break(uint32_t before, uint32_t after);

#endif
