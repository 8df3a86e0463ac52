// SPDX-License-Identifier: Apache-2.0
//
// The fonts of a page, for drawing it. Internal to pdf_svg.h.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_DRAW_FONT_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_DRAW_FONT_H

#include "domain/document/cff.h"
#include "domain/document/pdf_file.h"

enum { DRAW_CODES = 65536 };

// One font of a page's resources. Codes have two bytes in a composite font (Identity-H over
// CID-keyed CFF) and one in a font of drawn glyphs (Type 3).
typedef struct {
    Bytes name;  // in the resources: "R"
    bool is_drawn;
    CffFont *outlines;         // composite
    const PdfObject **glyphs;  // drawn: 256 streams, NULL where there is none
    float *advances;           // thousandths of the em, for each code
    uint8_t *is_defined;       // for each code: 1 when its path was written out
} DrawFont;

bool pdf_svg_unsupported(Error *err, const char *what);
// Read a font. Fails as pdf_page_svg does.
bool draw_font_open(Arena *arena, PdfFile *file, const PdfObject *font, Bytes name, DrawFont *ret,
                    Error *err) MUST_CHECK;
// Append the path data of a composite font's glyph, in thousandths of the em.
bool draw_font_put_outline(const DrawFont *font, Arena *arena, uint32_t code, Writer *ret,
                           Error *err) MUST_CHECK;

#endif
