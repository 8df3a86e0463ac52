// SPDX-License-Identifier: Apache-2.0
//
// Subsets of a Compact Font Format program for embedding: some glyphs of a CID-keyed font, with
// everything in line that they call, without hints. Internal to fonts.
#ifndef ASSENT_DOMAIN_DOCUMENT_CFF_SUBSET_H
#define ASSENT_DOMAIN_DOCUMENT_CFF_SUBSET_H

#include "domain/document/cff.h"

// Append a CFF program with the glyphs of these CIDs (ascending, each once, without 0) and
// .notdef. The CIDs stay. The same set gives the same bytes. Fails as cff_outline does.
// Source: Adobe Technical Notes 5176 and 5177.
bool cff_subset(const CffFont *font, const char *name, const uint32_t *cids, size_t count,
                Writer *ret, Error *err) MUST_CHECK;

#endif
