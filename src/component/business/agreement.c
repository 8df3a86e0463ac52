// SPDX-License-Identifier: Apache-2.0
//
// M5, first half: the agreement as the person sees it, filled for exactly the ticks that the
// person made.
#include "component/business/agreement.h"

#include <stdio.h>
#include <string.h>

#include "component/business/identity.h"
#include "component/business/person_seal.h"
#include "component/business/routes.h"
#include "component/business/signing.h"
#include "component/business/step.h"
#include "domain/authorization/behaviour.h"

static const char purpose_prefix[] = "purpose_";

// --- loading ----------------------------------------------------------------------------------

static const char *joined_sources(Arena *arena, const BusinessProfile *profile)
{
    const char *names = profile->source_count > 0 ? profile->sources[0].name : "";
    for (size_t i = 1; i < profile->source_count && names != NULL; i++) {
        names = arena_format(arena, "%s、%s", names, profile->sources[i].name);
    }
    return names;
}

bool agreement_load_source(Business *business, Bytes source, AgreementTemplate **ret, Error *err)
{
    const BusinessProfile *profile = business->config.profile;
    const char *sources = joined_sources(business->arena, profile);
    if (sources == NULL) {
        return error_memory(err);
    }
    const AgreementValue parameters[] = {
        {"party_name", profile->party.name},
        {"party_uscc", profile->party.uscc},
        {"party_address", profile->address},
        {"party_contact", profile->party.contact},
        {"party_hotline", profile->hotline},
        {"bureau_names", sources},
        {"verifier_names", profile->verifiers},
        {"ca_name", profile->ca_name},
        {"cps_url", profile->cps_url},
        {"evidence_name", profile->evidence_provider},
        {"pbc_branch", profile->complaint_office},
    };
    return agreement_template_load(business->config.fonts, source, parameters, COUNT_OF(parameters),
                                   ret, err);
}

bool business_load_agreement(Business *business, Error *err)
{
    return agreement_load_source(business, agreement_builtin_source(), &business->agreement, err);
}

// --- ticks ------------------------------------------------------------------------------------

static bool load_offer(Work *work, json_t **ret_json, Authorization *ret, Error *err)
{
    Bytes text;
    return work_get(work, "offer", &text, err) && json_parse(text, ret_json, err) &&
           authorization_parse(*ret_json, work->arena, ret, err);
}

// True if the institution asks for this tick at all; what it does not ask for is a plain no.
static bool is_offered(const Authorization *offer, const AgreementField *field)
{
    if (strncmp(field->name, purpose_prefix, sizeof purpose_prefix - 1) == 0) {
        const Purpose *purpose = purpose_find(field->name + sizeof purpose_prefix - 1);
        return purpose != NULL && offer->may_query && authorization_covers_purpose(offer, purpose);
    }
    if (strcmp(field->name, "query") == 0) {
        return offer->may_query;
    }
    return strcmp(field->name, "report") != 0 || offer->may_report;
}

static json_t *items_to_json(const Business *business, const Authorization *offer)
{
    size_t count;
    const AgreementField *fields = agreement_template_fields(business->agreement, &count);
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!fields[i].is_tick || !is_offered(offer, &fields[i])) {
            continue;
        }
        json_t *item = json_make_object();
        json_put_text(item, "name", fields[i].name);
        json_put_text(item, "label", fields[i].label);
        json_put_bool(item, "is_required", fields[i].is_required);
        json_put_bool(item, "is_sensitive", fields[i].is_sensitive);
        json_array_append_new(items, item);
    }
    return items;
}

bool handle_agreement_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    Work work;
    Authorization offer;
    CLEANUP(json_cleanup) json_t *offer_json = NULL;
    if (!work_begin(component, request, &work, err) ||
        !load_offer(&work, &offer_json, &offer, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "title", agreement_template_title(work.business->agreement));
    json_put(reply, "items", items_to_json(work.business, &offer));
    return service_reply_json(response, request->arena, 200, reply, err);
}

