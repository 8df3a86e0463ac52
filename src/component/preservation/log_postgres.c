// SPDX-License-Identifier: Apache-2.0
//
// Every step is one statement, and so a transaction of its own that ends by itself whatever becomes
// of us: nobody who stops holds a lock. A step that moves the log on names the random head it was
// told or drew last, and draws a new one, so it takes effect once, in one history: it may be asked
// again when its answer got lost, also of a server that took over and lacks the latest.
#include "component/preservation/log_postgres.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/postgres/postgres.h"
#include "component/preservation/embedded.h"

enum {
    HEAD_SIZE = 16,
    ROOM_BYTES = 16 * 1024 * 1024,  // of the records since a snapshot
    PATIENCE_MS = 5000,
    PAUSE_MS = 100,
};

// A connection with the lock of its users.
typedef struct {
    pthread_mutex_t mutex;
    Postgres *postgres;
} Line;

struct LogPostgres {
    char *origin;
    Random random;
    unsigned patience_ms;
    Line writing;
    Line reading;  // so that readers do not wait for commits
    uint8_t head[HEAD_SIZE];
    size_t used_bytes;
};

typedef struct {
    uint8_t bytes[8];
} Number;

static Number number_of(uint64_t value)
{
    Number number;
    for (unsigned i = 0; i < sizeof number.bytes; i++) {
        number.bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    }
    return number;
}

static uint64_t number_at(const PostgresAnswer *answer, size_t row, size_t column)
{
    Reader reader = reader_of(postgres_value(answer, row, column));
    return reader_u64_be(&reader);
}

static bool overtaken(const LogPostgres *log, Error *err)
{
    return error_set(err, ERROR_CONFLICT, "log_postgres.overtaken", NULL,
                     "another instance went on with the log %s", log->origin);
}

// --- asking -----------------------------------------------------------------------------------

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

typedef struct {
    const char *sql;
    const Bytes *parameters;
    size_t count;
} Question;

// Ask what may be asked again, until there is an answer or patience ends. *ret_repeated says that
// an earlier try may have taken effect; NULL: it does not matter.
static bool ask(const LogPostgres *log, Line *line, Question question, bool *ret_repeated,
                PostgresAnswer *ret, Error *err)
{
    uint64_t begun = now_ms();
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    for (;;) {
        Error why = {0};
        pthread_mutex_lock(&line->mutex);
        bool ok = postgres_run(line->postgres, question.sql, question.parameters, question.count,
                               ret, &why);
        pthread_mutex_unlock(&line->mutex);
        if (ok) {
            return true;
        }
        if (!postgres_is_lost(&why) || now_ms() - begun >= log->patience_ms) {
            *err = why;
            return false;
        }
        if (ret_repeated != NULL) {
            *ret_repeated = true;
        }
        nanosleep(&pause, NULL);
    }
}

// --- loading ----------------------------------------------------------------------------------

static bool create_tables(const LogPostgres *log, Line *line, Error *err)
{
    static const char sql[] =
        "SELECT 1 WHERE to_regclass('assent_log') IS NOT NULL AND"
        " to_regclass('assent_log_record') IS NOT NULL AND"
        " to_regclass('assent_log_file') IS NOT NULL";
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    if (!ask(log, line, (Question){sql, NULL, 0}, NULL, &answer, err)) {
        return false;
    }
    return answer.rows == 1 ||
           postgres_run_script(line->postgres, (const char *)embedded_data_log_postgres_sql, err);
}

// Make the row of a log that is new. Whoever is first.
static bool begin(const LogPostgres *log, Line *line, Error *err)
{
    static const char sql[] =
        "INSERT INTO assent_log (origin, begins, sequence, size, head)"
        " VALUES ($1::text, 1, 0, 0, $2::bytea) ON CONFLICT (origin) DO NOTHING";
    uint8_t head[HEAD_SIZE];
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    if (!random_fill(log->random, head, sizeof head, err)) {
        return false;
    }
    const Bytes parameters[] = {bytes_of_text(log->origin), BYTES_OF_ARRAY(head)};
    return ask(log, line, (Question){sql, parameters, COUNT_OF(parameters)}, NULL, &answer, err);
}

