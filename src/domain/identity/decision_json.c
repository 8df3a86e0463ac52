// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "domain/identity/decision.h"

static json_t *exemption_to_json(const Exemption *exemption)
{
    json_t *object = json_make_object();
    json_put_text(object, "carrier", key_carrier_name(exemption->carrier));
    json_put_text(object, "model", exemption->model);
    json_put_hex(object, "certificate", sm3_bytes(&exemption->certificate));
    json_put_hex(object, "challenge", sm3_bytes(&exemption->challenge));
    json_put_hex(object, "carrier_statement", sm3_bytes(&exemption->carrier_statement));
    json_put_hex(object, "person", sm3_bytes(&exemption->person));
    json_put_time(object, "occurred_at", exemption->occurred_at);
    return object;
}

static bool exemption_parse(const json_t *value, Exemption *ret, Error *err)
{
    JsonView view = json_view(value, "exemption", err);
    const char *carrier = json_view_text(&view, "carrier", 32);
    const char *model = json_view_text(&view, "model", sizeof(ret->model) - 1);
    json_view_hex(&view, "certificate", ret->certificate.bytes, SM3_SIZE);
    json_view_hex(&view, "challenge", ret->challenge.bytes, SM3_SIZE);
    json_view_hex(&view, "carrier_statement", ret->carrier_statement.bytes, SM3_SIZE);
    json_view_hex(&view, "person", ret->person.bytes, SM3_SIZE);
    ret->occurred_at = json_view_time(&view, "occurred_at");
    if (!view.failed &&
        (!key_carrier_from_name(carrier, &ret->carrier) || ret->carrier == CARRIER_SOFTWARE)) {
        json_view_fail(&view, "carrier", "is no carrier that exempts");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    memcpy(ret->model, model, strlen(model) + 1);
    return true;
}

static json_t *policy_to_json(const IdentityDecision *decision)
{
    json_t *object = json_make_object();
    json_put_text(object, "id", decision->policy_id);
    json_put_text(object, "version", decision->policy_version);
    json_put_hex(object, "digest", sm3_bytes(&decision->policy_digest));
    return object;
}

bool identity_decision_encode(const IdentityDecision *decision, Writer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *object = json_make_object();
    json_t *reasons = json_array();
    json_t *measures = json_array();
    for (size_t i = 0; i < decision->reason_count; i++) {
        (void)json_array_append_new(reasons, json_string(decision->reasons[i]));
    }
    for (size_t i = 0; i < decision->measure_count; i++) {
        (void)json_array_append_new(measures, measure_to_json(&decision->measures[i]));
    }
    const bool is_whole = json_array_size(reasons) == decision->reason_count &&
                          json_array_size(measures) == decision->measure_count;
    json_put_text(object, "id", decision->id);
    json_put_text(object, "authorization_id", decision->authorization_id);
    json_put_hex(object, "person", sm3_bytes(&decision->person));
    json_put_hex(object, "holder_name", sm3_bytes(&decision->holder_name));
    json_put(object, "policy", policy_to_json(decision));
    json_put_text(object, "outcome", identity_outcome_name(decision->outcome));
    json_put(object, "reasons", reasons);
    json_put(object, "measures", measures);
    if (decision->is_exempt) {
        json_put(object, "exemption", exemption_to_json(&decision->exemption));
    }
    json_put_time(object, "issued_at", decision->issued_at);
    json_put_time(object, "expires_at", decision->expires_at);
    return is_whole ? json_write(object, ret, err) : error_memory(err);
}

static bool policy_parse(const json_t *value, IdentityDecision *ret, Error *err)
{
    JsonView view = json_view(value, "policy", err);
    const char *id = json_view_text(&view, "id", sizeof(ret->policy_id) - 1);
    const char *version = json_view_text(&view, "version", sizeof(ret->policy_version) - 1);
    json_view_hex(&view, "digest", ret->policy_digest.bytes, SM3_SIZE);
    if (!json_view_done(&view)) {
        return false;
    }
    memcpy(ret->policy_id, id, strlen(id) + 1);
    memcpy(ret->policy_version, version, strlen(version) + 1);
    return true;
}

static bool reasons_parse(const json_t *values, IdentityDecision *ret, Error *err)
{
    size_t i = 0;
    const json_t *value = NULL;
    json_array_foreach(values, i, value)
    {
        const size_t len = json_is_string(value) ? json_string_length(value) : 0;
        if (len == 0 || len >= DECISION_REASON_SIZE) {
            return error_set(err, ERROR_INPUT, "decision.reason", NULL,
                             "a reason of the decision is not a short text");
        }
        memcpy(ret->reasons[ret->reason_count++], json_string_value(value), len + 1);
    }
    return ret->reason_count > 0 ||
           error_set(err, ERROR_INPUT, "decision.reason", NULL, "the decision has no reason");
}

static bool measures_parse(const json_t *values, IdentityDecision *ret, Error *err)
{
    size_t i = 0;
    const json_t *value = NULL;
    json_array_foreach(values, i, value)
    {
        if (!measure_parse(value, &ret->measures[ret->measure_count++], err)) {
            return error_context(err, "measure %zu", i);
        }
    }
    return true;
}

static void names_parse(JsonView *view, IdentityDecision *ret)
{
    const char *id = json_view_text(view, "id", DECISION_ID_SIZE - 1);
    const char *authorization_id = json_view_text(view, "authorization_id", DECISION_ID_SIZE - 1);
    const char *outcome = json_view_text(view, "outcome", 32);
    memcpy(ret->id, id, strlen(id) + 1);
    memcpy(ret->authorization_id, authorization_id, strlen(authorization_id) + 1);
    if (!view->failed && (!identity_outcome_from_name(outcome, &ret->outcome) ||
                          ret->outcome == IDENTITY_INCOMPLETE)) {
        json_view_fail(view, "outcome", "is none of PASS, FAIL, MANUAL");
    }
}

static bool decision_read(const json_t *root, IdentityDecision *ret, Error *err)
{
    JsonView view = json_view(root, "decision", err);
    names_parse(&view, ret);
    json_view_hex(&view, "person", ret->person.bytes, SM3_SIZE);
    json_view_hex(&view, "holder_name", ret->holder_name.bytes, SM3_SIZE);
    const json_t *policy = json_view_object(&view, "policy");
    const json_t *reasons = json_view_array(&view, "reasons", IDENTITY_REASONS_MAX);
    const json_t *measures = json_view_array(&view, "measures", DECISION_MEASURES_MAX);
    const json_t *exemption = json_view_optional_object(&view, "exemption");
    ret->issued_at = json_view_time(&view, "issued_at");
    ret->expires_at = json_view_time(&view, "expires_at");
    if (!view.failed && ret->expires_at <= ret->issued_at) {
        json_view_fail(&view, "expires_at", "does not lie after issued_at");
    }
    ret->is_exempt = exemption != NULL;
    return json_view_done(&view) && policy_parse(policy, ret, err) &&
           reasons_parse(reasons, ret, err) && measures_parse(measures, ret, err) &&
           (exemption == NULL || exemption_parse(exemption, &ret->exemption, err));
}

bool identity_decision_parse(Bytes payload, IdentityDecision *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    if (payload.len > DECISION_MAX_SIZE) {
        return error_set(err, ERROR_INPUT, "decision.size", NULL, "the decision is too long");
    }
    *ret = (IdentityDecision){0};
    return json_parse(payload, &root, err) && decision_read(root, ret, err);
}
