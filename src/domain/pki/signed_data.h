// SPDX-License-Identifier: Apache-2.0
//
// SignedData in both dialects: GM/T 0010-2012 and CMS (RFC 5652). What is ours has exactly one
// signer, with SM2 and SM3 (signed_data_parse); what others made is read as they made it
// (signed_data_read) and says in which ways it differs.
#ifndef ASSENT_DOMAIN_PKI_SIGNED_DATA_H
#define ASSENT_DOMAIN_PKI_SIGNED_DATA_H

#include "domain/pki/trust.h"

enum {
    SIGNED_DATA_MAX_CERTIFICATES = 16,        // in a message of ours
    SIGNED_DATA_MAX_FOREIGN_ELEMENTS = 1024,  // certificates, lists and signers of others
    SIGNED_DATA_MAX_SIGNERS = 16,
};

typedef enum {
    SIGNED_DATA_GM,   // content types 1.2.156.10197.6.1.4.2.x, signature algorithm .301.1
    SIGNED_DATA_CMS,  // content types of PKCS #7, signature algorithm .501
} SignedDataDialect;

// Deviations that are met in the field, in the message or in its signer. Accepted by
// signed_data_read only, and for whoever judges to report.
typedef enum {
    SIGNED_DATA_RAW_SIGNATURE = 1 << 0,        // r || s in 64 octets instead of its DER
    SIGNED_DATA_NULL_PARAMETERS = 1 << 1,      // the SM2 algorithm has NULL parameters
    SIGNED_DATA_OTHER_ALGORITHM = 1 << 2,      // .501 in a GM message, .301.1 in a CMS message
    SIGNED_DATA_OTHER_CONTENT = 1 << 3,        // content type data of the other dialect
    SIGNED_DATA_OTHER_VERSION = 1 << 4,        // a GM message whose versions are not 1
    SIGNED_DATA_KEY_IDENTIFIER = 1 << 5,       // a GM message that names its signer so
    SIGNED_DATA_BARE_CONTENT = 1 << 6,         // the content is no OCTET STRING (PKCS #7 1.5)
    SIGNED_DATA_UNSORTED_ATTRIBUTES = 1 << 7,  // signed attributes in an order that is not DER's
    SIGNED_DATA_UNNAMED_DIGEST = 1 << 8,       // digestAlgorithms is empty
    SIGNED_DATA_OTHER_DIGESTS = 1 << 11,       // digestAlgorithms names others than the signer's
    SIGNED_DATA_UNSIGNED_TYPE = 1 << 10,       // a time stamp without signed attributes
    SIGNED_DATA_LOOSE_SIGNATURE = 1 << 9,      // INTEGERs of r and s that are not DER
} SignedDataDeviation;

// A parsed message; views borrow the DER.
typedef struct {
    Bytes der;
    SignedDataDialect dialect;
    Bytes content_type;           // OID of the inner content
    bool has_content;             // false: detached
    Bytes content;                // octets of the inner content
    Bytes content_element;        // the whole element that holds them
    Bytes certificates;           // content of [0]: certificates one after the other
    Bytes crls;                   // content of [1]
    Bytes digest_algorithms;      // content of the set
    unsigned message_deviations;  // of the message, whoever signed
    size_t signer_count;
    Bytes signers;  // content of signerInfos

    // Of one signer: the first, until signed_data_take_signer takes another.
    unsigned deviations;        // SignedDataDeviation bits, with those of the message
    bool is_foreign;            // not SM2 with SM3: signature is zero, the digest has its length
    Bytes digest_algorithm;     // OID
    Bytes signature_algorithm;  // whole AlgorithmIdentifier
    Bytes signer_issuer;        // whole Name; empty when named by key identifier (CMS only)
    Bytes signer_serial;
    Bytes signer_key_identifier;
    Bytes signed_attributes;    // whole [0] element as received; empty: none
    Bytes signed_content_type;  // OID, when there are attributes
    Bytes message_digest;       // when there are attributes; 32 bytes unless is_foreign
    bool has_signing_time;
    Time signing_time;                    // claimed by the signer
    Bytes signing_certificate_digest;     // SM3 of the certificate from signingCertificateV2
    Bytes signing_certificate_algorithm;  // OID of its digest
    Bytes old_certificate_digest;         // SHA-1 of the certificate from signingCertificate
    Bytes revocation_archive;             // RevocationInfoArchival of Adobe, whole; empty: none
    Bytes unsigned_attributes;            // content of [1]
    Sm2Signature signature;
    Bytes signature_octets;  // the signature, as received: what a stamp on it covers
} SignedData;

// Parse one message that fills `der`: exactly one signer, SM3 and SM2. Accepts signature
// algorithm .301.1 and .501 in both dialects, and absent or NULL parameters.
// Fails with ERROR_INPUT "signed_data.malformed", "signed_data.algorithm", "signed_data.signers".
// Source: GM/T 0010-2012 8; RFC 5652 5.
bool signed_data_parse(Bytes der, SignedData *ret, Error *err) MUST_CHECK;
// Read a message that somebody else made: up to SIGNED_DATA_MAX_SIGNERS signers or none, any
// algorithm, and the deviations above. The first signer, if any, is taken.
// Fails with ERROR_INPUT "signed_data.malformed", ERROR_LIMIT "signed_data.signers" and
// "signed_data.elements".
bool signed_data_read(Bytes der, SignedData *ret, Error *err) MUST_CHECK;
// Take the signer at `index` of a message that was read. Fails with ERROR_INPUT.
bool signed_data_take_signer(SignedData *signed_data, size_t index, Error *err) MUST_CHECK;

// True if the certificate is the one that the signer names.
bool signed_data_is_by(const SignedData *signed_data, const Certificate *certificate);
// Find the signer's certificate among those in the message. Fails with ERROR_NOT_FOUND
// "signed_data.signer_certificate", ERROR_INPUT when a certificate is malformed or, unless
// is_foreign, the signer's is not one of SM2.
bool signed_data_signer_certificate(const SignedData *signed_data, Certificate *ret,
                                    Error *err) MUST_CHECK;
// Verify the signature with the signer's certificate, over the attributes as received (tag
// replaced by SET OF) or, when there are none, the content. `detached` is the content when the
// message has none, else it must be empty or equal. Trust in the certificate is path.h's business.
// Fails with ERROR_UNTRUSTED "signed_data.signer" (another certificate), "signed_data.digest",
// "signed_data.attributes", "signed_data.signature"; ERROR_INPUT "signed_data.content"; and for
// what is_foreign as signed_data_foreign_verify does.
bool signed_data_verify(const SignedData *signed_data, const Certificate *signer, Bytes detached,
                        Error *err) MUST_CHECK;

// Make a store of `base` and what came with the message, for path.h: certificates, lists, and the
// lists and OCSP responses of a revocation archive. What cannot be read is left out: it is only
// material. Fails with ERROR_LIMIT as trust_store_add_* do.
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
