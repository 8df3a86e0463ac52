// SPDX-License-Identifier: Apache-2.0
//
// Comparing objects of two revisions of a PDF. Internal to judging.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_COMPARE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_COMPARE_H

#include "domain/document/pdf_file.h"

// True if two parsed objects mean the same (references by number, streams by their raw bytes).
bool pdf_objects_equal(const PdfObject *a, const PdfObject *b);
// True if two dictionaries have the same entries except for `key`.
bool pdf_equal_except(const PdfObject *a, const PdfObject *b, const char *key);
// True if the array `longer` is `shorter` (NULL: empty) and one reference more; *ret_added is the
// number that it refers to.
bool pdf_is_extended(const PdfObject *shorter, const PdfObject *longer, uint32_t *ret_added);
// True if a dictionary has no keys but these; `keys` ends with NULL.
bool pdf_has_only(const PdfObject *dictionary, const char *const *keys);

#endif
