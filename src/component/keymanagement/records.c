// SPDX-License-Identifier: Apache-2.0
#include "component/keymanagement/records.h"

#include "base/store/sql.h"

// --- key pairs --------------------------------------------------------------------------------

#define PAIR_COLUMNS                                                                  \
    "SELECT key_id, state, public_key, key, institution, request_id, request_digest," \
    " certificate, answer, created_at FROM key_pair WHERE "

static void take_pair(SqlStatement *row, Arena *arena, KeyPairRow *ret)
{
    *ret = (KeyPairRow){0};
    if (!sql_next(row)) {
        return;
    }
    ret->key_id = sql_text(row, arena);
    ret->state = sql_text(row, arena);
    sql_fixed_bytes(row, ret->public_key, SM2_POINT_SIZE);
    ret->key = sql_optional_bytes(row, arena);
    ret->institution = sql_optional_text(row, arena);
    ret->request_id = sql_optional_text(row, arena);
    ret->request_digest = sql_optional_bytes(row, arena);
    ret->certificate = sql_optional_bytes(row, arena);
    ret->answer = sql_optional_bytes(row, arena);
    ret->created_at = sql_time(row);
}

typedef struct {
    const char *first, *second;
    Time before;
    Arena *arena;
    KeyPairRow row;
} PairSearch;

static bool by_id(StoreSession *session, void *context, Error *err)
{
    PairSearch *search = context;
    CLEANUP(sql_end) SqlStatement row = sql_prepare(session, PAIR_COLUMNS "key_id = ?");
    sql_bind_text(&row, search->first);
    take_pair(&row, search->arena, &search->row);
    return sql_done(&row, err);
}

static bool by_request(StoreSession *session, void *context, Error *err)
{
    PairSearch *search = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, PAIR_COLUMNS "institution = ? AND request_id = ?");
    sql_bind_text(&row, search->first);
    sql_bind_text(&row, search->second);
    take_pair(&row, search->arena, &search->row);
    return sql_done(&row, err);
}

static bool from_pool(StoreSession *session, void *context, Error *err)
{
    PairSearch *search = context;
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, PAIR_COLUMNS "state = 'pool' ORDER BY created_at, key_id LIMIT 1");
    take_pair(&row, search->arena, &search->row);
    return sql_done(&row, err);
}

static bool from_archive(StoreSession *session, void *context, Error *err)
{
    PairSearch *search = context;
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, PAIR_COLUMNS
                    "state = 'archived' AND archived_at < ? ORDER BY archived_at LIMIT 1");
    sql_bind_time(&row, search->before);
    take_pair(&row, search->arena, &search->row);
    return sql_done(&row, err);
}

static bool find_pair(Store *store, StoreFunction *function, PairSearch *search, KeyPairRow *ret,
                      Error *err)
{
    if (!store_read(store, function, search, err)) {
        return false;
    }
    *ret = search->row;
    return true;
}

bool key_pair_record_find(Store *store, const char *key_id, Arena *arena, KeyPairRow *ret,
                          Error *err)
{
    PairSearch search = {.first = key_id, .arena = arena};
    return find_pair(store, by_id, &search, ret, err);
}

bool key_pair_record_find_request(Store *store, const char *institution, const char *request_id,
                                  Arena *arena, KeyPairRow *ret, Error *err)
{
    PairSearch search = {.first = institution, .second = request_id, .arena = arena};
    return find_pair(store, by_request, &search, ret, err);
}

bool key_pair_record_find_pooled(Store *store, Arena *arena, KeyPairRow *ret, Error *err)
{
    PairSearch search = {.arena = arena};
    return find_pair(store, from_pool, &search, ret, err);
}

bool key_pair_record_find_archived(Store *store, Time before, Arena *arena, KeyPairRow *ret,
                                   Error *err)
{
    PairSearch search = {.before = before, .arena = arena};
    return find_pair(store, from_archive, &search, ret, err);
}

static bool count_pool(StoreSession *session, void *context, Error *err)
{
    int64_t *count = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT count(*) FROM key_pair WHERE state = 'pool'");
    *count = sql_next(&row) ? sql_int(&row) : 0;
    return sql_done(&row, err);
}

bool key_pair_record_count_pooled(Store *store, int64_t *ret, Error *err)
{
    return store_read(store, count_pool, ret, err);
}

// --- recoveries -------------------------------------------------------------------------------

typedef struct {
    const char *request_id;  // NULL: the newest
    Arena *arena;
    RecoveryRow *rows;
    size_t max, count;
} RecoverySearch;