// Read {"ticks":{name:bool}}: every offered item answered, nothing else. No tick has a default.
static bool ticks_check(const Business *business, const Authorization *offer, const json_t *ticks,
                        Error *err)
{
    size_t count;
    const AgreementField *fields = agreement_template_fields(business->agreement, &count);
    JsonView view = json_view(ticks, "ticks", err);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].is_tick && is_offered(offer, &fields[i])) {
            json_view_bool(&view, fields[i].name);
        }
    }
    return json_view_done(&view);
}

static bool is_ticked(const json_t *ticks, const char *name)
{
    return json_is_true(json_object_get(ticks, name));
}

// What the person agrees to: the offer, reduced to the ticks. Source: Reg 18, 28, 29.
static bool reduce_offer(Work *work, const json_t *offer_json, const json_t *ticks,
                         json_t **ret_json, Authorization *ret, Error *err)
{
    json_t *reduced = json_deep_copy(offer_json);
    json_t *scope = json_make_object();
    json_t *kept = json_array();
    json_put_bool(scope, "query", is_ticked(ticks, "query"));
    json_put_bool(scope, "report", is_ticked(ticks, "report"));
    const json_t *purposes = json_object_get(offer_json, "purposes");
    for (size_t i = 0; i < json_array_size(purposes); i++) {
        json_t *code = json_array_get(purposes, i);
        char name[32];
        snprintf(name, sizeof name, "%s%.8s", purpose_prefix, json_string_value(code));
        if (is_ticked(ticks, name)) {
            json_array_append(kept, code);
        }
    }
    json_put(reduced, "scope", scope);
    json_put(reduced, "purposes", kept);
    if (!is_ticked(ticks, "report")) {
        json_put(reduced, "report_items", json_array());
    }
    *ret_json = reduced;
    return authorization_parse(reduced, work->arena, ret, err);
}

// --- filling ----------------------------------------------------------------------------------

static const char *china_date(Arena *arena, Time time)
{
    CivilTime c = civil_from_time(time + TIME_OFFSET_CHINA);
    return arena_format(arena, "%d年%d月%d日", c.year, c.month, c.day);
}

void agreement_add_value(AgreementValues *values, const char *name, const char *text)
{
    if (values->count < AGREEMENT_VALUES_MAX) {
        values->values[values->count++] = (AgreementValue){name, text};
    }
}

bool agreement_collect_values(Work *work, const Applicant *applicant,
                              const Authorization *authorization, const json_t *ticks,
                              Time signed_on, AgreementValues *ret)
{
    const Business *business = work->business;
    size_t count;
    const AgreementField *fields = agreement_template_fields(business->agreement, &count);
    const char *start = china_date(work->arena, authorization->starts_at);
    const char *end = china_date(work->arena, authorization->ends_at);
    const char *today = china_date(work->arena, signed_on);
    agreement_add_value(ret, "agreement_number", work->row.authorization_id);
    agreement_add_value(ret, "person_name", applicant->person.name);
    agreement_add_value(ret, "document_type", "居民身份证");
    agreement_add_value(ret, "document_number", applicant->person.id_number);
    agreement_add_value(ret, "phone", applicant->phone);
    agreement_add_value(ret, "business_name", business->config.profile->product);
    agreement_add_value(ret, "application_number", authorization->business);
    agreement_add_value(ret, "start_date", start);
    agreement_add_value(ret, "end_date", end);
    agreement_add_value(ret, "signing_date", today);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].is_tick) {
            agreement_add_value(ret, fields[i].name,
                                is_ticked(ticks, fields[i].name) ? "yes" : "no");
        }
    }
    return start != NULL && end != NULL && today != NULL;
}

static bool fill_agreement(Work *work, const Applicant *applicant,
                           const Authorization *authorization, const json_t *ticks, Bytes *ret,
                           Error *err)
{
    AgreementValues values = {.count = 0};
    CLEANUP(writer_free) Writer pdf = writer_new(AGREEMENT_MAX_SIZE);
    if (!agreement_collect_values(work, applicant, authorization, ticks, work->now, &values)) {
        return error_memory(err);
    }
    Sm3Digest salt = sm3_hmac(applicant_salt(applicant), BYTES_LITERAL("assent-letter-salt/1"));
    if (!agreement_fill(work->business->agreement, values.values, values.count, sm3_bytes(&salt),
                        &pdf, err)) {
        return false;
    }
    *ret = arena_adopt(work->arena, &pdf);
    return ret->len > 0 || error_memory(err);
}

