// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path_build.h"

#include <string.h>

#include "base/crypto/foreign.h"

// What is known of a possible issuer: the fewer of these, the sooner it is tried.
enum {
    IS_NO_ANCHOR = 1 << 0,
    DOES_NOT_FIT = 1 << 1,          // a later check would fail
    HAS_OTHER_IDENTIFIER = 1 << 2,  // than the certificate says that its issuer has
    TRAITS_END = 1 << 3,
};

static TrustCertificate *find_node(const TrustStore *trust, const Certificate *certificate)
{
    TrustCursor cursor = trust_store_cursor(trust);
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        if (certificate_equal(&node->certificate, certificate)) {
            return node;
        }
    }
    return NULL;
}

static bool is_in_chain(const PathChain *chain, const Certificate *issuer)
{
    if (certificate_equal(chain->certificates[0], issuer)) {
        return true;
    }
    for (size_t i = 1; i < chain->len; i++) {
        if (certificate_equal(chain->certificates[i], issuer) ||
            (certificate_has_key_of(chain->certificates[i], issuer) &&
             name_matches(chain->certificates[i]->subject, issuer->subject))) {
            return true;
        }
    }
    return false;
}

static bool may_be_issuer(const PathBuild *build, const Certificate *issuer)
{
    const Certificate *certificate = build->chain.certificates[build->chain.len - 1];
    return name_matches(issuer->subject, certificate->issuer) &&
           (!issuer->has_foreign_key || build->policy->takes_foreign) &&
           !is_in_chain(&build->chain, issuer);
}

static unsigned traits_of(const PathBuild *build, const TrustCertificate *node)
{
    const Certificate *certificate = build->chain.certificates[build->chain.len - 1];
    const Certificate *issuer = &node->certificate;
    Bytes wanted = certificate->authority_key_identifier;
    Bytes offered = issuer->subject_key_identifier;
    bool fits = issuer->is_ca && certificate_is_valid_at(issuer, build->policy->at) &&
                (!issuer->has_key_usage || (issuer->key_usage & USAGE_CERT_SIGN) != 0);
    return (node->is_anchor ? 0 : IS_NO_ANCHOR) | (fits ? 0 : DOES_NOT_FIT) |
           (wanted.len > 0 && offered.len > 0 && !bytes_equal(wanted, offered)
                ? HAS_OTHER_IDENTIFIER
                : 0);
}

// Whether the issuer's key signed the certificate at this place of the chain. An issuer that is not
// the one the certificate names is tried for want of a better one: that it did not sign says
// nothing.
static bool signature_holds(PathBuild *build, size_t index, const Certificate *issuer,
                            unsigned traits)
{
    const Certificate *certificate = build->chain.certificates[index];
    TrustCertificate *node = build->chain.nodes[index];
    if (node != NULL && verified_key_is(&node->verified, issuer)) {
        return true;
    }
    if (build->chain.signatures == PATH_MAX_SIGNATURES) {
        build->exhausted = true;
        return false;
    }
    build->chain.signatures++;
    Error err = {0};
    if (!certificate_judge_signature(certificate, issuer, &err)) {
        if ((traits & HAS_OTHER_IDENTIFIER) == 0 && !build->signature_failed) {
            build->failure = err;
            build->signature_failed = true;
        }
        return false;
    }
    if (node != NULL) {
        verified_key_set(&node->verified, issuer);
    }
    return true;
}

// --- parameters that are inherited ------------------------------------------------------------

static bool lacks_parameters(const Certificate *certificate)
{
    return certificate->has_foreign_key &&
           foreign_key_lacks_parameters(certificate->public_key_info);
}

// Complete the key at this place of the chain by that of the one above, which is complete.
static bool inherit(PathBuild *build, size_t index, const Certificate *above)
{
    const Certificate *certificate = build->chain.certificates[index];
    CLEANUP(writer_free) Writer whole = writer_new(PATH_INHERITED_KEY_SIZE);
    if (build->inheriting_count == PATH_MAX_INHERITING || !above->has_foreign_key ||
        !foreign_key_inherit(certificate->public_key_info, above->public_key_info, &whole, NULL)) {
        return false;
    }
    InheritingCertificate *inheriting = &build->inheriting[build->inheriting_count++];
    memcpy(inheriting->key_info, whole.data, whole.len);
    inheriting->certificate = *certificate;
    inheriting->certificate.public_key_info = bytes_of(inheriting->key_info, whole.len);
    build->chain.certificates[index] = &inheriting->certificate;
    return true;
}

