// SPDX-License-Identifier: Apache-2.0
//
// Template linter: refuses letters whose standard terms would be void, unfair or incomplete.
#ifndef ASSENT_DOMAIN_DOCUMENT_TEMPLATE_LINT_H
#define ASSENT_DOMAIN_DOCUMENT_TEMPLATE_LINT_H

#include <stddef.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"

typedef struct {
    const char *code;    // "lint.irrevocable", "lint.missing_term", ...
    const char *clause;  // the law that it offends: "民法典 497"
    const char *detail;  // Chinese sentence
    size_t line;         // 1-based; 0: something is missing from the whole
} LintFinding;

enum { LINT_MAX_FINDINGS = 64 };

// Lint the source of a template after substitution. Returns the number of findings (at most
// LINT_MAX_FINDINGS; the array lives in the arena, NULL when it is exhausted, which the count
// then reports as 1). Zero findings: acceptable.
// Source: 民法典 496, 497; 征信业管理条例 15, 18, 19, 20, 28, 29; 个人信息保护法 14, 15, 16, 17,
// 23, 29.
size_t template_lint(Arena *arena, Bytes source, const LintFinding **ret);

#endif
