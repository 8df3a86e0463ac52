// SPDX-License-Identifier: Apache-2.0
//
// Outages: whom C1 asks, and who does not answer. Each has an alarm "outage.NAME" once several
// calls in a row failed over some minutes, which the next answer ends. Nothing is asked for this:
// what people and the watch do is looked at.
#ifndef ASSENT_COMPONENT_BUSINESS_OUTAGES_H
#define ASSENT_COMPONENT_BUSINESS_OUTAGES_H

#include "component/business/work.h"

typedef enum {
    OUTAGE_PRESERVATION,  // C5
    OUTAGE_REGISTRATION,  // C2, and C3 behind it
    OUTAGE_IDENTITY,      // whoever verifies identities
    OUTAGE_SEALING,       // the seal maker
    OUTAGE_NOTIFICATION,  // messages to phones
    OUTAGE_SIGNING,       // stamps and revocation lists
    OUTAGE_BUREAU,
} OutageKind;

const char *outage_code(OutageKind kind);  // "outage.preservation"
// Note that somebody answered or did not. Thread-safe.
void outage_note(Business *business, OutageKind kind, bool has_failed);
// Note how a call of theirs went, and return `ok`. A refusal is an answer.
bool outage_judge(Business *business, OutageKind kind, bool ok, const Error *err);
// The same for a step (step.h) in which one of them alone is asked. Returns `ok`.
bool outage_judge_step(Business *business, const char *event, bool ok, const Error *err);

#endif
