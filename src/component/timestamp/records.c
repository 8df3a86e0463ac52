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
    if (!sql_run(&put, err)) {
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
