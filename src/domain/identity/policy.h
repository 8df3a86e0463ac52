// SPDX-License-Identifier: Apache-2.0
//
// The 1+X policy as data: the ID document and at least two other measures of different families.
#ifndef ASSENT_DOMAIN_IDENTITY_POLICY_H
#define ASSENT_DOMAIN_IDENTITY_POLICY_H

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"
#include "domain/identity/measure.h"
#include "domain/identity/one_time_code.h"

enum {
    IDENTITY_REASONS_MAX = 16,
    ATTEMPT_TRIES_MAX = 64,
    POLICY_SIZE_MAX = 64 * 1024,
    PARTNERS_MAX = 32,
};

// Where a key lives. Source: JR/T 0299-2024 5.2.2 a.
typedef enum {
    CARRIER_SOFTWARE,  // nothing proven: no exemption
    CARRIER_USB_KEY,
    CARRIER_MODULE_L2,  // mobile module of GB/T 37092-2018 level 2 or above
    CARRIER_COUNT
} KeyCarrier;

// How often something may be tried.
typedef struct {
    int tries;  // within the window
    Time window;
    Time cool_down;  // when the tries were used up, from the last of them; 0 for none
} AttemptLimit;

// Until when the assessment of a provider holds. Source: Anti-Money Laundering Law 32.
typedef struct {
    char provider[MEASURE_TEXT_SIZE];
    Time assessed_until;
} PartnerAssessment;

typedef struct {
    char id[64];
    char version[32];
    Sm3Digest digest;                    // of the canonical text
    int additional_minimum;              // X, at least 2
    bool family_accepted[FAMILY_COUNT];  // as additional measure
    bool possession_needed[FAMILY_COUNT];
    bool mismatch_is_final;  // a standing FAIL in any family fails the person
    bool exemption_accepted[CARRIER_COUNT];
    int face_threshold;  // 0 to SCORE_FULL
    int liveness_threshold;
    Time decision_lifetime;
    Time measure_lifetime;  // older measures do not count
    AttemptLimit face_per_device;
    AttemptLimit card_per_card;
    AttemptLimit card_per_person;
    OneTimeCodeRules code;
    // When there are any, only measures of providers with a valid assessment count.
    PartnerAssessment partners[PARTNERS_MAX];
    size_t partner_count;
} IdentityPolicy;

// Parse a policy document ("assent.identity-policy/1", data/identity_policy.json is the default
// and shows every field). Fails with ERROR_INPUT for malformed ones and ERROR_FORBIDDEN for
// those that would undo the mechanism: "policy.id_document_missing",
// "policy.authenticity_missing", "policy.too_few_measures", "policy.captcha_is_no_factor",
// "policy.no_path_without_face", "policy.possession_missing", "policy.carrier_not_accepted".
// Source: JR/T 0299-2024 5.2.1, 5.2.2.
bool identity_policy_parse(Bytes json, IdentityPolicy *ret, Error *err) MUST_CHECK;
bool identity_policy_default(IdentityPolicy *ret, Error *err) MUST_CHECK;

typedef enum {
    IDENTITY_PASS,
    IDENTITY_FAIL,
    IDENTITY_MANUAL,      // no record where one is needed: a person has to look
    IDENTITY_INCOMPLETE,  // not decided: a measure is missing, unavailable or unconfirmed
} IdentityOutcome;

// The outcome and why. Codes are stable string literals, the first is the deciding one:
// "identity.id_document_failed", "identity.too_few_families", "identity.other_person", ...
typedef struct {
    IdentityOutcome outcome;
    const char *reasons[IDENTITY_REASONS_MAX];
    size_t reason_count;
    bool family_counted[FAMILY_COUNT];
} IdentityEvaluation;

// Judge the measures of one session; of several of one means the latest stands.
//
// person  commitment that every measure must carry, else "identity.other_person".
//
// Two measures that rest on possession of the same thing count once.
IdentityEvaluation identity_policy_evaluate(const IdentityPolicy *policy, const Sm3Digest *person,
                                            const Measure *measures, size_t count, Time now);

// Fails with ERROR_LIMIT, code "identity.too_many_tries", when another try at `now` is not
// permitted after those at `past` (any order); the text names the seconds to wait.
bool attempt_limit_check(const AttemptLimit *limit, const Time *past, size_t count, Time now,
                         Error *err) MUST_CHECK;

const char *identity_outcome_name(IdentityOutcome outcome);  // "PASS"
bool identity_outcome_from_name(const char *name, IdentityOutcome *ret);
const char *identity_reason_chinese(const char *reason);  // the code itself when unknown
const char *key_carrier_name(KeyCarrier carrier);         // "USB_KEY"
bool key_carrier_from_name(const char *name, KeyCarrier *ret);

#endif
