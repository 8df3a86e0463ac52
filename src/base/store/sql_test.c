// SPDX-License-Identifier: Apache-2.0
#include "base/store/sql.h"

#include <stdio.h>
#include <string.h>

#include "base/store/session.h"
#include "base/test/test.h"

static const char schema[] =
    "CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT;"
    "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE, data BLOB,"
    " size INTEGER CHECK (size < 100), parent INTEGER REFERENCES parent (id)) STRICT;";

static Store *store_new(void)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/test.db", test_directory());
    Error err = {0};
    Store *store = NULL;
    CHECK_OK(store_open(&(StoreOptions){path, schema, 1, NULL}, &store, &err));
    return store;
}

typedef struct {
    const char *sql;
    Arena *arena;
} Run;

static bool run_sql(StoreSession *session, void *context, Error *err)
{
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, ((Run *)context)->sql);
    return sql_run(&s, err);
}

static bool write_every_type(StoreSession *session, void *context, Error *err)
{
    (void)context;
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "INSERT INTO thing (id, name, data, size) VALUES (?, ?, ?, ?)");
    sql_bind_int(&s, INT64_MIN);
    sql_bind_text(&s, "\xe4\xb8\xad");
    sql_bind_bytes(&s, BYTES_LITERAL("\0\xff"));
    sql_bind_bool(&s, true);
    int64_t changed = 0;
    CHECK(sql_run_counted(&s, &changed, err));
    CHECK_INT(changed, 1);
    sql_reset(&s);
    sql_bind_time(&s, 7);
    sql_bind_text(&s, NULL);
    sql_bind_bytes(&s, BYTES_EMPTY);
    sql_bind_null(&s);
    return sql_run(&s, err);
}

static bool read_every_type(StoreSession *session, void *context, Error *err)
{
    Arena *arena = context;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT id, name, data, size FROM thing ORDER BY id");
    CHECK(sql_next(&s));
    CHECK(sql_int(&s) == INT64_MIN);
    CHECK_TEXT(sql_text(&s, arena), "\xe4\xb8\xad");
    uint8_t fixed[2];
    sql_fixed_bytes(&s, fixed, sizeof fixed);
    CHECK_BYTES(BYTES_OF_ARRAY(fixed), BYTES_LITERAL("\0\xff"));
    CHECK(sql_bool(&s));
    CHECK(sql_next(&s));
    CHECK_INT(sql_time(&s), 7);
    CHECK(sql_optional_text(&s, arena) == NULL);
    Bytes empty = sql_optional_bytes(&s, arena);
    CHECK(empty.len == 0 && empty.data != NULL);
    CHECK_INT(sql_optional_int(&s, 5), 5);
    CHECK(!sql_next(&s));
    CHECK(!sql_next(&s));
    return sql_done(&s, err);
}

TEST(every_type_is_read_as_it_was_bound)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_OK(store_write(store, write_every_type, NULL, &err));
    CHECK_OK(store_read(store, read_every_type, arena, &err));
}

TEST(each_broken_rule_has_its_kind_and_code)
{
    static const struct {
        const char *sql;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {"INSERT INTO thing (id, name) VALUES (1, 'b')", ERROR_CONFLICT, "store.duplicate"},
        {"INSERT INTO thing (id, name) VALUES (2, 'a')", ERROR_CONFLICT, "store.duplicate"},
        {"INSERT INTO thing (id, parent) VALUES (2, 9)", ERROR_CONFLICT, "store.reference"},
        {"INSERT INTO thing (id, size) VALUES (2, 100)", ERROR_CONFLICT, "store.constraint"},
        {"INSERT INTO thing (id, size) VALUES (2, 'x')", ERROR_CONFLICT, "store.constraint"},
        {"INSERT INTO nothing VALUES (1)", ERROR_INTERNAL, "store.statement"},
        {"INSERT INTO thing (id, name) VALUES (2, \"x\")", ERROR_INTERNAL, "store.statement"},
        {"SELECT 1; SELECT 2", ERROR_INTERNAL, "store.statement"},
        {"", ERROR_INTERNAL, "store.statement"},
        {"SELECT ?", ERROR_INTERNAL, "store.statement"},
        {"BEGIN", ERROR_INTERNAL, "store.statement"},
        {"COMMIT", ERROR_INTERNAL, "store.statement"},
        {"ROLLBACK", ERROR_INTERNAL, "store.statement"},
        {"RELEASE job", ERROR_INTERNAL, "store.statement"},
        {"PRAGMA synchronous = OFF", ERROR_INTERNAL, "store.statement"},
        {"ATTACH ':memory:' AS other", ERROR_INTERNAL, "store.statement"},
        {"INSERT INTO thing (id, data) VALUES (2, zeroblob(2000000000))", ERROR_LIMIT,
         "store.too_large"},
    };
    Error err = {0};
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_OK(store_write(store, run_sql, &(Run){"INSERT INTO thing (id, name) VALUES (1, 'a')", 0},
                         &err));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Run run = {cases[i].sql, NULL};
        CHECK_FAILS_WITH(store_write(store, run_sql, &run, &err), cases[i].kind, cases[i].code);
    }
    CHECK_OK(store_write(store, run_sql, &(Run){"INSERT INTO thing (id, name) VALUES (2, 'b')", 0},
                         &err));
}

