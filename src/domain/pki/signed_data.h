// SPDX-License-Identifier: Apache-2.0
//
// SignedData with one SM2 signer, in both dialects: GM/T 0010-2012 and CMS (RFC 5652).
#ifndef ASSENT_DOMAIN_PKI_SIGNED_DATA_H
#define ASSENT_DOMAIN_PKI_SIGNED_DATA_H

#include "domain/pki/trust.h"

enum { SIGNED_DATA_MAX_CERTIFICATES = 16 };

typedef enum {
    SIGNED_DATA_GM,   // content types 1.2.156.10197.6.1.4.2.x, signature algorithm .301.1
    SIGNED_DATA_CMS,  // content types of PKCS #7, signature algorithm .501
} SignedDataDialect;

// A parsed message; views borrow the DER.
typedef struct {
    Bytes der;
    SignedDataDialect dialect;
    Bytes content_type;  // OID of the inner content
    bool has_content;    // false: detached
    Bytes content;       // octets of the inner content
    Bytes certificates;  // content of [0]: certificates one after the other
    Bytes crls;          // content of [1]

    Bytes signer_issuer;  // whole Name; empty when named by key identifier (CMS only)
    Bytes signer_serial;
    Bytes signer_key_identifier;
    Bytes signed_attributes;    // whole [0] element as received; empty: none
    Bytes signed_content_type;  // OID, when there are attributes
    Bytes message_digest;       // 32 bytes, when there are attributes
    bool has_signing_time;
    Time signing_time;                    // claimed by the signer
    Bytes signing_certificate_digest;     // SM3 of the certificate from signingCertificateV2
    Bytes signing_certificate_algorithm;  // OID of its digest
    Bytes old_certificate_digest;         // SHA-1 of the certificate from signingCertificate
    Bytes unsigned_attributes;            // content of [1]
    Sm2Signature signature;
    Bytes signature_octets;  // DER of the signature, as received
} SignedData;

// Parse one message that fills `der`: exactly one signer, SM3 and SM2. Accepts signature
// algorithm .301.1 and .501 in both dialects, and absent or NULL parameters.
// Fails with ERROR_INPUT "signed_data.malformed", "signed_data.algorithm", "signed_data.signers".
// Source: GM/T 0010-2012 8; RFC 5652 5.
bool signed_data_parse(Bytes der, SignedData *ret, Error *err) MUST_CHECK;

// Find the signer's certificate among those in the message. Fails with ERROR_NOT_FOUND
// "signed_data.signer_certificate", ERROR_INPUT when the certificate is malformed.
bool signed_data_signer_certificate(const SignedData *signed_data, Certificate *ret,
                                    Error *err) MUST_CHECK;
// Verify the signature with the signer's certificate, over the attributes as received (tag
// replaced by SET OF) or, when there are none, the content. `detached` is the content when the
// message has none, else it must be empty or equal. Trust in the certificate is path.h's business.
// Fails with ERROR_UNTRUSTED "signed_data.signer" (another certificate), "signed_data.digest",
// "signed_data.attributes", "signed_data.signature"; ERROR_INPUT "signed_data.content".
bool signed_data_verify(const SignedData *signed_data, const Certificate *signer, Bytes detached,
                        Error *err) MUST_CHECK;

// Make a store of `base` and the certificates and lists that came with the message, for path.h.
// Fails with ERROR_INPUT or ERROR_LIMIT as trust_store_add_* do.
bool signed_data_trust(const SignedData *signed_data, Arena *arena, const TrustStore *base,
                       const TrustStore **ret, Error *err) MUST_CHECK;

typedef struct {
    SignedDataDialect dialect;
    Bytes content_type;  // empty: data of the dialect
    Bytes content;
    bool is_detached;       // leave the content out
    bool has_attributes;    // contentType, messageDigest and signingCertificateV2
    bool has_signing_time;  // adds signingTime
    Time signing_time;
    const Certificate *signer;
    const Certificate *chain;  // further certificates to put in
    size_t chain_count;
    bool omits_certificates;  // put in neither the signer's certificate nor the chain
} SignedDataTemplate;

// Build and sign a message. Appends the DER. Fails with ERROR_INPUT "signed_data_template.signer"
// when key and certificate do not fit, and as the signer fails.
bool signed_data_build(const SignedDataTemplate *template, const Signer *signer, Writer *ret,
                       Error *err) MUST_CHECK;

#endif
