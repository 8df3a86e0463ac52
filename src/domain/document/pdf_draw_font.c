// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_draw_font.h"

#include "domain/document/pdf_writer.h"

enum { DRAWN_CODES = 256 };

bool pdf_svg_unsupported(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "pdf_svg.unsupported", "ISO 32000-1 8",
                     "this page cannot be shown faithfully: %s", what);
}

static bool is_number(const PdfObject *object)
{
    return object->kind == PDF_INTEGER || object->kind == PDF_REAL;
}

static bool set_advance(DrawFont *font, int64_t code, const PdfObject *width)
{
    if (code < 0 || code >= DRAW_CODES || !is_number(width)) {
        return false;
    }
    font->advances[code] = (float)width->real;
    return true;
}

// "first [w w ...]" or "first last w". *index moves past it.
static bool take_widths(DrawFont *font, const PdfObject *list, size_t *index)
{
    size_t i = *index;
    if (i + 1 >= list->count || list->items[i]->kind != PDF_INTEGER) {
        return false;
    }
    int64_t first = list->items[i]->integer;
    const PdfObject *second = list->items[i + 1];
    bool ok = true;
    if (second->kind == PDF_ARRAY) {
        for (size_t k = 0; ok && k < second->count; k++) {
            ok = set_advance(font, first + (int64_t)k, second->items[k]);
        }
        *index = i + 2;
        return ok;
    }
    ok = i + 2 < list->count && second->kind == PDF_INTEGER && second->integer < DRAW_CODES;
    for (int64_t code = first; ok && code <= second->integer; code++) {
        ok = set_advance(font, code, list->items[i + 2]);
    }
    *index = i + 3;
    return ok;
}

// Source: ISO 32000-1 9.7.4.3.
static bool read_widths(PdfFile *file, const PdfObject *descendant, DrawFont *font, Error *err)
{
    const PdfObject *otherwise, *list;
    if (!pdf_get(file, descendant, "DW", &otherwise, err) ||
        !pdf_get(file, descendant, "W", &list, err)) {
        return false;
    }
    float advance = is_number(otherwise) ? (float)otherwise->real : 1000;
    for (size_t i = 0; i < DRAW_CODES; i++) {
        font->advances[i] = advance;
    }
    for (size_t i = 0; list->kind == PDF_ARRAY && i < list->count;) {
        if (!take_widths(font, list, &i)) {
            return pdf_svg_unsupported(err, "a font's widths cannot be read");
        }
    }
    return true;
}

static bool open_composite(Arena *arena, PdfFile *file, const PdfObject *object, DrawFont *font,
                           Error *err)
{
    const PdfObject *list, *descendant, *descriptor, *program;
    Bytes bytes;
    if (!pdf_is_name(pdf_entry(object, "Encoding"), "Identity-H")) {
        return pdf_svg_unsupported(err, "a composite font with an encoding of its own");
    }
    if (!pdf_get(file, object, "DescendantFonts", &list, err)) {
        return false;
    }
    if (list->kind != PDF_ARRAY || list->count != 1) {
        return pdf_svg_unsupported(err, "a composite font without exactly one descendant");
    }
    if (!pdf_resolve(file, list->items[0], &descendant, err) ||
        !pdf_get(file, descendant, "FontDescriptor", &descriptor, err) ||
        !pdf_get(file, descriptor, "FontFile3", &program, err)) {
        return false;
    }
    if (program->kind != PDF_STREAM ||
        !pdf_is_name(pdf_entry(program, "Subtype"), "CIDFontType0C")) {
        return pdf_svg_unsupported(err, "a font that is not embedded as CID-keyed CFF");
    }
    return read_widths(file, descendant, font, err) &&
           pdf_stream_decode(file, program, &bytes, err) &&
           cff_open(arena, bytes, &font->outlines, err);
}

static bool has_thousandths(const PdfObject *matrix)
{
    static const double expected[6] = {0.001, 0, 0, 0.001, 0, 0};
    bool same = matrix->kind == PDF_ARRAY && matrix->count == 6;
    for (size_t i = 0; same && i < 6; i++) {
        double difference = is_number(matrix->items[i]) ? matrix->items[i]->real - expected[i] : 1;
        same = difference < 1e-9 && difference > -1e-9;
    }
    return same;
}

