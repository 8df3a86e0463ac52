// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <string.h>

#include "domain/identity/adapter_table.h"

enum { ANSWER_SIZE_MAX = 1024 * 1024, SEGMENT_SIZE = 64 };

const json_t *answer_at(const json_t *answer, const char *path)
{
    const json_t *value = answer;
    const char *rest = path;
    while (value != NULL && *rest != '\0') {
        char segment[SEGMENT_SIZE];
        const size_t len = strcspn(rest, ".");
        if (len >= sizeof(segment)) {
            return NULL;
        }
        memcpy(segment, rest, len);
        segment[len] = '\0';
        value = json_object_get(value, segment);
        rest = rest[len] == '.' ? &rest[len + 1] : &rest[len];
    }
    return value;
}

const char *answer_text_at(const json_t *answer, const char *path, Arena *arena)
{
    const json_t *value = answer_at(answer, path);
    if (json_is_string(value)) {
        return json_string_value(value);
    }
    if (json_is_integer(value)) {
        return arena_format(arena, "%lld", (long long)json_integer_value(value));
    }
    if (json_is_real(value) && fabs(json_real_value(value)) < 1e6) {
        return arena_format(arena, "%.4f", json_real_value(value));
    }
    return NULL;
}

static bool exchange_garbage(Error *err)
{
    return error_set(err, ERROR_UNAVAILABLE, "provider.garbage", NULL,
                     "the provider's answer cannot be understood");
}

bool provider_exchange(const ProviderPort *port, const char *path, const json_t *request,
                       Arena *arena, Bytes *ret_body, json_t **ret, Error *err)
{
    int status = 0;
    Bytes answer = BYTES_EMPTY;
    if (!json_text(arena, request, ret_body, err)) {
        return false;
    }
    Error cause = {0};
    if (!port->post(port->state, path, *ret_body, arena, &status, &answer, &cause)) {
        const ErrorKind kind = cause.kind == ERROR_LIMIT ? ERROR_LIMIT : ERROR_UNAVAILABLE;
        return error_set(err, kind, cause.code, NULL, "the provider did not answer");
    }
    if (status == 429) {
        return error_set(err, ERROR_LIMIT, "provider.rate", NULL, "the provider limits the rate");
    }
    if (status < 200 || status > 299) {
        return error_set(err, ERROR_UNAVAILABLE, "provider.status", NULL,
                         "the provider answered with status %d", status);
    }
    if (answer.len > ANSWER_SIZE_MAX || !json_parse(answer, ret, NULL)) {
        return exchange_garbage(err);
    }
    return true;
}

static const ResultCode *find_code(const ResultCode *codes, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(codes[i].code, code) == 0) {
            return &codes[i];
        }
    }
    return NULL;
}

// Texts of the measure are cut, never refused: what came back has to be recorded.
static void set_text(char ret[MEASURE_TEXT_SIZE], const char *text)
{
    size_t len = 0;
    for (; len + 1 < MEASURE_TEXT_SIZE && text[len] != '\0'; len++) {
        const char c = text[len];
        ret[len] = c > ' ' && c < 0x7f ? c : '_';
    }
    ret[len] = '\0';
}

static void set_result(Measure *measure, MeasureResult result, const char *code,
                       const char *meaning)
{
    measure->result = result;
    set_text(measure->raw_code, code);
    set_text(measure->raw_message, meaning);
}

// Judge one code by a table; false when it was not a PASS.
static bool judge_code(const json_t *answer, const char *path, const ResultCode *codes,
                       size_t count, Arena *arena, Measure *measure)
{
    const char *text = answer_text_at(answer, path, arena);
    const ResultCode *code = text != NULL ? find_code(codes, count, text) : NULL;
    if (code == NULL) {
        set_result(measure, RESULT_UNAVAILABLE, text != NULL ? text : "missing", "unknown_code");
        return false;
    }
    set_result(measure, code->result, code->code, code->meaning);
    return code->result == RESULT_PASS;
}

static bool take_score(const json_t *answer, const ScoreRule *rule, int threshold, Arena *arena,
                       Score *ret)
{
    const char *text = answer_text_at(answer, rule->path, arena);
    return text != NULL && score_normalise(bytes_of_text(text), rule->full, rule->lower_is_better,
                                           threshold, ret, NULL);
}

// The provider's yes is not enough: scores are held against our own thresholds.
static void judge_scores(const ProviderAdapter *adapter, const json_t *answer,
                         const MeasureRules *rules, Arena *arena, Measure *measure)
{
    if (adapter->score.path != NULL) {
        if (!take_score(answer, &adapter->score, rules->face_threshold, arena, &measure->score)) {
            measure->result = RESULT_UNAVAILABLE;
            set_text(measure->raw_message, "score_missing");
        } else if (measure->score.value < measure->score.threshold) {
            measure->result = RESULT_FAIL;
            set_text(measure->raw_message, "score_below_threshold");
        }
    }
    if (adapter->liveness.path != NULL) {
        if (!take_score(answer, &adapter->liveness, rules->liveness_threshold, arena,
                        &measure->liveness)) {
            measure->result = RESULT_UNAVAILABLE;
            set_text(measure->raw_message, "liveness_missing");
        } else if (measure->liveness.value < measure->liveness.threshold) {
            measure->result = RESULT_RISK_REJECT;
            set_text(measure->raw_message, "liveness_below_threshold");
        }
    }
}

static void add_alarm(Authenticity *authenticity, const AlarmCode *alarm)
{
    const size_t len = strlen(authenticity->alarms);
    const size_t more = strlen(alarm->name);
    if (len + more + 2 < sizeof(authenticity->alarms)) {
        if (len > 0) {
            authenticity->alarms[len] = ',';
        }
        memcpy(&authenticity->alarms[len + (len > 0 ? 1 : 0)], alarm->name, more + 1);
    }
    // FAIL outweighs a request for another picture.
    if (authenticity->result != RESULT_FAIL) {
        authenticity->result = alarm->result;
    }
}

