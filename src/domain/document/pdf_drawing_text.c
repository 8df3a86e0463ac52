// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_drawing.h"
#include "domain/document/pdf_writer.h"

// A drawn glyph's own content, run apart; it leaves its path behind.
static bool put_drawn_glyph(Drawing *drawing, const DrawFont *font, uint32_t code)
{
    const PdfObject *stream = code < 256 ? font->glyphs[code] : NULL;
    Bytes content;
    if (stream == NULL || stream->kind != PDF_STREAM || drawing->is_in_glyph) {
        return pdf_svg_unsupported(drawing->err, "a glyph is shown that its font does not have");
    }
    if (!pdf_stream_decode(drawing->file, stream, &content, drawing->err)) {
        return false;
    }
    DrawingState kept = drawing->state;
    Writer path = drawing->path;
    size_t operands = drawing->operand_count;
    drawing->path = writer_new(DRAWING_PATH_MAX_SIZE);
    drawing->is_in_glyph = true;
    drawing->operand_count = 0;
    bool ok = drawing_run(drawing, content);
    writer_put(&drawing->definitions, writer_bytes(&drawing->path));
    writer_free(&drawing->path);
    drawing->path = path;
    drawing->is_in_glyph = false;
    drawing->operand_count = operands;
    drawing->state = kept;
    return ok;
}

static bool define_glyph(Drawing *drawing, DrawFont *font, uint32_t code)
{
    Writer *out = &drawing->definitions;
    writer_format(out, "<path id=\"g%zu-%x\" d=\"", (size_t)(font - drawing->fonts),
                  (unsigned)code);
    bool ok = font->is_drawn ? put_drawn_glyph(drawing, font, code)
                             : draw_font_put_outline(font, drawing->arena, code, out, drawing->err);
    writer_put_text(out, "\"/>\n");
    font->is_defined[code] = 1;
    return ok && (!out->failed || error_memory(drawing->err));
}

static bool show_glyph(Drawing *drawing, uint32_t code)
{
    DrawingState *state = &drawing->state;
    DrawFont *font = state->font;
    Writer *out = &drawing->shapes;
    if (font->is_defined[code] == 0 && !define_glyph(drawing, font, code)) {
        return false;
    }
    Matrix glyph = matrix_multiply(&drawing->text, &state->place);
    writer_format(out, "<use href=\"#g%zu-%x\" fill=\"", (size_t)(font - drawing->fonts),
                  (unsigned)code);
    drawing_put_colour(out, state->fill);
    // Outlines are in thousandths: so are place and size, and the scale comes last, because three
    // decimals would be too few for a factor.
    writer_put_text(out, "\" transform=\"scale(.001) matrix(");
    const double size = state->size;
    drawing_put_numbers(out,
                        (const double[]){glyph.a * size, glyph.b * size, glyph.c * size,
                                         glyph.d * size, glyph.e * 1000, glyph.f * 1000},
                        6);
    writer_put_text(out, ")\"/>\n");
    Matrix advance = {1, 0, 0, 1, (double)font->advances[code] * size / 1000, 0};
    drawing->text = matrix_multiply(&advance, &drawing->text);
    return !out->failed || error_memory(drawing->err);
}

static bool show_string(Drawing *drawing, Bytes string)
{
    const DrawFont *font = drawing->state.font;
    size_t width = font != NULL && font->is_drawn ? 1 : 2;
    Reader reader = reader_of(string);
    if (font == NULL || string.len % width != 0) {
        return pdf_svg_unsupported(drawing->err, "text without a font, or half a character");
    }
    while (!reader_done(&reader)) {
        uint32_t code = width == 1 ? reader_u8(&reader) : reader_u16_be(&reader);
        if (!show_glyph(drawing, code)) {
            return false;
        }
    }
    return true;
}

static const PdfObject *operand(const Drawing *drawing, size_t i, PdfKind kind)
{
    bool fits = i < drawing->operand_count && drawing->operands[i]->kind == kind;
    return fits ? drawing->operands[i] : NULL;
}

bool drawing_select_font(Drawing *drawing)
{
    const PdfObject *name = operand(drawing, 0, PDF_NAME);
    bool has_size = drawing->operand_count == 2 && (drawing->operands[1]->kind == PDF_INTEGER ||
                                                    drawing->operands[1]->kind == PDF_REAL);
    for (size_t i = 0; name != NULL && has_size && i < drawing->font_count; i++) {
        if (bytes_equal(drawing->fonts[i].name, name->bytes)) {
            drawing->state.font = &drawing->fonts[i];
            drawing->state.size = drawing->operands[1]->real;
            return true;
        }
    }
    return pdf_svg_unsupported(drawing->err, "a font is selected that the page does not have");
}

bool drawing_show_array(Drawing *drawing)
{
    const PdfObject *array = operand(drawing, 0, PDF_ARRAY);
    for (size_t i = 0; array != NULL && i < array->count; i++) {
        const PdfObject *item = array->items[i];
        if (item->kind == PDF_STRING) {
            if (!show_string(drawing, item->bytes)) {
                return false;
            }
        } else if (item->kind == PDF_INTEGER || item->kind == PDF_REAL) {
            Matrix back = {1, 0, 0, 1, -item->real / 1000 * drawing->state.size, 0};
            drawing->text = matrix_multiply(&back, &drawing->text);
        } else {
            return pdf_svg_unsupported(drawing->err, "strange text");
        }
    }
    return array != NULL || pdf_svg_unsupported(drawing->err, "text that is no array");
}

bool drawing_show_text(Drawing *drawing)
{
    const PdfObject *string = operand(drawing, 0, PDF_STRING);
    return string != NULL ? show_string(drawing, string->bytes)
                          : pdf_svg_unsupported(drawing->err, "text that is no string");
}
