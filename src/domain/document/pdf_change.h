// SPDX-License-Identifier: Apache-2.0
//
// What revisions after a signature changed: the document as it was signed and as it is now are
// walked side by side from their trailers, and every difference is of one of these kinds. What is
// not reachable is not compared: nobody sees it.
// Source: ISO 32000-2 12.8.2.2 (what a DocMDP permission tells apart).
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_CHANGE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_CHANGE_H

#include "domain/document/pdf_file.h"

typedef enum {
    PDF_CHANGE_SECURITY,     // security store, extensions, version, metadata
    PDF_CHANGE_STAMP,        // a document time stamp
    PDF_CHANGE_SIGNATURE,    // a signature, in a field that was there or that shows nothing
    PDF_CHANGE_NEW_SEAL,     // a signature in a new field that shows something small
    PDF_CHANGE_FORM,         // fields filled in
    PDF_CHANGE_INFORMATION,  // title, author and the like
    PDF_CHANGE_STRUCTURE,    // logical structure, or how many objects there are said to be
    PDF_CHANGE_COVER,        // a signature in a new field that shows something large
    PDF_CHANGE_ANNOTATION,   // annotations added, changed, removed
    PDF_CHANGE_OTHER,        // anything else
    PDF_CHANGE_KINDS,
} PdfChangeKind;

enum { PDF_CHANGE_MAX_FIELDS = 64 };

typedef struct {
    struct {
        const char *what;  // NULL: no such change; else what was found first
        uint32_t number;   // and in which object
    } kinds[PDF_CHANGE_KINDS];
    // Full names of the fields that were filled in.
    Bytes fields[PDF_CHANGE_MAX_FIELDS];
    size_t field_count;
} PdfChanges;

// Compare the file after its first `revisions` revisions with the whole file. Fails as loading
// objects does. More fields than the most: PDF_CHANGE_OTHER.
bool pdf_changes_find(PdfFile *file, size_t revisions, PdfChanges *ret, Error *err) MUST_CHECK;

// Where nothing was found: *ret is true if the later revisions hold nothing at all but what was
// there before, once more and the same, reachable or not.
bool pdf_changes_say_nothing(PdfFile *file, size_t revisions, bool *ret, Error *err) MUST_CHECK;

#endif
