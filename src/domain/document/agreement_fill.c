// SPDX-License-Identifier: Apache-2.0
//
// Filling: a person's values become one small content stream for each page, drawn with the
// template's own fonts, and with a Type 3 font for the characters that these lack.
#include <string.h>

#include "domain/document/agreement_inside.h"
#include "domain/document/characters.h"
#include "domain/document/template_source.h"

enum {
    FILL_ARENA = 16 * 1024 * 1024,
    RARE_MAX = 255,  // codes of a Type 3 font; code 0 stays blank
    VALUE_MAX_CHARACTERS = 400,
    VALUE_MAX_LINES = 3,
};

#define SMALLEST_SCALE 0.62  // of the place's size, before a value wraps
#define LINE_SPACING 1.15

// A character of the Type 3 font.
typedef struct {
    uint32_t code_point, glyph;
    bool is_bold;
} RareGlyph;

typedef struct {
    const AgreementTemplate *template;
    Arena *arena;
    const char *texts[TEMPLATE_MAX_FIELDS];
    RareGlyph rare[RARE_MAX];
    size_t rare_count;
    PdfWriter writer;
    Error *err;
} Filling;

// One character of a value. Font 'R', 'B' or 'F' (Type 3).
typedef struct {
    char font;
    uint32_t code;
    double advance;  // thousandths of the em
} ValueGlyph;

static size_t field_index(const AgreementTemplate *template, const char *name)
{
    for (size_t i = 0; i < template->field_count; i++) {
        if (strcmp(template->fields[i].name, name) == 0) {
            return i;
        }
    }
    return template->field_count;
}

static bool is_yes(const char *text)
{
    return strcmp(text, "yes") == 0;
}

static bool value_take(Filling *filling, const AgreementValue *value)
{
    const AgreementTemplate *template = filling->template;
    size_t index = value->name == NULL ? template->field_count : field_index(template, value->name);
    if (index == template->field_count) {
        return error_set(filling->err, ERROR_INPUT, "agreement.value_unknown", NULL,
                         "the letter has no field of that name");
    }
    const AgreementField *field = &template->fields[index];
    if (filling->texts[index] != NULL) {
        return error_set(filling->err, ERROR_INPUT, "agreement.value_repeated", NULL,
                         "the field \"%s\" is given twice", field->name);
    }
    if (value->text == NULL || value->text[0] == 0) {
        return error_set(filling->err, ERROR_INPUT, "agreement.value_missing", NULL,
                         "the field \"%s\" is empty", field->name);
    }
    if (field->is_tick && !is_yes(value->text) && strcmp(value->text, "no") != 0) {
        return error_set(filling->err, ERROR_INPUT, "agreement.tick_malformed", NULL,
                         "the tick \"%s\" is neither yes nor no", field->name);
    }
    filling->texts[index] = value->text;
    return true;
}

// Everything is given, what is required is ticked, and there is a purpose.
static bool values_check(const Filling *filling)
{
    const AgreementTemplate *template = filling->template;
    size_t purposes = 0;
    for (size_t i = 0; i < template->field_count; i++) {
        const AgreementField *field = &template->fields[i];
        if (filling->texts[i] == NULL) {
            return error_set(filling->err, ERROR_INPUT, "agreement.value_missing", NULL,
                             "the field \"%s\" is not given", field->name);
        }
        if (field->is_required && !is_yes(filling->texts[i])) {
            return error_set(filling->err, ERROR_INPUT, "agreement.consent_missing",
                             "个人信息保护法 14", "the required consent \"%s\" is not given",
                             field->name);
        }
        purposes +=
            field->is_tick && strcmp(field->group, "purpose") == 0 && is_yes(filling->texts[i]);
    }
    if (purposes == 0) {
        return error_set(filling->err, ERROR_INPUT, "agreement.consent_missing",
                         "征信业管理条例 18", "no purpose is ticked");
    }
    return true;
}

static bool rare_code(Filling *filling, const RareGlyph *wanted, uint32_t *ret)
{
    for (size_t i = 0; i < filling->rare_count; i++) {
        if (filling->rare[i].code_point == wanted->code_point &&
            filling->rare[i].is_bold == wanted->is_bold) {
            *ret = (uint32_t)i + 1;
            return true;
        }
    }
    if (filling->rare_count == RARE_MAX) {
        return error_set(filling->err, ERROR_LIMIT, "agreement.too_many_characters", NULL,
                         "the values have more than %d uncommon characters", RARE_MAX);
    }
    filling->rare[filling->rare_count++] = *wanted;
    *ret = (uint32_t)filling->rare_count;
    return true;
}

