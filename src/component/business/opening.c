// SPDX-License-Identifier: Apache-2.0
//
// Opening an authorization (by staff), and looking at it (by staff and by the person).
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/business/objection.h"
#include "component/business/routes.h"
#include "component/business/signatures.h"
#include "component/business/step.h"
#include "domain/privacy/person_index.h"

enum { SESSION_LIFETIME_HOURS = 24, LIST_PAGE = 50, PURPOSE_TEXT_SIZE = 8 };

static json_t *party_to_json(const Party *party)
{
    json_t *json = json_make_object();
    json_put_text(json, "name", party->name);
    json_put_text(json, "uscc", party->uscc);
    if (party->contact[0] != '\0') {
        json_put_text(json, "contact", party->contact);
    }
    return json;
}

// The authorization that the institution asks for: what the person may then agree to, or less.
static json_t *offer_to_json(const Business *business, const char *authorization_id,
                             const json_t *asked)
{
    const BusinessProfile *profile = business->config.profile;
    json_t *offer = json_deep_copy(asked);
    json_t *sources = json_array();
    Sm3Digest digest = agreement_template_digest(business->agreement);
    json_put_text(offer, "type", "assent.authorization/1");
    json_put_text(offer, "id", authorization_id);
    json_put(offer, "party", party_to_json(&profile->party));
    for (size_t i = 0; i < profile->source_count; i++) {
        json_array_append_new(sources, party_to_json(&profile->sources[i]));
    }
    json_put(offer, "sources", sources);
    json_put(offer, "recipients", json_array());
    json_t *template = json_make_object();
    json_put_text(template, "id", agreement_template_id(business->agreement));
    json_put_text(template, "version", agreement_template_version(business->agreement));
    json_put_hex(template, "digest", sm3_bytes(&digest));
    json_put(offer, "template", template);
    return offer;
}

// The request of staff: {"offer": {purposes, may_query, may_report, report_items, starts_at, end,
// ends_at, frequency, business}, "application_open": bool, "account_outstanding": bool,
// "is_in_role": bool}.
typedef struct {
    json_t *offer;
    BusinessStatus status;
} OpeningRequest;

static bool opening_parse(const json_t *body, OpeningRequest *ret, Error *err)
{
    JsonView view = json_view(body, "opening", err);
    ret->offer = json_view_object(&view, "offer");
    ret->status.application_open = json_view_optional_bool(&view, "application_open", true);
    ret->status.account_outstanding = json_view_optional_bool(&view, "account_outstanding", false);
    ret->status.is_in_role = json_view_optional_bool(&view, "is_in_role", false);
    return json_view_done(&view);
}

static json_t *status_to_json(const BusinessStatus *status)
{
    json_t *json = json_make_object();
    json_put_bool(json, "application_open", status->application_open);
    json_put_bool(json, "account_outstanding", status->account_outstanding);
    json_put_bool(json, "is_in_role", status->is_in_role);
    json_put_bool(json, "is_settled", false);
    return json;
}

static bool new_token(Work *work, char ret[TOKEN_TEXT_SIZE], Error *err)
{
    uint8_t secret[16];
    if (!random_fill(work->business->config.random, secret, sizeof secret, err)) {
        return false;
    }
    CLEANUP(writer_free) Writer text = writer_new(TOKEN_TEXT_SIZE);
    hex_encode(BYTES_OF_ARRAY(secret), &text);
    Bytes bytes = writer_bytes(&text);
    snprintf(ret, TOKEN_TEXT_SIZE, "%.*s", (int)bytes.len, (const char *)bytes.data);
    work->row.token_digest = token_digest(bytes);
    return true;
}

// A repeated request names the same authorization: its id comes from caller and key.
static bool new_id(Work *work, Error *err)
{
    const ServiceRequest *request = work->request;
    char *id = work->row.authorization_id;
    if (request->idempotency_key == NULL) {
        return random_uuid(work->business->config.random, id, err);
    }
    char *named =
        arena_format(work->arena, "%s\n%s", request->caller.name, request->idempotency_key);
    if (named == NULL) {
        return error_memory(err);
    }
    Sm3Digest digest =
        identifier_index(work->business->config.index_key, "opening", bytes_of_text(named));
    const uint8_t *b = digest.bytes;
    snprintf(id, AUTHORIZATION_ID_SIZE,
             "%02x%02x%02x%02x-%02x%02x-4%01x%02x-8%01x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6] & 0xf, b[7], b[8] & 0xf, b[9], b[10], b[11], b[12], b[13],
             b[14], b[15]);
    return true;
}

