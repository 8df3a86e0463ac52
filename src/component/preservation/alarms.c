// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/alarms.h"

#include <stdlib.h>
#include <string.h>

#include "base/core/log.h"
#include "component/preservation/records_alarms.h"

enum { REASON_MAX = 200, ACTOR_MAX = 64 };

typedef struct {
    AlarmRecord alarm;
    bool is_new;
} AlarmWrite;

static bool raise_in_store(StoreSession *session, void *context, Error *err)
{
    AlarmWrite *write = context;
    return alarm_record_raise(session, &write->alarm, &write->is_new, err);
}

// What is missing may still come; what is damaged is worse.
static bool is_critical(const char *code)
{
    return strncmp(code, "evidence.missing", strlen("evidence.missing")) != 0;
}

void preservation_raise_alarm(Preservation *preservation, const char *code, int64_t subject,
                              const char *authorization, const char *detail)
{
    AlarmWrite write = {.alarm = {.code = code,
                                  .subject = subject,
                                  .authorization = authorization,
                                  .detail = detail,
                                  .raised = clock_now(preservation->config.clock)},
                        .is_new = true};
    Error err = {0};
    bool is_kept = store_write(preservation->store, raise_in_store, &write, &err);
    if (!is_kept) {
        LOG(LOG_ERROR, "alarm.not_kept", log_text("code", err.code));
    }
    if (write.is_new) {
        atomic_fetch_add(&preservation->alarms_raised, 1);
        LOG(is_critical(code) ? LOG_ERROR : LOG_WARNING, "alarm.raised",
            log_text("severity", is_critical(code) ? "critical" : "warning"),
            log_text("code", code), log_number("subject", subject), log_text("detail", detail));
    }
}

// --- in the log -------------------------------------------------------------------------------

typedef struct {
    bool only_unsettled;
    Arena *arena;
    AlarmRecord *alarms;
    size_t count;
    int64_t last_unlogged;
    uint64_t log_index;
    const char *depositor;
    int64_t after;
} AlarmsRead;

static bool read_alarms(StoreSession *session, void *context, Error *err)
{
    AlarmsRead *read = context;
    return alarm_record_list(session, read->only_unsettled, read->arena, &read->alarms,
                             &read->count, err);
}

bool preservation_describe_alarms(Preservation *preservation, Arena *arena, json_t *record,
                                  Error *err)
{
    AlarmsRead read = {.only_unsettled = true, .arena = arena};
    if (!store_read(preservation->store, read_alarms, &read, err)) {
        return false;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++) {
        const AlarmRecord *alarm = &read.alarms[i];
        json_t *object = json_make_object();
        json_put_text(object, "code", alarm->code);
        json_put_int(object, "subject", alarm->subject);
        json_put_time(object, "since", alarm->raised);
        if (alarm->cleared != 0) {
            json_put_time(object, "cleared", alarm->cleared);
        }
        json_array_append_new(list, object);
    }
    if (read.count > 0) {
        json_put(record, "alarms", list);
    } else {
        json_decref(list);
    }
    return true;
}

static bool read_unlogged(StoreSession *session, void *context, Error *err)
{
    AlarmsRead *read = context;
    return alarm_record_last_unlogged(session, &read->last_unlogged, err);
}

static bool write_logged(StoreSession *session, void *context, Error *err)
{
    const AlarmsRead *read = context;
    return alarm_record_set_logged(session, read->last_unlogged, read->log_index, err);
}

bool preservation_log_alarms(Preservation *preservation, Error *err)
{
    AlarmsRead read = {0};
    if (!store_read(preservation->store, read_unlogged, &read, err)) {
        return false;
    }
    if (read.last_unlogged == 0) {
        return true;
    }
    return preservation_log_environment(preservation, &read.log_index, err) &&
           store_write(preservation->store, write_logged, &read, err);
}

// --- routes -----------------------------------------------------------------------------------

static json_t *alarm_to_json(const AlarmRecord *alarm)
{
    json_t *object = json_make_object();
    json_put_int(object, "id", alarm->id);
    json_put_text(object, "code", alarm->code);
    json_put_text(object, "severity", is_critical(alarm->code) ? "critical" : "warning");
    json_put_int(object, "subject", alarm->subject);
    json_put_text(object, "detail", alarm->detail);
    json_put_time(object, "raised_at", alarm->raised);
    json_put_time(object, "seen_at", alarm->seen);
    json_put_int(object, "occurrences", alarm->occurrences);
    if (alarm->log_index >= 0) {
        json_put_int(object, "log_index", alarm->log_index);
    }
    if (alarm->cleared != 0) {
        json_put_time(object, "cleared_at", alarm->cleared);
    }
    if (alarm->acknowledged != 0) {
        json_put_time(object, "acknowledged_at", alarm->acknowledged);
        json_put_text(object, "acknowledged_by", alarm->acknowledged_by);
        json_put_text(object, "reason", alarm->reason);
    }
    return object;
}

