// SPDX-License-Identifier: Apache-2.0
//
// Does an object of a PKI keep to what its standards say? Certificates, requests, revocation lists,
// OCSP answers and time stamps are held against GM/T 0015-2012 and RFC 5280, 6960, 3161, rule by
// rule. Linting says nothing about trust: that is domain/pki/path.h. It reads more loosely than the
// readers there, so that whatever is wrong is named instead of refused as a whole.
//
// The rules are tables (lint_*.c): code, severity, clause, a sentence in both languages. The CA
// holds what it is about to sign against the same rules as `assent lint`.
#ifndef ASSENT_DOMAIN_LINT_LINT_H
#define ASSENT_DOMAIN_LINT_LINT_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

typedef enum { LINT_NOTICE, LINT_WARNING, LINT_ERROR } LintSeverity;

typedef enum {
    LINT_CERTIFICATE,
    LINT_REQUEST,  // PKCS #10
    LINT_LIST,     // CRL
    LINT_ANSWER,   // OCSP response
    LINT_STAMP,    // time-stamp token, or a response with one
    LINT_KIND_COUNT,
    LINT_UNKNOWN = LINT_KIND_COUNT,
} LintKind;

// One rule that does not hold.
typedef struct LintFinding LintFinding;
struct LintFinding {
    const char *code;  // stable: "certificate.serial_length"
    LintSeverity severity;
    const char *clause;   // "RFC 5280 4.1.2.2"
    const char *english;  // what the rule says
    const char *chinese;
    LintFinding *next;
};

// In the order in which the rules stand. Lives in an arena.
typedef struct {
    Arena *arena;
    LintKind kind;
    LintFinding *first, *last;
    size_t counts[LINT_ERROR + 1];  // of findings, by severity
    size_t rule_count;              // rules that were looked at
    bool exhausted;                 // the arena was full: the report is worth nothing
    LintFinding refusal;            // the first finding that is an error; code NULL: none
} LintReport;

typedef struct {
    bool is_unsigned;  // the signature is not made yet: rules about it are left out
} LintOptions;

// What DER is, by its shape.
LintKind lint_kind_of(Bytes der);
const char *lint_kind_name(LintKind kind);              // "certificate"
const char *lint_severity_name(LintSeverity severity);  // "error"

// Hold DER of a kind against its rules. Never fails: what cannot be read is a finding. Without an
// arena (NULL) findings are counted and only the first error is kept.
void lint_object(Arena *arena, LintKind kind, Bytes der, const LintOptions *options,
                 LintReport *ret);
// The same in short, allocating nothing: fails with ERROR_INPUT, the code and clause of the first
// finding that is an error.
bool lint_check(LintKind kind, Bytes der, const LintOptions *options, Error *err) MUST_CHECK;
// {"kind", "errors", "warnings", "notices", "rules", "findings": [{code, severity, clause, message,
// message_zh}]}. The caller owns it; NULL when out of memory.
json_t *lint_to_json(const LintReport *report);

#endif
