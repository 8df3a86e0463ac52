// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path.h"

#include <string.h>

#include "base/crypto/foreign.h"
#include "domain/pki/path_build.h"
#include "domain/pki/path_names.h"
#include "domain/pki/path_policies.h"
#include "domain/pki/path_profile.h"
#include "domain/pki/path_rules.h"
#include "domain/pki/revocation.h"
#include "domain/pki/revocation_evidence.h"

static void report_rules(const PathPolicy *policy, const PathChain *chain, PathReport *report)
{
    path_rules_validity(policy, chain, report);
    path_rules_basic_constraints(policy, chain, report);
    path_rules_key_usage(policy, chain, report);
    path_rules_extended_key_usage(policy, chain, report);
    path_rules_critical_extension(chain, report);
    path_rules_keys(policy, chain, report);
    path_profile_report(policy, chain, report);
    path_rules_names(policy, chain, report);
}

static CheckOutcome worst_of(const PathReport *report, size_t first)
{
    CheckOutcome worst = CHECK_PASSED;
    for (size_t i = first; i < report->count; i++) {
        CheckOutcome outcome = report->checks[i].outcome;
        worst = outcome == CHECK_FAILED || (outcome == CHECK_UNKNOWN && worst != CHECK_FAILED)
                    ? outcome
                    : worst;
    }
    return worst;
}

static ChainRank judge_chain(const PathPolicy *policy, PathChain *chain, PathReport *ret)
{
    report_rules(policy, chain, ret);
    path_names_report(chain, ret);
    path_policies_report(policy, chain, ret);
    CheckOutcome worst = worst_of(ret, 0);
    size_t rest = ret->count;
    chain->has_weak_lists = false;
    revocation_report(policy, chain, ret);
    CheckOutcome revocation = worst_of(ret, rest);
    rest = ret->count;
    path_rules_algorithms(policy, chain, ret);
    if (worst == CHECK_PASSED) {
        worst = worst_of(ret, rest);
    }
    return worst == CHECK_FAILED                                   ? CHAIN_FAILS
           : revocation == CHECK_FAILED                            ? CHAIN_REVOKED
           : worst == CHECK_UNKNOWN || revocation == CHECK_UNKNOWN ? CHAIN_UNDECIDED
                                                                   : CHAIN_PASSES;
}

static void report_no_chain(const PathBuild *build, PathReport *report)
{
    if (build->signature_failed) {
        bool is_unknown = foreign_is_undecided(&build->failure);
        path_report_add(report, "path.signature", "RFC 5280 6.1.3 (a)(1)",
                        is_unknown ? CHECK_UNKNOWN : CHECK_FAILED,
                        "the signature on a certificate does not hold under its issuer's key: %s",
                        build->failure.text);
    } else if (build->exhausted) {
        path_report_add(report, "path.limit", "RFC 4158 2", CHECK_FAILED,
                        "no chain was found within the limit of %d signatures and %d chains",
                        PATH_MAX_SIGNATURES, PATH_MAX_CHAINS);
    } else {
        path_report_add(report, "path.anchor", "RFC 5280 6.1", CHECK_UNKNOWN,
                        "no chain leads to a known trust anchor");
    }
}

static void append_report(PathReport *report, const PathReport *more)
{
    for (size_t i = 0; i < more->count; i++) {
        const PathCheck *check = &more->checks[i];
        path_report_add(report, check->code, check->clause, check->outcome, "%s", check->detail);
    }
}

static void path_judge(PathBuild *build, const Certificate *certificate, PathReport *report)
{
    build->judge = judge_chain;
    path_build(build, certificate);
    if (build->best.len == 0) {
        // Without a chain the certificate itself is judged all the same: a failure decides,
        // whereas an unknown anchor does not.
        build->chain.len = 1;
        report_no_chain(build, report);
        report_rules(build->policy, &build->chain, report);
        return;
    }
    path_report_add(report, "path.signature", "RFC 5280 6.1.3 (a)(1)", CHECK_PASSED,
                    "every signature of the chain holds");
    path_report_add(report, "path.anchor", "RFC 5280 6.1", CHECK_PASSED,
                    "a chain of %zu certificates ends at a trust anchor", build->best.len);
    if (build->exhausted && build->rank != CHAIN_PASSES) {
        path_report_add(report, "path.limit", "RFC 4158 2", CHECK_INFORMED,
                        "other chains were not looked at beyond the limit of %d signatures and "
                        "%d chains",
                        PATH_MAX_SIGNATURES, PATH_MAX_CHAINS);
    }
    append_report(report, &build->best_report);
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
    path_judge(&(PathBuild){.policy = policy}, certificate, &report);
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
    path_judge(&(PathBuild){.policy = policy}, certificate, &report);
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

static bool tells_weakness(const PathReport *report)
{
    for (size_t i = 0; i < report->count; i++) {
        if (strcmp(report->checks[i].code, "path.algorithm") == 0) {
            return true;
        }
    }
    return false;
}

bool path_holds_for_list_issuer(const PathPolicy *policy, const Certificate *certificate,
                                PathChain *asking)
{
    PathPolicy own = *policy;
    own.purpose = PURPOSE_CRL;
    own.demands = (PathDemands){.takes_weak = policy->demands.takes_weak};
    PathReport report = {0};
    PathBuild build = {
        .policy = &own,
        .anchor = asking->certificates[asking->len - 1],
        .chain = {.list_signatures = asking->list_signatures, .asking = asking},
    };
    path_judge(&build, certificate, &report);
    asking->list_signatures = build.chain.list_signatures;
    asking->has_weak_lists = asking->has_weak_lists || tells_weakness(&report);
    return report_passes(&report);
}

PathEvidence path_find_evidence(const PathPolicy *policy, const Certificate *certificate)
{
    PathReport report = {0};
    PathBuild build = {.policy = policy};
    RevocationEvidence answers = {0};
    Revocation entry;
    path_judge(&build, certificate, &report);
    if (build.best.len < 2) {
        return (PathEvidence){0};
    }
    revocation_add_answers(policy, &build.best, 0, &answers);
    return (PathEvidence){
        .list = revocation_find_list(policy, &build.best),
        .is_answered = revocation_evidence_status(&answers, &entry) != STATUS_UNKNOWN,
    };
}
