// SPDX-License-Identifier: Apache-2.0
//
// An OCSP response that is judged for itself.
#include "domain/casefile/judging.h"
#include "domain/pki/ocsp_response.h"

enum { ANSWERS_TOLD = 16 };

typedef struct {
    OcspResponse response;
    const VerificationPolicy *policy;
    Verdict *verdict;
    FileFacts *facts;
} OcspJudgement;

// The certificate of the issuer that a CertID names.
static const Certificate *find_issuer(const TrustStore *trust, const OcspCertificateId *id)
{
    const Certificate *candidate;
    OcspIssuer hashed;
    for (size_t i = 0; (candidate = trust_store_certificate(trust, i)) != NULL; i++) {
        if (ocsp_issuer_hash(candidate, id->hash, &hashed, NULL) &&
            ocsp_certificate_id_is_by(id, &hashed)) {
            return candidate;
        }
    }
    return NULL;
}

static void judge_period(const OcspJudgement *judgement, const OcspAnswer *answer)
{
    Time at = judgement->policy->at;
    (void)verdict_require(judgement->verdict, answer->this_update <= at, AREA_TIME,
                          "verify.ocsp_begin", "RFC 6960 4.2.2.1",
                          "the answer speaks for a time before the moment in question");
    if (answer->this_update <= at && !ocsp_answer_is_current(answer, at)) {
        verdict_add(judgement->verdict, AREA_TIME, CHECK_INFORMED, "verify.ocsp_end",
                    "RFC 6960 4.2.2.1", "a newer answer was due before the moment in question");
    }
}

static void tell_answer(Verdict *verdict, const OcspAnswer *answer)
{
    const Certificate named = {.serial = answer->id.serial};
    const char *serial = certificate_serial_text(verdict->arena, &named);
    char since[TIME_TEXT_SIZE];
    time_to_text(answer->revoked_at, since);
    bool is_revoked = answer->status == OCSP_REVOKED;
    verdict_add(verdict, AREA_TRUST, CHECK_INFORMED, "verify.ocsp_answer", "RFC 6960 4.2.1",
                "certificate %s: %s%s%s%s%s", serial == NULL ? "" : serial,
                ocsp_certificate_status_name(answer->status), is_revoked ? " since " : "",
                is_revoked ? since : "", is_revoked ? ", " : "",
                is_revoked ? revocation_reason_name(answer->reason) : "");
}

// Every answer has to be about this issuer's certificates: only for them may the signer speak.
static void judge_answers(const OcspJudgement *judgement, const OcspIssuer *issuer)
{
    size_t position = 0, told = 0;
    for (OcspAnswer answer; ocsp_response_next(&judgement->response, &position, &answer);) {
        if (answer.id.hash != issuer->hash || !ocsp_certificate_id_is_by(&answer.id, issuer)) {
            verdict_add(judgement->verdict, AREA_TRUST, CHECK_UNKNOWN, "verify.signer",
                        "RFC 6960 4.2.2.2", "an answer is about another issuer's certificate");
        } else if (told++ < ANSWERS_TOLD) {
            judge_period(judgement, &answer);
            tell_answer(judgement->verdict, &answer);
        }
    }
}

static void judge_path(const OcspJudgement *judgement, const Certificate *responder,
                       const Certificate *issuer)
{
    const VerificationPolicy *policy = judgement->policy;
    bool is_issuer = certificate_equal(responder, issuer);
    PathPolicy path = {.trust = policy->trust,
                       .at = policy->at,
                       .purpose = is_issuer ? PURPOSE_CA : PURPOSE_OCSP,
                       .revocation = policy->institutions,
                       .takes_foreign = true};
    (void)path_check(&path, responder, judgement->verdict);
}

static void judge_signed(const OcspJudgement *judgement)
{
    size_t position = 0;
    OcspAnswer first;
    OcspIssuer hashed;
    Error err = {0};
    const Certificate *issuer = ocsp_response_next(&judgement->response, &position, &first)
                                    ? find_issuer(judgement->policy->trust, &first.id)
                                    : NULL;
    if (issuer == NULL || !ocsp_issuer_hash(issuer, first.id.hash, &hashed, &err)) {
        verdict_add(judgement->verdict, AREA_TRUST, CHECK_UNKNOWN, "verify.signer",
                    "RFC 6960 4.2.2.2", "the certificate of the issuer is not at hand");
        return;
    }
    Certificate responder = *issuer;
    (void)verdict_take(judgement->verdict,
                       ocsp_response_verify(&judgement->response, issuer, judgement->policy->trust,
                                            &responder, &err),
                       AREA_CRYPTOGRAPHY, "verify.ocsp_signature", "RFC 6960 3.2", &err);
    facts_take_signer(judgement->facts, &responder, judgement->verdict);
    judge_answers(judgement, &hashed);
    judge_path(judgement, &responder, issuer);
}

void ocsp_response_judge(Bytes content, const VerificationPolicy *policy, Verdict *verdict,
                         FileFacts *facts)
{
    OcspJudgement judgement = {.policy = policy, .verdict = verdict, .facts = facts};
    Error err = {0};
    if (!ocsp_response_load_any(verdict->arena, content, &judgement.response, &err)) {
        add_parse_failure(verdict, content, &err);
        return;
    }
    if (judgement.response.status != OCSP_SUCCESSFUL) {
        verdict_add(verdict, AREA_FORMAT, CHECK_FAILED, "verify.ocsp_refused", "RFC 6960 4.2.1",
                    "the responder gave no answer: %s",
                    ocsp_response_status_name(judgement.response.status));
        return;
    }
    facts->signing_time = judgement.response.produced_at;
    judge_signed(&judgement);
}
