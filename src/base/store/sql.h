// SPDX-License-Identifier: Apache-2.0
//
// SqlStatement: one SQL statement of a session, in the manner of Reader: bind the parameters in
// order, step, take the columns in order, and check once.
//
//     CLEANUP(sql_end) SqlStatement s = sql_prepare(session, "SELECT a, b FROM t WHERE c = ?");
//     sql_bind_text(&s, c);
//     while (sql_next(&s)) {
//         int64_t a = sql_int(&s);
//         const char *b = sql_text(&s, arena);
//     }
//     return sql_done(&s, err);
//
// The first failure is kept; later calls do nothing and return zero values. Failures by kind:
// ERROR_CONFLICT "store.duplicate" (primary key, unique), "store.reference" (foreign key),
// "store.constraint" (any other); ERROR_UNAVAILABLE "store.busy"; ERROR_LIMIT "store.too_large";
// ERROR_INTERNAL "store.full" (disk), "store.io", "store.corrupt", "store.statement" (wrong SQL,
// number of parameters or column type), "memory". No message holds a value of the data.
#ifndef ASSENT_BASE_STORE_SQL_H
#define ASSENT_BASE_STORE_SQL_H

#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/store/store.h"

typedef struct {
    StoreSession *session;
    void *prepared;
    int parameter;  // bound so far
    int column;     // taken of the present row
    bool has_row;
    bool has_ended;
    bool failed;
    Error failure;
} SqlStatement;

// Prepare one statement, or take it from the session's cache. `sql` is a string literal: one
// statement, parameters written as ?.
SqlStatement sql_prepare(StoreSession *session, const char *sql);
// Give it back to the cache. For CLEANUP; harmless when repeated.
void sql_end(SqlStatement *statement);

// Bind the next parameter. Texts and bytes are borrowed until sql_end or sql_reset.
void sql_bind_int(SqlStatement *statement, int64_t number);
void sql_bind_bool(SqlStatement *statement, bool value);
void sql_bind_time(SqlStatement *statement, Time time);
// NULL binds SQL NULL.
void sql_bind_text(SqlStatement *statement, const char *text);
// Empty bytes bind an empty blob.
void sql_bind_bytes(SqlStatement *statement, Bytes bytes);
void sql_bind_null(SqlStatement *statement);

// Step to the next row. False at the end or after a failure.
bool sql_next(SqlStatement *statement);
// Take the next column. SQL NULL is a failure except for the optional forms. Copies go to the
// arena.
int64_t sql_int(SqlStatement *statement);
bool sql_bool(SqlStatement *statement);
Time sql_time(SqlStatement *statement);
// "" after a failure.
const char *sql_text(SqlStatement *statement, Arena *arena);
Bytes sql_bytes(SqlStatement *statement, Arena *arena);
// Exactly `len` bytes; zeros after a failure.
void sql_fixed_bytes(SqlStatement *statement, uint8_t *ret, size_t len);
int64_t sql_optional_int(SqlStatement *statement, int64_t otherwise);
// NULL, and bytes without data, for SQL NULL.
const char *sql_optional_text(SqlStatement *statement, Arena *arena);
Bytes sql_optional_bytes(SqlStatement *statement, Arena *arena);

// False, with the reason, when anything failed.
bool sql_done(SqlStatement *statement, Error *err) MUST_CHECK;
// Step to the end, ignoring rows, and check: for statements that write.
bool sql_run(SqlStatement *statement, Error *err) MUST_CHECK;
// sql_run, and the number of rows that it inserted, changed or deleted.
bool sql_run_counted(SqlStatement *statement, int64_t *ret_changed, Error *err) MUST_CHECK;
// Make ready for other parameters. A failure stays.
void sql_reset(SqlStatement *statement);

#endif
