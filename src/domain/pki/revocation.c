// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/revocation.h"

#include "domain/pki/oid.h"

typedef enum {
    STATUS_UNKNOWN,  // no usable list
    STATUS_GOOD,
    STATUS_REVOKED,
    STATUS_REVOKED_LATER,
} CertificateStatus;

static bool list_is_usable(const Crl *crl, VerifiedKey *verified, const Certificate *issuer,
                           PathChain *chain)
{
    if (!name_matches(crl->issuer, issuer->subject) || crl->unknown_critical.len > 0 ||
        (issuer->has_key_usage && (issuer->key_usage & USAGE_CRL_SIGN) == 0)) {
        return false;
    }
    if (verified_key_is(verified, issuer)) {
        return true;
    }
    if (chain->signatures >= PATH_MAX_SIGNATURES) {
        return false;
    }
    chain->signatures++;
    if (!crl_verify(crl, issuer, NULL)) {
        return false;
    }
    verified_key_set(verified, issuer);
    return true;
}

// Find the usable list that was in force at the moment.
static const Crl *list_in_force(const PathPolicy *policy, const Certificate *issuer,
                                PathChain *chain)
{
    const Crl *best = NULL;
    TrustCursor cursor = trust_store_cursor(policy->trust);
    for (TrustCrl *node; (node = trust_cursor_next_crl(&cursor)) != NULL;) {
        const Crl *crl = &node->crl;
        bool in_force = crl->this_update <= policy->at && policy->at <= crl->next_update;
        if (in_force && (best == NULL || crl->this_update > best->this_update) &&
            list_is_usable(crl, &node->verified, issuer, chain)) {
            best = crl;
        }
    }
    return best;
}

static CertificateStatus status_in_list(const Crl *crl, const Certificate *certificate, Time at,
                                        Revocation *ret)
{
    if (!crl_find(crl, certificate->serial, ret)) {
        return STATUS_GOOD;
    }
    return ret->revoked_at <= at ? STATUS_REVOKED : STATUS_REVOKED_LATER;
}

static CertificateStatus certificate_status(const PathPolicy *policy,
                                            const Certificate *certificate,
                                            const Certificate *issuer, PathChain *chain,
                                            Revocation *ret)
{
    CertificateStatus status = STATUS_UNKNOWN;
    const Crl *in_force = list_in_force(policy, issuer, chain);
    if (in_force != NULL) {
        status = status_in_list(in_force, certificate, policy->at, ret);
    }
    TrustCursor cursor = trust_store_cursor(policy->trust);
    for (TrustCrl *node; (node = trust_cursor_next_crl(&cursor)) != NULL;) {
        const Crl *crl = &node->crl;
        if (status == STATUS_REVOKED || crl->this_update <= policy->at ||
            !list_is_usable(crl, &node->verified, issuer, chain)) {
            continue;
        }
        Revocation entry;
        CertificateStatus later = status_in_list(crl, certificate, policy->at, &entry);
        if (later != STATUS_GOOD) {
            status = later;
            *ret = entry;
        } else if (status == STATUS_UNKNOWN && crl->this_update <= certificate->not_after) {
            // Expired certificates leave the lists: only while it was valid does absence tell.
            status = STATUS_GOOD;
        }
    }
    return status;
}

static void report_revoked(PathReport *report, CheckOutcome outcome, const Revocation *entry,
                           const char *when)
{
    char text[TIME_TEXT_SIZE];
    time_to_text(entry->revoked_at, text);
    path_report_add(report, "path.revocation", "RFC 5280 6.3", outcome,
                    "a certificate of the chain was revoked at %s (%s), %s the moment in question",
                    text, revocation_reason_name(entry->reason), when);
}

static bool needs_no_list(const PathPolicy *policy, const Certificate *certificate)
{
    CertificateExtension no_check;
    return policy->purpose == PURPOSE_OCSP &&
           certificate_find_extension(certificate, OID_OCSP_NO_CHECK, &no_check);
}

void revocation_report(const PathPolicy *policy, PathChain *chain, PathReport *report)
{
    if (policy->revocation == REVOCATION_NOT_NEEDED || chain->len == 1 ||
        (chain->len == 2 && needs_no_list(policy, chain->certificates[0]))) {
        path_report_add(report, "path.revocation", "RFC 5280 6.3", CHECK_PASSED,
                        "no revocation list is needed");
        return;
    }
    size_t unknown = 0;
    bool revoked_later = false;
    for (size_t i = 0; i + 1 < chain->len; i++) {
        Revocation entry = {0};
        CertificateStatus status = certificate_status(policy, chain->certificates[i],
                                                      chain->certificates[i + 1], chain, &entry);
        if (status == STATUS_REVOKED) {
            report_revoked(report, CHECK_FAILED, &entry, "before");
            return;
        }
        if (status == STATUS_REVOKED_LATER && !revoked_later) {
            revoked_later = true;
            report_revoked(report, CHECK_INFORMED, &entry, "after");
        }
        unknown += status == STATUS_UNKNOWN ? 1 : 0;
    }
    if (unknown > 0) {
        path_report_add(report, "path.revocation", "RFC 5280 6.3",
                        policy->revocation == REVOCATION_REQUIRED ? CHECK_UNKNOWN : CHECK_INFORMED,
                        "for %zu of %zu certificates no usable revocation list is at hand", unknown,
                        chain->len - 1);
    } else if (!revoked_later) {
        path_report_add(report, "path.revocation", "RFC 5280 6.3", CHECK_PASSED,
                        "no certificate of the chain was revoked or suspended");
    }
}
