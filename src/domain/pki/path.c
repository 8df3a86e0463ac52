// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path.h"

#include <stdio.h>

#include "base/codec/der.h"
#include "domain/pki/oid.h"
#include "domain/pki/path_names.h"
#include "domain/pki/path_policies.h"
#include "domain/pki/path_report.h"
#include "domain/pki/revocation.h"
#include "domain/pki/revocation_evidence.h"
#include "domain/pki/trust_node.h"

// A search for a chain, depth first, that never does more work than PATH_MAX_SIGNATURES allows:
// the certificates to choose from may come from an attacker.
typedef struct {
    const PathPolicy *policy;
    PathChain chain;
    const Certificate *anchor;  // the only one that will do; NULL: any
    bool only_fitting;          // skip issuers that would fail a later check
    bool exhausted;
    bool signature_failed;  // an issuer of the right name did not sign it
    Error failure;          // why, for the first of them
} PathSearch;

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

static bool issuer_fits(const Certificate *issuer, Time at)
{
    return issuer->is_ca && certificate_is_valid_at(issuer, at) &&
           (!issuer->has_key_usage || (issuer->key_usage & USAGE_CERT_SIGN) != 0);
}

static bool may_be_issuer(const PathSearch *search, const Certificate *issuer)
{
    const Certificate *certificate = search->chain.certificates[search->chain.len - 1];
    Bytes wanted = certificate->authority_key_identifier;
    Bytes offered = issuer->subject_key_identifier;
    if (!name_matches(issuer->subject, certificate->issuer) ||
        (wanted.len > 0 && offered.len > 0 && !bytes_equal(wanted, offered)) ||
        (search->only_fitting && !issuer_fits(issuer, search->policy->at)) ||
        (issuer->has_foreign_key && !search->policy->takes_foreign)) {
        return false;
    }
    for (size_t i = 0; i < search->chain.len; i++) {
        if (certificate_equal(search->chain.certificates[i], issuer)) {
            return false;
        }
    }
    return true;
}

static bool signature_holds(PathSearch *search, const Certificate *issuer)
{
    const Certificate *certificate = search->chain.certificates[search->chain.len - 1];
    TrustCertificate *node = search->chain.nodes[search->chain.len - 1];
    if (node != NULL && verified_key_is(&node->verified, issuer)) {
        return true;
    }
    if (search->chain.signatures == PATH_MAX_SIGNATURES) {
        search->exhausted = true;
        return false;
    }
    search->chain.signatures++;
    Error err = {0};
    if (!certificate_verify_signature(certificate, issuer, &err)) {
        search->failure = search->signature_failed ? search->failure : err;
        search->signature_failed = true;
        return false;
    }
    if (node != NULL) {
        verified_key_set(&node->verified, issuer);
    }
    return true;
}

static bool is_at_anchor(const PathSearch *search)
{
    const Certificate *last = search->chain.certificates[search->chain.len - 1];
    return trust_store_has_anchor(search->policy->trust, last) &&
           (search->anchor == NULL || certificate_equal(search->anchor, last));
}

// Extend the chain until its last certificate is an anchor. Recursion ends at PATH_MAX_LENGTH.
static bool extend_chain(PathSearch *search)
{
    PathChain *chain = &search->chain;
    if (is_at_anchor(search)) {
        return true;
    }
    if (chain->len == PATH_MAX_LENGTH) {
        return false;
    }
    TrustCursor cursor = trust_store_cursor(search->policy->trust);
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        if (search->exhausted) {
            return false;
        }
        if (!may_be_issuer(search, &node->certificate) ||
            !signature_holds(search, &node->certificate)) {
            continue;
        }
        chain->certificates[chain->len] = &node->certificate;
        chain->nodes[chain->len] = node;
        chain->len++;
        if (extend_chain(search)) {
            return true;
        }
        chain->len--;
    }
    return false;
}

// Find a chain, at first only over issuers that satisfy the later checks, so that a renewed CA
// certificate wins over an expired one; then over any, so that the report can say what is wrong.
static bool find_chain(PathSearch *search)
{
    search->only_fitting = true;
    if (extend_chain(search)) {
        return true;
    }
    search->only_fitting = false;
    return extend_chain(search);
}

static void report_chain(PathReport *report, const PathSearch *search, bool found)
{
    if (found) {
        path_report_add(report, "path.signature", "RFC 5280 6.1.3 (a)(1)", CHECK_PASSED,
                        "every signature of the chain holds");
        path_report_add(report, "path.anchor", "RFC 5280 6.1", CHECK_PASSED,
                        "a chain of %zu certificates ends at a trust anchor", search->chain.len);
    } else if (search->signature_failed) {
        path_report_add(report, "path.signature", "RFC 5280 6.1.3 (a)(1)", CHECK_FAILED,
                        "the signature on a certificate does not hold under its issuer's key: %s",
                        search->failure.text);
    } else if (search->exhausted) {
        path_report_add(report, "path.anchor", "RFC 5280 6.1", CHECK_FAILED,
                        "no chain was found within %d signatures", PATH_MAX_SIGNATURES);
    } else {
        path_report_add(report, "path.anchor", "RFC 5280 6.1", CHECK_UNKNOWN,
                        "no chain leads to a known trust anchor");
    }
}

