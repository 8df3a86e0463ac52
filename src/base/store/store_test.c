// SPDX-License-Identifier: Apache-2.0
#include "base/store/store.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/store/sql.h"
#include "base/test/test.h"

static const char schema[] = "CREATE TABLE thing (id INTEGER PRIMARY KEY, data BLOB) STRICT;";

static const char *store_path(void)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/test.db", test_directory());
    return path;
}

static Store *store_new(void)
{
    Error err = {0};
    Store *store = NULL;
    CHECK_OK(store_open(&(StoreOptions){store_path(), schema, 3, NULL}, &store, &err));
    return store;
}

static bool insert(StoreSession *session, void *id, Error *err)
{
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, "INSERT INTO thing (id) VALUES (?)");
    sql_bind_int(&s, *(const int *)id);
    return sql_run(&s, err);
}

static bool insert_and_fail(StoreSession *session, void *id, Error *err)
{
    return insert(session, id, err) && error_set(err, ERROR_FORBIDDEN, "test.no", NULL, "no");
}

static bool insert_or_rollback(StoreSession *session, void *id, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "INSERT OR ROLLBACK INTO thing (id) VALUES (?)");
    sql_bind_int(&s, *(const int *)id);
    return sql_run(&s, err);
}

static bool count(StoreSession *session, void *ret, Error *err)
{
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, "SELECT count(*) FROM thing");
    CHECK(sql_next(&s));
    *(int64_t *)ret = sql_int(&s);
    return sql_done(&s, err);
}

static int64_t count_of(Store *store)
{
    Error err = {0};
    int64_t found = -1;
    CHECK_OK(store_read(store, count, &found, &err));
    return found;
}

TEST(what_was_written_is_there_after_reopening)
{
    Error err = {0};
    int id = 1;
    Store *store = store_new();
    CHECK_OK(store_write(store, insert, &id, &err));
    CHECK_INT(count_of(store), 1);
    store_close(store);
    store = store_new();
    CHECK_INT(count_of(store), 1);
    store_close(store);
}

TEST(a_store_is_for_its_owner_only)
{
    Store *store = store_new();
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
        char path[220];
        struct stat status;
        snprintf(path, sizeof path, "%s%s", store_path(), suffixes[i]);
        CHECK(stat(path, &status) == 0);
        CHECK_INT(status.st_mode & 0777, 0600);
    }
    store_close(store);
}

TEST(a_store_of_another_version_or_program_is_refused)
{
    Error err;
    Store *store = store_new();
    store_close(store);
    CHECK_FAILS_WITH(store_open(&(StoreOptions){store_path(), schema, 2, NULL}, &store, &err),
                     ERROR_CONFLICT, "store.schema_newer");
    CHECK_FAILS_WITH(store_open(&(StoreOptions){store_path(), schema, 4, NULL}, &store, &err),
                     ERROR_CONFLICT, "store.schema_older");
    char path[220];
    snprintf(path, sizeof path, "%s.foreign", store_path());
    sqlite3 *db;
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "CREATE TABLE t (a)", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
    CHECK_FAILS_WITH(store_open(&(StoreOptions){path, schema, 1, NULL}, &store, &err),
                     ERROR_CONFLICT, "store.foreign");
}

TEST(a_store_of_an_older_version_is_migrated_step_by_step_or_stays_as_it_is)
{
    static const char second[] = "ALTER TABLE thing ADD COLUMN note TEXT;";
    static const char third[] = "CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT;";
    static const char wrong[] = "CREATE TABLE another (id INTEGER PRIMARY KEY) STRICT; NONSENSE;";
    static const char *const steps[] = {second, third};
    static const char *const gap[] = {NULL, third};
    static const char *const broken[] = {second, wrong};
    Error err = {0};
    Store *store = NULL;
    int id = 7;
    int64_t found = 0;
    CHECK_OK(store_open(&(StoreOptions){store_path(), schema, 1, NULL}, &store, &err));
    CHECK_OK(store_write(store, insert, &id, &err));
    store_close(store);
    CHECK_FAILS_WITH(store_open(&(StoreOptions){store_path(), schema, 3, gap}, &store, &err),
                     ERROR_CONFLICT, "store.schema_older");
    CHECK_FAILS_WITH(store_open(&(StoreOptions){store_path(), schema, 3, broken}, &store, &err),
                     ERROR_INTERNAL, "store.schema");
    // Neither left anything behind: it is still of the first version.
    CHECK_OK(store_open(&(StoreOptions){store_path(), schema, 1, NULL}, &store, &err));
    store_close(store);
    CHECK_OK(store_open(&(StoreOptions){store_path(), schema, 3, steps}, &store, &err));
    CHECK_OK(store_read(store, count, &found, &err));
    CHECK_INT(found, 1);
    store_close(store);
    CHECK_FAILS_WITH(store_open(&(StoreOptions){store_path(), schema, 1, NULL}, &store, &err),
                     ERROR_CONFLICT, "store.schema_newer");
}

