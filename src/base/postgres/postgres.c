// SPDX-License-Identifier: Apache-2.0
#include "base/postgres/postgres.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/postgres/postgres_library.h"

struct Postgres {
    LibpqLibrary library;
    char *text;  // connection string
    LibpqConnection *connection;
    pid_t process;  // whose connection it is
    bool warned;    // during the present statement
    bool ending;    // the server said good-bye meanwhile
};

// --- connecting -------------------------------------------------------------------------------

static void hang_up(Postgres *postgres)
{
    // A child must not say good-bye on the socket that it shares with its parent.
    if (postgres->connection != NULL && postgres->process == getpid()) {
        postgres->library.finish(postgres->connection);
    }
    postgres->connection = NULL;
}

// The server ends the connection (57P), cannot reach a part of itself (08), or has become a
// standby (25006): what happened to the statement, and where to go on, only connecting anew tells.
static bool ends_connection(const char *state)
{
    return strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0 ||
           strcmp(state, "25006") == 0;
}

// Notices are dropped (libpq would print them); a warning counts.
static void take_notice(void *state, const LibpqResult *notice)
{
    Postgres *postgres = state;
    const char *severity = postgres->library.result_field(notice, LIBPQ_FIELD_SEVERITY);
    const char *code = postgres->library.result_field(notice, LIBPQ_FIELD_SQLSTATE);
    postgres->warned = postgres->warned || severity == NULL || strcmp(severity, "WARNING") == 0;
    // One that is shut down at once says so in a warning, also behind an answer.
    postgres->ending = postgres->ending || (code != NULL && ends_connection(code));
}

static bool unreachable(const Postgres *postgres, Error *err)
{
    const char *message = postgres->library.error_message(postgres->connection);
    return error_set(err, ERROR_UNAVAILABLE, "postgres.connect", NULL,
                     "the database does not answer: %.*s", (int)strcspn(message, "\n"), message);
}

// What is answered must be durable, whatever the role's or the database's defaults are; stronger
// ones stay.
static bool set_up(Postgres *postgres, Error *err)
{
    static const char sql[] =
        "SELECT set_config('client_min_messages', 'warning', false),"
        " set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
        "  WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),"
        " set_config('default_transaction_isolation', 'read committed', false),"
        " set_config('statement_timeout', '60s', false)"
        " WHERE current_setting('fsync') = 'on'";
    LibpqResult *result = postgres->library.run(postgres->connection, sql);
    bool ok = result != NULL && postgres->library.result_status(result) == LIBPQ_TUPLES_OK;
    bool is_durable = ok && postgres->library.row_count(result) == 1;
    if (!ok) {
        (void)unreachable(postgres, err);
    } else if (!is_durable) {
        (void)error_set(err, ERROR_INPUT, "postgres.fsync", NULL,
                        "the database server runs with fsync off: it would lose what it answered");
    }
    postgres->library.clear(result);
    return is_durable;
}

static bool connect_now(Postgres *postgres, Error *err)
{
    // Later ones win: dbname holds the whole connection string.
    static const char *const keywords[] = {"sslmode",
                                           "connect_timeout",
                                           "tcp_user_timeout",
                                           "client_encoding",
                                           "application_name",
                                           "dbname",
                                           NULL};
    const char *const values[] = {"verify-full",  "5", "15000", "UTF8", "assent",
                                  postgres->text, NULL};
    postgres->process = getpid();
    postgres->ending = false;
    postgres->connection = postgres->library.connect(keywords, values, 1);
    if (postgres->connection == NULL) {
        return error_memory(err);
    }
    bool ok = postgres->library.status(postgres->connection) == LIBPQ_CONNECTION_OK ||
              unreachable(postgres, err);
    if (ok) {
        postgres->library.set_notice_receiver(postgres->connection, take_notice, postgres);
        ok = set_up(postgres, err);
    }
    if (!ok) {
        hang_up(postgres);
    }
    return ok;
}

static bool be_connected(Postgres *postgres, Error *err)
{
    if (postgres->connection == NULL) {
        return connect_now(postgres, err);
    }
    return postgres->process == getpid() ||
           error_set(err, ERROR_CONFLICT, "postgres.forked", NULL,
                     "the database connection belongs to another process");
}

// --- opening ----------------------------------------------------------------------------------

static bool check_connection(const LibpqLibrary *library, const char *text, Error *err)
{
    char *message = NULL;
    LibpqOption *options = library->parse_options(text, &message);
    if (options == NULL) {
        // The message may quote the string.
        library->free_memory(message);
        return error_set(err, ERROR_INPUT, "postgres.connection", NULL,
                         "this is no connection string of PostgreSQL");
    }
    bool has_password = false;
    for (const LibpqOption *option = options; option->keyword != NULL; option++) {
        has_password =
            has_password || (strcmp(option->keyword, "password") == 0 && option->value != NULL);
    }
    library->free_options(options);
    return !has_password || error_set(err, ERROR_INPUT, "postgres.password", NULL,
                                      "the connection string holds a password: name a file with "
                                      "it as passfile or PGPASSFILE");
}

