// SPDX-License-Identifier: Apache-2.0
//
// What C1 keeps. The only place with SQL. Each function runs inside a store_read or store_write.
#ifndef ASSENT_COMPONENT_BUSINESS_RECORDS_H
#define ASSENT_COMPONENT_BUSINESS_RECORDS_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"
#include "base/store/store.h"
#include "domain/authorization/state.h"

enum { RECORDS_SCHEMA_VERSION = 2, AUTHORIZATION_ID_SIZE = 37 };

// One authorization as stored; artifacts lie beside it.
typedef struct {
    char authorization_id[AUTHORIZATION_ID_SIZE];
    Sm3Digest token_digest;
    AuthorizationState state;
    int64_t revision;  // changes with every write: a lost update is a CONFLICT
    bool has_person;
    Sm3Digest person_index;
    Time created_at, updated_at, expires_at;
} SessionRow;

// One sealed artifact.
typedef struct {
    const char *name;
    int64_t sequence;
    Bytes content;     // sealed; empty when it lies apart
    int64_t large_id;  // where it lies apart; 0: it does not
    Time created_at;
} ArtifactRow;

typedef struct {
    const char *query_id;
    const char *purpose;
    const char *operator_name;
    const char *outcome;
    Time used_at;
} UseRow;

// Which tries are asked for.
typedef struct {
    const char *kind;
    Sm3Digest subject_index;
    Time since;
    size_t limit;
} AttemptFilter;

// Something that is still to be preserved.
typedef struct {
    char authorization_id[AUTHORIZATION_ID_SIZE];
    const char *subject;  // "use/<query id>", "withdrawal", "objection/<number>", ...
    int64_t version;      // grows when the same subject comes again
    int64_t sequence;     // of the submission that was made of it; -1: none yet
    Time created_at;
} OutboxRow;

bool records_insert_session(StoreSession *session, const SessionRow *row, Error *err) MUST_CHECK;
// Fail with NOT_FOUND, "session.unknown" or "authorization.unknown".
bool records_get_by_token(StoreSession *session, const Sm3Digest *token_digest, SessionRow *ret,
                          Error *err) MUST_CHECK;
bool records_get_session(StoreSession *session, const char *authorization_id, SessionRow *ret,
                         Error *err) MUST_CHECK;
// Write state, person and times of a row whose stored revision is still row->revision; then the
// revision grows by one. Fails with CONFLICT "session.concurrent".
bool records_update_session(StoreSession *session, SessionRow *row, Error *err) MUST_CHECK;
// Newest first, created before `before`, at most `limit`; returns how many in *ret_count.
bool records_list_sessions(StoreSession *session, Time before, size_t limit, SessionRow *ret,
                           size_t *ret_count, Error *err) MUST_CHECK;
// Authorizations that are signed but not yet in force, oldest first.
bool records_list_unfinished(StoreSession *session, size_t limit, SessionRow *ret,
                             size_t *ret_count, Error *err) MUST_CHECK;
// Authorizations that queries are made under, or will be, above an id, in order of ids.
bool records_list_in_force(StoreSession *session, const char *after, size_t limit, SessionRow *ret,
                           size_t *ret_count, Error *err) MUST_CHECK;
// The person's other sessions that are not signed yet: a new one cancels them.
bool records_list_rivals(StoreSession *session, const SessionRow *row, size_t limit,
                         SessionRow *ret, size_t *ret_count, Error *err) MUST_CHECK;

// What the institution keeps of one person, newest first: what was identified as that person and is
// not given up, and what a certificate was issued for, given up or not. Whoever only wrote the
// person's number into a form made nothing that is the person's. With `authorization_id` (or NULL)
// this one at most.
bool records_list_of_person(StoreSession *session, const Sm3Digest *person_index,
                            const char *authorization_id, size_t limit, SessionRow *ret,
                            size_t *ret_count, Error *err) MUST_CHECK;

// Insert, or replace what lies under the same name and sequence.
bool records_put_artifact(StoreSession *session, const char *authorization_id,
                          const ArtifactRow *row, Error *err) MUST_CHECK;
// Remove all artifacts of a name; none is harmless.
bool records_drop_artifacts(StoreSession *session, const char *authorization_id, const char *name,
                            Error *err) MUST_CHECK;
// All artifacts in order of name and sequence (array in the arena), without large contents.
bool records_list_artifacts(StoreSession *session, const char *authorization_id, Arena *arena,
                            ArtifactRow **ret, size_t *ret_count, Error *err) MUST_CHECK;
// The content that lies apart. Fails with CONFLICT "session.concurrent" when it was replaced.
bool records_get_large(StoreSession *session, int64_t large_id, Arena *arena, Bytes *ret,
                       Error *err) MUST_CHECK;

bool records_add_attempt(StoreSession *session, const char *kind, const Sm3Digest *subject_index,
                         Time now, Error *err) MUST_CHECK;
// Times of the tries since a time, at most `limit`, newest first.
bool records_list_attempts(StoreSession *session, const AttemptFilter *filter, Time *ret,
                           size_t *ret_count, Error *err) MUST_CHECK;

// Fails with CONFLICT "query.changed" when the id was used for another purpose, by
// somebody else, or more than an hour ago.
bool records_put_use(StoreSession *session, const char *authorization_id, const UseRow *row,
                     Error *err) MUST_CHECK;
// Uses that passed the gate since a time, not counting the query itself.
bool records_count_uses(StoreSession *session, const char *authorization_id, const char *query_id,
                        Time since, uint64_t *ret, Error *err) MUST_CHECK;
bool records_list_uses(StoreSession *session, const char *authorization_id, Arena *arena,
                       UseRow **ret, size_t *ret_count, Error *err) MUST_CHECK;

// The one use of a query id; *ret_found tells whether there is one.
bool records_find_use(StoreSession *session, const char *authorization_id, const char *query_id,
                      Arena *arena, bool *ret_found, UseRow *ret, Error *err) MUST_CHECK;

// Note that a subject is to be preserved; again when it changed.
bool records_put_outbox(StoreSession *session, const char *authorization_id, const char *subject,
                        Time now, Error *err) MUST_CHECK;
// Rows of before a time, oldest first.
bool records_list_outbox(StoreSession *session, Time before, size_t limit, Arena *arena,
                         OutboxRow *ret, size_t *ret_count, Error *err) MUST_CHECK;
// Note the submission made of a row. Fails with CONFLICT "session.concurrent" when it changed.
bool records_assign_outbox(StoreSession *session, const OutboxRow *row, Error *err) MUST_CHECK;
// Remove a row whose submission has a receipt, unless it changed meanwhile.
bool records_remove_outbox(StoreSession *session, const OutboxRow *row, Error *err) MUST_CHECK;
// Let a row that could not be preserved wait behind the others.
bool records_postpone_outbox(StoreSession *session, const OutboxRow *row, Time now,
                             Error *err) MUST_CHECK;

#endif
