// SPDX-License-Identifier: Apache-2.0
#include "base/store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/store/idempotency_schema.h"
#include "base/store/sql.h"
#include "base/store/writer.h"

// "ASNT", the application id in the file's header.
enum { STORE_APPLICATION_ID = 0x41534e54, STORE_FILE_MODE = 0600 };

struct Store {
    int lock_file;  // held while open
    char *path;
    StoreWriter *writer;
    pthread_mutex_t mutex;  // guards the pool
    StoreSession *pool;     // connections that nobody is reading with
};

static bool read_number(StoreSession *session, const char *sql, int64_t *ret, Error *err)
{
    CLEANUP(sql_end) SqlStatement statement = sql_prepare(session, sql);
    int64_t number = sql_next(&statement) ? sql_int(&statement) : 0;
    if (!sql_done(&statement, err)) {
        return false;
    }
    *ret = number;
    return true;
}

static bool run_script(StoreSession *session, const char *sql, Error *err)
{
    bool was_in_control = session->in_control;
    session->in_control = false;
    int result = sqlite3_exec(session->db, sql, NULL, NULL, NULL);
    session->in_control = was_in_control;
    return result == SQLITE_OK || session_fail(session, result, err);
}

// Our own SQL: when it is wrong, the schema is.
static bool run_schema(StoreSession *session, const char *sql, Error *err)
{
    if (run_script(session, sql, err)) {
        return true;
    }
    error_context(err, "schema");
    if (err != NULL && strcmp(err->code, "store.statement") == 0) {
        snprintf(err->code, sizeof err->code, "store.schema");
    }
    return false;
}

// Write down the version of the tables that are there now.
static bool finish_tables(StoreSession *session, const StoreOptions *options, Error *err)
{
    char pragmas[100];
    int64_t loose;
    snprintf(pragmas, sizeof pragmas, "PRAGMA user_version = %d", options->schema_version);
    if (!session_control(session, pragmas, err) ||
        !session_control(session, "PRAGMA application_id = 0x41534e54", err) ||
        !read_number(session,
                     "SELECT count(*) FROM pragma_table_list WHERE schema = 'main'"
                     " AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
                     &loose, err)) {
        return false;
    }
    return loose == 0 || error_set(err, ERROR_INTERNAL, "store.schema", NULL,
                                   "store: %d tables of the schema are not STRICT", (int)loose);
}

static bool make_tables(StoreSession *session, const StoreOptions *options, Error *err)
{
    return run_schema(session, idempotency_schema, err) &&
           run_schema(session, options->schema, err) && finish_tables(session, options, err);
}

// A file of an older version, step by step. Where a step is missing, nothing has been changed.
static bool migrate(StoreSession *session, const StoreOptions *options, int version, Error *err)
{
    for (int from = version; from < options->schema_version; from++) {
        if (options->migrations == NULL || options->migrations[from - 1] == NULL) {
            return error_set(err, ERROR_CONFLICT, "store.schema_older", NULL,
                             "store: the file has schema version %d, this program needs %d",
                             version, options->schema_version);
        }
    }
    for (int from = version; from < options->schema_version; from++) {
        if (!run_schema(session, options->migrations[from - 1], err)) {
            return error_context(err, "from version %d", from);
        }
    }
    int64_t broken;
    if (!read_number(session, "SELECT count(*) FROM pragma_foreign_key_check", &broken, err)) {
        return false;
    }
    if (broken > 0) {
        return error_set(err, ERROR_INTERNAL, "store.schema", NULL,
                         "store: %d references of the migrated tables lead nowhere", (int)broken);
    }
    return finish_tables(session, options, err);
}

static bool check_version(StoreSession *session, const StoreOptions *options, Error *err)
{
    int64_t application, version, objects;
    if (!read_number(session, "PRAGMA application_id", &application, err) ||
        !read_number(session, "PRAGMA user_version", &version, err) ||
        !read_number(session, "SELECT count(*) FROM sqlite_schema", &objects, err)) {
        return false;
    }
    if (application == 0 && version == 0 && objects == 0) {
        return make_tables(session, options, err);
    }
    if (application != STORE_APPLICATION_ID) {
        return error_set(err, ERROR_CONFLICT, "store.foreign", NULL,
                         "store: the file is a database of another program");
    }
    if (version > options->schema_version) {
        return error_set(err, ERROR_CONFLICT, "store.schema_newer", NULL,
                         "store: the file has schema version %d, this program knows %d",
                         (int)version, options->schema_version);
    }
    if (version < 1) {
        return error_set(err, ERROR_CONFLICT, "store.foreign", NULL,
                         "store: the file has no schema version");
    }
    return version == options->schema_version || migrate(session, options, (int)version, err);
}

