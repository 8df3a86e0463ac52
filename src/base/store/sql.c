// SPDX-License-Identifier: Apache-2.0
#include "base/store/sql.h"

#include <string.h>

#include "base/store/session.h"

SqlStatement sql_prepare(StoreSession *session, const char *sql)
{
    SqlStatement statement = {.session = session};
    statement.prepared = session_take(session, sql, &statement.failure);
    statement.failed = statement.prepared == NULL;
    return statement;
}

void sql_end(SqlStatement *statement)
{
    if (statement->prepared != NULL) {
        session_give_back(statement->session, statement->prepared);
        statement->prepared = NULL;
    }
    statement->has_row = false;
}

void sql_reset(SqlStatement *statement)
{
    if (statement->prepared != NULL) {
        sqlite3_reset(statement->prepared);
        sqlite3_clear_bindings(statement->prepared);
    }
    statement->parameter = 0;
    statement->column = 0;
    statement->has_row = false;
    statement->has_ended = false;
}

static void fail_use(SqlStatement *statement, const char *what)
{
    if (!statement->failed) {
        statement->failed = true;
        error_set(&statement->failure, ERROR_INTERNAL, "store.statement", NULL, "store: %s", what);
    }
}

// The result of a bind or step.
static bool take_result(SqlStatement *statement, int result)
{
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) {
        return true;
    }
    statement->failed = true;
    return session_fail(statement->session, result, &statement->failure);
}

void sql_bind_int(SqlStatement *statement, int64_t number)
{
    if (!statement->failed) {
        take_result(statement,
                    sqlite3_bind_int64(statement->prepared, ++statement->parameter, number));
    }
}

void sql_bind_bool(SqlStatement *statement, bool value)
{
    sql_bind_int(statement, value ? 1 : 0);
}

void sql_bind_time(SqlStatement *statement, Time time)
{
    sql_bind_int(statement, time);
}

void sql_bind_text(SqlStatement *statement, const char *text)
{
    if (text == NULL) {
        sql_bind_null(statement);
    } else if (!statement->failed) {
        take_result(statement, sqlite3_bind_text64(statement->prepared, ++statement->parameter,
                                                   text, strlen(text), SQLITE_STATIC, SQLITE_UTF8));
    }
}

void sql_bind_bytes(SqlStatement *statement, Bytes bytes)
{
    if (!statement->failed) {
        // A NULL pointer would bind SQL NULL.
        const void *data = bytes.data == NULL ? (const void *)"" : bytes.data;
        take_result(statement, sqlite3_bind_blob64(statement->prepared, ++statement->parameter,
                                                   data, bytes.len, SQLITE_STATIC));
    }
}

void sql_bind_null(SqlStatement *statement)
{
    if (!statement->failed) {
        take_result(statement, sqlite3_bind_null(statement->prepared, ++statement->parameter));
    }
}

bool sql_next(SqlStatement *statement)
{
    statement->has_row = false;
    // SQLite would run an ended statement once more.
    if (statement->failed || statement->has_ended) {
        return false;
    }
    if (statement->prepared == NULL) {
        fail_use(statement, "step after the end");
        return false;
    }
    if (statement->parameter != sqlite3_bind_parameter_count(statement->prepared)) {
        fail_use(statement, "not every parameter is bound");
        return false;
    }
    int result = sqlite3_step(statement->prepared);
    statement->column = 0;
    statement->has_row = take_result(statement, result) && result == SQLITE_ROW;
    statement->has_ended = !statement->has_row;
    return statement->has_row;
}

// Advance to the next column. False after a failure, or for an SQL NULL that may be.
static bool take_column(SqlStatement *statement, int type, bool may_be_null, int *ret_column)
{
    if (statement->failed) {
        return false;
    }
    if (!statement->has_row || statement->column >= sqlite3_data_count(statement->prepared)) {
        fail_use(statement, "read of a column that is not there");
        return false;
    }
    int column = statement->column++;
    int actual = sqlite3_column_type(statement->prepared, column);
    if (actual == SQLITE_NULL && may_be_null) {
        return false;
    }
    if (actual != type) {
        fail_use(statement, "a column is not of the type that is read");
        return false;
    }
    *ret_column = column;
    return true;
}