static void report_validity(PathReport *report, const PathChain *chain, Time at)
{
    char text[TIME_TEXT_SIZE];
    time_to_text(at, text);
    for (size_t i = 0; i < chain->len; i++) {
        if (!certificate_is_valid_at(chain->certificates[i], at)) {
            path_report_add(report, "path.validity", "RFC 5280 6.1.3 (a)(2)", CHECK_FAILED,
                            "certificate %zu of %zu is not valid at %s", i + 1, chain->len, text);
            return;
        }
    }
    path_report_add(report, "path.validity", "RFC 5280 6.1.3 (a)(2)", CHECK_PASSED,
                    "every certificate of the chain is valid at %s", text);
}

static void report_basic_constraints(PathReport *report, const PathChain *chain)
{
    int below = 0;  // intermediate certificates under the one that is looked at
    for (size_t i = 1; i < chain->len; i++) {
        const Certificate *issuer = chain->certificates[i];
        if (!issuer->is_ca || (issuer->path_len >= 0 && below > issuer->path_len)) {
            path_report_add(report, "path.basic_constraints", "RFC 5280 6.1.4 (k)-(m)",
                            CHECK_FAILED, "certificate %zu of %zu may not issue the one below it",
                            i + 1, chain->len);
            return;
        }
        below += certificate_is_self_issued(issuer) ? 0 : 1;
    }
    path_report_add(report, "path.basic_constraints", "RFC 5280 6.1.4 (k)-(m)", CHECK_PASSED,
                    "every issuer is a CA and within its path length");
}

// A certificate of another system that says nothing of its key's use restricts none: RFC 5280
// 4.2.1.3. In ours GM/T 0015-2012 requires the extension.
static bool key_usage_fits(const Certificate *certificate, CertificatePurpose purpose)
{
    if (certificate->has_foreign_key && !certificate->has_key_usage) {
        return purpose != PURPOSE_CA || certificate->is_ca;
    }
    if (purpose == PURPOSE_CA) {
        return certificate->is_ca && (certificate->key_usage & USAGE_CERT_SIGN) != 0;
    }
    if (purpose == PURPOSE_ENCRYPTION) {
        return (certificate->key_usage &
                (USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT | USAGE_KEY_AGREEMENT)) != 0;
    }
    if (purpose == PURPOSE_CRL) {
        return !certificate->has_key_usage || (certificate->key_usage & USAGE_CRL_SIGN) != 0;
    }
    return (certificate->key_usage & (USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION)) != 0;
}

static void report_key_usage(PathReport *report, const PathChain *chain, CertificatePurpose purpose)
{
    for (size_t i = 1; i < chain->len; i++) {
        const Certificate *issuer = chain->certificates[i];
        if (issuer->has_key_usage && (issuer->key_usage & USAGE_CERT_SIGN) == 0) {
            path_report_add(report, "path.key_usage", "RFC 5280 6.1.4 (n)", CHECK_FAILED,
                            "the key of certificate %zu of %zu is not for issuing", i + 1,
                            chain->len);
            return;
        }
    }
    bool fits = key_usage_fits(chain->certificates[0], purpose);
    path_report_add(
        report, "path.key_usage", "GM/T 0015-2012 annex C", fits ? CHECK_PASSED : CHECK_FAILED,
        "the certificate's key usage is %s%03x",
        chain->certificates[0]->has_key_usage ? "" : "absent: ", chain->certificates[0]->key_usage);
}

static bool extended_key_usage_fits(const Certificate *certificate, CertificatePurpose purpose)
{
    switch (purpose) {
    case PURPOSE_TIMESTAMP:
        return certificate->extended_key_usage_is_critical &&
               certificate_has_sole_extended_key_usage(certificate, OID_USE_TIMESTAMPING);
    case PURPOSE_OCSP:
        return certificate_has_extended_key_usage(certificate, OID_USE_OCSP_SIGNING);
    case PURPOSE_CA:
    case PURPOSE_CRL:
        return true;
    case PURPOSE_SIGNATURE:
    case PURPOSE_ENCRYPTION:
        break;
    }
    // A key that stamps or answers for others signs nothing else, and a critical restriction is
    // one to purposes that are not ours unless it names any.
    if (certificate->extended_key_usage_is_critical) {
        return certificate_has_extended_key_usage(certificate, OID_USE_ANY);
    }
    return !certificate_has_extended_key_usage(certificate, OID_USE_TIMESTAMPING) &&
           !certificate_has_extended_key_usage(certificate, OID_USE_OCSP_SIGNING);
}

