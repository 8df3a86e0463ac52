// SPDX-License-Identifier: Apache-2.0
#include "component/alarm/records.h"

#include "base/store/sql.h"

#define ALARM_COLUMNS                                                                    \
    "SELECT id, code, subject, authorization, detail, is_critical, raised_at, seen_at, " \
    "occurrences, log_index, cleared_at, acknowledged_at, acknowledged_by, reason FROM alarm "

static bool find_open(StoreSession *session, const AlarmCase *what, int64_t *ret_id, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT id FROM alarm WHERE code = ? AND subject = ? AND"
                                 " authorization = ? AND cleared_at IS NULL");
    sql_bind_text(&s, what->code);
    sql_bind_int(&s, what->subject);
    sql_bind_text(&s, what->authorization);
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

static bool insert(StoreSession *session, const Alarm *alarm, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO alarm (code, subject, authorization, detail, raised_at, seen_at, is_critical)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)");
    sql_bind_text(&s, alarm->what.code);
    sql_bind_int(&s, alarm->what.subject);
    sql_bind_text(&s, alarm->what.authorization);
    sql_bind_text(&s, alarm->what.detail);
    sql_bind_time(&s, alarm->raised);
    sql_bind_bool(&s, alarm->is_critical);
    return sql_run(&s, err);
}

bool alarm_record_raise(StoreSession *session, Alarm *alarm, bool *ret_is_new, Error *err)
{
    if (!find_open(session, &alarm->what, &alarm->id, err)) {
        return false;
    }
    *ret_is_new = alarm->id == 0;
    return *ret_is_new
               ? insert(session, alarm, err) && find_open(session, &alarm->what, &alarm->id, err)
               : see_again(session, alarm->id, alarm->raised, err);
}

bool alarm_record_clear(StoreSession *session, const AlarmCase *what, Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "UPDATE alarm SET cleared_at = ?1 WHERE code = ?2 AND subject = ?3 AND"
                    " (?4 IS NULL OR authorization = ?4) AND cleared_at IS NULL");
    sql_bind_time(&s, now);
    sql_bind_text(&s, what->code);
    sql_bind_int(&s, what->subject);
    sql_bind_text(&s, what->authorization);
    return sql_run(&s, err);
}

bool alarm_record_count_open(StoreSession *session, const char *code, const AlarmCase *what,
                             int64_t *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT count(*) FROM alarm WHERE cleared_at IS NULL AND code = ?1 AND"
                    " (?2 IS NULL OR subject = ?2) AND (?3 IS NULL OR authorization = ?3)");
    sql_bind_text(&s, code);
    if (what == NULL) {
        sql_bind_null(&s);
        sql_bind_null(&s);
    } else {
        sql_bind_int(&s, what->subject);
        sql_bind_text(&s, what->authorization);
    }
    *ret = sql_next(&s) ? sql_int(&s) : 0;
    return sql_done(&s, err);
}

bool alarm_list_in(StoreSession *session, bool only_unsettled, Arena *arena, Alarm **ret,
                   size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, only_unsettled ? ALARM_COLUMNS
                                 "WHERE cleared_at IS NULL OR (is_critical = 1 AND"
                                 " acknowledged_at IS NULL) ORDER BY id DESC LIMIT 200"
                                            : ALARM_COLUMNS "ORDER BY id DESC LIMIT 200");
    Alarm *alarms = arena_alloc(arena, ALARM_LISTED_MAX * sizeof *alarms);
    if (alarms == NULL) {
        return error_memory(err);
    }
    size_t count = 0;
    while (count < ALARM_LISTED_MAX && sql_next(&s)) {
        Alarm *alarm = &alarms[count++];
        alarm->id = sql_int(&s);
        alarm->what.code = sql_text(&s, arena);
        alarm->what.subject = sql_int(&s);
        alarm->what.authorization = sql_text(&s, arena);
        alarm->what.detail = sql_text(&s, arena);
        alarm->is_critical = sql_bool(&s);
        alarm->raised = sql_time(&s);
        alarm->seen = sql_time(&s);
        alarm->occurrences = sql_int(&s);
        alarm->log_index = sql_optional_int(&s, -1);
        alarm->cleared = sql_optional_int(&s, 0);
        alarm->acknowledged = sql_optional_int(&s, 0);
        alarm->acknowledged_by = sql_optional_text(&s, arena);
        alarm->reason = sql_optional_text(&s, arena);
    }
    *ret = alarms;
    *ret_count = count;
    return sql_done(&s, err);
}

bool alarm_note_logged(StoreSession *session, const char *code, const char *authorization,
                       uint64_t log_index, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "UPDATE alarm SET log_index = ? WHERE code = ? AND"
                                 " authorization = ? AND log_index IS NULL");
    sql_bind_int(&s, (int64_t)log_index);
    sql_bind_text(&s, code);
    sql_bind_text(&s, authorization);
    return sql_run(&s, err);
}

bool alarm_record_acknowledge(StoreSession *session, const Alarm *alarm, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement known = sql_prepare(session, "SELECT acknowledged_at FROM alarm WHERE id = ?");
    sql_bind_int(&known, alarm->id);
    bool is_known = sql_next(&known);
    bool is_done = is_known && sql_optional_int(&known, 0) != 0;
    if (!sql_done(&known, err)) {
        return false;
    }
    if (!is_known) {
        return error_set(err, ERROR_NOT_FOUND, "alarm.unknown", NULL, "there is no such alarm");
    }
    if (is_done) {
        return error_set(err, ERROR_CONFLICT, "alarm.acknowledged", NULL,
                         "the alarm was acknowledged before");
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE alarm SET acknowledged_at = ?, acknowledged_by = ?, reason = ? WHERE id = ?");
    sql_bind_time(&s, alarm->acknowledged);
    sql_bind_text(&s, alarm->acknowledged_by);
    sql_bind_text(&s, alarm->reason);
    sql_bind_int(&s, alarm->id);
    return sql_run(&s, err);
}

bool alarm_record_end(StoreSession *session, int64_t id, const char *code, Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE alarm SET cleared_at = ? WHERE id = ? AND code = ? AND cleared_at IS NULL");
    sql_bind_time(&s, now);
    sql_bind_int(&s, id);
    sql_bind_text(&s, code);
    return sql_run(&s, err);
}
