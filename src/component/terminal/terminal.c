// SPDX-License-Identifier: Apache-2.0
#include "component/terminal/terminal.h"

#include <string.h>

#include "base/codec/hex.h"
#include "component/terminal/journey.h"
#include "domain/authorization/notice.h"

enum { TEXT_SIZE = 64 * 1024, REPLY_TEXT_SIZE = 256, CODES_MAX = 2 };

static bool declined(Error *err, const char *what)
{
    return error_set(err, ERROR_FORBIDDEN, "terminal.declined", NULL,
                     "the person does not agree to %s", what);
}

// --- consents ---------------------------------------------------------------------------------

static bool ask_notice(Journey *journey, const json_t *notice, json_t *answers, Error *err)
{
    const TerminalPerson *person = journey->config->person;
    JsonView view = json_view(notice, "notice", err);
    const char *version = json_view_text(&view, "version", REPLY_TEXT_SIZE);
    const char *digest = json_view_text(&view, "digest", REPLY_TEXT_SIZE);
    json_view_text(&view, "clause", REPLY_TEXT_SIZE);
    TerminalQuestion question = {.id = json_view_text(&view, "id", TERMINAL_ITEM_SIZE),
                                 .title = json_view_text(&view, "title", REPLY_TEXT_SIZE)};
    json_t *text = json_view_any(&view, "text");
    question.text = json_string_value(text);
    question.is_sensitive = json_view_bool(&view, "is_sensitive");
    question.is_required = json_view_bool(&view, "is_required");
    json_view_bool(&view, "needs_consent");
    bool yes = false;
    if (!json_view_done(&view) || !person->ask(person->state, &question, &yes, err)) {
        return false;
    }
    Consent consent = {.is_given = yes, .at = clock_now(journey->config->clock)};
    CLEANUP(writer_free) Writer decoded = writer_new(SM3_SIZE);
    if (!hex_decode(bytes_of_text(digest), &decoded, err) ||
        writer_bytes(&decoded).len != SM3_SIZE) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL, "a notice has no digest");
    }
    // What the person read must be what the digest says.
    Sm3Digest shown = sm3_digest(bytes_of(json_string_value(text), json_string_length(text)));
    if (!bytes_equal(sm3_bytes(&shown), writer_bytes(&decoded))) {
        return error_set(err, ERROR_UNTRUSTED, "terminal.notice_digest", NULL,
                         "the text of a notice is not the one its digest names");
    }
    consent.text_digest = shown;
    char *event =
        arena_format(journey->arena, "%.36s-n%zu", journey->run_id, json_array_size(answers));
    if (event == NULL) {
        return error_memory(err);
    }
    strncpy(consent.notice_id, question.id, sizeof consent.notice_id - 1);
    strncpy(consent.notice_version, version, sizeof consent.notice_version - 1);
    strncpy(consent.event_id, event, sizeof consent.event_id - 1);
    json_array_append_new(answers, consent_to_json(&consent));
    return true;
}

static bool step_consents(Journey *journey, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *accepted = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_t *answers = json_array();
    json_put(body, "consents", answers);
    if (!journey_call(journey, "GET", "/v1/session/notices", NULL, &reply, err)) {
        return false;
    }
    const json_t *notices = json_object_get(reply, "notices");
    for (size_t i = 0; i < json_array_size(notices); i++) {
        if (!ask_notice(journey, json_array_get(notices, i), answers, err)) {
            return false;
        }
    }
    return journey_call(journey, "POST", "/v1/session/consents", body, &accepted, err) &&
           journey_take_state(journey, json_string_value(json_object_get(accepted, "state")), err);
}

// --- identity ---------------------------------------------------------------------------------

static bool send_person(Journey *journey, Error *err)
{
    const TerminalPerson *person = journey->config->person;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "name", person->name);
    json_put_text(body, "id_number", person->id_number);
    json_put_text(body, "phone", person->phone);
    json_put_text(body, "document_from", person->document_from);
    json_put_text(body, "document_until", person->document_until);
    return journey_call(journey, "POST", "/v1/session/person", body, &reply, err);
}

static json_t *measure_to_json(const Journey *journey, const char *measure)
{
    const TerminalPerson *person = journey->config->person;
    json_t *body = json_make_object();
    json_put_text(body, "measure", measure);
    json_put_text(body, "device", person->device);
    if (strcmp(measure, "bank_card") == 0) {
        json_put_text(body, "bank_card", person->bank_card);
    }
    if (strcmp(measure, "id_card") == 0) {
        json_put_base64(body, "document_image", person->document_image);
    }
    if (strcmp(measure, "face") == 0) {
        json_put_base64(body, "face_image", person->face_image);
        json_put_text(body, "liveness_nonce", journey->run_id);
        json_put_text(body, "liveness_actions", "blink,nod");
    }
    return body;
}

