// SPDX-License-Identifier: Apache-2.0
#include "component/sealing/records.h"

#include "base/store/sql.h"

// What one look-up wants and finds.
typedef struct {
    const char *institution;  // NULL: look for the id
    const char *key;
    Arena *arena;
    bool found;
    SealRecord record;
} LookUp;

#define SEAL_COLUMNS                                                     \
    "SELECT id, institution, request_id, kind, digest, seal, created_at" \
    " FROM issued_seal WHERE "

static SqlStatement look_up_sql(StoreSession *session, const LookUp *look_up)
{
    if (look_up->institution == NULL) {
        return sql_prepare(session, SEAL_COLUMNS "id = ?");
    }
    return sql_prepare(session, SEAL_COLUMNS "institution = ? AND request_id = ?");
}

static bool run_look_up(StoreSession *session, void *context, Error *err)
{
    LookUp *look_up = context;
    CLEANUP(sql_end) SqlStatement row = look_up_sql(session, look_up);
    if (look_up->institution != NULL) {
        sql_bind_text(&row, look_up->institution);
    }
    sql_bind_text(&row, look_up->key);
    look_up->found = sql_next(&row);
    if (look_up->found) {
        SealRecord *record = &look_up->record;
        record->id = sql_text(&row, look_up->arena);
        record->institution = sql_text(&row, look_up->arena);
        record->request_id = sql_text(&row, look_up->arena);
        record->kind = sql_text(&row, look_up->arena);
        sql_fixed_bytes(&row, record->digest.bytes, SM3_SIZE);
        record->seal = sql_bytes(&row, look_up->arena);
        record->created_at = sql_time(&row);
    }
    return sql_done(&row, err);
}

static bool find(Store *store, LookUp *look_up, bool *ret_found, SealRecord *ret, Error *err)
{
    if (!store_read(store, run_look_up, look_up, err)) {
        return false;
    }
    *ret_found = look_up->found;
    *ret = look_up->record;
    return true;
}

bool sealing_records_find_order(Store *store, const char *institution, const char *request_id,
                                Arena *arena, bool *ret_found, SealRecord *ret, Error *err)
{
    LookUp look_up = {.institution = institution, .key = request_id, .arena = arena};
    return find(store, &look_up, ret_found, ret, err);
}

bool sealing_records_find_id(Store *store, const char *id, Arena *arena, bool *ret_found,
                             SealRecord *ret, Error *err)
{
    LookUp look_up = {.institution = NULL, .key = id, .arena = arena};
    return find(store, &look_up, ret_found, ret, err);
}

static bool insert(StoreSession *session, void *context, Error *err)
{
    const SealRecord *record = context;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO issued_seal (id, institution, request_id, kind, digest, seal,"
                    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
    sql_bind_text(&put, record->id);
    sql_bind_text(&put, record->institution);
    sql_bind_text(&put, record->request_id);
    sql_bind_text(&put, record->kind);
    sql_bind_bytes(&put, sm3_bytes(&record->digest));
    sql_bind_bytes(&put, record->seal);
    sql_bind_time(&put, record->created_at);
    return sql_run(&put, err);
}

bool sealing_records_keep(Store *store, const SealRecord *record, Error *err)
{
    SealRecord copy = *record;
    return store_write(store, insert, &copy, err);
}
