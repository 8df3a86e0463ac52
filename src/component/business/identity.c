// SPDX-License-Identifier: Apache-2.0
//
// M1, first half: the person, and the measures by which the person is identified.
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/business/identity.h"
#include "component/business/routes.h"
#include "domain/identity/one_time_code.h"
#include "domain/privacy/person_index.h"

enum {
    SALT_SIZE = 16,
    ATTEMPTS_LISTED = 64,
    IMAGE_MAX_SIZE = 2 * 1024 * 1024,
    TEXT_MAX_SIZE = 200,
};

// --- the person -------------------------------------------------------------------------------

static bool applicant_parse(const Business *business, Bytes json, Time at, Arena *arena,
                            Applicant *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!json_parse(json, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "person", err);
    const char *name = json_view_text(&view, "name", PERSON_NAME_SIZE);
    const char *id_number = json_view_text(&view, "id_number", ID_NUMBER_SIZE);
    const char *phone = json_view_text(&view, "phone", PHONE_SIZE);
    const char *from = json_view_text(&view, "document_from", TEXT_MAX_SIZE);
    const char *until = json_view_text(&view, "document_until", TEXT_MAX_SIZE);
    const char *salt = json_view_optional_text(&view, "salt", 2 * SALT_SIZE);
    PhoneRange range;
    if (!json_view_done(&view) ||
        !person_new(bytes_of_text(name), bytes_of_text(id_number),
                    business->config.mock_persons_allowed, at, &ret->person, err) ||
        !document_validity_parse(from, until, &ret->validity, err) ||
        !phone_check(business->phone_plan, bytes_of_text(phone), &range, err)) {
        return false;
    }
    ret->phone_kind = range.kind;
    ret->phone = arena_text(arena, bytes_of_text(phone));
    ret->salt_text = arena_text(arena, bytes_of_text(salt));
    return (ret->phone != NULL && ret->salt_text != NULL) || error_memory(err);
}

bool applicant_load(Work *work, Applicant *ret, Error *err)
{
    Bytes json;
    return work_get(work, "person", &json, err) &&
           applicant_parse(work->business, json, work->now, work->arena, ret, err);
}

Bytes applicant_salt(const Applicant *applicant)
{
    return bytes_of_text(applicant->salt_text);
}

// Keep the person with a fresh salt, under which all commitments of the session are made.
static bool keep_person(Work *work, json_t *body, const Applicant *applicant, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    uint8_t salt[SALT_SIZE];
    if (!random_fill(config->random, salt, sizeof salt, err) ||
        !person_index(config->index_key, bytes_of_text(applicant->person.id_number),
                      &work->row.person_index, err)) {
        return false;
    }
    work->row.has_person = true;
    work->cancels_rivals = true;
    json_t *kept = json_deep_copy(body);
    json_put_text(kept, "name", applicant->person.name);
    json_put_text(kept, "id_number", applicant->person.id_number);
    json_put_hex(kept, "salt", BYTES_OF_ARRAY(salt));
    return work_put_json(work, "person", 0, kept, err);
}

// What is refused is kept in the history as well, without a word about the person.
static bool refuse(Work *work, const char *event, Error *err)
{
    Error refusal = *err;
    Error ignored = {0};
    work->artifact_count = 0;
    if (!work_note(work, event, "refused", refusal.code, &ignored) ||
        !work_commit(work, &ignored)) {
        return error_context(err, "the refusal itself could not be recorded");
    }
    *err = refusal;
    return false;
}

static bool check_person(Work *work, const Applicant *applicant, Error *err)
{
    DocumentNote note;
    return person_age_check(&applicant->person, work->now, err) &&
           document_validity_check(&applicant->person, &applicant->validity, work->now, &note,
                                   err);
}

