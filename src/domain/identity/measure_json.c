// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "domain/identity/measure.h"

// Texts of a measure in the order of the JSON form: key, offset, size.
typedef struct {
    const char *key;
    size_t offset;
    size_t size;
} MeasureText;

static const MeasureText measure_texts[] = {
    {"means", offsetof(Measure, means), MEASURE_TEXT_SIZE},
    {"provider", offsetof(Measure, provider), MEASURE_TEXT_SIZE},
    {"data_source", offsetof(Measure, data_source), MEASURE_TEXT_SIZE},
    {"provider_request_id", offsetof(Measure, provider_request_id), MEASURE_TEXT_SIZE},
    {"raw_code", offsetof(Measure, raw_code), MEASURE_TEXT_SIZE},
    {"raw_message", offsetof(Measure, raw_message), MEASURE_TEXT_SIZE},
};

static void put_score(json_t *object, const char *key, const Score *score)
{
    if (!score->is_present) {
        return;
    }
    json_t *value = json_make_object();
    json_put_text(value, "raw", score->raw);
    json_put_int(value, "value", score->value);
    json_put_int(value, "threshold", score->threshold);
    json_put(object, key, value);
}

static void put_authenticity(json_t *object, const Authenticity *authenticity)
{
    if (!authenticity->is_present) {
        return;
    }
    json_t *value = json_make_object();
    json_put_text(value, "method", authenticity->method);
    if (authenticity->alarms[0] != '\0') {
        json_put_text(value, "alarms", authenticity->alarms);
    }
    json_put_text(value, "result", measure_result_name(authenticity->result));
    json_put(object, "authenticity", value);
}

json_t *measure_to_json(const Measure *measure)
{
    json_t *object = json_make_object();
    json_put_text(object, "family", factor_family_name(measure->family));
    json_put_text(object, "result", measure_result_name(measure->result));
    for (size_t i = 0; i < COUNT_OF(measure_texts); i++) {
        const char *text = (const char *)measure + measure_texts[i].offset;
        if (text[0] != '\0') {
            json_put_text(object, measure_texts[i].key, text);
        }
    }
    json_put_hex(object, "request_digest", sm3_bytes(&measure->request_digest));
    json_put_hex(object, "person", sm3_bytes(&measure->person));
    put_score(object, "score", &measure->score);
    put_score(object, "liveness", &measure->liveness);
    put_authenticity(object, &measure->authenticity);
    json_put_bool(object, "billed", measure->is_billed);
    if (measure->possession_needed) {
        json_t *possession = json_make_object();
        json_put_bool(possession, "confirmed", measure->possession_confirmed);
        json_put_hex(possession, "digest", sm3_bytes(&measure->possession));
        json_put(object, "possession", possession);
    }
    json_put_int(object, "latency_ms", measure->latency_ms);
    json_put_time(object, "occurred_at", measure->occurred_at);
    return object;
}

static void read_texts(JsonView *view, Measure *ret)
{
    for (size_t i = 0; i < COUNT_OF(measure_texts); i++) {
        const char *text =
            json_view_optional_text(view, measure_texts[i].key, measure_texts[i].size - 1);
        if (text != NULL) {
            memcpy((char *)ret + measure_texts[i].offset, text, strlen(text) + 1);
        }
    }
}

static bool read_score(const json_t *value, const char *path, Score *ret, Error *err)
{
    if (value == NULL) {
        return true;
    }
    JsonView view = json_view(value, path, err);
    const char *raw = json_view_text(&view, "raw", sizeof(ret->raw) - 1);
    ret->is_present = true;
    ret->value = (int)json_view_int(&view, "value", 0, SCORE_FULL);
    ret->threshold = (int)json_view_int(&view, "threshold", 0, SCORE_FULL);
    memcpy(ret->raw, raw, strlen(raw) + 1);
    return json_view_done(&view);
}

static bool read_authenticity(const json_t *value, Authenticity *ret, Error *err)
{
    if (value == NULL) {
        return true;
    }
    JsonView view = json_view(value, "authenticity", err);
    const char *method = json_view_text(&view, "method", MEASURE_TEXT_SIZE - 1);
    const char *alarms = json_view_optional_text(&view, "alarms", MEASURE_ALARMS_SIZE - 1);
    const char *result = json_view_text(&view, "result", 32);
    ret->is_present = true;
    memcpy(ret->method, method, strlen(method) + 1);
    if (alarms != NULL) {
        memcpy(ret->alarms, alarms, strlen(alarms) + 1);
    }
    if (!view.failed && !measure_result_from_name(result, &ret->result)) {
        json_view_fail(&view, "result", "is no known result");
    }
    return json_view_done(&view);
}

static bool read_possession(const json_t *value, Measure *ret, Error *err)
{
    if (value == NULL) {
        return true;
    }
    JsonView view = json_view(value, "possession", err);
    ret->possession_needed = true;
    ret->possession_confirmed = json_view_bool(&view, "confirmed");
    json_view_hex(&view, "digest", ret->possession.bytes, SM3_SIZE);
    return json_view_done(&view);
}

static void read_names(JsonView *view, Measure *ret)
{
    const char *family = json_view_text(view, "family", 32);
    const char *result = json_view_text(view, "result", 32);
    if (!view->failed && !factor_family_from_name(family, &ret->family)) {
        json_view_fail(view, "family", "is no known family");
    }
    if (!view->failed && !measure_result_from_name(result, &ret->result)) {
        json_view_fail(view, "result", "is no known result");
    }
}

bool measure_parse(const json_t *value, Measure *ret, Error *err)
{
    Measure measure = {0};
    JsonView view = json_view(value, "measure", err);
    read_names(&view, &measure);
    read_texts(&view, &measure);
    json_view_hex(&view, "request_digest", measure.request_digest.bytes, SM3_SIZE);
    json_view_hex(&view, "person", measure.person.bytes, SM3_SIZE);
    const json_t *score = json_view_optional_object(&view, "score");
    const json_t *liveness = json_view_optional_object(&view, "liveness");
    const json_t *authenticity = json_view_optional_object(&view, "authenticity");
    const json_t *possession = json_view_optional_object(&view, "possession");
    measure.is_billed = json_view_bool(&view, "billed");
    measure.latency_ms = json_view_int(&view, "latency_ms", 0, 3600 * 1000);
    measure.occurred_at = json_view_time(&view, "occurred_at");
    // Means and provider are what a report names: they cannot be missing.
    if (!view.failed && (measure.means[0] == '\0' || measure.provider[0] == '\0')) {
        json_view_fail(&view, "means", "or provider is missing");
    }
    if (!json_view_done(&view) || !read_score(score, "score", &measure.score, err) ||
        !read_score(liveness, "liveness", &measure.liveness, err) ||
        !read_authenticity(authenticity, &measure.authenticity, err) ||
        !read_possession(possession, &measure, err)) {
        return false;
    }
    *ret = measure;
    return true;
}
