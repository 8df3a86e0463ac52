// SPDX-License-Identifier: Apache-2.0
//
// The document security store of a PDF: certificates, revocation lists and OCSP responses that let
// its signatures be judged when nobody hands them out any more. It is help, never trust: whoever
// uses what lies in it verifies it first.
// Source: ISO 32000-2 12.8.4.3; ETSI EN 319 142-1 5.4.2.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_SECURITY_STORE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_SECURITY_STORE_H

#include "domain/document/pdf_reader.h"
#include "domain/document/pdf_writer.h"
#include "domain/pki/path_material.h"

enum {
    PDF_SECURITY_MAX_ITEMS = 64,               // of one kind
    PDF_SECURITY_MAX_SIZE = 16 * 1024 * 1024,  // of everything, decoded
};

typedef enum {
    PDF_SECURITY_CERTIFICATES,
    PDF_SECURITY_LISTS,
    PDF_SECURITY_ANSWERS,
    PDF_SECURITY_KINDS,
} PdfSecurityKind;

// DER objects of each kind; borrowed.
typedef struct {
    struct {
        const Bytes *items;
        size_t count;
    } kinds[PDF_SECURITY_KINDS];
} PdfSecurityStore;

// A store of what was collected, which has to outlive it.
PdfSecurityStore pdf_security_store_of(const PathMaterial *material);
// True for NULL too.
bool pdf_security_store_is_empty(const PdfSecurityStore *store);

// Write the store and its streams as new objects; returns the number for the catalog's /DSS.
uint32_t pdf_security_store_write(PdfWriter *writer, const PdfSecurityStore *store);

// Read what the catalog in force names, decoded into the file's arena; without a store *ret is
// empty. What the items say is not looked at. Fails with ERROR_INPUT (the store or a stream of it
// is malformed, or compressed in a way that is not read) or ERROR_LIMIT "pdf.security_store".
bool pdf_security_store_read(PdfFile *file, PdfSecurityStore *ret, Error *err) MUST_CHECK;

#endif
