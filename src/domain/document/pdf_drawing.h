// SPDX-License-Identifier: Apache-2.0
//
// Drawing: a page's content while it becomes SVG. Internal to pdf_svg.h.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_DRAWING_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_DRAWING_H

#include "domain/document/pdf_draw_font.h"

enum {
    DRAWING_FONTS_MAX = 8,
    DRAWING_OPERANDS_MAX = 32,
    DRAWING_STATES_MAX = 16,
    DRAWING_OPERATORS_MAX = 200000,
    DRAWING_PATH_MAX_SIZE = 1 << 20,
};

// x' = a x + c y + e, y' = b x + d y + f. Source: ISO 32000-1 8.3.
typedef struct {
    double a, b, c, d, e, f;
} Matrix;

typedef struct {
    Matrix place;
    double fill[3], stroke[3];
    double width;
    DrawFont *font;
    double size;
} DrawingState;

typedef struct {
    Arena *arena;
    PdfFile *file;
    Error *err;
    DrawFont fonts[DRAWING_FONTS_MAX];
    size_t font_count;
    Writer definitions, shapes, path;  // SVG: glyphs, what is shown, the path in the making
    DrawingState state, saved[DRAWING_STATES_MAX];
    size_t saved_count;
    Matrix text;
    const PdfObject *operands[DRAWING_OPERANDS_MAX];
    size_t operand_count;
    bool is_in_glyph;
    unsigned budget;  // operators that may still be run
} Drawing;

// Run a content stream; failures are in drawing->err. Source: ISO 32000-1 7.8.2.
bool drawing_run(Drawing *drawing, Bytes content) MUST_CHECK;

// Shared by the operators.
Matrix matrix_multiply(const Matrix *m, const Matrix *n);
void drawing_put_numbers(Writer *ret, const double *numbers, size_t count);
void drawing_put_colour(Writer *ret, const double colour[3]);
bool drawing_select_font(Drawing *drawing) MUST_CHECK;  // Tf
bool drawing_show_text(Drawing *drawing) MUST_CHECK;    // Tj
bool drawing_show_array(Drawing *drawing) MUST_CHECK;   // TJ

#endif
