// SPDX-License-Identifier: Apache-2.0
//
// X.509 v3 certificates with SM2 keys (GM/T 0015-2012). A Certificate is plain data whose views
// borrow the DER it was parsed from: parsing allocates nothing, copying is assignment.
#ifndef ASSENT_DOMAIN_PKI_CERTIFICATE_H
#define ASSENT_DOMAIN_PKI_CERTIFICATE_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/crypto/signer.h"
#include "domain/pki/name.h"
#include "domain/pki/object_signature.h"

// Bits of keyUsage.
enum {
    USAGE_DIGITAL_SIGNATURE = 1 << 0,
    USAGE_NON_REPUDIATION = 1 << 1,
    USAGE_KEY_ENCIPHERMENT = 1 << 2,
    USAGE_DATA_ENCIPHERMENT = 1 << 3,
    USAGE_KEY_AGREEMENT = 1 << 4,
    USAGE_CERT_SIGN = 1 << 5,
    USAGE_CRL_SIGN = 1 << 6,
    USAGE_ENCIPHER_ONLY = 1 << 7,
    USAGE_DECIPHER_ONLY = 1 << 8,
};

enum { CERTIFICATE_MAX_SIZE = 64 * 1024, SERIAL_MAX_SIZE = 20 };

// What a certificate says. Views are empty when the extension is absent.
typedef struct {
    Bytes der;     // the whole certificate, as received
    Bytes tbs;     // TBSCertificate: what is signed
    int version;   // 3, or 1 or 2 as certificate_parse_any takes them
    Bytes serial;  // INTEGER content octets, non-negative and at most 20 unless taken so
    Bytes issuer;  // whole Name elements
    Bytes subject;
    Time not_before;
    Time not_after;
    Bytes public_key_info;    // whole SubjectPublicKeyInfo
    bool has_foreign_key;     // no SM2 key: certificate_parse_any only
    Sm2PublicKey public_key;  // unless it is foreign
    ObjectSignature signature;

    bool has_key_usage;
    bool key_usage_is_critical;
    uint16_t key_usage;
    bool extended_key_usage_is_critical;
    Bytes extended_key_usage;  // OIDs, one after the other
    bool has_basic_constraints;
    bool is_ca;
    int path_len;  // -1: no limit
    Bytes authority_key_identifier;
    Bytes subject_key_identifier;
    Bytes policies;               // content of SEQUENCE OF PolicyInformation
    Bytes policy_mappings;        // content of SEQUENCE OF SEQUENCE { from, to }
    int require_explicit_policy;  // certificates below that may go without; -1: any number
    int inhibit_policy_mapping;   // certificates below that may map; -1: any number
    int inhibit_any_policy;       // certificates below whose anyPolicy counts; -1: any number
    Bytes permitted_names;        // content of GeneralSubtrees
    Bytes excluded_names;
    Bytes crl_distribution_points;  // content of SEQUENCE OF DistributionPoint
    Bytes authority_info_access;    // content of SEQUENCE OF AccessDescription
    Bytes subject_alt_name;         // content of GeneralNames
    Bytes identify_code;            // extension value of 1.2.156.10260.4.1.1
    Bytes unknown_critical;         // OID of the first critical extension not listed here
    Bytes extensions;               // content of SEQUENCE OF Extension
} Certificate;

// One extension as found.
typedef struct {
    Bytes oid;
    bool is_critical;
    Bytes value;  // content of extnValue
} CertificateExtension;

// Parse one certificate that fills `der`, which is borrowed by *ret. Accepts, beyond strict DER,
// what the field writes: NULL as parameters of SM2-with-SM3, an explicit FALSE, the key algorithm
// 1.2.156.10197.1.301 in place of id-ecPublicKey.
// Fails with ERROR_INPUT: "certificate.malformed", "certificate.algorithm" (not SM2 with SM3),
// "certificate.key" (no point on the curve).
// Source: GM/T 0015-2012 annex C; RFC 5280 4.1.
bool certificate_parse(Bytes der, Certificate *ret, Error *err) MUST_CHECK;
// Copy DER, or the first CERTIFICATE block of PEM, into the arena and parse it.
bool certificate_load(Arena *arena, Bytes der_or_pem, Certificate *ret, Error *err) MUST_CHECK;
// The same for certificates that are only judged: whatever key they have and however they are
// signed, of any version, with any serial number.
bool certificate_parse_any(Bytes der, Certificate *ret, Error *err) MUST_CHECK;
bool certificate_load_any(Arena *arena, Bytes der_or_pem, Certificate *ret, Error *err) MUST_CHECK;

