// SPDX-License-Identifier: Apache-2.0
//
// What may be appended after a signature. Internal to judging.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_LATER_REVISION_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_LATER_REVISION_H

#include "domain/document/pdf_file.h"

// Check that a revision (index, not the first) adds exactly one signature in the way of
// pdf_signature.h: four new objects, one more field, one more annotation on one page, a seal that
// hides nothing, and no other change. Fails with ERROR_UNTRUSTED "pdf.changed_after_signing".
bool pdf_later_revision_check(PdfFile *file, size_t revision, Error *err) MUST_CHECK;

#endif
