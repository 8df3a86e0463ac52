// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path_rules.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/foreign.h"
#include "domain/pki/oid.h"

void path_rules_validity(const PathPolicy *policy, const PathChain *chain, PathReport *report)
{
    char text[TIME_TEXT_SIZE];
    time_to_text(policy->at, text);
    for (size_t i = 0; i < chain->len; i++) {
        if (!certificate_is_valid_at(chain->certificates[i], policy->at)) {
            path_report_add(report, "path.validity", "RFC 5280 6.1.3 (a)(2)", CHECK_FAILED,
                            "certificate %zu of %zu is not valid at %s", i + 1, chain->len, text);
            return;
        }
    }
    path_report_add(report, "path.validity", "RFC 5280 6.1.3 (a)(2)", CHECK_PASSED,
                    "every certificate of the chain is valid at %s", text);
}

// An anchor from before version 3 cannot say that it is a CA; that it is an anchor says so.
static bool is_ca(const PathChain *chain, size_t index)
{
    const Certificate *certificate = chain->certificates[index];
    return certificate->is_ca || (index + 1 == chain->len && certificate->version < 3);
}

void path_rules_basic_constraints(const PathPolicy *policy, const PathChain *chain,
                                  PathReport *report)
{
    static const char code[] = "path.basic_constraints", clause[] = "RFC 5280 6.1.4 (k)-(m)";
    const PathDemands *demands = &policy->demands;
    int below = 0;  // intermediate certificates under the one that is looked at
    for (size_t i = 1; i < chain->len; i++) {
        const Certificate *issuer = chain->certificates[i];
        if (!is_ca(chain, i) || (issuer->path_len >= 0 && below > issuer->path_len)) {
            path_report_add(report, code, clause, CHECK_FAILED,
                            "certificate %zu of %zu may not issue the one below it", i + 1,
                            chain->len);
            return;
        }
        below += certificate_is_self_issued(issuer) ? 0 : 1;
    }
    bool is_deep = demands->limits_depth && chain->len > demands->max_depth + 2;
    path_report_add(report, code, clause, is_deep ? CHECK_FAILED : CHECK_PASSED,
                    is_deep ? "the chain is longer than may be"
                            : "every issuer is a CA and within its path length");
}

// The usages of which a certificate needs one for a purpose.
static uint16_t usages_for(CertificatePurpose purpose)
{
    switch (purpose) {
    case PURPOSE_CA:
        return USAGE_CERT_SIGN;
    case PURPOSE_CRL:
        return USAGE_CRL_SIGN;
    case PURPOSE_ENCRYPTION:
        return USAGE_KEY_ENCIPHERMENT | USAGE_DATA_ENCIPHERMENT | USAGE_KEY_AGREEMENT;
    case PURPOSE_TLS_SERVER:
        return USAGE_DIGITAL_SIGNATURE | USAGE_KEY_ENCIPHERMENT | USAGE_KEY_AGREEMENT;
    case PURPOSE_TLS_CLIENT:
        return USAGE_DIGITAL_SIGNATURE | USAGE_KEY_AGREEMENT;
    case PURPOSE_EMAIL:  // RFC 8550 4.4.2
        return USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION | USAGE_KEY_ENCIPHERMENT |
               USAGE_KEY_AGREEMENT;
    case PURPOSE_SIGNATURE:
    case PURPOSE_TIMESTAMP:
    case PURPOSE_OCSP:
        break;
    }
    return USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION;
}

// A certificate of others that says nothing of its key's use restricts none: RFC 5280 4.2.1.3. In
// ours GM/T 0015-2012 requires the extension.
static bool key_usage_fits(const PathPolicy *policy, const Certificate *certificate)
{
    CertificatePurpose purpose = policy->purpose;
    bool may_be_absent = policy->takes_foreign || purpose == PURPOSE_CRL;
    bool fits = (certificate->key_usage & usages_for(purpose)) != 0 ||
                (may_be_absent && !certificate->has_key_usage);
    return fits && (purpose != PURPOSE_CA || certificate->is_ca || certificate->version < 3);
}

