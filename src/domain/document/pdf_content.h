// SPDX-License-Identifier: Apache-2.0
//
// What in a PDF could make it look or act differently elsewhere or later. Who seals one refuses
// it; who judges one that others signed tells it, and what it means for the verdict.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_CONTENT_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_CONTENT_H

#include "domain/document/pdf_reader.h"

typedef enum {
    PDF_CONTENT_SCRIPT,      // JavaScript, XFA, media, and actions that change what is shown
    PDF_CONTENT_ACTION,      // links and other actions that lead away
    PDF_CONTENT_EXTERNAL,    // streams and pictures that lie outside the file
    PDF_CONTENT_ATTACHMENT,  // embedded files
    PDF_CONTENT_OPTIONAL,    // optional content, alternate pictures
    PDF_CONTENT_FORM,        // appearances that readers make anew, calculated fields
    PDF_CONTENT_FONT,        // fonts that are not embedded
    PDF_CONTENT_ANNOTATION,  // annotations other than the widgets of signatures
    PDF_CONTENT_UNUSED,      // pages, catalogs and drawings that nothing refers to
    PDF_CONTENT_KINDS,
} PdfContentKind;

// The number of the first object that has it; 0: none.
typedef struct {
    uint32_t first[PDF_CONTENT_KINDS];
} PdfContent;

// Search every object in force, whether it is reachable or not. Fails as pdf_load does.
bool pdf_content_search(PdfFile *file, PdfContent *ret, Error *err) MUST_CHECK;

// The name of a kind in codes, "active_content", and what is true of a file without it.
const char *pdf_content_name(PdfContentKind kind);
const char *pdf_content_rule(PdfContentKind kind);
const char *pdf_content_clause(PdfContentKind kind);

// Check that a file may be sealed: nothing of all that is in it. Fails with ERROR_INPUT
// "pdf_seal.NAME" by the name of the first kind found, and as pdf_content_search does.
bool pdf_content_check_sealable(PdfFile *file, Error *err) MUST_CHECK;

#endif
