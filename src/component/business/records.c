// SPDX-License-Identifier: Apache-2.0
#include "component/business/records.h"

#include <stdio.h>
#include <string.h>

#include "base/store/sql.h"

enum {
    LIST_LIMIT = 512,
    ARTIFACTS_FIRST = 64,       // room that a list begins with
    ARTIFACTS_LIMIT = 8192,     // of one authorization
    ARTIFACT_INLINE_MAX = 800,  // so that a row stays within a quarter of a page of 4096 bytes
};

// A query whose answer got lost may be repeated under its id; later it is another query.
#define USE_REPEAT_WITHIN TIME_HOUR

#define SESSION_COLUMNS                                                                       \
    "authorization_id, token_digest, state, revision, person_index, created_at, updated_at, " \
    "expires_at"

bool records_insert_session(StoreSession *session, const SessionRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "INSERT INTO session (" SESSION_COLUMNS ") VALUES (?,?,?,?,NULL,?,?,?)");
    sql_bind_text(&s, row->authorization_id);
    sql_bind_bytes(&s, sm3_bytes(&row->token_digest));
    sql_bind_text(&s, authorization_state_name(row->state));
    sql_bind_int(&s, row->revision);
    sql_bind_time(&s, row->created_at);
    sql_bind_time(&s, row->updated_at);
    sql_bind_time(&s, row->expires_at);
    return sql_run(&s, err);
}

// Take the columns of SESSION_COLUMNS. False when a text is none that we write.
static bool take_session(SqlStatement *s, Arena *arena, SessionRow *ret)
{
    SessionRow row = {0};
    snprintf(row.authorization_id, sizeof row.authorization_id, "%s", sql_text(s, arena));
    sql_fixed_bytes(s, row.token_digest.bytes, SM3_SIZE);
    bool known = authorization_state_from_name(sql_text(s, arena), &row.state);
    row.revision = sql_int(s);
    Bytes person = sql_optional_bytes(s, arena);
    row.has_person = person.len == SM3_SIZE;
    if (row.has_person) {
        memcpy(row.person_index.bytes, person.data, SM3_SIZE);
    }
    row.created_at = sql_time(s);
    row.updated_at = sql_time(s);
    row.expires_at = sql_time(s);
    *ret = row;
    return known;
}

static bool get_session(SqlStatement *s, const char *code, SessionRow *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    bool found = sql_next(s);
    bool known = found && take_session(s, arena, ret);
    if (!sql_done(s, err)) {
        return false;
    }
    if (!found) {
        return error_set(err, ERROR_NOT_FOUND, code, NULL, "there is no such authorization");
    }
    if (!known) {
        return error_set(err, ERROR_INTERNAL, "session.state", NULL, "the stored state is unknown");
    }
    return true;
}

bool records_get_by_token(StoreSession *session, const Sm3Digest *token_digest, SessionRow *ret,
                          Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT " SESSION_COLUMNS " FROM session WHERE token_digest = ?");
    sql_bind_bytes(&s, sm3_bytes(token_digest));
    return get_session(&s, "session.unknown", ret, err);
}

bool records_get_session(StoreSession *session, const char *authorization_id, SessionRow *ret,
                         Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT " SESSION_COLUMNS " FROM session WHERE authorization_id = ?");
    sql_bind_text(&s, authorization_id);
    return get_session(&s, "authorization.unknown", ret, err);
}

bool records_update_session(StoreSession *session, SessionRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE session SET state = ?, revision = revision + 1, person_index = ?, updated_at = ?, "
        "expires_at = ? WHERE authorization_id = ? AND revision = ?");
    sql_bind_text(&s, authorization_state_name(row->state));
    if (row->has_person) {
        sql_bind_bytes(&s, sm3_bytes(&row->person_index));
    } else {
        sql_bind_null(&s);
    }
    sql_bind_time(&s, row->updated_at);
    sql_bind_time(&s, row->expires_at);
    sql_bind_text(&s, row->authorization_id);
    sql_bind_int(&s, row->revision);
    int64_t changed = 0;
    if (!sql_run_counted(&s, &changed, err)) {
        return false;
    }
    if (changed != 1) {
        return error_set(err, ERROR_CONFLICT, "session.concurrent", NULL,
                         "another request has changed the authorization meanwhile");
    }
    row->revision++;
    return true;
}

