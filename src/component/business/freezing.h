// SPDX-License-Identifier: Apache-2.0
//
// Freezing: an authorization of which something kept is no longer what was signed or deposited is
// not used. The letter is hashed again before each query and by a watch that goes through all that
// is in force; C5 is asked for damage to what was deposited. It stays frozen until staff ask for
// the contrary and the letter verifies and C5 knows of no damage at that moment; while C5 cannot be
// asked, it stays frozen.
// Source: requirements E11, K03.
#ifndef ASSENT_COMPONENT_BUSINESS_FREEZING_H
#define ASSENT_COMPONENT_BUSINESS_FREEZING_H

#include "component/business/deposits.h"

// Subjects in the outbox: "freeze/N" and "unfreezing/N".
#define FREEZE_SUBJECT "freeze/"
#define UNFREEZING_SUBJECT "unfreezing/"

// Hash the letter of what is in force; freeze, durably, when it is not what was signed: then the
// gate refuses. Fails as the store does.
bool freezing_check(Work *work, Error *err) MUST_CHECK;
// The same for whoever is to be given the letter or something made of it: fails with
// ERROR_UNTRUSTED "letter.damaged" when it is not what was signed, in force or not. Before there is
// a letter it fails as work_get does.
bool freezing_guard(Work *work, Error *err) MUST_CHECK;
// What the outbox deposits of a freezing or unfreezing. Source: JR/T 0299-2024 8.3 d.
bool freezing_add_event(Work *work, const char *subject, Deposit *deposit, Error *err) MUST_CHECK;
// Note with the alarm where the evidence log tells of the freezing.
bool freezing_note_receipt(Work *work, Bytes receipt, Error *err) MUST_CHECK;
// One round of the watch. Fails when C5 cannot be asked; what is kept here was looked at then.
bool freezing_watch(Business *business, Error *err) MUST_CHECK;
void freezing_put_metrics(void *business, Writer *ret);

#endif