TEST(a_failure_does_not_quote_the_data)
{
    static const char *const texts[] = {
        "INSERT INTO thing (id, size) VALUES (2, '999999199001010016')",
        "INSERT INTO thing (id, name) VALUES (2, '999999199001010016')"};
    Error err = {0};
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_OK(store_write(
        store, run_sql,
        &(Run){"INSERT INTO thing (id, name) VALUES (1, '999999199001010016')", NULL}, &err));
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Run run = {texts[i], NULL};
        CHECK_FAILS(store_write(store, run_sql, &run, &err), ERROR_CONFLICT);
        CHECK(strstr(err.text, "999999") == NULL);
    }
}

typedef enum { AS_INT, AS_TEXT, AS_BYTES, AS_FIXED, BEYOND, BEFORE, AFTER, LATE_BIND } Misuse;

static bool misuse(StoreSession *session, void *context, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT x FROM (SELECT 'a' AS x) WHERE 1 = ?");
    uint8_t fixed[3] = {1, 1, 1};
    sql_bind_int(&s, 1);
    if (*(Misuse *)context == BEFORE) {
        CHECK_TEXT(sql_text(&s, arena), "");
        return sql_done(&s, err);
    }
    CHECK(sql_next(&s));
    switch (*(Misuse *)context) {
    case AS_INT:
        CHECK_INT(sql_int(&s), 0);
        break;
    case AS_BYTES:
        CHECK_INT(sql_bytes(&s, arena).len, 0);
        break;
    case AS_FIXED:
        sql_fixed_bytes(&s, fixed, sizeof fixed);
        CHECK_BYTES(BYTES_OF_ARRAY(fixed), BYTES_LITERAL("\0\0\0"));
        break;
    case BEYOND:
        CHECK_TEXT(sql_text(&s, arena), "a");
        CHECK_TEXT(sql_text(&s, arena), "");
        break;
    case AFTER:
        CHECK(!sql_next(&s));
        CHECK_TEXT(sql_text(&s, arena), "");
        break;
    case LATE_BIND:
        sql_bind_int(&s, 1);
        break;
    default:
        CHECK_TEXT(sql_text(&s, arena), "a");
    }
    return sql_done(&s, err);
}

TEST(a_misread_row_fails_at_the_one_check)
{
    CLEANUP(store_cleanup) Store *store = store_new();
    for (Misuse use = AS_INT; use <= LATE_BIND; use++) {
        Error err = {0};
        if (use == AS_TEXT) {
            CHECK_OK(store_read(store, misuse, &use, &err));
        } else {
            CHECK_FAILS_WITH(store_read(store, misuse, &use, &err), ERROR_INTERNAL,
                             "store.statement");
        }
    }
}

static bool read_null(StoreSession *session, void *context, Error *err)
{
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, "SELECT NULL");
    CHECK(sql_next(&s));
    CHECK_TEXT(sql_text(&s, context), "");
    return sql_done(&s, err);
}

TEST(an_sql_null_is_no_value)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_FAILS_WITH(store_read(store, read_null, arena, &err), ERROR_INTERNAL, "store.statement");
}

static bool read_more_than_the_arena_holds(StoreSession *session, void *context, Error *err)
{
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, "SELECT zeroblob(5000)");
    CHECK(sql_next(&s));
    CHECK_INT(sql_bytes(&s, context).len, 0);
    return sql_done(&s, err);
}

TEST(an_exhausted_arena_fails_the_statement)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(1000);
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_FAILS(store_read(store, read_more_than_the_arena_holds, arena, &err), ERROR_INTERNAL);
}

// The same statement twice at a time, and more statements than the cache holds.
static bool use_many(StoreSession *session, void *context, Error *err)
{
    (void)context;
    CLEANUP(sql_end) SqlStatement outer = sql_prepare(session, "SELECT 1 UNION SELECT 2");
    int64_t sum = 0;
    while (sql_next(&outer)) {
        CLEANUP(sql_end) SqlStatement inner = sql_prepare(session, "SELECT 1 UNION SELECT 2");
        while (sql_next(&inner)) {
            sum += sql_int(&inner);
        }
        sum += 10 * sql_int(&outer);
    }
    CHECK_INT(sum, 36);
    for (int i = 0; i < 2 * SESSION_CACHE_SIZE; i++) {
        char sql[40];
        snprintf(sql, sizeof sql, "SELECT %d", i % (SESSION_CACHE_SIZE + 50));
        CLEANUP(sql_end) SqlStatement s = sql_prepare(session, sql);
        CHECK(sql_next(&s));
        CHECK_INT(sql_int(&s), i % (SESSION_CACHE_SIZE + 50));
    }
    return sql_done(&outer, err);
}

TEST(statements_are_reused_and_not_mixed_up)
{
    Error err = {0};
    CLEANUP(store_cleanup) Store *store = store_new();
    CHECK_OK(store_read(store, use_many, NULL, &err));
    CHECK_OK(store_read(store, use_many, NULL, &err));
}

TEST(a_full_disk_is_an_internal_error)
{
    Error err = {0};
    char path[200];
    store_close(store_new());
    StoreSession *session = NULL;
    snprintf(path, sizeof path, "%s/test.db", test_directory());
    CHECK_OK(session_open(path, SESSION_WRITE, &session, &err));
    CHECK_OK(session_control(session, "PRAGMA max_page_count = 20", &err));
    Run run = {"INSERT INTO thing (data) VALUES (zeroblob(200000))", NULL};
    CHECK_FAILS_WITH(run_sql(session, &run, &err), ERROR_INTERNAL, "store.full");
    session_close(session);
}
