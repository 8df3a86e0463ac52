// SPDX-License-Identifier: Apache-2.0
//
// M1, first half: the measures by which the person is identified.
#include "component/business/identity.h"

#include <string.h>

#include "component/business/outages.h"
#include "component/business/possession.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "domain/privacy/person_index.h"

enum { ATTEMPTS_LISTED = 64, IMAGE_MAX_SIZE = 2 * 1024 * 1024, TEXT_MAX_SIZE = 200 };

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

// What is no picture by its first bytes reaches no provider; whatever else it is, is theirs to
// judge.
static bool check_picture(Bytes picture, Error *err)
{
    return picture.len == 0 || bytes_start_with(picture, BYTES_LITERAL("\x89PNG\r\n\x1a\n")) ||
           bytes_start_with(picture, BYTES_LITERAL("\xff\xd8\xff")) ||
           error_set(err, ERROR_INPUT, "measure.image_type", NULL,
                     "a picture is a PNG or a JPEG, which these %zu bytes are not", picture.len);
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
    return json_view_done(&view) && ret->kind != NULL &&
           check_picture(ret->input.document_image, err) &&
           check_picture(ret->input.face_image, err);
}

typedef struct {
    AttemptFilter filter;
    Time times[ATTEMPTS_LISTED];
    size_t count;
} AttemptsContext;

static bool attempts_read(StoreSession *session, void *context, Error *err)
{
    AttemptsContext *list = context;
    return records_list_attempts(session, &list->filter, list->times, &list->count, err);
}

bool identity_limit_attempt(Work *work, const char *kind, const char *subject,
                            const AttemptLimit *limit, Error *err)
{
    AttemptsContext list = {
        .filter = {.kind = kind,
                   .subject_index = identifier_index(work->business->config.index_key, kind,
                                                     bytes_of_text(subject)),
                   .since = work->now - limit->window - limit->cool_down,
                   .limit = ATTEMPTS_LISTED}};
    if (!store_read(work->business->store, attempts_read, &list, err) ||
        !attempt_limit_check(limit, list.times, list.count, work->now, err)) {
        return false;
    }
    work_count_attempt(work, kind, &list.filter.subject_index);
    return true;
}

static bool limit_measure(Work *work, const MeasureRequest *request, Error *err)
{
    const IdentityPolicy *policy = &work->business->policy;
    switch (request->kind->family) {
    case FAMILY_BIOMETRIC:
        return identity_limit_attempt(work, "face_device", request->device,
                                      &policy->face_per_device, err);
    case FAMILY_BANK_CARD:
        return identity_limit_attempt(work, "card", request->input.bank_card,
                                      &policy->card_per_card, err) &&
               identity_limit_attempt(work, "card_person", request->input.person->id_number,
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
    if (count > CONSENTS_MAX) {
        return error_set(err, ERROR_INTERNAL, "consent.stored", NULL,
                         "more than %d consents are stored", CONSENTS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
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

bool measuring_load(Work *work, Measuring *ret, Error *err)
{
    *ret = (Measuring){.measures = arena_alloc(work->arena, MEASURES_MAX * sizeof(Measure))};
    if (ret->measures == NULL) {
        return error_memory(err);
    }
    return applicant_load(work, &ret->applicant, err) &&
           measures_load(work, ret->measures, MEASURES_MAX, &ret->count, err);
}

// Never scores, which would help an attacker, and never what another source knows.
bool measuring_reply(Work *work, const Measure *measure, const IdentityEvaluation *evaluation,
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
    const MeasureResult result = measure == NULL ? RESULT_PASS : measure->result;
    json_put_text(reply, "result", measure_result_name(result));
    json_put_bool(reply, "counts", measure == NULL || measure_counts(measure));
    json_put_bool(reply, "code_needed",
                  measure != NULL && result == RESULT_PASS && measure->possession_needed &&
                      !measure->possession_confirmed);
    json_put_text(reply, "outcome", identity_outcome_name(evaluation->outcome));
    json_put(reply, "reasons", reasons);
    json_put_text(reply, "state", authorization_state_name(work->row.state));
    return service_reply_json(response, work->arena, 200, reply, err) &&
           answer_keep(work, response, err);
}

bool measuring_conclude(Work *work, const Measuring *measuring, ServiceResponse *response,
                        Error *err)
{
    const Applicant *applicant = &measuring->applicant;
    const Measure *latest = &measuring->measures[measuring->latest];
    Sm3Digest person = person_commitment(&applicant->person, applicant_salt(applicant));
    IdentityEvaluation evaluation = identity_policy_evaluate(
        &work->business->policy, &person, measuring->measures, measuring->count, work->now);
    return work_put_json(work, "measure", (int64_t)measuring->latest, measure_to_json(latest),
                         err) &&
           work_note(work, factor_family_name(latest->family), measure_result_name(latest->result),
                     "", err) &&
           (evaluation.outcome == IDENTITY_INCOMPLETE ||
            identity_decide(work, measuring, &evaluation, err)) &&
           measuring_reply(work, latest, &evaluation, response, err) && identity_commit(work, err);
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
    outage_note(work->business, OUTAGE_IDENTITY, ret->result == RESULT_UNAVAILABLE);
    ret->possession_needed = business->policy.possession_needed[request->kind->family];
    ret->possession_confirmed = false;
    return true;
}

static bool take_measure(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Measuring measuring;
    MeasureRequest request;
    if (!measuring_load(work, &measuring, err) ||
        !measure_request_parse(body, work->arena, &measuring.applicant, &request, err) ||
        !check_measure_consent(work, request.kind, err) || !limit_measure(work, &request, err)) {
        return false;
    }
    if (measuring.count == MEASURES_MAX) {
        return error_set(err, ERROR_LIMIT, "identity.too_many_tries", NULL,
                         "no more than %d measures in one session", MEASURES_MAX);
    }
    measuring.latest = measuring.count++;
    Measure *latest = &measuring.measures[measuring.latest];
    if (!ask_provider(work, &request, &measuring.applicant, latest, err)) {
        return false;
    }
    bool needs_code = latest->result == RESULT_PASS && latest->possession_needed;
    return (!needs_code || possession_send(work, &measuring, &request.input, err)) &&
           measuring_conclude(work, &measuring, response, err);
}

bool handle_measure(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err)
{
    static const Step step = {"measure", STEP_FROM(STATE_CONSENTED), "JR/T 0299-2024 4 a",
                              take_measure, NULL};
    return step_run(&step, component, request, response, err);
}
