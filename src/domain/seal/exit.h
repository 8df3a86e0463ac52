// SPDX-License-Identifier: Apache-2.0
//
// The exits of a judgement: each is a row with a stable code, reported once, in the order of the
// standard; and how the many checks of a certification path or a time stamp fold into few exits.
#ifndef ASSENT_DOMAIN_SEAL_EXIT_H
#define ASSENT_DOMAIN_SEAL_EXIT_H

#include "base/core/error.h"
#include "domain/pki/path.h"
#include "domain/verdict/verdict.h"

typedef struct {
    const char *code;
    const char *clause;
    VerdictArea area;
} Exit;

// One judgement under way.
typedef struct {
    Verdict *verdict;
    CheckOutcome worst;
} Judgement;

// Report an exit. Returns false when it was taken (FAILED): the judgement ends there.
bool exit_report(Judgement *judgement, const Exit *which, CheckOutcome outcome, const char *format,
                 ...) PRINTF_LIKE(4, 5);
// Report PASSED or FAILED by a condition, with one sentence for each.
bool exit_require(Judgement *judgement, const Exit *which, bool condition, const char *passed,
                  const char *failed);
// True when no check failed and none is unknown.
bool judgement_passed(const Judgement *judgement);

// The worst outcome among several checks, with the sentence that goes with it.
typedef struct {
    bool was_made;
    CheckOutcome outcome;
    const char *detail;
} Folded;

typedef enum {
    FOLD_CHAIN,
    FOLD_VALIDITY,
    FOLD_REVOCATION,
    FOLD_KEY_USAGE,
    FOLD_STAMP_VALUE,
    FOLD_STAMP_IMPRINT,
    FOLD_STAMP_CERTIFICATE,
    FOLD_COUNT,
} Fold;

typedef struct {
    Folded folds[FOLD_COUNT];
} Folds;

// Validate a certificate's path for a signature at `at` and fold its checks into chain, validity,
// revocation and key usage. A question that was not examined is UNKNOWN, never passed.
Folds fold_path(const PathPolicy *policy, const Certificate *certificate, Arena *arena);
// Fold the checks of a judged time stamp: value, imprint, and everything else as its certificate.
Folds fold_stamp(const Verdict *verdict);
// Report a folded outcome as this exit.
bool exit_report_folded(Judgement *judgement, const Exit *which, const Folded *folded);

// Turn the verdict of a judgement into an Error; true when it passed.
bool verdict_to_error(const Verdict *verdict, Error *err);

#endif
