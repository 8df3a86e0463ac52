// SPDX-License-Identifier: Apache-2.0
//
// C1's alarms (component/alarm), what raises them, and their routes:
//
//   authorization.frozen   the letter or a deposit is not what it was (freezing.h)
//   letter.damaged         the same of an authorization that is over
//   record.damaged         something else that is kept of an authorization does not open
//   deposit.failed         C5 or C2 refuses to take evidence, so that it will not go away by itself
//   deposit.overdue        evidence has waited for too long
//   query.refused          a query without authorization was tried; it happened, and does not last
//   certificate.unsigned   a certificate was issued and no signature followed (a warning)
//   objection.due          an objection is open for 15 days (a warning); 20 days: objection.overdue
//   watch.behind           a round of letters was not through in its time (a warning)
//   outage.*               somebody does not answer (outages.h; a warning, but C5)
//   disk.low, clock.off, store.failed   see component/alarm/vitals.h
//
// Source: rules R16, R17, R18 of domain 8.2; requirements E11, K03, K07.
#ifndef ASSENT_COMPONENT_BUSINESS_ALARMS_H
#define ASSENT_COMPONENT_BUSINESS_ALARMS_H

#include "component/business/work.h"

// Open the board; the store is open.
bool business_open_alarms(Business *business, Error *err) MUST_CHECK;
// Raise an alarm of an authorization; detail is a stable code.
void business_raise(Business *business, const char *code, const char *authorization_id,
                    const char *detail);
// Clear it. A failure is a line in the log: the next round tries again.
void business_settle(Business *business, const char *code, const char *authorization_id);
// Raise deposit.failed when evidence was refused: what is only delayed is none.
void business_note_refusal(Business *business, const char *authorization_id, const Error *why);
void business_put_metrics(void *business, Writer *ret);

#endif
