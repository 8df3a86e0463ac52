// SPDX-License-Identifier: Apache-2.0
//
// Document: what is to be set on paper, as a list of blocks, without positions. Build one in an
// arena, then give it to typeset.h. Texts are UTF-8 and are copied.
//
// The first failure (arena exhausted, too many blocks) makes every later call harmless and
// document_typeset fail: one check at the end is enough.
#ifndef ASSENT_DOMAIN_DOCUMENT_DOCUMENT_H
#define ASSENT_DOMAIN_DOCUMENT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"

// A piece of running text. A span with `slot` has no text: it is an empty place of `width_em`
// ems, filled later under that name (agreement_template.h); nothing else makes slots.
typedef struct {
    const char *text;
    bool is_bold;
    const char *slot;
    double width_em;
} Span;

typedef enum {
    BLOCK_TITLE,      // once, centred
    BLOCK_SUBTITLE,   // centred, small: numbers, versions
    BLOCK_HEADING,    // level 1 to 3
    BLOCK_PARAGRAPH,  // justified, first line indented two ems
    BLOCK_NOTE,       // small, grey
    BLOCK_BULLET,     // level 1 to 2
    BLOCK_TICK,       // a box that is ticked, empty, or a slot
    BLOCK_CALLOUT,    // a framed, shaded warning
    BLOCK_FIELD,      // label and value; neighbours form one grid
    BLOCK_TABLE,
    BLOCK_CODE,        // a QR code, with text beside it
    BLOCK_SEAL_PLACE,  // a reserved rectangle for a visible seal
    BLOCK_SPACE,
    BLOCK_PAGE_BREAK,
} BlockKind;

typedef enum { TICK_EMPTY, TICK_SET, TICK_SLOT } TickState;

enum { DOCUMENT_MAX_BLOCKS = 4000, DOCUMENT_MAX_COLUMNS = 8, DOCUMENT_MAX_TEXT = 65536 };

typedef struct Block Block;
struct Block {
    BlockKind kind;
    int level;
    const Span *spans;  // text; FIELD: the value
    size_t span_count;
    const char *label;  // FIELD: label. SEAL_PLACE: caption
    const char *name;   // SEAL_PLACE: anchor name. TICK: slot name. CODE: what it says
    TickState tick;
    double height, width;         // SPACE, SEAL_PLACE, CODE: points
    const double *column_widths;  // TABLE: shares, any unit
    const char *const *cells;     // TABLE: rows after another, header row first
    size_t columns, rows;
    Block *next;
};

typedef struct {
    Arena *arena;
    const char *title;   // PDF title
    const char *header;  // at the top of every page, left; NULL: none
    const char *footer;  // at the bottom, left; page "x / y" is always at the right
    Block *first;
    Block **last;
    size_t count;
    bool failed;
} Document;

// Start a document; title also becomes the first block when `show_title`.
Document *document_new(Arena *arena, const char *title, bool show_title) MUST_CHECK;
void document_set_header(Document *document, const char *header);
void document_set_footer(Document *document, const char *footer);

void document_add_subtitle(Document *document, const char *text);
void document_add_heading(Document *document, int level, const char *text);
void document_add_paragraph(Document *document, const char *text);
void document_add_note(Document *document, const char *text);
void document_add_bullet(Document *document, int level, const char *text);
void document_add_tick(Document *document, bool is_ticked, const char *text);
void document_add_callout(Document *document, const char *text);
// One label/value row. Long hexadecimal or base64 values wrap anywhere. NULL or "" shows "—".
void document_add_field(Document *document, const char *label, const char *value);
// A table whose first row is the header, repeated on every page. `cells` has rows * columns texts
// (copied); `widths` has `columns` shares. Cells wrap; NULL shows "—".
void document_add_table(Document *document, const double *widths, size_t columns,
                        const char *const *cells, size_t rows);
// Reserve a rectangle at the right for a visible seal, with a caption at its left (for example
// "出具机构（签章）："). Its place is found after typesetting by `name`.
void document_add_seal_place(Document *document, const char *name, const char *caption,
                             double width, double height);
// A QR code (qr_code.h) of `side` points with its quiet zone, and text at its right.
void document_add_code(Document *document, const char *content, const char *text, double side);
void document_add_space(Document *document, double points);
void document_add_page_break(Document *document);
// Any block whose text is several spans (bold parts, slots): TITLE to CALLOUT and FIELD.
void document_add_spans(Document *document, const Block *block);

#endif