// Put an issuer above the chain if it signed the certificate below. A key that inherits its
// parameters proves nothing until they are known: then what it signed is verified, from above.
static bool put_issuer(PathBuild *build, TrustCertificate *node, unsigned traits)
{
    PathChain *chain = &build->chain;
    const Certificate *issuer = &node->certificate;
    size_t top = chain->len - 1;
    bool is_known = !lacks_parameters(issuer);
    if (is_known && !signature_holds(build, top, issuer, traits)) {
        return false;
    }
    for (size_t i = top; is_known && lacks_parameters(chain->certificates[i]); i--) {
        if (!inherit(build, i, i == top ? issuer : chain->certificates[i + 1]) ||
            (i > 0 && !signature_holds(build, i - 1, chain->certificates[i], 0))) {
            return false;
        }
        if (i == 0) {
            break;
        }
    }
    chain->certificates[chain->len] = issuer;
    chain->nodes[chain->len] = node;
    chain->len++;
    return true;
}

// --- the search -------------------------------------------------------------------------------

static bool is_at_anchor(const PathBuild *build)
{
    const Certificate *last = build->chain.certificates[build->chain.len - 1];
    return trust_store_has_anchor(build->policy->trust, last) &&
           (build->anchor == NULL || certificate_equal(build->anchor, last));
}

static void judge_chain(PathBuild *build)
{
    PathReport report = {0};
    ChainRank rank = build->judge(build->policy, &build->chain, &report);
    if (rank < build->rank) {
        build->rank = rank;
        build->best = build->chain;
        build->best_report = report;
    }
    build->tried++;
    build->exhausted = build->exhausted || build->tried == PATH_MAX_CHAINS;
}

static void extend_chain(PathBuild *build);

static bool is_ended(const PathBuild *build)
{
    return build->rank == CHAIN_PASSES || build->exhausted;
}

// Try the issuers with these traits.
static void try_issuers(PathBuild *build, unsigned traits)
{
    PathChain *chain = &build->chain;
    TrustCursor cursor = trust_store_cursor(build->policy->trust);
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        if (!may_be_issuer(build, &node->certificate) || traits_of(build, node) != traits) {
            continue;
        }
        const PathChain before = *chain;
        if (put_issuer(build, node, traits)) {
            extend_chain(build);
        }
        memcpy(chain->certificates, before.certificates,
               before.len * sizeof before.certificates[0]);
        chain->len = before.len;
        if (is_ended(build)) {
            return;
        }
    }
}

// Which traits the possible issuers have, as a set.
static unsigned find_traits(const PathBuild *build)
{
    unsigned found = 0;
    TrustCursor cursor = trust_store_cursor(build->policy->trust);
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        if (may_be_issuer(build, &node->certificate)) {
            found |= 1U << traits_of(build, node);
        }
    }
    return found;
}

// Judge the chain if it is at an anchor, and go on above its last certificate. Recursion ends at
// PATH_MAX_LENGTH.
static void extend_chain(PathBuild *build)
{
    if (is_at_anchor(build) && !lacks_parameters(build->chain.certificates[build->chain.len - 1])) {
        judge_chain(build);
    }
    if (is_ended(build) || build->chain.len == PATH_MAX_LENGTH) {
        return;
    }
    unsigned found = find_traits(build);
    for (unsigned traits = 0; traits < TRAITS_END && !is_ended(build); traits++) {
        if ((found >> traits & 1) != 0) {
            try_issuers(build, traits);
        }
    }
}

void path_build(PathBuild *build, const Certificate *certificate)
{
    TrustCertificate *node = find_node(build->policy->trust, certificate);
    build->rank = CHAIN_NONE;
    build->chain.certificates[0] = node != NULL ? &node->certificate : certificate;
    build->chain.nodes[0] = node;
    build->chain.len = 1;
    extend_chain(build);
}
