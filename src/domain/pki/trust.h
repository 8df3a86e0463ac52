// SPDX-License-Identifier: Apache-2.0
//
// TrustStore: what a verification starts from. Anchors are believed because the operator says so;
// other certificates, CRLs and OCSP responses are only material that path.h verifies before use.
#ifndef ASSENT_DOMAIN_PKI_TRUST_H
#define ASSENT_DOMAIN_PKI_TRUST_H

#include "domain/pki/certificate.h"
#include "domain/pki/crl.h"

enum { TRUST_MAX_CERTIFICATES = 1024, TRUST_MAX_CRLS = 256, TRUST_MAX_OCSP = 64 };

typedef struct TrustStore TrustStore;

// Create an empty store in the arena. Once filled it may be read by many threads; it remembers
// which of its signatures were verified, so put in what is met again and again (a TSA's and the
// components' certificates too), and build a new store when a list is renewed.
// NULL when the arena is exhausted.
TrustStore *trust_store_new(Arena *arena) MUST_CHECK;
// Create a store that adds to `base` (borrowed, unchanged) what came with one message.
TrustStore *trust_store_extend(Arena *arena, const TrustStore *base) MUST_CHECK;

// Have a store take certificates and lists of other algorithms too, to judge chains of others
// (PathPolicy.takes_foreign).
void trust_store_take_foreign(TrustStore *store);

// Add what one DER object or all PEM blocks of the kind hold; bytes are copied. Anchors are
// certificates that may issue, or that are themselves trusted (a pinned signer).
// Fail with ERROR_INPUT (malformed, or no block) or ERROR_LIMIT.
bool trust_store_add_anchors(TrustStore *store, Bytes der_or_pem, Error *err) MUST_CHECK;
bool trust_store_add_certificates(TrustStore *store, Bytes der_or_pem, Error *err) MUST_CHECK;
bool trust_store_add_crls(TrustStore *store, Bytes der_or_pem, Error *err) MUST_CHECK;
bool trust_store_add_ocsp(TrustStore *store, Bytes der_or_pem, Error *err) MUST_CHECK;

// True if there is anything that tells of revocation.
bool trust_store_has_revocation(const TrustStore *store);
size_t trust_store_anchor_count(const TrustStore *store);
// True if this very certificate is an anchor.
bool trust_store_has_anchor(const TrustStore *store, const Certificate *certificate);
// Find an anchor or other certificate by subject name and, when not empty, key identifier.
// `skip` gives the next ones: 0 is the first. NULL when there are no more.
const Certificate *trust_store_find_subject(const TrustStore *store, Bytes subject,
                                            Bytes key_identifier, size_t skip);
// The certificates of the store, anchors and others, one by one. NULL when there are no more.
const Certificate *trust_store_certificate(const TrustStore *store, size_t index);
// The lists of an issuer, in no particular order. NULL when there are no more.
const Crl *trust_store_find_crl(const TrustStore *store, Bytes issuer, size_t skip);

#endif
