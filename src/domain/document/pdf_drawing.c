// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_drawing.h"

#include <string.h>

#include "domain/document/pdf_writer.h"

typedef struct {
    const char *name;
    size_t operands;  // numbers that it takes
    bool (*run)(Drawing *drawing, const double *numbers);
} Operator;

Matrix matrix_multiply(const Matrix *m, const Matrix *n)
{
    return (Matrix){m->a * n->a + m->b * n->c,        m->a * n->b + m->b * n->d,
                    m->c * n->a + m->d * n->c,        m->c * n->b + m->d * n->d,
                    m->e * n->a + m->f * n->c + n->e, m->e * n->b + m->f * n->d + n->f};
}

void drawing_put_numbers(Writer *ret, const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pdf_put_number(ret, numbers[i]);
        writer_put_u8(ret, ' ');
    }
}

// --- graphics -----------------------------------------------------------------------------------

static bool op_save(Drawing *drawing, const double *numbers)
{
    (void)numbers;
    if (drawing->saved_count == DRAWING_STATES_MAX) {
        return pdf_svg_unsupported(drawing->err, "states are nested too deep");
    }
    drawing->saved[drawing->saved_count++] = drawing->state;
    return true;
}

static bool op_restore(Drawing *drawing, const double *numbers)
{
    (void)numbers;
    if (drawing->saved_count == 0) {
        return pdf_svg_unsupported(drawing->err, "a state is restored that was not saved");
    }
    drawing->state = drawing->saved[--drawing->saved_count];
    return true;
}

static bool op_concatenate(Drawing *drawing, const double *n)
{
    Matrix matrix = {n[0], n[1], n[2], n[3], n[4], n[5]};
    drawing->state.place = matrix_multiply(&matrix, &drawing->state.place);
    return true;
}

static bool op_width(Drawing *drawing, const double *n)
{
    drawing->state.width = n[0];
    return true;
}

static bool op_fill_grey(Drawing *drawing, const double *n)
{
    drawing->state.fill[0] = drawing->state.fill[1] = drawing->state.fill[2] = n[0];
    return true;
}

static bool op_stroke_grey(Drawing *drawing, const double *n)
{
    drawing->state.stroke[0] = drawing->state.stroke[1] = drawing->state.stroke[2] = n[0];
    return true;
}

static bool op_fill_colour(Drawing *drawing, const double *n)
{
    memcpy(drawing->state.fill, n, sizeof drawing->state.fill);
    return true;
}

static bool op_stroke_colour(Drawing *drawing, const double *n)
{
    memcpy(drawing->state.stroke, n, sizeof drawing->state.stroke);
    return true;
}

// --- paths --------------------------------------------------------------------------------------

static bool put_path(Drawing *drawing, char verb, const double *numbers, size_t count)
{
    writer_put_u8(&drawing->path, (uint8_t)verb);
    drawing_put_numbers(&drawing->path, numbers, count);
    return !drawing->path.failed || error_memory(drawing->err);
}

static bool op_move(Drawing *drawing, const double *n)
{
    return put_path(drawing, 'M', n, 2);
}

static bool op_line(Drawing *drawing, const double *n)
{
    return put_path(drawing, 'L', n, 2);
}

static bool op_curve(Drawing *drawing, const double *n)
{
    return put_path(drawing, 'C', n, 6);
}

static bool op_close(Drawing *drawing, const double *n)
{
    return put_path(drawing, 'Z', n, 0);
}

static bool op_rectangle(Drawing *drawing, const double *n)
{
    const double right = n[0] + n[2], top = n[1] + n[3];
    return put_path(drawing, 'M', n, 2) &&
           put_path(drawing, 'L', (const double[]){right, n[1]}, 2) &&
           put_path(drawing, 'L', (const double[]){right, top}, 2) &&
           put_path(drawing, 'L', (const double[]){n[0], top}, 2) &&
           put_path(drawing, 'Z', NULL, 0);
}

static unsigned as_byte(double part)
{
    return part <= 0 ? 0U : part >= 1 ? 255U : (unsigned)(part * 255 + 0.5);
}

void drawing_put_colour(Writer *ret, const double colour[3])
{
    writer_format(ret, "#%02x%02x%02x", as_byte(colour[0]), as_byte(colour[1]), as_byte(colour[2]));
}

static void put_place(Writer *ret, const Matrix *m)
{
    writer_put_text(ret, " transform=\"matrix(");
    drawing_put_numbers(ret, (const double[]){m->a, m->b, m->c, m->d, m->e, m->f}, 6);
    writer_put_text(ret, ")\"");
}

static bool paint(Drawing *drawing, bool fills, bool strokes)
{
    Writer *out = &drawing->shapes;
    const DrawingState *state = &drawing->state;
    if (drawing->is_in_glyph) {
        // The path is all that a glyph is; its user colours it.
        return !strokes || pdf_svg_unsupported(drawing->err, "a drawn glyph with strokes");
    }
    if (fills || strokes) {
        writer_put_text(out, "<path d=\"");
        writer_put(out, writer_bytes(&drawing->path));
        writer_put_text(out, "\" fill=\"");
        if (fills) {
            drawing_put_colour(out, state->fill);
        } else {
            writer_put_text(out, "none");
        }
        if (strokes) {
            writer_put_text(out, "\" stroke=\"");
            drawing_put_colour(out, state->stroke);
            writer_put_text(out, "\" stroke-width=\"");
            pdf_put_number(out, state->width);
        }
        writer_put_u8(out, '"');
        put_place(out, &state->place);
        writer_put_text(out, "/>\n");
    }
    writer_free(&drawing->path);
    drawing->path = writer_new(DRAWING_PATH_MAX_SIZE);
    return !out->failed || error_memory(drawing->err);
}

