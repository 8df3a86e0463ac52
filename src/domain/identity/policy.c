// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/policy.h"

#include <string.h>

#include "domain/identity/embedded.h"

#define POLICY_CLAUSE "JR/T 0299-2024 5.2.1"

// What is sometimes taken for a factor and proves nothing about a person.
static const char *const policy_no_factors[] = {"captcha", "slider", "picture_code"};

static const char *const carrier_names[CARRIER_COUNT] = {
    [CARRIER_SOFTWARE] = "SOFTWARE",
    [CARRIER_USB_KEY] = "USB_KEY",
    [CARRIER_MODULE_L2] = "MODULE_L2",
};

const char *key_carrier_name(KeyCarrier carrier)
{
    return carrier_names[carrier];
}

bool key_carrier_from_name(const char *name, KeyCarrier *ret)
{
    for (size_t i = 0; i < CARRIER_COUNT; i++) {
        if (strcmp(carrier_names[i], name) == 0) {
            *ret = (KeyCarrier)i;
            return true;
        }
    }
    return false;
}

static bool policy_refuse(Error *err, const char *code, const char *why)
{
    return error_set(err, ERROR_FORBIDDEN, code, POLICY_CLAUSE, "the identity policy %s", why);
}

static bool policy_family(const char *name, FactorFamily *ret, Error *err)
{
    for (size_t i = 0; i < COUNT_OF(policy_no_factors); i++) {
        if (strcmp(name, policy_no_factors[i]) == 0) {
            return policy_refuse(err, "policy.captcha_is_no_factor",
                                 "counts a captcha as a factor");
        }
    }
    if (!factor_family_from_name(name, ret) || *ret == FAMILY_ID_DOCUMENT) {
        return error_set(err, ERROR_INPUT, "policy.family_unknown", POLICY_CLAUSE,
                         "the identity policy names an unknown additional family");
    }
    return true;
}

static bool policy_families(const json_t *names, bool ret[FAMILY_COUNT], Error *err)
{
    size_t i = 0;
    const json_t *name = NULL;
    json_array_foreach(names, i, name)
    {
        FactorFamily family = FAMILY_COUNT;
        if (!json_is_string(name)) {
            return error_set(err, ERROR_INPUT, "policy.family_unknown", POLICY_CLAUSE,
                             "a family of the identity policy is not a text");
        }
        if (!policy_family(json_string_value(name), &family, err)) {
            return false;
        }
        ret[family] = true;
    }
    return true;
}

static bool policy_mandatory(const json_t *value, Error *err)
{
    if (value == NULL) {
        return policy_refuse(err, "policy.id_document_missing", "has no mandatory ID document");
    }
    JsonView view = json_view(value, "mandatory", err);
    const char *family = json_view_text(&view, "family", 32);
    const bool authenticity = json_view_optional_bool(&view, "authenticity", false);
    if (!json_view_done(&view)) {
        return false;
    }
    if (strcmp(family, "id_document") != 0) {
        return policy_refuse(err, "policy.id_document_missing", "has no mandatory ID document");
    }
    return authenticity || policy_refuse(err, "policy.authenticity_missing",
                                         "does not check whether the document is genuine");
}

// The path without face: enough other families to reach the minimum.
static bool policy_check_families(const IdentityPolicy *policy, Error *err)
{
    static const FactorFamily with_possession[] = {FAMILY_BANK_CARD, FAMILY_OPERATOR};
    int others = 0;
    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        others += policy->family_accepted[i] && i != FAMILY_BIOMETRIC ? 1 : 0;
    }
    for (size_t i = 0; i < COUNT_OF(with_possession); i++) {
        const FactorFamily family = with_possession[i];
        if (policy->family_accepted[family] && !policy->possession_needed[family]) {
            return policy_refuse(err, "policy.possession_missing",
                                 "takes knowledge of a card or phone number for possession");
        }
    }
    if (policy->additional_minimum < 2) {
        return policy_refuse(err, "policy.too_few_measures",
                             "asks for less than two additional measures");
    }
    return others >= policy->additional_minimum ||
           policy_refuse(err, "policy.no_path_without_face", "cannot be passed without a face");
}

static bool policy_additional(const json_t *value, IdentityPolicy *ret, Error *err)
{
    JsonView view = json_view(value, "additional", err);
    ret->additional_minimum = (int)json_view_int(&view, "minimum", 0, FAMILY_COUNT);
    const json_t *families = json_view_array(&view, "families", 16);
    const json_t *possession = json_view_array(&view, "possession", 16);
    ret->mismatch_is_final = json_view_bool(&view, "mismatch_is_final");
    return json_view_done(&view) && policy_families(families, ret->family_accepted, err) &&
           policy_families(possession, ret->possession_needed, err) &&
           policy_check_families(ret, err);
}

static bool policy_face(const json_t *value, IdentityPolicy *ret, Error *err)
{
    JsonView view = json_view(value, "face", err);
    ret->face_threshold = (int)json_view_int(&view, "threshold", SCORE_FULL / 2, SCORE_FULL);
    ret->liveness_threshold =
        (int)json_view_int(&view, "liveness_threshold", SCORE_FULL / 2, SCORE_FULL);
    return json_view_done(&view);
}

