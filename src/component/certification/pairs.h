// SPDX-License-Identifier: Apache-2.0
//
// Pairs of certificates: where a profile says so, a person's signing certificate gets a companion
// for encryption, whose key comes from the key management in an envelope for the signing key. Both
// stand and fall together. Source: GM/T 0015-2012 annex C.
#ifndef ASSENT_COMPONENT_CERTIFICATION_PAIRS_H
#define ASSENT_COMPONENT_CERTIFICATION_PAIRS_H

#include "component/certification/authority.h"
#include "component/port/key_management.h"

// Pin the key management's certificates. *ret is NULL when the configuration has none. Fails as
// partners_pin does.
bool pairs_start(const CertificationConfig *config, Pairs **ret, Error *err) MUST_CHECK;
void pairs_free(Pairs *pairs);

// Have a key pair issued for a signing certificate: the KM's word is verified, the envelope parses,
// and its key is another one than the signing key. Everything is in the arena. Fails with
// ERROR_UNAVAILABLE "certification.no_key_management", ERROR_UNTRUSTED
// "certification.key_management", or as the key management does.
bool pairs_ask(const Certification *certification, const Certificate *signing, Arena *arena,
               KeyPairResult *ret, Error *err) MUST_CHECK;

// Tell the key management of pairs that were revoked since, so that it archives their keys.
bool pairs_tell(Certification *certification, Error *err) MUST_CHECK;

// GET /v1/certificates/{serial}/enveloped-key: the registrar that applied.
RouteHandler certification_handle_enveloped_key;

#endif
