// SPDX-License-Identifier: Apache-2.0
//
// Objections: the person says that something is wrong with the authorization. Until staff have
// settled it nobody queries. What was said is personal and stays here, sealed; C5 gets its digest.
// Source: Regulation on the Credit Reporting Industry 25.
#ifndef ASSENT_COMPONENT_BUSINESS_OBJECTION_H
#define ASSENT_COMPONENT_BUSINESS_OBJECTION_H

#include "component/business/work.h"
#include "domain/evidence/deposit.h"

// Subjects in the outbox, each followed by the number of the objection.
#define OBJECTION_SUBJECT "objection/"
#define OBJECTION_END_SUBJECT "objection-settlement/"

// Put the newest objection and what became of it under "objection" of a reply; nothing when there
// was none.
bool objection_put(Work *work, json_t *reply, Error *err) MUST_CHECK;

// Add what an outbox row is about to a deposit.
bool objection_add_event(Work *work, const char *subject, Deposit *deposit, Error *err) MUST_CHECK;

#endif