// The glyphs by code: /Differences names them, /CharProcs has them.
static bool read_drawn_glyphs(PdfFile *file, const PdfObject *object, DrawFont *font, Error *err)
{
    const PdfObject *encoding, *differences, *procedures;
    if (!pdf_get(file, object, "Encoding", &encoding, err) ||
        !pdf_get(file, encoding, "Differences", &differences, err) ||
        !pdf_get(file, object, "CharProcs", &procedures, err)) {
        return false;
    }
    int64_t code = 0;
    for (size_t i = 0; differences->kind == PDF_ARRAY && i < differences->count; i++) {
        const PdfObject *item = differences->items[i];
        if (item->kind == PDF_INTEGER) {
            code = item->integer;
            continue;
        }
        if (item->kind != PDF_NAME || code < 0 || code >= DRAWN_CODES) {
            return pdf_svg_unsupported(err, "a font of drawn glyphs with a strange encoding");
        }
        for (size_t k = 0; k < procedures->count; k++) {
            if (bytes_equal(procedures->entries[k].key, item->bytes) &&
                !pdf_resolve(file, procedures->entries[k].value, &font->glyphs[code], err)) {
                return false;
            }
        }
        code++;
    }
    return true;
}

static bool open_drawn(Arena *arena, PdfFile *file, const PdfObject *object, DrawFont *font,
                       Error *err)
{
    const PdfObject *matrix, *first, *widths;
    font->is_drawn = true;
    font->glyphs = arena_alloc(arena, DRAWN_CODES * sizeof *font->glyphs);
    if (font->glyphs == NULL) {
        return error_memory(err);
    }
    if (!pdf_get(file, object, "FontMatrix", &matrix, err) ||
        !pdf_get(file, object, "FirstChar", &first, err) ||
        !pdf_get(file, object, "Widths", &widths, err) ||
        !read_drawn_glyphs(file, object, font, err)) {
        return false;
    }
    if (!has_thousandths(matrix) || first->kind != PDF_INTEGER || widths->kind != PDF_ARRAY) {
        return pdf_svg_unsupported(err, "a font of drawn glyphs with strange measures");
    }
    for (size_t i = 0; i < widths->count; i++) {
        if (!set_advance(font, first->integer + (int64_t)i, widths->items[i])) {
            return pdf_svg_unsupported(err, "a font's widths cannot be read");
        }
    }
    return true;
}

bool draw_font_open(Arena *arena, PdfFile *file, const PdfObject *font, Bytes name, DrawFont *ret,
                    Error *err)
{
    *ret = (DrawFont){.name = name,
                      .advances = arena_alloc(arena, DRAW_CODES * sizeof(float)),
                      .is_defined = arena_alloc(arena, DRAW_CODES)};
    if (ret->advances == NULL || ret->is_defined == NULL) {
        return error_memory(err);
    }
    const PdfObject *subtype = pdf_entry(font, "Subtype");
    if (pdf_is_name(subtype, "Type0")) {
        return open_composite(arena, file, font, ret, err);
    }
    return pdf_is_name(subtype, "Type3")
               ? open_drawn(arena, file, font, ret, err)
               : pdf_svg_unsupported(err, "a font that is neither Type 0 nor Type 3");
}

static void put_pair(Writer *ret, double x, double y)
{
    pdf_put_number(ret, x);
    writer_put_u8(ret, ' ');
    pdf_put_number(ret, y);
    writer_put_u8(ret, ' ');
}

bool draw_font_put_outline(const DrawFont *font, Arena *arena, uint32_t code, Writer *ret,
                           Error *err)
{
    static const char verbs[] = {[OUTLINE_MOVE] = 'M', [OUTLINE_LINE] = 'L', [OUTLINE_CURVE] = 'C'};
    Outline outline;
    if (!cff_outline(font->outlines, arena, code, &outline, err)) {
        return false;
    }
    for (size_t i = 0; i < outline.count; i++) {
        const OutlineStep *step = &outline.steps[i];
        if (step->verb == OUTLINE_CLOSE) {
            writer_put_u8(ret, 'Z');
            continue;
        }
        writer_put_u8(ret, (uint8_t)verbs[step->verb]);
        for (size_t k = 0; k < (step->verb == OUTLINE_CURVE ? 3U : 1U); k++) {
            put_pair(ret, step->x[k], step->y[k]);
        }
    }
    return true;
}
