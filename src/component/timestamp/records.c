// SPDX-License-Identifier: Apache-2.0
#include "component/timestamp/records.h"

#include "base/store/sql.h"

static bool find_range(StoreSession *session, int64_t *ret_next, Time *ret_updated_at, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, "SELECT next_serial, updated_at FROM serial_range WHERE id = 1");
    *ret_next = 1;
    *ret_updated_at = 0;
    if (sql_next(&row)) {
        *ret_next = sql_int(&row);
        *ret_updated_at = sql_time(&row);
    }
    return sql_done(&row, err);
}

static bool forget(StoreSession *session, Time before, Error *err)
{
    if (before == 0) {
        return true;
    }
    CLEANUP(sql_end)
    SqlStatement drop = sql_prepare(session, "DELETE FROM stamp WHERE stored_at < ?");
    sql_bind_time(&drop, before);
    return sql_run(&drop, err);
}

bool timestamp_records_reserve(StoreSession *session, void *context, Error *err)
{
    SerialBlock *block = context;
    int64_t first;
    Time latest;
    if (!find_range(session, &first, &latest, err)) {
        return false;
    }
    if (first < 1 || first > INT64_MAX - block->size) {
        return error_set(err, ERROR_LIMIT, "timestamp_authority.serials", NULL,
                         "all serial numbers are used up");
    }
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO serial_range (id, next_serial, updated_at) VALUES (1, ?, ?)"
                    " ON CONFLICT (id) DO UPDATE SET next_serial = excluded.next_serial,"
                    " updated_at = excluded.updated_at");
    sql_bind_int(&put, first + block->size);
    sql_bind_time(&put, block->now > latest ? block->now : latest);
    if (!sql_run(&put, err) || !forget(session, block->forget_before, err)) {
        return false;
    }
    block->first = first;
    return true;
}

bool timestamp_records_latest_time(StoreSession *session, void *ret_time, Error *err)
{
    int64_t next;
    Time latest;
    if (!find_range(session, &next, &latest, err)) {
        return false;
    }
    *(Time *)ret_time = latest;
    return true;
}

bool timestamp_records_keep(StoreSession *session, void *context, Error *err)
{
    const StampRow *row = context;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session, "INSERT INTO stamp (serial, received_at, stored_at, token) VALUES (?, ?, ?, ?)");
    sql_bind_bytes(&put, row->serial);
    sql_bind_time(&put, row->received_at);
    sql_bind_time(&put, row->stored_at);
    sql_bind_bytes(&put, row->token);
    return sql_run(&put, err);
}

bool timestamp_records_find(StoreSession *session, void *context, Error *err)
{
    StampRow *row = context;
    CLEANUP(sql_end)
    SqlStatement find =
        sql_prepare(session, "SELECT received_at, stored_at, token FROM stamp WHERE serial = ?");
    sql_bind_bytes(&find, row->serial);
    if (!sql_next(&find)) {
        return sql_done(&find, err) &&
               error_set(err, ERROR_NOT_FOUND, "timestamp_authority.unknown_stamp", NULL,
                         "the archive holds no stamp of this serial number");
    }
    row->received_at = sql_time(&find);
    row->stored_at = sql_time(&find);
    row->token = sql_bytes(&find, row->arena);
    return sql_done(&find, err);
}
