// SPDX-License-Identifier: Apache-2.0
//
// The text form of a template, line by line. Internal to templates and their linter. The form is
// described at the top of templates/credit_authorization.txt.
#ifndef ASSENT_DOMAIN_DOCUMENT_TEMPLATE_SOURCE_H
#define ASSENT_DOMAIN_DOCUMENT_TEMPLATE_SOURCE_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "domain/document/agreement_template.h"

typedef enum {
    LINE_EMPTY,
    LINE_DIRECTIVE,  // "@key rest"
    LINE_TITLE,
    LINE_SUBTITLE,
    LINE_HEADING,
    LINE_SUBHEADING,
    LINE_CALLOUT,
    LINE_NOTE,
    LINE_BULLET,
    LINE_FIELD,
    LINE_TICK,
    LINE_PARAGRAPH,
} TemplateLineKind;

// One line. `head` is the key of a directive, the label of a field row or the name of a tick;
// `text` is the rest.
typedef struct {
    TemplateLineKind kind;
    Bytes head, text;
    size_t number;  // 1-based
} TemplateLine;

enum { TEMPLATE_MAX_SIZE = 256 * 1024, TEMPLATE_MAX_FIELDS = 96, TEMPLATE_MAX_PARTS = 6 };

// Take the next line from *rest; false at the end.
bool template_next_line(Bytes *rest, size_t *number, TemplateLine *ret);
// Split at "|" and trim; returns the number of parts (at most TEMPLATE_MAX_PARTS).
size_t template_split(Bytes text, Bytes parts[TEMPLATE_MAX_PARTS]);
Bytes template_trim(Bytes text);

// Replace every ${name} that the source declares with @parameter. Values may not contain line
// breaks or the characters that have a meaning in templates. Fails as agreement_template_load.
bool template_substitute(Bytes source, const AgreementValue *parameters, size_t count, Writer *ret,
                         Error *err) MUST_CHECK;

// A piece of running text: plain or bold, or a slot "{{name:width}}" (then text is empty).
typedef struct {
    Bytes text, slot;
    double width_em;
    bool is_bold;
} TemplatePart;

// Take the next piece from *rest; *is_bold is toggled by "**". False at the end.
bool template_next_part(Bytes *rest, bool *is_bold, TemplatePart *ret);

#endif
