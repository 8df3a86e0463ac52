// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lifecycle.h"

#include <string.h>

#include "domain/pki/crl.h"

enum { REASON_UNUSED = 7 };

// What may follow which, and nothing else. A certificate holds from its issue on; that it was
// handed over and accepted is on record for whoever has to show it.
static const struct {
    CertificateState from;
    CertificateOperation operation;
    CertificateState to;
} transitions[] = {
    {CERTIFICATE_REQUESTED, OPERATION_ISSUE, CERTIFICATE_ISSUED},
    {CERTIFICATE_REQUESTED, OPERATION_REJECT, CERTIFICATE_REJECTED},
    {CERTIFICATE_ISSUED, OPERATION_DELIVER, CERTIFICATE_DELIVERED},
    {CERTIFICATE_ISSUED, OPERATION_SUSPEND, CERTIFICATE_SUSPENDED},
    {CERTIFICATE_ISSUED, OPERATION_REVOKE, CERTIFICATE_REVOKED},
    {CERTIFICATE_ISSUED, OPERATION_EXPIRE, CERTIFICATE_EXPIRED},
    {CERTIFICATE_DELIVERED, OPERATION_ACCEPT, CERTIFICATE_ACTIVE},
    {CERTIFICATE_DELIVERED, OPERATION_SUSPEND, CERTIFICATE_SUSPENDED},
    {CERTIFICATE_DELIVERED, OPERATION_REVOKE, CERTIFICATE_REVOKED},
    {CERTIFICATE_DELIVERED, OPERATION_EXPIRE, CERTIFICATE_EXPIRED},
    {CERTIFICATE_ACTIVE, OPERATION_UPDATE, CERTIFICATE_UPDATED},
    {CERTIFICATE_ACTIVE, OPERATION_SUSPEND, CERTIFICATE_SUSPENDED},
    {CERTIFICATE_ACTIVE, OPERATION_REVOKE, CERTIFICATE_REVOKED},
    {CERTIFICATE_ACTIVE, OPERATION_EXPIRE, CERTIFICATE_EXPIRED},
    // Its key may be lost while it still holds.
    {CERTIFICATE_UPDATED, OPERATION_SUSPEND, CERTIFICATE_SUSPENDED},
    {CERTIFICATE_UPDATED, OPERATION_REVOKE, CERTIFICATE_REVOKED},
    {CERTIFICATE_UPDATED, OPERATION_EXPIRE, CERTIFICATE_EXPIRED},
    // Who resumes was identified afresh, and so has accepted what is resumed.
    {CERTIFICATE_SUSPENDED, OPERATION_RESUME, CERTIFICATE_ACTIVE},
    {CERTIFICATE_SUSPENDED, OPERATION_REVOKE, CERTIFICATE_REVOKED},
    {CERTIFICATE_SUSPENDED, OPERATION_EXPIRE, CERTIFICATE_EXPIRED},
};

#define BY(requester) (1U << REQUESTER_##requester)

// Who may ask for what. Source: JR/T 0299-2024 6.5; Electronic Signature Law 15.
static const struct {
    const char *name;
    unsigned by;
} operations[OPERATION_COUNT] = {
    [OPERATION_ISSUE] = {"issue", BY(REGISTRAR)},
    [OPERATION_REJECT] = {"reject", BY(AUTHORITY)},
    [OPERATION_DELIVER] = {"deliver", BY(REGISTRAR)},
    [OPERATION_ACCEPT] = {"accept", BY(HOLDER)},
    [OPERATION_UPDATE] = {"update", BY(HOLDER)},
    [OPERATION_SUSPEND] = {"suspend", BY(HOLDER) | BY(REGISTRAR) | BY(RISK) | BY(AUTHORITY)},
    [OPERATION_RESUME] = {"resume", BY(HOLDER) | BY(AUTHORITY)},
    [OPERATION_REVOKE] = {"revoke",
                          BY(HOLDER) | BY(REGISTRAR) | BY(AUTHORITY) | BY(COURT) | BY(CLOCK)},
    [OPERATION_EXPIRE] = {"expire", BY(CLOCK)},
};

