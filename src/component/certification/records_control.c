// SPDX-License-Identifier: Apache-2.0
#include "component/certification/records_control.h"

#include <string.h>

#include "base/store/sql.h"

#define COLUMNS                                                                        \
    "control_id, action, subject, state, proposer, request_id, proposal, created_at, " \
    "expires_at, decider, answer, decided_at"

static void take_row(SqlStatement *row, Arena *arena, ControlRow *ret)
{
    ret->control_id = sql_text(row, arena);
    ret->action = sql_text(row, arena);
    ret->subject = sql_text(row, arena);
    ret->state = sql_text(row, arena);
    ret->proposer = sql_text(row, arena);
    ret->request_id = sql_text(row, arena);
    ret->proposal = sql_bytes(row, arena);
    ret->created_at = sql_time(row);
    ret->expires_at = sql_time(row);
    ret->decider = sql_text(row, arena);
    ret->answer = sql_bytes(row, arena);
    ret->decided_at = sql_time(row);
}

const char *control_state_at(const ControlRow *row, Time now)
{
    bool is_late = strcmp(row->state, "PENDING") == 0 && now >= row->expires_at;
    return is_late ? "EXPIRED" : row->state;
}

// --- one --------------------------------------------------------------------------------------

static bool run_insert(StoreSession *session, void *context, Error *err)
{
    const ControlRow *row = context;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session, "INSERT INTO control (" COLUMNS
                             ") VALUES (?, ?, ?, 'PENDING', ?, ?, ?, ?, ?, '', x'', 0)");
    sql_bind_text(&put, row->control_id);
    sql_bind_text(&put, row->action);
    sql_bind_text(&put, row->subject);
    sql_bind_text(&put, row->proposer);
    sql_bind_text(&put, row->request_id);
    sql_bind_bytes(&put, row->proposal);
    sql_bind_time(&put, row->created_at);
    sql_bind_time(&put, row->expires_at);
    return sql_run(&put, err);
}

bool control_record_insert(Store *store, const ControlRow *row, bool *ret_raced, Error *err)
{
    ControlRow copy = *row;
    Error failure = {0};
    bool inserted = store_write(store, run_insert, &copy, &failure);
    *ret_raced = !inserted && strcmp(failure.code, "store.duplicate") == 0;
    if (!inserted && !*ret_raced) {
        *err = failure;
        return false;
    }
    return true;
}

typedef struct {
    const char *control_id;  // NULL: look for proposer and request
    const char *proposer, *request_id;
    Arena *arena;
    ControlRow *ret;
} LookUp;

static bool run_look_up(StoreSession *session, void *context, Error *err)
{
    const LookUp *look_up = context;
    bool by_id = look_up->control_id != NULL;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session, by_id ? "SELECT " COLUMNS " FROM control WHERE control_id = ?"
                       : "SELECT " COLUMNS " FROM control WHERE proposer = ? AND request_id = ?");
    sql_bind_text(&row, by_id ? look_up->control_id : look_up->proposer);
    if (!by_id) {
        sql_bind_text(&row, look_up->request_id);
    }
    *look_up->ret = (ControlRow){0};
    if (sql_next(&row)) {
        take_row(&row, look_up->arena, look_up->ret);
    }
    return sql_done(&row, err);
}

bool control_record_get(Store *store, const char *control_id, Arena *arena, ControlRow *ret,
                        Error *err)
{
    LookUp look_up = {control_id, NULL, NULL, arena, ret};
    if (!store_read(store, run_look_up, &look_up, err)) {
        return false;
    }
    return ret->control_id != NULL ||
           error_set(err, ERROR_NOT_FOUND, "control.unknown", NULL, "there is no such proposal");
}

bool control_record_find_request(Store *store, const char *proposer, const char *request_id,
                                 Arena *arena, ControlRow *ret, Error *err)
{
    LookUp look_up = {NULL, proposer, request_id, arena, ret};
    return store_read(store, run_look_up, &look_up, err);
}

bool control_record_answer(StoreSession *session, const ControlRow *row, Error *err)
{
    int64_t changed = 0;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "UPDATE control SET state = ?1, decider = ?2, answer = ?3, decided_at = ?4"
                    " WHERE control_id = ?5 AND state = 'PENDING' AND expires_at > ?4");
    sql_bind_text(&put, row->state);
    sql_bind_text(&put, row->decider);
    sql_bind_bytes(&put, row->answer);
    sql_bind_time(&put, row->decided_at);
    sql_bind_text(&put, row->control_id);
    return sql_run_counted(&put, &changed, err) &&
           (changed == 1 ||
            error_set(err, ERROR_CONFLICT, "control.closed", "GB/T 22081-2016 9.2.3",
                      "the proposal has been answered, or its time is over"));
}

// --- all of them ------------------------------------------------------------------------------

typedef struct {
    const char *subject;
    Arena *arena;
    ControlRow *rows;
    size_t count;
} ControlList;

static bool run_list(StoreSession *session, void *context, Error *err)
{
    ControlList *list = context;
    bool is_about_one = list->subject != NULL;
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, is_about_one ? "SELECT " COLUMNS
                                            " FROM control WHERE subject = ?"
                                            " ORDER BY created_at, control_id LIMIT ?"
                                          : "SELECT " COLUMNS
                                            " FROM control"
                                            " ORDER BY created_at DESC, control_id DESC LIMIT ?");
    if (is_about_one) {
        sql_bind_text(&row, list->subject);
    }
    sql_bind_int(&row, CONTROL_LIST_MAX);
    while (list->count < CONTROL_LIST_MAX && sql_next(&row)) {
        take_row(&row, list->arena, &list->rows[list->count++]);
    }
    return sql_done(&row, err);
}

bool control_record_list(Store *store, const char *subject, Arena *arena, ControlRow **ret,
                         size_t *ret_count, Error *err)
{
    ControlList list = {subject, arena, arena_alloc(arena, CONTROL_LIST_MAX * sizeof **ret), 0};
    if (list.rows == NULL) {
        return error_memory(err);
    }
    if (!store_read(store, run_list, &list, err)) {
        return false;
    }
    *ret = list.rows;
    *ret_count = list.count;
    return true;
}
