// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "domain/identity/policy.h"

typedef struct {
    const char *name;
    const char *chinese;
} IdentityText;

static const char *const outcome_names[] = {
    [IDENTITY_PASS] = "PASS",
    [IDENTITY_FAIL] = "FAIL",
    [IDENTITY_MANUAL] = "MANUAL",
    [IDENTITY_INCOMPLETE] = "INCOMPLETE",
};

static const IdentityText identity_reasons[] = {
    {"identity.document_not_genuine", "证件疑似复印、翻拍、篡改或为临时证件"},
    {"identity.document_retake", "证件图像质量不足，请重新拍摄"},
    {"identity.exempt", "以符合条件的数字证书鉴别身份，不再重复鉴别"},
    {"identity.id_document_failed", "身份证信息核验不一致"},
    {"identity.id_document_missing", "尚未进行身份证鉴别"},
    {"identity.id_document_no_record", "联网核查无记录，需人工核实"},
    {"identity.id_document_unavailable", "身份证核查服务暂不可用"},
    {"identity.measure_failed", "有鉴别措施结果不一致"},
    {"identity.measure_stale", "鉴别结果已过有效期"},
    {"identity.measure_unavailable", "鉴别服务暂不可用"},
    {"identity.no_record", "鉴别措施无记录，需人工核实"},
    {"identity.other_person", "各项鉴别措施的对象不是同一人"},
    {"identity.partner_not_assessed", "鉴别机构未登记或评估已过期"},
    {"identity.passed", "身份鉴别通过"},
    {"identity.possession_shared", "多项措施依赖同一手机号，只计一项"},
    {"identity.possession_unconfirmed", "尚未完成短信验证码确认"},
    {"identity.risk_rejected", "鉴别机构提示存在风险"},
    {"identity.too_few_families", "通过的不同类别鉴别措施不足两种"},
};

const char *identity_outcome_name(IdentityOutcome outcome)
{
    return outcome_names[outcome];
}

bool identity_outcome_from_name(const char *name, IdentityOutcome *ret)
{
    for (size_t i = 0; i < COUNT_OF(outcome_names); i++) {
        if (strcmp(outcome_names[i], name) == 0) {
            *ret = (IdentityOutcome)i;
            return true;
        }
    }
    return false;
}

const char *identity_reason_chinese(const char *reason)
{
    for (size_t i = 0; i < COUNT_OF(identity_reasons); i++) {
        if (strcmp(identity_reasons[i].name, reason) == 0) {
            return identity_reasons[i].chinese;
        }
    }
    return reason;
}

// What one evaluation looks at, so that the steps below stay small.
typedef struct {
    const IdentityPolicy *policy;
    const Measure *measures;
    size_t count;
    Time now;
    IdentityEvaluation result;
} Evaluation;

static void add_reason(Evaluation *evaluation, const char *reason)
{
    IdentityEvaluation *result = &evaluation->result;
    for (size_t i = 0; i < result->reason_count; i++) {
        if (strcmp(result->reasons[i], reason) == 0) {
            return;
        }
    }
    if (result->reason_count < IDENTITY_REASONS_MAX) {
        result->reasons[result->reason_count++] = reason;
    }
}

// The deciding reason comes first.
static IdentityEvaluation conclude(Evaluation *evaluation, IdentityOutcome outcome,
                                   const char *reason)
{
    IdentityEvaluation result = {.outcome = outcome, .reasons = {reason}, .reason_count = 1};
    memcpy(result.family_counted, evaluation->result.family_counted, sizeof(result.family_counted));
    for (size_t i = 0; i < evaluation->result.reason_count; i++) {
        if (strcmp(evaluation->result.reasons[i], reason) != 0 &&
            result.reason_count < IDENTITY_REASONS_MAX) {
            result.reasons[result.reason_count++] = evaluation->result.reasons[i];
        }
    }
    return result;
}

