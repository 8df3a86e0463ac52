// SPDX-License-Identifier: Apache-2.0
//
// What the evidence provider's staff look at beside what anybody may see.
#include "component/preservation/browsing.h"

#include <string.h>

#include "component/preservation/cosigning.h"
#include "component/preservation/records_alarms.h"

enum { ALARM_CODES_MAX = 32 };

// A chain that has not come to M8 a day after it began lacks evidence; a deposit is in the log
// within moments, and a stamp comes about every second.
#define INCOMPLETE_AFTER TIME_DAY
#define OVERDUE_AFTER TIME_MINUTE

// --- parameters -------------------------------------------------------------------------------

static bool refuse(const char *name, Error *err)
{
    return error_set(err, ERROR_INPUT, "preservation.search", NULL, "%s cannot be searched for",
                     name);
}

static bool take_before(const ServiceRequest *request, uint64_t *ret, Error *err)
{
    const char *text = service_query_parameter(request, "before");
    size_t len = text == NULL ? 0 : strlen(text);
    if (text != NULL && (len == 0 || len > 18 || strspn(text, "0123456789") != len)) {
        return refuse("before", err);
    }
    *ret = 0;
    for (size_t i = 0; i < len; i++) {
        *ret = *ret * 10 + (uint64_t)(text[i] - '0');
    }
    return true;
}

static bool take_time(const ServiceRequest *request, const char *name, Time *ret, Error *err)
{
    const char *text = service_query_parameter(request, name);
    return text == NULL || time_from_text(bytes_of_text(text), ret, NULL) || refuse(name, err);
}

static bool take_stage(const ServiceRequest *request, DepositSearch *ret, Error *err)
{
    const char *text = service_query_parameter(request, "stage");
    for (size_t i = 0; text != NULL && !ret->has_stage && i < BROWSING_STAGES; i++) {
        ret->stage = (DepositStage)i;
        ret->has_stage = strcmp(deposit_stage_name(ret->stage), text) == 0;
    }
    return text == NULL || ret->has_stage || refuse("stage", err);
}

// --- summary ----------------------------------------------------------------------------------

typedef struct {
    Time now;
    PreservationCounts counts;
    Arena *arena;
    AlarmCount alarms[ALARM_CODES_MAX];
    size_t alarm_count;
} CountsRead;

static bool read_counts(StoreSession *session, void *context, Error *err)
{
    CountsRead *read = context;
    return preservation_counts(session, read->now - INCOMPLETE_AFTER, &read->counts, err) &&
           alarm_record_count(session, ALARM_CODES_MAX, read->arena, read->alarms,
                              &read->alarm_count, err);
}

static void put_alarm(json_t *alarms, const char *code, int64_t count, Time since)
{
    json_t *alarm = json_make_object();
    json_put_text(alarm, "code", code);
    json_put_int(alarm, "count", count);
    if (since != 0) {
        json_put_time(alarm, "since", since);
    }
    json_array_append_new(alarms, alarm);
}

static json_t *alarms_to_json(Preservation *preservation, const CountsRead *read)
{
    const PreservationCounts *counts = &read->counts;
    Time now = read->now;
    json_t *alarms = json_array();
    for (size_t i = 0; i < read->alarm_count; i++) {
        put_alarm(alarms, read->alarms[i].code, read->alarms[i].count, read->alarms[i].since);
    }
    if (counts->pending > 0 && now - counts->pending_since > OVERDUE_AFTER) {
        put_alarm(alarms, "evidence.pending", counts->pending, counts->pending_since);
    }
    if (counts->incomplete > 0) {
        put_alarm(alarms, "evidence.incomplete", counts->incomplete, counts->incomplete_since);
    }
    if (preservation->config.timestamp != NULL && !counts->is_newest_stamped &&
        now - counts->newest_received > OVERDUE_AFTER) {
        put_alarm(alarms, "stamp.overdue", 1, counts->newest_received);
    }
    return alarms;
}

static json_t *stages_to_json(const PreservationCounts *counts)
{
    json_t *stages = json_array();
    for (size_t i = 0; i < BROWSING_STAGES; i++) {
        json_t *stage = json_make_object();
        json_put_text(stage, "stage", deposit_stage_name((DepositStage)i));
        json_put_int(stage, "deposits", counts->deposits[i]);
        json_put_int(stage, "erased", counts->erased[i]);
        json_array_append_new(stages, stage);
    }
    return stages;
}

