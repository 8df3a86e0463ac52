// SPDX-License-Identifier: Apache-2.0
//
// A connection to a PostgreSQL database (or one that speaks its protocol, such as Citus). One
// thread at a time. Statements are single ones, each its own transaction, durable when answered.
#ifndef ASSENT_BASE_POSTGRES_POSTGRES_H
#define ASSENT_BASE_POSTGRES_POSTGRES_H

#include <stdint.h>

#include "base/core/bytes.h"
#include "base/core/error.h"

typedef struct Postgres Postgres;

// Name a database by a connection string or URI of libpq; nobody is asked yet. What the string does
// not say: sslmode is verify-full (a Unix socket has no TLS), connect_timeout 5 seconds, and a
// connection that does not acknowledge for 15 seconds is lost.
//
// Fails with ERROR_INPUT "postgres.connection" (not such a string), "postgres.password" (it holds a
// password, which belongs into PGPASSFILE, PGPASSWORD or a client key); and as libpq_library_open.
bool postgres_open(const char *connection, Postgres **ret, Error *err) MUST_CHECK;
// In a forked child this leaves the parent's connection alone. NULL is harmless.
void postgres_close(Postgres *postgres);
void postgres_cleanup(Postgres **postgres);

// What a statement answered; freed by postgres_answer_free.
typedef struct {
    const Postgres *postgres;
    void *result;
    size_t rows;     // returned
    size_t changed;  // by the statement itself
} PostgresAnswer;

void postgres_answer_free(PostgresAnswer *answer);
// A value in PostgreSQL's binary form (text and bytea: as they are; int8: 8 bytes); empty when null
// or outside of the answer. Valid until the answer is freed.
Bytes postgres_value(const PostgresAnswer *answer, size_t row, size_t column);
bool postgres_is_null(const PostgresAnswer *answer, size_t row, size_t column);

enum { POSTGRES_PARAMETERS_MAX = 8 };

// Run one statement with parameters $1, $2 ... in binary form, whose types it says by casts.
// Connects when there is no connection. Nothing is repeated.
//
// Fails with ERROR_UNAVAILABLE "postgres.connect" (nobody was asked anything), "postgres.lost"
// (whether the statement took effect is unknown; the next call connects anew), "postgres.warning"
// (it took effect, but the server warns, for example that no standby has it), "postgres.refused"
// (no effect; the text has SQLSTATE); ERROR_CONFLICT "postgres.exists" (a key is there already),
// "postgres.forked" (in a child of the process that opened it); ERROR_INPUT "postgres.fsync" (the
// server does not wait for its disk).
bool postgres_run(Postgres *postgres, const char *sql, const Bytes *parameters, size_t count,
                  PostgresAnswer *ret, Error *err) MUST_CHECK;
// Run several statements as one transaction. Fails as postgres_run does.
bool postgres_run_script(Postgres *postgres, const char *sql, Error *err) MUST_CHECK;

// True when repeating a statement that is harmless to repeat makes sense.
bool postgres_is_lost(const Error *err);

#endif
