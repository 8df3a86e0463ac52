// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "domain/casefile/signer_judging.h"

static void judge_status(const PathPolicy *path, const Certificate *signer, Verdict *verdict)
{
    const PathEvidence evidence = path_find_evidence(path, signer);
    bool is_decided = evidence.list != NULL || evidence.is_answered ||
                      trust_store_has_anchor(path->trust, signer);
    verdict_add(verdict, AREA_TRUST, is_decided ? CHECK_PASSED : CHECK_INFORMED,
                "verify.revocation", "RFC 5280 6.3",
                is_decided ? "a list, an OCSP answer or an anchor decides on the signer"
                           : "no list is at hand: whether it was revoked is not judged");
}

// What a signer claims can be any time at which the certificate was good: when it no longer is,
// only a stamp could tell.
static void judge_claim(const PathPolicy *path, const Certificate *signer, Time at,
                        Verdict *verdict)
{
    static const char code[] = "verify.claimed_time", clause[] = "RFC 5652 11.3";
    Error err = {0};
    PathPolicy now = *path;
    now.at = at;
    now.revocation = REVOCATION_WHERE_LISTED;
    bool holds = path_verify(&now, signer, &err);
    bool is_over =
        !holds && err.kind == ERROR_UNTRUSTED &&
        (strcmp(err.code, "path.validity") == 0 || strcmp(err.code, "path.revocation") == 0);
    if (is_over) {
        verdict_add(verdict, AREA_TIME, CHECK_UNKNOWN, code, clause,
                    "the certificate has expired or was revoked since, and no time stamp shows "
                    "that the signature is older (%s)",
                    err.code);
    } else {
        verdict_add(verdict, AREA_TIME, CHECK_INFORMED, code, clause,
                    "when it was signed is the signer's own claim");
    }
}

void signer_judge(const JudgedSigner *signer, const VerificationPolicy *policy, Verdict *verdict,
                  FileFacts *facts)
{
    const Certificate *certificate = signer->certificate;
    bool is_claimed = signer->stamped == 0 && signer->claimed != 0 && signer->claimed <= policy->at;
    facts->is_stamped = signer->stamped != 0;
    facts->signing_time = facts->is_stamped ? signer->stamped : signer->claimed;
    // Where an issuer has lists at hand, one of them has to decide.
    PathPolicy path = {
        .trust = signer->trust,
        .at = facts->is_stamped ? signer->stamped
              : is_claimed      ? signer->claimed
                                : policy->at,
        .purpose = PURPOSE_SIGNATURE,
        .revocation = policy->institutions == REVOCATION_IF_GIVEN ? REVOCATION_WHERE_LISTED
                                                                  : policy->institutions,
        .takes_foreign = certificate->has_foreign_key || certificate->signature.is_foreign,
    };
    (void)path_check(&path, certificate, verdict);
    judge_status(&path, certificate, verdict);
    if (is_claimed) {
        judge_claim(&path, certificate, policy->at, verdict);
    }
}
