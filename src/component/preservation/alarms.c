// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/alarms.h"

#include <stdlib.h>
#include <string.h>

#include "component/alarm/door.h"
#include "component/preservation/records_alarms.h"

// What is missing may still come, as may a renewal; what is damaged is worse.
static const char *const warnings[] = {"evidence.missing_certificate", "evidence.missing_signing",
                                       "watch.behind", "stamp.renewal_overdue", NULL};
static const char *const events[] = {"deposit.contradicts", NULL};

// The payload as it was found is evidence, and so is who took note of it.
static bool keep(StoreSession *session, void *state, AlarmChange change, const Alarm *alarm,
                 Error *err)
{
    (void)state;
    if (change == ALARM_RAISED) {
        return strcmp(alarm->what.code, "evidence.damaged") != 0 ||
               alarm_record_keep_found(session, alarm->id, alarm->what.subject, err);
    }
    CustodyRecord custody = {.at = alarm->acknowledged,
                             .caller = alarm->acknowledged_by,
                             .action = "acknowledge",
                             .purpose = alarm->reason,
                             .authorization = ""};
    return custody_record_append(session, &custody, err);
}

bool preservation_open_alarms(Preservation *preservation, Error *err)
{
    AlarmBoardConfig config = {.store = preservation->store,
                               .clock = preservation->config.clock,
                               .warnings = warnings,
                               .events = events,
                               .keep = keep};
    if (!alarm_board_new(&config, &preservation->alarms, err)) {
        return false;
    }
    vitals_init(&preservation->vitals, preservation->alarms, preservation->config.directory,
                &preservation->config.vitals);
    return true;
}

void preservation_raise_alarm(Preservation *preservation, const char *code, int64_t subject,
                              const char *authorization, const char *detail)
{
    alarm_raise(preservation->alarms, &(AlarmCase){code, subject, authorization, detail});
}

// --- in the log -------------------------------------------------------------------------------

typedef struct {
    Arena *arena;
    DamageRecord *damages;
    size_t count;
    int64_t last_unlogged;
    uint64_t log_index;
    const char *depositor;
    int64_t after;
} AlarmsRead;

bool preservation_describe_alarms(Preservation *preservation, Arena *arena, json_t *record,
                                  Error *err)
{
    Alarm *alarms;
    size_t count;
    if (!alarm_list(preservation->alarms, true, arena, &alarms, &count, err)) {
        return false;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const Alarm *alarm = &alarms[i];
        json_t *object = json_make_object();
        json_put_text(object, "code", alarm->what.code);
        json_put_int(object, "subject", alarm->what.subject);
        json_put_time(object, "since", alarm->raised);
        if (alarm->cleared != 0) {
            json_put_time(object, "cleared", alarm->cleared);
        }
        json_array_append_new(list, object);
    }
    if (count > 0) {
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
    if ((read.last_unlogged == 0 && !preservation->has_settled) ||
        evidence_log_is_closed(preservation->log)) {
        return true;
    }
    if (!preservation_log_environment(preservation, &read.log_index, err) ||
        !store_write(preservation->store, write_logged, &read, err)) {
        return false;
    }
    preservation->has_settled = false;
    return true;
}

// --- routes -----------------------------------------------------------------------------------

static json_t *describe_watch(Preservation *preservation)
{
    const PreservationConfig *config = &preservation->config;
    json_t *watch = json_make_object();
    json_put_int(watch, "entries_per_second", config->watch_per_second);
    json_put_int(watch, "round_seconds", config->watch_interval / TIME_SECOND);
    json_put_int(watch, "missing_minutes", config->missing_after / TIME_MINUTE);
    json_put_int(watch, "entries", (int64_t)atomic_load(&preservation->watched));
    Time finished = atomic_load(&preservation->watch_finished);
    if (finished != 0) {
        json_put_time(watch, "finished_at", finished);
    }
    vitals_describe(&preservation->vitals, watch);
    return watch;
}

bool preservation_handle_alarms(void *component, const ServiceRequest *request,
                                ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    return alarm_handle_list(preservation->alarms, request, describe_watch(preservation), response,
                             err);
}

bool preservation_handle_acknowledgement(void *component, const ServiceRequest *request,
                                         ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    return alarm_handle_acknowledgement(preservation->alarms, request, response, err);
}

static bool read_damages(StoreSession *session, void *context, Error *err)
{
    AlarmsRead *read = context;
    return alarm_record_list_of(session, read->depositor, read->after, read->arena, &read->damages,
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
        json_put_int(object, "id", read.damages[i].id);
        json_put_text(object, "authorization", read.damages[i].authorization);
        json_put_int(object, "index", read.damages[i].subject);
        json_put_time(object, "raised_at", read.damages[i].raised);
        json_array_append_new(list, object);
    }
    json_put(reply, "damages", list);
    json_put_bool(reply, "has_more", read.count == ALARMS_LISTED_MAX);
    return service_reply_json(response, request->arena, 200, reply, err);
}