// The row and the records as of one moment: one row for each record, or one without any.
static bool ask_records(const LogPostgres *log, Line *line, PostgresAnswer *ret, Error *err)
{
    static const char sql[] =
        "SELECT l.head, l.begins, l.sequence, r.sequence, r.content FROM assent_log l"
        " LEFT JOIN assent_log_record r ON r.origin = l.origin"
        " WHERE l.origin = $1::text ORDER BY r.sequence";
    const Bytes origin = bytes_of_text(log->origin);
    return ask(log, line, (Question){sql, &origin, 1}, NULL, ret, err);
}

static bool check_records(const LogPostgres *log, const PostgresAnswer *answer, Error *err)
{
    uint64_t begins = number_at(answer, 0, 1), end = number_at(answer, 0, 2) + 1;
    size_t count = postgres_is_null(answer, 0, 3) ? 0 : answer->rows;
    bool whole =
        answer->rows > 0 && postgres_value(answer, 0, 0).len == HEAD_SIZE && end - begins == count;
    for (size_t i = 0; whole && i < count; i++) {
        whole = number_at(answer, i, 3) == begins + i;
    }
    return whole || error_set(err, ERROR_UNTRUSTED, "log_postgres.damaged", NULL,
                              "the database lacks records of the log %s", log->origin);
}

static bool load(void *state, LogReplay *replay, void *replay_state, Error *err)
{
    LogPostgres *log = state;
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    if (!create_tables(log, &log->writing, err) || !ask_records(log, &log->writing, &answer, err)) {
        return false;
    }
    if (answer.rows == 0) {
        postgres_answer_free(&answer);
        if (!begin(log, &log->writing, err) || !ask_records(log, &log->writing, &answer, err)) {
            return false;
        }
    }
    if (!check_records(log, &answer, err)) {
        return false;
    }
    memcpy(log->head, postgres_value(&answer, 0, 0).data, HEAD_SIZE);
    log->used_bytes = 0;
    for (size_t i = 0; i < answer.rows && !postgres_is_null(&answer, i, 3); i++) {
        Bytes record = postgres_value(&answer, i, 4);
        log->used_bytes += record.len;
        if (!replay(replay_state, record, err)) {
            return false;
        }
    }
    return true;
}

// --- moving on --------------------------------------------------------------------------------

// Whether the log is at this head; durably so when it is: answering waits for all that was before.
static bool is_at(const LogPostgres *log, Line *line, Bytes head, bool *ret, Error *err)
{
    static const char sql[] =
        "UPDATE assent_log SET head = head WHERE origin = $1::text AND head = $2::bytea";
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    const Bytes parameters[] = {bytes_of_text(log->origin), head};
    if (!ask(log, line, (Question){sql, parameters, COUNT_OF(parameters)}, NULL, &answer, err)) {
        return false;
    }
    *ret = answer.changed == 1;
    return true;
}

// Run a statement that goes from the present head, $2, to a new one, $3.
static bool move(LogPostgres *log, const char *sql, const Number *numbers, size_t number_count,
                 Bytes record, Error *err)
{
    uint8_t head[HEAD_SIZE];
    bool repeated = false, moved = false;
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    if (!random_fill(log->random, head, sizeof head, err)) {
        return false;
    }
    Bytes parameters[6] = {bytes_of_text(log->origin), BYTES_OF_ARRAY(log->head),
                           BYTES_OF_ARRAY(head), record};
    for (size_t i = 0; i < number_count; i++) {
        parameters[4 + i] = BYTES_OF_ARRAY(numbers[i].bytes);
    }
    if (!ask(log, &log->writing, (Question){sql, parameters, 4 + number_count}, &repeated, &answer,
             err)) {
        return strcmp(err->code, "postgres.exists") == 0 ? overtaken(log, err) : false;
    }
    moved = answer.changed == 1;
    if (!moved && repeated && !is_at(log, &log->writing, BYTES_OF_ARRAY(head), &moved, err)) {
        return false;
    }
    if (!moved) {
        return overtaken(log, err);
    }
    memcpy(log->head, head, sizeof head);
    return true;
}

