// SPDX-License-Identifier: Apache-2.0
//
// The life of a certificate: its states, what may follow which, and who may ask for it.
// Source: JR/T 0299-2024 6.5.
#ifndef ASSENT_COMPONENT_CERTIFICATION_LIFECYCLE_H
#define ASSENT_COMPONENT_CERTIFICATION_LIFECYCLE_H

#include "base/core/error.h"
#include "base/core/time.h"

typedef enum {
    CERTIFICATE_REQUESTED,  // asked for; there is no certificate yet
    CERTIFICATE_REJECTED,   // final: there is none and will be none
    CERTIFICATE_ISSUED,     // signed, not yet with its holder
    CERTIFICATE_DELIVERED,  // handed over, not yet accepted
    CERTIFICATE_ACTIVE,     // accepted: used or confirmed by its holder
    CERTIFICATE_UPDATED,    // another one has been issued in its place
    CERTIFICATE_SUSPENDED,
    CERTIFICATE_REVOKED,  // final
    CERTIFICATE_EXPIRED,  // final; follows from the time, never stored
    CERTIFICATE_STATE_COUNT
} CertificateState;

typedef enum {
    OPERATION_ISSUE,
    OPERATION_REJECT,
    OPERATION_DELIVER,
    OPERATION_ACCEPT,
    OPERATION_UPDATE,  // issue another one with a new key in its place
    OPERATION_SUSPEND,
    OPERATION_RESUME,
    OPERATION_REVOKE,
    OPERATION_EXPIRE,
    OPERATION_COUNT
} CertificateOperation;

// In whose name an operation is asked for.
typedef enum {
    REQUESTER_HOLDER,     // the person, vouched for by the registration authority
    REQUESTER_REGISTRAR,  // the registration authority itself
    REQUESTER_RISK,       // the risk engine, by way of the registration authority
    REQUESTER_AUTHORITY,  // the CA: two of its officers
    REQUESTER_COURT,      // a court's order, carried out by two officers of the CA
    REQUESTER_CLOCK,      // nobody: a term has passed
    REQUESTER_COUNT
} Requester;

enum { REASON_REMOVE_FROM_LIST = 8 };  // resumes. Source: RFC 5280 5.3.1

const char *certificate_state_name(CertificateState state);  // "ACTIVE"
bool certificate_state_from_name(const char *name, CertificateState *ret);
const char *certificate_operation_name(CertificateOperation operation);  // "suspend"
const char *requester_name(Requester requester);                         // "holder"
bool requester_from_name(const char *name, Requester *ret);
// True for who is vouched for by a registration authority; the others speak through the CA.
bool requester_comes_by_registrar(Requester requester);

// What a certificate's record says about its life.
typedef struct {
    CertificateState stored;  // ACTIVE, SUSPENDED or REVOKED: what relying parties are told
    Time delivered_at, accepted_at;
    Time hold_until;  // when a suspension becomes a revocation; 0: it does not
    Time expires_at;
    bool has_successor;
} CertificateLife;

// The state that a record means at `now`.
CertificateState certificate_life_at(const CertificateLife *life, Time now);
// For relying parties, who ask only whether it holds: ACTIVE stands for all states in which it
// does.
CertificateState certificate_state_at(CertificateState stored, Time expires_at, Time now);

// Which operation a reason asks for: 6 suspends, 8 resumes, others revoke. Fails with ERROR_INPUT
// "certificate.reason" (7, or not 0 to 10).
bool certificate_operation_of_reason(int reason, CertificateOperation *ret, Error *err) MUST_CHECK;

// Whether somebody may ask for an operation at all. Fails with ERROR_FORBIDDEN
// "certificate.requester".
bool certificate_requester_check(CertificateOperation operation, Requester requester,
                                 Error *err) MUST_CHECK;
// The state after an operation. Fails as certificate_requester_check does, and with ERROR_CONFLICT
// "certificate.state" when it is not possible in this state.
bool certificate_state_next(CertificateState from, CertificateOperation operation,
                            Requester requester, CertificateState *ret, Error *err) MUST_CHECK;

#endif
