// SPDX-License-Identifier: Apache-2.0
#include "component/business/objection.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/utf8.h"
#include "component/business/deposits.h"
#include "component/business/outbox.h"
#include "component/business/routes.h"
#include "component/business/step.h"

static const char objection_artifact[] = "objection";
static const char end_artifact[] = "objection_settlement";

enum {
    OBJECTIONS_MAX = 10,  // of one authorization
    REASON_SIZE = 32,
    TEXT_CHARACTERS = 500,
    TEXT_SIZE = 4 * TEXT_CHARACTERS,
};

// What may be wrong, and the code in the history.
static const struct {
    const char *reason, *code;
} reasons[] = {
    {"not_mine", "objection.not_mine"},  // somebody else agreed in the person's name
    {"scope", "objection.scope"},        // more was written down than was agreed to
    {"query", "objection.query"},        // a query that the person does not recognise
    {"data", "objection.data"},          // personal data that is wrong
    {"other", "objection.other"},
};

static const char *code_of(const char *reason)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (strcmp(reasons[i].reason, reason) == 0) {
            return reasons[i].code;
        }
    }
    return NULL;
}

static bool check_text(const char *text, Error *err)
{
    size_t count = 0;
    return text == NULL || (utf8_count(bytes_of_text(text), &count) && count <= TEXT_CHARACTERS) ||
           error_set(err, ERROR_INPUT, "objection.too_long", NULL,
                     "a text has at most %d characters", TEXT_CHARACTERS);
}

// --- what is kept -----------------------------------------------------------------------------

// The newest objection and what became of it; NULL: none. The caller owns both.
typedef struct {
    int64_t number;  // -1: none
    json_t *objection, *end;
} Kept;

static void kept_cleanup(Kept *kept)
{
    json_decref(kept->objection);
    json_decref(kept->end);
}

static bool load(Work *work, Kept *ret, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    Bytes end;
    bool is_ended;
    if (!work_list(work, objection_artifact, &rows, &count, err)) {
        return false;
    }
    ret->number = (int64_t)count - 1;
    return count == 0 || (json_parse(rows[count - 1].content, &ret->objection, err) &&
                          work_find_at(work, end_artifact, ret->number, &end, &is_ended, err) &&
                          (!is_ended || json_parse(end, &ret->end, err)));
}

static bool is_text(const json_t *object, const char *key, const char *text)
{
    const char *kept = json_string_value(json_object_get(object, key));
    return kept == NULL ? text == NULL : text != NULL && strcmp(kept, text) == 0;
}

// OPEN; UPHELD or REJECTED by staff; CLOSED: the authorization ended before it was settled.
static const char *standing_of(const Work *work, const Kept *kept)
{
    if (kept->end != NULL) {
        return json_is_true(json_object_get(kept->end, "upheld")) ? "UPHELD" : "REJECTED";
    }
    return work->row.state == STATE_DISPUTED ? "OPEN" : "CLOSED";
}

static bool put_kept(Work *work, const Kept *kept, json_t *reply)
{
    json_t *shown = json_deep_copy(kept->objection);
    json_put_text(shown, "state", standing_of(work, kept));
    if (kept->end != NULL) {
        json_put(shown, "note", json_incref(json_object_get(kept->end, "note")));
        json_put(shown, "settled_at", json_incref(json_object_get(kept->end, "settled_at")));
    }
    json_put(reply, "objection", shown);
    return true;
}

bool objection_put(Work *work, json_t *reply, Error *err)
{
    CLEANUP(kept_cleanup) Kept kept = {.number = -1};
    return load(work, &kept, err) && (kept.number < 0 || put_kept(work, &kept, reply));
}

static bool reply_standing(Work *work, ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", authorization_state_name(work->row.state));
    return objection_put(work, reply, err) &&
           service_reply_json(response, work->arena, 200, reply, err);
}

// --- the person objects -----------------------------------------------------------------------

static bool raise(Work *work, int64_t number, const char *reason, const char *text, Error *err)
{
    if (number >= OBJECTIONS_MAX) {
        return error_set(err, ERROR_LIMIT, "objection.too_many", NULL,
                         "at most %d objections are taken; please ask the institution",
                         OBJECTIONS_MAX);
    }
    CLEANUP(json_cleanup) json_t *kept = json_make_object();
    json_put_text(kept, "reason", reason);
    json_put_time(kept, "filed_at", work->now);
    if (text != NULL) {
        json_put_text(kept, "text", text);
    }
    work->outbox.subject = arena_format(work->arena, OBJECTION_SUBJECT "%lld", (long long)number);
    work->outbox_change = OUTBOX_PUT;
    return (work->outbox.subject != NULL || error_memory(err)) &&
           work_apply(work, EVENT_DISPUTE, err) &&
           work_put_json(work, objection_artifact, number, json_incref(kept), err) &&
           work_note(work, "object", "ok", code_of(reason), err);
}