static bool refer_to_nothing(StoreSession *session, void *context, Error *err)
{
    (void)context;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session, "INSERT INTO part (thing) VALUES ('nothing')");
    return sql_run(&put, err);
}

TEST(a_migration_may_put_another_table_in_the_place_of_one_that_others_refer_to)
{
    static const char first[] =
        "CREATE TABLE thing (name TEXT PRIMARY KEY) STRICT;"
        "CREATE TABLE part (id INTEGER PRIMARY KEY,"
        " thing TEXT NOT NULL REFERENCES thing (name)) STRICT;"
        "INSERT INTO thing VALUES ('a'); INSERT INTO part VALUES (1, 'a');";
    static const char *const whole[] = {
        "CREATE TABLE thing_2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
        "INSERT INTO thing_2 (name) SELECT name FROM thing;"
        "DROP TABLE thing; ALTER TABLE thing_2 RENAME TO thing;"};
    static const char *const lossy[] = {
        "CREATE TABLE thing_2 (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
        "DROP TABLE thing; ALTER TABLE thing_2 RENAME TO thing;"};
    Error err = {0};
    Store *store = NULL;
    CHECK_OK(store_open(&(StoreOptions){store_path(), first, 1, NULL}, &store, &err));
    store_close(store);
    CHECK_FAILS_WITH(store_open(&(StoreOptions){store_path(), first, 2, lossy}, &store, &err),
                     ERROR_INTERNAL, "store.schema");
    CHECK_OK(store_open(&(StoreOptions){store_path(), first, 2, whole}, &store, &err));
    CHECK_FAILS_WITH(store_write(store, refer_to_nothing, NULL, &err), ERROR_CONFLICT,
                     "store.reference");
    store_close(store);
}

TEST(what_is_no_database_is_refused)
{
    Error err;
    Store *store;
    CHECK_FAILS_WITH(store_open(&(StoreOptions){test_directory(), schema, 1, NULL}, &store, &err),
                     ERROR_INTERNAL, "store.open");
    FILE *file = fopen(store_path(), "w");
    CHECK(file != NULL);
    for (int i = 0; i < 500; i++) {
        fputs("this is no database\n", file);
    }
    fclose(file);
    CHECK_FAILS_WITH(store_open(&(StoreOptions){store_path(), schema, 1, NULL}, &store, &err),
                     ERROR_INTERNAL, "store.corrupt");
}

TEST(a_schema_that_is_wrong_or_not_strict_leaves_nothing)
{
    static const char *const schemas[] = {
        "CREATE TABLE a (b INTEGER) STRICT; CREATE TABLE c (d INTEGER);", "CREATE NONSENSE;",
        "CREATE TABLE a (b INTEGER) STRICT; COMMIT;"};
    for (size_t i = 0; i < COUNT_OF(schemas); i++) {
        Error err;
        Store *store;
        CHECK_FAILS_WITH(
            store_open(&(StoreOptions){store_path(), schemas[i], 1, NULL}, &store, &err),
            ERROR_INTERNAL, "store.schema");
    }
    store_close(store_new());
}

TEST(a_failing_function_undoes_only_itself)
{
    Error err = {0};
    int one = 1, two = 2;
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_OK(store_write(store, insert, &one, &err));
    CHECK_FAILS_WITH(store_write(store, insert_and_fail, &two, &err), ERROR_FORBIDDEN, "test.no");
    CHECK_INT(count_of(store), 1);
    CHECK_OK(store_write(store, insert, &two, &err));
    CHECK_INT(count_of(store), 2);
}

