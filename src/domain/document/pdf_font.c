// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_font.h"

#include <stdio.h>
#include <string.h>

#include "base/sm3/sm3.h"

enum { GLYPH_MAX = 65536, GLYPH_WORDS = GLYPH_MAX / 64 };

static bool is_member(const GlyphSet *set, uint32_t glyph)
{
    return glyph < GLYPH_MAX && (set->members[glyph / 64] >> glyph % 64 & 1) != 0;
}

// Which of the set's glyphs a member is.
static size_t rank(const GlyphSet *set, uint32_t glyph)
{
    uint64_t lower = set->members[glyph / 64] & ((UINT64_C(1) << glyph % 64) - 1);
    return set->before[glyph / 64] + (size_t)__builtin_popcountll(lower);
}

// What shows which character in a layout, and beside it.
typedef struct {
    const Layout *layout;
    const FontFace *face;
    bool is_bold;
    Characters extra;
    uint64_t members[GLYPH_WORDS];
    GlyphSet *set;  // NULL while the members are gathered
} Gathering;

// Of several characters with one glyph the lowest stands for it.
static void use(Gathering *gathering, uint32_t glyph, uint32_t code_point)
{
    if (gathering->set == NULL && glyph < GLYPH_MAX) {
        gathering->members[glyph / 64] |= UINT64_C(1) << glyph % 64;
        return;
    }
    if (gathering->set != NULL && is_member(gathering->set, glyph)) {
        uint32_t *place = &gathering->set->code_points[rank(gathering->set, glyph)];
        *place = *place == 0 || code_point < *place ? code_point : *place;
    }
}

static void use_all(Gathering *gathering)
{
    const Layout *layout = gathering->layout;
    for (size_t p = 0; p < layout->page_count; p++) {
        for (size_t i = 0; i < layout->pages[p].glyph_count; i++) {
            const PlacedGlyph *glyph = &layout->pages[p].glyphs[i];
            if (glyph->is_bold == gathering->is_bold) {
                use(gathering, glyph->glyph, glyph->code_point);
            }
        }
    }
    for (size_t i = 0; i < gathering->extra.count; i++) {
        uint32_t glyph = 0;
        if (font_glyph(gathering->face, gathering->extra.code_points[i], &glyph, NULL)) {
            use(gathering, glyph, gathering->extra.code_points[i]);
        }
    }
}

bool glyph_set_collect(Arena *arena, const Layout *layout, const FontFace *face, bool is_bold,
                       Characters extra, GlyphSet *ret, Error *err)
{
    Gathering gathering = {.layout = layout, .face = face, .is_bold = is_bold, .extra = extra};
    uint64_t *members = arena_alloc(arena, sizeof gathering.members);
    uint16_t *before = arena_alloc(arena, GLYPH_WORDS * sizeof *before);
    GlyphSet set = {.members = members, .before = before};
    if (members == NULL || before == NULL) {
        return error_memory(err);
    }
    use_all(&gathering);
    memcpy(members, gathering.members, sizeof gathering.members);
    for (size_t i = 0; i < GLYPH_WORDS; i++) {
        before[i] = (uint16_t)set.count;
        set.count += (size_t)__builtin_popcountll(members[i]);
    }
    set.glyphs = arena_alloc(arena, (set.count + 1) * sizeof(uint32_t));
    set.code_points = arena_alloc(arena, (set.count + 1) * sizeof(uint32_t));
    if (set.glyphs == NULL || set.code_points == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0, count = 0; i < GLYPH_WORDS; i++) {
        for (uint64_t rest = members[i]; rest != 0; rest &= rest - 1) {
            set.glyphs[count++] = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(rest);
        }
    }
    gathering.set = &set;
    use_all(&gathering);
    *ret = set;
    return true;
}

bool glyph_set_find(const GlyphSet *set, uint32_t glyph, uint32_t *ret_code_point)
{
    if (!is_member(set, glyph)) {
        return false;
    }
    *ret_code_point = set->code_points[rank(set, glyph)];
    return true;
}

PdfFontNumbers pdf_font_reserve(PdfWriter *writer)
{
    PdfFontNumbers numbers;
    numbers.font = pdf_writer_reserve(writer);
    numbers.descendant = pdf_writer_reserve(writer);
    numbers.descriptor = pdf_writer_reserve(writer);
    numbers.file = pdf_writer_reserve(writer);
    numbers.to_unicode = pdf_writer_reserve(writer);
    return numbers;
}

