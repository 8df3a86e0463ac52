// SPDX-License-Identifier: Apache-2.0
//
// Certificate revocation lists: v1 and v2, complete, partitioned, indirect, and delta lists.
// crl_template.h builds them, revocation.h judges certificates by them, crl_lint.h looks for
// faults.
#ifndef ASSENT_DOMAIN_PKI_CRL_H
#define ASSENT_DOMAIN_PKI_CRL_H

#include "domain/pki/certificate.h"
#include "domain/pki/distribution_point.h"

enum { CRL_MAX_SIZE = 64 * 1024 * 1024 };

// Source: RFC 5280 5.3.1.
typedef enum {
    REASON_UNSPECIFIED = 0,
    REASON_KEY_COMPROMISE = 1,
    REASON_CA_COMPROMISE = 2,
    REASON_AFFILIATION_CHANGED = 3,
    REASON_SUPERSEDED = 4,
    REASON_CESSATION_OF_OPERATION = 5,
    REASON_CERTIFICATE_HOLD = 6,  // suspended; the entry goes away when resumed
    REASON_REMOVE_FROM_CRL = 8,   // in delta lists: resumed, or expired
    REASON_PRIVILEGE_WITHDRAWN = 9,
    REASON_AA_COMPROMISE = 10,
} RevocationReason;

typedef struct {
    Bytes serial;  // INTEGER content octets, of any length, perhaps negative
    Time revoked_at;
    RevocationReason reason;
} Revocation;

// An entry with all that it may say.
typedef struct {
    Revocation revocation;
    Time invalid_since;        // invalidityDate; 0: not said
    Bytes certificate_issuer;  // whole Name, in an indirect list; empty: the list's issuer
} CrlEntry;

typedef struct CrlIndex CrlIndex;

// A parsed list; views borrow the DER.
typedef struct {
    Bytes der;
    Bytes tbs;
    Bytes algorithm;  // whole AlgorithmIdentifier
    Bytes issuer;     // whole Name
    int version;      // 1 or 2
    Time this_update;
    // The moment of thisUpdate when the list does not say: a list without an end tells what was so
    // when it was issued and nothing about later, or an old one could be replayed for ever.
    Time next_update;
    bool has_next_update;
    Bytes number;       // CRLNumber, INTEGER content octets; empty: none
    Bytes base_number;  // of a delta list: the number of what it changes; empty: it is complete
    Bytes authority_key_identifier;
    Bytes issuing_distribution_point;  // the value, empty: none
    IssuingDistributionPoint scope;    // what it says, or all
    Bytes freshest_crl;                // the value, empty: none
    Bytes extensions;                  // content of crlExtensions
    Bytes entries;                     // content of revokedCertificates
    size_t entry_count;
    Bytes unknown_critical;  // OID of the first critical extension that is not known, of the list
                             // or of an entry: nobody is good by such a list
    bool has_duplicates;     // an entry is there twice; only known of an indexed list
    const CrlIndex *index;   // NULL: entries are looked for one by one
    ObjectSignature signature;
} Crl;

// Parse one list that fills `der`, every entry included. Accepts, beyond what conforming issuers
// write, v1, a missing nextUpdate, a missing CRLNumber, an empty revokedCertificates and an
// explicit FALSE. Refuses what would change the meaning: extensions in v1, a critical CRLNumber,
// removeFromCRL in a complete list, reasons that are not assigned, an extension twice.
// Fails with ERROR_INPUT "crl.malformed", "crl.algorithm".
// Source: GM/T 0015-2012 annex C; RFC 5280 5.
bool crl_parse(Bytes der, Crl *ret, Error *err) MUST_CHECK;
// The same for lists that are only judged: however they are signed.
bool crl_parse_any(Bytes der, Crl *ret, Error *err) MUST_CHECK;
// crl_parse of DER, or of the first X509 CRL block of PEM, copied into the arena.
bool crl_load(Arena *arena, Bytes der_or_pem, Crl *ret, Error *err) MUST_CHECK;
bool crl_load_any(Arena *arena, Bytes der_or_pem, Crl *ret, Error *err) MUST_CHECK;
// crl_parse of what is about to be signed, a TBSCertList; the list has no signature.
bool crl_parse_unsigned(Bytes tbs, Crl *ret, Error *err) MUST_CHECK;
// Sort the entries of a list, so that look-ups are quick; the index lies in the arena, 8 bytes an
// entry. Fails with ERROR_LIMIT.
bool crl_index_entries(Arena *arena, Crl *crl, Error *err) MUST_CHECK;

// True for a list that only tells what changed since another.
bool crl_is_delta(const Crl *crl);
// Verify issuer name, the issuer's right to sign lists (cRLSign), and the signature. Fails with
// ERROR_UNTRUSTED "crl.issuer", "crl.key_usage", "crl.critical_extension", "crl.signature".
bool crl_verify(const Crl *crl, const Certificate *issuer, Error *err) MUST_CHECK;
// Of these only the signature. Fails with ERROR_UNTRUSTED "crl.signature".
bool crl_verify_signature(const Crl *crl, const Certificate *signer, Error *err) MUST_CHECK;
// Order two CRLNumbers: <0, 0, >0.
int crl_number_compare(Bytes a, Bytes b);

// Find the entry for a serial number of the list's issuer. False if the list does not have it.
bool crl_find(const Crl *crl, Bytes serial, Revocation *ret);
// Find the entry for a certificate of any issuer (whole Name), as an indirect list has them.
bool crl_find_of(const Crl *crl, Bytes certificate_issuer, Bytes serial, CrlEntry *ret);
// The entries one after the other: start with a cursor of zeros; false at the end.
typedef struct {
    size_t position;
    Bytes certificate_issuer;  // holds for the entries that follow. Source: RFC 5280 5.3.3
} CrlCursor;
bool crl_next(const Crl *crl, CrlCursor *cursor, CrlEntry *ret);
const char *revocation_reason_name(RevocationReason reason);  // "certificateHold"

#endif
