// SPDX-License-Identifier: Apache-2.0
//
// Outlines out of a Compact Font Format program as PDFs embed it, for showing a page from the very
// file that will be signed, and subsets (cff_subset.h). Hostile input: everything is bounded, and
// what is not understood is refused rather than drawn wrongly. Internal to drawing.
#ifndef ASSENT_DOMAIN_DOCUMENT_CFF_H
#define ASSENT_DOMAIN_DOCUMENT_CFF_H

#include "domain/document/font.h"

typedef struct CffFont CffFont;

enum { CFF_MAX_SIZE = 32 * 1024 * 1024, CFF_MAX_STEPS = 20000 };

// Open a CID-keyed font; the bytes are borrowed, the rest is in the arena. Fails with ERROR_INPUT
// "cff.malformed" or "cff.unsupported" (well-formed, but not CID-keyed or not 1000 units to the
// em). Source: Adobe Technical Note 5176.
bool cff_open(Arena *arena, Bytes program, CffFont **ret, Error *err) MUST_CHECK;

// Trace the glyph of a CID in thousandths of the em, y upwards. A CID that the font lacks is
// refused: a page with a hole is another page. Fails with ERROR_INPUT "cff.malformed",
// "cff.unsupported" (arithmetic in a glyph), "cff.no_glyph", or ERROR_LIMIT.
// Source: Adobe Technical Note 5177.
bool cff_outline(const CffFont *font, Arena *arena, uint32_t cid, Outline *ret,
                 Error *err) MUST_CHECK;

#endif
