// SPDX-License-Identifier: Apache-2.0
#include "component/alarm/door.h"

#include <stdlib.h>
#include <string.h>

#include "component/alarm/alarm_state.h"
#include "component/alarm/records.h"

enum { REASON_MAX = 200, ACTOR_MAX = 63, ID_DIGITS_MAX = 18 };

static json_t *alarm_to_json(const AlarmBoard *board, const Alarm *alarm)
{
    json_t *object = json_make_object();
    json_put_int(object, "id", alarm->id);
    json_put_text(object, "code", alarm->what.code);
    json_put_text(object, "severity", alarm->is_critical ? "critical" : "warning");
    json_put_int(object, "subject", alarm->what.subject);
    if (board->config.names_authorizations && alarm->what.authorization[0] != '\0') {
        json_put_text(object, "authorization", alarm->what.authorization);
    }
    json_put_text(object, "detail", alarm->what.detail);
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

// What the store has not taken: id 0, for nobody can acknowledge it yet.
static void put_pending(AlarmBoard *board, json_t *list)
{
    pthread_mutex_lock(&board->mutex);
    for (size_t i = 0; i < board->pending_count; i++) {
        const AlarmPending *pending = &board->pending[i];
        Alarm alarm = {
            .what = {pending->code, pending->subject, pending->authorization, pending->detail},
            .is_critical = alarm_is_critical(board, pending->code),
            .raised = pending->raised,
            .seen = pending->raised,
            .occurrences = 1,
            .log_index = -1};
        json_array_append_new(list, alarm_to_json(board, &alarm));
    }
    pthread_mutex_unlock(&board->mutex);
}

bool alarm_handle_list(AlarmBoard *board, const ServiceRequest *request, json_t *watch,
                       ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *list = json_array();
    Alarm *alarms;
    size_t count;
    json_put(reply, "alarms", list);
    json_put(reply, "watch", watch);
    put_pending(board, list);
    if (!alarm_list(board, false, request->arena, &alarms, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, alarm_to_json(board, &alarms[i]));
    }
    return service_reply_json(response, request->arena, 200, reply, err);
}

// --- acknowledging ----------------------------------------------------------------------------

static bool take_id(const ServiceRequest *request, int64_t *ret, Error *err)
{
    const char *text = service_path_parameter(request, "index");
    size_t len = strlen(text);
    if (len == 0 || len > ID_DIGITS_MAX || strspn(text, "0123456789") != len) {
        return error_set(err, ERROR_INPUT, "alarm.number", NULL, "an alarm has a decimal number");
    }
    *ret = strtoll(text, NULL, 10);
    return true;
}

// The account that acts, as the institution's own console states it; "" when none is stated: then
// the certificate's name is the person's.
static bool take_actor(const ServiceRequest *request, const char **ret, Error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
    const char *actor = service_header(request, "x-assent-actor");
    if (actor != NULL && (strlen(actor) > ACTOR_MAX || strspn(actor, allowed) != strlen(actor))) {
        return error_set(err, ERROR_INPUT, "alarm.actor", NULL,
                         "who acts is no account: lower-case letters, digits and . - _, at most %d",
                         ACTOR_MAX);
    }
    *ret = actor == NULL ? "" : actor;
    return true;
}

static bool take_reason(const ServiceRequest *request, const char **ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "acknowledgement", err);
    const char *reason = json_view_text(&view, "reason", REASON_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    if (strspn(reason, " \t\r\n") == strlen(reason)) {
        return error_set(err, ERROR_INPUT, "alarm.reason", NULL, "the reason is blank");
    }
    *ret = arena_text(request->arena, bytes_of_text(reason));
    return *ret != NULL || error_memory(err);
}

typedef struct {
    const AlarmBoard *board;
    Alarm alarm;
} Acknowledgement;

static bool write_acknowledgement(StoreSession *session, void *context, Error *err)
{
    const Acknowledgement *write = context;
    const AlarmBoardConfig *config = &write->board->config;
    const char *const *event = config->events;
    if (!alarm_record_acknowledge(session, &write->alarm, err)) {
        return false;
    }
    for (; event != NULL && *event != NULL; event++) {
        if (!alarm_record_end(session, write->alarm.id, *event, write->alarm.acknowledged, err)) {
            return false;
        }
    }
    return (config->keep == NULL ||
            config->keep(session, config->state, ALARM_ACKNOWLEDGED, &write->alarm, err));
}

bool alarm_handle_acknowledgement(AlarmBoard *board, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    Acknowledgement write = {.board = board, .alarm = {.acknowledged = request->received}};
    const char *actor;
    if (!take_reason(request, &write.alarm.reason, err) ||
        !take_id(request, &write.alarm.id, err) || !take_actor(request, &actor, err)) {
        return false;
    }
    write.alarm.acknowledged_by =
        arena_format(request->arena, "%s/%s%s%s", request->caller.role, request->caller.name,
                     actor[0] == '\0' ? "" : "/", actor);
    if (write.alarm.acknowledged_by == NULL) {
        return error_memory(err);
    }
    if (!store_write(board->config.store, write_acknowledgement, &write, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "acknowledged_by", write.alarm.acknowledged_by);
    json_put_time(reply, "acknowledged_at", write.alarm.acknowledged);
    return service_reply_json(response, request->arena, 200, reply, err);
}
