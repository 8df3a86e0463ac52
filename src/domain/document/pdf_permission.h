// SPDX-License-Identifier: Apache-2.0
//
// What a signature permits to be changed after it, and the verdict over what was.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_PERMISSION_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_PERMISSION_H

#include "domain/document/pdf_file.h"
#include "domain/verdict/verdict.h"

// Judge the changes that revisions after a signature (`revision`: the index of its own) made:
// pdf_coverage.later_revisions, one check for each kind of change. A security store, document time
// stamps and metadata may always come (INFORMED). Others by DocMDP, of the document's certification
// or of the signature itself: further signatures and, where it says so, filled fields are
// INFORMED; what it forbids, and whatever else is another, is FAILED. What the rules leave open or
// permit although it can hide what was signed is UNKNOWN: fields filled in where no DocMDP says
// whether they may be, annotations that it permits, new seals on a certified document, large ones
// on any. Locked fields (FieldMDP, Lock) may not change.
// Returns true when all are INFORMED.
// Source: ISO 32000-2 12.8.2.2, 12.8.2.4, 12.7.5.5.
bool pdf_permission_judge(Verdict *verdict, PdfFile *file, const PdfSignature *signature,
                          size_t revision);

#endif