void path_rules_key_usage(const PathPolicy *policy, const PathChain *chain, PathReport *report)
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
    const Certificate *certificate = chain->certificates[0];
    path_report_add(report, "path.key_usage", "GM/T 0015-2012 annex C",
                    key_usage_fits(policy, certificate) ? CHECK_PASSED : CHECK_FAILED,
                    "the certificate's key usage is %s%03x",
                    certificate->has_key_usage ? "" : "absent: ", certificate->key_usage);
}

static bool is_free_for(const Certificate *certificate, Bytes usage)
{
    return certificate->extended_key_usage.len == 0 ||
           certificate_has_extended_key_usage(certificate, usage) ||
           certificate_has_extended_key_usage(certificate, OID_USE_ANY);
}

static Bytes usage_for(CertificatePurpose purpose)
{
    return purpose == PURPOSE_TLS_SERVER   ? OID_USE_TLS_SERVER
           : purpose == PURPOSE_TLS_CLIENT ? OID_USE_TLS_CLIENT
           : purpose == PURPOSE_EMAIL      ? OID_USE_EMAIL
                                           : BYTES_EMPTY;
}

static bool extended_key_usage_fits(const PathPolicy *policy, const Certificate *certificate)
{
    CertificatePurpose purpose = policy->purpose;
    switch (purpose) {
    case PURPOSE_TIMESTAMP:
        return certificate->extended_key_usage_is_critical &&
               certificate_has_sole_extended_key_usage(certificate, OID_USE_TIMESTAMPING);
    case PURPOSE_OCSP:
        return certificate_has_extended_key_usage(certificate, OID_USE_OCSP_SIGNING);
    case PURPOSE_TLS_SERVER:
    case PURPOSE_TLS_CLIENT:
    case PURPOSE_EMAIL:
        return is_free_for(certificate, usage_for(purpose));
    case PURPOSE_CA:
    case PURPOSE_CRL:
        return true;
    case PURPOSE_SIGNATURE:
    case PURPOSE_ENCRYPTION:
        break;
    }
    if (policy->demands.is_for_any_use) {
        return true;
    }
    // A key that stamps or answers for others signs nothing else, and a critical restriction is
    // one to purposes that are not ours unless it names any.
    if (certificate->extended_key_usage_is_critical) {
        return certificate_has_extended_key_usage(certificate, OID_USE_ANY);
    }
    return !certificate_has_extended_key_usage(certificate, OID_USE_TIMESTAMPING) &&
           !certificate_has_extended_key_usage(certificate, OID_USE_OCSP_SIGNING);
}

// True if both are for a common usage, or one of them for any.
static bool have_common_usage(const Certificate *a, const Certificate *b)
{
    if (certificate_has_extended_key_usage(a, OID_USE_ANY)) {
        return true;
    }
    Reader usages = reader_of(a->extended_key_usage);
    while (usages.rest.len > 0 && !usages.failed) {
        if (is_free_for(b, der_oid(&usages))) {
            return true;
        }
    }
    return a->extended_key_usage.len == 0;
}

// A CA below the anchor that is restricted to usages issues for no other one: RFC 5280 does not say
// so, but whoever judges the certificates of others does it. Those who answer for a CA or stamp are
// excepted, for their usage is one that such CAs do not name.
static bool issuers_are_free(const PathPolicy *policy, const PathChain *chain)
{
    CertificatePurpose purpose = policy->purpose;
    Bytes usage = usage_for(purpose);
    bool is_excepted = purpose == PURPOSE_TIMESTAMP || purpose == PURPOSE_OCSP ||
                       purpose == PURPOSE_CA || purpose == PURPOSE_CRL || !policy->holds_to_profile;
    for (size_t i = 1; !is_excepted && i + 1 < chain->len; i++) {
        const Certificate *issuer = chain->certificates[i];
        if (usage.len > 0 ? !is_free_for(issuer, usage)
                          : !have_common_usage(chain->certificates[0], issuer)) {
            return false;
        }
    }
    return true;
}

