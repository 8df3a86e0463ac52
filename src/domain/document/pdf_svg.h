// SPDX-License-Identifier: Apache-2.0
//
// A page of a PDF as a picture, drawn from the very bytes that are signed, with the fonts that are
// in them and no others: what a person reads before signing is what the signature covers. Only what
// documents of this system are made of is understood; anything else is refused rather than left
// out, because a page with something missing would be another page.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_SVG_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_SVG_H

#include "domain/document/pdf_reader.h"

enum { PDF_SVG_MAX_SIZE = 16 * 1024 * 1024 };

// Append page `page` (from 0) as an SVG document without scripts, links or outside references:
// boxes, lines, outlines of glyphs, and the pictures of signatures. Fails with ERROR_INPUT
// "pdf_svg.unsupported" (naming the operator or kind of font), "pdf.malformed", "cff.*",
// ERROR_NOT_FOUND "pdf_svg.no_page", or ERROR_LIMIT.
// Source: ISO 32000-1 8, 9; W3C SVG 1.1.
bool pdf_page_svg(Arena *arena, PdfFile *file, size_t page, Writer *ret, Error *err) MUST_CHECK;

#endif
