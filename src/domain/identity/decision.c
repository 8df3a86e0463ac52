// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/decision.h"

#include <string.h>

#define DECISION_CLAUSE "JR/T 0299-2024 4 a"

enum { DECISION_SALT_MIN = 16 };

static bool copy_text(char *ret, size_t size, const char *text, Error *err)
{
    const size_t len = strlen(text);
    if (len == 0 || len >= size) {
        return error_set(err, ERROR_INPUT, "decision.text", NULL,
                         "a text of the decision is empty or longer than %zu bytes", size - 1);
    }
    memcpy(ret, text, len + 1);
    return true;
}

static bool add_reason(IdentityDecision *decision, const char *reason, Error *err)
{
    if (decision->reason_count >= IDENTITY_REASONS_MAX) {
        return error_set(err, ERROR_LIMIT, "decision.reasons", NULL, "too many reasons");
    }
    return copy_text(decision->reasons[decision->reason_count++], DECISION_REASON_SIZE, reason,
                     err);
}

// An exemption stands for the measures; it must be this person's and as fresh as they would be.
static bool take_exemption(const IdentityFacts *facts, IdentityDecision *ret, Error *err)
{
    const Exemption *exemption = facts->exemption;
    const Time age = facts->now - exemption->occurred_at;
    if (!sm3_digest_equal(&exemption->person, &ret->person)) {
        return error_set(err, ERROR_FORBIDDEN, "exemption.other_person", "JR/T 0299-2024 5.2.2",
                         "the exemption is for another person");
    }
    if (age < 0 || age > facts->policy->measure_lifetime) {
        return error_set(err, ERROR_CONFLICT, "identity.incomplete", "JR/T 0299-2024 5.2.2",
                         "the exemption is too old");
    }
    ret->is_exempt = true;
    ret->exemption = *exemption;
    ret->outcome = IDENTITY_PASS;
    return add_reason(ret, "identity.exempt", err);
}

static bool take_evaluation(const IdentityFacts *facts, IdentityDecision *ret, Error *err)
{
    const IdentityEvaluation evaluation = identity_policy_evaluate(
        facts->policy, &ret->person, facts->measures, facts->measure_count, facts->now);
    if (evaluation.outcome == IDENTITY_INCOMPLETE) {
        return error_set(err, ERROR_CONFLICT, "identity.incomplete", "JR/T 0299-2024 5.2.1",
                         "identification is not complete: %s", evaluation.reasons[0]);
    }
    ret->outcome = evaluation.outcome;
    for (size_t i = 0; i < evaluation.reason_count; i++) {
        if (!add_reason(ret, evaluation.reasons[i], err)) {
            return false;
        }
    }
    return true;
}

bool identity_decision_make(const IdentityFacts *facts, IdentityDecision *ret, Error *err)
{
    if (facts->measure_count > DECISION_MEASURES_MAX) {
        return error_set(err, ERROR_LIMIT, "identity.too_many_measures", NULL,
                         "a decision holds at most %d measures", DECISION_MEASURES_MAX);
    }
    if (facts->salt.len < DECISION_SALT_MIN) {
        return error_set(err, ERROR_INTERNAL, "decision.salt", NULL, "the salt is too short");
    }
    const Sm3Digest name_salt = person_name_salt(facts->salt);
    *ret = (IdentityDecision){
        .person = person_commitment(facts->person, facts->salt),
        .holder_name = person_name_commitment(facts->person->name, sm3_bytes(&name_salt)),
        .policy_digest = facts->policy->digest,
        .measure_count = facts->measure_count,
        .issued_at = facts->now,
        .expires_at = facts->now + facts->policy->decision_lifetime,
    };
    for (size_t i = 0; i < facts->measure_count; i++) {
        ret->measures[i] = facts->measures[i];
    }
    return copy_text(ret->id, sizeof(ret->id), facts->id, err) &&
           copy_text(ret->authorization_id, sizeof(ret->authorization_id), facts->authorization_id,
                     err) &&
           copy_text(ret->policy_id, sizeof(ret->policy_id), facts->policy->id, err) &&
           copy_text(ret->policy_version, sizeof(ret->policy_version), facts->policy->version,
                     err) &&
           (facts->exemption != NULL ? take_exemption(facts, ret, err)
                                     : take_evaluation(facts, ret, err));
}

bool identity_decision_check(const IdentityDecision *decision, const DecisionUse *use, Error *err)
{
    const Sm3Digest holder = person_name_commitment(use->holder_name, use->holder_salt);
    if (decision->outcome != IDENTITY_PASS) {
        return error_set(err, ERROR_FORBIDDEN, "decision.not_passed", DECISION_CLAUSE,
                         "the identity decision is %s", identity_outcome_name(decision->outcome));
    }
    if (use->now < decision->issued_at - TIME_MINUTE) {
        return error_set(err, ERROR_CONFLICT, "decision.from_the_future", DECISION_CLAUSE,
                         "the identity decision is from the future");
    }
    if (use->now >= decision->expires_at) {
        return error_set(err, ERROR_CONFLICT, "decision.expired", DECISION_CLAUSE,
                         "the identity decision has expired");
    }
    if (strcmp(decision->authorization_id, use->authorization_id) != 0) {
        return error_set(err, ERROR_FORBIDDEN, "decision.other_authorization", DECISION_CLAUSE,
                         "the identity decision is for another authorization");
    }
    return sm3_digest_equal(&holder, &decision->holder_name) ||
           error_set(err, ERROR_FORBIDDEN, "decision.other_person", DECISION_CLAUSE,
                     "the identity decision is for another person");
}

bool identity_decision_verify(Arena *arena, Bytes statement, const TrustStore *trust,
                              const DecisionUse *use, const IdentityDecision **ret, Error *err)
{
    Statement parsed;
    IdentityDecision *decision = arena_alloc(arena, sizeof(*decision));
    if (decision == NULL) {
        return error_memory(err);
    }
    if (!statement_parse(arena, statement, &parsed, err) ||
        !statement_verify(&parsed, IDENTITY_DECISION_TYPE, trust, REVOCATION_IF_GIVEN, use->now,
                          err) ||
        !identity_decision_parse(parsed.payload, decision, err) ||
        !identity_decision_check(decision, use, err)) {
        return error_context(err, "identity decision");
    }
    *ret = decision;
    return true;
}
