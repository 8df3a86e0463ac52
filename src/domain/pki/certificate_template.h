// SPDX-License-Identifier: Apache-2.0
//
// Issuing certificates: a template says who and for what, the profile decides the extensions.
#ifndef ASSENT_DOMAIN_PKI_CERTIFICATE_TEMPLATE_H
#define ASSENT_DOMAIN_PKI_CERTIFICATE_TEMPLATE_H

#include "domain/pki/certificate.h"

typedef enum {
    PROFILE_ROOT_CA,     // critical CA:TRUE, keyCertSign + cRLSign; self-signed
    PROFILE_ISSUING_CA,  // the same with pathLen 0, signed by a root
    PROFILE_PERSON,      // critical digitalSignature + nonRepudiation
    PROFILE_SEAL_MAKER,  // the same: signs seals
    PROFILE_COMPONENT,   // the same: signs what one institution tells another
    PROFILE_TIMESTAMP,   // the same, critical and sole extended usage timeStamping
    PROFILE_OCSP,        // digitalSignature, sole extended usage OCSPSigning, no revocation check
    // critical keyEncipherment + dataEncipherment + keyAgreement: the second of a pair
    PROFILE_ENCRYPTION,
} CertificateProfile;

enum { TEMPLATE_MAX_EXTENSIONS = 8 };

typedef struct {
    CertificateProfile profile;
    Bytes serial;                    // unsigned big-endian, 1 to 20 bytes, not all zero
    Bytes subject;                   // whole Name (name_build)
    const Certificate *issuer;       // NULL: self-signed
    const Sm2PublicKey *public_key;  // the subject's
    Time not_before;                 // cut to whole seconds
    Time not_after;
    Bytes policy;                       // OID of the certificate policy, or empty
    const char *cps_url;                // NULL: none; needs policy
    const char *crl_url;                // NULL: none
    const char *ocsp_url;               // NULL: none
    const char *ca_issuers_url;         // NULL: none
    const char *dns_name;               // NULL: none
    const CertificateExtension *extra;  // scenario extensions, after the others
    size_t extra_count;                 // at most TEMPLATE_MAX_EXTENSIONS
} CertificateTemplate;

// Issue a certificate: build TBSCertificate and sign it. Appends the DER to `ret`.
// authorityKeyIdentifier is the issuer's subjectKeyIdentifier.
// Fails with ERROR_INPUT "certificate_template.*" when the template contradicts itself (validity
// reversed or outside the issuer's, serial out of range, signer is not the issuer, an extension
// twice), and as the signer fails.
// Source: GM/T 0015-2012 annexes A and C; RFC 5280 4.2.
bool certificate_issue(const CertificateTemplate *template, const Signer *issuer, Writer *ret,
                       Error *err) MUST_CHECK;

// The same with a signature that is none, for who looks at what is to be signed before it is.
// `issuer` only tells its public key. Not read back: the caller does.
bool certificate_draft(const CertificateTemplate *template, const Signer *issuer, Writer *ret,
                       Error *err) MUST_CHECK;

// Sign TBSCertificates that were made and looked at before, byte for byte, side by side where the
// CPU can. The caller has seen to it that the signer is the issuer. Fails as the signer fails, for
// all of them.
bool certificate_sign_many(const Bytes *tbs, size_t count, const Signer *issuer, Sm2Signature *ret,
                           Error *err) MUST_CHECK;
// Append the certificate: what was signed, with its signature.
void certificate_put(Bytes tbs, const Sm2Signature *signature, Writer *ret);

// Fill a fresh serial number: 16 random bytes, positive, without a leading zero byte.
bool certificate_serial_generate(Random random, uint8_t ret[16], Error *err) MUST_CHECK;

#endif
