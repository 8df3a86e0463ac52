// SPDX-License-Identifier: Apache-2.0
#include "domain/document/document.h"

#include <string.h>

// Copy a text; NULL stays NULL. Records exhaustion and oversize in the document.
static const char *text_copy(Document *document, const char *text)
{
    if (text == NULL || document->failed) {
        return NULL;
    }
    Bytes bytes = bytes_of_text(text);
    char *copy = bytes.len > DOCUMENT_MAX_TEXT ? NULL : arena_text(document->arena, bytes);
    document->failed = copy == NULL;
    return copy;
}

Document *document_new(Arena *arena, const char *title, bool show_title)
{
    Document *document = arena_alloc(arena, sizeof *document);
    if (document == NULL) {
        return NULL;
    }
    document->arena = arena;
    document->last = &document->first;
    document->title = text_copy(document, title);
    if (show_title) {
        Span span = {.text = title, .is_bold = true};
        document_add_spans(document,
                           &(Block){.kind = BLOCK_TITLE, .spans = &span, .span_count = 1});
    }
    return document;
}

void document_set_header(Document *document, const char *header)
{
    document->header = text_copy(document, header);
}

void document_set_footer(Document *document, const char *footer)
{
    document->footer = text_copy(document, footer);
}

static void block_append(Document *document, Block *block)
{
    if (document->failed || block == NULL || document->count == DOCUMENT_MAX_BLOCKS) {
        document->failed = true;
        return;
    }
    *document->last = block;
    document->last = &block->next;
    document->count++;
}

static Block *block_new(Document *document, BlockKind kind)
{
    Block *block = document->failed ? NULL : arena_alloc(document->arena, sizeof *block);
    document->failed = block == NULL;
    if (block != NULL) {
        block->kind = kind;
    }
    return block;
}

static const Span *spans_copy(Document *document, const Span *spans, size_t count)
{
    Span *copy = arena_alloc(document->arena, (count + 1) * sizeof *copy);
    if (copy == NULL) {
        document->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = spans[i];
        copy[i].text = text_copy(document, spans[i].text);
        copy[i].slot = text_copy(document, spans[i].slot);
    }
    return copy;
}

void document_add_spans(Document *document, const Block *block)
{
    Block *copy = block_new(document, block->kind);
    if (copy == NULL) {
        return;
    }
    *copy = *block;
    copy->next = NULL;
    copy->spans = spans_copy(document, block->spans, block->span_count);
    copy->label = text_copy(document, block->label);
    copy->name = text_copy(document, block->name);
    block_append(document, copy);
}

static void text_add(Document *document, Block block, const char *text, bool is_bold)
{
    Span span = {.text = text, .is_bold = is_bold};
    block.spans = &span;
    block.span_count = 1;
    document_add_spans(document, &block);
}

void document_add_subtitle(Document *document, const char *text)
{
    text_add(document, (Block){.kind = BLOCK_SUBTITLE}, text, false);
}

void document_add_heading(Document *document, int level, const char *text)
{
    text_add(document, (Block){.kind = BLOCK_HEADING, .level = level}, text, true);
}

void document_add_paragraph(Document *document, const char *text)
{
    text_add(document, (Block){.kind = BLOCK_PARAGRAPH}, text, false);
}

void document_add_note(Document *document, const char *text)
{
    text_add(document, (Block){.kind = BLOCK_NOTE}, text, false);
}

void document_add_bullet(Document *document, int level, const char *text)
{
    text_add(document, (Block){.kind = BLOCK_BULLET, .level = level}, text, false);
}

void document_add_tick(Document *document, bool is_ticked, const char *text)
{
    TickState tick = is_ticked ? TICK_SET : TICK_EMPTY;
    text_add(document, (Block){.kind = BLOCK_TICK, .tick = tick}, text, false);
}

void document_add_callout(Document *document, const char *text)
{
    text_add(document, (Block){.kind = BLOCK_CALLOUT}, text, true);
}

void document_add_field(Document *document, const char *label, const char *value)
{
    const char *shown = value == NULL || value[0] == 0 ? "—" : value;
    text_add(document, (Block){.kind = BLOCK_FIELD, .label = label}, shown, false);
}

void document_add_table(Document *document, const double *widths, size_t columns,
                        const char *const *cells, size_t rows)
{
    Block *block = block_new(document, BLOCK_TABLE);
    bool fits =
        columns >= 1 && columns <= DOCUMENT_MAX_COLUMNS && rows >= 1 && rows <= DOCUMENT_MAX_BLOCKS;
    if (block == NULL || !fits) {
        document->failed = true;
        return;
    }
    double *shares = arena_alloc(document->arena, columns * sizeof *shares);
    const char **texts = arena_alloc(document->arena, rows * columns * sizeof *texts);
    if (shares == NULL || texts == NULL) {
        document->failed = true;
        return;
    }
    memcpy(shares, widths, columns * sizeof *shares);
    for (size_t i = 0; i < rows * columns; i++) {
        bool is_empty = cells[i] == NULL || cells[i][0] == 0;
        texts[i] = text_copy(document, is_empty ? "—" : cells[i]);
    }
    block->column_widths = shares;
    block->cells = texts;
    block->columns = columns;
    block->rows = rows;
    block_append(document, block);
}

void document_add_seal_place(Document *document, const char *name, const char *caption,
                             double width, double height)
{
    Block block = {.kind = BLOCK_SEAL_PLACE, .name = name, .label = caption};
    block.width = width;
    block.height = height;
    document_add_spans(document, &block);
}

void document_add_code(Document *document, const char *content, const char *text, double side)
{
    Block block = {.kind = BLOCK_CODE, .name = content};
    block.width = block.height = side;
    text_add(document, block, text, false);
}

void document_add_space(Document *document, double points)
{
    document_add_spans(document, &(Block){.kind = BLOCK_SPACE, .height = points});
}

void document_add_page_break(Document *document)
{
    document_add_spans(document, &(Block){.kind = BLOCK_PAGE_BREAK});
}
