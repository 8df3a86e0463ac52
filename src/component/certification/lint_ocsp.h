// SPDX-License-Identifier: Apache-2.0
//
// The last look at an OCSP response before it is signed, read back from its encoding.
#ifndef ASSENT_COMPONENT_CERTIFICATION_LINT_OCSP_H
#define ASSENT_COMPONENT_CERTIFICATION_LINT_OCSP_H

#include "domain/pki/ocsp_response.h"

// What the response has to be. All borrowed; what is NULL or zero is not looked at.
typedef struct {
    const Certificate *issuer;     // of the certificates that are answered for
    const Certificate *responder;  // who signs
    const OcspRequest *request;    // that is answered
    Time now;                      // when it is signed
    Time max_life;                 // from thisUpdate to nextUpdate
} OcspLintRules;

// Check a successful response that is about to be signed. Fails with ERROR_INPUT; the code
// "lint.ocsp_*" and the clause tell which rule of the table is broken.
// Source: RFC 6960 4.2; RFC 5019 2.2; GM/T 0015-2012.
bool lint_ocsp(const OcspResponse *candidate, const OcspLintRules *rules, Error *err) MUST_CHECK;

#endif