// Find a value's glyphs in the template's own font. *ret_complete is false when it lacks one.
static bool glyphs_of(Filling *filling, Characters characters, bool is_bold, ValueGlyph *ret,
                      bool *ret_complete)
{
    const AgreementTemplate *template = filling->template;
    const FontFace *face = is_bold ? template->fonts.bold : template->fonts.regular;
    const GlyphSet *set = is_bold ? &template->objects.bold : &template->objects.regular;
    *ret_complete = true;
    for (size_t i = 0; i < characters.count; i++) {
        uint32_t mapped = 0;
        ret[i].font = is_bold ? 'B' : 'R';
        if (!font_glyph(face, characters.code_points[i], &ret[i].code, filling->err)) {
            return false;
        }
        ret[i].advance = font_advance(face, ret[i].code);
        if (!glyph_set_find(set, ret[i].code, &mapped) || mapped != characters.code_points[i]) {
            *ret_complete = false;
        }
    }
    return true;
}

// A value is set in one font as a whole, so that readers see one word: either the template's, or
// when that lacks a character, the Type 3 font.
static bool choose_font(Filling *filling, Characters characters, bool is_bold, ValueGlyph *ret)
{
    bool is_complete = false;
    if (!glyphs_of(filling, characters, is_bold, ret, &is_complete)) {
        return false;
    }
    for (size_t i = 0; !is_complete && i < characters.count; i++) {
        RareGlyph rare = {characters.code_points[i], ret[i].code, is_bold};
        ret[i].font = 'F';
        if (!rare_code(filling, &rare, &ret[i].code)) {
            return false;
        }
    }
    return true;
}

// Show glyphs from `x` on one base line.
static void put_run(Writer *out, const ValueGlyph *glyphs, size_t count, const double place[3])
{
    double x = place[0];
    for (size_t i = 0; i < count;) {
        char font = glyphs[i].font;
        writer_format(out, "/%c ", font);
        pdf_put_number(out, place[2]);
        writer_put_text(out, " Tf 1 0 0 1 ");
        pdf_put_number(out, x);
        writer_put_u8(out, ' ');
        pdf_put_number(out, place[1]);
        writer_put_text(out, " Tm <");
        for (; i < count && glyphs[i].font == font; i++) {
            writer_format(out, font == 'F' ? "%02X" : "%04X", (unsigned)glyphs[i].code);
            x += glyphs[i].advance * place[2] / 1000;
        }
        writer_put_text(out, "> Tj\n");
    }
}

static double width_of(const ValueGlyph *glyphs, size_t count)
{
    double width = 0;
    for (size_t i = 0; i < count; i++) {
        width += glyphs[i].advance;
    }
    return width / 1000;
}

static bool too_long(const Filling *filling, const PlacedSlot *slot)
{
    return error_set(filling->err, ERROR_INPUT, "agreement.value_too_long", NULL,
                     "the value of \"%s\" does not fit into its place", slot->name);
}

// One line when it fits at all; otherwise several lines in the height of the place.
static bool place_value(const Filling *filling, const PlacedSlot *slot, const ValueGlyph *glyphs,
                        size_t count, Writer *out)
{
    double ems = width_of(glyphs, count);
    if (ems * slot->size * SMALLEST_SCALE <= slot->width) {
        double size = ems * slot->size <= slot->width ? slot->size : slot->width / ems;
        put_run(out, glyphs, count, (const double[3]){slot->x, slot->y, size});
        return true;
    }
    double size = slot->size * SMALLEST_SCALE, leading = size * LINE_SPACING;
    size_t starts[VALUE_MAX_LINES + 1] = {0}, lines = 0;
    for (size_t i = 0; i < count; lines++) {
        double used = 0;
        if (lines == VALUE_MAX_LINES) {
            return too_long(filling, slot);
        }
        starts[lines] = i;
        while (i < count && used + glyphs[i].advance * size / 1000 <= slot->width) {
            used += glyphs[i++].advance * size / 1000;
        }
        if (starts[lines] == i) {
            return too_long(filling, slot);
        }
    }
    starts[lines] = count;
    double height = (double)lines * leading;
    if (height > slot->top - slot->bottom) {
        return too_long(filling, slot);
    }
    double baseline = (slot->top + slot->bottom + height) / 2 - size * 0.92;
    for (size_t i = 0; i < lines; i++) {
        put_run(out, glyphs + starts[i], starts[i + 1] - starts[i],
                (const double[3]){slot->x, baseline - (double)i * leading, size});
    }
    return true;
}

