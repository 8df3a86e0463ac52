// SPDX-License-Identifier: Apache-2.0
//
// The content stream of a laid-out page. Internal to PDF writing.
#ifndef ASSENT_DOMAIN_DOCUMENT_PAGE_CONTENT_H
#define ASSENT_DOMAIN_DOCUMENT_PAGE_CONTENT_H

#include "domain/document/pdf_font.h"
#include "domain/document/typeset.h"

// Append boxes and text of a page. The fonts are named /R and /B; codes are glyph numbers. A
// character that is not the one its glyph maps to is marked with ActualText, so that extraction
// gives exactly what was set.
void page_content_write(const LaidPage *page, const FontFamily *fonts, const GlyphSet *regular,
                        const GlyphSet *bold, Writer *ret);

#endif