static bool list_sessions(SqlStatement *s, size_t limit, SessionRow *ret, size_t *ret_count,
                          Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    size_t count = 0;
    while (count < limit && sql_next(s)) {
        count += take_session(s, arena, &ret[count]) ? 1 : 0;
    }
    *ret_count = count;
    return sql_done(s, err);
}

bool records_list_sessions(StoreSession *session, Time before, size_t limit, SessionRow *ret,
                           size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT " SESSION_COLUMNS
                             " FROM session WHERE created_at < ? ORDER BY created_at DESC LIMIT ?");
    sql_bind_time(&s, before);
    sql_bind_int(&s, (int64_t)limit);
    return list_sessions(&s, limit, ret, ret_count, err);
}

bool records_list_unfinished(StoreSession *session, size_t limit, SessionRow *ret,
                             size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT " SESSION_COLUMNS
                                          " FROM session WHERE state IN ('SIGNED','DEPOSITED') "
                                          "ORDER BY updated_at LIMIT ?");
    sql_bind_int(&s, (int64_t)limit);
    return list_sessions(&s, limit, ret, ret_count, err);
}

bool records_list_in_force(StoreSession *session, const char *after, size_t limit, SessionRow *ret,
                           size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT " SESSION_COLUMNS
                             " FROM session WHERE authorization_id > ? AND state IN "
                             "('ACTIVE','DISPUTED') ORDER BY authorization_id LIMIT ?");
    sql_bind_text(&s, after);
    sql_bind_int(&s, (int64_t)limit);
    return list_sessions(&s, limit, ret, ret_count, err);
}

bool records_list_rivals(StoreSession *session, const SessionRow *row, size_t limit,
                         SessionRow *ret, size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT " SESSION_COLUMNS
                             " FROM session WHERE person_index = ? AND authorization_id <> ? AND "
                             "state IN ('CREATED','CONSENTED','IDENTIFIED','CERTIFIED','PRESENTED',"
                             "'ACTIVATED','MANUAL') LIMIT ?");
    sql_bind_bytes(&s, sm3_bytes(&row->person_index));
    sql_bind_text(&s, row->authorization_id);
    sql_bind_int(&s, (int64_t)limit);
    return list_sessions(&s, limit, ret, ret_count, err);
}

bool records_list_of_person(StoreSession *session, const Sm3Digest *person_index,
                            const char *authorization_id, size_t limit, SessionRow *ret,
                            size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "SELECT " SESSION_COLUMNS
                 " FROM session WHERE person_index = ? AND (? = '' OR authorization_id = ?) AND "
                 "state NOT IN ('CREATED','CONSENTED','MANUAL','REJECTED') AND (state <> "
                 "'CANCELLED' OR EXISTS (SELECT 1 FROM artifact WHERE artifact.authorization_id = "
                 "session.authorization_id AND name = 'certificate')) "
                 "ORDER BY created_at DESC LIMIT ?");
    const char *wanted = authorization_id == NULL ? "" : authorization_id;
    sql_bind_bytes(&s, sm3_bytes(person_index));
    sql_bind_text(&s, wanted);
    sql_bind_text(&s, wanted);
    sql_bind_int(&s, (int64_t)limit);
    return list_sessions(&s, limit, ret, ret_count, err);
}

static bool put_large(StoreSession *session, Bytes content, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "INSERT INTO large_content (content) VALUES (?)");
    sql_bind_bytes(&s, content);
    return sql_run(&s, err);
}

