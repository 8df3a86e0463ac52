// SPDX-License-Identifier: Apache-2.0
//
// A loaded template. Internal to agreements.
#ifndef ASSENT_DOMAIN_DOCUMENT_AGREEMENT_INSIDE_H
#define ASSENT_DOMAIN_DOCUMENT_AGREEMENT_INSIDE_H

#include "domain/document/agreement_template.h"
#include "domain/document/layout_pdf.h"

struct AgreementTemplate {
    Arena *arena;      // everything below
    FontFamily fonts;  // borrowed
    const char *id, *version, *title;
    Sm3Digest digest;
    Bytes source;  // after substitution: what the digest is of
    Bytes text;
    AgreementField *fields;
    size_t field_count;
    Document *document;
    Layout layout;
    PagePlace seal_place;
    // The file up to the point where a person's values begin, and where its objects stand.
    Bytes fixed;
    PdfOffset *offsets;
    size_t offset_count;
    uint32_t next_number;
    LayoutObjects objects;
};

// Turn a template's source (after substitution) into document, fields, id, version and text.
bool agreement_parse(AgreementTemplate *template, Bytes source, Error *err) MUST_CHECK;

#endif
