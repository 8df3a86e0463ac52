// SPDX-License-Identifier: Apache-2.0
//
// OCSP responses as evidence of revocation, beside the lists of revocation.c.
#include "domain/pki/oid.h"
#include "domain/pki/revocation_evidence.h"

// Where a CA says how its responder's certificate is to be checked, and nothing is at hand to do
// so, the certificate is not used when revocation has to be known; where it says nothing, the
// choice is ours: RFC 6960 4.2.2.2.1.
static bool responder_is_good(const PathPolicy *policy, const Certificate *responder,
                              PathChain *chain, size_t index)
{
    CertificateExtension no_check;
    if (certificate_equal(responder, chain->certificates[index + 1]) ||
        certificate_find_extension(responder, OID_OCSP_NO_CHECK, &no_check)) {
        return true;
    }
    // The responder's chain: it alone below the issuer.
    PathChain own = *chain;
    own.certificates[0] = responder;
    own.nodes[0] = NULL;
    own.len = chain->len - index;
    for (size_t i = 1; i < own.len; i++) {
        own.certificates[i] = chain->certificates[index + i];
        own.nodes[i] = chain->nodes[index + i];
    }
    Revocation entry;
    RevocationEvidence evidence = {0};
    (void)revocation_add_lists(policy, &own, 0, &evidence);
    chain->signatures = own.signatures;
    chain->list_signatures = own.list_signatures;
    CertificateStatus status = revocation_evidence_status(&evidence, &entry);
    bool names_a_check =
        responder->crl_distribution_points.len > 0 || responder->authority_info_access.len > 0;
    return status == STATUS_UNKNOWN ? policy->revocation != REVOCATION_REQUIRED || !names_a_check
                                    : status != STATUS_REVOKED;
}

// True if the certificate came along with the response, and so lives as long.
static bool is_enclosed(const OcspResponse *response, const Certificate *certificate)
{
    const uint8_t *begin = response->der.data, *at = certificate->der.data;
    return at >= begin && at < begin + response->der.len;
}

// That a response speaks for an issuer never changes, so it is found out once for each store.
static bool verify_once(const PathPolicy *policy, TrustOcsp *node, const Certificate *issuer,
                        PathChain *chain, Certificate *ret)
{
    // Two issuers of one key may have different names, and a delegate is that of one of them.
    if (verified_key_is(&node->verified, issuer) &&
        (node->responder.der.len == 0 || name_matches(node->responder.issuer, issuer->subject))) {
        *ret = node->responder.der.len > 0 ? node->responder : *issuer;
        return true;
    }
    size_t left = chain->list_signatures < PATH_MAX_LIST_SIGNATURES
                      ? PATH_MAX_LIST_SIGNATURES - chain->list_signatures
                      : 0;
    size_t before = left;
    bool holds =
        ocsp_response_verify_within(&node->response, issuer, policy->trust, &left, ret, NULL);
    chain->list_signatures += before - left;
    bool is_issuer = holds && certificate_equal(ret, issuer);
    if (holds && (is_issuer || is_enclosed(&node->response, ret)) &&
        verified_key_begin(&node->verified)) {
        node->responder = is_issuer ? (Certificate){0} : *ret;
        verified_key_end(&node->verified, issuer);
    }
    return holds;
}

// Signed by the issuer or its delegate, whose certificate is good.
static bool response_is_usable(const PathPolicy *policy, TrustOcsp *node, PathChain *chain,
                               size_t index, Certificate *ret)
{
    return verify_once(policy, node, chain->certificates[index + 1], chain, ret) &&
           (policy->takes_foreign || !ret->has_foreign_key) &&
           responder_is_good(policy, ret, chain, index);
}

static RevocationWord word_of(const OcspAnswer *answer, Time at)
{
    RevocationWord word = {.status = STATUS_GOOD,
                           .this_update = answer->this_update,
                           .in_force = ocsp_answer_is_current(answer, at)};
    if (answer->status == OCSP_REVOKED) {
        // As an entry of a list: what was said before the moment counts whatever date it bears.
        bool has_begun = answer->revoked_at <= at || answer->this_update <= at;
        word.status = has_begun ? STATUS_REVOKED : STATUS_REVOKED_LATER;
        word.entry = (Revocation){answer->id.serial, answer->revoked_at, answer->reason};
    }
    return word;
}

// Responders may forget what has expired: then a later answer proves absence only as far back as
// its archive cutoff. Source: RFC 6960 4.4.4.
static bool proves_absence(const OcspAnswer *answer, const Certificate *certificate)
{
    return answer->this_update <= certificate->not_after ||
           (answer->archive_cutoff != 0 && answer->archive_cutoff <= certificate->not_after);
}

static void add_answer(const PathPolicy *policy, const Certificate *certificate,
                       const Certificate *responder, const OcspAnswer *answer,
                       RevocationEvidence *ret)
{
    RevocationWord word = word_of(answer, policy->at);
    // Who answers for now has to be valid now, not only when it signed.
    word.in_force = word.in_force && certificate_is_valid_at(responder, policy->at);
    bool is_later = answer->this_update > policy->at;
    if (word.status == STATUS_REVOKED) {
        revocation_evidence_add_final(ret, &word.entry);
    }
    if (word.in_force ||
        (is_later && (word.status != STATUS_GOOD || proves_absence(answer, certificate)))) {
        revocation_evidence_add(ret, &word);
    }
}

void revocation_add_answers(const PathPolicy *policy, PathChain *chain, size_t index,
                            RevocationEvidence *ret)
{
    const Certificate *certificate = chain->certificates[index];
    TrustCursor cursor = trust_store_cursor(policy->trust);
    for (TrustOcsp *node; (node = trust_cursor_next_ocsp(&cursor)) != NULL;) {
        Certificate responder = {0};
        bool is_verified = false;
        size_t position = 0;
        for (OcspAnswer answer; ocsp_response_next(&node->response, &position, &answer);) {
            if (answer.status == OCSP_UNKNOWN || answer.unknown_critical.len > 0 ||
                !ocsp_certificate_id_names(&answer.id, certificate,
                                           chain->certificates[index + 1])) {
                continue;
            }
            is_verified = is_verified || response_is_usable(policy, node, chain, index, &responder);
            if (!is_verified) {
                break;
            }
            add_answer(policy, certificate, &responder, &answer, ret);
        }
    }
}
