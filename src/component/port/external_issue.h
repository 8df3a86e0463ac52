// SPDX-License-Identifier: Apache-2.0
//
// What C2 makes of a certificate by a CA that is not C3: a check, and a record in C2's own name.
#ifndef ASSENT_COMPONENT_PORT_EXTERNAL_ISSUE_H
#define ASSENT_COMPONENT_PORT_EXTERNAL_ISSUE_H

#include "component/port/certification.h"
#include "domain/pki/trust.h"

typedef struct {
    const TrustStore *trust;
    Bytes issuer;        // DER of the issuing CA's certificate
    const Bytes *chain;  // what came with it
    size_t chain_count;
    Time now;
} ExternalIssue;

// Check that a certificate is what was asked for: this key, this name and number, by this issuer,
// valid now and leading to an anchor. Fails with ERROR_UNTRUSTED "external_ca.certificate".
bool external_issue_check(const ExternalIssue *issue, const CertificationRequest *asked,
                          Bytes certificate, Arena *arena, Error *err) MUST_CHECK;

// What the record of an issue says beside the certificate.
typedef struct {
    Bytes certificate;
    Bytes issuer;            // DER
    const char *policy_oid;  // dotted
    const char *cps_uri;
    const char *cps_version;
} ExternalRecord;

// State an issue (CERTIFICATION_ISSUED_TYPE) in the name of `institution`, which got the
// certificate from the CA.
bool external_issue_state(const ExternalRecord *record, const CertificationRequest *asked,
                          const Institution *institution, Arena *arena, CertificationResult *ret,
                          Bytes *ret_statement, Error *err) MUST_CHECK;

#endif
