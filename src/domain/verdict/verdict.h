// SPDX-License-Identifier: Apache-2.0
//
// Verdict: the list of every check that a verification made, with clause, inputs and result.
// One verification core feeds `assent verify`, the components, and the reports.
#ifndef ASSENT_DOMAIN_VERDICT_VERDICT_H
#define ASSENT_DOMAIN_VERDICT_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/error.h"

// What kind of question a check answers. The areas are judged apart: a document may be
// cryptographically sound and yet not cover what is shown.
typedef enum {
    AREA_FORMAT,        // can it be read at all
    AREA_CRYPTOGRAPHY,  // signatures and digests
    AREA_COVERAGE,      // is everything that is shown covered by the signature
    AREA_TRUST,         // chains, revocation, key usage
    AREA_TIME,          // stamps and validity at the relevant time
    AREA_COMPLETENESS,  // is all evidence there, linked and in order
    AREA_POLICY,        // the rules of the mechanism
} VerdictArea;

typedef enum {
    CHECK_PASSED,
    CHECK_INFORMED,  // noteworthy, does not change the verdict
    CHECK_UNKNOWN,   // cannot be decided here, for example no trust anchor
    CHECK_FAILED,
} CheckOutcome;

typedef struct VerdictCheck VerdictCheck;
struct VerdictCheck {
    const char *code;  // stable: "seal_signature.value"
    VerdictArea area;
    CheckOutcome outcome;
    const char *clause;   // "GB/T 38540-2020 7.3 b" or ""
    const char *subject;  // what was checked: "agreement.pdf/signature 1"; no personal data
    const char *detail;   // English sentence: inputs and result; UTF-8 without controls
    VerdictCheck *next;
};

// A growing list of checks in the order in which they were made. Lives in an arena.
typedef struct {
    Arena *arena;
    VerdictCheck *first;
    VerdictCheck *last;
    size_t count;
    const char *subject;  // prefix for the checks that follow, set by verdict_enter
    bool exhausted;       // the arena was full: the verdict is worth nothing
} Verdict;

Verdict verdict_new(Arena *arena);
// Set the subject of the checks that follow: the present subject plus "/" plus name. Returns
// the present one, to be given back to verdict_leave.
const char *verdict_enter(Verdict *verdict, const char *name);
void verdict_leave(Verdict *verdict, const char *previous_subject);

// Add one check. `code` and `clause` are string literals (not copied); the detail is copied, with
// control characters and what is not UTF-8 replaced. A code needs its row in verdict_text.c.
void verdict_add(Verdict *verdict, VerdictArea area, CheckOutcome outcome, const char *code,
                 const char *clause, const char *format, ...) PRINTF_LIKE(6, 7);
// Add PASSED or FAILED by a condition and return the condition.
bool verdict_require(Verdict *verdict, bool condition, VerdictArea area, const char *code,
                     const char *clause, const char *format, ...) PRINTF_LIKE(6, 7);
// Add the outcome of a call: PASSED when ok, else FAILED (ERROR_UNAVAILABLE and ERROR_INTERNAL,
// which decide nothing: UNKNOWN) with the text and, where it has one, the clause of err.
// Returns ok.
bool verdict_take(Verdict *verdict, bool ok, VerdictArea area, const char *code, const char *clause,
                  const Error *err);

// The verdict over all checks: FAILED if any failed, else UNKNOWN if any is unknown, else
// PASSED. No checks at all, or exhaustion, is FAILED.
CheckOutcome verdict_outcome(const Verdict *verdict);
// The same for one area; PASSED when the area has no checks.
CheckOutcome verdict_area_outcome(const Verdict *verdict, VerdictArea area);
// The first check that decides verdict_outcome, or NULL when it passed. Without checks or after
// exhaustion: a check "verdict.empty" or "verdict.exhausted".
const VerdictCheck *verdict_reason(const Verdict *verdict);

const char *verdict_area_name(VerdictArea area);       // "cryptography"
const char *check_outcome_name(CheckOutcome outcome);  // "passed"
// Exit code: 0 valid, 1 invalid, 2 undecided.
int verdict_exit_code(const Verdict *verdict);
// {"outcome":..., "areas":{...}, "checks":[{code, area, outcome, clause, subject, detail}]};
// areas without checks are left out. The caller owns the result; NULL when out of memory.
json_t *verdict_to_json(const Verdict *verdict);

// What a check asks, in Chinese, for people ("...是否..."), to be shown beside the outcome; the
// detail when the code is not known. The table is in verdict_text.c and covers every code that
// domain and component modules use (tested).
const char *verdict_chinese(const VerdictCheck *check);
const char *verdict_area_chinese(VerdictArea area);       // "密码学"
const char *check_outcome_chinese(CheckOutcome outcome);  // "通过"

#endif
