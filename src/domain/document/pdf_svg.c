// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_svg.h"

#include "base/codec/hex.h"
#include "domain/document/pdf_appearance.h"
#include "domain/document/pdf_drawing.h"
#include "domain/document/pdf_writer.h"

enum { CONTENT_PARTS_MAX = 16 };

static bool open_fonts(Drawing *drawing, const PdfObject *page)
{
    const PdfObject *resources, *fonts, *font;
    if (!pdf_get(drawing->file, page, "Resources", &resources, drawing->err) ||
        !pdf_get(drawing->file, resources, "Font", &fonts, drawing->err)) {
        return false;
    }
    if (fonts->kind == PDF_DICTIONARY && fonts->count > DRAWING_FONTS_MAX) {
        return pdf_svg_unsupported(drawing->err, "it has too many fonts");
    }
    for (size_t i = 0; fonts->kind == PDF_DICTIONARY && i < fonts->count; i++) {
        if (!pdf_resolve(drawing->file, fonts->entries[i].value, &font, drawing->err) ||
            !draw_font_open(drawing->arena, drawing->file, font, fonts->entries[i].key,
                            &drawing->fonts[i], drawing->err)) {
            return false;
        }
        drawing->font_count = i + 1;
    }
    return true;
}

static bool run_stream(Drawing *drawing, const PdfObject *object)
{
    const PdfObject *stream;
    Bytes content;
    if (!pdf_resolve(drawing->file, object, &stream, drawing->err)) {
        return false;
    }
    return stream->kind == PDF_STREAM
               ? pdf_stream_decode(drawing->file, stream, &content, drawing->err) &&
                     drawing_run(drawing, content)
               : pdf_svg_unsupported(drawing->err, "its content is no stream");
}

static bool run_contents(Drawing *drawing, const PdfObject *page)
{
    const PdfObject *contents;
    if (!pdf_get(drawing->file, page, "Contents", &contents, drawing->err)) {
        return false;
    }
    if (contents->kind != PDF_ARRAY) {
        return contents->kind == PDF_NULL || run_stream(drawing, contents);
    }
    for (size_t i = 0; i < contents->count && i < CONTENT_PARTS_MAX; i++) {
        if (!run_stream(drawing, contents->items[i])) {
            return false;
        }
    }
    return contents->count <= CONTENT_PARTS_MAX ||
           pdf_svg_unsupported(drawing->err, "its content is in too many parts");
}

static uint32_t crc_of(Bytes bytes, uint32_t crc)
{
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= bytes.data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
        }
    }
    return crc;
}

static void put_png_chunk(Writer *ret, const char type[5], Bytes data)
{
    writer_put_u32_be(ret, (uint32_t)data.len);
    writer_put_text(ret, type);
    writer_put(ret, data);
    writer_put_u32_be(ret, ~crc_of(data, crc_of(bytes_of_text(type), UINT32_MAX)));
}

// A signature's picture is stored as PNG stores pixels, so that wrapping it is enough.
static bool put_picture(Drawing *drawing, const PdfAppearance *appearance)
{
    const PdfObject *width = pdf_entry(appearance->image, "Width");
    const PdfObject *height = pdf_entry(appearance->image, "Height");
    CLEANUP(writer_free) Writer header = writer_new(13);
    CLEANUP(writer_free) Writer png = writer_new(PDF_SVG_MAX_SIZE / 2);
    if (width == NULL || height == NULL) {
        return pdf_svg_unsupported(drawing->err, "a picture has no size");
    }
    writer_put_u32_be(&header, (uint32_t)width->integer);
    writer_put_u32_be(&header, (uint32_t)height->integer);
    writer_put(&header, BYTES_LITERAL("\x08\x02\x00\x00\x00"));
    writer_put(&png, BYTES_LITERAL("\x89PNG\r\n\x1a\n"));
    put_png_chunk(&png, "IHDR", writer_bytes(&header));
    put_png_chunk(&png, "IDAT", appearance->image->bytes);
    put_png_chunk(&png, "IEND", BYTES_EMPTY);
    Writer *out = &drawing->shapes;
    // Pictures hang from their top; the page was turned over so that y grows upwards.
    writer_put_text(out,
                    "<image style=\"mix-blend-mode:multiply\" width=\"1\" height=\"1\""
                    " preserveAspectRatio=\"none\" transform=\"matrix(");
    drawing_put_numbers(out,
                        (const double[]){appearance->width, 0, 0, -appearance->height,
                                         appearance->x, appearance->y + appearance->height},
                        6);
    writer_put_text(out, ")\" href=\"data:image/png;base64,");
    base64_encode(writer_bytes(&png), out);
    writer_put_text(out, "\"/>\n");
    return (!png.failed && !out->failed) || error_memory(drawing->err);
}