bool handle_person(void *component, const ServiceRequest *request, ServiceResponse *response,
                   Error *err)
{
    Work work;
    bool answered;
    Applicant applicant;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!work_begin(component, request, &work, err) ||
        !work_answered_before(&work, response, &answered, err)) {
        return false;
    }
    if (answered) {
        return true;
    }
    if (work.row.state != STATE_CONSENTED) {
        return error_set(err, ERROR_CONFLICT, "session.order", "JR/T 0171-2020 6.1.1",
                         "personal information is taken after consent and before the decision");
    }
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    if (!applicant_parse(work.business, request->body, work.now, work.arena, &applicant, err) ||
        !check_person(&work, &applicant, err)) {
        return refuse(&work, "person", err);
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", authorization_state_name(work.row.state));
    return keep_person(&work, body, &applicant, err) && work_note(&work, "person", "ok", "", err) &&
           service_reply_json(response, request->arena, 200, reply, err) &&
           work_keep_answer(&work, response, err) && work_commit(&work, err);
}

// --- measures ---------------------------------------------------------------------------------

// What a terminal may ask to be identified by, and the consent it needs.
typedef struct {
    const char *name;
    FactorFamily family;
    const char *adapter;
    const char *consent;
} MeasureKind;

static const MeasureKind measure_kinds[] = {
    {"id_card", FAMILY_ID_DOCUMENT, "police.id_card_check", "id_document"},
    {"face", FAMILY_BIOMETRIC, "face.liveness_compare", "face"},
    {"bank_card", FAMILY_BANK_CARD, "bank.four_elements", "bank_card"},
    {"operator", FAMILY_OPERATOR, "operator.three_elements", NULL},
};

typedef struct {
    const MeasureKind *kind;
    MeasureInput input;
    const char *device;
} MeasureRequest;

static const MeasureKind *measure_kind_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(measure_kinds); i++) {
        if (strcmp(measure_kinds[i].name, name) == 0) {
            return &measure_kinds[i];
        }
    }
    return NULL;
}

static Bytes optional_image(JsonView *view, Arena *arena, const char *key)
{
    if (view->failed || json_object_get(view->object, key) == NULL) {
        return BYTES_EMPTY;
    }
    return json_view_base64(view, arena, key, IMAGE_MAX_SIZE);
}

// Texts are borrowed from `body`.
static bool measure_request_parse(const json_t *body, Arena *arena, const Applicant *applicant,
                                  MeasureRequest *ret, Error *err)
{
    JsonView view = json_view(body, "measure", err);
    ret->kind = measure_kind_find(json_view_text(&view, "measure", TEXT_MAX_SIZE));
    ret->device = json_view_text(&view, "device", TEXT_MAX_SIZE);
    ret->input = (MeasureInput){
        .person = &applicant->person,
        .validity = applicant->validity,
        .phone = applicant->phone,
        .bank_card = json_view_optional_text(&view, "bank_card", BANK_CARD_SIZE),
        .document_image = optional_image(&view, arena, "document_image"),
        .face_image = optional_image(&view, arena, "face_image"),
        .liveness_nonce = json_view_optional_text(&view, "liveness_nonce", TEXT_MAX_SIZE),
        .liveness_actions = json_view_optional_text(&view, "liveness_actions", TEXT_MAX_SIZE),
        .place_of_business = "online",
        .business_type = "credit-authorization",
    };
    if (!view.failed && ret->kind == NULL) {
        json_view_fail(&view, "measure", "is id_card, face, bank_card or operator");
    }
    return json_view_done(&view);
}

typedef struct {
    const char *kind;
    Sm3Digest subject;
    Time since;
    Time times[ATTEMPTS_LISTED];
    size_t count;
} AttemptsContext;

static bool attempts_read(StoreSession *session, void *context, Error *err)
{
    AttemptsContext *list = context;
    return records_list_attempts(session, list->kind, &list->subject, list->since, ATTEMPTS_LISTED,
                                 list->times, &list->count, err);
}

// Refuse a try too many before the provider is asked, and count this one.
static bool limit_attempt(Work *work, const char *kind, const char *subject,
                          const AttemptLimit *limit, Error *err)
{
    AttemptsContext list = {
        .kind = kind,
        .subject = identifier_index(work->business->config.index_key, kind, bytes_of_text(subject)),
        .since = work->now - limit->window - limit->cool_down,
    };
    if (!store_read(work->business->store, attempts_read, &list, err) ||
        !attempt_limit_check(limit, list.times, list.count, work->now, err)) {
        return false;
    }
    work_count_attempt(work, kind, &list.subject);
    return true;
}

