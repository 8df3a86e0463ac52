// SPDX-License-Identifier: Apache-2.0
//
// Within the store module: one SQLite connection with its prepared statements.
#ifndef ASSENT_BASE_STORE_SESSION_H
#define ASSENT_BASE_STORE_SESSION_H

#include <sqlite3.h>
#include <stddef.h>

#include "base/store/store.h"

enum { SESSION_CACHE_SIZE = 128, SESSION_BUSY_TIMEOUT_MS = 5000 };

typedef struct {
    sqlite3_stmt *prepared;
    const void *source;  // where the text lay that it was prepared of: nearly always a literal
    bool is_taken;
    bool is_control;  // prepared with leave to control, so not for others
} SessionStatement;

struct StoreSession {
    sqlite3 *db;
    // Transactions and pragmas are ours to use: the authorizer refuses them while this is false.
    bool in_control;
    SessionStatement cache[SESSION_CACHE_SIZE];
    size_t cached;
    size_t taken;        // statements in use, cached or not
    StoreSession *next;  // in the pool
};

typedef enum { SESSION_READ, SESSION_WRITE } SessionMode;

// Open a connection; SESSION_WRITE sets up the write-ahead log. One thread at a time.
bool session_open(const char *path, SessionMode mode, StoreSession **ret, Error *err) MUST_CHECK;
void session_close(StoreSession *session);

// Run one of our own statements that gives no rows.
bool session_control(StoreSession *session, const char *sql, Error *err) MUST_CHECK;
bool session_is_in_transaction(const StoreSession *session);

// Take a statement from the cache or prepare it. NULL on failure, which is then in `err`.
sqlite3_stmt *session_take(StoreSession *session, const char *sql, Error *err) MUST_CHECK;
void session_give_back(StoreSession *session, sqlite3_stmt *prepared);

// Record a failed result code and return false.
bool session_fail(const StoreSession *session, int result, Error *err);

#endif
