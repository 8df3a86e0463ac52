// SPDX-License-Identifier: Apache-2.0
//
// The last look at a certificate before it is signed: does what would be signed fit the format,
// the profile and the request? It is read back from its encoding, by the reader that relying
// parties use. What holds for every certificate is in domain/lint, which is asked too.
#ifndef ASSENT_COMPONENT_CERTIFICATION_LINT_H
#define ASSENT_COMPONENT_CERTIFICATION_LINT_H

#include "component/certification/profile.h"
#include "domain/pki/certificate.h"

// What the certificate has to be. All borrowed.
typedef struct {
    const Certificate *issuer;
    const Profile *profile;
    const char *common_name;
    const char *serial_number;
    const Sm2PublicKey *public_key;
    const char *person_number;  // that has to be in it; NULL or "": none may be
    Bytes number_commitment;    // that has to be in it; empty: none may be
    bool needs_crl_url;
} LintRules;

// Check a certificate of a person that is about to be signed. Fails with ERROR_INPUT; the code
// "lint.*" and the clause tell which rule of the table is broken.
// Source: GM/T 0015-2012 annexes A to C; JR/T 0299-2024 6.2, 6.4 a; Electronic Signature Law 21.
bool lint_certificate(const Certificate *candidate, const LintRules *rules, Error *err) MUST_CHECK;

#endif
