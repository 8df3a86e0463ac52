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
//   pdf_coverage.later_revisions each later revision adds one seal as pdf_signature.h does, or as
//                                pdf_permission.h says
//   pdf_coverage.definitions     revisions consist of the objects of their tables alone; what else
//                                the signed ones hold is INFORMED
//   pdf_coverage.field           no other field has this name or this value
// Returns true when none failed and none is unknown.
bool pdf_coverage_judge(Verdict *verdict, PdfFile *file, size_t signature_index);

// Judge what could make the document look different elsewhere or later, though it is signed; one
// check for each kind of pdf_content.h. It makes no signature invalid: UNKNOWN is what can change
// what is shown (pdf_coverage.active_content, .external, .optional_content); INFORMED the rest
// (.actions, .attachments, .form, .fonts, .annotations, .unused). What cannot be read is FAILED
// (.readable).
// Returns true when none failed and none is unknown.
bool pdf_coverage_judge_content(Verdict *verdict, PdfFile *file);

// Judge whether the picture that the widget shows is this PNG (the picture inside the seal),
// byte for byte, and nothing else is drawn: pdf_coverage.picture. Where the widget is drawn in
// another way than pdf_signature.h does this is not told (INFORMED).
bool pdf_coverage_judge_picture(Verdict *verdict, PdfFile *file, size_t signature_index,
                                Bytes picture_png);

#endif
