// SPDX-License-Identifier: Apache-2.0
//
// Holders: the secret of each person for the log of issues, what was issued under it, and what the
// person objects to. docs/transparency.md.
#ifndef ASSENT_COMPONENT_REGISTRATION_HOLDER_H
#define ASSENT_COMPONENT_REGISTRATION_HOLDER_H

#include "component/port/holder.h"
#include "component/registration/office.h"
#include "component/registration/records_holder.h"

// A secret for a person, to be inserted with the first application unless there is one;
// ret->institution is NULL when no log is configured.
bool holder_draw(const Application *application, const char *holder_index, HolderRow *ret,
                 Error *err) MUST_CHECK;
// The person's secret, drawn at the first time; empty when no log is configured. Fails with
// ERROR_FORBIDDEN "registration.other_institution" when the pseudonym is another institution's.
bool holder_secret(const Application *application, const char *holder_index, Bytes *ret,
                   Error *err) MUST_CHECK;

// What C3 answered for an application, and what belongs to it.
typedef struct {
    const RegistrationRow *row;
    const CertificationResult *result;
    const Certificate *certificate;
    const char *holder_index;
    Bytes secret;
} HolderIssue;

// Check that the issue is in the log under a number of the person's; it is to be taken in the write
// that keeps the issue. Fails with ERROR_UNTRUSTED "registration.not_logged",
// "registration.issuance", or as issuance_receipt_verify does; nothing of the certificate may be
// handed on then.
bool holder_check_issue(const Application *application, const HolderIssue *issue, HolderNumber *ret,
                        Error *err) MUST_CHECK;

// Answer an inquiry, and have a certificate suspended that its holder objects to: the body is C1's
// statement. Fail as HolderPort says.
bool holder_list(Application *application, HolderIssuances *ret, Error *err) MUST_CHECK;
bool holder_object(Application *application, const char **ret_serial, Error *err) MUST_CHECK;

#endif
