// SPDX-License-Identifier: Apache-2.0
//
// A process that is killed at any moment has lost nothing that it acknowledged, and kept no half
// of anything.
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/store/sql.h"
#include "base/store/store.h"
#include "base/test/test.h"

enum { ROUNDS = 20, WRITER_THREADS = 4, MOST_ACKNOWLEDGED = 150, ROUND_IDS = 1000000 };

static const char schema[] =
    "CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT;"
    "CREATE TABLE half (id INTEGER PRIMARY KEY REFERENCES thing (id), data BLOB) STRICT;";

static Store *open_at(const char *path)
{
    Error err = {0};
    Store *store = NULL;
    CHECK_OK(store_open(&(StoreOptions){path, schema, 1, NULL}, &store, &err));
    return store;
}

static bool insert_both(StoreSession *session, void *context, Error *err)
{
    const int64_t *id = context;
    CLEANUP(sql_end) SqlStatement one = sql_prepare(session, "INSERT INTO thing VALUES (?)");
    sql_bind_int(&one, *id);
    if (!sql_run(&one, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement two = sql_prepare(session, "INSERT INTO half VALUES (?, zeroblob(500))");
    sql_bind_int(&two, *id);
    return sql_run(&two, err);
}

typedef struct {
    Store *store;
    atomic_llong next_id;
    int pipe;
} Child;

static void *write_and_acknowledge(void *context)
{
    Child *child = context;
    for (;;) {
        int64_t id = atomic_fetch_add(&child->next_id, 1);
        if (!store_write(child->store, insert_both, &id, NULL) ||
            write(child->pipe, &id, sizeof id) != (ssize_t)sizeof id) {
            _exit(1);
        }
    }
    return NULL;
}

static _Noreturn void run_child(const char *path, int64_t first_id, int pipe)
{
    Child child = {.pipe = pipe};
    Error err;
    atomic_init(&child.next_id, first_id);
    if (!store_open(&(StoreOptions){path, schema, 1, NULL}, &child.store, &err)) {
        _exit(1);
    }
    pthread_t threads[WRITER_THREADS];
    for (int i = 0; i < WRITER_THREADS; i++) {
        pthread_create(&threads[i], NULL, write_and_acknowledge, &child);
    }
    pthread_join(threads[0], NULL);
    _exit(1);
}

// Let a child write until it has acknowledged `enough`, kill it, and list all it acknowledged.
static size_t kill_child_after(const char *path, int64_t first_id, size_t enough, int64_t *ret)
{
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(ends[0]);
        run_child(path, first_id, ends[1]);
    }
    close(ends[1]);
    size_t acknowledged = 0;
    int64_t id;
    while (read(ends[0], &id, sizeof id) == (ssize_t)sizeof id) {
        ret[acknowledged++] = id;
        if (acknowledged == enough) {
            kill(child, SIGKILL);
        }
        CHECK(acknowledged < ROUND_IDS);
    }
    int status;
    close(ends[0]);
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    CHECK(acknowledged >= enough);
    return acknowledged;
}

static bool has_both(StoreSession *session, void *id, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT 1 FROM thing JOIN half USING (id) WHERE id = ?");
    sql_bind_int(&s, *(const int64_t *)id);
    bool found = sql_next(&s);
    return sql_done(&s, err) && (found || error_set(err, ERROR_NOT_FOUND, "test.lost", NULL,
                                                    "an acknowledged write is lost"));
}

static bool has_no_halves(StoreSession *session, void *context, Error *err)
{
    (void)context;
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT (SELECT count(*) FROM thing) - (SELECT count(*) FROM half)");
    CHECK(sql_next(&s));
    CHECK_INT(sql_int(&s), 0);
    return sql_done(&s, err);
}

TEST(no_acknowledged_write_is_lost_when_the_process_is_killed)
{
    char path[200];
    snprintf(path, sizeof path, "%s/crash.db", test_directory());
    int64_t *acknowledged = calloc(ROUND_IDS, sizeof *acknowledged);
    CHECK(acknowledged != NULL);
    uint32_t random = 12345;
    for (int round = 0; round < ROUNDS; round++) {
        random = random * 1664525 + 1013904223;
        size_t enough = 1 + (random >> 16) % MOST_ACKNOWLEDGED;
        size_t count = kill_child_after(path, (int64_t)round * ROUND_IDS, enough, acknowledged);
        Error err = {0};
        CLEANUP(store_cleanup) Store *store = open_at(path);
        for (size_t i = 0; i < count; i++) {
            CHECK_OK(store_read(store, has_both, &acknowledged[i], &err));
        }
        CHECK_OK(store_read(store, has_no_halves, NULL, &err));
    }
    free(acknowledged);
}
