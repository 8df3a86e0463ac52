// SPDX-License-Identifier: Apache-2.0
//
// The page that is being filled: the cursor, page breaks, and placing lines and boxes.
// Internal to typesetting.
#ifndef ASSENT_DOMAIN_DOCUMENT_PAGE_SETTER_H
#define ASSENT_DOMAIN_DOCUMENT_PAGE_SETTER_H

#include "domain/document/line_break.h"
#include "domain/document/typeset.h"

// The type area of A4 (points from the lower left corner).
#define PAGE_LEFT 62.0
#define PAGE_RIGHT (PAGE_WIDTH - 62.0)
#define PAGE_TOP (PAGE_HEIGHT - 64.0)
#define PAGE_BOTTOM 62.0

typedef struct {
    Arena *arena;
    const FontFamily *fonts;
    Layout *layout;
    LaidPage *page;  // being filled
    double y;        // top of what is still free
    Error *err;
} PageSetter;

// Start a new page. Fails with ERROR_LIMIT "document.too_many_pages".
bool page_begin(PageSetter *setter) MUST_CHECK;
// True when nothing stands on the page yet.
bool page_is_fresh(const PageSetter *setter);
// Start a new page unless `height` is still free.
bool page_ensure(PageSetter *setter, double height) MUST_CHECK;

// Room for one more element: the array itself, or a copy twice as large. NULL when exhausted.
// Arrays begun as NULL double at powers of two.
void *page_grow(Arena *arena, void *array, size_t count, size_t element_size) MUST_CHECK;

bool page_add_box(PageSetter *setter, PlacedBox box) MUST_CHECK;
bool page_add_slot(PageSetter *setter, PlacedSlot slot) MUST_CHECK;

// Where a line stands.
typedef struct {
    double x, baseline, right;
    double grey;
    bool justifies;
    double top, bottom;  // limits for slots; both 0: one line of text
} LinePlace;

// Place one line of broken text. A slot at the end of a cell's line reaches to `right`.
bool page_set_line(PageSetter *setter, const BrokenText *text, size_t line,
                   const LinePlace *place) MUST_CHECK;
// Place a short text on one line.
bool page_set_text(PageSetter *setter, const Span *span, double x, double baseline, double size,
                   double grey) MUST_CHECK;
bool page_text_width(PageSetter *setter, const Span *span, double size, double *ret) MUST_CHECK;
// The box of a tick, with its mark or as a slot.
bool page_set_tick(PageSetter *setter, const Block *block, double x, double baseline,
                   double size) MUST_CHECK;

#endif