static bool limit_measure(Work *work, const MeasureRequest *request, Error *err)
{
    const IdentityPolicy *policy = &work->business->policy;
    switch (request->kind->family) {
    case FAMILY_BIOMETRIC:
        return limit_attempt(work, "face_device", request->device, &policy->face_per_device, err);
    case FAMILY_BANK_CARD:
        return limit_attempt(work, "card", request->input.bank_card, &policy->card_per_card,
                             err) &&
               limit_attempt(work, "card_person", request->input.person->id_number,
                             &policy->card_per_person, err);
    default:
        return true;
    }
}

static bool check_measure_consent(Work *work, const MeasureKind *kind, Error *err)
{
    Bytes text;
    Consent consents[CONSENTS_MAX];
    size_t count;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (kind->consent == NULL || notice_find(&work->business->notices, kind->consent) == NULL) {
        return true;
    }
    if (!work_get(work, "consents", &text, err) || !json_parse(text, &body, err)) {
        return false;
    }
    json_t *array = json_object_get(body, "consents");
    count = json_array_size(array);
    for (size_t i = 0; i < count && i < CONSENTS_MAX; i++) {
        if (!consent_parse(json_array_get(array, i), &consents[i], err)) {
            return false;
        }
    }
    return consent_given(consents, count, kind->consent) ||
           error_set(err, ERROR_FORBIDDEN, "consent.not_given", "PIPL 29",
                     "the person has not consented to %s; another measure may be chosen",
                     kind->consent);
}

bool measures_load(Work *work, Measure *ret, size_t max_count, size_t *ret_count, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    if (!work_list(work, "measure", &rows, &count, err)) {
        return false;
    }
    if (count > max_count) {
        return error_set(err, ERROR_LIMIT, "identity.too_many_tries", NULL,
                         "more than %zu measures in one session", max_count);
    }
    for (size_t i = 0; i < count; i++) {
        CLEANUP(json_cleanup) json_t *json = NULL;
        if (!json_parse(rows[i].content, &json, err) || !measure_parse(json, &ret[i], err)) {
            return false;
        }
    }
    *ret_count = count;
    return true;
}

// --- possession codes -------------------------------------------------------------------------

static bool send_own_code(Work *work, const Applicant *applicant, json_t *pending, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    Sm3Digest purpose = possession_digest(applicant_salt(applicant), "phone", applicant->phone);
    OneTimeCode code;
    char digits[ONE_TIME_CODE_SIZE];
    if (!one_time_code_new(&purpose, &ONE_TIME_CODE_RULES_DEFAULT, work->now, config->random,
                           &code, digits, err)) {
        return false;
    }
    char *text = arena_format(work->arena, "【%s】验证码 %s，用于身份鉴别，5 分钟内有效，请勿告知他人。",
                              config->profile->party.name, digits);
    json_put_base64(pending, "one_time_code", bytes_of(&code, sizeof code));
    return text != NULL ? config->notification.send(&config->notification, applicant->phone, text,
                                                    work->arena, err)
                        : error_memory(err);
}

// A measure that rests on having the phone counts once a code that was sent to it came back.
static bool send_code(Work *work, const MeasureRequest *request, const Applicant *applicant,
                      int64_t sequence, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    json_t *pending = json_make_object();
    json_put_int(pending, "measure", sequence);
    bool sent;
    if (request->kind->family == FAMILY_BANK_CARD) {
        const char *code_id = "";
        sent = bank_code_send(&config->providers, &request->input, config->random, work->arena,
                              &code_id, err);
        json_put_text(pending, "bank_code", code_id);
    } else {
        sent = send_own_code(work, applicant, pending, err);
    }
    if (!sent) {
        json_decref(pending);
        return false;
    }
    return work_put_json(work, "pending_code", sequence, pending, err);
}