// A migration may put another table in the place of one that others refer to; whether all
// references lead somewhere is looked at after it (migrate).
static bool set_up_schema(StoreSession *session, const StoreOptions *options, Error *err)
{
    session->in_control = true;
    bool ok = session_control(session, "PRAGMA foreign_keys = OFF", err) &&
              session_control(session, "BEGIN IMMEDIATE", err);
    if (ok) {
        ok = check_version(session, options, err) && session_control(session, "COMMIT", err);
        if (!ok && session_is_in_transaction(session)) {
            (void)!session_control(session, "ROLLBACK", NULL);
        }
    }
    ok = ok && session_control(session, "PRAGMA foreign_keys = ON", err);
    session->in_control = false;
    return ok;
}

// Let nobody else read the file from the first moment on: SQLite gives its log the same mode.
static bool make_file(const char *path, Error *err)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, STORE_FILE_MODE);
    if (file < 0) {
        return error_set(err, ERROR_INTERNAL, "store.open", NULL, "store: cannot open the file: %s",
                         strerrordesc_np(errno));
    }
    close(file);
    return true;
}

// One program at a time: what it remembers of the store would not be true for two. The lock lies
// beside the file, since closing any descriptor of the file itself would undo SQLite's locks.
static bool lock_file(const char *path, int *ret, Error *err)
{
    char name[PATH_MAX];
    int len = snprintf(name, sizeof name, "%s.lock", path);
    int file = len > 0 && (size_t)len < sizeof name
                   ? open(name, O_RDWR | O_CREAT | O_CLOEXEC, STORE_FILE_MODE)
                   : -1;
    if (file < 0) {
        return error_set(err, ERROR_INTERNAL, "store.open", NULL, "store: cannot make the lock: %s",
                         strerrordesc_np(errno));
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        close(file);
        return error_set(err, ERROR_CONFLICT, "store.locked", NULL,
                         "store: the file is in use by another program");
    }
    *ret = file;
    return true;
}

bool store_open(const StoreOptions *options, Store **ret, Error *err)
{
    assert(options->schema_version >= 1);
    CLEANUP(store_cleanup) Store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return error_memory(err);
    }
    store->lock_file = -1;
    pthread_mutex_init(&store->mutex, NULL);
    store->path = strdup(options->path);
    if (store->path == NULL) {
        return error_memory(err);
    }
    StoreSession *session = NULL;
    if (!lock_file(store->path, &store->lock_file, err) || !make_file(store->path, err) ||
        !session_open(store->path, SESSION_WRITE, &session, err)) {
        return false;
    }
    if (!set_up_schema(session, options, err)) {
        session_close(session);
        return false;
    }
    if (!store_writer_open(session, &store->writer, err)) {
        return false;
    }
    *ret = store;
    store = NULL;
    return true;
}

void store_close(Store *store)
{
    if (store == NULL) {
        return;
    }
    while (store->pool != NULL) {
        StoreSession *session = store->pool;
        store->pool = session->next;
        session_close(session);
    }
    // The last connection to close moves the log into the file.
    store_writer_close(store->writer);
    if (store->lock_file >= 0) {
        close(store->lock_file);
    }
    pthread_mutex_destroy(&store->mutex);
    free(store->path);
    free(store);
}

void store_cleanup(Store **store)
{
    store_close(*store);
    *store = NULL;
}

static bool borrow_session(Store *store, StoreSession **ret, Error *err)
{
    pthread_mutex_lock(&store->mutex);
    StoreSession *session = store->pool;
    if (session != NULL) {
        store->pool = session->next;
    }
    pthread_mutex_unlock(&store->mutex);
    if (session == NULL) {
        return session_open(store->path, SESSION_READ, ret, err);
    }
    *ret = session;
    return true;
}

static void return_session(Store *store, StoreSession *session)
{
    if (session_is_in_transaction(session)) {
        session_close(session);
        return;
    }
    pthread_mutex_lock(&store->mutex);
    session->next = store->pool;
    store->pool = session;
    pthread_mutex_unlock(&store->mutex);
}

bool store_read(Store *store, StoreFunction *function, void *context, Error *err)
{
    StoreSession *session;
    if (!borrow_session(store, &session, err)) {
        return false;
    }
    bool ok = session_control(session, "BEGIN", err);
    if (ok) {
        ok = function(session, context, err);
        assert(session->taken == 0);
        // Nothing was written, so this ends the snapshot and can lose nothing.
        (void)!session_control(session, "ROLLBACK", NULL);
    }
    return_session(store, session);
    return ok;
}

bool store_write(Store *store, StoreFunction *function, void *context, Error *err)
{
    assert(function != NULL);
    return store_writer_run(store->writer, function, context, err);
}

bool store_checkpoint(Store *store, Error *err)
{
    return store_writer_run(store->writer, NULL, NULL, err);
}

uint64_t store_generation(const Store *store)
{
    return store_writer_generation(store->writer);
}

StoreCounters store_counters(Store *store)
{
    return store_writer_counters(store->writer);
}