static bool open_authorization(Work *work, const OpeningRequest *request, ServiceResponse *response,
                               Error *err)
{
    char token[TOKEN_TEXT_SIZE];
    Authorization authorization;
    CLEANUP(json_cleanup)
    json_t *offer = offer_to_json(work->business, work->row.authorization_id, request->offer);
    if (!new_token(work, token, err) ||
        !authorization_parse(offer, work->arena, &authorization, err)) {
        return false;
    }
    work->row.state = STATE_CREATED;
    work->row.created_at = work->now;
    work->row.expires_at = work->now + SESSION_LIFETIME_HOURS * TIME_HOUR;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "authorization_id", work->row.authorization_id);
    json_put_text(reply, "token", token);
    json_put_time(reply, "expires_at", work->row.expires_at);
    return work_put_json(work, "offer", 0, json_incref(offer), err) &&
           work_put_json(work, "business_status", 0, status_to_json(&request->status), err) &&
           work_note(work, "open", "ok", "", err) &&
           service_reply_json(response, work->arena, 201, reply, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

// The answer to the same request, if it was answered before.
static bool find_opened(const Work *fresh, ServiceResponse *response, bool *ret_answered,
                        Error *err)
{
    Work work;
    Error absent = {0};
    *ret_answered = false;
    if (!work_begin_by_id(fresh->business, fresh->request, fresh->row.authorization_id, &work,
                          &absent)) {
        *err = absent;
        return absent.kind == ERROR_NOT_FOUND;
    }
    return answer_repeat(&work, NULL, response, ret_answered, err);
}

bool handle_authorization_create(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Work work;
    bool answered;
    OpeningRequest opening;
    CLEANUP(json_cleanup) json_t *body = NULL;
    work_begin_new(component, request, &work);
    if (!new_id(&work, err) || !find_opened(&work, response, &answered, err)) {
        return false;
    }
    return answered ||
           (service_request_json(request, &body, err) && opening_parse(body, &opening, err) &&
            open_authorization(&work, &opening, response, err));
}

json_t *session_row_to_json(const SessionRow *row)
{
    json_t *json = json_make_object();
    json_put_text(json, "authorization_id", row->authorization_id);
    json_put_text(json, "state", authorization_state_name(row->state));
    json_put_text(json, "state_text", authorization_state_chinese(row->state));
    json_put_time(json, "created_at", row->created_at);
    json_put_time(json, "updated_at", row->updated_at);
    return json;
}

typedef struct {
    Time before;
    SessionRow rows[LIST_PAGE];
    size_t count;
} ListContext;

static bool list_read(StoreSession *session, void *context, Error *err)
{
    ListContext *list = context;
    return records_list_sessions(session, list->before, LIST_PAGE, list->rows, &list->count, err);
}

bool handle_authorization_list(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    Business *business = component;
    ListContext *list = arena_alloc(request->arena, sizeof *list);
    if (list == NULL) {
        return error_memory(err);
    }
    const char *before = service_query_parameter(request, "before");
    list->before = INT64_MAX;
    if ((before != NULL && !time_from_text(bytes_of_text(before), &list->before, err)) ||
        !store_read(business->store, list_read, list, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *items = json_array();
    for (size_t i = 0; i < list->count; i++) {
        json_array_append_new(items, session_row_to_json(&list->rows[i]));
    }
    json_put(reply, "authorizations", items);
    return service_reply_json(response, request->arena, 200, reply, err);
}

bool handle_authorization_get(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    Work work;
    ArtifactRow *history;
    size_t count;
    if (!work_begin_by_id(component, request, service_path_parameter(request, "id"), &work, err) ||
        !work_list(&work, "history", &history, &count, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = session_row_to_json(&work.row);
    json_t *entries = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *entry = NULL;
        if (!json_parse(history[i].content, &entry, err)) {
            return false;
        }
        json_array_append_new(entries, entry);
    }
    json_put(reply, "history", entries);
    return signatures_put(&work, reply, err) && objection_put(&work, reply, err) &&
           service_reply_json(response, request->arena, 200, reply, err);
}

bool handle_session_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    Work work;
    Bytes offer;
    CLEANUP(json_cleanup) json_t *offer_json = NULL;
    if (!work_begin(component, request, &work, err) || !work_get(&work, "offer", &offer, err) ||
        !json_parse(offer, &offer_json, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = session_row_to_json(&work.row);
    json_put(reply, "offer", json_incref(offer_json));
    return objection_put(&work, reply, err) &&
           service_reply_json(response, request->arena, 200, reply, err);
}

static bool reply_row(Work *work, ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = session_row_to_json(&work->row);
    return service_reply_json(response, work->arena, 200, reply, err);
}

// {"application_open", "account_outstanding", "is_in_role", "is_settled"}: what became of the
// business; it decides which purposes are open, and ends a term "until settled".
static bool settle(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    JsonView view = json_view(body, "settlement", err);
    json_view_bool(&view, "application_open");
    json_view_bool(&view, "account_outstanding");
    json_view_bool(&view, "is_in_role");
    json_view_bool(&view, "is_settled");
    return json_view_done(&view) &&
           work_put_json(work, "business_status", work->row.revision, json_deep_copy(body), err) &&
           work_note(work, "settle", "ok", "", err) && reply_row(work, response, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_authorization_settle(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    static const Step step = {"settle", 0, NULL, settle, NULL};
    return step_run_by_id(&step, component, request, response, err);
}

static bool cancel(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    return step_no_fields(body, err) && work_apply(work, EVENT_CANCEL, err) &&
           work_note(work, "cancel", "ok", "", err) && reply_row(work, response, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_cancel(void *component, const ServiceRequest *request, ServiceResponse *response,
                   Error *err)
{
    static const Step step = {"cancel", 0, NULL, cancel, NULL};
    return step_run(&step, component, request, response, err);
}