// Verify the signature on a certificate with its issuer's key; names, usage and validity are
// path.h's business. Fails with ERROR_UNTRUSTED "certificate.signature", and as
// foreign_signature_verify does.
bool certificate_verify_signature(const Certificate *certificate, const Certificate *issuer,
                                  Error *err) MUST_CHECK;
// Verify what a certificate's key signed. Fails with ERROR_UNTRUSTED "signature.invalid", and as
// foreign_signature_verify does.
bool certificate_verify_signed(const Certificate *signer, Bytes signed_der,
                               const ObjectSignature *signature, Error *err) MUST_CHECK;
// The same over SHA-1 and MD5 and under weak keys too. Only for whoever tells that what holds then
// proves little (path_rules_keys).
bool certificate_judge_signature(const Certificate *certificate, const Certificate *issuer,
                                 Error *err) MUST_CHECK;
bool certificate_judge_signed(const Certificate *signer, Bytes signed_der,
                              const ObjectSignature *signature, Error *err) MUST_CHECK;
// True if two certificates have one key.
bool certificate_has_key_of(const Certificate *a, const Certificate *b);
bool certificate_is_self_issued(const Certificate *certificate);
bool certificate_equal(const Certificate *a, const Certificate *b);
bool certificate_is_valid_at(const Certificate *certificate, Time at);
// SM3 of the DER.
Sm3Digest certificate_fingerprint(const Certificate *certificate);
// True if the certificate is for encryption (any encipherment bit). Source: GM/T 0015-2012 C.4.
bool certificate_is_for_encryption(const Certificate *certificate);

// Find any extension by OID.
bool certificate_find_extension(const Certificate *certificate, Bytes oid,
                                CertificateExtension *ret);
bool certificate_has_extended_key_usage(const Certificate *certificate, Bytes oid);
// True if the certificate has this one extended key usage and no other.
bool certificate_has_sole_extended_key_usage(const Certificate *certificate, Bytes oid);
bool certificate_has_policy(const Certificate *certificate, Bytes oid);
// The first certificate policy OID; false when there is none.
bool certificate_find_policy(const Certificate *certificate, Bytes *ret_oid);
// First URI in CRLDistributionPoints / for an access method (OID_ACCESS_OCSP). Borrowed.
bool certificate_find_crl_url(const Certificate *certificate, Bytes *ret);
bool certificate_find_access_url(const Certificate *certificate, Bytes method, Bytes *ret);
// First dNSName of subjectAltName. Borrowed.
bool certificate_find_dns_name(const Certificate *certificate, Bytes *ret);
// The identity number in IdentifyCode: [0] EXPLICIT or IMPLICIT, or a bare string. Personal data.
// Source: GM/T 0015-2012 annex A.
bool certificate_find_identify_code(const Certificate *certificate, Bytes *ret);

// Serial number or any bytes as upper-case hexadecimal for people. NULL on exhaustion.
const char *certificate_serial_text(Arena *arena, const Certificate *certificate) MUST_CHECK;

// SHA-1 of the public key's BIT STRING octets: a name for a key, not a protection.
// Source: GM/T 0015-2012 annex C; RFC 5280 4.2.1.2 (1).
// Fails with ERROR_INTERNAL.
enum { KEY_IDENTIFIER_SIZE = 20 };
bool key_identifier(const Sm2PublicKey *key, uint8_t ret[KEY_IDENTIFIER_SIZE],
                    Error *err) MUST_CHECK;

#endif
