// SPDX-License-Identifier: Apache-2.0
//
// Certification requests (PKCS#10) with SM2 keys.
#ifndef ASSENT_DOMAIN_PKI_CSR_H
#define ASSENT_DOMAIN_PKI_CSR_H

#include "domain/pki/certificate.h"

enum { CSR_MAX_SIZE = 16 * 1024 };

// A parsed request; views borrow the DER.
typedef struct {
    Bytes der;
    Bytes info;     // CertificationRequestInfo: what is signed
    Bytes subject;  // whole Name; may be the empty sequence
    Sm2PublicKey public_key;
    Bytes attributes;  // content of [0]
    ObjectSignature signature;
} Csr;

// Parse one request that fills `der`. Fails with ERROR_INPUT "csr.malformed", "csr.algorithm",
// "csr.key".
// Source: RFC 2986 4.
bool csr_parse(Bytes der, Csr *ret, Error *err) MUST_CHECK;
// csr_parse of DER, or of the first CERTIFICATE REQUEST block of PEM, copied into the arena.
bool csr_load(Arena *arena, Bytes der_or_pem, Csr *ret, Error *err) MUST_CHECK;
// Check proof of possession: the signature holds under the request's own key. Fails with
// ERROR_UNTRUSTED "csr.possession".
bool csr_verify_possession(const Csr *csr, Error *err) MUST_CHECK;
// Build a request for the signer's key. Appends the DER.
bool csr_build(Bytes subject, const Signer *signer, Writer *ret, Error *err) MUST_CHECK;

#endif
