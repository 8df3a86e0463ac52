// SPDX-License-Identifier: Apache-2.0
//
// Typesetting: break a Document into lines and A4 pages, and write it as PDF. Chinese lines
// break between any two characters except where the line-breaking prohibitions forbid it; Latin
// words and numbers stay whole unless they are longer than a line.
#ifndef ASSENT_DOMAIN_DOCUMENT_TYPESET_H
#define ASSENT_DOMAIN_DOCUMENT_TYPESET_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "domain/document/document.h"
#include "domain/document/font.h"

#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
enum { TYPESET_MAX_PAGES = 200 };

// A rectangle on a page in PDF coordinates (points, origin at the lower left). Pages count from 0.
typedef struct {
    size_t page;
    double x, y, width, height;
} PagePlace;

// One character in place. `x` is its left edge, `y` its base line.
typedef struct {
    uint32_t code_point, glyph;
    bool is_bold;
    double x, y, size, grey;
} PlacedGlyph;

// A filled or stroked rectangle (a line is a thin filled one), drawn below the text. A grey
// below zero means not painted.
typedef struct {
    double x, y, width, height;
    double fill_grey, stroke_grey, stroke_width;
} PlacedBox;

// An empty place to be filled later: a value (text from x, base line y, at most width) or a tick.
typedef struct {
    const char *name;
    bool is_tick, is_bold;
    double x, y, width, size;
    double top, bottom;  // limits for a value that wraps
} PlacedSlot;

typedef struct {
    PlacedGlyph *glyphs;
    size_t glyph_count, glyph_capacity;
    PlacedBox *boxes;
    size_t box_count;
    PlacedSlot *slots;
    size_t slot_count;
} LaidPage;

typedef struct {
    const char *name;
    PagePlace place;
} Anchor;

typedef struct {
    const char *title;
    LaidPage *pages;
    size_t page_count;
    Anchor *anchors;
    size_t anchor_count;
} Layout;

// Lay a document out. Everything lives in the document's arena. Fails with ERROR_INPUT
// ("font.character_missing", "document.encoding", "document.too_wide") or ERROR_LIMIT.
bool document_typeset(const Document *document, const FontFamily *fonts, Layout *ret,
                      Error *err) MUST_CHECK;
// Find a reserved seal place. Fails with ERROR_NOT_FOUND "document.anchor".
bool layout_anchor(const Layout *layout, const char *name, PagePlace *ret, Error *err) MUST_CHECK;
// Everything that the bytes of a layout depend on beside the document: this program's version, the
// fonts' and that of the compression. In the arena; NULL on exhaustion.
const char *typeset_describe(Arena *arena, const FontFamily *fonts);
// Append the layout as a complete PDF with subset fonts. Deterministic: no clock, /ID from the
// content. Layouts with unfilled slots are for agreement_template.h.
bool layout_write_pdf(const Layout *layout, const FontFamily *fonts, Writer *ret,
                      Error *err) MUST_CHECK;

#endif
