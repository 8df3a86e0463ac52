// SPDX-License-Identifier: Apache-2.0
//
// Fonts inside a PDF: subsets that cover just the glyphs in use, with a table back to characters.
// Internal to PDF writing.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_FONT_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_FONT_H

#include "base/core/arena.h"
#include "domain/document/characters.h"
#include "domain/document/font.h"
#include "domain/document/pdf_writer.h"
#include "domain/document/typeset.h"

// The glyphs of one face in use, ascending, each with the character it stands for. Two characters
// may share a glyph; then the smaller one is in the table.
typedef struct {
    uint32_t *glyphs;
    uint32_t *code_points;
    size_t count;
    const uint64_t *members;  // a bit for each glyph of a face
    const uint16_t *before;   // of each 64 of these: how many are in the set before them
} GlyphSet;

// Collect the glyphs of the regular or bold face in a layout, and `extra` characters (those that
// the face lacks are left out).
bool glyph_set_collect(Arena *arena, const Layout *layout, const FontFace *face, bool is_bold,
                       Characters extra, GlyphSet *ret, Error *err) MUST_CHECK;
// True if the set has the glyph; its character goes to *ret_code_point.
bool glyph_set_find(const GlyphSet *set, uint32_t glyph, uint32_t *ret_code_point);

// Object numbers of one embedded font.
typedef struct {
    uint32_t font, descendant, descriptor, file, to_unicode;
} PdfFontNumbers;

PdfFontNumbers pdf_font_reserve(PdfWriter *writer);
// Write the five objects of a composite font with CID = glyph number.
bool pdf_font_write(PdfWriter *writer, const PdfFontNumbers *numbers, const FontFace *face,
                    const GlyphSet *set, Error *err) MUST_CHECK;
// Append a ToUnicode program; codes have `code_bytes` (1 or 2) bytes.
void pdf_font_put_to_unicode(Writer *out, const uint32_t *codes, const uint32_t *code_points,
                             size_t count, int code_bytes);

#endif
