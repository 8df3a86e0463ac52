// SPDX-License-Identifier: Apache-2.0
#include "base/store/statement.h"

#include <string.h>

#include "base/store/session.h"

Statement statement_of(StoreSession *session, const char *sql)
{
    Statement statement = {.session = session};
    statement.prepared = session_take(session, sql, &statement.failure);
    statement.failed = statement.prepared == NULL;
    return statement;
}

void statement_end(Statement *statement)
{
    if (statement->prepared != NULL) {
        session_give_back(statement->session, statement->prepared);
        statement->prepared = NULL;
    }
    statement->has_row = false;
}

void statement_reset(Statement *statement)
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

static void fail_use(Statement *statement, const char *what)
{
    if (!statement->failed) {
        statement->failed = true;
        error_set(&statement->failure, ERROR_INTERNAL, "store.statement", NULL, "store: %s", what);
    }
}

// The result of a bind or step.
static bool take_result(Statement *statement, int result)
{
    if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) {
        return true;
    }
    statement->failed = true;
    return session_fail(statement->session, result, &statement->failure);
}

void statement_bind_int(Statement *statement, int64_t number)
{
    if (!statement->failed) {
        take_result(statement,
                    sqlite3_bind_int64(statement->prepared, ++statement->parameter, number));
    }
}

void statement_bind_bool(Statement *statement, bool value)
{
    statement_bind_int(statement, value ? 1 : 0);
}

void statement_bind_time(Statement *statement, Time time)
{
    statement_bind_int(statement, time);
}

void statement_bind_text(Statement *statement, const char *text)
{
    if (text == NULL) {
        statement_bind_null(statement);
    } else if (!statement->failed) {
        take_result(statement, sqlite3_bind_text64(statement->prepared, ++statement->parameter,
                                                   text, strlen(text), SQLITE_STATIC, SQLITE_UTF8));
    }
}

void statement_bind_bytes(Statement *statement, Bytes bytes)
{
    if (!statement->failed) {
        // A NULL pointer would bind SQL NULL.
        const void *data = bytes.data == NULL ? (const void *)"" : bytes.data;
        take_result(statement, sqlite3_bind_blob64(statement->prepared, ++statement->parameter,
                                                   data, bytes.len, SQLITE_STATIC));
    }
}

void statement_bind_null(Statement *statement)
{
    if (!statement->failed) {
        take_result(statement, sqlite3_bind_null(statement->prepared, ++statement->parameter));
    }
}

bool statement_next(Statement *statement)
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
static bool take_column(Statement *statement, int type, bool may_be_null, int *ret_column)
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

int64_t statement_int(Statement *statement)
{
    int column;
    return take_column(statement, SQLITE_INTEGER, false, &column)
               ? sqlite3_column_int64(statement->prepared, column)
               : 0;
}

bool statement_bool(Statement *statement)
{
    return statement_int(statement) != 0;
}

Time statement_time(Statement *statement)
{
    return statement_int(statement);
}

int64_t statement_optional_int(Statement *statement, int64_t otherwise)
{
    int column;
    if (take_column(statement, SQLITE_INTEGER, true, &column)) {
        return sqlite3_column_int64(statement->prepared, column);
    }
    return statement->failed ? 0 : otherwise;
}

// The bytes of a text or blob column, borrowed until the next step.
static Bytes column_bytes(Statement *statement, int column)
{
    const void *data = sqlite3_column_blob(statement->prepared, column);
    int len = sqlite3_column_bytes(statement->prepared, column);
    if (data == NULL && sqlite3_errcode(statement->session->db) == SQLITE_NOMEM) {
        statement->failed = true;
        error_memory(&statement->failure);
    }
    return data == NULL ? BYTES_EMPTY : bytes_of(data, (size_t)len);
}

static const char *copy_text(Statement *statement, Arena *arena, bool may_be_null)
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

static Bytes copy_bytes(Statement *statement, Arena *arena, bool may_be_null)
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

const char *statement_text(Statement *statement, Arena *arena)
{
    const char *text = copy_text(statement, arena, false);
    return text == NULL ? "" : text;
}

const char *statement_optional_text(Statement *statement, Arena *arena)
{
    return copy_text(statement, arena, true);
}

Bytes statement_bytes(Statement *statement, Arena *arena)
{
    return copy_bytes(statement, arena, false);
}

Bytes statement_optional_bytes(Statement *statement, Arena *arena)
{
    return copy_bytes(statement, arena, true);
}

void statement_fixed_bytes(Statement *statement, uint8_t *ret, size_t len)
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

bool statement_done(Statement *statement, Error *err)
{
    if (statement->failed && err != NULL) {
        *err = statement->failure;
    }
    return !statement->failed;
}

bool statement_run(Statement *statement, Error *err)
{
    while (statement_next(statement)) {
    }
    return statement_done(statement, err);
}

bool statement_run_counted(Statement *statement, int64_t *ret_changed, Error *err)
{
    if (!statement_run(statement, err)) {
        return false;
    }
    *ret_changed = sqlite3_changes64(statement->session->db);
    return true;
}
