// SPDX-License-Identifier: Apache-2.0
#include "domain/document/typeset.h"

#include <string.h>

#include "domain/document/line_break.h"
#include "domain/document/page_code.h"
#include "domain/document/page_grid.h"
#include "domain/document/page_setter.h"

typedef enum { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_JUSTIFY } Alignment;

// How a kind of block (and its level) looks. Measures in points; indents in ems.
typedef struct {
    BlockKind kind;
    int level;
    double size, leading, before, after;
    double first_indent, indent;
    double grey;
    Alignment alignment;
    bool keeps_with_next;
    const char *marker;
} BlockStyle;

static const BlockStyle styles[] = {
    {BLOCK_TITLE, 0, 20, 30, 2, 8, 0, 0, 0, ALIGN_CENTRE, true, NULL},
    {BLOCK_SUBTITLE, 0, 8.5, 13, 0, 5, 0, 0, 0.4, ALIGN_CENTRE, true, NULL},
    {BLOCK_HEADING, 1, 12, 18, 8, 3, 0, 0, 0, ALIGN_LEFT, true, NULL},
    {BLOCK_HEADING, 2, 11, 17, 8, 3, 0, 0, 0, ALIGN_LEFT, true, NULL},
    {BLOCK_HEADING, 3, 10, 16, 5, 2, 0, 0, 0, ALIGN_LEFT, true, NULL},
    {BLOCK_PARAGRAPH, 0, 10, 15.5, 0, 3, 2, 0, 0, ALIGN_JUSTIFY, false, NULL},
    {BLOCK_NOTE, 0, 8.5, 13, 0, 4, 0, 0, 0.35, ALIGN_JUSTIFY, false, NULL},
    {BLOCK_BULLET, 1, 10, 15.5, 0, 2, 1.2, 2.3, 0, ALIGN_JUSTIFY, false, "•"},
    {BLOCK_BULLET, 2, 9.5, 15, 0, 2, 3, 4, 0, ALIGN_JUSTIFY, false, "–"},
    {BLOCK_TICK, 0, 10, 15.5, 0, 2, 1, 2.6, 0, ALIGN_JUSTIFY, false, NULL},
};

static const BlockStyle *style_find(const Block *block)
{
    for (size_t i = 0; i < COUNT_OF(styles); i++) {
        if (styles[i].kind == block->kind &&
            (styles[i].level == 0 || styles[i].level == block->level)) {
            return &styles[i];
        }
    }
    return NULL;
}

static double line_start(const BlockStyle *style, size_t index)
{
    bool hangs = style->kind == BLOCK_BULLET || style->kind == BLOCK_TICK;
    double ems = index == 0 && !hangs ? style->first_indent : style->indent;
    return PAGE_LEFT + ems * style->size;
}

static bool marker_set(PageSetter *setter, const Block *block, const BlockStyle *style,
                       double baseline)
{
    double x = PAGE_LEFT + style->first_indent * style->size;
    if (block->kind == BLOCK_TICK) {
        return page_set_tick(setter, block, x, baseline, style->size);
    }
    if (style->marker == NULL) {
        return true;
    }
    return page_set_text(setter, &(Span){.text = style->marker}, x, baseline, style->size,
                         style->grey);
}

// Lines of running text, with the block's marker at the first.
static bool flow_set(PageSetter *setter, const Block *block, const BlockStyle *style)
{
    BrokenText text;
    double first_width = PAGE_RIGHT - line_start(style, 0);
    double width = PAGE_RIGHT - line_start(style, 1);
    if (!text_measure(setter->arena, setter->fonts, block->spans, block->span_count, style->size,
                      &text, setter->err) ||
        !text_break(setter->arena, &text, first_width, width, setter->err)) {
        return false;
    }
    size_t together = style->keeps_with_next ? text.line_count + 3 : 2;
    if (together > text.line_count && !style->keeps_with_next) {
        together = text.line_count;
    }
    if (!page_is_fresh(setter)) {
        setter->y -= style->before;
    }
    if (!page_ensure(setter, (double)together * style->leading)) {
        return false;
    }
    for (size_t i = 0; i < text.line_count; i++) {
        if (!page_ensure(setter, style->leading)) {
            return false;
        }
        double baseline =
            setter->y - style->leading + (style->leading - style->size) / 2 + style->size * 0.14;
        if (i == 0 && !marker_set(setter, block, style, baseline)) {
            return false;
        }
        double x = line_start(style, i);
        double slack = (i == 0 ? first_width : width) - text.lines[i].width;
        LinePlace place = {
            .x = style->alignment == ALIGN_CENTRE ? x + slack / 2 : x,
            .baseline = baseline,
            .right = PAGE_RIGHT,
            .grey = style->grey,
            .justifies = style->alignment == ALIGN_JUSTIFY,
        };
        if (!page_set_line(setter, &text, i, &place)) {
            return false;
        }
        setter->y -= style->leading;
    }
    setter->y -= style->after;
    return true;
}

