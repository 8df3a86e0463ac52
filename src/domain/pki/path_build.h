// SPDX-License-Identifier: Apache-2.0
//
// The search for a chain among certificates of which anybody may have sent some. Used by path.c.
// Source: RFC 4158 2-3.
#ifndef ASSENT_DOMAIN_PKI_PATH_BUILD_H
#define ASSENT_DOMAIN_PKI_PATH_BUILD_H

#include "domain/pki/path_report.h"

// How good a chain to an anchor turned out to be, the best first.
typedef enum {
    CHAIN_PASSES,
    CHAIN_REVOKED,    // everything else passes
    CHAIN_UNDECIDED,  // nothing fails, something is unknown
    CHAIN_FAILS,
    CHAIN_NONE,
} ChainRank;

// Judges a chain that ends at an anchor, and says in `ret` why.
typedef ChainRank ChainJudge(const PathPolicy *policy, PathChain *chain, PathReport *ret);

// A certificate whose DSA key got its parameters from those above it, in place of that certificate.
// Source: RFC 5280 6.1.4 (e), (f).
enum { PATH_MAX_INHERITING = 6, PATH_INHERITED_KEY_SIZE = 2560 };

typedef struct {
    Certificate certificate;
    uint8_t key_info[PATH_INHERITED_KEY_SIZE];
} InheritingCertificate;

typedef struct {
    const PathPolicy *policy;
    ChainJudge *judge;
    const Certificate *anchor;  // the only one that will do; NULL: any

    PathChain chain;  // the one that is tried
    PathChain best;   // the best that led to an anchor; len 0: none
    PathReport best_report;
    ChainRank rank;
    size_t tried;
    bool exhausted;         // PATH_MAX_CHAINS or PATH_MAX_SIGNATURES ended the search
    bool signature_failed;  // an issuer of the right name did not sign it
    Error failure;          // why, for the first of them
    // Never reused: `best` may be of them.
    InheritingCertificate inheriting[PATH_MAX_INHERITING];
    size_t inheriting_count;
} PathBuild;

// Try the chains from a certificate to an anchor, depth first, until one passes. Issuers are tried
// in the order of what is known of them without a computation: those that are anchors, may issue at
// that moment and have the key identifier that is asked for come first, but an identifier that
// differs excludes none. A name with its key is above a certificate only once, so that CAs that
// certify each other make no circles.
//
// Set policy, judge and anchor before; chain.asking and chain.list_signatures may be set too.
void path_build(PathBuild *build, const Certificate *certificate);

#endif
