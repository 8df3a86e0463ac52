// SPDX-License-Identifier: Apache-2.0
//
// Issuing revocation lists: complete ones, those of a part of the certificates, and delta lists.
#ifndef ASSENT_DOMAIN_PKI_CRL_TEMPLATE_H
#define ASSENT_DOMAIN_PKI_CRL_TEMPLATE_H

#include "domain/pki/crl.h"

// Where the entries come from when there are too many to hold: called once for each entry. *ret
// is only looked at until the next call. Sets *ret_end, and no entry, after the last.
typedef struct {
    bool (*next)(void *context, CrlEntry *ret, bool *ret_end, Error *err);
    void *context;
} RevocationSource;

typedef struct {
    const Certificate *issuer;
    Time this_update;
    Time next_update;
    uint64_t number;
    const Revocation *entries;
    size_t entry_count;
    const RevocationSource *source;         // follows the entries; NULL: none
    const IssuingDistributionPoint *scope;  // critical issuingDistributionPoint; NULL: all
    uint64_t base_number;                   // critical deltaCRLIndicator; 0: a complete list
    const char *freshest_url;               // where the delta list is; NULL: there is none
    bool is_linted;                         // nothing is signed that crl_lint_check refuses
} CrlTemplate;

// Build and sign a list. Appends the DER; beside it nothing of the list's size is held.
// Fails with ERROR_INPUT "crl_template.*" when the signer is not the issuer, times are reversed,
// a delta list refers to itself, to a later list or to another delta list; with ERROR_LIMIT
// "crl_template.size"; as crl_lint_check, the source and the signer fail. Then *ret is no list.
// Source: GM/T 0015-2012 annex C; RFC 5280 5.
bool crl_build(const CrlTemplate *template, const Signer *issuer, Writer *ret,
               Error *err) MUST_CHECK;

#endif
