// SPDX-License-Identifier: Apache-2.0
//
// One glyph program made to stand alone: subroutines in line, hints dropped. Internal to subsets.
#ifndef ASSENT_DOMAIN_DOCUMENT_CFF_FLATTEN_H
#define ASSENT_DOMAIN_DOCUMENT_CFF_FLATTEN_H

#include "domain/document/cff_inside.h"

// Append the program of glyph number `glyph` of font dictionary `dict`. Its operands are copied as
// they are written. Fails with ERROR_INPUT "cff.malformed" or "cff.unsupported" (arithmetic).
// Source: Adobe Technical Note 5177.
bool cff_flatten(const CffFont *font, uint32_t glyph, uint32_t dict, Writer *ret,
                 Error *err) MUST_CHECK;

#endif