TEST(the_generation_is_another_one_after_each_write)
{
    Error err = {0};
    int one = 1;
    CLEANUP(store_cleanup) Store *store = store_new();
    uint64_t before = store_generation(store);
    CHECK_INT(count_of(store), 0);
    CHECK(store_generation(store) == before);
    CHECK_OK(store_write(store, insert, &one, &err));
    CHECK(store_generation(store) != before);
}

TEST(a_read_cannot_write)
{
    Error err;
    int id = 1;
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_FAILS_WITH(store_read(store, insert, &id, &err), ERROR_INTERNAL, "store.statement");
    CHECK_INT(count_of(store), 0);
}

typedef struct {
    Store *store;
    int id;
} Nested;

static bool write_within(StoreSession *session, void *context, Error *err)
{
    (void)session;
    Nested *nested = context;
    return store_write(nested->store, insert, &nested->id, err);
}

TEST(a_write_within_a_write_is_refused)
{
    Error err;
    CLEANUP(store_cleanup) Store *store = store_new();
    Nested nested = {store, 1};
    CHECK_FAILS_WITH(store_write(store, write_within, &nested, &err), ERROR_INTERNAL,
                     "store.nested");
}

// Reads twice, with a write of somebody else in between.
static bool read_around_a_write(StoreSession *session, void *context, Error *err)
{
    Nested *nested = context;
    int64_t before = -1, after = -1;
    CHECK(count(session, &before, err));
    CHECK(store_write(nested->store, insert, &nested->id, err));
    CHECK(count(session, &after, err));
    CHECK_INT(after, before);
    return true;
}

TEST(a_read_sees_one_snapshot)
{
    Error err = {0};
    CLEANUP(store_cleanup) Store *store = store_new();
    Nested nested = {store, 1};
    CHECK_OK(store_read(store, read_around_a_write, &nested, &err));
    CHECK_INT(count_of(store), 1);
}

// One of several writers that are made to wait behind the first, and so form one group.
typedef struct {
    Store *store;
    StoreFunction *function;
    int id;
    bool ok;
    Error err;
    pthread_t thread;
} Writing;

static void *write_one(void *context)
{
    Writing *writing = context;
    writing->ok = store_write(writing->store, writing->function, &writing->id, &writing->err);
    return NULL;
}

typedef struct {
    Store *store;
    uint64_t count;
} Gate;

// Keeps the writer thread until `count` others wait.
static bool hold_until_others_wait(StoreSession *session, void *context, Error *err)
{
    (void)session, (void)err;
    const Gate *gate = context;
    while (store_counters(gate->store).waiting < gate->count) {
        sched_yield();
    }
    return true;
}

static void *hold(void *context)
{
    Error err;
    Gate *gate = context;
    return store_write(gate->store, hold_until_others_wait, gate, &err) ? gate : NULL;
}

// Write as one group, in the order of the array.
static void write_group(Store *store, Writing *writings, size_t size)
{
    Gate gate = {store, size};
    pthread_t holder;
    uint64_t groups = store_counters(store).groups;
    pthread_create(&holder, NULL, hold, &gate);
    while (store_counters(store).groups == groups) {
        sched_yield();
    }
    for (size_t i = 0; i < size; i++) {
        writings[i].store = store;
        pthread_create(&writings[i].thread, NULL, write_one, &writings[i]);
        while (i + 1 < size && store_counters(store).waiting <= i) {
            sched_yield();
        }
    }
    for (size_t i = 0; i < size; i++) {
        pthread_join(writings[i].thread, NULL);
    }
    pthread_join(holder, NULL);
    CHECK_INT(store_counters(store).groups, groups + 2);
}

TEST(waiting_writes_share_one_transaction)
{
    CLEANUP(store_cleanup) Store *store = store_new();
    Writing writings[20] = {0};
    for (size_t i = 0; i < COUNT_OF(writings); i++) {
        writings[i].function = insert;
        writings[i].id = (int)i;
    }
    write_group(store, writings, COUNT_OF(writings));
    for (size_t i = 0; i < COUNT_OF(writings); i++) {
        CHECK(writings[i].ok);
    }
    CHECK_INT(count_of(store), COUNT_OF(writings));
    CHECK_INT(store_counters(store).writes, COUNT_OF(writings) + 1);
}