static const char *const state_names[CERTIFICATE_STATE_COUNT] = {
    [CERTIFICATE_REQUESTED] = "REQUESTED", [CERTIFICATE_REJECTED] = "REJECTED",
    [CERTIFICATE_ISSUED] = "ISSUED",       [CERTIFICATE_DELIVERED] = "DELIVERED",
    [CERTIFICATE_ACTIVE] = "ACTIVE",       [CERTIFICATE_UPDATED] = "UPDATED",
    [CERTIFICATE_SUSPENDED] = "SUSPENDED", [CERTIFICATE_REVOKED] = "REVOKED",
    [CERTIFICATE_EXPIRED] = "EXPIRED",
};

static const char *const requester_names[REQUESTER_COUNT] = {
    [REQUESTER_HOLDER] = "holder", [REQUESTER_REGISTRAR] = "registrar",
    [REQUESTER_RISK] = "risk",     [REQUESTER_AUTHORITY] = "authority",
    [REQUESTER_COURT] = "court",   [REQUESTER_CLOCK] = "clock",
};

const char *certificate_state_name(CertificateState state)
{
    return state_names[state];
}

bool certificate_state_from_name(const char *name, CertificateState *ret)
{
    for (size_t i = 0; i < COUNT_OF(state_names); i++) {
        if (strcmp(state_names[i], name) == 0) {
            *ret = (CertificateState)i;
            return true;
        }
    }
    return false;
}

const char *certificate_operation_name(CertificateOperation operation)
{
    return operations[operation].name;
}

const char *requester_name(Requester requester)
{
    return requester_names[requester];
}

bool requester_from_name(const char *name, Requester *ret)
{
    for (size_t i = 0; i < COUNT_OF(requester_names); i++) {
        if (strcmp(requester_names[i], name) == 0) {
            *ret = (Requester)i;
            return true;
        }
    }
    return false;
}

bool requester_comes_by_registrar(Requester requester)
{
    return requester == REQUESTER_HOLDER || requester == REQUESTER_REGISTRAR ||
           requester == REQUESTER_RISK;
}

CertificateState certificate_state_at(CertificateState stored, Time expires_at, Time now)
{
    return stored != CERTIFICATE_REVOKED && now > expires_at ? CERTIFICATE_EXPIRED : stored;
}

CertificateState certificate_life_at(const CertificateLife *life, Time now)
{
    bool hold_is_over = life->stored == CERTIFICATE_SUSPENDED && life->hold_until != 0 &&
                        life->hold_until <= now && life->hold_until <= life->expires_at;
    CertificateState state = hold_is_over
                                 ? CERTIFICATE_REVOKED
                                 : certificate_state_at(life->stored, life->expires_at, now);
    if (state != CERTIFICATE_ACTIVE) {
        return state;
    }
    return life->has_successor       ? CERTIFICATE_UPDATED
           : life->accepted_at != 0  ? CERTIFICATE_ACTIVE
           : life->delivered_at != 0 ? CERTIFICATE_DELIVERED
                                     : CERTIFICATE_ISSUED;
}

bool certificate_operation_of_reason(int reason, CertificateOperation *ret, Error *err)
{
    if (reason < REASON_UNSPECIFIED || reason > REASON_AA_COMPROMISE || reason == REASON_UNUSED) {
        return error_set(err, ERROR_INPUT, "certificate.reason", "RFC 5280 5.3.1",
                         "%d is no reason for a change of status", reason);
    }
    *ret = reason == REASON_CERTIFICATE_HOLD   ? OPERATION_SUSPEND
           : reason == REASON_REMOVE_FROM_LIST ? OPERATION_RESUME
                                               : OPERATION_REVOKE;
    return true;
}

bool certificate_requester_check(CertificateOperation operation, Requester requester, Error *err)
{
    return (operations[operation].by & 1U << requester) != 0 ||
           error_set(err, ERROR_FORBIDDEN, "certificate.requester", "JR/T 0299-2024 6.5",
                     "to %s a certificate cannot be asked for by the %s",
                     operations[operation].name, requester_names[requester]);
}

bool certificate_state_next(CertificateState from, CertificateOperation operation,
                            Requester requester, CertificateState *ret, Error *err)
{
    if (!certificate_requester_check(operation, requester, err)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(transitions); i++) {
        if (transitions[i].from == from && transitions[i].operation == operation) {
            *ret = transitions[i].to;
            return true;
        }
    }
    return error_set(err, ERROR_CONFLICT, "certificate.state", "JR/T 0299-2024 6.5",
                     "to %s a certificate that is %s is not possible", operations[operation].name,
                     state_names[from]);
}
