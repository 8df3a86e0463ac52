// SPDX-License-Identifier: Apache-2.0
//
// Records of changes of status, and of what they replaced.
#include "base/store/sql.h"
#include "component/registration/records.h"

// --- changes of status ------------------------------------------------------------------------

typedef struct {
    const char *id;
    Arena *arena;
    StatusRow *ret;
} StatusLookUp;

static bool run_find_status(StoreSession *session, void *context, Error *err)
{
    const StatusLookUp *look_up = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session, "SELECT id, request_digest, updated_at FROM status_request WHERE id = ?");
    sql_bind_text(&row, look_up->id);
    *look_up->ret = (StatusRow){0};
    if (sql_next(&row)) {
        look_up->ret->id = sql_text(&row, look_up->arena);
        sql_fixed_bytes(&row, look_up->ret->request_digest.bytes, SM3_SIZE);
        look_up->ret->updated_at = sql_optional_int(&row, 0);
    }
    return sql_done(&row, err);
}

bool registration_record_find_status(Store *store, const char *id, Arena *arena, StatusRow *ret,
                                     Error *err)
{
    StatusLookUp look_up = {id, arena, ret};
    return store_read(store, run_find_status, &look_up, err);
}

static bool status_is_there(StoreSession *session, const StatusRow *row, bool *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found = sql_prepare(session, "SELECT 1 FROM status_request WHERE id = ?");
    sql_bind_text(&found, row->id);
    *ret = sql_next(&found);
    return sql_done(&found, err);
}

static bool run_insert_status(StoreSession *session, void *context, Error *err)
{
    const StatusRow *row = context;
    bool raced;
    if (!status_is_there(session, row, &raced, err) ||
        (!raced && row->decision_id != NULL &&
         !registration_record_check_decision(session, row->decision_id, NULL, err))) {
        return false;
    }
    if (raced) {
        return true;
    }
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO status_request (id, registration_id, request_digest, decision_id,"
                    " reason, request, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
    sql_bind_text(&put, row->id);
    sql_bind_text(&put, row->registration_id);
    sql_bind_bytes(&put, sm3_bytes(&row->request_digest));
    sql_bind_text(&put, row->decision_id);
    sql_bind_int(&put, row->reason);
    sql_bind_bytes(&put, row->request);
    sql_bind_time(&put, row->created_at);
    return sql_run(&put, err);
}

bool registration_record_insert_status(Store *store, const StatusRow *row, Error *err)
{
    StatusRow copy = *row;
    return store_write(store, run_insert_status, &copy, err);
}

typedef struct {
    const char *registration_id;
    int reason;
} LastStatus;

static bool run_last_status(StoreSession *session, void *context, Error *err)
{
    LastStatus *last = context;
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session,
                    "SELECT reason FROM status_request WHERE registration_id = ? AND updated_at IS"
                    " NOT NULL ORDER BY rowid DESC LIMIT 1");
    sql_bind_text(&row, last->registration_id);
    last->reason = sql_next(&row) ? (int)sql_int(&row) : -1;
    return sql_done(&row, err);
}

bool registration_record_last_status(Store *store, const char *registration_id, int *ret_reason,
                                     Error *err)
{
    LastStatus last = {registration_id, -1};
    if (!store_read(store, run_last_status, &last, err)) {
        return false;
    }
    *ret_reason = last.reason;
    return true;
}

static bool run_finish_status(StoreSession *session, void *context, Error *err)
{
    const StatusRow *row = context;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session, "UPDATE status_request SET updated_at = ? WHERE id = ?");
    sql_bind_time(&put, row->updated_at);
    sql_bind_text(&put, row->id);
    return sql_run(&put, err);
}

bool registration_record_finish_status(Store *store, const StatusRow *row, Error *err)
{
    StatusRow copy = *row;
    return store_write(store, run_finish_status, &copy, err);
}

// --- what was replaced ------------------------------------------------------------------------

typedef struct {
    const RegistrationRow *row;
    Arena *arena;
    ReplacedRow *rows;
    size_t count;
} ReplacedList;

static bool run_list_replaced(StoreSession *session, void *context, Error *err)
{
    ReplacedList *list = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session,
        "SELECT r.serial, min(s.updated_at) FROM registration mine JOIN registration r USING "
        "(decision_id) JOIN status_request s ON s.registration_id = r.registration_id WHERE "
        "mine.registration_id = ? AND r.rowid < mine.rowid AND s.updated_at IS NOT NULL AND "
        "s.reason NOT IN (6, 8) GROUP BY r.registration_id ORDER BY r.rowid LIMIT ?");
    sql_bind_text(&row, list->row->registration_id);
    sql_bind_int(&row, REGISTRATION_DECISION_MAX);
    while (list->count < REGISTRATION_DECISION_MAX && sql_next(&row)) {
        list->rows[list->count].serial = sql_text(&row, list->arena);
        list->rows[list->count++].revoked_at = sql_time(&row);
    }
    return sql_done(&row, err);
}

bool registration_record_list_replaced(Store *store, const RegistrationRow *row, Arena *arena,
                                       ReplacedRow *ret, size_t *ret_count, Error *err)
{
    ReplacedList list = {row, arena, ret, 0};
    if (!store_read(store, run_list_replaced, &list, err)) {
        return false;
    }
    *ret_count = list.count;
    return true;
}