// What was made to sign a text that was shown before: it must not be signed in the place of this.
static bool drop_prepared(Work *work, Error *err)
{
    static const char *const names[] = {"activation", "prepared", "prepared_facts", "tbs"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!work_drop(work, names[i], err)) {
            return false;
        }
    }
    return true;
}

// The server's nonce for this showing, and when it was: later behaviour must fit both.
static bool keep_presentation(Work *work, Error *err)
{
    uint8_t nonce[BEHAVIOUR_NONCE_SIZE];
    if (!random_fill(work->business->config.random, nonce, sizeof nonce, err)) {
        return false;
    }
    CLEANUP(writer_free) Writer shown = writer_new(64);
    writer_put(&shown, BYTES_OF_ARRAY(nonce));
    writer_put_u64_be(&shown, (uint64_t)work->now);
    Bytes copy = arena_copy(work->arena, writer_bytes(&shown));
    return copy.len > 0 ? work_put(work, "presentation", 0, copy, err) : error_memory(err);
}

static bool reply_presented(Work *work, ServiceResponse *response, Error *err)
{
    Bytes shown;
    if (!work_get(work, "presentation", &shown, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", authorization_state_name(STATE_PRESENTED));
    json_put_hex(reply, "nonce", bytes_slice(shown, 0, BEHAVIOUR_NONCE_SIZE));
    return service_reply_json(response, work->arena, 200, reply, err);
}

static bool present_ticked(Work *work, const json_t *ticks, const SealChoice *choice,
                           ServiceResponse *response, Error *err)
{
    Applicant applicant;
    Authorization offer, authorization;
    CLEANUP(json_cleanup) json_t *offer_json = NULL;
    CLEANUP(json_cleanup) json_t *reduced = NULL;
    Bytes pdf;
    return load_offer(work, &offer_json, &offer, err) &&
           ticks_check(work->business, &offer, ticks, err) &&
           applicant_load(work, &applicant, err) &&
           reduce_offer(work, offer_json, ticks, &reduced, &authorization, err) &&
           drop_prepared(work, err) && person_seal_ensure(work, &applicant, choice, err) &&
           fill_agreement(work, &applicant, &authorization, ticks, &pdf, err) &&
           keep_presentation(work, err) && work_apply(work, EVENT_PRESENT, err) &&
           work_put(work, "agreement", 0, pdf, err) &&
           work_put_json(work, "authorization", 0, json_incref(reduced), err) &&
           work_put_json(work, "ticks", 0, json_deep_copy(ticks), err) &&
           work_note(work, "present", "ok", choice->is_handwriting ? "seal.handwriting" : "",
                     err) &&
           reply_presented(work, response, err) && answer_keep_digest(work, response, err) &&
           work_commit(work, err);
}

static bool present(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    JsonView view = json_view(body, "agreement", err);
    const json_t *ticks = json_view_object(&view, "ticks");
    const json_t *seal = json_view_optional_any(&view, "seal");
    SealChoice choice;
    return json_view_done(&view) && seal_choice_parse(seal, work->arena, &choice, err) &&
           present_ticked(work, ticks, &choice, response, err);
}

bool handle_agreement(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    static const Step step = {
        "present",
        STEP_FROM(STATE_CERTIFIED) | STEP_FROM(STATE_PRESENTED) | STEP_FROM(STATE_ACTIVATED),
        "JR/T 0299-2024 4 e", present, reply_presented};
    return step_run(&step, component, request, response, err);
}

// The letter itself, as it is: what the person reads is this very file.
bool handle_agreement_document(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    Work work;
    Bytes pdf;
    if (!work_begin(component, request, &work, err) || !work_get(&work, "agreement", &pdf, err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/pdf", pdf);
    return true;
}

// The letter as plain text, for a terminal that cannot show pages; fields stand as {{name}}.
bool handle_agreement_text(void *component, const ServiceRequest *request,
                           ServiceResponse *response, Error *err)
{
    Work work;
    if (!work_begin(component, request, &work, err)) {
        return false;
    }
    service_reply_bytes(response, 200, "text/plain; charset=utf-8",
                        agreement_template_text(work.business->agreement));
    return true;
}
