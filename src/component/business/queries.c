// SPDX-License-Identifier: Apache-2.0
//
// The query gate: an authorization in force is spent by each query, and every try is recorded.
#include <string.h>

#include "component/business/alarms.h"
#include "component/business/freezing.h"
#include "component/business/identity.h"
#include "component/business/outbox.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "component/port/message.h"
#include "domain/authorization/gate.h"
#include "domain/pki/timestamp.h"
#include "domain/privacy/person_index.h"

typedef struct {
    const char *query_id;
    const char *purpose;
    const char *party_uscc;
    const char *source_uscc;
    const char *recipient_uscc;  // NULL: the asking party
    const char *id_number;       // about whom
} QueryRequest;

static bool query_parse(const json_t *body, Arena *arena, QueryRequest *ret, Error *err)
{
    JsonView view = json_view(body, "query", err);
    ret->query_id = message_text(&view, arena, "query_id", MESSAGE_ID_SIZE);
    ret->purpose = message_text(&view, arena, "purpose", MESSAGE_ID_SIZE);
    ret->party_uscc = message_text(&view, arena, "party", MESSAGE_ID_SIZE);
    ret->source_uscc = message_text(&view, arena, "source", MESSAGE_ID_SIZE);
    ret->id_number = message_text(&view, arena, "id_number", ID_NUMBER_SIZE);
    const char *recipient = message_optional_text(&view, arena, "recipient", MESSAGE_ID_SIZE);
    ret->recipient_uscc = recipient[0] == '\0' ? NULL : recipient;
    return json_view_done(&view);
}

static bool load_status(Work *work, GateSubject *subject, Error *err)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!work_get(work, "business_status", &text, err) || !json_parse(text, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "business status", err);
    subject->business.application_open = json_view_bool(&view, "application_open");
    subject->business.account_outstanding = json_view_bool(&view, "account_outstanding");
    subject->business.is_in_role = json_view_bool(&view, "is_in_role");
    subject->is_settled = json_view_bool(&view, "is_settled");
    return json_view_done(&view);
}

static bool load_authorization(Work *work, Authorization *ret, Error *err)
{
    Bytes text;
    bool found;
    CLEANUP(json_cleanup) json_t *json = NULL;
    // Before the person agreed there is only the offer; the gate's state check refuses then.
    if (!work_find(work, "authorization", &text, &found, err) ||
        (!found && !work_get(work, "offer", &text, err)) || !json_parse(text, &json, err)) {
        return false;
    }
    return authorization_parse(json, work->arena, ret, err);
}

// One use on its way through the gate.
typedef struct {
    Work *work;
    const QueryRequest *query;
    GateSubject subject;
    GateQuery asked;
    UseRow use;
} GateContext;

static bool use_write(StoreSession *session, void *context, Error *err)
{
    const GateContext *gate = context;
    const char *id = gate->work->row.authorization_id;
    const char *subject = outbox_use_subject(gate->work->arena, gate->query->query_id);
    if (subject == NULL) {
        return error_memory(err);
    }
    return records_put_use(session, id, &gate->use, err) &&
           records_put_outbox(session, id, subject, gate->work->now, err);
}

// Count, check and record in one transaction: two queries at the same moment cannot both be the
// last one permitted, and none passes a withdrawal that was acknowledged before.
static bool pass_write(StoreSession *session, void *context, Error *err)
{
    GateContext *gate = context;
    const char *id = gate->work->row.authorization_id;
    FrequencyPeriod period = gate->subject.authorization->frequency.period;
    Time since = frequency_period_start(period, gate->asked.now);
    SessionRow row;
    if (!records_get_session(session, id, &row, err) ||
        !records_count_uses(session, id, gate->query->query_id, since,
                            &gate->subject.used_in_period, err)) {
        return false;
    }
    gate->subject.state = row.state;
    return gate_check(&gate->subject, &gate->asked, err) && use_write(session, gate, err);
}

static bool record_use(GateContext *gate, const char *outcome, Error *err)
{
    gate->use.outcome = outcome;
    return store_write(gate->work->business->store, use_write, gate, err);
}

// When the person signed, by the time stamp; before that the gate's state check refuses.
static bool load_signing_time(Work *work, Time *ret, Error *err)
{
    Bytes der;
    bool found;
    TimestampToken token;
    if (!work_find(work, "timestamp", &der, &found, err) ||
        (found && !timestamp_token_parse(der, &token, err))) {
        return false;
    }
    *ret = found ? token.time : work->row.created_at;
    return true;
}

static bool gate_load(GateContext *gate, Authorization *authorization, Error *err)
{
    Work *work = gate->work;
    const QueryRequest *query = gate->query;
    const char *actor, *caller = work->request->caller.name;
    if (!work_actor(work, &actor, err)) {
        return false;
    }
    const char *operator_name =
        actor == NULL ? caller : arena_format(work->arena, "%s/%s", caller, actor);
    if (operator_name == NULL) {
        return error_memory(err);
    }
    gate->subject = (GateSubject){.authorization = authorization,
                                  .state = work->row.state,
                                  .person_index = work->row.person_index};
    gate->asked = (GateQuery){.kind = USE_QUERY,
                              .purpose = query->purpose,
                              .party_uscc = query->party_uscc,
                              .source_uscc = query->source_uscc,
                              .recipient_uscc = query->recipient_uscc,
                              .now = work->now};
    gate->use = (UseRow){.query_id = query->query_id,
                         .purpose = query->purpose,
                         .operator_name = operator_name,
                         .outcome = "ASKED",
                         .used_at = work->now};
    return load_authorization(work, authorization, err) &&
           load_signing_time(work, &gate->subject.signed_at, err) &&
           load_status(work, &gate->subject, err) &&
           person_index(work->business->config.index_key, bytes_of_text(query->id_number),
                        &gate->asked.person_index, err);
}

