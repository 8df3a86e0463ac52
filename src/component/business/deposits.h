// SPDX-License-Identifier: Apache-2.0
//
// Deposits: signing what is handed to C5 and handing it over. A submission is stored before it is
// sent, so that a repetition after a crash sends the same bytes and gets the same receipt.
#ifndef ASSENT_COMPONENT_BUSINESS_DEPOSITS_H
#define ASSENT_COMPONENT_BUSINESS_DEPOSITS_H

#include "component/business/work.h"
#include "domain/evidence/deposit.h"
#include "domain/evidence/submission.h"

// Start a deposit of this authorization with room for events and items, in the work's arena.
bool deposit_begin(Work *work, DepositStage stage, Deposit *ret, Error *err) MUST_CHECK;
void deposit_add_event(Deposit *deposit, Time time, const char *type, const char *outcome,
                       const char *detail);
// The signed submission of a deposit, in the work's arena; the caller stores it.
bool deposit_sign(Work *work, const Deposit *deposit, Bytes *ret, Error *err) MUST_CHECK;
// Send a submission; *ret is C5's receipt in the work's arena.
bool deposit_send(Work *work, const Submission *submission, Bytes *ret, Error *err) MUST_CHECK;

#endif
