// SPDX-License-Identifier: Apache-2.0
#include "domain/document/page_code.h"

#include <math.h>

#include "domain/document/qr_code.h"

#define MODULE_STEP 0.25  // points: a whole number of dots on paper and screen
#define MODULE_MIN 0.75

// One box for each run of dark modules in a row.
static bool draw_code(PageSetter *setter, const QrCode *code, double left, double top,
                      double module)
{
    for (int row = 0; row < code->size; row++) {
        for (int column = 0; column < code->size;) {
            int run = 0;
            while (column + run < code->size && qr_code_is_dark(code, row, column + run)) {
                run++;
            }
            PlacedBox box = {.x = left + column * module,
                             .y = top - (row + 1) * module,
                             .width = run * module,
                             .height = module,
                             .fill_grey = 0,
                             .stroke_grey = -1};
            if (run > 0 && !page_add_box(setter, box)) {
                return false;
            }
            column += run + 1;
        }
    }
    return true;
}

static bool set_beside(PageSetter *setter, const Block *block, double left, double side)
{
    const double size = 9, leading = 14;
    BrokenText text;
    if (!text_measure(setter->arena, setter->fonts, block->spans, block->span_count, size, &text,
                      setter->err) ||
        !text_break(setter->arena, &text, PAGE_RIGHT - left, PAGE_RIGHT - left, setter->err)) {
        return false;
    }
    double top = setter->y - (side - (double)text.line_count * leading) / 2;
    for (size_t i = 0; i < text.line_count; i++) {
        LinePlace place = {.x = left,
                           .baseline = top - (double)(i + 1) * leading + (leading - size) / 2,
                           .right = PAGE_RIGHT};
        if (!page_set_line(setter, &text, i, &place)) {
            return false;
        }
    }
    return true;
}

bool page_set_code(PageSetter *setter, const Block *block)
{
    QrCode code;
    if (!qr_code_encode(setter->arena, bytes_of_text(block->name), &code, setter->err)) {
        return false;
    }
    double modules = code.size + 2 * QR_QUIET_ZONE;
    double module = floor(block->width / modules / MODULE_STEP) * MODULE_STEP;
    double side = module * modules, quiet = module * QR_QUIET_ZONE;
    if (module < MODULE_MIN) {
        return error_set(setter->err, ERROR_INPUT, "document.too_wide", NULL,
                         "a QR code of %d modules does not fit into %.0f points", code.size,
                         block->width);
    }
    if (!page_ensure(setter, side) ||
        !draw_code(setter, &code, PAGE_LEFT + quiet, setter->y - quiet, module) ||
        !set_beside(setter, block, PAGE_LEFT + side + 6, side)) {
        return false;
    }
    setter->y -= side + 4;
    return true;
}
