// SPDX-License-Identifier: Apache-2.0
//
// The rows of issued certificates.
#include "base/store/sql.h"
#include "component/preservation/records.h"

#define ISSUANCE_COLUMNS "label, digest, entry, size_before, log_index, received_at"

static bool take(SqlStatement *s, Arena *arena, bool *ret_found, LoggedIssuance *ret, Error *err)
{
    *ret_found = sql_next(s);
    if (*ret_found) {
        *ret = (LoggedIssuance){0};
        sql_fixed_bytes(s, ret->label.bytes, SM3_SIZE);
        sql_fixed_bytes(s, ret->digest.bytes, SM3_SIZE);
        ret->entry = sql_optional_bytes(s, arena);
        ret->size_before = (uint64_t)sql_int(s);
        int64_t log_index = sql_optional_int(s, -1);
        ret->is_logged = log_index >= 0;
        ret->log_index = ret->is_logged ? (uint64_t)log_index : 0;
        ret->received = sql_time(s);
    }
    return sql_done(s, err);
}

bool logged_issuance_find(StoreSession *session, const Sm3Digest *label, Arena *arena,
                          bool *ret_found, LoggedIssuance *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT " ISSUANCE_COLUMNS " FROM issuance WHERE label = ?");
    sql_bind_bytes(&s, sm3_bytes(label));
    return take(&s, arena, ret_found, ret, err);
}

bool logged_issuance_insert(StoreSession *session, const LoggedIssuance *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO issuance (label, digest, size_before, log_index, received_at) "
                    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (label) DO NOTHING");
    sql_bind_bytes(&s, sm3_bytes(&row->label));
    sql_bind_bytes(&s, sm3_bytes(&row->digest));
    sql_bind_int(&s, (int64_t)row->size_before);
    sql_bind_int(&s, (int64_t)row->log_index);
    sql_bind_time(&s, row->received);
    return sql_run(&s, err);
}

bool logged_issuance_scanned(StoreSession *session, bool *ret_is_noted, uint64_t *ret_log_size,
                             Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "SELECT (SELECT log_size FROM issuance_scan), EXISTS (SELECT 1 FROM issuance)");
    bool has_rows = false;
    int64_t log_size = -1;
    if (sql_next(&s)) {
        log_size = sql_optional_int(&s, -1);
        has_rows = sql_bool(&s);
    }
    *ret_is_noted = log_size >= 0 || !has_rows;
    *ret_log_size = log_size < 0 ? 0 : (uint64_t)log_size;
    return sql_done(&s, err);
}

bool logged_issuance_note_scanned(StoreSession *session, uint64_t log_size, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO issuance_scan (id, log_size) VALUES (1, ?) ON CONFLICT"
                    " (id) DO UPDATE SET log_size = max(log_size, excluded.log_size)");
    sql_bind_int(&s, (int64_t)log_size);
    return sql_run(&s, err);
}

bool logged_issuance_set_logged(StoreSession *session, const LoggedIssuance *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "UPDATE issuance SET log_index = ?, entry = NULL WHERE label = ?");
    sql_bind_int(&s, (int64_t)row->log_index);
    sql_bind_bytes(&s, sm3_bytes(&row->label));
    return sql_run(&s, err);
}

bool logged_issuance_next_pending(StoreSession *session, const Sm3Digest *after, Arena *arena,
                                  bool *ret_found, LoggedIssuance *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT " ISSUANCE_COLUMNS
                             " FROM issuance "
                             "WHERE log_index IS NULL AND label > ? ORDER BY label LIMIT 1");
    sql_bind_bytes(&s, sm3_bytes(after));
    return take(&s, arena, ret_found, ret, err);
}
