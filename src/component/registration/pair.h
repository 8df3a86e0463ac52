// SPDX-License-Identifier: Apache-2.0
//
// Pairs of certificates on their way through C2. Source: GM/T 0015-2012 annex C; GM/T 0092-2020 8.
#ifndef ASSENT_COMPONENT_REGISTRATION_PAIR_H
#define ASSENT_COMPONENT_REGISTRATION_PAIR_H

#include "component/registration/office.h"

// Check what C3 issued beside a signing certificate: nothing, or when a pair was asked for its
// companion for encryption, of the same subject. Fails with ERROR_UNTRUSTED
// "registration.pair", or as path_verify does for PURPOSE_ENCRYPTION.
bool office_check_companion(const CertificationResult *result, const Certificate *signing,
                            bool is_wanted, const TrustStore *trust, Time at,
                            Error *err) MUST_CHECK;
// Of a pair, get the enveloped key from C3 and put all of it into ret->csr_response; ret is what
// office_result gave. Fails with ERROR_UNTRUSTED "registration.pair", or as C3 does.
bool office_add_response(Registration *registration, Arena *arena, RegistrationResult *ret,
                         Error *err) MUST_CHECK;

#endif
