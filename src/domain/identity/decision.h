// SPDX-License-Identifier: Apache-2.0
//
// Identity decision: C1's signed, fresh, use-once record that a person was identified. It holds
// commitments to the person, never name or number in the clear. Payload of a statement of type
// IDENTITY_DECISION_TYPE; C2 issues nothing without one.
#ifndef ASSENT_DOMAIN_IDENTITY_DECISION_H
#define ASSENT_DOMAIN_IDENTITY_DECISION_H

#include "domain/identity/exemption.h"
#include "domain/identity/policy.h"
#include "domain/pki/statement.h"

#define IDENTITY_DECISION_TYPE "assent.identity-decision/1"

enum {
    DECISION_MEASURES_MAX = 16,
    DECISION_ID_SIZE = 64,
    DECISION_REASON_SIZE = 64,
    DECISION_MAX_SIZE = 64 * 1024,
};

typedef struct {
    char id[DECISION_ID_SIZE];
    char authorization_id[DECISION_ID_SIZE];  // the one session it is for
    Sm3Digest person;                         // person_commitment with the session's salt
    Sm3Digest holder_name;  // person_name_commitment with person_name_salt of that salt
    char policy_id[64];
    char policy_version[32];
    Sm3Digest policy_digest;
    IdentityOutcome outcome;  // PASS, FAIL or MANUAL
    char reasons[IDENTITY_REASONS_MAX][DECISION_REASON_SIZE];
    size_t reason_count;
    Measure measures[DECISION_MEASURES_MAX];  // means, time, result and provider of each
    size_t measure_count;
    bool is_exempt;  // 5.2.2: identified by an existing certificate
    Exemption exemption;
    Time issued_at;
    Time expires_at;
} IdentityDecision;

// What a decision is made from. All borrowed.
typedef struct {
    const char *id;  // fresh UUID
    const char *authorization_id;
    const Person *person;
    Bytes salt;  // of the session, at least 16 bytes
    const IdentityPolicy *policy;
    const Measure *measures;
    size_t measure_count;
    const Exemption *exemption;  // NULL: none
    Time now;
} IdentityFacts;

// Judge the facts by the policy and write the decision down. Fails with ERROR_CONFLICT
// "identity.incomplete" when nothing can be decided yet (the reasons are in the text), or
// ERROR_LIMIT "identity.too_many_measures".
// Source: JR/T 0299-2024 4 a, 5.2.
bool identity_decision_make(const IdentityFacts *facts, IdentityDecision *ret,
                            Error *err) MUST_CHECK;

// Canonical payload. Appends to `ret`.
bool identity_decision_encode(const IdentityDecision *decision, Writer *ret, Error *err) MUST_CHECK;
// Strict inverse; *ret is undefined after a failure. Fails with ERROR_INPUT.
bool identity_decision_parse(Bytes payload, IdentityDecision *ret, Error *err) MUST_CHECK;

// What a decision must fit, for whoever relies on it.
typedef struct {
    const char *authorization_id;
    const char *holder_name;  // the name in the certificate request
    Bytes holder_salt;        // person_name_salt, as C1 sent it
    Time now;
} DecisionUse;

// Check that a decision may be relied on now: it passed, is not expired (nor from the future),
// is for this authorization and this holder. Recording that it was used, once, is the caller's
// duty. Fails with ERROR_FORBIDDEN "decision.not_passed", "decision.other_person",
// "decision.other_authorization"; ERROR_CONFLICT "decision.expired", "decision.from_the_future".
// Source: JR/T 0299-2024 4 a, b.
bool identity_decision_check(const IdentityDecision *decision, const DecisionUse *use,
                             Error *err) MUST_CHECK;

// Parse a signed decision, verify signature and chain, then check it. `ret` is large: it lies in
// the arena. Fails as statement_parse, statement_verify and identity_decision_check do.
bool identity_decision_verify(Arena *arena, Bytes statement, const TrustStore *trust,
                              const DecisionUse *use, const IdentityDecision **ret,
                              Error *err) MUST_CHECK;

#endif
