// SPDX-License-Identifier: Apache-2.0
#include "domain/document/layout_pdf.h"

#include "base/sm3/sm3.h"
#include "domain/document/page_content.h"

enum { LAYOUT_PDF_ARENA = 64 * 1024 * 1024 };

typedef struct {
    uint32_t tree;
    uint32_t *pages, *contents, *fills;
} PageNumbers;

static bool pages_reserve(PdfWriter *writer, size_t count, bool has_fills, PageNumbers *ret)
{
    uint32_t *numbers = arena_alloc(writer->arena, 3 * count * sizeof *numbers);
    if (numbers == NULL) {
        return false;
    }
    ret->tree = pdf_writer_reserve(writer);
    ret->pages = numbers;
    ret->contents = numbers + count;
    ret->fills = has_fills ? numbers + 2 * count : NULL;
    for (size_t i = 0; i < count; i++) {
        ret->pages[i] = pdf_writer_reserve(writer);
        ret->contents[i] = pdf_writer_reserve(writer);
        if (has_fills) {
            ret->fills[i] = pdf_writer_reserve(writer);
        }
    }
    return true;
}

static void write_page(PdfWriter *writer, const PageNumbers *numbers, size_t page,
                       const LayoutObjects *objects)
{
    Writer *out = writer->out;
    pdf_writer_begin(writer, numbers->pages[page]);
    writer_format(out, "<< /Type /Page /Parent %u 0 R /MediaBox [0 0 ", (unsigned)numbers->tree);
    pdf_put_number(out, PAGE_WIDTH);
    writer_put_text(out, " ");
    pdf_put_number(out, PAGE_HEIGHT);
    writer_format(out, "] /Resources << /Font << /R %u 0 R /B %u 0 R",
                  (unsigned)objects->regular_font.font, (unsigned)objects->bold_font.font);
    if (objects->fill_font != 0) {
        writer_format(out, " /F %u 0 R", (unsigned)objects->fill_font);
    }
    writer_format(out, " >> >> /Contents [%u 0 R", (unsigned)numbers->contents[page]);
    if (numbers->fills != NULL) {
        writer_format(out, " %u 0 R", (unsigned)numbers->fills[page]);
    }
    writer_put_text(out, "] >>");
    pdf_writer_end(writer);
}

static void write_catalog(PdfWriter *writer, const Layout *layout, const LayoutObjects *objects,
                          const PageNumbers *numbers)
{
    pdf_writer_object(writer, objects->catalog,
                      "<< /Type /Catalog /Pages %u 0 R /Lang (zh-CN) "
                      "/ViewerPreferences << /DisplayDocTitle true >> >>",
                      (unsigned)numbers->tree);
    pdf_writer_begin(writer, objects->info);
    writer_put_text(writer->out, "<< /Title ");
    pdf_put_text(writer->out, bytes_of_text(layout->title));
    writer_put_text(writer->out, " /Producer (Assent) >>");
    pdf_writer_end(writer);
    pdf_writer_begin(writer, numbers->tree);
    writer_format(writer->out, "<< /Type /Pages /Count %zu /Kids [", layout->page_count);
    for (size_t i = 0; i < layout->page_count; i++) {
        writer_format(writer->out, i == 0 ? "%u 0 R" : " %u 0 R", (unsigned)numbers->pages[i]);
    }
    writer_put_text(writer->out, "] >>");
    pdf_writer_end(writer);
}

static bool write_pages(PdfWriter *writer, const Layout *layout, const FontFamily *fonts,
                        const PageNumbers *numbers, const LayoutObjects *objects, Error *err)
{
    CLEANUP(writer_free) Writer content = writer_new(writer->out->limit);
    for (size_t i = 0; i < layout->page_count; i++) {
        write_page(writer, numbers, i, objects);
        content.len = 0;
        page_content_write(&layout->pages[i], fonts, &objects->regular, &objects->bold, &content);
        pdf_writer_stream(writer, numbers->contents[i], "", writer_bytes(&content), PDF_PACK_TEXT);
    }
    return content.failed ? error_memory(err) : true;
}

bool layout_write_objects(PdfWriter *writer, const Layout *layout, const FontFamily *fonts,
                          Characters extra, bool has_fills, LayoutObjects *ret, Error *err)
{
    LayoutObjects objects = {0};
    PageNumbers numbers;
    if (!glyph_set_collect(writer->arena, layout, fonts->regular, false, extra, &objects.regular,
                           err) ||
        !glyph_set_collect(writer->arena, layout, fonts->bold, true, extra, &objects.bold, err)) {
        return false;
    }
    objects.catalog = pdf_writer_reserve(writer);
    objects.info = pdf_writer_reserve(writer);
    if (!pages_reserve(writer, layout->page_count, has_fills, &numbers)) {
        return error_memory(err);
    }
    objects.fills = numbers.fills;
    objects.regular_font = pdf_font_reserve(writer);
    objects.bold_font = pdf_font_reserve(writer);
    objects.fill_font = has_fills ? pdf_writer_reserve(writer) : 0;
    write_catalog(writer, layout, &objects, &numbers);
    if (!write_pages(writer, layout, fonts, &numbers, &objects, err) ||
        !pdf_font_write(writer, &objects.regular_font, fonts->regular, &objects.regular, err) ||
        !pdf_font_write(writer, &objects.bold_font, fonts->bold, &objects.bold, err)) {
        return false;
    }
    *ret = objects;
    return true;
}

const char *typeset_describe(Arena *arena, const FontFamily *fonts)
{
    return arena_format(arena, "assent %s; %s %s; %s %s; zlib %s", ASSENT_VERSION,
                        font_postscript_name(fonts->regular), font_version(fonts->regular),
                        font_postscript_name(fonts->bold), font_version(fonts->bold),
                        pdf_pack_version());
}

bool layout_write_pdf(const Layout *layout, const FontFamily *fonts, Writer *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(LAYOUT_PDF_ARENA);
    if (arena == NULL) {
        return error_memory(err);
    }
    PdfWriter writer = pdf_writer_new(arena, ret);
    LayoutObjects objects;
    if (!layout_write_objects(&writer, layout, fonts, (Characters){NULL, 0}, false, &objects,
                              err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(writer_bytes(ret));
    Bytes id = bytes_slice(sm3_bytes(&digest), 0, 16);
    PdfTrailer trailer = {
        .root = objects.catalog, .info = objects.info, .first_id = id, .last_id = id};
    return pdf_writer_finish(&writer, &trailer, err);
}