bool postgres_open(const char *connection, Postgres **ret, Error *err)
{
    CLEANUP(postgres_cleanup) Postgres *postgres = calloc(1, sizeof *postgres);
    if (postgres == NULL) {
        return error_memory(err);
    }
    postgres->text = strdup(connection);
    if (postgres->text == NULL) {
        return error_memory(err);
    }
    if (!libpq_library_open(&postgres->library, err) ||
        !check_connection(&postgres->library, connection, err)) {
        return false;
    }
    *ret = postgres;
    postgres = NULL;
    return true;
}

void postgres_close(Postgres *postgres)
{
    if (postgres == NULL) {
        return;
    }
    hang_up(postgres);
    libpq_library_close(&postgres->library);
    free(postgres->text);
    free(postgres);
}

void postgres_cleanup(Postgres **postgres)
{
    postgres_close(*postgres);
    *postgres = NULL;
}

// --- statements -------------------------------------------------------------------------------

void postgres_answer_free(PostgresAnswer *answer)
{
    if (answer->result != NULL) {
        answer->postgres->library.clear(answer->result);
    }
    *answer = (PostgresAnswer){NULL, NULL, 0, 0};
}

bool postgres_is_null(const PostgresAnswer *answer, size_t row, size_t column)
{
    return row >= answer->rows ||
           answer->postgres->library.value_is_null(answer->result, (int)row, (int)column) != 0;
}

Bytes postgres_value(const PostgresAnswer *answer, size_t row, size_t column)
{
    const LibpqLibrary *library = &answer->postgres->library;
    if (postgres_is_null(answer, row, column)) {
        return BYTES_EMPTY;
    }
    return bytes_of(library->value(answer->result, (int)row, (int)column),
                    (size_t)library->value_len(answer->result, (int)row, (int)column));
}

static bool lost(Postgres *postgres, Error *err)
{
    hang_up(postgres);
    return error_set(err, ERROR_UNAVAILABLE, "postgres.lost", NULL,
                     "the connection to the database was lost during a statement");
}

static bool failed(Postgres *postgres, const LibpqResult *result, Error *err)
{
    const LibpqLibrary *library = &postgres->library;
    const char *state = library->result_field(result, LIBPQ_FIELD_SQLSTATE);
    const char *message = library->result_field(result, LIBPQ_FIELD_MESSAGE);
    if (state == NULL || ends_connection(state) ||
        library->status(postgres->connection) != LIBPQ_CONNECTION_OK) {
        return lost(postgres, err);
    }
    if (strcmp(state, "23505") == 0) {
        return error_set(err, ERROR_CONFLICT, "postgres.exists", NULL, "the key is there already");
    }
    return error_set(err, ERROR_UNAVAILABLE, "postgres.refused", NULL,
                     "the database refuses a statement: %.150s (SQLSTATE %.5s)",
                     message == NULL ? "" : message, state);
}

// Take the result over, or clear it.
static bool take_result(Postgres *postgres, LibpqResult *result, PostgresAnswer *ret, Error *err)
{
    const LibpqLibrary *library = &postgres->library;
    if (result == NULL) {
        return lost(postgres, err);
    }
    int status = library->result_status(result);
    bool ok = status == LIBPQ_COMMAND_OK || status == LIBPQ_TUPLES_OK;
    if (!ok) {
        (void)failed(postgres, result, err);
    } else if (postgres->ending) {
        ok = lost(postgres, err);
    } else if (postgres->warned) {
        ok = error_set(err, ERROR_UNAVAILABLE, "postgres.warning", NULL,
                       "the database warns that a statement has not all of its effect");
    }
    if (!ok) {
        library->clear(result);
        return false;
    }
    *ret = (PostgresAnswer){postgres, result, (size_t)library->row_count(result),
                            (size_t)strtoull(library->changed_rows(result), NULL, 10)};
    return true;
}

bool postgres_run(Postgres *postgres, const char *sql, const Bytes *parameters, size_t count,
                  PostgresAnswer *ret, Error *err)
{
    const char *values[POSTGRES_PARAMETERS_MAX];
    int lengths[POSTGRES_PARAMETERS_MAX], formats[POSTGRES_PARAMETERS_MAX];
    if (!be_connected(postgres, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (i == POSTGRES_PARAMETERS_MAX || parameters[i].len > INT_MAX / 2) {
            return error_set(err, ERROR_LIMIT, "postgres.parameters", NULL,
                             "a statement has too many or too large parameters");
        }
        // NULL would be no value at all.
        values[i] = parameters[i].len == 0 ? "" : (const char *)parameters[i].data;
        lengths[i] = (int)parameters[i].len;
        formats[i] = 1;
    }
    postgres->warned = false;
    LibpqResult *result = postgres->library.run_with(postgres->connection, sql, (int)count, NULL,
                                                     values, lengths, formats, 1);
    return take_result(postgres, result, ret, err);
}

bool postgres_run_script(Postgres *postgres, const char *sql, Error *err)
{
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    if (!be_connected(postgres, err)) {
        return false;
    }
    postgres->warned = false;
    return take_result(postgres, postgres->library.run(postgres->connection, sql), &answer, err);
}

bool postgres_is_lost(const Error *err)
{
    return strcmp(err->code, "postgres.lost") == 0 || strcmp(err->code, "postgres.connect") == 0;
}
