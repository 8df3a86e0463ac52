// SPDX-License-Identifier: Apache-2.0
#include "component/certification/control.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/certification/browsing.h"
#include "component/port/message.h"

enum { CONTROL_ID_BYTES = 16 };

// --- who --------------------------------------------------------------------------------------

// The portal states who is logged in, over mutual TLS; it lets officers act, and nobody else.
static bool take_actor(const ServiceRequest *request, const char **ret, Error *err)
{
    const char *actor = service_header(request, "x-assent-actor");
    if (actor == NULL || actor[0] == '\0' || strlen(actor) > CONTROL_ACTOR_SIZE) {
        return error_set(err, ERROR_FORBIDDEN, "control.actor", "GB/T 22081-2016 9.2.3",
                         "the request does not say which officer makes it");
    }
    *ret = actor;
    return true;
}

static void note_refusal(Certification *certification, const ServiceRequest *request,
                         const char *request_id, const Error *refusal)
{
    const char *actor = service_header(request, "x-assent-actor");
    if (refusal->kind == ERROR_UNAVAILABLE || refusal->kind == ERROR_INTERNAL) {
        return;
    }
    const CertificateRefusal row = {
        .operation = "control",
        .caller = actor == NULL ? "" : actor,
        .serial = "",
        .request_id = request_id,
        .requester = requester_name(REQUESTER_AUTHORITY),
        .refusal = refusal->code,
        .created_at = clock_now(certification->config.institution.clock)};
    Error failure = {0};
    if (!certificate_record_add_refusal(certification->store, &row, &failure)) {
        LOG(LOG_ERROR, "certification.refusal_not_kept", log_text("code", failure.code));
    }
}

// --- proposing --------------------------------------------------------------------------------

static bool new_id(const Certification *certification, Arena *arena, const char **ret, Error *err)
{
    uint8_t bytes[CONTROL_ID_BYTES];
    if (!random_fill(certification->config.random, bytes, sizeof bytes, err)) {
        return false;
    }
    *ret = hex_text(arena, BYTES_OF_ARRAY(bytes));
    return *ret != NULL || error_memory(err);
}

// C3's own signed record of what the officer proposed.
static bool state_proposal(const Certification *certification, const json_t *body, ControlRow *row,
                           Arena *arena, Error *err)
{
    const FieldPlace place = {"control", "proposal", row->control_id};
    Bytes statement;
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    json_put_text(payload, "control_id", row->control_id);
    json_put_text(payload, "proposer", row->proposer);
    json_put_time(payload, "expires_at", row->expires_at);
    json_put(payload, "proposal", json_deep_copy(body));
    return institution_state(&certification->config.institution, CONTROL_PROPOSAL_TYPE, payload,
                             arena, &statement, err) &&
           certification_seal(certification, &place, statement, arena, &row->proposal, err);
}

static bool propose(Certification *certification, const char *actor, const json_t *body,
                    Arena *arena, ControlRow *ret, Error *err)
{
    ControlProposal proposal;
    Time now = clock_now(certification->config.institution.clock);
    bool raced = false;
    if (!control_proposal_parse(body, arena, &proposal, err) ||
        !control_record_find_request(certification->store, actor, proposal.request_id, arena, ret,
                                     err)) {
        return false;
    }
    if (ret->control_id != NULL) {
        return true;
    }
    ControlRow row = {.action = proposal.action,
                      .subject = proposal.subject,
                      .proposer = actor,
                      .request_id = proposal.request_id,
                      .created_at = now,
                      .expires_at = now + CONTROL_PENDING_TIME};
    return control_proposal_check(certification, &proposal, arena, err) &&
           new_id(certification, arena, &row.control_id, err) &&
           state_proposal(certification, body, &row, arena, err) &&
           control_record_insert(certification->store, &row, &raced, err) &&
           control_record_find_request(certification->store, actor, proposal.request_id, arena, ret,
                                       err);
}

// --- answering --------------------------------------------------------------------------------

// The proposal as it was signed, and what it says.
static bool open_proposal(const Certification *certification, const ControlRow *row, Arena *arena,
                          ControlProposal *ret, json_t **ret_json, Error *err)
{
    const FieldPlace place = {"control", "proposal", row->control_id};
    Bytes text;
    Statement statement;
    CLEANUP(json_cleanup) json_t *payload = NULL;
    if (!certification_open(certification, &place, row->proposal, arena, &text, err) ||
        !statement_parse(arena, text, &statement, err) ||
        !json_parse(statement.payload, &payload, err)) {
        return error_context(err, "the proposal that was kept");
    }
    json_t *proposal = json_object_get(payload, "proposal");
    if (!control_proposal_parse(proposal, arena, ret, err)) {
        return error_context(err, "the proposal that was kept");
    }
    *ret_json = json_incref(proposal);
    return true;
}

static bool state_answer(const Certification *certification, const char *justification,
                         ControlRow *row, Arena *arena, Error *err)
{
    const FieldPlace place = {"control", "answer", row->control_id};
    Sm3Digest digest = sm3_digest(row->proposal);
    Bytes statement;
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    json_put_text(payload, "control_id", row->control_id);
    json_put_text(payload, "outcome", row->state);
    json_put_text(payload, "officer", row->decider);
    json_put_hex(payload, "proposal_digest", sm3_bytes(&digest));
    message_put_text(payload, "justification", justification);
    return institution_state(&certification->config.institution, CONTROL_ANSWER_TYPE, payload,
                             arena, &statement, err) &&
           certification_seal(certification, &place, statement, arena, &row->answer, err);
}