static bool fill_slot(Filling *filling, const PlacedSlot *slot, Writer *out)
{
    const char *text = filling->texts[field_index(filling->template, slot->name)];
    PlacedSlot place = *slot;
    Characters characters;
    if (slot->is_tick) {
        text = is_yes(text) ? "✓" : "×";
    }
    if (!characters_decode(filling->arena, bytes_of_text(text), &characters, filling->err)) {
        return error_context(filling->err, "field \"%s\"", slot->name);
    }
    if (characters.count > VALUE_MAX_CHARACTERS) {
        return too_long(filling, slot);
    }
    ValueGlyph glyphs[VALUE_MAX_CHARACTERS];
    if (!choose_font(filling, characters, slot->is_bold, glyphs)) {
        return error_context(filling->err, "field \"%s\"", slot->name);
    }
    if (slot->is_tick) {
        place.x += (slot->width - width_of(glyphs, characters.count) * slot->size) / 2;
    }
    return place_value(filling, &place, glyphs, characters.count, out);
}

static bool write_fills(Filling *filling)
{
    const AgreementTemplate *template = filling->template;
    CLEANUP(writer_free) Writer content = writer_new(1024 * 1024);
    for (size_t p = 0; p < template->layout.page_count; p++) {
        const LaidPage *page = &template->layout.pages[p];
        content.len = 0;
        writer_put_text(&content, "BT 0 g\n");
        for (size_t i = 0; i < page->slot_count; i++) {
            if (!fill_slot(filling, &page->slots[i], &content)) {
                return false;
            }
        }
        writer_put_text(&content, "ET");
        // Not compressed: whoever opens the file in an editor sees what was filled in.
        pdf_writer_stream(&filling->writer, template->objects.fills[p], "", writer_bytes(&content),
                          PDF_PACK_NOT);
    }
    return content.failed ? error_memory(filling->err) : true;
}

static void put_outline(Writer *out, const Outline *outline)
{
    static const char *const operators[] = {"m\n", "l\n", "c\n", "h\n"};
    static const size_t points[] = {1, 1, 3, 0};
    for (size_t i = 0; i < outline->count; i++) {
        const OutlineStep *step = &outline->steps[i];
        for (size_t k = 0; k < points[step->verb]; k++) {
            pdf_put_number(out, step->x[k]);
            writer_put_u8(out, ' ');
            pdf_put_number(out, step->y[k]);
            writer_put_u8(out, ' ');
        }
        writer_put_text(out, operators[step->verb]);
    }
    writer_put_text(out, outline->count > 0 ? "f" : "");
}

static const FontFace *rare_face(const Filling *filling, const RareGlyph *rare)
{
    return rare->is_bold ? filling->template->fonts.bold : filling->template->fonts.regular;
}

// "0 left bottom right top d1": the box that the path lies in.
static void put_extent(Writer *out, const Outline *outline)
{
    static const size_t points[] = {1, 1, 3, 0};
    double box[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < outline->count; i++) {
        const OutlineStep *step = &outline->steps[i];
        for (size_t k = 0; k < points[step->verb]; k++) {
            box[0] = step->x[k] < box[0] ? step->x[k] : box[0];
            box[1] = step->y[k] < box[1] ? step->y[k] : box[1];
            box[2] = step->x[k] > box[2] ? step->x[k] : box[2];
            box[3] = step->y[k] > box[3] ? step->y[k] : box[3];
        }
    }
    writer_put_text(out, " 0");
    for (size_t i = 0; i < 4; i++) {
        writer_put_u8(out, ' ');
        pdf_put_number(out, box[i]);
    }
    writer_put_text(out, " d1\n");
}

// The drawing of one rare glyph. `rare` NULL: the blank at code 0.
static bool write_glyph(Filling *filling, uint32_t number, const RareGlyph *rare)
{
    CLEANUP(writer_free) Writer content = writer_new(1024 * 1024);
    Outline outline = {NULL, 0};
    double advance = 1000;
    if (rare != NULL) {
        const FontFace *face = rare_face(filling, rare);
        advance = font_advance(face, rare->glyph);
        if (!font_outline(face, filling->arena, rare->glyph, &outline, filling->err)) {
            return false;
        }
    }
    pdf_put_number(&content, advance);
    put_extent(&content, &outline);
    put_outline(&content, &outline);
    pdf_writer_stream(&filling->writer, number, "", writer_bytes(&content), PDF_PACK_NOT);
    return content.failed ? error_memory(filling->err) : true;
}

