// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lifecycle.h"

#include <string.h>

#include "domain/pki/crl.h"

typedef enum { CHANGE_SUSPEND, CHANGE_RESUME, CHANGE_REVOKE, CHANGE_COUNT } Change;

enum { REFUSED = CERTIFICATE_STATE_COUNT, REASON_UNUSED = 7 };

static const char *const state_names[] = {
    [CERTIFICATE_ACTIVE] = "ACTIVE",
    [CERTIFICATE_SUSPENDED] = "SUSPENDED",
    [CERTIFICATE_REVOKED] = "REVOKED",
    [CERTIFICATE_EXPIRED] = "EXPIRED",
};

static const int next_states[CERTIFICATE_STATE_COUNT][CHANGE_COUNT] = {
    //                        suspend                resume              revoke
    [CERTIFICATE_ACTIVE] = {CERTIFICATE_SUSPENDED, REFUSED, CERTIFICATE_REVOKED},
    [CERTIFICATE_SUSPENDED] = {REFUSED, CERTIFICATE_ACTIVE, CERTIFICATE_REVOKED},
    [CERTIFICATE_REVOKED] = {REFUSED, REFUSED, REFUSED},
    [CERTIFICATE_EXPIRED] = {REFUSED, REFUSED, REFUSED},
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

CertificateState certificate_state_at(CertificateState stored, Time expires_at, Time now)
{
    return stored != CERTIFICATE_REVOKED && now > expires_at ? CERTIFICATE_EXPIRED : stored;
}

bool certificate_state_next(CertificateState from, int reason, CertificateState *ret, Error *err)
{
    if (reason < REASON_UNSPECIFIED || reason > REASON_AA_COMPROMISE || reason == REASON_UNUSED) {
        return error_set(err, ERROR_INPUT, "certificate.reason", "RFC 5280 5.3.1",
                         "%d is no reason for a change of status", reason);
    }
    Change change = reason == REASON_CERTIFICATE_HOLD   ? CHANGE_SUSPEND
                    : reason == REASON_REMOVE_FROM_LIST ? CHANGE_RESUME
                                                        : CHANGE_REVOKE;
    int next = next_states[from][change];
    if (next == REFUSED) {
        return error_set(err, ERROR_CONFLICT, "certificate.state", "JR/T 0299-2024 6.5",
                         "a certificate that is %s cannot be changed for reason %d",
                         state_names[from], reason);
    }
    *ret = (CertificateState)next;
    return true;
}
