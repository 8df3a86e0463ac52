// SPDX-License-Identifier: Apache-2.0
//
// Query reasons of the credit reference database and when each may be used.
#ifndef ASSENT_DOMAIN_AUTHORIZATION_PURPOSES_H
#define ASSENT_DOMAIN_AUTHORIZATION_PURPOSES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/core/error.h"

// What must be true of the business with the person while a reason is used.
typedef enum {
    PURPOSE_WHILE_APPLIED,      // an application is open
    PURPOSE_WHILE_OUTSTANDING,  // an account or a guarantee is outstanding
    PURPOSE_IN_ROLE,            // the person is guarantor, officer or merchant
    PURPOSE_NEVER,              // no authorization can cover it
} PurposeGate;

typedef struct {
    const char *code;     // "02"
    const char *chinese;  // "贷款审批"
    PurposeGate gate;
} Purpose;

// The code table; judicial investigation (09) is listed and never permitted.
// Source: query reason codes of the second-generation credit reference system.
const Purpose *purposes(size_t *ret_count);
const Purpose *purpose_find(const char *code);  // NULL when unknown
// Fails with ERROR_INPUT "purpose.unknown", or ERROR_FORBIDDEN "purpose.never" for 09.
bool purpose_check(const char *code, const Purpose **ret, Error *err) MUST_CHECK;

// What is going on between the person and the party, as the business system knows it.
typedef struct {
    bool application_open;
    bool account_outstanding;
    bool is_in_role;
} BusinessStatus;

// Fails with ERROR_FORBIDDEN "purpose.not_in_this_state" when the gate is closed.
bool purpose_gate_check(const Purpose *purpose, const BusinessStatus *business,
                        Error *err) MUST_CHECK;

typedef struct {
    const char *code;
    const char *chinese;
} DocumentType;

// Document types of the database; NULL when unknown. "10" is the resident identity card.
const DocumentType *document_type_find(const char *code);

#endif
