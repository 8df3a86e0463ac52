// SPDX-License-Identifier: Apache-2.0
//
// Agreement templates: an authorization letter that is laid out once and filled for each person
// in a fraction of a millisecond. The institution's own data (names, codes, channels) are
// parameters given when the template is loaded and are part of its digest; the person's values
// are drawn into empty places of the finished pages.
//
// A loaded template never changes and may be used by many threads at once.
#ifndef ASSENT_DOMAIN_DOCUMENT_AGREEMENT_TEMPLATE_H
#define ASSENT_DOMAIN_DOCUMENT_AGREEMENT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/core/arena.h"
#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/sm3/sm3.h"
#include "domain/document/font.h"
#include "domain/document/typeset.h"

typedef struct AgreementTemplate AgreementTemplate;

// A name and its text, for parameters and for values. For a tick the text is "yes" or "no".
typedef struct {
    const char *name;
    const char *text;
} AgreementValue;

// The built-in letter, 个人征信查询授权书 (templates/credit_authorization.txt). Its parameters
// and fields are listed at its top.
Bytes agreement_builtin_source(void);

// Substitute parameters, lint (template_lint.h), and lay out. Fails with ERROR_INPUT
// "template.malformed", "template.parameter_missing", "template.parameter_unknown",
// "template.unfair" (the text names the first finding). `fonts` must outlive the template; call
// font_family_trim after loading to give the fonts' pages back.
bool agreement_template_load(const FontFamily *fonts, Bytes source,
                             const AgreementValue *parameters, size_t count,
                             AgreementTemplate **ret, Error *err) MUST_CHECK;
void agreement_template_free(AgreementTemplate *template);

const char *agreement_template_id(const AgreementTemplate *template);
const char *agreement_template_version(const AgreementTemplate *template);
const char *agreement_template_title(const AgreementTemplate *template);
// SM3 of the source after substitution.
Sm3Digest agreement_template_digest(const AgreementTemplate *template);
// That source. Lives as long as the template.
Bytes agreement_template_source(const AgreementTemplate *template);
// The letter as plain text after substitution (fields as {{name}}), for a terminal to show.
// Key clauses stand between ** and **. Lives as long as the template.
Bytes agreement_template_text(const AgreementTemplate *template);

// What a field or tick is, in the order of the letter.
typedef struct {
    const char *name;   // "person_name", "purpose_02"
    const char *label;  // Chinese, for forms
    bool is_tick;
    bool is_required;   // a tick: the letter is void without it ("query")
    bool is_sensitive;  // a separate consent to sensitive personal information
    const char *group;  // a tick: "scope", "purpose", "sensitive", ...
} AgreementField;

const AgreementField *agreement_template_fields(const AgreementTemplate *template,
                                                size_t *ret_count);

// Fill a letter into an empty writer. Every field and every tick must be given exactly once: no
// tick has a default. Same values and salt, same bytes: the salt goes into the file's identifier by
// a digest, so that somebody who knows the letter's digest and most of its values cannot find the
// others by trying; empty where nobody is given the digest without the letter. A value too long for
// its place is set smaller, then wrapped; fails with ERROR_INPUT "agreement.value_too_long",
// "agreement.value_missing", "agreement.value_unknown", "agreement.value_repeated",
// "agreement.consent_missing" (a required tick is "no", or no purpose is ticked),
// "font.character_missing". Errors name the field, never its value. Source: 征信业管理条例 18, 19;
// 个人信息保护法 14, 17, 29.
bool agreement_fill(const AgreementTemplate *template, const AgreementValue *values, size_t count,
                    Bytes salt, Writer *ret_pdf, Error *err) MUST_CHECK;

// Where the person's seal goes, for PdfSealing.place.
PagePlace agreement_seal_place(const AgreementTemplate *template);

#endif
