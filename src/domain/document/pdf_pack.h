// SPDX-License-Identifier: Apache-2.0
//
// Packing of streams (FlateDecode). The same content gives the same bytes.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_PACK_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_PACK_H

#include "base/core/bytes.h"
#include "base/core/error.h"

typedef enum {
    PDF_PACK_NOT,
    PDF_PACK_TEXT,      // page contents: fast, a fortieth larger than the smallest
    PDF_PACK_OUTLINES,  // repeat nothing that is worth looking for: a quarter of the time
    PDF_PACK_PICTURE,   // small: it lies in every seal
} PdfPacking;

// What packs; another version may give other bytes.
const char *pdf_pack_version(void);
// The most bytes that packing makes of a content.
size_t pdf_pack_bound(Bytes content);
// Append packed content.
bool pdf_pack(Bytes content, PdfPacking packing, Writer *ret, Error *err) MUST_CHECK;

#endif
