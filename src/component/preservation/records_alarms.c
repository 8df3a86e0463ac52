// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/records_alarms.h"

#include "base/store/sql.h"

bool alarm_record_keep_found(StoreSession *session, int64_t id, int64_t log_index, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE alarm SET found = (SELECT p.sealed FROM deposit d JOIN payload p ON p.deposit ="
        " d.id WHERE d.log_index = ?) WHERE id = ?");
    sql_bind_int(&s, log_index);
    sql_bind_int(&s, id);
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

bool alarm_record_list_of(StoreSession *session, const char *depositor, int64_t after, Arena *arena,
                          DamageRecord **ret, size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT id, authorization, subject, raised_at FROM alarm WHERE code = 'evidence.damaged'"
        " AND cleared_at IS NULL AND id > ? AND EXISTS (SELECT 1 FROM deposit d WHERE"
        " d.authorization = alarm.authorization AND d.depositor = ?) ORDER BY id LIMIT 200");
    sql_bind_int(&s, after);
    sql_bind_text(&s, depositor);
    DamageRecord *damages = arena_alloc(arena, ALARMS_LISTED_MAX * sizeof *damages);
    if (damages == NULL) {
        return error_memory(err);
    }
    size_t count = 0;
    while (count < ALARMS_LISTED_MAX && sql_next(&s)) {
        DamageRecord *damage = &damages[count++];
        damage->id = sql_int(&s);
        damage->authorization = sql_text(&s, arena);
        damage->subject = sql_int(&s);
        damage->raised = sql_time(&s);
    }
    *ret = damages;
    *ret_count = count;
    return sql_done(&s, err);
}

bool alarm_record_count(StoreSession *session, size_t max, Arena *arena, AlarmCount *ret,
                        size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT code, count(*), min(raised_at) FROM alarm WHERE cleared_at"
                                 " IS NULL OR (is_critical = 1 AND acknowledged_at IS NULL) GROUP"
                                 " BY code");
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