static bool confirm_code(Journey *journey, const char *purpose, json_t **reply, Error *err)
{
    const TerminalPerson *person = journey->config->person;
    char code[TERMINAL_CODE_SIZE];
    if (!person->code(person->state, purpose, code, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "code", code);
    json_cleanup(reply);
    return journey_call(journey, "POST", "/v1/session/measures/code", body, reply, err);
}

static bool ask_measure(Journey *journey, const char *measure, json_t **ret_reply, Error *err)
{
    if (strcmp(measure, "certificate") == 0) {
        return journey_prove(journey, ret_reply, err);
    }
    CLEANUP(json_cleanup) json_t *body = measure_to_json(journey, measure);
    return journey_call(journey, "POST", "/v1/session/measures", body, ret_reply, err);
}

static bool take_measure(Journey *journey, const char *measure, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    for (int codes = 1;; codes++) {
        if (!ask_measure(journey, measure, &reply, err)) {
            return error_context(err, "measure %s", measure);
        }
        if (!json_is_true(json_object_get(reply, "code_needed")) ||
            confirm_code(journey, measure, &reply, err)) {
            break;
        }
        // A bank takes a code once. If C1 ended before it recorded that, only a new code helps.
        if (codes == CODES_MAX || strcmp(err->code, "measure.code_expired") != 0) {
            return error_context(err, "code for measure %s", measure);
        }
        *err = (Error){0};
        json_cleanup(&reply);
    }
    return journey_take_state(journey, json_string_value(json_object_get(reply, "state")), err);
}

static bool step_identity(Journey *journey, Error *err)
{
    const TerminalPerson *person = journey->config->person;
    if (!send_person(journey, err)) {
        return false;
    }
    for (size_t i = 0; i < person->measure_count && journey->state == STATE_CONSENTED; i++) {
        if (!take_measure(journey, person->measures[i], err)) {
            return false;
        }
    }
    if (journey->state != STATE_IDENTIFIED) {
        return error_set(err, ERROR_FORBIDDEN, "terminal.not_identified", "JR/T 0299-2024 5.2.1",
                         "the person was not identified: state %s",
                         authorization_state_name(journey->state));
    }
    return true;
}

// --- the journey ------------------------------------------------------------------------------

typedef struct {
    const char *name;
    AuthorizationState from;
    bool (*run)(Journey *journey, Error *err);
} JourneyStep;

static const JourneyStep journey_steps[] = {
    {"consents", STATE_CREATED, step_consents},
    {"identity", STATE_CONSENTED, step_identity},
    {"certificate", STATE_IDENTIFIED, journey_certificate},
    {"agreement", STATE_CERTIFIED, journey_agreement},
    {"activation", STATE_PRESENTED, journey_activation},
    {"signature", STATE_ACTIVATED, journey_signature},
};

static bool load_state(Journey *journey, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    if (!journey_call(journey, "GET", "/v1/session", NULL, &reply, err)) {
        return false;
    }
    const char *id = json_string_value(json_object_get(reply, "authorization_id"));
    journey->authorization_id = arena_text(journey->arena, bytes_of_text(id));
    if (journey->authorization_id == NULL) {
        return error_memory(err);
    }
    return journey_take_state(journey, json_string_value(json_object_get(reply, "state")), err);
}

static const JourneyStep certificate_step = {"certificate", STATE_IDENTIFIED, journey_certificate};

static bool run_step(Journey *journey, const JourneyStep *step, Error *err)
{
    Time begun = clock_monotonic();
    if (!step->run(journey, err)) {
        return error_context(err, "step %s", step->name);
    }
    if (journey->config->observer != NULL) {
        journey->config->observer(journey->config->observer_state, step->name,
                                  clock_monotonic() - begun);
    }
    return true;
}

static bool run_steps(Journey *journey, Error *err)
{
    bool key_was_made = journey->state == STATE_CERTIFIED || journey->state == STATE_PRESENTED ||
                        journey->state == STATE_ACTIVATED;
    // That key lived in the memory of another run and is gone: C1 has its certificate revoked and
    // another issued, as long as nothing was signed.
    if (key_was_made && !run_step(journey, &certificate_step, err)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(journey_steps); i++) {
        const JourneyStep *step = &journey_steps[i];
        if (journey->state != step->from) {
            continue;
        }
        if (!run_step(journey, step, err)) {
            return false;
        }
    }
    if (journey->state != STATE_ACTIVE) {
        return error_set(err, ERROR_CONFLICT, "terminal.not_in_force", NULL,
                         "the authorization is in state %s",
                         authorization_state_name(journey->state));
    }
    return true;
}

bool terminal_run(const TerminalConfig *config, Arena *arena, TerminalResult *ret, Error *err)
{
    Journey *journey = arena_alloc(arena, sizeof *journey);
    if (journey == NULL) {
        return error_memory(err);
    }
    *journey = (Journey){.config = config, .arena = arena};
    if (config->person == NULL || config->token == NULL) {
        return declined(err, "anything");
    }
    bool ok = random_uuid(config->random, journey->run_id, err) && load_state(journey, err) &&
              run_steps(journey, err) &&
              journey_fetch(journey, "/v1/session/document", &ret->document, err);
    journey_destroy_key(journey);
    if (!ok) {
        return false;
    }
    ret->authorization_id = journey->authorization_id;
    ret->state = authorization_state_name(journey->state);
    ret->certificate = journey->certificate;
    ret->encryption_certificate = journey->encryption_certificate;
    return true;
}