int64_t sql_int(SqlStatement *statement)
{
    int column;
    return take_column(statement, SQLITE_INTEGER, false, &column)
               ? sqlite3_column_int64(statement->prepared, column)
               : 0;
}

bool sql_bool(SqlStatement *statement)
{
    return sql_int(statement) != 0;
}

Time sql_time(SqlStatement *statement)
{
    return sql_int(statement);
}

int64_t sql_optional_int(SqlStatement *statement, int64_t otherwise)
{
    int column;
    if (take_column(statement, SQLITE_INTEGER, true, &column)) {
        return sqlite3_column_int64(statement->prepared, column);
    }
    return statement->failed ? 0 : otherwise;
}

// The bytes of a text or blob column, borrowed until the next step.
static Bytes column_bytes(SqlStatement *statement, int column)
{
    const void *data = sqlite3_column_blob(statement->prepared, column);
    int len = sqlite3_column_bytes(statement->prepared, column);
    if (data == NULL && sqlite3_errcode(statement->session->db) == SQLITE_NOMEM) {
        statement->failed = true;
        error_memory(&statement->failure);
    }
    return data == NULL ? BYTES_EMPTY : bytes_of(data, (size_t)len);
}

static const char *copy_text(SqlStatement *statement, Arena *arena, bool may_be_null)
{
    int column;
    if (!take_column(statement, SQLITE_TEXT, may_be_null, &column)) {
        return NULL;
    }
    Bytes bytes = column_bytes(statement, column);
    size_t zero;
    if (bytes_find(bytes, BYTES_LITERAL("\0"), 0, &zero)) {
        fail_use(statement, "a text contains U+0000");
    }
    const char *text = statement->failed ? NULL : arena_text(arena, bytes);
    if (text == NULL && !statement->failed) {
        statement->failed = true;
        error_memory(&statement->failure);
    }
    return text;
}

static Bytes copy_bytes(SqlStatement *statement, Arena *arena, bool may_be_null)
{
    int column;
    if (!take_column(statement, SQLITE_BLOB, may_be_null, &column)) {
        return BYTES_EMPTY;
    }
    Bytes bytes = column_bytes(statement, column);
    if (bytes.len == 0) {
        return BYTES_LITERAL("");  // not the empty view: the column is not SQL NULL
    }
    Bytes copy = arena_copy(arena, bytes);
    if (copy.data == NULL) {
        statement->failed = true;
        error_memory(&statement->failure);
    }
    return copy;
}

const char *sql_text(SqlStatement *statement, Arena *arena)
{
    const char *text = copy_text(statement, arena, false);
    return text == NULL ? "" : text;
}

const char *sql_optional_text(SqlStatement *statement, Arena *arena)
{
    return copy_text(statement, arena, true);
}

Bytes sql_bytes(SqlStatement *statement, Arena *arena)
{
    return copy_bytes(statement, arena, false);
}

Bytes sql_optional_bytes(SqlStatement *statement, Arena *arena)
{
    return copy_bytes(statement, arena, true);
}

void sql_fixed_bytes(SqlStatement *statement, uint8_t *ret, size_t len)
{
    int column;
    memset(ret, 0, len);
    if (!take_column(statement, SQLITE_BLOB, false, &column)) {
        return;
    }
    Bytes bytes = column_bytes(statement, column);
    if (bytes.len != len) {
        fail_use(statement, "a column is not of the length that is read");
    } else if (len > 0) {
        memcpy(ret, bytes.data, len);
    }
}

bool sql_done(SqlStatement *statement, Error *err)
{
    if (statement->failed && err != NULL) {
        *err = statement->failure;
    }
    return !statement->failed;
}

bool sql_run(SqlStatement *statement, Error *err)
{
    while (sql_next(statement)) {
    }
    return sql_done(statement, err);
}

bool sql_run_counted(SqlStatement *statement, int64_t *ret_changed, Error *err)
{
    if (!sql_run(statement, err)) {
        return false;
    }
    *ret_changed = sqlite3_changes64(statement->session->db);
    return true;
}
