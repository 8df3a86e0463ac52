// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/revocation_lists.h"

#include "base/crypto/foreign.h"
#include "domain/pki/distribution_point.h"

// A list of a list's issuer's status may have an issuer of its own, but not without end; and each
// issuer whose chain has to be found counts as some signatures.
enum { ASKING_MAX = 3, LIST_ISSUER_COST = 4 };

// --- scope ------------------------------------------------------------------------------------

static bool names_issuer(const DistributionPoint *point, const Crl *crl)
{
    Bytes name;
    for (size_t i = 0; general_names_directory_name(point->crl_issuer, i, &name); i++) {
        if (name_matches(name, crl->issuer)) {
            return true;
        }
    }
    return false;
}

// Source: RFC 5280 6.3.3 (b)(1), (b)(2)(i).
static bool point_fits(const DistributionPoint *point, const Crl *crl,
                       const Certificate *certificate)
{
    bool has_issuer = point->crl_issuer.len > 0;
    if (has_issuer ? !crl->scope.is_indirect || !names_issuer(point, crl)
                   : !name_matches(crl->issuer, certificate->issuer)) {
        return false;
    }
    if (distribution_point_name_is_empty(&crl->scope.name)) {
        return true;
    }
    DistributionPointName name = point->name;
    if (distribution_point_name_is_empty(&name)) {
        name.full = point->crl_issuer;
    }
    return distribution_point_names_match(&name, has_issuer ? crl->issuer : certificate->issuer,
                                          &crl->scope.name, crl->issuer);
}

// Lists that no distribution point names but that the certificate's issuer issued.
// Source: RFC 5280 6.3.3, the paragraph after (l).
static bool is_issuers_own(const Crl *crl, const Certificate *certificate)
{
    return name_matches(crl->issuer, certificate->issuer) &&
           (distribution_point_name_is_empty(&crl->scope.name) ||
            distribution_point_name_is(&crl->scope.name, crl->issuer, certificate->issuer));
}

// Source: RFC 5280 6.3.3 (b)(2)(ii)-(iv), (d).
static uint16_t reasons_covered(const Crl *crl, const Certificate *certificate,
                                bool *ret_from_named_issuer)
{
    const IssuingDistributionPoint *scope = &crl->scope;
    if (scope->only_attribute_certificates ||
        (scope->only_user_certificates && certificate->is_ca) ||
        (scope->only_ca_certificates && !certificate->is_ca)) {
        return 0;
    }
    uint16_t covered = 0;
    bool is_named = false;
    Reader points = reader_of(certificate->crl_distribution_points);
    DistributionPoint point;
    while (distribution_point_next(&points, &point)) {
        if (point_fits(&point, crl, certificate)) {
            is_named = true;
            covered = (uint16_t)(covered | (point.reasons & scope->reasons));
            *ret_from_named_issuer = *ret_from_named_issuer || point.crl_issuer.len > 0;
        }
    }
    // A list that may be the one at a point with reasons is taken for these and no more.
    return is_named || !is_issuers_own(crl, certificate) ? covered : scope->reasons;
}

// --- delta lists ------------------------------------------------------------------------------

// Source: RFC 5280 5.2.4, 6.3.3 (c).
static bool may_be_combined(const Crl *base, const Crl *delta)
{
    return !crl_is_delta(base) && base->number.len > 0 && delta->number.len > 0 &&
           name_matches(base->issuer, delta->issuer) &&
           bytes_equal(base->issuing_distribution_point, delta->issuing_distribution_point) &&
           bytes_equal(base->authority_key_identifier, delta->authority_key_identifier) &&
           crl_number_compare(delta->base_number, base->number) <= 0 &&
           crl_number_compare(base->number, delta->number) < 0;
}

