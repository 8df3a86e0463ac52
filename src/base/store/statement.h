// SPDX-License-Identifier: Apache-2.0
//
// Statement: one SQL statement of a session, in the manner of Reader: bind the parameters in
// order, step, take the columns in order, and check once.
//
//     CLEANUP(statement_end) Statement s = statement_of(session, "SELECT a, b FROM t WHERE c = ?");
//     statement_bind_text(&s, c);
//     while (statement_next(&s)) {
//         int64_t a = statement_int(&s);
//         const char *b = statement_text(&s, arena);
//     }
//     return statement_done(&s, err);
//
// The first failure is kept; later calls do nothing and return zero values. Failures by kind:
// ERROR_CONFLICT "store.duplicate" (primary key, unique), "store.reference" (foreign key),
// "store.constraint" (any other); ERROR_UNAVAILABLE "store.busy"; ERROR_LIMIT "store.too_large";
// ERROR_INTERNAL "store.full" (disk), "store.io", "store.corrupt", "store.statement" (wrong SQL,
// number of parameters or column type), "memory". No message holds a value of the data.
#ifndef ASSENT_BASE_STORE_STATEMENT_H
#define ASSENT_BASE_STORE_STATEMENT_H

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
} Statement;

// Prepare one statement, or take it from the session's cache. `sql` is a string literal: one
// statement, parameters written as ?.
Statement statement_of(StoreSession *session, const char *sql);
// Give it back to the cache. For CLEANUP; harmless when repeated.
void statement_end(Statement *statement);

// Bind the next parameter. Texts and bytes are borrowed until statement_end or statement_reset.
void statement_bind_int(Statement *statement, int64_t number);
void statement_bind_bool(Statement *statement, bool value);
void statement_bind_time(Statement *statement, Time time);
// NULL binds SQL NULL.
void statement_bind_text(Statement *statement, const char *text);
// Empty bytes bind an empty blob.
void statement_bind_bytes(Statement *statement, Bytes bytes);
void statement_bind_null(Statement *statement);

// Step to the next row. False at the end or after a failure.
bool statement_next(Statement *statement);
// Take the next column. SQL NULL is a failure except for the optional forms. Copies go to the
// arena.
int64_t statement_int(Statement *statement);
bool statement_bool(Statement *statement);
Time statement_time(Statement *statement);
// "" after a failure.
const char *statement_text(Statement *statement, Arena *arena);
Bytes statement_bytes(Statement *statement, Arena *arena);
// Exactly `len` bytes; zeros after a failure.
void statement_fixed_bytes(Statement *statement, uint8_t *ret, size_t len);
int64_t statement_optional_int(Statement *statement, int64_t otherwise);
// NULL, and bytes without data, for SQL NULL.
const char *statement_optional_text(Statement *statement, Arena *arena);
Bytes statement_optional_bytes(Statement *statement, Arena *arena);

// False, with the reason, when anything failed.
bool statement_done(Statement *statement, Error *err) MUST_CHECK;
// Step to the end, ignoring rows, and check: for statements that write.
bool statement_run(Statement *statement, Error *err) MUST_CHECK;
// statement_run, and the number of rows that it inserted, changed or deleted.
bool statement_run_counted(Statement *statement, int64_t *ret_changed, Error *err) MUST_CHECK;
// Make ready for other parameters. A failure stays.
void statement_reset(Statement *statement);

#endif
