// SPDX-License-Identifier: Apache-2.0
//
// Certificates and revocation lists as libcrypto makes them, with extensions in the words of its
// configuration files, and a judgement of a set of them by libcrypto and by path.h.
#ifndef ASSENT_DOMAIN_PKI_LIST_SCENE_TEST_H
#define ASSENT_DOMAIN_PKI_LIST_SCENE_TEST_H

#include <openssl/x509.h>

#include "domain/pki/path.h"

// 2026-11-25T08:00:00Z: certificates are valid a year before and after.
#define LIST_SCENE_NOW ((Time)1795593600 * TIME_SECOND)

enum { SCENE_MOST_CERTIFICATES = 8, SCENE_MOST_LISTS = 12 };

// Who issues certificates and lists. Two subjects of one name are two keys of one CA.
typedef struct {
    const char *name;
    EVP_PKEY *key;
    X509 *certificate;
} SceneSubject;

// Make a key and, signed by the issuer (NULL: by itself), a certificate.
//
// serial         hexadecimal, perhaps with a minus
// configuration  extensions as in the section "ext" of a configuration file, and the sections
//                that it refers to
void scene_certify(SceneSubject *subject, const SceneSubject *issuer, const char *serial,
                   const char *configuration);
void scene_subject_free(SceneSubject *subject);

typedef struct {
    const SceneSubject *issuer;
    int number;              // 0: without CRLNumber
    int begin, end;          // thisUpdate and nextUpdate in hours from now; 0, 0: a day about now
    bool has_no_end;         // without nextUpdate
    bool is_version_1;       // no extensions
    const char *extensions;  // configuration, as above; NULL: none but AKI and CRLNumber
    // "64 65=keyCompromise 66@Other": serial numbers with reasons and certificate issuers' common
    // names; "!" at the end: an unknown critical extension; "+2": revoked in two hours.
    const char *entries;
} SceneList;

X509_CRL *scene_list(const SceneList *list);

// Ours as libcrypto has them, for the caller to free.
X509 *scene_certificate_of(Bytes der);
X509_CRL *scene_list_of(Bytes der);

// What is judged, all borrowed. `certificate` is the last of a chain.
typedef struct {
    X509 *anchor;
    X509 *certificate;
    X509 *others[SCENE_MOST_CERTIFICATES];
    size_t other_count;
    X509_CRL *lists[SCENE_MOST_LISTS];
    size_t list_count;
    bool holds_to_profile, is_at_present;  // for scene_revocation
} SceneSet;

// X509_verify_cert with CRL_CHECK_ALL, EXTENDED_CRL_SUPPORT and USE_DELTAS. *ret_reason is what it
// says. Afterwards the lists may be in another order: ask libcrypto last.
bool scene_openssl_accepts(const SceneSet *set, const char **ret_reason);
// path_verify with REVOCATION_REQUIRED. What it accepts has a list that path_find_evidence finds.
bool scene_we_accept(const SceneSet *set, Error *err);
// What path_check finds under "path.revocation", some hours from now.
CheckOutcome scene_revocation(const SceneSet *set, RevocationRule rule, int hours);
// Write the certificate and the lists as text to standard error.
void scene_print(const SceneSet *set);

#endif
