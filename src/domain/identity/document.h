// SPDX-License-Identifier: Apache-2.0
//
// The validity period printed on an ID card.
#ifndef ASSENT_DOMAIN_IDENTITY_DOCUMENT_H
#define ASSENT_DOMAIN_IDENTITY_DOCUMENT_H

#include "domain/identity/person.h"

typedef struct {
    Date from;
    Date until;  // the last valid day; ignored when long_term
    bool is_long_term;
} DocumentValidity;

// What is odd about a period that is still accepted.
typedef enum {
    DOCUMENT_PLAUSIBLE,
    DOCUMENT_ODD_FOR_AGE,  // for example ten years for a person of 50 at issue
} DocumentNote;

// Check the period on the day of `at`: 5, 10 or 20 years or long-term, begun, not expired.
// Fails with ERROR_INPUT ("document.period", "document.not_yet_valid") or ERROR_FORBIDDEN
// ("document.expired"). `ret` says whether the period fits the age at issue: 5 years below 16,
// 10 to 25, 20 to 45, long-term from 46.
// Source: Resident Identity Card Law 5.
bool document_validity_check(const Person *person, const DocumentValidity *validity, Time at,
                             DocumentNote *ret, Error *err) MUST_CHECK;
// Parse {"from":"2020-01-02","until":"2030-01-02"} texts; until may be "long-term" or "长期".
bool document_validity_parse(const char *from, const char *until, DocumentValidity *ret,
                             Error *err) MUST_CHECK;

#endif
