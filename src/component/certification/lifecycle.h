// SPDX-License-Identifier: Apache-2.0
//
// The life of a certificate: which change of status may follow which.
// Source: JR/T 0299-2024 6.5.
#ifndef ASSENT_COMPONENT_CERTIFICATION_LIFECYCLE_H
#define ASSENT_COMPONENT_CERTIFICATION_LIFECYCLE_H

#include "base/core/error.h"
#include "base/core/time.h"

typedef enum {
    CERTIFICATE_ACTIVE,
    CERTIFICATE_SUSPENDED,
    CERTIFICATE_REVOKED,  // final
    CERTIFICATE_EXPIRED,  // final; follows from the time, never stored
    CERTIFICATE_STATE_COUNT
} CertificateState;

enum { REASON_REMOVE_FROM_LIST = 8 };  // resumes. Source: RFC 5280 5.3.1

const char *certificate_state_name(CertificateState state);  // "ACTIVE"
bool certificate_state_from_name(const char *name, CertificateState *ret);

// What a stored state means at `now`.
CertificateState certificate_state_at(CertificateState stored, Time expires_at, Time now);
// The state after a change for a reason: 6 suspends, 8 resumes, others revoke. Fails with
// ERROR_INPUT "certificate.reason" (7, or not 0 to 10), ERROR_CONFLICT "certificate.state".
bool certificate_state_next(CertificateState from, int reason, CertificateState *ret,
                            Error *err) MUST_CHECK;

#endif
