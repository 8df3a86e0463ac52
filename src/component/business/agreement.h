// SPDX-License-Identifier: Apache-2.0
//
// The authorization letter of this institution, and the masked copy of a signed one.
#ifndef ASSENT_COMPONENT_BUSINESS_AGREEMENT_H
#define ASSENT_COMPONENT_BUSINESS_AGREEMENT_H

#include "component/business/identity.h"
#include "component/business/work.h"

enum { AGREEMENT_MAX_SIZE = 4 * 1024 * 1024, AGREEMENT_VALUES_MAX = 64 };

// Load and lay out the letter with the institution's own data, once. Fails with ERROR_INPUT.
bool business_load_agreement(Business *business, Error *err) MUST_CHECK;
// The same for the letter that masked copies are filled into, which says on every page what it is.
bool business_load_copy(Business *business, Error *err) MUST_CHECK;
// Lay out a source with the institution's own data.
bool agreement_load_source(Business *business, Bytes source, AgreementTemplate **ret,
                           Error *err) MUST_CHECK;

// What stands in the places of a letter; texts are borrowed.
typedef struct {
    AgreementValue values[AGREEMENT_VALUES_MAX];
    size_t count;
} AgreementValues;

void agreement_add_value(AgreementValues *values, const char *name, const char *text);
// Add what a letter says of this person, authorization and ticks. False when memory is out.
bool agreement_collect_values(Work *work, const Applicant *applicant,
                              const Authorization *authorization, const json_t *ticks,
                              Time signed_on, AgreementValues *ret) MUST_CHECK;

#endif