void pdf_font_put_to_unicode(Writer *out, const uint32_t *codes, const uint32_t *code_points,
                             size_t count, int code_bytes)
{
    const size_t block = 100;  // the most that one bfchar block may hold
    writer_put_text(out,
                    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
                    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                    "1 begincodespacerange\n");
    writer_put_text(out, code_bytes == 1 ? "<00> <FF>\n" : "<0000> <FFFF>\n");
    writer_put_text(out, "endcodespacerange\n");
    for (size_t i = 0; i < count; i += block) {
        size_t in_block = count - i < block ? count - i : block;
        writer_format(out, "%zu beginbfchar\n", in_block);
        for (size_t j = i; j < i + in_block; j++) {
            writer_format(out, "<%0*X> <", 2 * code_bytes, (unsigned)codes[j]);
            if (code_points[j] < 0x10000) {
                writer_format(out, "%04X>\n", (unsigned)code_points[j]);
            } else {
                uint32_t offset = code_points[j] - 0x10000;
                writer_format(out, "%04X%04X>\n", (unsigned)(0xd800 | offset >> 10),
                              (unsigned)(0xdc00 | (offset & 0x3ff)));
            }
        }
        writer_put_text(out, "endbfchar\n");
    }
    writer_put_text(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

// "ABCDEF+Name": the tag says which subset it is.
static void subset_name(const GlyphSet *set, const FontFace *face, char *ret, size_t size)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of(set->members, GLYPH_WORDS * sizeof *set->members));
    sm3_finish(&sm3, &digest);
    char tag[7];
    for (size_t i = 0; i < 6; i++) {
        tag[i] = (char)('A' + digest.bytes[i] % 26);
    }
    tag[6] = 0;
    snprintf(ret, size, "%s+%s", tag, font_postscript_name(face));
}

// Widths other than 1000, in runs of consecutive glyphs.
static void put_widths(Writer *out, const FontFace *face, const GlyphSet *set)
{
    bool in_run = false;
    uint32_t expected = 0;
    for (size_t i = 0; i < set->count; i++) {
        double width = font_advance(face, set->glyphs[i]);
        if (width > 999.9 && width < 1000.1) {
            continue;
        }
        if (in_run && set->glyphs[i] != expected) {
            writer_put_text(out, "]");
            in_run = false;
        }
        writer_format(out, in_run ? " " : " %u [", (unsigned)set->glyphs[i]);
        in_run = true;
        expected = set->glyphs[i] + 1;
        pdf_put_number(out, width);
    }
    writer_put_text(out, in_run ? "]" : "");
}

static void write_descriptor(PdfWriter *writer, const PdfFontNumbers *numbers, const char *name,
                             const FontFace *face)
{
    FontMetrics metrics = font_metrics(face);
    pdf_writer_object(writer, numbers->descriptor,
                      "<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] "
                      "/ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV %d "
                      "/FontFile3 %u 0 R >>",
                      name, (int)metrics.left, (int)metrics.bottom, (int)metrics.right,
                      (int)metrics.top, (int)metrics.ascent, (int)metrics.descent,
                      (int)metrics.cap_height, strstr(name, "Bold") != NULL ? 150 : 90,
                      (unsigned)numbers->file);
}

bool pdf_font_write(PdfWriter *writer, const PdfFontNumbers *numbers, const FontFace *face,
                    const GlyphSet *set, Error *err)
{
    CLEANUP(writer_free) Writer file = writer_new(writer->out->limit);
    CLEANUP(writer_free) Writer text = writer_new(writer->out->limit);
    if (!font_subset_cff(face, set->glyphs, set->count, &file, err)) {
        return false;
    }
    char name[128];
    subset_name(set, face, name, sizeof name);
    pdf_writer_object(writer, numbers->font,
                      "<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H "
                      "/DescendantFonts [%u 0 R] /ToUnicode %u 0 R >>",
                      name, (unsigned)numbers->descendant, (unsigned)numbers->to_unicode);
    pdf_writer_begin(writer, numbers->descendant);
    writer_format(writer->out,
                  "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /%s /CIDSystemInfo "
                  "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
                  "/FontDescriptor %u 0 R /DW 1000 /W [",
                  name, (unsigned)numbers->descriptor);
    put_widths(writer->out, face, set);
    writer_put_text(writer->out, "] >>");
    pdf_writer_end(writer);
    write_descriptor(writer, numbers, name, face);
    pdf_writer_stream(writer, numbers->file, "/Subtype /CIDFontType0C", writer_bytes(&file),
                      PDF_PACK_OUTLINES);
    pdf_font_put_to_unicode(&text, set->glyphs, set->code_points, set->count, 2);
    pdf_writer_stream(writer, numbers->to_unicode, "", writer_bytes(&text), PDF_PACK_TEXT);
    return text.failed ? error_memory(err) : true;
}