#define RECOVERY_COLUMNS                                                                    \
    "SELECT request_id, key_id, state, request_digest, requested_by, answered_by, request," \
    " statement, answer, created_at, ended_at FROM recovery "

static void take_recovery(SqlStatement *row, Arena *arena, RecoveryRow *ret)
{
    ret->request_id = sql_text(row, arena);
    ret->key_id = sql_text(row, arena);
    ret->state = sql_text(row, arena);
    sql_fixed_bytes(row, ret->request_digest.bytes, SM3_SIZE);
    ret->requested_by = sql_text(row, arena);
    ret->answered_by = sql_optional_text(row, arena);
    ret->request = sql_bytes(row, arena);
    ret->statement = sql_optional_bytes(row, arena);
    ret->answer = sql_optional_bytes(row, arena);
    ret->created_at = sql_time(row);
    ret->ended_at = sql_optional_int(row, 0);
}

static bool run_recovery_search(StoreSession *session, void *context, Error *err)
{
    RecoverySearch *search = context;
    CLEANUP(sql_end)
    SqlStatement row =
        search->request_id != NULL
            ? sql_prepare(session, RECOVERY_COLUMNS "WHERE request_id = ? LIMIT ?")
            : sql_prepare(session, RECOVERY_COLUMNS "ORDER BY created_at DESC, request_id LIMIT ?");
    if (search->request_id != NULL) {
        sql_bind_text(&row, search->request_id);
    }
    sql_bind_int(&row, (int64_t)search->max);
    search->count = 0;
    while (search->count < search->max && sql_next(&row)) {
        take_recovery(&row, search->arena, &search->rows[search->count++]);
    }
    return sql_done(&row, err);
}

bool recovery_record_find(Store *store, const char *request_id, Arena *arena, RecoveryRow *ret,
                          Error *err)
{
    RecoverySearch search = {request_id, arena, ret, 1, 0};
    *ret = (RecoveryRow){0};
    return store_read(store, run_recovery_search, &search, err);
}

bool recovery_record_list(Store *store, Arena *arena, RecoveryRow *ret, size_t max,
                          size_t *ret_count, Error *err)
{
    RecoverySearch search = {NULL, arena, ret, max, 0};
    if (!store_read(store, run_recovery_search, &search, err)) {
        return false;
    }
    *ret_count = search.count;
    return true;
}

// --- events -----------------------------------------------------------------------------------

typedef struct {
    int64_t after;
    bool is_last;
    Arena *arena;
    EventRow *rows;
    size_t max, count;
} EventSearch;

static bool run_event_search(StoreSession *session, void *context, Error *err)
{
    EventSearch *search = context;
    CLEANUP(sql_end)
    SqlStatement row = search->is_last
                           ? sql_prepare(session,
                                         "SELECT id, key_id, statement, created_at"
                                         " FROM key_event ORDER BY id DESC LIMIT 1")
                           : sql_prepare(session,
                                         "SELECT id, key_id, statement, created_at"
                                         " FROM key_event WHERE id > ? ORDER BY id LIMIT ?");
    if (!search->is_last) {
        sql_bind_int(&row, search->after);
        sql_bind_int(&row, (int64_t)search->max);
    }
    while (search->count < search->max && sql_next(&row)) {
        EventRow *event = &search->rows[search->count++];
        event->id = sql_int(&row);
        event->key_id = sql_text(&row, search->arena);
        event->statement = sql_bytes(&row, search->arena);
        event->created_at = sql_time(&row);
    }
    return sql_done(&row, err);
}

bool event_record_last(Store *store, Arena *arena, EventRow *ret, Error *err)
{
    EventSearch search = {.is_last = true, .arena = arena, .rows = ret, .max = 1};
    *ret = (EventRow){0};
    return store_read(store, run_event_search, &search, err);
}

bool event_record_list(Store *store, int64_t after, Arena *arena, EventRow *ret, size_t max,
                       size_t *ret_count, Error *err)
{
    EventSearch search = {.after = after, .arena = arena, .rows = ret, .max = max};
    if (!store_read(store, run_event_search, &search, err)) {
        return false;
    }
    *ret_count = search.count;
    return true;
}

// --- deeds ------------------------------------------------------------------------------------

static bool require_one(SqlStatement *statement, Error *err)
{
    int64_t changed = 0;
    return sql_run_counted(statement, &changed, err) &&
           (changed == 1 || error_set(err, ERROR_CONFLICT, "keymanagement.raced", NULL,
                                      "the state was another one by then"));
}

