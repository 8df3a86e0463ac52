// SPDX-License-Identifier: Apache-2.0
//
// The query gate: an authorization in force is spent by each query, and every try is recorded.
#include <string.h>

#include "component/business/identity.h"
#include "component/business/routes.h"
#include "component/business/signing.h"
#include "component/port/message.h"
#include "domain/authorization/gate.h"
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

typedef struct {
    const Work *work;
    const QueryRequest *query;
    Time since;
    uint64_t count;
    UseRow use;
} UseContext;

static bool count_read(StoreSession *session, void *context, Error *err)
{
    UseContext *use = context;
    return records_count_uses(session, use->work->row.authorization_id, use->query->query_id,
                              use->since, &use->count, err);
}

static bool use_write(StoreSession *session, void *context, Error *err)
{
    UseContext *use = context;
    return records_put_use(session, use->work->row.authorization_id, &use->use, err);
}

static bool record_use(Work *work, const QueryRequest *query, const char *outcome, Error *err)
{
    UseContext use = {.work = work,
                      .query = query,
                      .use = {.query_id = query->query_id,
                              .purpose = query->purpose,
                              .operator_name = work->request->caller.name,
                              .outcome = outcome,
                              .used_at = work->now}};
    return store_write(work->business->store, use_write, &use, err);
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

static bool pass_gate(Work *work, const QueryRequest *query, Error *err)
{
    Authorization authorization;
    GateSubject subject = {.authorization = &authorization,
                           .state = work->row.state,
                           .person_index = work->row.person_index,
                           .signed_at = work->row.created_at};
    GateQuery asked = {.kind = USE_QUERY,
                       .purpose = query->purpose,
                       .party_uscc = query->party_uscc,
                       .source_uscc = query->source_uscc,
                       .recipient_uscc = query->recipient_uscc,
                       .now = work->now};
    if (!load_authorization(work, &authorization, err) || !load_status(work, &subject, err) ||
        !person_index(work->business->config.index_key, bytes_of_text(query->id_number),
                      &asked.person_index, err)) {
        return false;
    }
    UseContext use = {.work = work,
                      .query = query,
                      .since = frequency_period_start(authorization.frequency.period, work->now)};
    if (!store_read(work->business->store, count_read, &use, err)) {
        return false;
    }
    subject.used_in_period = use.count;
    return gate_check(&subject, &asked, err);
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

bool handle_query(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err)
{
    Work work;
    QueryRequest query;
    Bytes report;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!work_begin_by_id(component, request, service_path_parameter(request, "id"), &work, err) ||
        !service_request_json(request, &body, err) ||
        !query_parse(body, request->arena, &query, err)) {
        return false;
    }
    if (!pass_gate(&work, &query, err)) {
        Error refusal = *err;
        if (!record_use(&work, &query, "REFUSED", err)) {
            return false;
        }
        *err = refusal;
        return false;
    }
    // The use is written down before the bureau is asked: a crash in between counts one use too
    // many, never one too few.
    if (!record_use(&work, &query, "ASKED", err) || !ask_bureau(&work, &query, &report, err) ||
        !record_use(&work, &query, "ANSWERED", err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/json", report);
    return true;
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
    if (!work_get(work, "signed_agreement", &document, err)) {
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
bool handle_withdrawal(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    Work work;
    if (!work_begin(component, request, &work, err)) {
        return false;
    }
    bool repeated = work.row.state == STATE_WITHDRAWN;
    if (!repeated && (!work_apply(&work, EVENT_WITHDRAW, err) ||
                      !work_note(&work, "withdraw", "ok", "", err) || !work_commit(&work, err))) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", authorization_state_name(work.row.state));
    return service_reply_json(response, request->arena, 200, reply, err);
}