static void write_rare_font(Filling *filling, uint32_t first_glyph, uint32_t to_unicode)
{
    Writer *out = filling->writer.out;
    FontMetrics metrics = font_metrics(filling->template->fonts.bold);
    pdf_writer_begin(&filling->writer, filling->template->objects.fill_font);
    // The box is the line's height, as in the template's fonts: by it readers tell lines apart.
    writer_format(out,
                  "<< /Type /Font /Subtype /Type3 /FontBBox [0 %d 1000 %d] "
                  "/FontMatrix [0.001 0 0 0.001 0 0] /Resources << >> /FirstChar 0 /LastChar %zu "
                  "/ToUnicode %u 0 R /CharProcs <<",
                  (int)metrics.descent, (int)metrics.ascent, filling->rare_count,
                  (unsigned)to_unicode);
    for (size_t i = 0; i <= filling->rare_count; i++) {
        writer_format(out, " /g%zu %u 0 R", i, (unsigned)(first_glyph + i));
    }
    writer_put_text(out, " >> /Encoding << /Type /Encoding /Differences [0");
    for (size_t i = 0; i <= filling->rare_count; i++) {
        writer_format(out, " /g%zu", i);
    }
    writer_put_text(out, "] >> /Widths [1000");
    for (size_t i = 0; i < filling->rare_count; i++) {
        const RareGlyph *rare = &filling->rare[i];
        writer_put_u8(out, ' ');
        pdf_put_number(out, font_advance(rare_face(filling, rare), rare->glyph));
    }
    writer_put_text(out, "] >>");
    pdf_writer_end(&filling->writer);
}

static bool write_rare_glyphs(Filling *filling)
{
    CLEANUP(writer_free) Writer text = writer_new(64 * 1024);
    uint32_t codes[RARE_MAX + 1] = {0}, code_points[RARE_MAX + 1] = {' '};
    uint32_t first = filling->writer.next_number;
    for (size_t i = 0; i <= filling->rare_count; i++) {
        const RareGlyph *rare = i == 0 ? NULL : &filling->rare[i - 1];
        codes[i] = (uint32_t)i;
        code_points[i] = rare == NULL ? ' ' : rare->code_point;
        if (!write_glyph(filling, pdf_writer_reserve(&filling->writer), rare)) {
            return false;
        }
    }
    uint32_t to_unicode = pdf_writer_reserve(&filling->writer);
    pdf_font_put_to_unicode(&text, codes, code_points, filling->rare_count + 1, 1);
    pdf_writer_stream(&filling->writer, to_unicode, "", writer_bytes(&text), PDF_PACK_NOT);
    write_rare_font(filling, first, to_unicode);
    return text.failed ? error_memory(filling->err) : true;
}

// Go on after the fixed part, with its objects already in the table.
static bool writer_start(Filling *filling, Writer *out)
{
    const AgreementTemplate *template = filling->template;
    if (out->len != 0) {
        return error_set(filling->err, ERROR_INTERNAL, "agreement.writer", NULL,
                         "a letter is written to an empty writer");
    }
    writer_put(out, template->fixed);
    filling->writer = pdf_writer_continue(filling->arena, out, template->next_number);
    for (size_t i = 0; i < template->offset_count; i++) {
        pdf_writer_adopt(&filling->writer, template->offsets[i]);
    }
    return true;
}

bool agreement_fill(const AgreementTemplate *template, const AgreementValue *values, size_t count,
                    Bytes salt, Writer *ret_pdf, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(FILL_ARENA);
    if (arena == NULL) {
        return error_memory(err);
    }
    Filling filling = {.template = template, .arena = arena, .err = err};
    for (size_t i = 0; i < count; i++) {
        if (!value_take(&filling, &values[i])) {
            return false;
        }
    }
    if (!values_check(&filling) || !writer_start(&filling, ret_pdf) || !write_fills(&filling) ||
        !write_rare_glyphs(&filling)) {
        return false;
    }
    // The identifier stands for the template, what was filled in and the salt.
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(&template->digest));
    sm3_update(&sm3, bytes_from(writer_bytes(ret_pdf), template->fixed.len));
    sm3_update(&sm3, salt);
    sm3_finish(&sm3, &digest);
    Bytes id = bytes_slice(sm3_bytes(&digest), 0, 16);
    PdfTrailer trailer = {.root = template->objects.catalog,
                          .info = template->objects.info,
                          .first_id = id,
                          .last_id = id};
    return pdf_writer_finish(&filling.writer, &trailer, err);
}