static bool ask_bureau(Work *work, const QueryRequest *query, Bytes *ret_report, Error *err)
{
    const BureauPort *port = &work->business->config.bureau;
    Applicant applicant;
    if (!applicant_load(work, &applicant, err)) {
        return false;
    }
    BureauQuery asked = {.query_id = query->query_id,
                         .authorization_id = work->row.authorization_id,
                         .purpose = query->purpose,
                         .party_uscc = query->party_uscc,
                         .name = applicant.person.name,
                         .id_number = applicant.person.id_number};
    return port->query(port, &asked, work->arena, ret_report, err);
}

// The use is written down before the bureau is asked: a crash in between counts one use too many,
// never one too few.
static bool use_authorization(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    QueryRequest query;
    Authorization authorization;
    GateContext gate = {.work = work, .query = &query};
    Bytes report;
    if (!query_parse(body, work->arena, &query, err) || !freezing_check(work, err) ||
        !gate_load(&gate, &authorization, err)) {
        return false;
    }
    if (!store_write(work->business->store, pass_write, &gate, err)) {
        Error failure = {0};
        bool is_verdict = err->kind != ERROR_INTERNAL && err->kind != ERROR_UNAVAILABLE;
        if (is_verdict && !record_use(&gate, "REFUSED", &failure)) {
            *err = failure;
        } else if (is_verdict) {
            // Source: Regulation on the Credit Reporting Industry 18, 40; rule R18.
            business_raise(work->business, "query.refused", work->row.authorization_id, err->code);
        }
        return false;
    }
    if (!ask_bureau(work, &query, &report, err) || !record_use(&gate, "ANSWERED", err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/json", report);
    return true;
}

bool handle_query(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err)
{
    static const Step step = {"query", 0, NULL, use_authorization, NULL};
    return step_run_by_id(&step, component, request, response, err);
}

typedef struct {
    const Work *work;
    UseRow *rows;
    size_t count;
} UsesContext;

static bool uses_read(StoreSession *session, void *context, Error *err)
{
    UsesContext *uses = context;
    return records_list_uses(session, uses->work->row.authorization_id, uses->work->arena,
                             &uses->rows, &uses->count, err);
}

// Every query made under the authorization, for the person to see.
bool handle_session_uses(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Work work;
    UsesContext uses = {.work = &work};
    if (!work_begin(component, request, &work, err) ||
        !store_read(work.business->store, uses_read, &uses, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *items = json_array();
    for (size_t i = 0; i < uses.count; i++) {
        json_t *item = json_make_object();
        const Purpose *purpose = purpose_find(uses.rows[i].purpose);
        json_put_text(item, "query_id", uses.rows[i].query_id);
        json_put_text(item, "purpose", uses.rows[i].purpose);
        json_put_text(item, "purpose_text", purpose == NULL ? "" : purpose->chinese);
        json_put_text(item, "outcome", uses.rows[i].outcome);
        json_put_time(item, "used_at", uses.rows[i].used_at);
        json_array_append_new(items, item);
    }
    json_put(reply, "uses", items);
    return service_reply_json(response, request->arena, 200, reply, err);
}

static bool reply_document(Work *work, ServiceResponse *response, Error *err)
{
    Bytes document;
    if (!freezing_guard(work, err) || !work_get(work, "signed_agreement", &document, err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/pdf", document);
    return true;
}

bool handle_session_document(void *component, const ServiceRequest *request,
                             ServiceResponse *response, Error *err)
{
    Work work;
    return work_begin(component, request, &work, err) && reply_document(&work, response, err);
}

bool handle_document_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Work work;
    return work_begin_by_id(component, request, service_path_parameter(request, "id"), &work,
                            err) &&
           reply_document(&work, response, err);
}

// Withdrawal takes effect with the commit: the next query is refused. Source: PIPL 15.
static bool end_authorization(Work *work, Error *err)
{
    CLEANUP(json_cleanup) json_t *kept = json_make_object();
    json_put_time(kept, "withdrawn_at", work->now);
    work->outbox.subject = OUTBOX_WITHDRAWAL;
    work->outbox_change = OUTBOX_PUT;
    return work_apply(work, EVENT_WITHDRAW, err) &&
           work_put_json(work, OUTBOX_WITHDRAWAL, 0, json_incref(kept), err) &&
           work_note(work, "withdraw", "ok", "", err);
}

static bool withdraw(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    bool repeated = work->row.state == STATE_WITHDRAWN;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", authorization_state_name(STATE_WITHDRAWN));
    return step_no_fields(body, err) &&
           service_reply_json(response, work->arena, 200, reply, err) &&
           (repeated || (end_authorization(work, err) && answer_keep(work, response, err) &&
                         work_commit(work, err)));
}

bool handle_withdrawal(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    static const Step step = {"withdraw", 0, NULL, withdraw, NULL};
    return step_run(&step, component, request, response, err);
}