static bool seal_place_set(PageSetter *setter, const Block *block)
{
    const double size = 10;
    if (!page_ensure(setter, block->height + 8)) {
        return false;
    }
    double x = PAGE_RIGHT - block->width - 12, y = setter->y - 4 - block->height;
    if (!page_add_box(setter, (PlacedBox){x, y, block->width, block->height, -1, 0.8, 0.4})) {
        return false;
    }
    PagePlace place = {setter->layout->page_count - 1, x, y, block->width, block->height};
    Anchor *anchors = page_grow(setter->arena, setter->layout->anchors,
                                setter->layout->anchor_count, sizeof *anchors);
    if (anchors == NULL) {
        return error_memory(setter->err);
    }
    anchors[setter->layout->anchor_count++] = (Anchor){block->name, place};
    setter->layout->anchors = anchors;
    Span caption = {.text = block->label == NULL ? "" : block->label, .is_bold = true};
    double width = 0;
    if (!page_text_width(setter, &caption, size, &width) ||
        !page_set_text(setter, &caption, x - width - 10, y + block->height / 2 - size * 0.35, size,
                       0)) {
        return false;
    }
    setter->y = y - 4;
    return true;
}

// Set one block; *block may move on to the last of a group that is set together.
static bool block_set(PageSetter *setter, const Block **block)
{
    switch ((*block)->kind) {
    case BLOCK_FIELD:
        return page_set_fields(setter, block);
    case BLOCK_TABLE:
        return page_set_table(setter, *block);
    case BLOCK_CALLOUT:
        return page_set_callout(setter, *block);
    case BLOCK_CODE:
        return page_set_code(setter, *block);
    case BLOCK_SEAL_PLACE:
        return seal_place_set(setter, *block);
    case BLOCK_SPACE:
        setter->y -= (*block)->height;
        return true;
    case BLOCK_PAGE_BREAK:
        return page_is_fresh(setter) || page_begin(setter);
    default:
        break;
    }
    const BlockStyle *style = style_find(*block);
    if (style == NULL) {
        return error_set(setter->err, ERROR_INTERNAL, "document.block", NULL,
                         "no style for a block of kind %d and level %d", (int)(*block)->kind,
                         (*block)->level);
    }
    return flow_set(setter, *block, style);
}

// Header and footer of one finished page.
static bool margins_set(PageSetter *setter, const Document *document, size_t page)
{
    const double size = 8, grey = 0.35;
    LaidPage *laid = &setter->layout->pages[page];
    setter->page = laid;
    char *number =
        arena_format(setter->arena, "第 %zu 页 / 共 %zu 页", page + 1, setter->layout->page_count);
    if (number == NULL) {
        return error_memory(setter->err);
    }
    Span right = {.text = number};
    double width = 0;
    bool ok = page_text_width(setter, &right, size, &width) &&
              page_add_box(setter, (PlacedBox){PAGE_LEFT, PAGE_BOTTOM - 12, PAGE_RIGHT - PAGE_LEFT,
                                               0.4, 0.7, -1, 0}) &&
              page_set_text(setter, &right, PAGE_RIGHT - width, PAGE_BOTTOM - 24, size, grey);
    if (ok && document->footer != NULL) {
        ok = page_set_text(setter, &(Span){.text = document->footer}, PAGE_LEFT, PAGE_BOTTOM - 24,
                           size, grey);
    }
    if (ok && document->header != NULL) {
        ok = page_set_text(setter, &(Span){.text = document->header}, PAGE_LEFT, PAGE_TOP + 17,
                           size, grey) &&
             page_add_box(setter, (PlacedBox){PAGE_LEFT, PAGE_TOP + 11, PAGE_RIGHT - PAGE_LEFT, 0.4,
                                              0.7, -1, 0});
    }
    return ok;
}

bool document_typeset(const Document *document, const FontFamily *fonts, Layout *ret, Error *err)
{
    if (document == NULL || document->failed) {
        return error_set(err, ERROR_LIMIT, "document.too_large", NULL,
                         "the document has too many blocks or too much text");
    }
    Layout layout = {.title = document->title == NULL ? "" : document->title};
    PageSetter setter = {.arena = document->arena, .fonts = fonts, .layout = &layout, .err = err};
    if (!page_begin(&setter)) {
        return false;
    }
    for (const Block *block = document->first; block != NULL; block = block->next) {
        if (!block_set(&setter, &block)) {
            return false;
        }
    }
    for (size_t i = 0; i < layout.page_count; i++) {
        if (!margins_set(&setter, document, i)) {
            return false;
        }
    }
    *ret = layout;
    return true;
}

bool layout_anchor(const Layout *layout, const char *name, PagePlace *ret, Error *err)
{
    for (size_t i = 0; i < layout->anchor_count; i++) {
        if (strcmp(layout->anchors[i].name, name) == 0) {
            *ret = layout->anchors[i].place;
            return true;
        }
    }
    return error_set(err, ERROR_NOT_FOUND, "document.anchor", NULL,
                     "the document has no seal place named \"%s\"", name);
}
