// SPDX-License-Identifier: Apache-2.0
//
// The person's certificates of one session: what is kept of each under its number, from 0.
#ifndef ASSENT_COMPONENT_BUSINESS_CERTIFICATE_H
#define ASSENT_COMPONENT_BUSINESS_CERTIFICATE_H

#include "component/business/identity.h"
#include "component/business/key_home.h"
#include "component/business/work.h"
#include "component/port/registration.h"

// Beside "csr" (before C2 hears of it), "registration" and "certificate" (C2's answer):
// {"ended_at"} once it was revoked.
#define CERTIFICATE_END "certificate_end"

// Applications in one session: who reloads the page has to begin again in the end.
enum { CERTIFICATES_MAX = 3 };

// C1's pseudonym of the work's person towards C2 and C3, hexadecimal. NULL on exhaustion.
const char *certificate_holder_index(const Work *work) MUST_CHECK;
// What the session says in an application for a certificate, but for the key, which is yet to come.
// *ret borrows the applicant.
bool certificate_application(Work *work, const Applicant *applicant, const KeyHome *home,
                             RegistrationRequest *ret, Error *err) MUST_CHECK;

#endif