static bool confirm_code(Work *work, const json_t *pending, const char *code, Measure *measure,
                         Error *err)
{
    const BusinessConfig *config = &work->business->config;
    const char *bank_code = json_string_value(json_object_get(pending, "bank_code"));
    if (bank_code != NULL) {
        return bank_code_confirm(&config->providers, bank_code, code, work->arena, measure, err);
    }
    Bytes stored;
    OneTimeCode own;
    const char *text = json_string_value(json_object_get(pending, "one_time_code"));
    if (!base64_decode_arena(work->arena, bytes_of_text(text), &stored, err) ||
        stored.len != sizeof own) {
        return error_set(err, ERROR_INTERNAL, "code.stored", NULL, "the stored code is damaged");
    }
    memcpy(&own, stored.data, sizeof own);
    bool confirmed = one_time_code_confirm(&own, code, work->now, err);
    json_t *updated = json_deep_copy(pending);
    json_put_base64(updated, "one_time_code", bytes_of(&own, sizeof own));
    Error ignored = {0};
    int64_t sequence = json_integer_value(json_object_get(pending, "measure"));
    if (!work_put_json(work, "pending_code", sequence, updated, &ignored)) {
        return false;
    }
    measure->possession_confirmed = confirmed;
    return confirmed;
}

// --- answers ----------------------------------------------------------------------------------

// Tell the terminal what the measure came to and what is still missing: never scores, which would
// help an attacker, and never what another source knows.
static bool reply_measure(Work *work, const Measure *measure, const IdentityEvaluation *evaluation,
                          ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *reasons = json_array();
    for (size_t i = 0; i < evaluation->reason_count; i++) {
        json_t *reason = json_make_object();
        json_put_text(reason, "code", evaluation->reasons[i]);
        json_put_text(reason, "text", identity_reason_chinese(evaluation->reasons[i]));
        json_array_append_new(reasons, reason);
    }
    json_put_text(reply, "result", measure_result_name(measure->result));
    json_put_bool(reply, "counts", measure_counts(measure));
    json_put_bool(reply, "code_needed", measure->result == RESULT_PASS &&
                                            measure->possession_needed &&
                                            !measure->possession_confirmed);
    json_put_text(reply, "outcome", identity_outcome_name(evaluation->outcome));
    json_put(reply, "reasons", reasons);
    json_put_text(reply, "state", authorization_state_name(work->row.state));
    return service_reply_json(response, work->arena, 200, reply, err) &&
           work_keep_answer(work, response, err);
}

// Evaluate what there is, decide when it is enough, answer, commit, and deposit a decision.
static bool conclude_measure(Work *work, const Applicant *applicant, const Measure *measures,
                             size_t count, size_t latest, ServiceResponse *response, Error *err)
{
    const Business *business = work->business;
    Sm3Digest person = person_commitment(&applicant->person, applicant_salt(applicant));
    IdentityEvaluation evaluation =
        identity_policy_evaluate(&business->policy, &person, measures, count, work->now);
    const char *name = factor_family_name(measures[latest].family);
    return work_put_json(work, "measure", (int64_t)latest, measure_to_json(&measures[latest]),
                         err) &&
           work_note(work, name, measure_result_name(measures[latest].result), "", err) &&
           (evaluation.outcome == IDENTITY_INCOMPLETE ||
            identity_decide(work, applicant, measures, count, &evaluation, err)) &&
           reply_measure(work, &measures[latest], &evaluation, response, err) &&
           work_commit(work, err) && identity_deposit(work, err);
}

static bool ask_provider(Work *work, const MeasureRequest *request, const Applicant *applicant,
                         Measure *ret, Error *err)
{
    const Business *business = work->business;
    const ProviderAdapter *adapter = request->kind->family == FAMILY_OPERATOR
                                         ? provider_adapter_for_phone(applicant->phone_kind)
                                         : provider_adapter_find(request->kind->adapter);
    MeasureRules rules = {.salt = applicant_salt(applicant),
                          .face_threshold = business->policy.face_threshold,
                          .liveness_threshold = business->policy.liveness_threshold,
                          .clock = business->config.clock,
                          .random = business->config.random};
    if (!provider_adapter_ask(adapter, &business->config.providers, &request->input, &rules,
                              work->arena, ret, err)) {
        return false;
    }
    ret->possession_needed = business->policy.possession_needed[request->kind->family];
    ret->possession_confirmed = false;
    return true;
}

