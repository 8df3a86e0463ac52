// SPDX-License-Identifier: Apache-2.0
//
// What a signature's widget shows. Internal to judging.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_APPEARANCE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_APPEARANCE_H

#include "domain/document/pdf_file.h"

// The objects of a widget's appearance, when it is exactly one picture, shown by multiplication
// so that nothing below is hidden, and nothing else.
typedef struct {
    const PdfObject *image;  // stream
    uint32_t form_number, image_number;
    double x, y, width, height;  // on the page
} PdfAppearance;

// Read it. Fails with ERROR_INPUT "pdf.appearance" when it is anything else than what
// pdf_signature.h writes.
bool pdf_appearance_read(PdfFile *file, const PdfObject *field, PdfAppearance *ret,
                         Error *err) MUST_CHECK;

#endif
