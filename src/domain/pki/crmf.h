// SPDX-License-Identifier: Apache-2.0
//
// Certificate requests in the Certificate Request Message Format, with SM2 keys: one CertReqMsg,
// and the CertTemplate that revocation requests use too.
#ifndef ASSENT_DOMAIN_PKI_CRMF_H
#define ASSENT_DOMAIN_PKI_CRMF_H

#include "base/codec/der.h"
#include "domain/pki/certificate.h"

enum { CRMF_MAX_SIZE = 16 * 1024 };

// CertTemplate. What is absent is empty.
typedef struct {
    Bytes serial;   // INTEGER content octets
    Bytes issuer;   // whole Name
    Bytes subject;  // whole Name
    bool has_public_key;
    Sm2PublicKey public_key;
    bool has_validity;  // OptionalValidity; what is asked for is not read
    Bytes extensions;   // content of SEQUENCE OF Extension
} CrmfTemplate;

// How the requester shows that it has the private key. Source: RFC 4211 4.
typedef enum {
    CRMF_PROOF_NONE,
    CRMF_PROOF_RA_VERIFIED,
    CRMF_PROOF_SIGNATURE,
    CRMF_PROOF_OTHER,  // by encryption or agreement, which signature keys are not for
} CrmfProof;

// One CertReqMsg; views borrow the DER.
typedef struct {
    Bytes der;
    bool id_is_zero;  // certReqId is 0, as RFC 9483 4.1.1 wants it
    int64_t request_id;
    Bytes certificate_request;  // CertRequest: what is signed
    CrmfTemplate template;
    Bytes old_issuer;  // oldCertID: whole Name, and INTEGER content octets
    Bytes old_serial;
    CrmfProof proof;
    Bytes proof_input;  // POPOSigningKeyInput as SEQUENCE content, or empty
    Sm2Signature signature;
} CrmfRequest;

// Parse one CertReqMsg that fills `der`. Fails with ERROR_INPUT "crmf.malformed", "crmf.key" (no
// SM2 key), "crmf.algorithm" (a proof by another signature algorithm).
// Source: RFC 4211 3 to 6.
bool crmf_request_parse(Bytes der, CrmfRequest *ret, Error *err) MUST_CHECK;
// Take a CertTemplate without its tag. Fails as crmf_request_parse does.
bool crmf_template_read(Reader content, CrmfTemplate *ret, Error *err) MUST_CHECK;
// Check proof of possession: a signature under the template's own key over CertRequest, or over
// POPOSigningKeyInput when there is one, which names the same key. A signature made with an empty
// ID proves possession as well: OpenSSL before 4.0 makes no other one.
// Fails with ERROR_UNTRUSTED "crmf.possession". Source: RFC 4211 4.1.
bool crmf_verify_possession(const CrmfRequest *request, Error *err) MUST_CHECK;

// What to ask for. Empty fields are left out.
typedef struct {
    int64_t request_id;
    Bytes subject;                   // whole Name
    const Sm2PublicKey *public_key;  // NULL: the signer's
    Bytes old_issuer;                // whole Name; with old_serial
    Bytes old_serial;
    const Signer *possession;  // signs the proof; NULL: raVerified, which only an RA may say
} CrmfDraft;

// Append one CertReqMsg. Fails as the signer does.
bool crmf_request_build(const CrmfDraft *draft, Writer *ret, Error *err) MUST_CHECK;

#endif