TEST(a_failing_member_does_not_harm_its_group)
{
    CLEANUP(store_cleanup) Store *store = store_new();
    Writing writings[4] = {
        {.function = insert, .id = 1},
        {.function = insert_and_fail, .id = 2},
        {.function = insert, .id = 1},
        {.function = insert, .id = 3},
    };
    write_group(store, writings, COUNT_OF(writings));
    CHECK(writings[0].ok && !writings[1].ok && !writings[2].ok && writings[3].ok);
    CHECK_TEXT(writings[1].err.code, "test.no");
    CHECK_TEXT(writings[2].err.code, "store.duplicate");
    CHECK_INT(count_of(store), 2);
}

TEST(a_lost_transaction_fails_the_whole_group)
{
    CLEANUP(store_cleanup) Store *store = store_new();
    Writing writings[4] = {
        {.function = insert, .id = 1},
        {.function = insert_and_fail, .id = 2},
        {.function = insert_or_rollback, .id = 1},
        {.function = insert, .id = 3},
    };
    write_group(store, writings, COUNT_OF(writings));
    for (size_t i = 0; i < COUNT_OF(writings); i++) {
        CHECK(!writings[i].ok);
        CHECK_TEXT(writings[i].err.code, i == 2 ? "store.duplicate" : "store.group_lost");
        CHECK_INT(writings[i].err.kind, i == 2 ? ERROR_CONFLICT : ERROR_UNAVAILABLE);
    }
    CHECK_INT(count_of(store), 0);
    Error err = {0};
    CHECK_OK(store_write(store, insert, &writings[0].id, &err));
    CHECK_INT(count_of(store), 1);
}

static bool insert_large(StoreSession *session, void *context, Error *err)
{
    (void)context;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "INSERT INTO thing (data) VALUES (zeroblob(300000))");
    return sql_run(&s, err);
}

TEST(a_commit_that_cannot_be_written_fails_and_leaves_nothing)
{
    Error err = {0};
    int id = 1;
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_OK(store_write(store, insert, &id, &err));
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool ok = store_write(store, insert_large, NULL, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(!ok);
    CHECK_INT(err.kind, ERROR_INTERNAL);
    CHECK_TEXT(err.code, "store.io");
    CHECK_INT(count_of(store), 1);
    CHECK_OK(store_write(store, insert_large, NULL, &err));
    CHECK_INT(count_of(store), 2);
}

static off_t size_of(const char *suffix)
{
    char path[220];
    struct stat status;
    snprintf(path, sizeof path, "%s%s", store_path(), suffix);
    CHECK(stat(path, &status) == 0);
    return status.st_size;
}

static bool insert_secret(StoreSession *session, void *context, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "INSERT INTO thing (id, data) VALUES (1, ?)");
    sql_bind_bytes(&s, *(const Bytes *)context);
    return sql_run(&s, err);
}

static bool erase(StoreSession *session, void *context, Error *err)
{
    (void)context;
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, "DELETE FROM thing");
    return sql_run(&s, err);
}

static bool file_contains(const char *suffix, Bytes wanted)
{
    char path[220];
    static char content[1 << 20];
    snprintf(path, sizeof path, "%s%s", store_path(), suffix);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t len = fread(content, 1, sizeof content, file);
    fclose(file);
    size_t at;
    return bytes_find(bytes_of(content, len), wanted, 0, &at);
}

TEST(what_was_deleted_is_gone_from_the_files_after_a_checkpoint)
{
    Error err = {0};
    Bytes secret = BYTES_LITERAL("the key that is to be forgotten");
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_OK(store_write(store, insert_secret, &secret, &err));
    CHECK(file_contains("-wal", secret));
    CHECK_OK(store_checkpoint(store, &err));
    CHECK_INT(size_of("-wal"), 0);
    CHECK(file_contains("", secret));
    CHECK_OK(store_write(store, erase, NULL, &err));
    CHECK_OK(store_checkpoint(store, &err));
    CHECK(!file_contains("", secret));
    CHECK(!file_contains("-wal", secret));
}