static bool object(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    JsonView view = json_view(body, "objection", err);
    const char *reason = json_view_text(&view, "reason", REASON_SIZE);
    const char *text = json_view_optional_text(&view, "text", TEXT_SIZE);
    CLEANUP(kept_cleanup) Kept kept = {.number = -1};
    if (!json_view_done(&view) || !check_text(text, err) || !load(work, &kept, err)) {
        return false;
    }
    if (code_of(reason) == NULL) {
        return error_set(err, ERROR_INPUT, "objection.reason", NULL,
                         "the reason is not_mine, scope, query, data or other");
    }
    bool is_repeated = work->row.state == STATE_DISPUTED && kept.number >= 0 &&
                       is_text(kept.objection, "reason", reason) &&
                       is_text(kept.objection, "text", text);
    return is_repeated ? reply_standing(work, response, err)
                       : raise(work, kept.number + 1, reason, text, err) &&
                             reply_standing(work, response, err) &&
                             answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_objection(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    static const Step step = {"object", 0, NULL, object, NULL};
    return step_run(&step, component, request, response, err);
}

// --- staff settle it --------------------------------------------------------------------------

// Whoever is right in objecting has nothing more queried; the authorization ends as if withdrawn.
static bool end_authorization(Work *work, Error *err)
{
    json_t *kept = json_make_object();
    json_put_time(kept, "withdrawn_at", work->now);
    return work_apply(work, EVENT_WITHDRAW, err)
               ? work_put_json(work, OUTBOX_WITHDRAWAL, 0, kept, err)
               : (json_decref(kept), false);
}

static bool end_objection(Work *work, int64_t number, bool is_upheld, const char *note, Error *err)
{
    CLEANUP(json_cleanup) json_t *kept = json_make_object();
    json_put_bool(kept, "upheld", is_upheld);
    json_put_text(kept, "note", note);
    json_put_time(kept, "settled_at", work->now);
    work->outbox.subject =
        arena_format(work->arena, OBJECTION_END_SUBJECT "%lld", (long long)number);
    work->outbox_change = OUTBOX_PUT;
    return (work->outbox.subject != NULL || error_memory(err)) &&
           (is_upheld ? end_authorization(work, err) : work_apply(work, EVENT_SETTLE, err)) &&
           work_put_json(work, end_artifact, number, json_incref(kept), err) &&
           work_note(work, "settle_objection", "ok",
                     is_upheld ? "objection.upheld" : "objection.rejected", err);
}

static bool settle(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    JsonView view = json_view(body, "settlement of an objection", err);
    bool is_upheld = json_view_bool(&view, "upheld");
    const char *note = json_view_text(&view, "note", TEXT_SIZE);
    CLEANUP(kept_cleanup) Kept kept = {.number = -1};
    if (!json_view_done(&view) || !check_text(note, err) || !load(work, &kept, err)) {
        return false;
    }
    bool is_repeated = work->row.state != STATE_DISPUTED && kept.end != NULL &&
                       json_is_true(json_object_get(kept.end, "upheld")) == is_upheld &&
                       is_text(kept.end, "note", note);
    if (is_repeated) {
        return reply_standing(work, response, err);
    }
    if (work->row.state != STATE_DISPUTED || kept.number < 0) {
        return error_set(err, ERROR_CONFLICT, "objection.not_open", NULL,
                         "no objection to this authorization is open");
    }
    return end_objection(work, kept.number, is_upheld, note, err) &&
           reply_standing(work, response, err) && answer_keep(work, response, err) &&
           work_commit(work, err);
}

bool handle_objection_settle(void *component, const ServiceRequest *request,
                             ServiceResponse *response, Error *err)
{
    static const Step step = {"settle_objection", 0, NULL, settle, NULL};
    return step_run_by_id(&step, component, request, response, err);
}

// --- preserving -------------------------------------------------------------------------------

static bool add_event(Work *work, Deposit *deposit, bool is_end, int64_t number, Error *err)
{
    Bytes text;
    bool found;
    CLEANUP(json_cleanup) json_t *json = NULL;
    const char *artifact = is_end ? end_artifact : objection_artifact;
    if (!work_find_at(work, artifact, number, &text, &found, err)) {
        return false;
    }
    if (!found) {
        return error_set(err, ERROR_INTERNAL, "outbox.objection", NULL,
                         "there is no such objection");
    }
    if (!json_parse(text, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, artifact, err);
    Time at = json_view_time(&view, is_end ? "settled_at" : "filed_at");
    bool is_upheld = json_view_optional_bool(&view, "upheld", false);
    const char *reason = json_view_optional_text(&view, "reason", REASON_SIZE);
    const char *detail = reason == NULL ? "" : arena_text(work->arena, bytes_of_text(reason));
    if (view.failed || detail == NULL) {
        return view.failed ? false : error_memory(err);
    }
    deposit_add_event(deposit, at,
                      is_end ? "authorization.objection_settled" : "authorization.objection",
                      !is_end     ? "ok"
                      : is_upheld ? "upheld"
                                  : "rejected",
                      detail);
    DepositEvent *event = &deposit->events[deposit->event_count - 1];
    event->has_digest = true;
    event->digest = sm3_digest(text);
    if (is_end && is_upheld) {
        deposit_add_event(deposit, at, "authorization.withdrawal", "ok", "");
    }
    return true;
}

bool objection_add_event(Work *work, const char *subject, Deposit *deposit, Error *err)
{
    bool is_end = strncmp(subject, OBJECTION_END_SUBJECT, strlen(OBJECTION_END_SUBJECT)) == 0;
    size_t prefix = strlen(is_end ? OBJECTION_END_SUBJECT : OBJECTION_SUBJECT);
    return add_event(work, deposit, is_end, strtoll(subject + prefix, NULL, 10), err);
}
