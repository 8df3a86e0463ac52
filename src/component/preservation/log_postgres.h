// SPDX-License-Identifier: Apache-2.0
//
// LogStorage in a PostgreSQL database, for a log that has to outlive the machine that writes it.
// Instances on several machines may open the same log: one of them gets ahead, and the others are
// refused until they open it anew.
#ifndef ASSENT_COMPONENT_PRESERVATION_LOG_POSTGRES_H
#define ASSENT_COMPONENT_PRESERVATION_LOG_POSTGRES_H

#include "base/secret/random.h"
#include "domain/evidence/evidence_log.h"

typedef struct {
    const char *connection;  // of libpq, without a password; see base/postgres/postgres.h
    const char *origin;      // which of the database's logs
    Random random;
    // A lost connection is made anew, and what was asked is asked again, for so long; 0 means five
    // seconds. No answer rests on a guess: a commit whose fate is unknown then is a failure.
    unsigned patience_ms;
} LogPostgresConfig;

typedef struct LogPostgres LogPostgres;

// Name the place; the strings are copied. The tables are created at loading when they are missing.
//
// Fails as postgres_open does. Its storage fails as evidence_log.h says, with ERROR_CONFLICT
// "log_postgres.overtaken", ERROR_LIMIT "log_postgres.full", ERROR_NOT_FOUND
// "log_postgres.missing", ERROR_UNTRUSTED "log_postgres.damaged" (records are gone), and as
// postgres_run does.
bool log_postgres_open(const LogPostgresConfig *config, LogPostgres **ret, Error *err) MUST_CHECK;
void log_postgres_close(LogPostgres *log);
void log_postgres_cleanup(LogPostgres **log);
// For EvidenceLogConfig; valid until log_postgres_close.
LogStorage log_postgres_storage(LogPostgres *log);

#endif