static bool commit(void *state, uint64_t expected_size, uint64_t new_size, Bytes record, Error *err)
{
    static const char sql[] =
        "WITH grown AS (UPDATE assent_log SET head = $3::bytea, sequence = sequence + 1,"
        " size = $6::int8 WHERE origin = $1::text AND head = $2::bytea AND size = $5::int8"
        " RETURNING sequence)"
        " INSERT INTO assent_log_record (origin, sequence, content)"
        " SELECT $1::text, sequence, $4::bytea FROM grown";
    LogPostgres *log = state;
    const Number sizes[] = {number_of(expected_size), number_of(new_size)};
    if (record.len > ROOM_BYTES - log->used_bytes) {
        return error_set(err, ERROR_LIMIT, "log_postgres.full", NULL,
                         "the log has many records since its last snapshot");
    }
    if (!move(log, sql, sizes, COUNT_OF(sizes), record, err)) {
        return false;
    }
    log->used_bytes += record.len;
    return true;
}

static bool snapshot(void *state, uint64_t size, Bytes record, Error *err)
{
    static const char sql[] =
        "WITH grown AS (UPDATE assent_log SET head = $3::bytea, sequence = sequence + 1,"
        " begins = sequence + 1, size = $5::int8 WHERE origin = $1::text AND head = $2::bytea"
        " RETURNING sequence),"
        " dropped AS (DELETE FROM assent_log_record r USING grown"
        " WHERE r.origin = $1::text AND r.sequence < grown.sequence)"
        " INSERT INTO assent_log_record (origin, sequence, content)"
        " SELECT $1::text, sequence, $4::bytea FROM grown";
    LogPostgres *log = state;
    const Number number = number_of(size);
    if (!move(log, sql, &number, 1, record, err)) {
        return false;
    }
    log->used_bytes = record.len;
    return true;
}

// --- files ------------------------------------------------------------------------------------

static bool read(void *state, const char *path, Writer *ret, Error *err)
{
    static const char sql[] =
        "SELECT content FROM assent_log_file WHERE origin = $1::text AND path = $2::text";
    LogPostgres *log = state;
    const Bytes parameters[] = {bytes_of_text(log->origin), bytes_of_text(path)};
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    if (!ask(log, &log->reading, (Question){sql, parameters, COUNT_OF(parameters)}, NULL, &answer,
             err)) {
        return false;
    }
    if (answer.rows == 0) {
        return error_set(err, ERROR_NOT_FOUND, "log_postgres.missing", NULL,
                         "the log has no file %s", path);
    }
    writer_put(ret, postgres_value(&answer, 0, 0));
    return ret->failed ? error_memory(err) : true;
}

// A tile has one content for each path, whoever writes it; when it is there, nothing is written.
static bool write_tile(LogPostgres *log, const char *path, Bytes content, Error *err)
{
    static const char sql[] =
        "INSERT INTO assent_log_file AS f (origin, path, content)"
        " VALUES ($1::text, $2::text, $3::bytea)"
        " ON CONFLICT (origin, path) DO UPDATE SET content = excluded.content"
        " WHERE f.content <> excluded.content";
    const Bytes parameters[] = {bytes_of_text(log->origin), bytes_of_text(path), content};
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    return ask(log, &log->writing, (Question){sql, parameters, COUNT_OF(parameters)}, NULL, &answer,
               err);
}

// The checkpoint: an instance that was overtaken must not put back an older one.
static bool write_checkpoint(LogPostgres *log, const char *path, Bytes content, Error *err)
{
    static const char sql[] =
        "WITH held AS (SELECT origin FROM assent_log WHERE origin = $1::text AND head = $4::bytea"
        " FOR UPDATE)"
        " INSERT INTO assent_log_file (origin, path, content)"
        " SELECT $1::text, $2::text, $3::bytea FROM held"
        " ON CONFLICT (origin, path) DO UPDATE SET content = excluded.content";
    const Bytes parameters[] = {bytes_of_text(log->origin), bytes_of_text(path), content,
                                BYTES_OF_ARRAY(log->head)};
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    if (!ask(log, &log->writing, (Question){sql, parameters, COUNT_OF(parameters)}, NULL, &answer,
             err)) {
        return false;
    }
    return answer.changed == 1 || overtaken(log, err);
}

