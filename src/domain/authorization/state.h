// SPDX-License-Identifier: Apache-2.0
//
// The life of one authorization as a table of permitted transitions.
#ifndef ASSENT_DOMAIN_AUTHORIZATION_STATE_H
#define ASSENT_DOMAIN_AUTHORIZATION_STATE_H

#include <stdbool.h>

#include "base/core/attributes.h"
#include "base/core/error.h"

typedef enum {
    STATE_CREATED,
    STATE_CONSENTED,   // notices shown, consents to collection given
    STATE_IDENTIFIED,  // M1: identity decision PASS
    STATE_CERTIFIED,   // M4: the certificate is where the key is
    STATE_PRESENTED,   // M5: the agreement was shown, its digest is fixed
    STATE_ACTIVATED,   // re-authenticated for exactly that digest
    STATE_SIGNED,      // verified and stored
    STATE_DEPOSITED,   // M6 to M8 have receipts
    STATE_ACTIVE,      // queries may pass
    STATE_DISPUTED,    // an objection is open: no queries
    STATE_FROZEN,      // what is kept of it is not what was signed or deposited: no queries
    STATE_MANUAL,      // a person of the institution has to decide about identity
    STATE_WITHDRAWN,
    STATE_EXPIRED,
    STATE_REJECTED,   // identity failed or was refused
    STATE_CANCELLED,  // given up before signing
    STATE_VOID,       // signed but worthless, for example a stamp more than 300 s off
    STATE_COUNT
} AuthorizationState;

typedef enum {
    EVENT_CONSENT,
    EVENT_IDENTIFY,  // decision PASS
    EVENT_REFER,     // decision MANUAL
    EVENT_REJECT,    // decision FAIL
    EVENT_CERTIFY,
    EVENT_PRESENT,
    EVENT_ACTIVATE,
    EVENT_LOSE_KEY,   // before any signature: a new key needs a new certificate
    EVENT_REPRESENT,  // the text changed: consent again. Source: PIPL 14
    EVENT_SIGN,
    EVENT_DEPOSIT,
    EVENT_TAKE_EFFECT,
    EVENT_WITHDRAW,  // Source: PIPL 15
    EVENT_DISPUTE,   // Source: Reg 25
    EVENT_SETTLE,    // the objection is settled, the authorization stands
    EVENT_FREEZE,    // Source: requirements E11, K03
    EVENT_UNFREEZE,  // what is kept verifies again
    EVENT_EXPIRE,
    EVENT_CANCEL,
    EVENT_VOID,
    EVENT_COUNT
} AuthorizationEvent;

// The state after an event. Fails with ERROR_CONFLICT "authorization.transition", naming both;
// *ret is untouched then.
bool authorization_state_next(AuthorizationState state, AuthorizationEvent event,
                              AuthorizationState *ret, Error *err) MUST_CHECK;
// True if nothing can follow.
bool authorization_state_is_final(AuthorizationState state);

const char *authorization_state_name(AuthorizationState state);     // "ACTIVE"
const char *authorization_state_chinese(AuthorizationState state);  // "已生效"
bool authorization_state_from_name(const char *name, AuthorizationState *ret);
const char *authorization_event_name(AuthorizationEvent event);  // "TAKE_EFFECT"

#endif
