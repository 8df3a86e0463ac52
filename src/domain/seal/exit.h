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
// What one signature value was checked over, and with whose key.
typedef struct {
    const char *what;    // "eSealInfo"
    Bytes signed_bytes;  // as they were signed
    const Certificate *signer;
} CheckedValue;

// Report whether a signature value holds, with all that is needed to check it again.
bool exit_report_value(Judgement *judgement, const Exit *which, bool holds,
                       const CheckedValue *value);
// The SM3 of bytes, and bytes, as hexadecimal in the verdict's arena; "" on exhaustion.
const char *judgement_sm3_text(const Judgement *judgement, Bytes bytes);
const char *judgement_hex_text(const Judgement *judgement, Bytes bytes);
// The serial number of a certificate in the same way.
const char *judgement_serial_text(const Judgement *judgement, const Certificate *certificate);

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

// FAILED for what is malformed, UNKNOWN for what is of algorithms that are not judged here.
CheckOutcome format_outcome(const Error *err);

// Turn the verdict of a judgement into an Error; true when it passed.
bool verdict_to_error(const Verdict *verdict, Error *err);

#endif