static bool measure_run(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Applicant applicant;
    MeasureRequest request;
    Measure *measures = arena_alloc(work->arena, MEASURES_MAX * sizeof *measures);
    size_t count;
    if (measures == NULL) {
        return error_memory(err);
    }
    if (!applicant_load(work, &applicant, err) ||
        !measure_request_parse(body, work->arena, &applicant, &request, err) ||
        !check_measure_consent(work, request.kind, err) ||
        !measures_load(work, measures, MEASURES_MAX - 1, &count, err)) {
        return false;
    }
    if (!limit_measure(work, &request, err)) {
        return refuse(work, request.kind->name, err);
    }
    Measure *latest = &measures[count];
    if (!ask_provider(work, &request, &applicant, latest, err)) {
        return false;
    }
    if (latest->result == RESULT_PASS && latest->possession_needed &&
        !send_code(work, &request, &applicant, (int64_t)count, err)) {
        return refuse(work, request.kind->name, err);
    }
    return conclude_measure(work, &applicant, measures, count + 1, count, response, err);
}

static bool begin_measuring(void *component, const ServiceRequest *request,
                            ServiceResponse *response, Work *ret, bool *ret_answered, Error *err)
{
    if (!work_begin(component, request, ret, err) ||
        !work_answered_before(ret, response, ret_answered, err)) {
        return false;
    }
    if (!*ret_answered && ret->row.state != STATE_CONSENTED) {
        return error_set(err, ERROR_CONFLICT, "session.order", "JR/T 0299-2024 4 a",
                         "identity is established after consent and only once");
    }
    return true;
}

bool handle_measure(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err)
{
    Work work;
    bool answered;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!begin_measuring(component, request, response, &work, &answered, err)) {
        return false;
    }
    return answered || (service_request_json(request, &body, err) &&
                        measure_run(&work, body, response, err));
}

static bool code_run(Work *work, const char *code, ServiceResponse *response, Error *err)
{
    Applicant applicant;
    Bytes text;
    CLEANUP(json_cleanup) json_t *pending = NULL;
    Measure *measures = arena_alloc(work->arena, MEASURES_MAX * sizeof *measures);
    size_t count;
    if (measures == NULL) {
        return error_memory(err);
    }
    if (!applicant_load(work, &applicant, err) || !work_get(work, "pending_code", &text, err) ||
        !json_parse(text, &pending, err) ||
        !measures_load(work, measures, MEASURES_MAX, &count, err)) {
        return false;
    }
    size_t sequence = (size_t)json_integer_value(json_object_get(pending, "measure"));
    if (sequence >= count) {
        return error_set(err, ERROR_INTERNAL, "code.stored", NULL, "the stored code is damaged");
    }
    if (!confirm_code(work, pending, code, &measures[sequence], err)) {
        // The wrong try is kept, so that tries are limited whatever happens to this process.
        Error wrong = *err;
        Error ignored = {0};
        bool kept = work_note(work, "code", "refused", wrong.code, &ignored) &&
                    work_commit(work, &ignored);
        *err = kept ? wrong : ignored;
        return false;
    }
    return conclude_measure(work, &applicant, measures, count, sequence, response, err);
}

bool handle_measure_code(void *component, const ServiceRequest *request,
                         ServiceResponse *response, Error *err)
{
    Work work;
    bool answered;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!begin_measuring(component, request, response, &work, &answered, err)) {
        return false;
    }
    if (answered) {
        return true;
    }
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "code", err);
    const char *code = json_view_text(&view, "code", ONE_TIME_CODE_SIZE);
    return json_view_done(&view) && code_run(&work, code, response, err);
}
