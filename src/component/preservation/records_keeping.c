// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/records_keeping.h"

#include <string.h>

#include "base/store/sql.h"

// --- operation --------------------------------------------------------------------------------

static void take_operation(SqlStatement *s, OperationRecord *ret)
{
    ret->id = sql_int(s);
    ret->started = sql_time(s);
    ret->seen = sql_time(s);
    ret->is_ended = sql_bool(s);
}

bool operation_record_last(StoreSession *session, OperationRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT id, started_at, seen_at, is_ended FROM operation ORDER BY id DESC LIMIT 1");
    *ret = (OperationRecord){0};
    if (sql_next(&s)) {
        take_operation(&s, ret);
    }
    return sql_done(&s, err);
}

bool operation_record_list(StoreSession *session, Time since, size_t max, Arena *arena,
                           OperationRecord **ret, size_t *ret_count, Error *err)
{
    OperationRecord *records = arena_alloc(arena, max * sizeof *records);
    if (records == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT id, started_at, seen_at, is_ended FROM operation WHERE "
                                 "id >= coalesce((SELECT max(id) FROM operation "
                                 "WHERE started_at <= ?), 0) ORDER BY id LIMIT ?");
    sql_bind_time(&s, since);
    sql_bind_int(&s, (int64_t)max);
    size_t count = 0;
    while (count < max && sql_next(&s)) {
        take_operation(&s, &records[count++]);
    }
    *ret = records;
    *ret_count = count;
    return sql_done(&s, err);
}

bool operation_record_begin(StoreSession *session, Time at, int64_t *ret_id, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "INSERT INTO operation (started_at, seen_at) VALUES (?, ?) RETURNING id");
    sql_bind_time(&s, at);
    sql_bind_time(&s, at);
    if (sql_next(&s)) {
        *ret_id = sql_int(&s);
    }
    return sql_done(&s, err);
}

bool operation_record_seen(StoreSession *session, int64_t id, Time at, bool is_end, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "UPDATE operation SET seen_at = ?, is_ended = ? WHERE id = ?");
    sql_bind_time(&s, at);
    sql_bind_bool(&s, is_end);
    sql_bind_int(&s, id);
    return sql_run(&s, err);
}

// --- retention and tombstones -----------------------------------------------------------------

bool authorization_record_set_retention(StoreSession *session, const char *id, int64_t retention,
                                        Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "UPDATE authorization SET retention = ? WHERE id = ?");
    sql_bind_int(&s, retention);
    sql_bind_text(&s, id);
    int64_t changed = 0;
    if (!sql_run_counted(&s, &changed, err)) {
        return false;
    }
    return changed == 1 || error_set(err, ERROR_NOT_FOUND, "preservation.authorization", NULL,
                                     "nothing is deposited for this authorization");
}

bool authorization_record_retention(StoreSession *session, const char *id, int64_t *ret_class,
                                    Time *ret_last, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT retention, coalesce((SELECT max(received_at) FROM deposit WHERE authorization = "
        "authorization.id), created_at) FROM authorization WHERE id = ?");
    sql_bind_text(&s, id);
    if (sql_next(&s)) {
        *ret_class = sql_int(&s);
        *ret_last = sql_time(&s);
    }
    return sql_done(&s, err);
}

bool authorization_record_next_old(StoreSession *session, const char *after, Time before,
                                   Arena *arena, const char **ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT id FROM authorization WHERE id > ? AND created_at < ? AND EXISTS "
                    "(SELECT 1 FROM deposit WHERE authorization = authorization.id AND wrapped_key "
                    "IS NOT NULL) ORDER BY id LIMIT 1");
    sql_bind_text(&s, after);
    sql_bind_time(&s, before);
    *ret = sql_next(&s) ? sql_text(&s, arena) : NULL;
    return sql_done(&s, err);
}

