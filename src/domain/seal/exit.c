// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/exit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"

bool exit_report(Judgement *judgement, const Exit *which, CheckOutcome outcome, const char *format,
                 ...)
{
    char detail[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    verdict_add(judgement->verdict, which->area, outcome, which->code, which->clause, "%s", detail);
    if (outcome > judgement->worst) {
        judgement->worst = outcome;
    }
    return outcome != CHECK_FAILED;
}

const char *judgement_hex_text(const Judgement *judgement, Bytes bytes)
{
    const char *text = hex_text(judgement->verdict->arena, bytes);
    return text == NULL ? "" : text;
}

const char *judgement_sm3_text(const Judgement *judgement, Bytes bytes)
{
    Sm3Digest digest = sm3_digest(bytes);
    return judgement_hex_text(judgement, sm3_bytes(&digest));
}

const char *judgement_serial_text(const Judgement *judgement, const Certificate *certificate)
{
    const char *text = certificate_serial_text(judgement->verdict->arena, certificate);
    return text == NULL ? "" : text;
}

bool exit_report_value(Judgement *judgement, const Exit *which, bool holds,
                       const CheckedValue *value)
{
    return exit_report(judgement, which, holds ? CHECK_PASSED : CHECK_FAILED,
                       "the signature by the key of certificate %s %s over the %zu bytes of %s "
                       "as received (SM3 %s)",
                       judgement_serial_text(judgement, value->signer),
                       holds ? "holds" : "does not hold", value->signed_bytes.len, value->what,
                       judgement_sm3_text(judgement, value->signed_bytes));
}

bool judgement_passed(const Judgement *judgement)
{
    return judgement->worst < CHECK_UNKNOWN && !judgement->verdict->exhausted;
}

static void fold_add(Folded *folded, const VerdictCheck *check)
{
    // Of equals the later sentence is the one nearer to the certificate in question.
    if (!folded->was_made || check->outcome >= folded->outcome) {
        *folded = (Folded){true, check->outcome, check->detail};
    }
}

static void fold_unexamined(Folded *folded)
{
    if (!folded->was_made) {
        *folded = (Folded){true, CHECK_UNKNOWN, "not examined"};
    }
}

// Codes that are not listed belong to the chain: whatever they say, it is not ignored.
static Fold path_fold_of(const char *code)
{
    static const struct {
        const char *code;
        Fold fold;
    } rows[] = {
        {"path.validity", FOLD_VALIDITY},
        {"path.revocation", FOLD_REVOCATION},
        {"path.key_usage", FOLD_KEY_USAGE},
        {"path.extended_key_usage", FOLD_KEY_USAGE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strcmp(rows[i].code, code) == 0) {
            return rows[i].fold;
        }
    }
    return FOLD_CHAIN;
}

Folds fold_path(const PathPolicy *policy, const Certificate *certificate, Arena *arena)
{
    Folds folds = {0};
    Verdict verdict = verdict_new(arena);
    bool ok = path_check(policy, certificate, &verdict);
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        fold_add(&folds.folds[path_fold_of(check->code)], check);
    }
    fold_unexamined(&folds.folds[FOLD_CHAIN]);
    fold_unexamined(&folds.folds[FOLD_VALIDITY]);
    fold_unexamined(&folds.folds[FOLD_KEY_USAGE]);
    if (policy->revocation == REVOCATION_REQUIRED) {
        fold_unexamined(&folds.folds[FOLD_REVOCATION]);
    }
    bool all_passed = !verdict.exhausted;
    for (size_t i = 0; i < FOLD_COUNT; i++) {
        all_passed = all_passed && folds.folds[i].outcome < CHECK_UNKNOWN;
    }
    if (!ok && all_passed) {
        folds.folds[FOLD_CHAIN] = (Folded){true, CHECK_FAILED, "the path does not hold"};
    }
    return folds;
}

Folds fold_stamp(const Verdict *verdict)
{
    Folds folds = {0};
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        Fold fold = strcmp(check->code, "timestamp.imprint") == 0     ? FOLD_STAMP_IMPRINT
                    : strcmp(check->code, "timestamp.signature") == 0 ? FOLD_STAMP_VALUE
                                                                      : FOLD_STAMP_CERTIFICATE;
        fold_add(&folds.folds[fold], check);
    }
    fold_unexamined(&folds.folds[FOLD_STAMP_VALUE]);
    fold_unexamined(&folds.folds[FOLD_STAMP_CERTIFICATE]);
    fold_unexamined(&folds.folds[FOLD_STAMP_IMPRINT]);
    return folds;
}

bool exit_report_folded(Judgement *judgement, const Exit *which, const Folded *folded)
{
    if (!folded->was_made) {
        return true;
    }
    return exit_report(judgement, which, folded->outcome, "%s", folded->detail);
}

CheckOutcome format_outcome(const Error *err)
{
    const char *const others[] = {"seal.algorithm", "seal_signature.algorithm",
                                  "seal_signature.seal_algorithm", "certificate.algorithm",
                                  "certificate.key"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (strcmp(err->code, others[i]) == 0) {
            return CHECK_UNKNOWN;
        }
    }
    return err->kind == ERROR_LIMIT ? CHECK_UNKNOWN : CHECK_FAILED;
}

bool verdict_to_error(const Verdict *verdict, Error *err)
{
    if (verdict_outcome(verdict) == CHECK_PASSED) {
        return true;
    }
    const VerdictCheck *reason = verdict_reason(verdict);
    if (reason == NULL) {
        return error_memory(err);
    }
    ErrorKind kind = reason->outcome == CHECK_UNKNOWN ? ERROR_UNAVAILABLE
                     : reason->area == AREA_FORMAT    ? ERROR_INPUT
                                                      : ERROR_UNTRUSTED;
    return error_set(err, kind, reason->code, reason->clause, "%s", reason->detail);
}
