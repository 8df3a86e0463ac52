// SPDX-License-Identifier: Apache-2.0
#include "base/store/session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int result;  // extended result code, or primary for all of its kind
    ErrorKind kind;
    const char *code;
} SessionFailure;

static const SessionFailure session_failures[] = {
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERROR_CONFLICT, "store.duplicate"},
    {SQLITE_CONSTRAINT_UNIQUE, ERROR_CONFLICT, "store.duplicate"},
    {SQLITE_CONSTRAINT_ROWID, ERROR_CONFLICT, "store.duplicate"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, ERROR_CONFLICT, "store.reference"},
    {SQLITE_CONSTRAINT, ERROR_CONFLICT, "store.constraint"},
    {SQLITE_BUSY, ERROR_UNAVAILABLE, "store.busy"},
    {SQLITE_LOCKED, ERROR_UNAVAILABLE, "store.busy"},
    {SQLITE_TOOBIG, ERROR_LIMIT, "store.too_large"},
    {SQLITE_FULL, ERROR_INTERNAL, "store.full"},
    {SQLITE_IOERR, ERROR_INTERNAL, "store.io"},
    {SQLITE_CANTOPEN, ERROR_INTERNAL, "store.open"},
    {SQLITE_CORRUPT, ERROR_INTERNAL, "store.corrupt"},
    {SQLITE_NOTADB, ERROR_INTERNAL, "store.corrupt"},
};

bool session_fail(const StoreSession *session, int result, Error *err)
{
    int primary = result & 0xff;
    if (primary == SQLITE_NOMEM || result == SQLITE_IOERR_NOMEM) {
        return error_memory(err);
    }
    // SQLite's messages name tables, columns and SQL, never values of STRICT tables.
    const char *text = session == NULL ? sqlite3_errstr(result) : sqlite3_errmsg(session->db);
    for (size_t i = 0; i < COUNT_OF(session_failures); i++) {
        const SessionFailure *row = &session_failures[i];
        if (row->result == result || row->result == primary) {
            return error_set(err, row->kind, row->code, NULL, "store: %s (%d)", text, result);
        }
    }
    return error_set(err, ERROR_INTERNAL, "store.statement", NULL, "store: %s (%d)", text, result);
}

static int authorize(void *session, int action, const char *a, const char *b, const char *c,
                     const char *d)
{
    (void)a, (void)b, (void)c, (void)d;
    switch (action) {
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_PRAGMA:
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
        return ((const StoreSession *)session)->in_control ? SQLITE_OK : SQLITE_DENY;
    default:
        return SQLITE_OK;
    }
}

// A file system without shared memory keeps another journal and does not say so as a failure.
static bool set_up_log(StoreSession *session, Error *err)
{
    sqlite3_stmt *prepared = NULL;
    // Documents of a hundred kilobytes lie in these tables: larger pages mean fewer writes. Only a
    // new file takes the size.
    sqlite3_exec(session->db, "PRAGMA page_size = 8192", NULL, NULL, NULL);
    int result = sqlite3_prepare_v2(session->db, "PRAGMA journal_mode = WAL", -1, &prepared, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(prepared);
    }
    bool ok = result == SQLITE_ROW || session_fail(session, result, err);
    if (ok && strcmp((const char *)sqlite3_column_text(prepared, 0), "wal") != 0) {
        ok = error_set(err, ERROR_INTERNAL, "store.open", NULL,
                       "store: the file system does not support a write-ahead log");
    }
    sqlite3_finalize(prepared);
    return ok;
}

static bool set_up(StoreSession *session, SessionMode mode, Error *err)
{
    static const char *const pragmas[] = {
        "PRAGMA synchronous = FULL",   "PRAGMA foreign_keys = ON",
        "PRAGMA secure_delete = ON",   "PRAGMA trusted_schema = OFF",
        "PRAGMA cell_size_check = ON", "PRAGMA recursive_triggers = ON",
        "PRAGMA temp_store = MEMORY",
    };
    // A group that does not fit into the writer's cache is spilled: its pages are written twice.
    const char *cache =
        mode == SESSION_WRITE ? "PRAGMA cache_size = -16384" : "PRAGMA cache_size = -4096";
    sqlite3 *db = session->db;
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, SESSION_BUSY_TIMEOUT_MS);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (mode == SESSION_WRITE && !set_up_log(session, err)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(pragmas); i++) {
        int result = sqlite3_exec(db, pragmas[i], NULL, NULL, NULL);
        if (result != SQLITE_OK) {
            return session_fail(session, result, err);
        }
    }
    int result = sqlite3_exec(db, cache, NULL, NULL, NULL);
    if (result != SQLITE_OK) {
        return session_fail(session, result, err);
    }
    result = sqlite3_set_authorizer(db, authorize, session);
    return result == SQLITE_OK || session_fail(session, result, err);
}

