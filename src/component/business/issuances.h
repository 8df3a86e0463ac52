// SPDX-License-Identifier: Apache-2.0
//
// Issuances: every certificate that the evidence log holds in the person's name, whoever had it
// issued, for the person alone; and the objection to one, which suspends it at once.
// docs/transparency.md.
#ifndef ASSENT_COMPONENT_BUSINESS_ISSUANCES_H
#define ASSENT_COMPONENT_BUSINESS_ISSUANCES_H

#include "component/business/work.h"
#include "domain/evidence/deposit.h"

// Subject in the outbox, followed by the number of the objection.
#define CERTIFICATE_OBJECTION_SUBJECT "certificate-objection/"

// Add what such an outbox row is about to a deposit.
bool issuances_add_event(Work *work, const char *subject, Deposit *deposit, Error *err) MUST_CHECK;

#endif