bool preservation_handle_alarms(void *component, const ServiceRequest *request,
                                ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    AlarmsRead read = {.arena = request->arena};
    if (!store_read(preservation->store, read_alarms, &read, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++) {
        json_array_append_new(list, alarm_to_json(&read.alarms[i]));
    }
    json_put(reply, "alarms", list);
    return service_reply_json(response, request->arena, 200, reply, err);
}

static bool read_damages(StoreSession *session, void *context, Error *err)
{
    AlarmsRead *read = context;
    return alarm_record_list_of(session, read->depositor, read->after, read->arena, &read->alarms,
                                &read->count, err);
}

// What a depositor has to know of its own deposits: whoever relies on them stops doing so.
bool preservation_handle_damages(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    const char *after = service_query_parameter(request, "after");
    size_t len = after == NULL ? 0 : strlen(after);
    if (len > 18 || (after != NULL && (len == 0 || strspn(after, "0123456789") != len))) {
        return error_set(err, ERROR_INPUT, "preservation.search", NULL, "after is no number");
    }
    AlarmsRead read = {.arena = request->arena,
                       .after = after == NULL ? 0 : strtoll(after, NULL, 10),
                       .depositor = preservation_caller_name(request->arena, &request->caller)};
    if (!store_read(preservation->store, read_damages, &read, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++) {
        json_t *object = json_make_object();
        json_put_int(object, "id", read.alarms[i].id);
        json_put_text(object, "authorization", read.alarms[i].authorization);
        json_put_int(object, "index", read.alarms[i].subject);
        json_put_time(object, "raised_at", read.alarms[i].raised);
        json_array_append_new(list, object);
    }
    json_put(reply, "damages", list);
    json_put_bool(reply, "has_more", read.count == ALARMS_LISTED_MAX);
    return service_reply_json(response, request->arena, 200, reply, err);
}

typedef struct {
    uint64_t id;
    const char *reason;
    CustodyRecord custody;
} Acknowledgement;

static bool acknowledge_in_store(StoreSession *session, void *context, Error *err)
{
    Acknowledgement *write = context;
    return alarm_record_acknowledge(session, (int64_t)write->id, write->custody.caller,
                                    write->reason, write->custody.at, err) &&
           custody_record_append(session, &write->custody, err);
}

// The account that acts, as the provider's own console states it; "" when nobody is stated.
static bool take_actor(const ServiceRequest *request, const char **ret, Error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
    const char *actor = service_header(request, "x-assent-actor");
    if (actor != NULL && (strlen(actor) > ACTOR_MAX || strspn(actor, allowed) != strlen(actor))) {
        return error_set(err, ERROR_INPUT, "preservation.actor", NULL,
                         "who acts is no account: lower-case letters, digits and . - _, at most %d",
                         ACTOR_MAX);
    }
    *ret = actor == NULL ? "" : actor;
    return true;
}

// Acknowledging says that somebody knows, and who; it changes nothing of what is wrong.
bool preservation_handle_acknowledgement(void *component, const ServiceRequest *request,
                                         ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    CLEANUP(json_cleanup) json_t *body = NULL;
    Acknowledgement write = {0};
    const char *actor;
    if (!service_request_json(request, &body, err) ||
        !preservation_take_index(request, &write.id, err) || !take_actor(request, &actor, err)) {
        return false;
    }
    JsonView view = json_view(body, "acknowledgement", err);
    const char *reason = json_view_text(&view, "reason", REASON_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    write.reason = reason;
    write.custody =
        (CustodyRecord){.at = request->received,
                        .caller = preservation_caller_name(request->arena, &request->caller),
                        .action = "acknowledge",
                        .purpose = reason,
                        .authorization = ""};
    if (actor[0] != '\0') {
        write.custody.caller = arena_format(request->arena, "%s/%s", write.custody.caller, actor);
    }
    if (write.custody.caller == NULL) {
        return error_memory(err);
    }
    if (!store_write(preservation->store, acknowledge_in_store, &write, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "acknowledged_by", write.custody.caller);
    json_put_time(reply, "acknowledged_at", write.custody.at);
    return service_reply_json(response, request->arena, 200, reply, err);
}