bool preservation_handle_summary(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    CountsRead read = {.now = clock_now(preservation->config.clock), .arena = request->arena};
    Bytes note;
    MerkleHead head;
    if (!store_read(preservation->store, read_counts, &read, err) ||
        !evidence_log_checkpoint(preservation->log, request->arena, &note, &head, err)) {
        return false;
    }
    const PreservationCounts *counts = &read.counts;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_int(reply, "size", (int64_t)head.size);
    json_put(reply, "stages", stages_to_json(counts));
    json_put_int(reply, "pending", counts->pending);
    json_put_int(reply, "authorizations", counts->authorizations);
    json_put_int(reply, "held", counts->held);
    if (counts->has_stamp) {
        json_t *stamp = json_make_object();
        json_put_int(stamp, "size", (int64_t)counts->stamped_size);
        json_put_time(stamp, "at", counts->stamped_at);
        json_put(reply, "stamp", stamp);
    }
    json_t *alarms = alarms_to_json(preservation, &read);
    json_put(reply, "alarms", alarms);
    return cosigning_put_summary(preservation, request->arena, read.now, reply, alarms, err) &&
           service_reply_json(response, request->arena, 200, reply, err);
}

// --- lists ------------------------------------------------------------------------------------

typedef struct {
    uint64_t before;
    Arena *arena;
    StampedCheckpoint stamps[BROWSING_PAGE_SIZE];
    size_t count;
} StampsRead;

static bool read_stamps(StoreSession *session, void *context, Error *err)
{
    StampsRead *read = context;
    return preservation_stamps(session, read->before, read->arena, read->stamps, &read->count, err);
}

bool preservation_handle_checkpoints(void *component, const ServiceRequest *request,
                                     ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    StampsRead read = {.arena = request->arena};
    if (!take_before(request, &read.before, err) ||
        !store_read(preservation->store, read_stamps, &read, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++) {
        const StampedCheckpoint *found = &read.stamps[i];
        json_t *object = json_make_object();
        json_put_int(object, "size", (int64_t)found->stamp.size);
        json_put_time(object, "stamped_at", found->at);
        json_put(
            object, "checkpoint",
            json_stringn((const char *)found->stamp.checkpoint.data, found->stamp.checkpoint.len));
        json_array_append_new(list, object);
    }
    json_put(reply, "checkpoints", list);
    json_put_bool(reply, "has_more", read.count == BROWSING_PAGE_SIZE);
    return service_reply_json(response, request->arena, 200, reply, err);
}

typedef struct {
    DepositSearch search;
    Arena *arena;
    BrowsedDeposit deposits[BROWSING_PAGE_SIZE];
    size_t count;
} DepositsRead;

static bool read_deposits(StoreSession *session, void *context, Error *err)
{
    DepositsRead *read = context;
    return preservation_deposits(session, &read->search, read->arena, read->deposits, &read->count,
                                 err);
}

bool preservation_handle_deposits(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    DepositsRead read = {.arena = request->arena};
    if (!take_stage(request, &read.search, err) ||
        !take_before(request, &read.search.before, err) ||
        !take_time(request, "from", &read.search.from, err) ||
        !take_time(request, "until", &read.search.until, err) ||
        !store_read(preservation->store, read_deposits, &read, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *list = json_array();
    for (size_t i = 0; i < read.count; i++) {
        const BrowsedDeposit *found = &read.deposits[i];
        json_t *object = json_make_object();
        json_put_text(object, "stage", deposit_stage_name(found->stage));
        json_put_int(object, "index", (int64_t)found->log_index);
        json_put_text(object, "depositor", found->depositor);
        json_put_hex(object, "submission", sm3_bytes(&found->submission));
        json_put_time(object, "received", found->received);
        json_put_bool(object, "erased", found->is_erased);
        json_array_append_new(list, object);
    }
    json_put(reply, "deposits", list);
    json_put_bool(reply, "has_more", read.count == BROWSING_PAGE_SIZE);
    return service_reply_json(response, request->arena, 200, reply, err);
}