void path_rules_extended_key_usage(const PathPolicy *policy, const PathChain *chain,
                                   PathReport *report)
{
    CertificatePurpose purpose = policy->purpose;
    bool fits =
        extended_key_usage_fits(policy, chain->certificates[0]) && issuers_are_free(policy, chain);
    const char *clause = purpose == PURPOSE_TIMESTAMP ? "RFC 3161 2.3" : "RFC 5280 4.2.1.12";
    path_report_add(report, "path.extended_key_usage", clause, fits ? CHECK_PASSED : CHECK_FAILED,
                    "the extended key usage of the certificate %s its purpose",
                    fits ? "fits" : "does not fit");
}

void path_rules_critical_extension(const PathChain *chain, PathReport *report)
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

// TLS has no use for DSA, and whoever issues for it may not certify such keys.
static bool key_fits_purpose(const PathPolicy *policy, const Certificate *certificate, Error *err)
{
    bool is_tls = policy->purpose == PURPOSE_TLS_SERVER || policy->purpose == PURPOSE_TLS_CLIENT;
    return !is_tls || !foreign_key_is_dsa(certificate->public_key_info) ||
           error_set(err, ERROR_UNTRUSTED, "foreign.unfit_key", "RFC 8446 4.2.3",
                     "DSA is not relied on for TLS");
}

// What a weak key or digest decides: nothing, unless the caller relies on it nevertheless.
static CheckOutcome weakness(const PathPolicy *policy)
{
    return policy->demands.takes_weak ? CHECK_INFORMED : CHECK_UNKNOWN;
}

void path_rules_keys(const PathPolicy *policy, const PathChain *chain, PathReport *report)
{
    static const char code[] = "path.key", clause[] = "RFC 5280 4.1.2.7",
                      of_certificate[] = "the key of certificate %zu of %zu: %s";
    size_t weak = 0;
    for (size_t i = 0; policy->takes_foreign && i < chain->len; i++) {
        const Certificate *certificate = chain->certificates[i];
        Error why = {0};
        bool is_weak = false;
        if (!certificate->has_foreign_key ||
            (foreign_key_judge(certificate->public_key_info, &is_weak, &why) &&
             key_fits_purpose(policy, certificate, &why))) {
            weak = is_weak && weak == 0 ? i + 1 : weak;
            continue;
        }
        path_report_add(report, code, clause,
                        foreign_is_undecided(&why) ? CHECK_UNKNOWN : CHECK_FAILED, of_certificate,
                        i + 1, chain->len, why.text);
        return;
    }
    if (weak > 0) {
        path_report_add(report, code, clause, weakness(policy), of_certificate, weak, chain->len,
                        "it has too few bits");
    } else if (policy->takes_foreign) {
        path_report_add(report, code, clause, CHECK_PASSED,
                        "every key of the chain may be relied on");
    }
}

static bool has_weak_signature(const PathChain *chain)
{
    // What is signed over an anchor counts for nothing, and nor does what it is signed with.
    for (size_t i = 0; i + 1 < chain->len; i++) {
        const ObjectSignature *signature = &chain->certificates[i]->signature;
        if (signature->is_foreign && foreign_algorithm_is_weak(signature->algorithm)) {
            return true;
        }
    }
    return chain->has_weak_lists;
}

void path_rules_algorithms(const PathPolicy *policy, const PathChain *chain, PathReport *report)
{
    if (has_weak_signature(chain)) {
        path_report_add(report, "path.algorithm", "RFC 5280 4.1.1.2", weakness(policy),
                        "a certificate or list is signed over SHA-1 or MD5");
    }
}

void path_rules_names(const PathPolicy *policy, const PathChain *chain, PathReport *report)
{
    static const char clause[] = "RFC 9525 6";
    if (policy->demands.name_count == 0) {
        return;
    }
    for (size_t i = 0; i < policy->demands.name_count; i++) {
        if (!peer_name_is_of(&policy->demands.names[i], chain->certificates[0])) {
            path_report_add(report, "path.peer_name", clause, CHECK_FAILED,
                            "the certificate does not have name %zu of %zu that is asked for",
                            i + 1, policy->demands.name_count);
            return;
        }
    }
    path_report_add(report, "path.peer_name", clause, CHECK_PASSED,
                    "the certificate has the name that is asked for");
}