bool records_put_artifact(StoreSession *session, const char *authorization_id,
                          const ArtifactRow *row, Error *err)
{
    bool is_large = row->content.len > ARTIFACT_INLINE_MAX;
    if (is_large && !put_large(session, row->content, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT OR REPLACE INTO artifact (authorization_id, name, sequence, content, large_id, "
        "created_at) VALUES (?,?,?,?,CASE WHEN ? THEN last_insert_rowid() END,?)");
    sql_bind_text(&s, authorization_id);
    sql_bind_text(&s, row->name);
    sql_bind_int(&s, row->sequence);
    if (is_large) {
        sql_bind_null(&s);
    } else {
        sql_bind_bytes(&s, row->content);
    }
    sql_bind_bool(&s, is_large);
    sql_bind_time(&s, row->created_at);
    return sql_run(&s, err);
}

bool records_drop_artifacts(StoreSession *session, const char *authorization_id, const char *name,
                            Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "DELETE FROM artifact WHERE authorization_id = ? AND name = ?");
    sql_bind_text(&s, authorization_id);
    sql_bind_text(&s, name);
    return sql_run(&s, err);
}

static ArtifactRow take_artifact(SqlStatement *s, Arena *arena)
{
    ArtifactRow row = {.name = sql_text(s, arena), .sequence = sql_int(s)};
    row.content = sql_optional_bytes(s, arena);
    row.large_id = sql_optional_int(s, 0);
    row.created_at = sql_time(s);
    return row;
}

// Make room for one more row.
static bool grow(Arena *arena, ArtifactRow **rows, size_t count, size_t *capacity, Error *err)
{
    if (count < *capacity) {
        return true;
    }
    if (count == ARTIFACTS_LIMIT) {
        return error_set(err, ERROR_LIMIT, "session.too_many_artifacts", NULL,
                         "more than %d artifacts of one authorization", ARTIFACTS_LIMIT);
    }
    size_t wanted = *capacity == 0 ? ARTIFACTS_FIRST : 2 * *capacity;
    ArtifactRow *grown = arena_alloc(arena, wanted * sizeof *grown);
    if (grown == NULL) {
        return error_memory(err);
    }
    if (count > 0) {
        memcpy(grown, *rows, count * sizeof *grown);
    }
    *rows = grown;
    *capacity = wanted;
    return true;
}

bool records_list_artifacts(StoreSession *session, const char *authorization_id, Arena *arena,
                            ArtifactRow **ret, size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT name, sequence, content, large_id, created_at FROM artifact "
                    "WHERE authorization_id = ? ORDER BY name, sequence");
    ArtifactRow *rows = NULL;
    size_t count = 0, capacity = 0;
    sql_bind_text(&s, authorization_id);
    while (sql_next(&s)) {
        if (!grow(arena, &rows, count, &capacity, err)) {
            return false;
        }
        rows[count++] = take_artifact(&s, arena);
    }
    *ret = rows;
    *ret_count = count;
    return sql_done(&s, err);
}

bool records_get_large(StoreSession *session, int64_t large_id, Arena *arena, Bytes *ret,
                       Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT content FROM large_content WHERE id = ?");
    sql_bind_int(&s, large_id);
    bool found = sql_next(&s);
    if (found) {
        *ret = sql_bytes(&s, arena);
    }
    if (!sql_done(&s, err)) {
        return false;
    }
    return found || error_set(err, ERROR_CONFLICT, "session.concurrent", NULL,
                              "another request has changed the authorization meanwhile");
}

bool records_add_attempt(StoreSession *session, const char *kind, const Sm3Digest *subject_index,
                         Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "INSERT INTO attempt (kind, subject_index, attempted_at) VALUES (?,?,?)");
    sql_bind_text(&s, kind);
    sql_bind_bytes(&s, sm3_bytes(subject_index));
    sql_bind_time(&s, now);
    return sql_run(&s, err);
}