static ListView view_of(RelevantLists *lists, size_t index)
{
    RelevantList *list = &lists->lists[index];
    const Crl *crl = &list->node->crl;
    ListView view = {.this_update = crl->this_update,
                     .next_update = crl->next_update,
                     .has_next_update = crl->has_next_update,
                     .reasons = list->reasons};
    if (!crl_is_delta(crl)) {
        view.base = list;
        return view;
    }
    view.delta = list;
    for (size_t i = 0; i < lists->count; i++) {
        RelevantList *other = &lists->lists[i];
        if (may_be_combined(&other->node->crl, crl) &&
            (view.base == NULL ||
             crl_number_compare(view.base->node->crl.number, other->node->crl.number) < 0)) {
            view.base = other;
        }
    }
    return view;
}

static size_t group_of(const RelevantLists *lists, size_t index)
{
    const Crl *crl = &lists->lists[index].node->crl;
    for (size_t i = 0; i < index; i++) {
        const Crl *other = &lists->lists[i].node->crl;
        if (name_matches(crl->issuer, other->issuer) &&
            bytes_equal(crl->authority_key_identifier, other->authority_key_identifier)) {
            return lists->views[i].group;
        }
    }
    return index;
}

void relevant_lists_find(const PathPolicy *policy, PathChain *chain, size_t index,
                         RelevantLists *ret)
{
    ret->policy = policy;
    ret->chain = chain;
    ret->index = index;
    ret->count = 0;
    ret->issuer_has_lists = false;
    const Certificate *certificate = chain->certificates[index];
    TrustCursor cursor = trust_store_cursor(policy->trust);
    for (TrustCrl *node; (node = trust_cursor_next_crl(&cursor)) != NULL;) {
        RelevantList list = {.node = node};
        list.reasons = reasons_covered(&node->crl, certificate, &list.is_from_named_issuer);
        if (list.reasons != 0 && ret->count < TRUST_MAX_CRLS) {
            ret->lists[ret->count++] = list;
        }
        ret->issuer_has_lists = ret->issuer_has_lists || list.reasons != 0 ||
                                name_matches(node->crl.issuer, certificate->issuer);
    }
    for (size_t i = 0; i < ret->count; i++) {
        ret->views[i] = view_of(ret, i);
        ret->views[i].group = group_of(ret, i);
    }
}

// --- issuers ----------------------------------------------------------------------------------

static bool may_issue(const Crl *crl, const Certificate *issuer)
{
    Bytes wanted = crl->authority_key_identifier, offered = issuer->subject_key_identifier;
    return name_matches(crl->issuer, issuer->subject) &&
           (wanted.len == 0 || offered.len == 0 || bytes_equal(wanted, offered)) &&
           (!issuer->has_key_usage || (issuer->key_usage & USAGE_CRL_SIGN) != 0);
}

static bool signature_holds(RelevantLists *lists, TrustCrl *node, const Certificate *issuer)
{
    const Crl *crl = &node->crl;
    if (verified_key_is(&node->verified, issuer)) {
        return true;
    }
    if (lists->chain->list_signatures >= PATH_MAX_LIST_SIGNATURES) {
        return false;
    }
    lists->chain->list_signatures++;
    if (!certificate_judge_signed(issuer, crl->tbs, &crl->signature, NULL)) {
        return false;
    }
    verified_key_set(&node->verified, issuer);
    return true;
}

// Who is above the certificate was found to be an issuer already; the certificate itself decides
// about itself only when its issuer says so by naming it as cRLIssuer.
static const Certificate *find_in_chain(RelevantLists *lists, const RelevantList *list)
{
    const PathChain *chain = lists->chain;
    for (size_t i = lists->index + (list->is_from_named_issuer ? 0 : 1); i < chain->len; i++) {
        if (may_issue(&list->node->crl, chain->certificates[i]) &&
            signature_holds(lists, list->node, chain->certificates[i])) {
            return chain->certificates[i];
        }
    }
    return NULL;
}