static bool do_pool(StoreSession *session, const Deed *deed, Error *err)
{
    const KeyPairRow *pair = deed->pair;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "INSERT INTO key_pair (key_id, state, public_key, key,"
                                   " created_at) VALUES (?, 'pool', ?, ?, ?)");
    sql_bind_text(&put, pair->key_id);
    sql_bind_bytes(&put, BYTES_OF_ARRAY(pair->public_key));
    sql_bind_bytes(&put, pair->key);
    sql_bind_time(&put, pair->created_at);
    return require_one(&put, err);
}

static bool do_issue(StoreSession *session, const Deed *deed, Error *err)
{
    const KeyPairRow *pair = deed->pair;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "UPDATE key_pair SET state = 'issued', institution = ?, request_id = ?,"
                    " request_digest = ?, certificate = ?, answer = ?, issued_at = ?"
                    " WHERE key_id = ? AND state = 'pool'");
    sql_bind_text(&put, pair->institution);
    sql_bind_text(&put, pair->request_id);
    sql_bind_bytes(&put, pair->request_digest);
    sql_bind_bytes(&put, pair->certificate);
    sql_bind_bytes(&put, pair->answer);
    sql_bind_time(&put, deed->event.created_at);
    sql_bind_text(&put, pair->key_id);
    return require_one(&put, err);
}

static bool do_archive(StoreSession *session, const Deed *deed, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "UPDATE key_pair SET state = 'archived', archived_at = ?"
                                   " WHERE key_id = ? AND state = 'issued'");
    sql_bind_time(&put, deed->event.created_at);
    sql_bind_text(&put, deed->pair->key_id);
    return require_one(&put, err);
}

static bool do_destroy(StoreSession *session, const Deed *deed, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "UPDATE key_pair SET state = 'destroyed', key = NULL, answer = NULL"
                    " WHERE key_id = ? AND state = 'archived'");
    sql_bind_text(&put, deed->pair->key_id);
    return require_one(&put, err);
}

static bool do_request(StoreSession *session, const Deed *deed, Error *err)
{
    const RecoveryRow *recovery = deed->recovery;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO recovery (request_id, key_id, state, request_digest,"
                    " requested_by, request, created_at)"
                    " VALUES (?, ?, 'pending', ?, ?, ?, ?)");
    sql_bind_text(&put, recovery->request_id);
    sql_bind_text(&put, recovery->key_id);
    sql_bind_bytes(&put, sm3_bytes(&recovery->request_digest));
    sql_bind_text(&put, recovery->requested_by);
    sql_bind_bytes(&put, recovery->request);
    sql_bind_time(&put, recovery->created_at);
    return require_one(&put, err);
}

static bool do_answer(StoreSession *session, const Deed *deed, Error *err)
{
    const RecoveryRow *recovery = deed->recovery;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "UPDATE recovery SET state = ?, answered_by = ?, statement = ?, answer = ?,"
                    " ended_at = ? WHERE request_id = ? AND state = 'pending'");
    sql_bind_text(&put, recovery->state);
    sql_bind_text(&put, recovery->answered_by);
    sql_bind_bytes(&put, recovery->statement);
    sql_bind_bytes(&put, recovery->answer);
    sql_bind_time(&put, deed->event.created_at);
    sql_bind_text(&put, recovery->request_id);
    return require_one(&put, err);
}

static bool put_event(StoreSession *session, const EventRow *event, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session, "INSERT INTO key_event (id, key_id, statement, created_at) VALUES (?, ?, ?, ?)");
    sql_bind_int(&put, event->id);
    sql_bind_text(&put, event->key_id);
    sql_bind_bytes(&put, event->statement);
    sql_bind_time(&put, event->created_at);
    return sql_run(&put, err);
}

static bool run_deed(StoreSession *session, void *context, Error *err)
{
    static bool (*const functions[])(StoreSession *, const Deed *, Error *) = {
        [DEED_POOL] = do_pool,       [DEED_ISSUE] = do_issue,     [DEED_ARCHIVE] = do_archive,
        [DEED_DESTROY] = do_destroy, [DEED_REQUEST] = do_request, [DEED_ANSWER] = do_answer,
    };
    const Deed *deed = context;
    return put_event(session, &deed->event, err) && functions[deed->kind](session, deed, err);
}

bool deed_record_do(Store *store, const Deed *deed, Error *err)
{
    Deed copy = *deed;
    return store_write(store, run_deed, &copy, err);
}
