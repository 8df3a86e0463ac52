// SPDX-License-Identifier: Apache-2.0
//
// The query gate: may this use of an authorization pass? Every no has a code of its own.
#ifndef ASSENT_DOMAIN_AUTHORIZATION_GATE_H
#define ASSENT_DOMAIN_AUTHORIZATION_GATE_H

#include "base/core/time.h"
#include "domain/authorization/authorization.h"
#include "domain/authorization/state.h"

typedef enum { USE_QUERY, USE_REPORT } UseKind;

// What is known about the authorization that is to be spent.
typedef struct {
    const Authorization *authorization;
    AuthorizationState state;
    Sm3Digest person_index;  // of the person who signed
    Time signed_at;          // time of the stamp
    bool is_settled;         // the business ended: the term by event is over
    BusinessStatus business;
    uint64_t used_in_period;  // uses in the current period, or in all for PERIOD_TOTAL
} GateSubject;

// What is asked.
typedef struct {
    UseKind kind;
    const char *purpose;         // code; of a report NULL
    const char *party_uscc;      // who asks
    const char *source_uscc;     // whose data (query) or to whom (report)
    const char *recipient_uscc;  // who receives the result; NULL: the asking party
    Sm3Digest person_index;      // about whom
    Time now;
} GateQuery;

// Pass or say why not, in this order, so that a forbidden asker learns least:
// ERROR_INPUT "purpose.unknown"; ERROR_FORBIDDEN "gate.other_party", "gate.other_person",
// "gate.withdrawn", "gate.disputed", "gate.frozen", "gate.expired", "gate.not_in_force",
// "gate.before_term", "gate.after_term", "gate.settled", "gate.scope", "purpose.never",
// "gate.other_purpose", "purpose.not_in_this_state", "gate.other_source", "gate.other_recipient";
// ERROR_LIMIT "gate.count_exceeded". Source: Regulation on the Credit Reporting Industry 18, 20,
// 28, 29.
bool gate_check(const GateSubject *subject, const GateQuery *query, Error *err) MUST_CHECK;

// Start of the period that holds `now`, in Asia/Shanghai: where to count uses from. 0 for
// PERIOD_TOTAL.
Time frequency_period_start(FrequencyPeriod period, Time now);

#endif