// True if somebody is already asking whether this certificate may issue lists: the answer cannot
// hang on itself.
static bool is_asked_about(const PathChain *chain, const Certificate *certificate)
{
    size_t depth = 0;
    for (; chain->asking != NULL; chain = chain->asking) {
        if (certificate_equal(chain->certificates[0], certificate) || ++depth == ASKING_MAX) {
            return true;
        }
    }
    return false;
}

// Another certificate of the issuer's name: of another key of the CA, or of another institution.
static const Certificate *find_in_store(RelevantLists *lists, const RelevantList *list)
{
    PathChain *chain = lists->chain;
    TrustCursor cursor = trust_store_cursor(lists->policy->trust);
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        const Certificate *issuer = &node->certificate;
        if (!may_issue(&list->node->crl, issuer) || is_asked_about(chain, issuer) ||
            !signature_holds(lists, list->node, issuer) ||
            chain->list_signatures + LIST_ISSUER_COST > PATH_MAX_LIST_SIGNATURES) {
            continue;
        }
        chain->list_signatures += LIST_ISSUER_COST;
        if (path_holds_for_list_issuer(lists->policy, issuer, chain)) {
            return issuer;
        }
    }
    return NULL;
}

static bool is_usable(RelevantLists *lists, RelevantList *list)
{
    if (!list->is_tried) {
        const Certificate *issuer = find_in_chain(lists, list);
        issuer = issuer == NULL ? find_in_store(lists, list) : issuer;
        list->issuer = issuer;
        list->is_tried = true;
    }
    const ObjectSignature *signature = &list->node->crl.signature;
    if (list->issuer != NULL && signature->is_foreign &&
        foreign_algorithm_is_weak(signature->algorithm)) {
        lists->chain->has_weak_lists = true;
    }
    return list->issuer != NULL;
}

// --- looking up -------------------------------------------------------------------------------

static bool find_entry(const RelevantLists *lists, const RelevantList *list, CrlEntry *ret)
{
    const Certificate *certificate = lists->chain->certificates[lists->index];
    return crl_find_of(&list->node->crl, certificate->issuer, certificate->serial, ret);
}

// A list of version 2 has a number (RFC 5280 5.2.3); which of two is newer is not known otherwise.
static bool proves_absence(const RelevantLists *lists, const RelevantList *list)
{
    const Crl *crl = &list->node->crl;
    bool may_lack_number = crl->version < 2 || !lists->policy->holds_to_profile;
    return crl->unknown_critical.len == 0 && !crl->has_duplicates &&
           (crl->number.len > 0 || may_lack_number);
}

static ViewFinding listed_in(const RelevantList *list)
{
    return list->node->crl.unknown_critical.len > 0 ? VIEW_DOUBTFUL : VIEW_LISTED;
}

ViewFinding relevant_lists_look_up(RelevantLists *lists, const ListView *view, CrlEntry *ret,
                                   uint16_t *ret_reasons)
{
    bool is_removed = false;
    RelevantList *base = view->base, *delta = view->delta;
    *ret_reasons = 0;
    if (delta != NULL) {
        if (!is_usable(lists, delta)) {
            return VIEW_NOT_USED;
        }
        CrlEntry entry;
        if (find_entry(lists, delta, &entry)) {
            is_removed = entry.revocation.reason == REASON_REMOVE_FROM_CRL;
            if (!is_removed || !proves_absence(lists, delta)) {
                *ret = entry;
                return listed_in(delta);
            }
        }
        // Both are signed with one key (RFC 5280 6.3.3 (h)), or they are no pair.
        if (base == NULL || !proves_absence(lists, delta) || !is_usable(lists, base) ||
            !certificate_has_key_of(base->issuer, delta->issuer)) {
            return VIEW_ABSENT;
        }
    }
    if (!is_usable(lists, base)) {
        return VIEW_NOT_USED;
    }
    if (!is_removed && find_entry(lists, base, ret)) {
        return listed_in(base);
    }
    *ret_reasons = proves_absence(lists, base) ? base->reasons : 0;
    return VIEW_ABSENT;
}
