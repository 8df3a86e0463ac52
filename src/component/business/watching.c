// SPDX-License-Identifier: Apache-2.0
#include "component/business/watching.h"

#include "component/business/alarms.h"
#include "component/business/outages.h"
#include "component/business/records_watch.h"
#include "domain/pki/timestamp.h"

enum { LETTERS_PER_SECOND = 2, UNSIGNED_MAX = ALARM_OPEN_MAX, OBJECTIONS_MINUTES = 60 };

static void otherwise(Time *limit, Time value)
{
    *limit = *limit == 0 ? value : *limit;
}

void watching_set_defaults(BusinessWatch *watch)
{
    if (watch->letters_per_second == 0) {
        watch->letters_per_second = LETTERS_PER_SECOND;
    }
    otherwise(&watch->round, TIME_DAY);
    otherwise(&watch->overdue_after, 30 * TIME_MINUTE);
    otherwise(&watch->unsigned_after, 30 * TIME_MINUTE);
    otherwise(&watch->outage_after, 5 * TIME_MINUTE);
}

typedef struct {
    Time now, before;
    Arena *arena;
    QueueState queue;
    const char *found, *code;
} WatchRead;

static bool read_queue(StoreSession *session, void *context, Error *err)
{
    WatchRead *read = context;
    return records_queue_state(session, &read->queue, err);
}

// What waits is one alarm, however much it is.
static bool watch_queue(Business *business, Time now, Error *err)
{
    static const AlarmCase overdue = {"deposit.overdue", 0, "", ""};
    WatchRead read = {.now = now};
    if (!store_read(business->store, read_queue, &read, err)) {
        return false;
    }
    bool was_overdue = business->is_overdue;
    business->is_overdue =
        read.queue.waiting > 0 && now - read.queue.since > business->config.watch.overdue_after;
    if (!business->is_overdue) {
        return alarm_clear(business->alarms, &overdue, err);
    }
    if (!was_overdue) {
        alarm_raise(business->alarms, &overdue);
    }
    return true;
}

static bool read_unsigned(StoreSession *session, void *context, Error *err)
{
    WatchRead *read = context;
    return records_next_unsigned(session, read->before, read->now, read->arena, &read->found, err);
}

static bool clear_unsigned(StoreSession *session, void *context, Error *err)
{
    const WatchRead *read = context;
    return records_clear_unsigned(session, read->now, err);
}

// A person may leave in the middle; that many do, or one whom somebody else began for, is seen
// here.
static bool watch_unsigned(Business *business, Time now, Error *err)
{
    static const char code[] = "certificate.unsigned";
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    int64_t open;
    WatchRead read = {
        .now = now, .before = now - business->config.watch.unsigned_after, .arena = arena};
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!alarm_count_open(business->alarms, code, &open, err) ||
        (open > 0 && (!store_write(business->store, clear_unsigned, &read, err) ||
                      !alarm_count_open(business->alarms, code, &open, err)))) {
        return false;
    }
    for (; open < UNSIGNED_MAX; open++) {
        if (!store_read(business->store, read_unsigned, &read, err)) {
            return false;
        }
        if (read.found == NULL) {
            return true;
        }
        business_raise(business, code, read.found, "");
    }
    return true;
}

// Within 20 days an objection is answered; somebody is told in time to do so.
// Source: Regulation on the Credit Reporting Industry 25; requirement K08.
static const struct {
    const char *code;
    Time after;
} objection_days[] = {
    {"objection.due", 15 * TIME_DAY},
    {"objection.overdue", 20 * TIME_DAY},
};

static bool read_objection(StoreSession *session, void *context, Error *err)
{
    WatchRead *read = context;
    return records_next_objection(session, read->code, read->before, read->arena, &read->found,
                                  err);
}

static bool clear_objections(StoreSession *session, void *context, Error *err)
{
    const WatchRead *read = context;
    return records_clear_objections(session, read->code, read->now, err);
}

static bool watch_objections_of(Business *business, WatchRead *read, Error *err)
{
    int64_t open;
    if (!alarm_count_open(business->alarms, read->code, &open, err) ||
        (open > 0 && !store_write(business->store, clear_objections, read, err))) {
        return false;
    }
    for (; open < ALARM_OPEN_MAX; open++) {
        if (!store_read(business->store, read_objection, read, err)) {
            return false;
        }
        if (read->found == NULL) {
            return true;
        }
        business_raise(business, read->code, read->found, "");
    }
    return true;
}

// Days are counted, so once an hour is often enough for what reads every session.
static bool watch_objections(Business *business, Time now, Error *err)
{
    if (now >= business->objections_watched &&
        now - business->objections_watched < OBJECTIONS_MINUTES * TIME_MINUTE) {
        return true;
    }
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < COUNT_OF(objection_days); i++) {
        WatchRead read = {.now = now,
                          .code = objection_days[i].code,
                          .before = now - objection_days[i].after,
                          .arena = arena};
        if (!watch_objections_of(business, &read, err)) {
            return false;
        }
    }
    business->objections_watched = now;
    return true;
}

bool watching_round(Business *business, Error *err)
{
    Time now = clock_now(business->config.clock);
    // Each is looked at, whatever became of the one before.
    Error second = {0}, third = {0};
    bool first_ok = watch_queue(business, now, err);
    bool second_ok =
        watch_unsigned(business, now, &second) && watch_objections(business, now, &second);
    bool third_ok = vitals_tick(&business->vitals, &third);
    if (first_ok && !(second_ok && third_ok)) {
        *err = second_ok ? third : second;
    }
    if (first_ok && second_ok && third_ok) {
        return true;
    }
    vitals_note_failure(&business->vitals, err);
    return false;
}

bool watching_note_stamp(Business *business, Bytes token)
{
    TimestampToken parsed;
    Error why = {0};
    if (timestamp_token_parse(token, &parsed, &why)) {
        vitals_note_offset(&business->vitals, clock_now(business->config.clock) - parsed.time);
    }
    return true;
}

static void describe_outages(Business *business, json_t *watch)
{
    json_t *list = json_array();
    pthread_mutex_lock(&business->mutex);
    for (size_t i = 0; i < OUTAGES_COUNT; i++) {
        if (business->outages[i].failures > 0) {
            json_t *outage = json_make_object();
            json_put_text(outage, "code", outage_code((OutageKind)i));
            json_put_int(outage, "failures", business->outages[i].failures);
            json_array_append_new(list, outage);
        }
    }
    pthread_mutex_unlock(&business->mutex);
    json_put(watch, "outages", list);
}

bool watching_describe(Business *business, json_t **ret, Error *err)
{
    const BusinessWatch *limits = &business->config.watch;
    WatchRead read = {.now = 0};
    if (!store_read(business->store, read_queue, &read, err)) {
        return false;
    }
    json_t *watch = json_make_object();
    json_put_int(watch, "letters_per_second", limits->letters_per_second);
    json_put_int(watch, "round_seconds", limits->round / TIME_SECOND);
    json_put_int(watch, "overdue_minutes", limits->overdue_after / TIME_MINUTE);
    json_put_int(watch, "unsigned_minutes", limits->unsigned_after / TIME_MINUTE);
    json_put_int(watch, "outage_minutes", limits->outage_after / TIME_MINUTE);
    json_put_int(watch, "waiting", read.queue.waiting);
    if (read.queue.waiting > 0) {
        json_put_time(watch, "waiting_since", read.queue.since);
    }
    describe_outages(business, watch);
    vitals_describe(&business->vitals, watch);
    *ret = watch;
    return true;
}