// Both wait for the disk: a snapshot rests on what was written before it, and an answer that did
// not wait could be lost with a server whose successor takes the snapshot.
static bool write(void *state, const char *path, Bytes content, bool durable, Error *err)
{
    return durable ? write_checkpoint(state, path, content, err)
                   : write_tile(state, path, content, err);
}

static void drop_partials(void *state, const char *full_path, const unsigned *keep,
                          size_t keep_count)
{
    // The paths from "tile/0/000.p/" to before "tile/0/000.p0": '0' follows '/'. The log is only
    // held when there is something to drop; another instance, which went on, may need them.
    static const char sql[] =
        "WITH held AS (SELECT l.origin FROM assent_log l"
        " WHERE l.origin = $1::text AND l.head = $2::bytea AND EXISTS"
        " (SELECT 1 FROM assent_log_file f WHERE f.origin = $1::text AND f.path > $3::text || '/'"
        " AND f.path < $3::text || '0' AND f.path <> ALL (string_to_array($4::text, ',')))"
        " FOR UPDATE OF l)"
        " DELETE FROM assent_log_file f USING held WHERE f.origin = $1::text"
        " AND f.path > $3::text || '/' AND f.path < $3::text || '0'"
        " AND f.path <> ALL (string_to_array($4::text, ','))";
    LogPostgres *log = state;
    Error ignored = {0};
    CLEANUP(postgres_answer_free) PostgresAnswer answer = {NULL, NULL, 0, 0};
    CLEANUP(writer_free) Writer kept = writer_new(ERROR_TEXT_SIZE);
    char folder[TILE_PATH_SIZE + 4];
    snprintf(folder, sizeof folder, "%s.p", full_path);
    for (size_t i = 0; i < keep_count; i++) {
        writer_format(&kept, "%s%s/%u", i == 0 ? "" : ",", folder, keep[i]);
    }
    const Bytes parameters[] = {bytes_of_text(log->origin), BYTES_OF_ARRAY(log->head),
                                bytes_of_text(folder), writer_bytes(&kept)};
    bool ok =
        !kept.failed && ask(log, &log->writing, (Question){sql, parameters, COUNT_OF(parameters)},
                            NULL, &answer, &ignored);
    (void)ok;
}

// --- opening ----------------------------------------------------------------------------------

bool log_postgres_open(const LogPostgresConfig *config, LogPostgres **ret, Error *err)
{
    CLEANUP(log_postgres_cleanup) LogPostgres *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return error_memory(err);
    }
    pthread_mutex_init(&log->writing.mutex, NULL);
    pthread_mutex_init(&log->reading.mutex, NULL);
    log->random = config->random;
    log->patience_ms = config->patience_ms == 0 ? PATIENCE_MS : config->patience_ms;
    log->origin = strdup(config->origin);
    if (log->origin == NULL) {
        return error_memory(err);
    }
    if (!postgres_open(config->connection, &log->writing.postgres, err) ||
        !postgres_open(config->connection, &log->reading.postgres, err)) {
        return false;
    }
    *ret = log;
    log = NULL;
    return true;
}

void log_postgres_close(LogPostgres *log)
{
    if (log == NULL) {
        return;
    }
    postgres_close(log->writing.postgres);
    postgres_close(log->reading.postgres);
    pthread_mutex_destroy(&log->writing.mutex);
    pthread_mutex_destroy(&log->reading.mutex);
    free(log->origin);
    free(log);
}

void log_postgres_cleanup(LogPostgres **log)
{
    log_postgres_close(*log);
    *log = NULL;
}

LogStorage log_postgres_storage(LogPostgres *log)
{
    return (LogStorage){
        .state = log,
        .record_limit_bytes = ROOM_BYTES / 2,
        .load = load,
        .commit = commit,
        .snapshot = snapshot,
        .read = read,
        .write = write,
        .drop_partials = drop_partials,
    };
}
