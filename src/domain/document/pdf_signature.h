// SPDX-License-Identifier: Apache-2.0
//
// Sealing a PDF by incremental update. First prepare: the file grows by a signature field, a
// visible widget with the seal's picture, and a signature dictionary whose /Contents is a zero
// reserve. Then hash, sign elsewhere, and embed. Earlier signatures stay as they are.
//
//     PdfSealing sealing = {...};
//     pdf_signature_prepare(arena, pdf, &sealing, &prepared, err)
//     ... prepared.digest is the dataHash of the seal signature (GB/T 38540-2020) ...
//     pdf_signature_embed(arena, prepared.pdf, &prepared.slot, seal_signature_der, &pdf, err)
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_SIGNATURE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"
#include "domain/document/pdf_security_store.h"
#include "domain/document/seal_picture.h"
#include "domain/document/typeset.h"

#define PDF_SIGNATURE_FILTER "GM.PKILite"
#define PDF_SIGNATURE_SUB_FILTER "GM.sm2seal"
enum { PDF_SIGNATURE_MAX_RESERVE = 1024 * 1024, PDF_MAX_SIZE = 32 * 1024 * 1024 };

// What the sealing adds.
typedef struct {
    const char *field_name;  // ASCII letters, digits and "_-", unique in the file
    const char *reason;      // UTF-8, shown by readers; no more than 200 bytes
    Time signing_time;       // becomes /M
    Bytes picture_png;       // seal_picture_parse must accept it
    // What seal_picture_parse made of it, for who seals much with one picture; NULL: not done yet.
    const SealPicture *picture;
    PagePlace place;  // where the picture is shown; kept square to its proportions
    size_t reserve;   // bytes kept for the DER; 0: picture + 8 KiB
    // What lets the signature be judged later, covered by it; NULL or empty: nothing. Only with
    // the first signature of a file, for a later one may not change the catalog.
    const PdfSecurityStore *security;
} PdfSealing;

// Where the signature value goes and what it covers.
typedef struct {
    uint64_t byte_range[4];
    size_t contents_offset;  // of "<"
    size_t contents_len;     // with "<" and ">"
    size_t capacity;         // DER bytes that fit
} PdfSlot;

typedef struct {
    Bytes pdf;  // in the arena
    PdfSlot slot;
    Sm3Digest digest;    // SM3 over the two spans of byte_range
    Sm3Digest original;  // SM3 over the file before the update; known to pdf_signature_prepare
} PdfPrepared;

// Append the update. `pdf` must be one that pdf_reader.h reads and that ends with its newest
// revision. Every door through which a PDF is sealed leads here: one with anything that could make
// it look different later is refused, "pdf_seal.*" of pdf_content.h. Fails with ERROR_INPUT,
// ERROR_CONFLICT "pdf_signature.field_exists" or "pdf_signature.security" (a store can no more be
// put in), or ERROR_LIMIT.
// Source: GB/T 38540-2020 7.2 (the protected original and its digest).
bool pdf_signature_prepare(Arena *arena, Bytes pdf, const PdfSealing *sealing, PdfPrepared *ret,
                           Error *err) MUST_CHECK;

// Find the slot of a prepared, still unsigned file again (the only all-zero /Contents, whose
// byte range reaches the end of the file). Fails with ERROR_NOT_FOUND "pdf_signature.no_slot".
bool pdf_signature_find_slot(Arena *arena, Bytes pdf, PdfPrepared *ret, Error *err) MUST_CHECK;

// Copy the file into the arena with `der` in its slot. The length does not change. Fails with
// ERROR_LIMIT "pdf_signature.reserve" when the DER does not fit, ERROR_CONFLICT
// "pdf_signature.not_empty" when the slot is not all zero.
bool pdf_signature_embed(Arena *arena, Bytes pdf, const PdfSlot *slot, Bytes der, Bytes *ret,
                         Error *err) MUST_CHECK;

// SM3 over the two spans. Fails with ERROR_INPUT when they do not lie in the file.
bool pdf_signature_digest(Bytes pdf, const uint64_t byte_range[4], Sm3Digest *ret,
                          Error *err) MUST_CHECK;

#endif