// Providers let a document pass unless the caller looks at the alarms; a missing or odd alarm
// string therefore never passes here.
static void judge_authenticity(const ProviderAdapter *adapter, const json_t *answer, Arena *arena,
                               Measure *measure)
{
    const json_t *alarms = answer_at(answer, adapter->alarm_path);
    const char *method = answer_text_at(answer, adapter->alarm_method_path, arena);
    Authenticity *authenticity = &measure->authenticity;
    authenticity->is_present = true;
    authenticity->result = RESULT_UNAVAILABLE;
    set_text(authenticity->method, method != NULL && method[0] != '\0' ? method : "unknown");
    if (!json_is_string(alarms) || json_string_length(alarms) != adapter->alarm_count ||
        strspn(json_string_value(alarms), "01") != adapter->alarm_count) {
        return;
    }
    authenticity->result = RESULT_PASS;
    for (size_t i = 0; i < adapter->alarm_count; i++) {
        if (json_string_value(alarms)[i] == '1') {
            add_alarm(authenticity, &adapter->alarms[i]);
        }
    }
}

static void judge_answer(const ProviderAdapter *adapter, const json_t *answer,
                         const MeasureRules *rules, Arena *arena, Measure *measure)
{
    const json_t *echo = answer_at(answer, adapter->echo_path);
    if (adapter->billed_path != NULL) {
        measure->is_billed = json_is_true(answer_at(answer, adapter->billed_path));
    }
    if (!json_is_string(echo) ||
        strcmp(json_string_value(echo), measure->provider_request_id) != 0) {
        set_result(measure, RESULT_UNAVAILABLE, "provider.other_request", "other_request");
        return;
    }
    if (adapter->envelope_path != NULL &&
        !judge_code(answer, adapter->envelope_path, adapter->envelope_codes,
                    adapter->envelope_code_count, arena, measure)) {
        return;
    }
    const bool is_pass =
        judge_code(answer, adapter->code_path, adapter->codes, adapter->code_count, arena, measure);
    if (adapter->alarm_path != NULL && is_pass) {
        judge_authenticity(adapter, answer, arena, measure);
    }
    if (is_pass) {
        judge_scores(adapter, answer, rules, arena, measure);
    }
}

static bool has_input(const ProviderAdapter *adapter, const MeasureInput *input)
{
    const struct {
        unsigned need;
        bool is_given;
    } needs[] = {
        {NEEDS_PHONE, input->phone != NULL},
        {NEEDS_BANK_CARD, input->bank_card != NULL},
        {NEEDS_DOCUMENT, input->document_image.len > 0},
        {NEEDS_FACE, input->face_image.len > 0 && input->liveness_nonce != NULL &&
                         input->liveness_actions != NULL},
    };
    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        if ((adapter->needs & needs[i].need) != 0 && !needs[i].is_given) {
            return false;
        }
    }
    return input->person != NULL;
}

static Measure start_measure(const ProviderAdapter *adapter, const MeasureInput *input,
                             const MeasureRules *rules)
{
    Measure measure = {
        .family = adapter->family,
        .result = RESULT_UNAVAILABLE,
        .person = person_commitment(input->person, rules->salt),
        .possession_needed = adapter->possession_needed,
        .occurred_at = clock_now(rules->clock),
    };
    set_text(measure.means, adapter->means);
    set_text(measure.provider, adapter->provider);
    set_text(measure.data_source, adapter->data_source);
    if (adapter->possession_needed) {
        measure.possession = possession_digest(rules->salt, "phone", input->phone);
    }
    return measure;
}

bool provider_adapter_ask(const ProviderAdapter *adapter, const ProviderPort *port,
                          const MeasureInput *input, const MeasureRules *rules, Arena *arena,
                          Measure *ret, Error *err)
{
    char request_id[RANDOM_UUID_SIZE];
    if (!has_input(adapter, input)) {
        return error_set(err, ERROR_INPUT, "measure.input_missing", NULL,
                         "%s lacks something that has to be asked", adapter->name);
    }
    if (!random_uuid(rules->random, request_id, err)) {
        return false;
    }
    Measure measure = start_measure(adapter, input, rules);
    set_text(measure.provider_request_id, request_id);
    CLEANUP(json_cleanup) json_t *request = adapter->build(input, request_id);
    CLEANUP(json_cleanup) json_t *answer = NULL;
    Bytes body = BYTES_EMPTY;
    Error cause = {0};
    const bool is_answered =
        provider_exchange(port, adapter->path, request, arena, &body, &answer, &cause);
    if (body.len == 0) {
        return error_memory(err);
    }
    measure.request_digest = sm3_hmac(rules->salt, body);
    if (is_answered) {
        judge_answer(adapter, answer, rules, arena, &measure);
    } else {
        set_result(&measure, cause.kind == ERROR_LIMIT ? RESULT_RATE_LIMITED : RESULT_UNAVAILABLE,
                   cause.code[0] != '\0' ? cause.code : "provider.no_answer", "no_answer");
    }
    const Time spent = clock_now(rules->clock) - measure.occurred_at;
    measure.latency_ms = spent > 0 ? spent / TIME_MILLISECOND : 0;
    *ret = measure;
    return true;
}

Sm3Digest possession_digest(Bytes salt, const char *kind, const char *value)
{
    const Sm3Digest kind_key = sm3_hmac(salt, bytes_of_text(kind));
    return sm3_hmac(sm3_bytes(&kind_key), bytes_of_text(value));
}