static bool put_signatures(Drawing *drawing, const PdfObject *page)
{
    const PdfObject *annotations, *annotation;
    if (!pdf_get(drawing->file, page, "Annots", &annotations, drawing->err)) {
        return false;
    }
    for (size_t i = 0; annotations->kind == PDF_ARRAY && i < annotations->count; i++) {
        PdfAppearance appearance;
        if (!pdf_resolve(drawing->file, annotations->items[i], &annotation, drawing->err) ||
            !pdf_appearance_read(drawing->file, annotation, &appearance, drawing->err) ||
            !put_picture(drawing, &appearance)) {
            return false;
        }
    }
    return true;
}

static bool read_size(PdfFile *file, const PdfObject *page, double ret[4], Error *err)
{
    const PdfObject *box;
    if (!pdf_get(file, page, "MediaBox", &box, err)) {
        return false;
    }
    bool fits = box->kind == PDF_ARRAY && box->count == 4;
    for (size_t i = 0; fits && i < 4; i++) {
        ret[i] = box->items[i]->real;
    }
    fits = fits && ret[2] - ret[0] >= 1 && ret[3] - ret[1] >= 1 && ret[2] < 20000 && ret[3] < 20000;
    return fits || pdf_svg_unsupported(err, "it has no size of its own");
}

static void put_document(const Drawing *drawing, const double box[4], Writer *ret)
{
    const double width = box[2] - box[0], height = box[3] - box[1];
    writer_put_text(ret, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
    drawing_put_numbers(ret, (const double[]){width, height}, 2);
    writer_put_text(ret, "\" width=\"");
    pdf_put_number(ret, width);
    writer_put_text(ret, "\" height=\"");
    pdf_put_number(ret, height);
    writer_put_text(ret, "\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<defs>\n");
    writer_put(ret, writer_bytes(&drawing->definitions));
    writer_put_text(ret, "</defs>\n<g transform=\"matrix(1 0 0 -1 ");
    drawing_put_numbers(ret, (const double[]){-box[0], box[3]}, 2);
    writer_put_text(ret, ")\">\n");
    writer_put(ret, writer_bytes(&drawing->shapes));
    writer_put_text(ret, "</g>\n</svg>\n");
}

bool pdf_page_svg(Arena *arena, PdfFile *file, size_t page, Writer *ret, Error *err)
{
    size_t count;
    const uint32_t *numbers;
    double box[4] = {0};
    const PdfObject *const *pages = pdf_pages(file, &numbers, &count);
    if (page >= count) {
        return error_set(err, ERROR_NOT_FOUND, "pdf_svg.no_page", NULL,
                         "the document has %zu pages", count);
    }
    Drawing *drawing = arena_alloc(arena, sizeof *drawing);
    if (drawing == NULL) {
        return error_memory(err);
    }
    *drawing = (Drawing){.arena = arena,
                         .file = file,
                         .err = err,
                         .definitions = writer_new(PDF_SVG_MAX_SIZE),
                         .shapes = writer_new(PDF_SVG_MAX_SIZE),
                         .path = writer_new(DRAWING_PATH_MAX_SIZE),
                         .state = {.place = {1, 0, 0, 1, 0, 0}, .width = 1},
                         .budget = DRAWING_OPERATORS_MAX};
    bool ok = read_size(file, pages[page], box, err) && open_fonts(drawing, pages[page]) &&
              run_contents(drawing, pages[page]) && put_signatures(drawing, pages[page]);
    if (ok) {
        put_document(drawing, box, ret);
    }
    writer_free(&drawing->definitions);
    writer_free(&drawing->shapes);
    writer_free(&drawing->path);
    return ok && (!ret->failed || error_set(err, ERROR_LIMIT, "pdf_svg.too_large", NULL,
                                            "the picture of the page is too large"));
}
