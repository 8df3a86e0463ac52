// SPDX-License-Identifier: Apache-2.0
//
// The inside of a TrustStore, for trust.c and path.c.
#ifndef ASSENT_DOMAIN_PKI_TRUST_NODE_H
#define ASSENT_DOMAIN_PKI_TRUST_NODE_H

#include <stdatomic.h>

#include "domain/pki/ocsp_response.h"
#include "domain/pki/trust.h"

// Remembers one fact that never changes: the signature on this object holds under this key.
// Set once, by whichever thread is first; so a CA's certificate and list are verified once per
// store and not once per use.
typedef struct {
    _Atomic int state;
    bool is_foreign;
    Sm2PublicKey key;        // unless it is foreign
    Sm3Digest foreign_info;  // of the whole SubjectPublicKeyInfo
} VerifiedKey;

bool verified_key_is(const VerifiedKey *verified, const Certificate *signer);
void verified_key_set(VerifiedKey *verified, const Certificate *signer);
// verified_key_set in two steps, between which what belongs to the fact is written by the one who
// began. False: somebody else did.
bool verified_key_begin(VerifiedKey *verified) MUST_CHECK;
void verified_key_end(VerifiedKey *verified, const Certificate *signer);

typedef struct TrustCertificate TrustCertificate;
struct TrustCertificate {
    Certificate certificate;
    bool is_anchor;
    VerifiedKey verified;
    TrustCertificate *next;
};

typedef struct TrustCrl TrustCrl;
struct TrustCrl {
    Crl crl;
    VerifiedKey verified;
    TrustCrl *next;
};

typedef struct TrustOcsp TrustOcsp;
struct TrustOcsp {
    OcspResponse response;
    VerifiedKey verified;   // the issuer for which it speaks
    Certificate responder;  // once it is verified; no DER: the issuer itself
    TrustOcsp *next;
};

// The nodes of a store, after those of the stores that it extends: what somebody sends along comes
// last, so that it cannot use up the limits before the judge's own material was looked at. Start
// with trust_store_cursor; NULL at the end.
typedef struct {
    const TrustStore *top, *store;
    TrustCertificate *certificate;
    TrustCrl *crl;
    TrustOcsp *ocsp;
} TrustCursor;

TrustCursor trust_store_cursor(const TrustStore *store);
TrustCertificate *trust_cursor_next_certificate(TrustCursor *cursor);
TrustCrl *trust_cursor_next_crl(TrustCursor *cursor);
TrustOcsp *trust_cursor_next_ocsp(TrustCursor *cursor);

#endif
