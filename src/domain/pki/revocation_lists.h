// SPDX-License-Identifier: Apache-2.0
//
// Which lists of a store are about a certificate, in which scope, and whether they may be used.
// Used by revocation.c.
// Source: RFC 5280 5.2.4, 6.3.3 (b)-(h).
#ifndef ASSENT_DOMAIN_PKI_REVOCATION_LISTS_H
#define ASSENT_DOMAIN_PKI_REVOCATION_LISTS_H

#include "domain/pki/path_report.h"

typedef struct {
    TrustCrl *node;
    uint16_t reasons;           // for which it speaks about the certificate; never 0
    bool is_from_named_issuer;  // by a distribution point with cRLIssuer
    bool is_tried;
    const Certificate *issuer;  // once it was tried; NULL: not to be used
} RelevantList;

// What stands for one complete list: it alone, or with a delta list. Or a delta list without its
// base, which proves nobody good.
typedef struct {
    RelevantList *base;   // NULL: there is none
    RelevantList *delta;  // NULL: there is none
    Time this_update, next_update;
    bool has_next_update;
    uint16_t reasons;
    size_t group;  // the first view of lists of the same issuer's same key
} ListView;

// The lists that are about one certificate of a chain.
typedef struct {
    const PathPolicy *policy;
    PathChain *chain;
    size_t index;  // of the certificate in the chain
    RelevantList lists[TRUST_MAX_CRLS];
    ListView views[TRUST_MAX_CRLS];  // each list is the newest part of exactly one
    size_t count;
    bool issuer_has_lists;  // its issuer has some, about it or not
} RelevantLists;

// Find the lists of the store that are about chain->certificates[index]. No signature is verified.
// *ret points into itself.
void relevant_lists_find(const PathPolicy *policy, PathChain *chain, size_t index,
                         RelevantLists *ret);

typedef enum {
    VIEW_NOT_USED,  // a signature does not hold, or its issuer is not believed
    VIEW_ABSENT,    // the certificate is not revoked by it
    VIEW_LISTED,    // *ret is the entry
    VIEW_DOUBTFUL,  // *ret is the entry in a list with an unknown critical extension
} ViewFinding;

// Look the certificate up. *ret_reasons: those for which the view proves that it is not listed.
ViewFinding relevant_lists_look_up(RelevantLists *lists, const ListView *view, CrlEntry *ret,
                                   uint16_t *ret_reasons);

#endif
