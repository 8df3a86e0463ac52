// SPDX-License-Identifier: Apache-2.0
//
// The authorization letter of this institution.
#ifndef ASSENT_COMPONENT_BUSINESS_AGREEMENT_H
#define ASSENT_COMPONENT_BUSINESS_AGREEMENT_H

#include "component/business/work.h"

// Load and lay out the letter with the institution's own data, once. Fails with ERROR_INPUT.
bool business_load_agreement(Business *business, Error *err) MUST_CHECK;

#endif
