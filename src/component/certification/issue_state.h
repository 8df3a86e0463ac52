// SPDX-License-Identifier: Apache-2.0
//
// The inside of one issue, shared by issue.c and issue_check.c.
#ifndef ASSENT_COMPONENT_CERTIFICATION_ISSUE_STATE_H
#define ASSENT_COMPONENT_CERTIFICATION_ISSUE_STATE_H

#include "component/certification/authority.h"
#include "component/certification/issuance.h"
#include "component/port/key_management.h"
#include "domain/pki/key_request.h"
#include "domain/privacy/number_commitment.h"

// One request on its way to a certificate. Everything is in the request's arena.
struct Issue {
    Certification *certification;
    Arena *arena;
    const Rules *rules;  // in force when the request came
    const Registrar *registrar;
    const char *caller;
    Bytes statement;
    Sm3Digest digest;  // of the request's payload
    CertificationRequest request;
    const Profile *profile;
    char number[PERSON_NUMBER_LEN + 1];  // "": not in the certificate
    KeyRequest key;
    Time now;
    Bytes tbs;  // of the certificate, linted, to be signed
    Bytes certificate;
    const char *serial;
    Time expires_at;
    // Of a pair: its companion for encryption, and the key that comes for it.
    Bytes encryption_certificate;
    const char *encryption_serial;
    KeyPairResult encryption_key;
    bool is_possession_proven;  // somebody has verified it already
    CertificationResult record;
    IssuanceLogging *logging;
    Certificate parsed;  // `certificate`
};

// M2, M3: licence in force, profile known, subject sound, carrier one of the profile's, what it
// renews and the personal number allowed. Fills in profile, key and number.
// Fails with ERROR_INPUT, ERROR_FORBIDDEN or ERROR_UNAVAILABLE "certification.*", or as
// key_request_parse does.
bool issue_check(Issue *issue, Error *err) MUST_CHECK;
// Possession of the key is proven. Fails as key_request_verify_possession does.
bool issue_check_possession(const Issue *issue, Error *err) MUST_CHECK;

#endif