bool records_list_attempts(StoreSession *session, const AttemptFilter *filter, Time *ret,
                           size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT attempted_at FROM attempt WHERE kind = ? AND "
                                 "subject_index = ? AND attempted_at >= ? "
                                 "ORDER BY attempted_at DESC LIMIT ?");
    sql_bind_text(&s, filter->kind);
    sql_bind_bytes(&s, sm3_bytes(&filter->subject_index));
    sql_bind_time(&s, filter->since);
    sql_bind_int(&s, (int64_t)filter->limit);
    size_t count = 0;
    while (count < filter->limit && sql_next(&s)) {
        ret[count++] = sql_time(&s);
    }
    *ret_count = count;
    return sql_done(&s, err);
}

// What was asked or answered stays so, whatever is refused under the same id later.
bool records_put_use(StoreSession *session, const char *authorization_id, const UseRow *row,
                     Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO use_record (authorization_id, query_id, purpose, operator_name, outcome, "
        "used_at) VALUES (?,?,?,?,?,?) ON CONFLICT (authorization_id, query_id) DO UPDATE SET "
        "outcome = CASE WHEN outcome = 'ANSWERED' OR excluded.outcome = 'REFUSED' THEN outcome "
        "ELSE excluded.outcome END, used_at = CASE WHEN outcome = 'REFUSED' THEN excluded.used_at "
        "ELSE used_at END WHERE purpose = excluded.purpose AND operator_name = "
        "excluded.operator_name AND (outcome = 'REFUSED' OR excluded.used_at < used_at + ?)");
    sql_bind_text(&s, authorization_id);
    sql_bind_text(&s, row->query_id);
    sql_bind_text(&s, row->purpose);
    sql_bind_text(&s, row->operator_name);
    sql_bind_text(&s, row->outcome);
    sql_bind_time(&s, row->used_at);
    sql_bind_int(&s, USE_REPEAT_WITHIN);
    int64_t changed = 0;
    if (!sql_run_counted(&s, &changed, err)) {
        return false;
    }
    return changed == 1 || error_set(err, ERROR_CONFLICT, "query.changed", NULL,
                                     "this query id was used for another query");
}

bool records_count_uses(StoreSession *session, const char *authorization_id, const char *query_id,
                        Time since, uint64_t *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT count(*) FROM use_record WHERE authorization_id = ? AND query_id <> ? AND "
        "used_at >= ? AND outcome <> 'REFUSED'");
    sql_bind_text(&s, authorization_id);
    sql_bind_text(&s, query_id);
    sql_bind_time(&s, since);
    *ret = sql_next(&s) ? (uint64_t)sql_int(&s) : 0;
    return sql_done(&s, err);
}

static UseRow take_use(SqlStatement *s, Arena *arena)
{
    UseRow row = {.query_id = sql_text(s, arena)};
    row.purpose = sql_text(s, arena);
    row.operator_name = sql_text(s, arena);
    row.outcome = sql_text(s, arena);
    row.used_at = sql_time(s);
    return row;
}

bool records_list_uses(StoreSession *session, const char *authorization_id, Arena *arena,
                       UseRow **ret, size_t *ret_count, Error *err)
{
    UseRow *rows = arena_alloc(arena, LIST_LIMIT * sizeof *rows);
    if (rows == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT query_id, purpose, operator_name, outcome, used_at FROM use_record WHERE "
        "authorization_id = ? ORDER BY used_at LIMIT ?");
    sql_bind_text(&s, authorization_id);
    sql_bind_int(&s, LIST_LIMIT);
    size_t count = 0;
    while (count < LIST_LIMIT && sql_next(&s)) {
        rows[count++] = take_use(&s, arena);
    }
    *ret = rows;
    *ret_count = count;
    return sql_done(&s, err);
}

bool records_find_use(StoreSession *session, const char *authorization_id, const char *query_id,
                      Arena *arena, bool *ret_found, UseRow *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT query_id, purpose, operator_name, outcome, used_at FROM use_record WHERE "
        "authorization_id = ? AND query_id = ?");
    sql_bind_text(&s, authorization_id);
    sql_bind_text(&s, query_id);
    *ret_found = sql_next(&s);
    if (*ret_found) {
        *ret = take_use(&s, arena);
    }
    return sql_done(&s, err);
}