static bool is_superseded(const Evaluation *evaluation, size_t index)
{
    const Measure *measure = &evaluation->measures[index];
    for (size_t i = 0; i < evaluation->count; i++) {
        const Measure *other = &evaluation->measures[i];
        const bool is_later = other->occurred_at > measure->occurred_at ||
                              (other->occurred_at == measure->occurred_at && i > index);
        if (is_later && other->family == measure->family &&
            strcmp(other->means, measure->means) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_fresh(const Evaluation *evaluation, const Measure *measure)
{
    const Time age = evaluation->now - measure->occurred_at;
    return age <= evaluation->policy->measure_lifetime && age >= -TIME_MINUTE;
}

static bool is_assessed(const Evaluation *evaluation, const Measure *measure)
{
    const IdentityPolicy *policy = evaluation->policy;
    for (size_t i = 0; i < policy->partner_count; i++) {
        if (strcmp(policy->partners[i].provider, measure->provider) == 0) {
            return evaluation->now <= policy->partners[i].assessed_until;
        }
    }
    return policy->partner_count == 0;
}

// A measure that is not the last word of its means, too old, or of a provider that nobody has
// assessed, says nothing.
static bool stands(Evaluation *evaluation, size_t index)
{
    if (is_superseded(evaluation, index)) {
        return false;
    }
    if (!is_fresh(evaluation, &evaluation->measures[index])) {
        add_reason(evaluation, "identity.measure_stale");
        return false;
    }
    if (!is_assessed(evaluation, &evaluation->measures[index])) {
        add_reason(evaluation, "identity.partner_not_assessed");
        return false;
    }
    return true;
}

// A reason to fail at once; NULL when there is none.
static const char *fatal_reason(const Evaluation *evaluation, const Measure *measure)
{
    const bool is_document = measure->family == FAMILY_ID_DOCUMENT;
    if (measure->result == RESULT_RISK_REJECT) {
        return "identity.risk_rejected";
    }
    if (is_document && measure->authenticity.is_present &&
        (measure->authenticity.result == RESULT_FAIL ||
         measure->authenticity.result == RESULT_RISK_REJECT)) {
        return "identity.document_not_genuine";
    }
    if (measure->result != RESULT_FAIL) {
        return NULL;
    }
    if (is_document) {
        return "identity.id_document_failed";
    }
    return evaluation->policy->mismatch_is_final ? "identity.measure_failed" : NULL;
}

static bool possession_is_used(const Sm3Digest *used, size_t count, const Measure *measure)
{
    for (size_t i = 0; i < count; i++) {
        if (sm3_digest_equal(&used[i], &measure->possession)) {
            return true;
        }
    }
    return false;
}

// Count each family once and each possessed thing once.
static int count_families(Evaluation *evaluation)
{
    Sm3Digest used[FAMILY_COUNT];
    size_t used_count = 0;
    int counted = 0;
    bool *is_counted = evaluation->result.family_counted;
    for (size_t i = 0; i < evaluation->count; i++) {
        const Measure *measure = &evaluation->measures[i];
        if (measure->family == FAMILY_ID_DOCUMENT || is_counted[measure->family] ||
            !evaluation->policy->family_accepted[measure->family] || !stands(evaluation, i) ||
            !measure_counts(measure)) {
            continue;
        }
        if (evaluation->policy->possession_needed[measure->family]) {
            if (!measure->possession_confirmed) {
                add_reason(evaluation, "identity.possession_unconfirmed");
                continue;
            }
            if (possession_is_used(used, used_count, measure)) {
                add_reason(evaluation, "identity.possession_shared");
                continue;
            }
            used[used_count++] = measure->possession;
        }
        is_counted[measure->family] = true;
        counted++;
    }
    return counted;
}

static IdentityEvaluation judge_document(Evaluation *evaluation, const Measure *document)
{
    if (document == NULL) {
        return conclude(evaluation, IDENTITY_INCOMPLETE, "identity.id_document_missing");
    }
    if (document->result == RESULT_NO_RECORD) {
        return conclude(evaluation, IDENTITY_MANUAL, "identity.id_document_no_record");
    }
    const bool is_retake = document->result == RESULT_INPUT_INVALID ||
                           (document->authenticity.is_present &&
                            document->authenticity.result == RESULT_INPUT_INVALID);
    return conclude(evaluation, IDENTITY_INCOMPLETE,
                    is_retake ? "identity.document_retake" : "identity.id_document_unavailable");
}

// Too few families counted: say whether a person has to look, or what is still missing.
static IdentityEvaluation judge_shortage(Evaluation *evaluation)
{
    bool has_failed = false;
    bool has_no_record = false;
    for (size_t i = 0; i < evaluation->count; i++) {
        const Measure *measure = &evaluation->measures[i];
        if (measure->family == FAMILY_ID_DOCUMENT || !stands(evaluation, i)) {
            continue;
        }
        has_failed = has_failed || measure->result == RESULT_FAIL;
        has_no_record = has_no_record || measure->result == RESULT_NO_RECORD;
        if (measure->result == RESULT_UNAVAILABLE || measure->result == RESULT_RATE_LIMITED) {
            add_reason(evaluation, "identity.measure_unavailable");
        }
        if (measure->result == RESULT_PASS && measure->possession_needed &&
            !measure->possession_confirmed) {
            add_reason(evaluation, "identity.possession_unconfirmed");
        }
    }
    if (has_failed) {
        return conclude(evaluation, IDENTITY_FAIL, "identity.measure_failed");
    }
    return has_no_record ? conclude(evaluation, IDENTITY_MANUAL, "identity.no_record")
                         : conclude(evaluation, IDENTITY_INCOMPLETE, "identity.too_few_families");
}

IdentityEvaluation identity_policy_evaluate(const IdentityPolicy *policy, const Sm3Digest *person,
                                            const Measure *measures, size_t count, Time now)
{
    Evaluation evaluation = {.policy = policy, .measures = measures, .count = count, .now = now};
    const Measure *document = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!sm3_digest_equal(&measures[i].person, person)) {
            return conclude(&evaluation, IDENTITY_FAIL, "identity.other_person");
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!stands(&evaluation, i)) {
            continue;
        }
        const char *fatal = fatal_reason(&evaluation, &measures[i]);
        if (fatal != NULL) {
            return conclude(&evaluation, IDENTITY_FAIL, fatal);
        }
        if (measures[i].family == FAMILY_ID_DOCUMENT &&
            (document == NULL || measure_counts(&measures[i]))) {
            document = &measures[i];
        }
    }
    const int counted = count_families(&evaluation);
    if (document == NULL || !measure_counts(document)) {
        return judge_document(&evaluation, document);
    }
    evaluation.result.family_counted[FAMILY_ID_DOCUMENT] = true;
    return counted >= policy->additional_minimum
               ? conclude(&evaluation, IDENTITY_PASS, "identity.passed")
               : judge_shortage(&evaluation);
}

bool attempt_limit_check(const AttemptLimit *limit, const Time *past, size_t count, Time now,
                         Error *err)
{
    // The try from which on the window is full: with it as the last of `tries`, others before it
    // within the window, every try up to its cool-down is too many.
    Time blocked_until = now;
    for (size_t i = 0; i < count; i++) {
        int within = 0;
        Time earliest = past[i];
        for (size_t j = 0; j < count; j++) {
            const bool is_before = past[j] < past[i] || (past[j] == past[i] && j <= i);
            if (is_before && past[j] > past[i] - limit->window) {
                within++;
                earliest = past[j] < earliest ? past[j] : earliest;
            }
        }
        const Time until =
            limit->cool_down > 0 ? past[i] + limit->cool_down : earliest + limit->window;
        if (within >= limit->tries && until > blocked_until) {
            blocked_until = until;
        }
    }
    if (blocked_until > now) {
        return error_set(err, ERROR_LIMIT, "identity.too_many_tries", NULL,
                         "too many tries, wait %lld seconds",
                         (long long)((blocked_until - now + TIME_SECOND - 1) / TIME_SECOND));
    }
    return true;
}
