// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lint_ocsp.h"

#include "domain/pki/oid.h"

enum { CLOCK_SKEW = TIME_MINUTE };

typedef bool OcspLintCheck(const OcspResponse *candidate, const OcspLintRules *rules);
typedef bool OcspAnswerCheck(const OcspAnswer *answer, const OcspResponse *candidate,
                             const OcspLintRules *rules);

static bool every_answer(const OcspResponse *candidate, const OcspLintRules *rules,
                         OcspAnswerCheck *check)
{
    size_t position = 0;
    for (OcspAnswer answer; ocsp_response_next(candidate, &position, &answer);) {
        if (!check(&answer, candidate, rules)) {
            return false;
        }
    }
    return candidate->answer_count > 0;
}

static bool is_successful(const OcspResponse *candidate, const OcspLintRules *rules)
{
    (void)rules;
    return candidate->status == OCSP_SUCCESSFUL;
}

static bool criticals_are_known(const OcspResponse *candidate, const OcspLintRules *rules)
{
    (void)rules;
    return candidate->unknown_critical.len == 0;
}

static bool responder_is_named(const OcspResponse *candidate, const OcspLintRules *rules)
{
    uint8_t wanted[KEY_IDENTIFIER_SIZE];
    if (rules->responder == NULL) {
        return true;
    }
    return candidate->responder_name.len > 0
               ? bytes_equal(candidate->responder_name, rules->responder->subject)
               : key_identifier(&rules->responder->public_key, wanted, NULL) &&
                     bytes_equal(candidate->responder_key, BYTES_OF_ARRAY(wanted));
}

static bool responder_may_answer(const OcspResponse *candidate, const OcspLintRules *rules)
{
    const Certificate *responder = rules->responder;
    (void)candidate;
    if (responder == NULL || rules->issuer == NULL || certificate_equal(responder, rules->issuer)) {
        return true;
    }
    return bytes_equal(responder->issuer, rules->issuer->subject) &&
           certificate_has_extended_key_usage(responder, OID_USE_OCSP_SIGNING) &&
           (rules->now == 0 || certificate_is_valid_at(responder, rules->now));
}

static bool is_produced_now(const OcspResponse *candidate, const OcspLintRules *rules)
{
    return rules->now == 0 || (candidate->produced_at <= rules->now &&
                               candidate->produced_at + CLOCK_SKEW > rules->now);
}

static bool is_by_issuer(const OcspAnswer *answer, const OcspResponse *candidate,
                         const OcspLintRules *rules)
{
    OcspIssuer hashed;
    (void)candidate;
    // What another issuer's certificate is, only that issuer knows.
    return rules->issuer == NULL || answer->status == OCSP_UNKNOWN ||
           (ocsp_issuer_hash(rules->issuer, answer->id.hash, &hashed, NULL) &&
            ocsp_certificate_id_is_by(&answer->id, &hashed));
}

static bool answers_are_by_issuer(const OcspResponse *candidate, const OcspLintRules *rules)
{
    return every_answer(candidate, rules, is_by_issuer);
}

static bool has_period(const OcspAnswer *answer, const OcspResponse *candidate,
                       const OcspLintRules *rules)
{
    return answer->this_update <= candidate->produced_at && answer->next_update != 0 &&
           answer->next_update > candidate->produced_at &&
           (rules->max_life == 0 || answer->next_update - answer->this_update <= rules->max_life);
}

static bool answers_have_periods(const OcspResponse *candidate, const OcspLintRules *rules)
{
    return every_answer(candidate, rules, has_period);
}

static bool is_revoked_before(const OcspAnswer *answer, const OcspResponse *candidate,
                              const OcspLintRules *rules)
{
    (void)rules;
    return answer->status != OCSP_REVOKED || answer->revoked_at <= candidate->produced_at;
}

static bool revocations_are_past(const OcspResponse *candidate, const OcspLintRules *rules)
{
    return every_answer(candidate, rules, is_revoked_before);
}

static bool answers_the_request(const OcspResponse *candidate, const OcspLintRules *rules)
{
    return rules->request == NULL || (candidate->answer_count == rules->request->count &&
                                      ocsp_response_match(candidate, rules->request, NULL));
}

static const struct {
    OcspLintCheck *check;
    const char *code;
    const char *clause;
    const char *rule;
} lints[] = {
    {is_successful, "lint.ocsp_status", "RFC 6960 4.2.1", "what is signed is an answer"},
    {criticals_are_known, "lint.ocsp_critical", "RFC 6960 4.4",
     "no critical extension is unknown to relying parties"},
    {responder_is_named, "lint.ocsp_responder", "RFC 6960 4.2.2.3", "the responder is named"},
    {responder_may_answer, "lint.ocsp_delegate", "RFC 6960 4.2.2.2",
     "the responder is the issuer or its delegate, with a certificate that is valid"},
    {is_produced_now, "lint.ocsp_produced", "RFC 6960 2.4", "producedAt is the time of signing"},
    {answers_are_by_issuer, "lint.ocsp_issuer", "RFC 6960 2.2",
     "only the issuer's certificates are answered for"},
    {answers_have_periods, "lint.ocsp_period", "RFC 5019 2.2.4",
     "every answer begins by producedAt, ends after it, and not too late"},
    {revocations_are_past, "lint.ocsp_revoked", "RFC 6960 4.2.1",
     "a revocation lies before producedAt"},
    {answers_the_request, "lint.ocsp_request", "RFC 6960 3.2; RFC 9654 2.1",
     "every certificate that was asked about is answered for, with the nonce of the request"},
};

bool lint_ocsp(const OcspResponse *candidate, const OcspLintRules *rules, Error *err)
{
    for (size_t i = 0; i < COUNT_OF(lints); i++) {
        if (!lints[i].check(candidate, rules)) {
            return error_set(err, ERROR_INPUT, lints[i].code, lints[i].clause,
                             "an OCSP response would break the rule: %s", lints[i].rule);
        }
    }
    return true;
}
