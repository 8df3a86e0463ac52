// SPDX-License-Identifier: Apache-2.0
#include "domain/document/page_grid.h"

#include <math.h>

#define GRID_PADDING 3.5
#define GRID_LINE_GREY 0.62
#define GRID_SHADE 0.945

// One row of cells, broken into lines.
typedef struct {
    BrokenText cells[DOCUMENT_MAX_COLUMNS];
    double fills[DOCUMENT_MAX_COLUMNS];  // grey, or below zero
    const double *widths;                // points
    size_t columns;
    double leading, padding;
    size_t lines;  // of the highest cell
} GridRow;

static bool row_break(PageSetter *setter, GridRow *row, size_t column, const Span *spans,
                      size_t span_count, double size)
{
    double width = row->widths[column] - 2 * row->padding;
    if (width < size) {
        return error_set(setter->err, ERROR_INPUT, "document.too_wide", NULL,
                         "table column %zu is narrower than a character", column);
    }
    BrokenText *cell = &row->cells[column];
    if (!text_measure(setter->arena, setter->fonts, spans, span_count, size, cell, setter->err) ||
        !text_break(setter->arena, cell, width, width, setter->err)) {
        return false;
    }
    row->lines = cell->line_count > row->lines ? cell->line_count : row->lines;
    return true;
}

// Draw lines [from, from + count) of every cell as one framed piece at the cursor.
static bool row_piece(PageSetter *setter, const GridRow *row, size_t from, size_t count)
{
    double height = (double)count * row->leading + 2 * row->padding;
    double x = PAGE_LEFT, top = setter->y;
    for (size_t column = 0; column < row->columns; column++) {
        const BrokenText *cell = &row->cells[column];
        PlacedBox frame = {
            x, top - height, row->widths[column], height, row->fills[column], GRID_LINE_GREY, 0.5};
        if (!page_add_box(setter, frame)) {
            return false;
        }
        // A cell with fewer lines than its neighbours is centred when the row is in one piece.
        bool is_whole = from == 0 && count == row->lines;
        double shift = is_whole ? (double)(count - cell->line_count) * row->leading / 2 : 0;
        for (size_t i = from; i < from + count && i < cell->line_count; i++) {
            double below = top - row->padding - shift - (double)(i - from + 1) * row->leading;
            LinePlace place = {
                .x = x + row->padding,
                .baseline = below + (row->leading - cell->size) / 2 + cell->size * 0.14,
                .right = x + row->widths[column] - row->padding,
                .top = top - 1.5,
                .bottom = top - height + 1.5,
            };
            if (!page_set_line(setter, cell, i, &place)) {
                return false;
            }
        }
        x += row->widths[column];
    }
    setter->y = top - height;
    return true;
}

// Set a row, on several pages if need be; `header` (may be NULL) comes again on each.
static bool row_set(PageSetter *setter, const GridRow *row, const GridRow *header)
{
    double whole = (double)row->lines * row->leading + 2 * row->padding;
    double half_page = (PAGE_TOP - PAGE_BOTTOM) / 2;
    bool must_move = whole <= half_page && setter->y - whole < PAGE_BOTTOM;
    size_t done = 0;
    while (done < row->lines) {
        double room = (setter->y - PAGE_BOTTOM - 2 * row->padding) / row->leading;
        if (must_move || (room < 1 && !page_is_fresh(setter))) {
            if (!page_begin(setter) ||
                (header != NULL && !row_piece(setter, header, 0, header->lines))) {
                return false;
            }
            must_move = false;
            room = (setter->y - PAGE_BOTTOM - 2 * row->padding) / row->leading;
        }
        if (room < 1) {
            return error_set(setter->err, ERROR_LIMIT, "document.too_high", NULL,
                             "the header row of a table leaves no room on the page");
        }
        size_t fitting = (size_t)floor(room);
        size_t count = row->lines - done < fitting ? row->lines - done : fitting;
        if (!row_piece(setter, row, done, count)) {
            return false;
        }
        done += count;
    }
    return true;
}

bool page_set_fields(PageSetter *setter, const Block **block)
{
    const double size = 9.5, width = PAGE_RIGHT - PAGE_LEFT;
    const double widths[2] = {width * 0.25, width * 0.75};
    for (;; *block = (*block)->next) {
        GridRow row = {.widths = widths,
                       .columns = 2,
                       .leading = 13.5,
                       .padding = GRID_PADDING,
                       .fills = {GRID_SHADE, -1}};
        Span label = {.text = (*block)->label == NULL ? "" : (*block)->label};
        if (!row_break(setter, &row, 0, &label, 1, size) ||
            !row_break(setter, &row, 1, (*block)->spans, (*block)->span_count, size) ||
            !row_set(setter, &row, NULL)) {
            return false;
        }
        if ((*block)->next == NULL || (*block)->next->kind != BLOCK_FIELD) {
            break;
        }
    }
    setter->y -= 7;
    return true;
}

bool page_set_table(PageSetter *setter, const Block *block)
{
    const double size = 8.5;
    double widths[DOCUMENT_MAX_COLUMNS], sum = 0;
    for (size_t i = 0; i < block->columns; i++) {
        sum += block->column_widths[i];
    }
    for (size_t i = 0; i < block->columns; i++) {
        widths[i] = (PAGE_RIGHT - PAGE_LEFT) * block->column_widths[i] / sum;
    }
    GridRow header = {0};
    for (size_t r = 0; r < block->rows; r++) {
        GridRow row = {
            .widths = widths, .columns = block->columns, .leading = 12.5, .padding = 3.5};
        for (size_t c = 0; c < block->columns; c++) {
            Span cell = {.text = block->cells[r * block->columns + c], .is_bold = r == 0};
            row.fills[c] = r == 0 ? GRID_SHADE - 0.03 : -1;
            if (!row_break(setter, &row, c, &cell, 1, size)) {
                return false;
            }
        }
        // The header never stands alone at the foot of a page.
        if (r == 0 && !page_ensure(setter, (double)(row.lines + 2) * row.leading + 14)) {
            return false;
        }
        if (!row_set(setter, &row, r == 0 ? NULL : &header)) {
            return false;
        }
        if (r == 0) {
            header = row;
        }
    }
    setter->y -= 7;
    return true;
}

bool page_set_callout(PageSetter *setter, const Block *block)
{
    const double widths[1] = {PAGE_RIGHT - PAGE_LEFT};
    GridRow row = {.widths = widths, .columns = 1, .leading = 15.5, .padding = 7, .fills = {0.93}};
    if (!row_break(setter, &row, 0, block->spans, block->span_count, 10) ||
        !row_set(setter, &row, NULL)) {
        return false;
    }
    setter->y -= 7;
    return true;
}