static void report_extended_key_usage(PathReport *report, const PathChain *chain,
                                      CertificatePurpose purpose)
{
    bool fits = extended_key_usage_fits(chain->certificates[0], purpose);
    const char *clause = purpose == PURPOSE_TIMESTAMP ? "RFC 3161 2.3" : "RFC 5280 4.2.1.12";
    path_report_add(report, "path.extended_key_usage", clause, fits ? CHECK_PASSED : CHECK_FAILED,
                    "the extended key usage of the certificate %s its purpose",
                    fits ? "fits" : "does not fit");
}

static void report_critical_extension(PathReport *report, const PathChain *chain)
{
    for (size_t i = 0; i < chain->len; i++) {
        if (chain->certificates[i]->unknown_critical.len > 0) {
            char dotted[DER_OID_TEXT_SIZE];
            der_oid_text(chain->certificates[i]->unknown_critical, dotted);
            path_report_add(report, "path.critical_extension", "RFC 5280 6.1.5 (f)", CHECK_FAILED,
                            "certificate %zu of %zu has the unknown critical extension %s", i + 1,
                            chain->len, dotted);
            return;
        }
    }
    path_report_add(report, "path.critical_extension", "RFC 5280 6.1.5 (f)", CHECK_PASSED,
                    "every critical extension is known");
}

static void path_judge(PathSearch *search, const Certificate *certificate, PathReport *report)
{
    const PathPolicy *policy = search->policy;
    TrustCertificate *node = find_node(policy->trust, certificate);
    search->chain.certificates[0] = node != NULL ? &node->certificate : certificate;
    search->chain.nodes[0] = node;
    search->chain.len = 1;
    bool found = find_chain(search);
    report_chain(report, search, found);
    if (!found) {
        search->chain.len = 1;
    }
    // Without a chain the certificate itself is judged all the same: a failure decides, whereas
    // an unknown anchor does not.
    report_validity(report, &search->chain, policy->at);
    report_basic_constraints(report, &search->chain);
    report_key_usage(report, &search->chain, policy->purpose);
    report_extended_key_usage(report, &search->chain, policy->purpose);
    report_critical_extension(report, &search->chain);
    if (found) {
        path_names_report(&search->chain, report);
        path_policies_report(policy, &search->chain, report);
        revocation_report(policy, &search->chain, report);
    }
}

static bool report_passes(const PathReport *report)
{
    bool passed = true;
    for (size_t i = 0; i < report->count; i++) {
        passed = passed && report->checks[i].outcome <= CHECK_INFORMED;
    }
    return passed;
}

bool path_check(const PathPolicy *policy, const Certificate *certificate, Verdict *verdict)
{
    PathReport report = {0};
    path_judge(&(PathSearch){.policy = policy}, certificate, &report);
    for (size_t i = 0; i < report.count; i++) {
        const PathCheck *check = &report.checks[i];
        verdict_add(verdict, AREA_TRUST, check->outcome, check->code, check->clause, "%s",
                    check->detail);
    }
    return report_passes(&report);
}

bool path_verify(const PathPolicy *policy, const Certificate *certificate, Error *err)
{
    PathReport report = {0};
    path_judge(&(PathSearch){.policy = policy}, certificate, &report);
    const PathCheck *reason = NULL;
    for (size_t i = 0; i < report.count; i++) {
        const PathCheck *check = &report.checks[i];
        if (check->outcome > CHECK_INFORMED &&
            (reason == NULL ||
             (check->outcome == CHECK_FAILED && reason->outcome != CHECK_FAILED))) {
            reason = check;
        }
    }
    if (reason == NULL) {
        return true;
    }
    return error_set(err, reason->outcome == CHECK_FAILED ? ERROR_UNTRUSTED : ERROR_UNAVAILABLE,
                     reason->code, reason->clause, "%s", reason->detail);
}

bool path_holds_for_list_issuer(const PathPolicy *policy, const Certificate *certificate,
                                PathChain *asking)
{
    PathPolicy own = *policy;
    own.purpose = PURPOSE_CRL;
    own.policy = BYTES_EMPTY;
    PathReport report = {0};
    PathSearch search = {
        .policy = &own,
        .anchor = asking->certificates[asking->len - 1],
        .chain = {.list_signatures = asking->list_signatures, .asking = asking},
    };
    path_judge(&search, certificate, &report);
    asking->list_signatures = search.chain.list_signatures;
    return report_passes(&report);
}

const Crl *path_find_list(const PathPolicy *policy, const Certificate *certificate)
{
    PathSearch search = {.policy = policy};
    search.chain.certificates[0] = certificate;
    search.chain.len = 1;
    return find_chain(&search) && search.chain.len > 1 ? revocation_find_list(policy, &search.chain)
                                                       : NULL;
}

bool path_is_answered(const PathPolicy *policy, const Certificate *certificate)
{
    PathSearch search = {.policy = policy};
    RevocationEvidence evidence = {0};
    Revocation entry;
    search.chain.certificates[0] = certificate;
    search.chain.len = 1;
    if (!find_chain(&search) || search.chain.len == 1) {
        return false;
    }
    revocation_add_answers(policy, &search.chain, 0, &evidence);
    return revocation_evidence_status(&evidence, &entry) != STATUS_UNKNOWN;
}
