// SPDX-License-Identifier: Apache-2.0
//
// Possession: a measure that rests on having a phone counts once a code that was sent to it came
// back.
#ifndef ASSENT_COMPONENT_BUSINESS_POSSESSION_H
#define ASSENT_COMPONENT_BUSINESS_POSSESSION_H

#include "component/business/identity.h"
#include "domain/identity/adapter.h"

// Send a code for the latest measure: for a bank card the bank does, else the institution.
// Source: JR/T 0299-2024 5.2.1.
bool possession_send(Work *work, const Measuring *measuring, const MeasureInput *input,
                     Error *err) MUST_CHECK;

#endif
