// SPDX-License-Identifier: Apache-2.0
//
// Coverage: is everything that a reader of the PDF sees covered by the signature? Judged apart
// from the cryptography, for signatures in the way of pdf_signature.h.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_COVERAGE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/core/bytes.h"
#include "domain/document/pdf_reader.h"
#include "domain/verdict/verdict.h"

// Judge one signature (index into pdf_signatures). Adds checks of AREA_COVERAGE:
//   pdf_coverage.byte_range      starts at 0, two spans, in the file, not empty
//   pdf_coverage.contents        the gap is exactly the <...> of this signature's /Contents
//   pdf_coverage.contents_padding after the DER only zeros
//   pdf_coverage.end             reaches the end of its revision, which ends with %%EOF
//   pdf_coverage.later_revisions each later revision adds one signature and nothing else
//   pdf_coverage.definitions     every object of the form once, no shadowing, no second value
//   pdf_coverage.field           the field is a signature field and names this value
// Returns true when all passed.
bool pdf_coverage_judge(Verdict *verdict, PdfFile *file, size_t signature_index);

// Judge what is dangerous in any signed document: actions, JavaScript, external references,
// embedded files, optional content, fonts that are not embedded, annotations other than
// signature widgets, encryption, XFA. One failed check for each kind found
// (pdf_coverage.active_content, .external, .optional_content, .fonts, .annotations), one passed
// check each otherwise.
bool pdf_coverage_judge_content(Verdict *verdict, PdfFile *file);

// Judge whether the picture that the widget shows is this PNG (the picture inside the seal),
// byte for byte, and nothing else is drawn: pdf_coverage.picture.
bool pdf_coverage_judge_picture(Verdict *verdict, PdfFile *file, size_t signature_index,
                                Bytes picture_png);

#endif
