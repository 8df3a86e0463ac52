// SPDX-License-Identifier: Apache-2.0
//
// Certification path validation: from a certificate to an anchor of the TrustStore.
// Source: RFC 5280 6; GM/T 0015-2012.
#ifndef ASSENT_DOMAIN_PKI_PATH_H
#define ASSENT_DOMAIN_PKI_PATH_H

#include "domain/pki/peer_name.h"
#include "domain/pki/trust.h"
#include "domain/verdict/verdict.h"

// What the certificate was used for; decides the key usages that are required.
typedef enum {
    PURPOSE_SIGNATURE,   // digitalSignature or nonRepudiation: persons, seal makers, components
    PURPOSE_TIMESTAMP,   // the same, and timeStamping as critical sole extended usage
    PURPOSE_OCSP,        // the same, and OCSPSigning
    PURPOSE_CA,          // may issue certificates
    PURPOSE_CRL,         // may issue revocation lists
    PURPOSE_ENCRYPTION,  // keyEncipherment, dataEncipherment or keyAgreement
    PURPOSE_TLS_SERVER,  // these and e-mail: serverAuth, clientAuth and emailProtection, where
    PURPOSE_TLS_CLIENT,  // the certificate or a CA below the anchor is restricted to usages
    PURPOSE_EMAIL,
} CertificatePurpose;

typedef enum {
    REVOCATION_REQUIRED,      // no usable list: undecided (CHECK_UNKNOWN, ERROR_UNAVAILABLE)
    REVOCATION_WHERE_LISTED,  // the same where any list of the issuer is at hand, else noted only
    REVOCATION_IF_GIVEN,      // no usable list: noted only
    REVOCATION_NOT_NEEDED,    // lists are not looked at
} RevocationRule;

enum {
    PATH_MAX_LENGTH = 32,
    PATH_MAX_CHAINS = 32,  // that end at an anchor and are judged
    PATH_MAX_SIGNATURES = 128,
    PATH_MAX_LIST_SIGNATURES = 64,
};

// What somebody asks of a chain who judges it alone. Zeros: what RFC 5280 6.1.1 begins with when
// nothing is said.
typedef struct {
    // OIDs of certificate policies, for one of which the chain has to hold. None: any, and none
    // where no certificate of the chain asks for one.
    const Bytes *policies;
    size_t policy_count;
    bool inhibits_mapping, inhibits_any_policy;
    bool takes_weak;      // what is signed over SHA-1 or MD5, or under a small key, is told only
    bool is_for_any_use;  // extended key usages restrict nobody: no use is asked about
    bool is_at_present;   // lists from after the moment are of a clock that is wrong
    bool limits_depth;
    size_t max_depth;       // of certificates between the anchor and the one in question
    const PeerName *names;  // all of which the certificate has to have
    size_t name_count;
} PathDemands;

typedef struct {
    const TrustStore *trust;
    Time at;  // the moment that counts: signing time from a time stamp, or now
    CertificatePurpose purpose;
    RevocationRule revocation;
    bool takes_foreign;  // chains of RSA, ECDSA and Ed25519 as well; never for what is ours to take
    bool holds_to_profile;  // look for what RFC 5280 lets nobody issue, see path_profile.h
    PathDemands demands;
} PathPolicy;

// Validate a certificate and add every check to the verdict (AREA_TRUST), codes "path.*":
//   path.anchor             a chain leads to an anchor (none known: UNKNOWN)
//   path.limit              no chain was found within the limits, or a better one perhaps not
//   path.signature          every signature on it holds
//   path.validity           every certificate is valid at `at`
//   path.basic_constraints  issuers are CAs, path length (and demands.max_depth) respected
//   path.key_usage          issuers may sign certificates, the certificate fits the purpose
//   path.extended_key_usage the certificate fits the purpose
//   path.critical_extension no critical extension is unknown
//   path.key                every key may be relied on (where takes_foreign; a small one: UNKNOWN)
//   path.algorithm          told where a signature is over SHA-1 or MD5 (UNKNOWN)
//   path.profile            see path_profile.h (where holds_to_profile)
//   path.peer_name          the certificate has the names that are asked for
//   path.name_constraints   names are those that the issuers may give (where any constrains them)
//   path.policy             the chain holds for a policy (where one is asked for or constrained)
//   path.revocation         not revoked or on hold at `at`; later revocation is INFORMED
// Of several chains the first that passes counts, else the best: what RFC 5280 says of a path holds
// when there is one. Returns true when no check failed and none is unknown.
bool path_check(const PathPolicy *policy, const Certificate *certificate, Verdict *verdict);
// The same in short. Fails with ERROR_UNTRUSTED, or ERROR_UNAVAILABLE when undecided; err->code
// is the first check that did not pass.
bool path_verify(const PathPolicy *policy, const Certificate *certificate, Error *err) MUST_CHECK;

// What tells the status of a certificate at policy->at; path_check says what the status is.
typedef struct {
    // The list by which the certificate alone is judged: the newest usable one that is in force,
    // else one issued later that decides. NULL when none does. When the decision takes more than
    // one list, the newest of them. It belongs to the store.
    const Crl *list;
    bool is_answered;  // by OCSP answers of the store
} PathEvidence;

PathEvidence path_find_evidence(const PathPolicy *policy, const Certificate *certificate);

#endif
