// SPDX-License-Identifier: Apache-2.0
//
// What tells, at the moment of signing and for ever after, that the certificates had not been
// revoked: the issuing CA's list, its OCSP answer, or both.
#ifndef ASSENT_COMPONENT_BUSINESS_SIGNING_STATUS_H
#define ASSENT_COMPONENT_BUSINESS_SIGNING_STATUS_H

#include "component/business/work.h"
#include "domain/pki/trust.h"

// A list larger than this is not kept with an authorization when an answer decides.
enum { SIGNING_STATUS_MAX_LIST = 128 * 1024 };

// Ask the CA for the status of the person's certificate and of those others that it issued (the
// seal's maker, time-stamp authorities, this institution), add what it says to `trust`, and collect
// it as the artifacts "crl" and "ocsp". Once a list was found to be too large it is not asked for
// again while there are answers. Nobody's status is judged here.
// Fails as the status port does when neither list nor answer is to be had.
bool signing_status_add(Work *work, TrustStore *trust, Error *err) MUST_CHECK;

// Ask the CA with this certificate about those of the given ones that it issued. *ret is the
// verified OCSP response in the arena, or empty: none of them is its, or no answer is to be had.
// Fails with ERROR_INTERNAL.
bool signing_status_ask(Work *work, const TrustStore *trust, const Certificate *issuer,
                        const Certificate *certificates, size_t count, Bytes *ret,
                        Error *err) MUST_CHECK;

#endif