static bool policy_exemption(const json_t *value, IdentityPolicy *ret, Error *err)
{
    if (value == NULL) {
        return true;
    }
    JsonView view = json_view(value, "exemption", err);
    const json_t *carriers = json_view_array(&view, "carriers", CARRIER_COUNT);
    if (!json_view_done(&view)) {
        return false;
    }
    size_t i = 0;
    const json_t *name = NULL;
    json_array_foreach(carriers, i, name)
    {
        KeyCarrier carrier = CARRIER_SOFTWARE;
        if (!json_is_string(name) || !key_carrier_from_name(json_string_value(name), &carrier) ||
            carrier == CARRIER_SOFTWARE) {
            return error_set(err, ERROR_FORBIDDEN, "policy.carrier_not_accepted",
                             "JR/T 0299-2024 5.2.2 a",
                             "only USB_KEY and MODULE_L2 can exempt from identification");
        }
        ret->exemption_accepted[carrier] = true;
    }
    return true;
}

static bool policy_lifetime(const json_t *value, IdentityPolicy *ret, Error *err)
{
    JsonView view = json_view(value, "lifetime", err);
    ret->decision_lifetime = json_view_int(&view, "decision_seconds", 60, 3600) * TIME_SECOND;
    ret->measure_lifetime = json_view_int(&view, "measure_seconds", 60, 3600) * TIME_SECOND;
    return json_view_done(&view);
}

static bool policy_limit(const json_t *value, const char *path, AttemptLimit *ret, Error *err)
{
    JsonView view = json_view(value, path, err);
    ret->tries = (int)json_view_int(&view, "tries", 1, ATTEMPT_TRIES_MAX);
    ret->window = json_view_int(&view, "window_seconds", 1, 30 * 86400) * TIME_SECOND;
    ret->cool_down = json_view_int(&view, "cool_down_seconds", 0, 30 * 86400) * TIME_SECOND;
    return json_view_done(&view);
}

static bool policy_limits(const json_t *value, IdentityPolicy *ret, Error *err)
{
    JsonView view = json_view(value, "limits", err);
    const json_t *face = json_view_object(&view, "face_per_device");
    const json_t *card = json_view_object(&view, "card_per_card");
    const json_t *person = json_view_object(&view, "card_per_person");
    return json_view_done(&view) &&
           policy_limit(face, "face_per_device", &ret->face_per_device, err) &&
           policy_limit(card, "card_per_card", &ret->card_per_card, err) &&
           policy_limit(person, "card_per_person", &ret->card_per_person, err);
}

static bool policy_code(const json_t *value, IdentityPolicy *ret, Error *err)
{
    JsonView view = json_view(value, "code", err);
    ret->code.lifetime = json_view_int(&view, "lifetime_seconds", 30, 600) * TIME_SECOND;
    ret->code.tries = (int)json_view_int(&view, "tries", 1, 10);
    return json_view_done(&view);
}

static bool policy_partners(const json_t *values, IdentityPolicy *ret, Error *err)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        PartnerAssessment *partner = &ret->partners[i];
        JsonView view = json_view(json_array_get(values, i), "partners", err);
        const char *provider = json_view_text(&view, "provider", sizeof(partner->provider) - 1);
        partner->assessed_until = json_view_time(&view, "assessed_until");
        if (!json_view_done(&view)) {
            return false;
        }
        memcpy(partner->provider, provider, strlen(provider) + 1);
        ret->partner_count = i + 1;
    }
    return true;
}

static bool policy_read(const json_t *root, IdentityPolicy *ret, Error *err)
{
    JsonView view = json_view(root, "identity_policy", err);
    const char *type = json_view_text(&view, "type", 64);
    const char *id = json_view_text(&view, "id", sizeof(ret->id) - 1);
    const char *version = json_view_text(&view, "version", sizeof(ret->version) - 1);
    const json_t *mandatory = json_view_optional_object(&view, "mandatory");
    const json_t *additional = json_view_object(&view, "additional");
    const json_t *face = json_view_object(&view, "face");
    const json_t *exemption = json_view_optional_object(&view, "exemption");
    const json_t *lifetime = json_view_object(&view, "lifetime");
    const json_t *limits = json_view_object(&view, "limits");
    const json_t *code = json_view_object(&view, "code");
    const json_t *partners = json_view_optional_array(&view, "partners", PARTNERS_MAX);
    if (!view.failed && strcmp(type, "assent.identity-policy/1") != 0) {
        json_view_fail(&view, "type", "is not assent.identity-policy/1");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    memcpy(ret->id, id, strlen(id) + 1);
    memcpy(ret->version, version, strlen(version) + 1);
    return policy_mandatory(mandatory, err) && policy_additional(additional, ret, err) &&
           policy_face(face, ret, err) && policy_exemption(exemption, ret, err) &&
           policy_lifetime(lifetime, ret, err) && policy_limits(limits, ret, err) &&
           policy_code(code, ret, err) && policy_partners(partners, ret, err);
}

bool identity_policy_parse(Bytes json, IdentityPolicy *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    CLEANUP(writer_free) Writer text = writer_new(POLICY_SIZE_MAX);
    IdentityPolicy policy = {0};
    if (json.len > POLICY_SIZE_MAX) {
        return error_set(err, ERROR_INPUT, "policy.size", NULL, "the identity policy is too long");
    }
    if (!json_parse(json, &root, err)) {
        return error_context(err, "identity policy");
    }
    if (!policy_read(root, &policy, err) || !json_write(root, &text, err)) {
        return false;
    }
    policy.digest = sm3_digest(writer_bytes(&text));
    *ret = policy;
    return true;
}

bool identity_policy_default(IdentityPolicy *ret, Error *err)
{
    return identity_policy_parse(
        bytes_of(embedded_data_identity_policy_json, embedded_data_identity_policy_json_size), ret,
        err);
}
