// SPDX-License-Identifier: Apache-2.0
//
// Certificate revocation lists, v2, complete for their issuer.
#ifndef ASSENT_DOMAIN_PKI_CRL_H
#define ASSENT_DOMAIN_PKI_CRL_H

#include "domain/pki/certificate.h"

enum { CRL_MAX_SIZE = 16 * 1024 * 1024 };

// Source: RFC 5280 5.3.1.
typedef enum {
    REASON_UNSPECIFIED = 0,
    REASON_KEY_COMPROMISE = 1,
    REASON_CA_COMPROMISE = 2,
    REASON_AFFILIATION_CHANGED = 3,
    REASON_SUPERSEDED = 4,
    REASON_CESSATION_OF_OPERATION = 5,
    REASON_CERTIFICATE_HOLD = 6,  // suspended; the entry goes away when resumed
    REASON_PRIVILEGE_WITHDRAWN = 9,
    REASON_AA_COMPROMISE = 10,
} RevocationReason;

typedef struct {
    Bytes serial;  // INTEGER content octets
    Time revoked_at;
    RevocationReason reason;
} Revocation;

// A parsed list; views borrow the DER.
typedef struct {
    Bytes der;
    Bytes tbs;
    Bytes issuer;  // whole Name
    Time this_update;
    Time next_update;
    Bytes number;  // CRLNumber, INTEGER content octets
    Bytes authority_key_identifier;
    Bytes entries;  // content of revokedCertificates
    size_t entry_count;
    Bytes unknown_critical;  // OID of the first critical extension: such a list is not used
    ObjectSignature signature;
} Crl;

// Parse one list that fills `der`, every entry included. nextUpdate and CRLNumber are required.
// Fails with ERROR_INPUT "crl.malformed", "crl.algorithm".
// Source: GM/T 0015-2012 annex C; RFC 5280 5.
bool crl_parse(Bytes der, Crl *ret, Error *err) MUST_CHECK;
// The same for lists that are only judged: however they are signed.
bool crl_parse_any(Bytes der, Crl *ret, Error *err) MUST_CHECK;
// crl_parse of DER, or of the first X509 CRL block of PEM, copied into the arena.
bool crl_load(Arena *arena, Bytes der_or_pem, Crl *ret, Error *err) MUST_CHECK;
bool crl_load_any(Arena *arena, Bytes der_or_pem, Crl *ret, Error *err) MUST_CHECK;
// Verify issuer name, the issuer's right to sign lists (cRLSign), and the signature. Fails with
// ERROR_UNTRUSTED "crl.issuer", "crl.key_usage", "crl.critical_extension", "crl.signature".
bool crl_verify(const Crl *crl, const Certificate *issuer, Error *err) MUST_CHECK;
// Find the entry for a serial number. False if the list does not have it.
bool crl_find(const Crl *crl, Bytes serial, Revocation *ret);
// The entries one after the other: start with *position = 0; false at the end.
bool crl_next(const Crl *crl, size_t *position, Revocation *ret);
const char *revocation_reason_name(RevocationReason reason);  // "certificateHold"

typedef struct {
    const Certificate *issuer;
    Time this_update;
    Time next_update;
    uint64_t number;
    const Revocation *entries;
    size_t entry_count;
} CrlTemplate;

// Build and sign a list. Appends the DER. Fails with ERROR_INPUT "crl_template.*" when the signer
// is not the issuer or times are reversed.
bool crl_build(const CrlTemplate *template, const Signer *issuer, Writer *ret,
               Error *err) MUST_CHECK;

#endif
