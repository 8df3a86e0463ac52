// SPDX-License-Identifier: Apache-2.0
#include "domain/document/page_content.h"

#include <math.h>

#include "base/codec/utf8.h"

static void put_numbers(Writer *out, const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pdf_put_number(out, numbers[i]);
        writer_put_u8(out, ' ');
    }
}

static void put_box(Writer *out, const PlacedBox *box)
{
    bool fills = box->fill_grey >= 0, strokes = box->stroke_grey >= 0;
    if (fills) {
        put_numbers(out, &box->fill_grey, 1);
        writer_put_text(out, "g ");
    }
    if (strokes) {
        put_numbers(out, &box->stroke_grey, 1);
        writer_put_text(out, "G ");
        put_numbers(out, &box->stroke_width, 1);
        writer_put_text(out, "w ");
    }
    put_numbers(out, (const double[]){box->x, box->y, box->width, box->height}, 4);
    writer_put_text(out, "re ");
    writer_put_text(out, fills && strokes ? "B\n" : fills ? "f\n" : strokes ? "S\n" : "n\n");
}

// What the text state is while glyphs are written.
typedef struct {
    Writer *out;
    const GlyphSet *sets[2];
    const PlacedGlyph *last;  // NULL: no text shown yet
    bool array_open;          // inside "[(...) ...] TJ"
    double pen;               // where the next glyph would go
    double grey;
} TextState;

static void array_close(TextState *state)
{
    if (state->array_open) {
        writer_put_text(state->out, ")] TJ\n");
        state->array_open = false;
    }
}

static void state_change(TextState *state, const PlacedGlyph *glyph)
{
    const PlacedGlyph *last = state->last;
    bool same_font = last != NULL && last->is_bold == glyph->is_bold && last->size >= glyph->size &&
                     last->size <= glyph->size;
    bool same_grey = last != NULL && state->grey >= glyph->grey && state->grey <= glyph->grey;
    bool same_line = last != NULL && last->y >= glyph->y && last->y <= glyph->y &&
                     fabs(glyph->x - state->pen) < 4 * glyph->size;
    if (same_font && same_grey && same_line && state->array_open) {
        // Adjustments are whole thousandths of the size, so that positions are the same in
        // every reader.
        double adjustment = round((state->pen - glyph->x) * 1000 / glyph->size);
        if (fabs(adjustment) >= 1) {
            writer_put_u8(state->out, ')');
            pdf_put_number(state->out, adjustment);
            writer_put_u8(state->out, '(');
            state->pen -= adjustment * glyph->size / 1000;
        }
        return;
    }
    array_close(state);
    if (!same_font) {
        writer_put_text(state->out, glyph->is_bold ? "/B " : "/R ");
        put_numbers(state->out, &glyph->size, 1);
        writer_put_text(state->out, "Tf ");
    }
    if (!same_grey) {
        put_numbers(state->out, &glyph->grey, 1);
        writer_put_text(state->out, "g ");
        state->grey = glyph->grey;
    }
    writer_put_text(state->out, "1 0 0 1 ");
    put_numbers(state->out, (const double[]){glyph->x, glyph->y}, 2);
    writer_put_text(state->out, "Tm ");
    state->pen = glyph->x;
}

static void array_open(TextState *state)
{
    if (!state->array_open) {
        writer_put_text(state->out, "[(");
        state->array_open = true;
    }
}

// The two bytes of a code within a string. A carriage return as it stands would be a line feed.
static void put_code(Writer *out, uint32_t code)
{
    uint8_t bytes[4];
    size_t len = 0;
    for (int shift = 8; shift >= 0; shift -= 8) {
        uint8_t byte = (uint8_t)(code >> shift);
        if (byte == '(' || byte == ')' || byte == '\\' || byte == '\r') {
            bytes[len++] = '\\';
        }
        bytes[len++] = byte == '\r' ? 'r' : byte;
    }
    writer_put(out, bytes_of(bytes, len));
}

static void put_glyph(TextState *state, const FontFamily *fonts, const PlacedGlyph *glyph)
{
    state_change(state, glyph);
    uint32_t mapped = 0;
    bool is_exact = glyph_set_find(state->sets[glyph->is_bold], glyph->glyph, &mapped) &&
                    mapped == glyph->code_point;
    if (!is_exact) {
        array_close(state);
        writer_put_text(state->out, "/Span << /ActualText ");
        CLEANUP(writer_free) Writer text = writer_new(8);
        utf8_put(&text, glyph->code_point);
        pdf_put_text(state->out, writer_bytes(&text));
        writer_put_text(state->out, " >> BDC\n");
    }
    array_open(state);
    put_code(state->out, glyph->glyph);
    if (!is_exact) {
        array_close(state);
        writer_put_text(state->out, "EMC\n");
    }
    const FontFace *face = glyph->is_bold ? fonts->bold : fonts->regular;
    state->pen += font_advance(face, glyph->glyph) * glyph->size / 1000;
    state->last = glyph;
}

void page_content_write(const LaidPage *page, const FontFamily *fonts, const GlyphSet *regular,
                        const GlyphSet *bold, Writer *ret)
{
    for (size_t i = 0; i < page->box_count; i++) {
        put_box(ret, &page->boxes[i]);
    }
    TextState state = {.out = ret, .sets = {regular, bold}};
    writer_put_text(ret, "BT\n");
    for (size_t i = 0; i < page->glyph_count; i++) {
        put_glyph(&state, fonts, &page->glyphs[i]);
    }
    array_close(&state);
    writer_put_text(ret, "ET\n");
}
