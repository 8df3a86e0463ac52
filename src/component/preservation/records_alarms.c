// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/records_alarms.h"

#include "base/store/sql.h"

#define ALARM_COLUMNS                                                                   \
    "SELECT id, code, subject, authorization, detail, raised_at, seen_at, occurrences," \
    " log_index, cleared_at, acknowledged_at, acknowledged_by, reason FROM alarm "

static bool is_open(StoreSession *session, const AlarmRecord *alarm, int64_t *ret_id, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT id FROM alarm WHERE code = ? AND subject = ? AND"
                                 " authorization = ? AND cleared_at IS NULL");
    sql_bind_text(&s, alarm->code);
    sql_bind_int(&s, alarm->subject);
    sql_bind_text(&s, alarm->authorization);
    *ret_id = sql_next(&s) ? sql_int(&s) : 0;
    return sql_done(&s, err);
}

static bool see_again(StoreSession *session, int64_t id, Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "UPDATE alarm SET occurrences = occurrences + 1, seen_at = ? WHERE id = ?");
    sql_bind_time(&s, now);
    sql_bind_int(&s, id);
    return sql_run(&s, err);
}

bool alarm_record_raise(StoreSession *session, const AlarmRecord *alarm, bool *ret_is_new,
                        Error *err)
{
    int64_t id = 0;
    if (!is_open(session, alarm, &id, err)) {
        return false;
    }
    *ret_is_new = id == 0;
    if (id != 0) {
        return see_again(session, id, alarm->raised, err);
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO alarm (code, subject, authorization, detail, raised_at, seen_at, found)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?5, CASE WHEN ?1 = 'evidence.damaged' THEN"
        " (SELECT p.sealed FROM deposit d JOIN payload p ON p.deposit = d.id WHERE"
        " d.log_index = ?2) END)");
    sql_bind_text(&s, alarm->code);
    sql_bind_int(&s, alarm->subject);
    sql_bind_text(&s, alarm->authorization);
    sql_bind_text(&s, alarm->detail);
    sql_bind_time(&s, alarm->raised);
    return sql_run(&s, err);
}

bool alarm_record_clear(StoreSession *session, const char *code, int64_t subject, Time now,
                        Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE alarm SET cleared_at = ? WHERE code = ? AND subject = ? AND cleared_at IS NULL");
    sql_bind_time(&s, now);
    sql_bind_text(&s, code);
    sql_bind_int(&s, subject);
    return sql_run(&s, err);
}

bool alarm_record_clear_arrived(StoreSession *session, const char *code, DepositStage stage,
                                Time now, int64_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE alarm SET cleared_at = ? WHERE code = ? AND cleared_at IS NULL AND (SELECT"
        " last_stage FROM authorization a WHERE a.id = alarm.authorization) > ?");
    sql_bind_time(&s, now);
    sql_bind_text(&s, code);
    sql_bind_int(&s, stage);
    return sql_run_counted(&s, ret_count, err);
}

static bool take_alarms(SqlStatement *s, Arena *arena, AlarmRecord **ret, size_t *ret_count,
                        Error *err)
{
    AlarmRecord *alarms = arena_alloc(arena, ALARMS_LISTED_MAX * sizeof *alarms);
    if (alarms == NULL) {
        return error_memory(err);
    }
    size_t count = 0;
    while (count < ALARMS_LISTED_MAX && sql_next(s)) {
        AlarmRecord *alarm = &alarms[count++];
        alarm->id = sql_int(s);
        alarm->code = sql_text(s, arena);
        alarm->subject = sql_int(s);
        alarm->authorization = sql_text(s, arena);
        alarm->detail = sql_text(s, arena);
        alarm->raised = sql_time(s);
        alarm->seen = sql_time(s);
        alarm->occurrences = sql_int(s);
        alarm->log_index = sql_optional_int(s, -1);
        alarm->cleared = sql_optional_int(s, 0);
        alarm->acknowledged = sql_optional_int(s, 0);
        alarm->acknowledged_by = sql_optional_text(s, arena);
        alarm->reason = sql_optional_text(s, arena);
    }
    *ret = alarms;
    *ret_count = count;
    return sql_done(s, err);
}

bool alarm_record_list(StoreSession *session, bool only_unsettled, Arena *arena, AlarmRecord **ret,
                       size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, only_unsettled ? ALARM_COLUMNS
                                 "WHERE cleared_at IS NULL OR acknowledged_at IS NULL"
                                 " ORDER BY id DESC LIMIT 200"
                                            : ALARM_COLUMNS "ORDER BY id DESC LIMIT 200");
    return take_alarms(&s, arena, ret, ret_count, err);
}