// Answer and deed are one write: what was confirmed was done.
static bool run_answer(StoreSession *session, void *context, Error *err)
{
    const ControlDeed *deed = context;
    bool confirms = strcmp(deed->row->state, "CONFIRMED") == 0;
    return control_record_answer(session, deed->row, err) &&
           (!confirms || control_proposal_do(session, deed, err));
}

static bool check_officer(const ControlRow *row, const char *actor, Error *err)
{
    return strcmp(row->proposer, actor) != 0 ||
           error_set(err, ERROR_FORBIDDEN, "control.same_officer", "GB/T 22081-2016 9.2.3",
                     "who proposed something does not confirm it");
}

static bool check_pending(const ControlRow *row, Time now, Error *err)
{
    return strcmp(control_state_at(row, now), "PENDING") == 0 ||
           error_set(err, ERROR_CONFLICT, "control.closed", "GB/T 22081-2016 9.2.3",
                     "the proposal has been answered, or its time is over");
}

// Rules come into force one change after the other.
static bool confirm(Certification *certification, ControlDeed *deed, Error *err)
{
    bool changes_rules = control_proposal_changes_rules(deed->proposal);
    pthread_mutex_lock(&certification->rules_mutex);
    bool done = control_proposal_check(certification, deed->proposal, deed->arena, err) &&
                store_write(certification->store, run_answer, deed, err) &&
                (!changes_rules || certification_reload(certification, err));
    pthread_mutex_unlock(&certification->rules_mutex);
    return done;
}

typedef struct {
    const char *control_id, *actor, *justification;
    bool confirms;
} Answer;

static bool answer(Certification *certification, const Answer *given, Arena *arena, ControlRow *ret,
                   Error *err)
{
    ControlProposal proposal;
    Time now = clock_now(certification->config.institution.clock);
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!control_record_get(certification->store, given->control_id, arena, ret, err)) {
        return false;
    }
    const char *outcome = given->confirms ? "CONFIRMED" : "DECLINED";
    if (strcmp(ret->state, outcome) == 0 && strcmp(ret->decider, given->actor) == 0) {
        return true;  // repeated
    }
    if (!check_pending(ret, now, err) ||
        (given->confirms && !check_officer(ret, given->actor, err)) ||
        !open_proposal(certification, ret, arena, &proposal, &json, err)) {
        return false;
    }
    ControlDeed deed = {certification, &proposal, ret, arena};
    ret->state = outcome;
    ret->decider = given->actor;
    ret->decided_at = now;
    return state_answer(certification, given->justification, ret, arena, err) &&
           (given->confirms ? confirm(certification, &deed, err)
                            : store_write(certification->store, run_answer, &deed, err));
}

// --- routes -----------------------------------------------------------------------------------

static json_t *control_to_json(const ControlRow *row, Time now)
{
    json_t *json = json_make_object();
    json_put_text(json, "control_id", row->control_id);
    json_put_text(json, "action", row->action);
    json_put_text(json, "subject", row->subject);
    json_put_text(json, "state", control_state_at(row, now));
    json_put_text(json, "proposer", row->proposer);
    json_put_time(json, "proposed_at", row->created_at);
    json_put_time(json, "expires_at", row->expires_at);
    if (row->decided_at != 0) {
        json_put_text(json, "decider", row->decider);
        json_put_time(json, "decided_at", row->decided_at);
    }
    return json;
}

static bool reply(const Certification *certification, const ServiceRequest *request,
                  const ControlRow *row, int status, ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup)
    json_t *json = control_to_json(row, clock_now(certification->config.institution.clock));
    return service_reply_json(response, request->arena, status, json, err);
}

bool certification_handle_propose(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    Certification *certification = component;
    const char *actor;
    ControlRow row;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!take_actor(request, &actor, err) || !service_request_json(request, &body, err) ||
        !propose(certification, actor, body, request->arena, &row, err)) {
        note_refusal(certification, request, "", err);
        return false;
    }
    return reply(certification, request, &row, 201, response, err);
}

static bool take_justification(const ServiceRequest *request, const char **ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "answer", err);
    *ret = message_optional_text(&view, request->arena, "justification", CONTROL_TEXT_SIZE);
    return json_view_done(&view);
}

static bool handle_answer(Certification *certification, const ServiceRequest *request,
                          bool confirms, ServiceResponse *response, Error *err)
{
    Answer given = {.control_id = service_path_parameter(request, "id"), .confirms = confirms};
    ControlRow row;
    if (!take_actor(request, &given.actor, err) ||
        !take_justification(request, &given.justification, err) ||
        !answer(certification, &given, request->arena, &row, err)) {
        note_refusal(certification, request, given.control_id, err);
        return false;
    }
    return reply(certification, request, &row, 200, response, err);
}

bool certification_handle_confirm(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    return handle_answer(component, request, true, response, err);
}

bool certification_handle_decline(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    return handle_answer(component, request, false, response, err);
}

bool certification_handle_controls(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    const Certification *certification = component;
    Time now = clock_now(certification->config.institution.clock);
    ControlRow *rows;
    size_t count;
    if (!control_record_list(certification->store, NULL, request->arena, &rows, &count, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, control_to_json(&rows[i], now));
    }
    json_put(json, "controls", list);
    return service_reply_json(response, request->arena, 200, json, err);
}

bool certification_handle_control(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    const Certification *certification = component;
    ControlRow row;
    ControlProposal proposal;
    json_t *body = NULL;
    if (!control_record_get(certification->store, service_path_parameter(request, "id"),
                            request->arena, &row, err) ||
        !open_proposal(certification, &row, request->arena, &proposal, &body, err)) {
        return false;
    }
    CLEANUP(json_cleanup)
    json_t *json = control_to_json(&row, clock_now(certification->config.institution.clock));
    json_put(json, "proposal", body);
    return service_reply_json(response, request->arena, 200, json, err);
}
