// SPDX-License-Identifier: Apache-2.0
//
// Depositing issued reports with C5. A set is given out at once and deposited a little later,
// through the outbox: the deposit names M8 and, for each report, its number and the SM3 of both its
// forms. Until there is a receipt the set says "pending".
#ifndef ASSENT_COMPONENT_BUSINESS_REPORT_DEPOSIT_H
#define ASSENT_COMPONENT_BUSINESS_REPORT_DEPOSIT_H

#include "component/business/work.h"
#include "domain/evidence/deposit.h"

#define REPORT_DEPOSIT_SUBJECT "reports/"
// Artifacts, under the sequence of the set.
#define REPORT_DEPOSIT_SUBMISSION "report_submission"
#define REPORT_DEPOSIT_RECEIPT "report_receipt"

// Have a set deposited; part of the commit that keeps it.
bool report_deposit_order(Work *work, const char *set_id, Error *err) MUST_CHECK;
// Fill in the deposit of an outbox row's set.
bool report_deposit_fill(Work *work, const char *subject, Deposit *deposit, Error *err) MUST_CHECK;
// Keep what was sent and C5's receipt for it; part of the commit that ends the row.
bool report_deposit_keep(Work *work, const char *subject, Bytes submission, Bytes receipt,
                         Error *err) MUST_CHECK;
// {"state":"pending"} or {"state":"deposited","log_index","received","submission":SM3} of the set
// with this sequence.
bool report_deposit_state(Work *work, int64_t sequence, json_t **ret, Error *err) MUST_CHECK;

#endif
