// SPDX-License-Identifier: Apache-2.0
//
// The objects of a PDF that shows a layout. Internal: shared by documents that are written once
// and templates that are filled many times.
#ifndef ASSENT_DOMAIN_DOCUMENT_LAYOUT_PDF_H
#define ASSENT_DOMAIN_DOCUMENT_LAYOUT_PDF_H

#include "domain/document/pdf_font.h"
#include "domain/document/pdf_writer.h"

// Object numbers that the caller refers to.
typedef struct {
    uint32_t catalog, info;
    uint32_t fill_font;     // filled later: /F in the resources; 0: none
    const uint32_t *fills;  // one content stream for each page, filled later; NULL: none
    GlyphSet regular, bold;
    PdfFontNumbers regular_font, bold_font;
} LayoutObjects;

// Write catalog, pages, contents, fonts and information. With `has_fills` each page gets a second
// content stream and a third font whose numbers are reserved but not written. `extra` characters
// are embedded in both fonts beside those in use.
bool layout_write_objects(PdfWriter *writer, const Layout *layout, const FontFamily *fonts,
                          Characters extra, bool has_fills, LayoutObjects *ret,
                          Error *err) MUST_CHECK;

#endif
