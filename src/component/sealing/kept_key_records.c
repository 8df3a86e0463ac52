// SPDX-License-Identifier: Apache-2.0
#include "component/sealing/kept_key_records.h"

#include "base/store/sql.h"

typedef struct {
    const char *key_id;
    Arena *arena;
    bool found;
    KeptKeyRow row;
} Search;

static bool run_search(StoreSession *session, void *context, Error *err)
{
    Search *search = context;
    KeptKeyRow *row = &search->row;
    CLEANUP(sql_end)
    SqlStatement select =
        sql_prepare(session,
                    "SELECT key_id, institution, request_id, order_digest, grant_key, key,"
                    " csr, certificate, state, signed_digest, answer, created_at"
                    " FROM kept_key WHERE key_id = ?");
    sql_bind_text(&select, search->key_id);
    search->found = sql_next(&select);
    if (search->found) {
        row->key_id = sql_text(&select, search->arena);
        row->institution = sql_text(&select, search->arena);
        row->request_id = sql_text(&select, search->arena);
        sql_fixed_bytes(&select, row->order_digest.bytes, SM3_SIZE);
        sql_fixed_bytes(&select, row->grant_key, SM2_POINT_SIZE);
        row->key = sql_optional_bytes(&select, search->arena);
        row->csr = sql_bytes(&select, search->arena);
        row->certificate = sql_optional_bytes(&select, search->arena);
        row->state = sql_text(&select, search->arena);
        row->signed_digest = sql_optional_bytes(&select, search->arena);
        row->answer = sql_optional_bytes(&select, search->arena);
        row->created_at = sql_time(&select);
    }
    return sql_done(&select, err);
}

bool kept_key_record_find(Store *store, const char *key_id, Arena *arena, bool *ret_found,
                          KeptKeyRow *ret, Error *err)
{
    Search search = {.key_id = key_id, .arena = arena};
    if (!store_read(store, run_search, &search, err)) {
        return false;
    }
    *ret_found = search.found;
    *ret = search.row;
    return true;
}

static bool insert(StoreSession *session, void *context, Error *err)
{
    const KeptKeyRow *row = context;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO kept_key (key_id, institution, request_id, order_digest,"
                    " grant_key, key, csr, state, created_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, 'new', ?)");
    sql_bind_text(&put, row->key_id);
    sql_bind_text(&put, row->institution);
    sql_bind_text(&put, row->request_id);
    sql_bind_bytes(&put, sm3_bytes(&row->order_digest));
    sql_bind_bytes(&put, BYTES_OF_ARRAY(row->grant_key));
    sql_bind_bytes(&put, row->key);
    sql_bind_bytes(&put, row->csr);
    sql_bind_time(&put, row->created_at);
    return sql_run(&put, err);
}

bool kept_key_record_insert(Store *store, const KeptKeyRow *row, Error *err)
{
    KeptKeyRow copy = *row;
    return store_write(store, insert, &copy, err);
}

typedef struct {
    KeptKeyEnd end;
    Bytes certificate;
    int64_t changed;
} Change;

static bool certify(StoreSession *session, void *context, Error *err)
{
    Change *change = context;
    CLEANUP(sql_end)
    SqlStatement update = sql_prepare(session,
                                      "UPDATE kept_key SET certificate = ?, state = 'certified'"
                                      " WHERE key_id = ? AND state = 'new'");
    sql_bind_bytes(&update, change->certificate);
    sql_bind_text(&update, change->end.key_id);
    return sql_run_counted(&update, &change->changed, err);
}

static bool use(StoreSession *session, void *context, Error *err)
{
    Change *change = context;
    CLEANUP(sql_end)
    SqlStatement update =
        sql_prepare(session,
                    "UPDATE kept_key SET key = NULL, state = 'used', signed_digest = ?, answer = ?,"
                    " ended_at = ? WHERE key_id = ? AND state = 'certified'");
    sql_bind_bytes(&update, sm3_bytes(change->end.signed_digest));
    sql_bind_bytes(&update, change->end.answer);
    sql_bind_time(&update, change->end.now);
    sql_bind_text(&update, change->end.key_id);
    return sql_run_counted(&update, &change->changed, err);
}

static bool destroy(StoreSession *session, void *context, Error *err)
{
    Change *change = context;
    CLEANUP(sql_end)
    SqlStatement update =
        sql_prepare(session,
                    "UPDATE kept_key SET key = NULL, state = 'destroyed', ended_at = ?"
                    " WHERE key_id = ? AND state IN ('new', 'certified')");
    sql_bind_time(&update, change->end.now);
    sql_bind_text(&update, change->end.key_id);
    return sql_run_counted(&update, &change->changed, err);
}

static bool run(Store *store, StoreFunction *function, Change *change, bool *ret_changed,
                Error *err)
{
    if (!store_write(store, function, change, err)) {
        return false;
    }
    *ret_changed = change->changed == 1;
    return true;
}

bool kept_key_record_certify(Store *store, const char *key_id, Bytes certificate, bool *ret_changed,
                             Error *err)
{
    Change change = {.end = {.key_id = key_id}, .certificate = certificate};
    return run(store, certify, &change, ret_changed, err);
}

bool kept_key_record_use(Store *store, const KeptKeyEnd *end, bool *ret_changed, Error *err)
{
    Change change = {.end = *end};
    return run(store, use, &change, ret_changed, err);
}

bool kept_key_record_destroy(Store *store, const char *key_id, Time now, bool *ret_changed,
                             Error *err)
{
    Change change = {.end = {.key_id = key_id, .now = now}};
    return run(store, destroy, &change, ret_changed, err);
}

typedef struct {
    Time before, now;
    int64_t count;
} Sweep;

static bool sweep(StoreSession *session, void *context, Error *err)
{
    Sweep *all = context;
    CLEANUP(sql_end)
    SqlStatement update =
        sql_prepare(session,
                    "UPDATE kept_key SET key = NULL, state = 'destroyed', ended_at = ?"
                    " WHERE key IS NOT NULL AND created_at < ?");
    sql_bind_time(&update, all->now);
    sql_bind_time(&update, all->before);
    return sql_run_counted(&update, &all->count, err);
}

bool kept_key_record_destroy_old(Store *store, Time before, Time now, int64_t *ret_count,
                                 Error *err)
{
    Sweep all = {.before = before, .now = now};
    if (!store_write(store, sweep, &all, err)) {
        return false;
    }
    *ret_count = all.count;
    return true;
}