// SQLite keeps account of its memory under one lock for all connections, whose threads then wait
// for each other at every allocation. Nobody asks for the account. Too late it changes nothing.
static void leave_memory_uncounted(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

bool session_open(const char *path, SessionMode mode, StoreSession **ret, Error *err)
{
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    (void)pthread_once(&configured, leave_memory_uncounted);
    StoreSession *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return error_memory(err);
    }
    // A reader may have to build the log's index, for which SQLite wants write access; the
    // transaction it runs in cannot write (query_only).
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;
    int result = sqlite3_open_v2(path, &session->db, flags, NULL);
    bool ok = result == SQLITE_OK || session_fail(NULL, result, err);
    ok = ok && set_up(session, mode, err);
    ok = ok && (mode == SESSION_WRITE || session_control(session, "PRAGMA query_only = ON", err));
    if (!ok) {
        session_close(session);
        return false;
    }
    *ret = session;
    return true;
}

void session_close(StoreSession *session)
{
    if (session == NULL) {
        return;
    }
    for (size_t i = 0; i < session->cached; i++) {
        sqlite3_finalize(session->cache[i].prepared);
    }
    sqlite3_close_v2(session->db);
    free(session);
}

bool session_control(StoreSession *session, const char *sql, Error *err)
{
    bool was_in_control = session->in_control;
    session->in_control = true;
    sqlite3_stmt *prepared = session_take(session, sql, err);
    bool ok = prepared != NULL;
    if (ok) {
        int result = sqlite3_step(prepared);
        ok = result == SQLITE_DONE || result == SQLITE_ROW || session_fail(session, result, err);
        session_give_back(session, prepared);
    }
    session->in_control = was_in_control;
    return ok;
}

bool session_is_in_transaction(const StoreSession *session)
{
    return sqlite3_get_autocommit(session->db) == 0;
}

static sqlite3_stmt *prepare(StoreSession *session, const char *sql, Error *err)
{
    sqlite3_stmt *prepared = NULL;
    const char *rest = NULL;
    int result =
        sqlite3_prepare_v3(session->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
    if (result != SQLITE_OK) {
        session_fail(session, result, err);
        return NULL;
    }
    if (prepared == NULL || rest[strspn(rest, " \t\r\n;")] != '\0') {
        sqlite3_finalize(prepared);
        error_set(err, ERROR_INTERNAL, "store.statement", NULL, "store: not one SQL statement");
        return NULL;
    }
    return prepared;
}

static bool fits(const StoreSession *session, const SessionStatement *entry, const char *sql)
{
    return !entry->is_taken && entry->is_control == session->in_control &&
           strcmp(sqlite3_sql(entry->prepared), sql) == 0;
}

static sqlite3_stmt *take(StoreSession *session, SessionStatement *entry)
{
    entry->is_taken = true;
    session->taken++;
    return entry->prepared;
}

sqlite3_stmt *session_take(StoreSession *session, const char *sql, Error *err)
{
    for (size_t i = 0; i < session->cached; i++) {
        SessionStatement *entry = &session->cache[i];
        // A place says where to look first, not what is there: only the text decides.
        if (entry->source == sql && fits(session, entry, sql)) {
            return take(session, entry);
        }
    }
    for (size_t i = 0; i < session->cached; i++) {
        if (fits(session, &session->cache[i], sql)) {
            return take(session, &session->cache[i]);
        }
    }
    sqlite3_stmt *prepared = prepare(session, sql, err);
    if (prepared == NULL) {
        return NULL;
    }
    session->taken++;
    if (session->cached < SESSION_CACHE_SIZE) {
        session->cache[session->cached++] =
            (SessionStatement){prepared, sql, true, session->in_control};
    }
    return prepared;
}

void session_give_back(StoreSession *session, sqlite3_stmt *prepared)
{
    session->taken--;
    sqlite3_reset(prepared);
    sqlite3_clear_bindings(prepared);
    for (size_t i = 0; i < session->cached; i++) {
        if (session->cache[i].prepared == prepared) {
            session->cache[i].is_taken = false;
            return;
        }
    }
    sqlite3_finalize(prepared);
}