static bool op_fill(Drawing *drawing, const double *numbers)
{
    (void)numbers;
    return paint(drawing, true, false);
}

static bool op_stroke(Drawing *drawing, const double *numbers)
{
    (void)numbers;
    return paint(drawing, false, true);
}

static bool op_fill_and_stroke(Drawing *drawing, const double *numbers)
{
    (void)numbers;
    return paint(drawing, true, true);
}

static bool op_end_path(Drawing *drawing, const double *numbers)
{
    (void)numbers;
    return paint(drawing, false, false);
}

// --- text state ---------------------------------------------------------------------------------

static bool op_begin_text(Drawing *drawing, const double *numbers)
{
    (void)numbers;
    drawing->text = (Matrix){1, 0, 0, 1, 0, 0};
    return true;
}

static bool op_text_matrix(Drawing *drawing, const double *n)
{
    drawing->text = (Matrix){n[0], n[1], n[2], n[3], n[4], n[5]};
    return true;
}

static bool op_nothing(Drawing *drawing, const double *numbers)
{
    (void)drawing, (void)numbers;
    return true;
}

// --- content ------------------------------------------------------------------------------------

static const Operator operators[] = {
    {"q", 0, op_save},         {"Q", 0, op_restore},
    {"cm", 6, op_concatenate}, {"w", 1, op_width},
    {"g", 1, op_fill_grey},    {"G", 1, op_stroke_grey},
    {"rg", 3, op_fill_colour}, {"RG", 3, op_stroke_colour},
    {"m", 2, op_move},         {"l", 2, op_line},
    {"c", 6, op_curve},        {"h", 0, op_close},
    {"re", 4, op_rectangle},   {"f", 0, op_fill},
    {"S", 0, op_stroke},       {"B", 0, op_fill_and_stroke},
    {"n", 0, op_end_path},     {"BT", 0, op_begin_text},
    {"ET", 0, op_nothing},     {"Tm", 6, op_text_matrix},
    {"d1", 6, op_nothing},     {"EMC", 0, op_nothing},
};

static bool run_numbers(Drawing *drawing, const Operator *operator)
{
    double numbers[6] = {0};
    bool fits = drawing->operand_count == operator->operands;
    for (size_t i = 0; fits && i < operator->operands; i++) {
        const PdfObject *number = drawing->operands[i];
        fits = number->kind == PDF_INTEGER || number->kind == PDF_REAL;
        numbers[i] = number->real;
    }
    return fits ? operator->run(drawing, numbers)
                : pdf_svg_unsupported(drawing->err, "an operator has not its numbers");
}

static bool run_operator(Drawing *drawing, Bytes name)
{
    bool ok = false, is_known = true;
    if (bytes_equal_text(name, "Tf")) {
        ok = drawing_select_font(drawing);
    } else if (bytes_equal_text(name, "TJ")) {
        ok = drawing_show_array(drawing);
    } else if (bytes_equal_text(name, "Tj")) {
        ok = drawing_show_text(drawing);
    } else if (bytes_equal_text(name, "BDC")) {
        ok = true;  // what a reader should say instead of a glyph; drawn all the same
    } else {
        is_known = false;
    }
    for (size_t i = 0; !is_known && i < COUNT_OF(operators); i++) {
        if (bytes_equal_text(name, operators[i].name)) {
            ok = run_numbers(drawing, &operators[i]);
            is_known = true;
        }
    }
    drawing->operand_count = 0;
    return is_known ? ok : pdf_svg_unsupported(drawing->err, "it has an operator that is unknown");
}

// A word: an operator, or an object begins here.
static bool is_word_start(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'' || c == '"';
}

static Bytes take_word(PdfCursor *cursor)
{
    size_t from = cursor->at;
    while (cursor->at < cursor->file.len &&
           (is_word_start(cursor->file.data[cursor->at]) || cursor->file.data[cursor->at] == '*' ||
            (cursor->at > from && cursor->file.data[cursor->at] >= '0' &&
             cursor->file.data[cursor->at] <= '9'))) {
        cursor->at++;
    }
    return bytes_slice(cursor->file, from, cursor->at - from);
}

bool drawing_run(Drawing *drawing, Bytes content)
{
    size_t objects = DRAWING_OPERATORS_MAX;
    PdfCursor cursor = {
        .arena = drawing->arena, .file = content, .budget = &objects, .err = drawing->err};
    for (pdf_skip_space(&cursor); cursor.at < content.len; pdf_skip_space(&cursor)) {
        if (drawing->budget-- == 0) {
            return error_set(drawing->err, ERROR_LIMIT, "pdf_svg.too_large", NULL,
                             "the page has more than %d operators", DRAWING_OPERATORS_MAX);
        }
        if (is_word_start(content.data[cursor.at])) {
            if (!run_operator(drawing, take_word(&cursor))) {
                return false;
            }
            continue;
        }
        PdfObject *object = NULL;
        if (drawing->operand_count == DRAWING_OPERANDS_MAX) {
            return pdf_svg_unsupported(drawing->err, "an operator has too many operands");
        }
        if (!pdf_parse_object(&cursor, 0, &object)) {
            return false;
        }
        drawing->operands[drawing->operand_count++] = object;
    }
    return drawing->operand_count == 0 ||
           pdf_svg_unsupported(drawing->err, "the content ends within an operator");
}
