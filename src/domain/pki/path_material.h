// SPDX-License-Identifier: Apache-2.0
//
// What somebody who has only the roots needs to judge certificates later: the CA certificates
// between them and a root, and the revocation lists of a moment, or OCSP answers.
#ifndef ASSENT_DOMAIN_PKI_PATH_MATERIAL_H
#define ASSENT_DOMAIN_PKI_PATH_MATERIAL_H

#include "domain/pki/trust.h"

enum {
    PATH_MATERIAL_MAX_CERTIFICATES = 12,
    PATH_MATERIAL_MAX_LISTS = 8,
    PATH_MATERIAL_MAX_ANSWERS = 8,
    PATH_MATERIAL_MAX_SIZE = 128 * 1024,  // of the lists, and of the answers
};

// DER, borrowed from the store.
typedef struct {
    Bytes certificates[PATH_MATERIAL_MAX_CERTIFICATES];
    size_t certificate_count;
    Bytes lists[PATH_MATERIAL_MAX_LISTS];
    size_t list_count, list_size;
    Bytes answers[PATH_MATERIAL_MAX_ANSWERS];  // OCSP responses
    size_t answer_count, answer_size;
} PathMaterial;

// Add what the store has for one certificate: its issuers up to the root, which is left out as the
// certificate itself, and of each their lists in force at `at`; where there is none that fits, the
// OCSP responses that speak of what it issued at that moment. Nothing is verified: it is material
// for path.h. Nothing is added twice. What goes beyond a limit is left out: the smallest lists, the
// nearest issuers and the first certificates that are asked about come first.
void path_material_add(PathMaterial *material, const TrustStore *trust,
                       const Certificate *certificate, Time at);
// The same for every time-stamp authority that the store knows.
void path_material_add_authorities(PathMaterial *material, const TrustStore *trust, Time at);

#endif
