// SPDX-License-Identifier: Apache-2.0
#include "base/postgres/postgres.h"

#include "base/postgres/postgres_library.h"
#include "base/test/test.h"

#include "base/postgres/postgres_fixture.h"

static void need_library(void)
{
    Error err = {0};
    LibpqLibrary library;
    if (!libpq_library_open(&library, &err)) {
        CHECK(err.kind == ERROR_NOT_FOUND);
        test_skip("libpq is not installed (tools/setup test)");
    }
    libpq_library_close(&library);
}

TEST(a_connection_string_with_a_password_or_of_another_kind_is_refused_without_repeating_it)
{
    need_library();
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"host=db.example.cn password=hidden", "postgres.password"},
        {"postgresql://assent:hidden@db.example.cn/assent", "postgres.password"},
        {"postgresql://db.example.cn/assent?password=hidden", "postgres.password"},
        {"hidden", "postgres.connection"},
        {"host=db.example.cn hidden=1", "postgres.connection"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        Postgres *postgres = NULL;
        CHECK_FAILS_WITH(postgres_open(cases[i].text, &postgres, &err), ERROR_INPUT, cases[i].code);
        CHECK(strstr(err.text, "hidden") == NULL);
    }
}

TEST(a_database_that_is_not_there_is_unavailable_and_nothing_was_asked)
{
    need_library();
    Error err = {0};
    char connection[128];
    CLEANUP(postgres_cleanup) Postgres *postgres = NULL;
    PostgresAnswer answer;
    snprintf(connection, sizeof connection, "host=%s dbname=assent", test_directory());
    CHECK_OK(postgres_open(connection, &postgres, &err));
    CHECK_FAILS_WITH(postgres_run(postgres, "SELECT 1", NULL, 0, &answer, &err), ERROR_UNAVAILABLE,
                     "postgres.connect");
    CHECK(postgres_is_lost(&err));
}

static void check_refusals(const char *connection)
{
    Error err = {0};
    CLEANUP(postgres_cleanup) Postgres *postgres = NULL;
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    CHECK_OK(postgres_open(connection, &postgres, &err));
    CHECK_OK(postgres_run_script(
        postgres, "CREATE TABLE one (id text PRIMARY KEY); INSERT INTO one VALUES ('a')", &err));
    const Bytes id = BYTES_LITERAL("a");
    CHECK_FAILS_WITH(
        postgres_run(postgres, "INSERT INTO one VALUES ($1::text)", &id, 1, &answer, &err),
        ERROR_CONFLICT, "postgres.exists");
    CHECK_FAILS_WITH(postgres_run(postgres, "SELECT nothing", NULL, 0, &answer, &err),
                     ERROR_UNAVAILABLE, "postgres.refused");
    CHECK(!postgres_is_lost(&err));
    CHECK_FAILS_WITH(postgres_run(postgres, "DO $$BEGIN RAISE WARNING 'no standby'; END$$", NULL, 0,
                                  &answer, &err),
                     ERROR_UNAVAILABLE, "postgres.warning");
    CHECK_FAILS_WITH(postgres_run(postgres, "SELECT pg_terminate_backend(pg_backend_pid())", NULL,
                                  0, &answer, &err),
                     ERROR_UNAVAILABLE, "postgres.lost");
    CHECK_OK(
        postgres_run(postgres, "SELECT id FROM one WHERE id = $1::text", &id, 1, &answer, &err));
    CHECK_BYTES(postgres_value(&answer, 0, 0), BYTES_LITERAL("a"));
    CHECK(postgres_value(&answer, 1, 0).len == 0);
}

// In a forked child: the connection is the parent's, and stays usable there.
static void check_fork(const char *connection)
{
    Error err = {0};
    CLEANUP(postgres_cleanup) Postgres *postgres = NULL;
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    CHECK_OK(postgres_open(connection, &postgres, &err));
    CHECK_OK(postgres_run(postgres, "SELECT 1", NULL, 0, &answer, &err));
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        bool ok = postgres_run(postgres, "SELECT 1", NULL, 0, &answer, &err);
        postgres_close(postgres);
        _exit(!ok && strcmp(err.code, "postgres.forked") == 0 ? 0 : 1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    postgres_answer_free(&answer);
    CHECK_OK(postgres_run(postgres, "SELECT 1", NULL, 0, &answer, &err));
}

TEST(a_server_says_what_became_of_a_statement_and_one_that_forgets_is_refused)
{
    DatabaseServer server = {"", "", 0};
    server_make(&server);
    check_refusals(server.connection);
    check_fork(server.connection);
    server_kill(&server, SIGQUIT);
    server_start(&server, "-F");
    Error err = {0};
    Postgres *postgres = NULL;
    PostgresAnswer answer;
    CHECK_OK(postgres_open(server.connection, &postgres, &err));
    CHECK_FAILS_WITH(postgres_run(postgres, "SELECT 1", NULL, 0, &answer, &err), ERROR_INPUT,
                     "postgres.fsync");
    postgres_close(postgres);
    server_end(&server);
}
