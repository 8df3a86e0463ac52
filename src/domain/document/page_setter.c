// SPDX-License-Identifier: Apache-2.0
#include "domain/document/page_setter.h"

#include <string.h>

enum { FIRST_GLYPHS = 1024 };

void *page_grow(Arena *arena, void *array, size_t count, size_t element_size)
{
    bool is_full = count == 0 || (count >= 16 && (count & (count - 1)) == 0);
    if (!is_full) {
        return array;
    }
    size_t capacity = count < 16 ? 16 : count * 2;
    void *grown = arena_alloc(arena, capacity * element_size);
    if (grown != NULL && count > 0) {
        memcpy(grown, array, count * element_size);
    }
    return grown;
}

bool page_begin(PageSetter *setter)
{
    Layout *layout = setter->layout;
    if (layout->page_count == TYPESET_MAX_PAGES) {
        return error_set(setter->err, ERROR_LIMIT, "document.too_many_pages", NULL,
                         "the document is longer than %d pages", TYPESET_MAX_PAGES);
    }
    LaidPage *pages =
        page_grow(setter->arena, layout->pages, layout->page_count, sizeof *layout->pages);
    if (pages == NULL) {
        return error_memory(setter->err);
    }
    layout->pages = pages;
    setter->page = &pages[layout->page_count++];
    *setter->page = (LaidPage){0};
    setter->y = PAGE_TOP;
    return true;
}

bool page_is_fresh(const PageSetter *setter)
{
    return setter->page->glyph_count == 0 && setter->page->box_count == 0;
}

bool page_ensure(PageSetter *setter, double height)
{
    bool fits = setter->y - height >= PAGE_BOTTOM - 0.01;
    return fits || page_is_fresh(setter) || page_begin(setter);
}

bool page_add_box(PageSetter *setter, PlacedBox box)
{
    LaidPage *page = setter->page;
    PlacedBox *boxes = page_grow(setter->arena, page->boxes, page->box_count, sizeof box);
    if (boxes == NULL) {
        return error_memory(setter->err);
    }
    boxes[page->box_count++] = box;
    page->boxes = boxes;
    return true;
}

bool page_add_slot(PageSetter *setter, PlacedSlot slot)
{
    LaidPage *page = setter->page;
    PlacedSlot *slots = page_grow(setter->arena, page->slots, page->slot_count, sizeof slot);
    if (slots == NULL) {
        return error_memory(setter->err);
    }
    slots[page->slot_count++] = slot;
    page->slots = slots;
    return true;
}

// A page of text takes its room at once: growing in small steps would touch twice as much memory.
static bool add_glyph(PageSetter *setter, PlacedGlyph glyph)
{
    LaidPage *page = setter->page;
    if (page->glyph_count == page->glyph_capacity) {
        size_t capacity = page->glyph_capacity == 0 ? FIRST_GLYPHS : 2 * page->glyph_capacity;
        PlacedGlyph *glyphs = arena_alloc(setter->arena, capacity * sizeof glyph);
        if (glyphs == NULL) {
            return error_memory(setter->err);
        }
        if (page->glyph_count > 0) {
            memcpy(glyphs, page->glyphs, page->glyph_count * sizeof glyph);
        }
        page->glyphs = glyphs;
        page->glyph_capacity = capacity;
    }
    page->glyphs[page->glyph_count++] = glyph;
    return true;
}

static bool set_slot(PageSetter *setter, const LineItem *item, double x, double size,
                     const LinePlace *place, bool reaches_right)
{
    bool in_cell = place->top > place->bottom;
    double width = in_cell && reaches_right ? place->right - x : item->advance;
    PlacedSlot slot = {
        .name = item->slot,
        .is_bold = item->is_bold,
        .x = x,
        .y = place->baseline,
        .width = width,
        .size = size,
        .top = in_cell ? place->top : place->baseline + size,
        .bottom = in_cell ? place->bottom : place->baseline - size * 0.3,
    };
    if (!in_cell && !page_add_box(setter, (PlacedBox){x, place->baseline - size * 0.22, width, 0.5,
                                                      0.3, -1, 0})) {
        return false;
    }
    return page_add_slot(setter, slot);
}

// What justification adds after each item. Never so much that the line looks torn.
static double justification(const BrokenText *text, const Line *line, const LinePlace *place)
{
    double slack = place->right - place->x - line->width;
    if (!place->justifies || line->is_last || line->count < 2 || slack <= 0) {
        return 0;
    }
    double gap = slack / (double)(line->count - 1);
    return gap > 0.13 * text->size ? 0 : gap;
}

bool page_set_line(PageSetter *setter, const BrokenText *text, size_t line, const LinePlace *place)
{
    const Line *shown = &text->lines[line];
    double gap = justification(text, shown, place);
    double x = place->x;
    for (size_t i = shown->first; i < shown->first + shown->count; i++) {
        const LineItem *item = &text->items[i];
        bool is_final = i + 1 == shown->first + shown->count;
        PlacedGlyph glyph = {item->code_point, item->glyph, item->is_bold, x,
                             place->baseline,  text->size,  place->grey};
        bool ok = item->slot == NULL ? add_glyph(setter, glyph)
                                     : set_slot(setter, item, x, text->size, place, is_final);
        if (!ok) {
            return false;
        }
        x += item->advance + gap;
    }
    return true;
}

bool page_set_text(PageSetter *setter, const Span *span, double x, double baseline, double size,
                   double grey)
{
    BrokenText text;
    return text_measure(setter->arena, setter->fonts, span, 1, size, &text, setter->err) &&
           text_break(setter->arena, &text, PAGE_WIDTH, PAGE_WIDTH, setter->err) &&
           page_set_line(
               setter, &text, 0,
               &(LinePlace){.x = x, .baseline = baseline, .right = PAGE_RIGHT, .grey = grey});
}

bool page_text_width(PageSetter *setter, const Span *span, double size, double *ret)
{
    BrokenText text;
    if (!text_measure(setter->arena, setter->fonts, span, 1, size, &text, setter->err)) {
        return false;
    }
    *ret = 0;
    for (size_t i = 0; i < text.count; i++) {
        *ret += text.items[i].advance;
    }
    return true;
}

bool page_set_tick(PageSetter *setter, const Block *block, double x, double baseline, double size)
{
    double side = size * 0.95, low = baseline - size * 0.1;
    if (!page_add_box(setter, (PlacedBox){x, low, side, side, -1, 0.15, 0.7})) {
        return false;
    }
    if (block->tick == TICK_SLOT) {
        return page_add_slot(setter, (PlacedSlot){.name = block->name,
                                                  .is_tick = true,
                                                  .is_bold = true,
                                                  .x = x,
                                                  .y = baseline,
                                                  .width = side,
                                                  .size = size,
                                                  .top = low + side,
                                                  .bottom = low});
    }
    // As on paper forms: a refused item carries a cross, so that no tick can be added later.
    Span mark = {.text = block->tick == TICK_SET ? "✓" : "×", .is_bold = true};
    double width = 0;
    return page_text_width(setter, &mark, size, &width) &&
           page_set_text(setter, &mark, x + (side - width) / 2, baseline, size, 0);
}
