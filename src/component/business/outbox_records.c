// SPDX-License-Identifier: Apache-2.0
//
// The outbox of records.h.
#include <stdio.h>

#include "base/store/sql.h"
#include "component/business/records.h"

bool records_put_outbox(StoreSession *session, const char *authorization_id, const char *subject,
                        Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO outbox (authorization_id, subject, version, sequence, created_at, "
        "waits_since) VALUES (?1,?2,0,NULL,?3,?3) ON CONFLICT (authorization_id, subject) DO UPDATE SET version = version + "
        "1, sequence = NULL, created_at = excluded.created_at");
    sql_bind_text(&s, authorization_id);
    sql_bind_text(&s, subject);
    sql_bind_time(&s, now);
    return sql_run(&s, err);
}

bool records_list_outbox(StoreSession *session, Time before, size_t limit, Arena *arena,
                         OutboxRow *ret, size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT authorization_id, subject, version, sequence, created_at FROM outbox WHERE "
        "created_at < ? ORDER BY created_at LIMIT ?");
    sql_bind_time(&s, before);
    sql_bind_int(&s, (int64_t)limit);
    size_t count = 0;
    while (count < limit && sql_next(&s)) {
        OutboxRow *row = &ret[count++];
        snprintf(row->authorization_id, sizeof row->authorization_id, "%s", sql_text(&s, arena));
        row->subject = sql_text(&s, arena);
        row->version = sql_int(&s);
        row->sequence = sql_optional_int(&s, -1);
        row->created_at = sql_time(&s);
    }
    *ret_count = count;
    return sql_done(&s, err);
}

static void bind_row(SqlStatement *s, const OutboxRow *row)
{
    sql_bind_text(s, row->authorization_id);
    sql_bind_text(s, row->subject);
    sql_bind_int(s, row->version);
}

bool records_assign_outbox(StoreSession *session, const OutboxRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "UPDATE outbox SET sequence = ? WHERE authorization_id = ? AND subject = ? AND "
                    "version = ?");
    int64_t changed = 0;
    sql_bind_int(&s, row->sequence);
    bind_row(&s, row);
    if (!sql_run_counted(&s, &changed, err)) {
        return false;
    }
    return changed == 1 || error_set(err, ERROR_CONFLICT, "session.concurrent", NULL,
                                     "what was to be preserved has changed meanwhile");
}

bool records_remove_outbox(StoreSession *session, const OutboxRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "DELETE FROM outbox WHERE authorization_id = ? AND subject = ? AND version = ?");
    bind_row(&s, row);
    return sql_run(&s, err);
}

bool records_postpone_outbox(StoreSession *session, const OutboxRow *row, Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE outbox SET created_at = ? WHERE authorization_id = ? AND subject = ? AND "
        "version = ?");
    sql_bind_time(&s, now);
    bind_row(&s, row);
    return sql_run(&s, err);
}
