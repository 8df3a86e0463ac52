// SPDX-License-Identifier: Apache-2.0
//
// Faults of revocation lists: what crl_parse reads, but a conforming issuer does not write. C3
// looks before its key touches a list; `assent lint` looks at anybody's. Source: GM/T 0015-2012
// annexes A and C; RFC 5280 5.
#ifndef ASSENT_DOMAIN_PKI_CRL_LINT_H
#define ASSENT_DOMAIN_PKI_CRL_LINT_H

#include "domain/pki/crl.h"

typedef struct {
    const char *code;  // "lint.crl_number"
    const char *clause;
    const char *rule;  // the sentence that does not hold
    bool is_advice;    // not recommended, but no fault
} CrlLintRule;

enum { CRL_LINT_MAX_FINDINGS = 40 };

// The rules, each code once, in the order in which they are looked at.
const CrlLintRule *crl_lint_rules(size_t *ret_count);

// Look for every rule that a list breaks. An indexed list (crl_index_entries) is searched for
// entries that are there twice anywhere, another one for neighbours only.
//
// issuer  the certificate whose key signs the list; NULL: not known, and nothing is said about it.
// ret     the broken rules, in the order of the table; they live for ever.
//
// Returns their number.
size_t crl_lint(const Crl *crl, const Certificate *issuer,
                const CrlLintRule *ret[CRL_LINT_MAX_FINDINGS]);
// crl_lint as a gate: fails with ERROR_INPUT, the code and the clause of the first fault.
bool crl_lint_check(const Crl *crl, const Certificate *issuer, Error *err) MUST_CHECK;

#endif