bool alarm_record_list_of(StoreSession *session, const char *depositor, int64_t after, Arena *arena,
                          AlarmRecord **ret, size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, ALARM_COLUMNS
        "WHERE code = 'evidence.damaged' AND cleared_at IS NULL AND id > ? AND EXISTS (SELECT 1"
        " FROM deposit d WHERE d.authorization = alarm.authorization AND d.depositor = ?)"
        " ORDER BY id LIMIT 200");
    sql_bind_int(&s, after);
    sql_bind_text(&s, depositor);
    return take_alarms(&s, arena, ret, ret_count, err);
}

bool alarm_record_count(StoreSession *session, size_t max, Arena *arena, AlarmCount *ret,
                        size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT code, count(*), min(raised_at) FROM alarm WHERE cleared_at"
                                 " IS NULL OR acknowledged_at IS NULL GROUP BY code");
    size_t count = 0;
    while (count < max && sql_next(&s)) {
        AlarmCount *found = &ret[count++];
        found->code = sql_text(&s, arena);
        found->count = sql_int(&s);
        found->since = sql_time(&s);
    }
    *ret_count = count;
    return sql_done(&s, err);
}

bool alarm_record_acknowledge(StoreSession *session, int64_t id, const char *who,
                              const char *reason, Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement known = sql_prepare(session, "SELECT acknowledged_at FROM alarm WHERE id = ?");
    sql_bind_int(&known, id);
    bool is_known = sql_next(&known);
    bool is_done = is_known && sql_optional_int(&known, 0) != 0;
    if (!sql_done(&known, err)) {
        return false;
    }
    if (!is_known) {
        return error_set(err, ERROR_NOT_FOUND, "preservation.alarm", NULL,
                         "there is no such alarm");
    }
    if (is_done) {
        return error_set(err, ERROR_CONFLICT, "preservation.acknowledged", NULL,
                         "the alarm was acknowledged before");
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE alarm SET acknowledged_at = ?, acknowledged_by = ?, reason = ? WHERE id = ?");
    sql_bind_time(&s, now);
    sql_bind_text(&s, who);
    sql_bind_text(&s, reason);
    sql_bind_int(&s, id);
    return sql_run(&s, err);
}

bool alarm_record_set_logged(StoreSession *session, int64_t last_id, uint64_t log_index, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "UPDATE alarm SET log_index = ? WHERE log_index IS NULL AND id <= ?");
    sql_bind_int(&s, (int64_t)log_index);
    sql_bind_int(&s, last_id);
    return sql_run(&s, err);
}

static bool read_number(SqlStatement *s, int64_t otherwise, int64_t *ret, Error *err)
{
    *ret = sql_next(s) ? sql_optional_int(s, otherwise) : otherwise;
    return sql_done(s, err);
}

bool alarm_record_last_unlogged(StoreSession *session, int64_t *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT max(id) FROM alarm WHERE log_index IS NULL");
    return read_number(&s, 0, ret, err);
}

bool authorization_record_next_lacking(StoreSession *session, const char *code, DepositStage stage,
                                       Time before, Arena *arena, const char **ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT id FROM authorization a WHERE last_stage = ? AND created_at < ? AND NOT EXISTS"
        " (SELECT 1 FROM alarm WHERE code = ? AND subject = 0 AND authorization = a.id AND"
        " cleared_at IS NULL) LIMIT 1");
    sql_bind_int(&s, stage);
    sql_bind_time(&s, before);
    sql_bind_text(&s, code);
    *ret = sql_next(&s) ? sql_text(&s, arena) : NULL;
    return sql_done(&s, err);
}

bool deposit_record_tombstone(StoreSession *session, uint64_t log_index, int64_t *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT tombstone FROM deposit WHERE log_index = ?");
    sql_bind_int(&s, (int64_t)log_index);
    return read_number(&s, -1, ret, err);
}

bool watch_record_load(StoreSession *session, WatchRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT next, until, began_at, passes FROM watch");
    *ret = (WatchRecord){0};
    if (sql_next(&s)) {
        ret->next = (uint64_t)sql_int(&s);
        ret->until = (uint64_t)sql_int(&s);
        ret->began = sql_time(&s);
        ret->passes = sql_int(&s);
    }
    return sql_done(&s, err);
}

bool watch_record_keep(StoreSession *session, const WatchRecord *record, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO watch (id, next, until, began_at, passes) VALUES (1, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET next = excluded.next, until = excluded.until, began_at ="
        " excluded.began_at, passes = excluded.passes");
    sql_bind_int(&s, (int64_t)record->next);
    sql_bind_int(&s, (int64_t)record->until);
    sql_bind_time(&s, record->began);
    sql_bind_int(&s, record->passes);
    return sql_run(&s, err);
}
