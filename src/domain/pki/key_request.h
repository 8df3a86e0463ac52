// SPDX-License-Identifier: Apache-2.0
//
// What the owner of a key asks for a certificate with, in either of the two forms of the field: a
// PKCS#10 request, or a CertReqMsg of CRMF.
#ifndef ASSENT_DOMAIN_PKI_KEY_REQUEST_H
#define ASSENT_DOMAIN_PKI_KEY_REQUEST_H

#include "domain/pki/crmf.h"
#include "domain/pki/csr.h"

typedef struct {
    Bytes der;
    bool is_crmf;
    Bytes subject;  // whole Name, or empty
    Sm2PublicKey public_key;
    Csr csr;           // when it is PKCS#10
    CrmfRequest crmf;  // otherwise
} KeyRequest;

// Parse one request that fills `der`. Fails as csr_parse and crmf_request_parse do, and with
// ERROR_INPUT "crmf.key" when a CertReqMsg names no key.
bool key_request_parse(Bytes der, KeyRequest *ret, Error *err) MUST_CHECK;
// Check that it asks for nothing beside a name and a key: attributes or extensions. Fails with
// ERROR_FORBIDDEN "key_request.extension".
bool key_request_check_bare(const KeyRequest *request, Error *err) MUST_CHECK;
// Check proof of possession. A signature made with an empty ID is one too, in both forms: OpenSSL
// before 4.0 makes it unless it is told the ID, and cannot be told in CMP.
// Fails with ERROR_UNTRUSTED "csr.possession" or "crmf.possession".
bool key_request_verify_possession(const KeyRequest *request, Error *err) MUST_CHECK;

// The same for many PKCS#10 requests in lanes, by the default ID alone: ret[i] is true where
// possession is proven. Where it is not, also for every CRMF request, the function above decides.
void key_request_verify_many(const KeyRequest *const *requests, size_t count, bool *ret);

#endif
