// SPDX-License-Identifier: Apache-2.0
#include "component/certification/records_pair.h"

#include "base/store/sql.h"

bool pair_record_insert(StoreSession *session, const CertificatePair *pair, Error *err)
{
    if (!certificate_record_insert_within(session, &pair->encryption, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "INSERT INTO pair (serial, encryption_serial, key_id, envelope)"
                                   " VALUES (?, ?, ?, ?)");
    sql_bind_text(&put, pair->row.serial);
    sql_bind_text(&put, pair->row.encryption_serial);
    sql_bind_text(&put, pair->row.key_id);
    sql_bind_bytes(&put, pair->row.envelope);
    return sql_run(&put, err);
}

bool pair_record_check_first(StoreSession *session, const char *serial, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT 1 FROM pair WHERE encryption_serial = ?");
    sql_bind_text(&row, serial);
    bool is_second = sql_next(&row);
    if (!sql_done(&row, err)) {
        return false;
    }
    return !is_second ||
           error_set(err, ERROR_CONFLICT, "certificate.second_of_pair", "GM/T 0015-2012 annex C",
                     "the status of a pair is the signing certificate's");
}

static bool run_check_logged(StoreSession *session, void *context, Error *err)
{
    const char *serial = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT 1 FROM pair p JOIN certificate c ON c.serial = p.serial"
                                   " WHERE p.encryption_serial = ? AND c.draft_number IS NOT NULL");
    sql_bind_text(&row, serial);
    bool is_draft = sql_next(&row);
    if (!sql_done(&row, err)) {
        return false;
    }
    return !is_draft || error_set(err, ERROR_UNAVAILABLE, "certification.not_logged", NULL,
                                  "the issue of the certificate is not in the evidence log yet");
}

bool pair_record_check_logged(Store *store, const char *serial, Error *err)
{
    return store_read(store, run_check_logged, (void *)(uintptr_t)serial, err);
}

typedef struct {
    const char *serial;  // NULL: those that are untold
    Arena *arena;
    PairRow *rows;
    size_t max, count;
} Search;

static bool run_find(StoreSession *session, void *context, Error *err)
{
    Search *search = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session, "SELECT serial, encryption_serial, key_id, envelope FROM pair WHERE serial = ?");
    sql_bind_text(&row, search->serial);
    if (sql_next(&row)) {
        search->rows->serial = sql_text(&row, search->arena);
        search->rows->encryption_serial = sql_text(&row, search->arena);
        search->rows->key_id = sql_text(&row, search->arena);
        search->rows->envelope = sql_bytes(&row, search->arena);
    }
    return sql_done(&row, err);
}

bool pair_record_find(Store *store, const char *serial, Arena *arena, PairRow *ret, Error *err)
{
    Search search = {.serial = serial, .arena = arena, .rows = ret, .max = 1};
    *ret = (PairRow){0};
    return store_read(store, run_find, &search, err);
}

static bool run_list(StoreSession *session, void *context, Error *err)
{
    Search *search = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT p.serial, p.encryption_serial, p.key_id FROM pair p"
                                   " JOIN certificate c ON c.serial = p.serial"
                                   " WHERE p.told_at = 0 AND c.state = 'REVOKED' LIMIT ?");
    sql_bind_int(&row, (int64_t)search->max);
    search->count = 0;
    while (search->count < search->max && sql_next(&row)) {
        PairRow *pair = &search->rows[search->count++];
        *pair = (PairRow){0};
        pair->serial = sql_text(&row, search->arena);
        pair->encryption_serial = sql_text(&row, search->arena);
        pair->key_id = sql_text(&row, search->arena);
    }
    return sql_done(&row, err);
}

bool pair_record_list_untold(Store *store, Arena *arena, PairRow *ret, size_t max,
                             size_t *ret_count, Error *err)
{
    Search search = {.arena = arena, .rows = ret, .max = max};
    if (!store_read(store, run_list, &search, err)) {
        return false;
    }
    *ret_count = search.count;
    return true;
}

typedef struct {
    const char *serial;
    Time now;
} Note;

static bool run_note(StoreSession *session, void *context, Error *err)
{
    const Note *note = context;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session, "UPDATE pair SET told_at = ? WHERE serial = ?");
    sql_bind_time(&put, note->now);
    sql_bind_text(&put, note->serial);
    return sql_run(&put, err);
}

bool pair_record_note_told(Store *store, const char *serial, Time now, Error *err)
{
    Note note = {serial, now};
    return store_write(store, run_note, &note, err);
}
