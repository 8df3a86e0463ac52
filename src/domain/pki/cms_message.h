// SPDX-License-Identifier: Apache-2.0
//
// Signature messages (CMS SignedData with one signer) of any algorithms, as the signatures of PDFs
// hold them. They are read to be judged, never made. What is signed with SM2 over SM3 goes through
// signed_data.h, which knows its dialects.
#ifndef ASSENT_DOMAIN_PKI_CMS_MESSAGE_H
#define ASSENT_DOMAIN_PKI_CMS_MESSAGE_H

#include "domain/pki/trust.h"

enum { CMS_MAX_CERTIFICATES = 64 };

// ESSCertID or ESSCertIDv2 of the signer. Source: RFC 2634 5.4; RFC 5035 4.
typedef struct {
    Bytes algorithm;  // OID
    Bytes digest;     // empty: the attribute is absent
} CmsCertificateId;

// A parsed message; views borrow the DER.
typedef struct {
    Bytes content_type;  // OID of the inner content
    bool has_content;
    Bytes content;
    Bytes certificates;  // content of [0]
    Bytes crls;          // content of [1]

    Bytes signer_issuer;  // whole Name; empty when named by key identifier
    Bytes signer_serial;
    Bytes signer_key_identifier;
    Bytes digest_algorithm;     // OID
    Bytes signature_algorithm;  // whole AlgorithmIdentifier
    Bytes signature;
    Bytes signed_attributes;  // whole [0] element as received; empty: none
    Bytes signed_content_type, message_digest;
    bool has_signing_time;
    Time signing_time;
    CmsCertificateId certificate_id, certificate_id_v2;
    Bytes revocation_archive;  // RevocationInfoArchival of Adobe, whole; empty: none
    Bytes time_stamp;          // whole signature time-stamp token of the unsigned attributes
} CmsMessage;

// Parse one message that fills `der`. Fails with ERROR_INPUT "cms.malformed", "cms.signers" (not
// exactly one). Source: RFC 5652 5; RFC 3161 appendix A.
bool cms_message_parse(Bytes der, CmsMessage *ret, Error *err) MUST_CHECK;

// Find the signer's certificate in the message or, when it is not there, in the store. Fails with
// ERROR_NOT_FOUND "cms.signer_certificate", ERROR_INPUT when it is malformed.
bool cms_message_find_signer(const CmsMessage *message, const TrustStore *trust, Certificate *ret,
                             Error *err) MUST_CHECK;

// Verify what the signer signed. `parts` is the content where the message has none; where it has
// one, they are the same bytes or none.
// *ret_is_weak: it holds, but over SHA-1 or MD5, which does not prove much.
// Fails with ERROR_UNTRUSTED "cms.digest", "cms.attributes", "foreign.*"; ERROR_INPUT
// "cms.content". Source: RFC 5652 5.4, 5.6.
bool cms_message_verify(const CmsMessage *message, const Certificate *signer, const Bytes *parts,
                        size_t part_count, bool *ret_is_weak, Error *err) MUST_CHECK;

// Make a store of `base` and what came with the message: certificates, lists, and the lists and
// OCSP responses that Adobe's attribute carries. What cannot be read is left out.
// NULL when the arena is exhausted.
TrustStore *cms_message_trust(const CmsMessage *message, Arena *arena, const TrustStore *base);

// TSTInfo, the content of a time stamp.
typedef struct {
    Bytes imprint_algorithm;  // OID
    Bytes imprint;
    Time time;
} CmsStamp;

// Read the content of a time-stamp token. Fails with ERROR_INPUT "cms.stamp".
// Source: RFC 3161 2.4.2.
bool cms_stamp_read(const CmsMessage *token, CmsStamp *ret, Error *err) MUST_CHECK;

#endif
