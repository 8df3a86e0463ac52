// SPDX-License-Identifier: Apache-2.0
//
// CSRResponse: the answer to a certification request that brings a pair of certificates: one for
// signing with the requester's key, one for encryption with a key that came from key management,
// and that key's private half in an envelope for the signing key.
//
//     CSRResponse ::= SEQUENCE {
//       signCertificate      SET OF Certificate,
//       encryptedPrivateKey  [0] SM2EnvelopedKey OPTIONAL,
//       encryptCertificate   [1] SET OF Certificate OPTIONAL }
#ifndef ASSENT_DOMAIN_PKI_CSR_RESPONSE_H
#define ASSENT_DOMAIN_PKI_CSR_RESPONSE_H

#include "domain/pki/certificate.h"
#include "domain/pki/enveloped_key.h"

enum { CSR_RESPONSE_MAX_SIZE = 256 * 1024, CSR_RESPONSE_MAX_CERTIFICATES = 8 };

// Certificates of one purpose, DER. The first is the holder's where the sender kept to that; the
// rest is its chain. A SET has no order, so look for the certificate by its key.
typedef struct {
    Bytes certificates[CSR_RESPONSE_MAX_CERTIFICATES];
    size_t count;
} CertificateSet;

// Views borrow the DER.
typedef struct {
    CertificateSet sign;
    bool has_pair;  // then the two below are there
    EnvelopedKey enveloped_key;
    CertificateSet encryption;
} CsrResponse;

// Parse one response that fills `der`; every certificate in it parses. [0] may hold the whole
// SM2EnvelopedKey (what is written here) or only its content, and [1] the certificates one after
// the other (written) or a whole SET. Fails with ERROR_INPUT "csr_response.malformed" (also when
// only one of [0] and [1] is there), or as certificate_parse and enveloped_key_parse do.
// Source: GM/T 0092-2020 8, annex A.
bool csr_response_parse(Bytes der, CsrResponse *ret, Error *err) MUST_CHECK;

typedef struct {
    CertificateSet sign;  // the holder's first
    Bytes enveloped_key;  // DER of SM2EnvelopedKey; empty: no pair
    CertificateSet encryption;
} CsrResponseTemplate;

// Append a response. The certificates stay in the order given, which readers of the field rely on
// more than on the order of a SET's encoding. Fails with ERROR_INPUT "csr_response.template" (no
// signing certificate, half a pair, too many) or ERROR_LIMIT (writer full).
bool csr_response_build(const CsrResponseTemplate *template, Writer *ret, Error *err) MUST_CHECK;

// Find the certificate of a key. False when there is none.
bool csr_response_find(const CertificateSet *set, const Sm2PublicKey *key, Certificate *ret);

#endif
