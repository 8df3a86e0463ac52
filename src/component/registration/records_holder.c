// SPDX-License-Identifier: Apache-2.0
#include "component/registration/records_holder.h"

#include "base/store/sql.h"

// --- holders ----------------------------------------------------------------------------------

typedef struct {
    const Sm3Digest *holder;
    Arena *arena;
    HolderRow *ret;
} HolderLookUp;

static bool run_find(StoreSession *session, void *context, Error *err)
{
    const HolderLookUp *look_up = context;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "SELECT institution, secret, created_at FROM holder WHERE holder_digest = ?");
    sql_bind_bytes(&s, sm3_bytes(look_up->holder));
    if (sql_next(&s)) {
        look_up->ret->institution = sql_text(&s, look_up->arena);
        look_up->ret->secret = sql_bytes(&s, look_up->arena);
        look_up->ret->created_at = sql_time(&s);
    }
    return sql_done(&s, err);
}

bool holder_record_find(Store *store, const Sm3Digest *holder, Arena *arena, HolderRow *ret,
                        Error *err)
{
    *ret = (HolderRow){.holder = *holder};
    HolderLookUp look_up = {holder, arena, ret};
    return store_read(store, run_find, &look_up, err);
}

bool holder_insert_in(StoreSession *session, const HolderRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO holder (holder_digest, institution, secret, created_at)"
                    " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
    sql_bind_bytes(&s, sm3_bytes(&row->holder));
    sql_bind_text(&s, row->institution);
    sql_bind_bytes(&s, row->secret);
    sql_bind_time(&s, row->created_at);
    return sql_run(&s, err);
}

static bool run_insert(StoreSession *session, void *context, Error *err)
{
    return holder_insert_in(session, context, err);
}

bool holder_record_insert(Store *store, const HolderRow *row, Error *err)
{
    HolderRow copy = *row;
    return store_write(store, run_insert, &copy, err);
}

// --- numbers ----------------------------------------------------------------------------------

typedef HolderNumber Taking;

static bool run_next(StoreSession *session, void *context, Error *err)
{
    Taking *taking = context;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT coalesce(max(number) + 1, 0) FROM holder_issuance WHERE holder_digest = ?");
    sql_bind_bytes(&s, sm3_bytes(&taking->holder));
    taking->number = sql_next(&s) ? (uint64_t)sql_int(&s) : 0;
    return sql_done(&s, err);
}

bool holder_record_next_number(Store *store, const Sm3Digest *holder, uint64_t *ret, Error *err)
{
    Taking taking = {.holder = *holder};
    if (!store_read(store, run_next, &taking, err)) {
        return false;
    }
    *ret = taking.number;
    return true;
}

static bool insert_number(StoreSession *session, const Taking *taking, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO holder_issuance (holder_digest, number, registration_id)"
                    " VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
    sql_bind_bytes(&s, sm3_bytes(&taking->holder));
    sql_bind_int(&s, (int64_t)taking->number);
    sql_bind_text(&s, taking->registration_id);
    return sql_run(&s, err);
}

bool holder_take_number_in(StoreSession *session, const HolderNumber *taking, Error *err)
{
    if (!insert_number(session, taking, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT 1 FROM holder_issuance WHERE holder_digest = ?"
                                 " AND number = ? AND registration_id = ?");
    sql_bind_bytes(&s, sm3_bytes(&taking->holder));
    sql_bind_int(&s, (int64_t)taking->number);
    sql_bind_text(&s, taking->registration_id);
    bool is_ours = sql_next(&s);
    if (!sql_done(&s, err)) {
        return false;
    }
    return is_ours || error_set(err, ERROR_UNTRUSTED, "registration.issuance", NULL,
                                "the number under which the issue is logged is taken");
}

typedef struct {
    const Sm3Digest *holder;
    Arena *arena;
    HolderIssuance *issuances;
    size_t count;
} Listing;

static bool run_list(StoreSession *session, void *context, Error *err)
{
    Listing *listing = context;
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT number, serial, registration_id, authorization_id FROM holder_issuance"
                    " JOIN registration USING (registration_id) WHERE holder_digest = ?"
                    " AND serial IS NOT NULL ORDER BY number DESC LIMIT ?");
    sql_bind_bytes(&s, sm3_bytes(listing->holder));
    sql_bind_int(&s, HOLDER_ISSUANCES_MAX);
    while (listing->count < HOLDER_ISSUANCES_MAX && sql_next(&s)) {
        HolderIssuance *issuance = &listing->issuances[listing->count++];
        issuance->number = (uint64_t)sql_int(&s);
        issuance->serial = sql_text(&s, listing->arena);
        issuance->registration_id = sql_text(&s, listing->arena);
        issuance->authorization_id = sql_text(&s, listing->arena);
    }
    return sql_done(&s, err);
}

bool holder_record_list(Store *store, const Sm3Digest *holder, Arena *arena, HolderIssuance **ret,
                        size_t *ret_count, Error *err)
{
    Listing listing = {.holder = holder, .arena = arena};
    listing.issuances = arena_alloc(arena, HOLDER_ISSUANCES_MAX * sizeof *listing.issuances);
    if (listing.issuances == NULL) {
        return error_memory(err);
    }
    if (!store_read(store, run_list, &listing, err)) {
        return false;
    }
    *ret = listing.issuances;
    *ret_count = listing.count;
    return true;
}

// --- objections -------------------------------------------------------------------------------

static bool insert_objection(StoreSession *session, const ObjectionRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO holder_objection (id, holder_digest, serial, receipt_digest, request,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    sql_bind_text(&s, row->id);
    sql_bind_bytes(&s, sm3_bytes(&row->holder));
    sql_bind_text(&s, row->serial);
    sql_bind_bytes(&s, sm3_bytes(&row->receipt_digest));
    sql_bind_bytes(&s, row->request);
    sql_bind_time(&s, row->created_at);
    return sql_run(&s, err);
}

static bool run_keep(StoreSession *session, void *context, Error *err)
{
    ObjectionRow *row = context;
    if (!insert_objection(session, row, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "SELECT receipt_digest, suspended_at FROM holder_objection WHERE id = ?");
    sql_bind_text(&s, row->id);
    if (sql_next(&s)) {
        sql_fixed_bytes(&s, row->receipt_digest.bytes, SM3_SIZE);
        row->suspended_at = sql_optional_int(&s, 0);
    }
    return sql_done(&s, err);
}

bool holder_record_keep_objection(Store *store, ObjectionRow *row, Error *err)
{
    return store_write(store, run_keep, row, err);
}

typedef struct {
    const char *id;
    Time now;
} Finishing;

static bool run_finish(StoreSession *session, void *context, Error *err)
{
    const Finishing *finishing = context;
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "UPDATE holder_objection SET suspended_at = ? WHERE id = ?");
    sql_bind_time(&s, finishing->now);
    sql_bind_text(&s, finishing->id);
    return sql_run(&s, err);
}

bool holder_record_finish_objection(Store *store, const char *id, Time now, Error *err)
{
    Finishing finishing = {id, now};
    return store_write(store, run_finish, &finishing, err);
}