bool deposit_record_next_unburied(StoreSession *session, int64_t after, Arena *arena,
                                  int64_t *ret_id, uint64_t *ret_index, const char **ret_name,
                                  Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT id, log_index, authorization FROM deposit WHERE wrapped_key IS NULL "
                    "AND tombstone IS NULL AND id > ? AND log_index IS NOT NULL ORDER BY id "
                    "LIMIT 1");
    sql_bind_int(&s, after);
    *ret_id = 0;
    if (sql_next(&s)) {
        *ret_id = sql_int(&s);
        *ret_index = (uint64_t)sql_int(&s);
        *ret_name = sql_text(&s, arena);
    }
    return sql_done(&s, err);
}

bool deposit_record_set_tombstone(StoreSession *session, uint64_t log_index, uint64_t tombstone,
                                  Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "UPDATE deposit SET tombstone = ? WHERE log_index = ?");
    sql_bind_int(&s, (int64_t)tombstone);
    sql_bind_int(&s, (int64_t)log_index);
    return sql_run(&s, err);
}

// --- self-checks, and counts for the audit ----------------------------------------------------

bool environment_record_insert(StoreSession *session, const EnvironmentRecord *record, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "INSERT INTO environment (at, record, salt, log_index, custody) "
                                 "VALUES (?, ?, ?, ?, ?)");
    sql_bind_time(&s, record->at);
    sql_bind_bytes(&s, record->record);
    sql_bind_bytes(&s, record->salt);
    sql_bind_int(&s, (int64_t)record->log_index);
    sql_bind_int(&s, record->custody_id);
    return sql_run(&s, err);
}

bool environment_record_next(StoreSession *session, int64_t after, Arena *arena,
                             EnvironmentRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT e.id, e.at, e.record, e.salt, e.log_index, e.custody, c.digest FROM "
                    "environment e LEFT JOIN custody c ON c.id = e.custody WHERE e.id > ? "
                    "ORDER BY e.id LIMIT 1");
    sql_bind_int(&s, after);
    *ret = (EnvironmentRecord){0};
    if (sql_next(&s)) {
        ret->id = sql_int(&s);
        ret->at = sql_time(&s);
        ret->record = sql_bytes(&s, arena);
        ret->salt = sql_bytes(&s, arena);
        ret->log_index = (uint64_t)sql_int(&s);
        ret->custody_id = sql_optional_int(&s, 0);
        Bytes digest = sql_optional_bytes(&s, arena);
        ret->has_anchor = digest.len == SM3_SIZE;
        if (ret->has_anchor) {
            memcpy(ret->anchor.bytes, digest.data, SM3_SIZE);
        }
    }
    return sql_done(&s, err);
}

bool authorization_record_count_wrong_holds(StoreSession *session, int64_t *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT count(*) FROM authorization a JOIN (SELECT authorization, max(id) AS id FROM "
        "custody WHERE action IN ('hold', 'release') GROUP BY authorization) l ON l.authorization "
        "= a.id JOIN custody c ON c.id = l.id WHERE a.is_held <> (c.action = 'hold')");
    *ret = sql_next(&s) ? sql_int(&s) : 0;
    return sql_done(&s, err);
}

bool authorization_record_count_behind(StoreSession *session, int64_t *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT count(*) FROM deposit d LEFT JOIN authorization a ON a.id = d.authorization"
        " WHERE d.stage <> ? AND (a.last_stage IS NULL OR"
        " (a.last_stage, a.last_sequence) < (d.stage, d.sequence) OR"
        " (a.last_stage = d.stage AND a.last_sequence = d.sequence AND"
        " a.last_submission <> d.submission))");
    sql_bind_int(&s, DEPOSIT_OTHER);
    *ret = sql_next(&s) ? sql_int(&s) : 0;
    return sql_done(&s, err);
}

bool deposit_record_count_logged(StoreSession *session, uint64_t *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT count(*) FROM deposit WHERE log_index IS NOT NULL");
    *ret = sql_next(&s) ? (uint64_t)sql_int(&s) : 0;
    return sql_done(&s, err);
}
