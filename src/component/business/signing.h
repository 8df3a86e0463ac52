// SPDX-License-Identifier: Apache-2.0
//
// M5 as C1 sees it: what was shown, what is to be signed, and what came back.
#ifndef ASSENT_COMPONENT_BUSINESS_SIGNING_H
#define ASSENT_COMPONENT_BUSINESS_SIGNING_H

#include "component/business/work.h"
#include "domain/authorization/behaviour.h"
#include "domain/seal/seal_signature_verify.h"

enum { SEAL_MAX_BYTES = 512 * 1024, SIGNED_MAX_BYTES = 4 * 1024 * 1024 };

// The trust for judging this person's signature: the configured anchors, the chain that came with
// the certificate, and the current revocation list, which is kept beside the signature.
bool signing_trust(Work *work, const TrustStore **ret, Error *err) MUST_CHECK;
// The digest to which the person's re-authentication is bound: SM3 of the TBS_Sign.
Sm3Digest signing_digest(Bytes tbs);

// SM3 of the signed agreement, kept beside it. Fails as work_get does.
bool signing_get_signed_digest(Work *work, Sm3Digest *ret, Error *err) MUST_CHECK;

// Deposit M6, M7 and M8 as far as they are not yet, and bring the authorization into force.
// Repeatable; commits after each step. Source: JR/T 0299-2024 4 f, g, h.
bool deposits_complete(Work *work, Error *err) MUST_CHECK;

#endif
