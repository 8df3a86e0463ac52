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

#include "component/business/work.h"

// Hash the letter of what is in force; freeze, durably, when it is not what was signed: then the
// gate refuses. Fails as the store does.
bool freezing_check(Work *work, Error *err) MUST_CHECK;
// One round of the watch. Fails when C5 cannot be asked; what is kept here was looked at then.
bool freezing_watch(Business *business, Error *err) MUST_CHECK;
void freezing_put_metrics(void *business, Writer *ret);

#endif
