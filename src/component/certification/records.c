// SPDX-License-Identifier: Apache-2.0
#include "component/certification/records.h"

#include <string.h>

#include "base/store/sql.h"
#include "component/certification/records_pair.h"

// What is drafted is no issue yet.
#define CERTIFICATE_COLUMNS                                                                   \
    "serial, registrar, institution, request_id, request_digest, subject_index, key_digest, " \
    "profile, state, reason, request, iif(draft_number IS NULL, issue, x''), "                \
    "coalesce(completion, x''), issued_at, expires_at, revoked_at, carrier, carrier_serial, " \
    "agreement, requirements, delivered_at, accepted_at, suspended_by, hold_until, "          \
    "closed_at, predecessor, successor, erased_at"
#define CERTIFICATE_TABLES \
    " FROM certificate JOIN record USING (id) LEFT JOIN record_completion USING (id)"

// --- certificates -----------------------------------------------------------------------------

static void take_life(SqlStatement *row, Arena *arena, CertificateRow *ret)
{
    ret->carrier = sql_text(row, arena);
    ret->carrier_serial = sql_text(row, arena);
    ret->agreement = sql_text(row, arena);
    ret->requirements = sql_text(row, arena);
    ret->delivered_at = sql_time(row);
    ret->accepted_at = sql_time(row);
    ret->suspended_by = sql_text(row, arena);
    ret->hold_until = sql_time(row);
    ret->closed_at = sql_time(row);
    ret->predecessor = sql_text(row, arena);
    ret->successor = sql_text(row, arena);
    ret->erased_at = sql_time(row);
}

static bool take_certificate(SqlStatement *row, Arena *arena, CertificateRow *ret)
{
    ret->serial = sql_text(row, arena);
    ret->registrar = sql_text(row, arena);
    ret->institution = sql_text(row, arena);
    ret->request_id = sql_text(row, arena);
    sql_fixed_bytes(row, ret->request_digest.bytes, SM3_SIZE);
    sql_fixed_bytes(row, ret->subject_index.bytes, SM3_SIZE);
    sql_fixed_bytes(row, ret->key_digest.bytes, SM3_SIZE);
    ret->profile = sql_text(row, arena);
    bool known = certificate_state_from_name(sql_text(row, arena), &ret->state);
    ret->reason = (int)sql_int(row);
    ret->request = sql_bytes(row, arena);
    ret->issue = sql_bytes(row, arena);
    ret->completion = sql_bytes(row, arena);
    ret->issued_at = sql_time(row);
    ret->expires_at = sql_time(row);
    ret->revoked_at = sql_time(row);
    take_life(row, arena, ret);
    return known;
}

CertificateState certificate_row_state(const CertificateRow *row, Time now)
{
    const CertificateLife life = {.stored = row->state,
                                  .delivered_at = row->delivered_at,
                                  .accepted_at = row->accepted_at,
                                  .hold_until = row->hold_until,
                                  .expires_at = row->expires_at,
                                  .has_successor = row->successor[0] != '\0'};
    return certificate_life_at(&life, now);
}

// Take the one row of a prepared look-up; without one, ret->serial stays NULL.
static bool finish_look_up(SqlStatement *row, Arena *arena, CertificateRow *ret, Error *err)
{
    *ret = (CertificateRow){0};
    bool known = !sql_next(row) || take_certificate(row, arena, ret);
    if (!sql_done(row, err)) {
        return false;
    }
    return known || error_set(err, ERROR_INTERNAL, "store.corrupt", NULL,
                              "a certificate is stored with an unknown state");
}

static bool find_request(StoreSession *session, const char *registrar, const char *request_id,
                         Arena *arena, CertificateRow *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT " CERTIFICATE_COLUMNS CERTIFICATE_TABLES
                                            " WHERE registrar = ?"
                                            " AND request_id = ?");
    sql_bind_text(&row, registrar);
    sql_bind_text(&row, request_id);
    return finish_look_up(&row, arena, ret, err);
}

bool certificate_record_read(StoreSession *session, const char *serial, Arena *arena,
                             CertificateRow *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, "SELECT " CERTIFICATE_COLUMNS CERTIFICATE_TABLES " WHERE serial = ?");
    sql_bind_text(&row, serial);
    if (!finish_look_up(&row, arena, ret, err)) {
        return false;
    }
    return ret->serial != NULL || error_set(err, ERROR_NOT_FOUND, "certificate.unknown", NULL,
                                            "there is no certificate of this serial number");
}

typedef struct {
    const char *registrar;  // NULL: look for the serial number
    const char *key;
    Arena *arena;
    CertificateRow *ret;
} LookUp;

static bool run_look_up(StoreSession *session, void *context, Error *err)
{
    LookUp *look_up = context;
    return look_up->registrar == NULL
               ? certificate_record_read(session, look_up->key, look_up->arena, look_up->ret, err)
               : find_request(session, look_up->registrar, look_up->key, look_up->arena,
                              look_up->ret, err);
}

bool certificate_record_find_request(Store *store, const char *registrar, const char *request_id,
                                     Arena *arena, CertificateRow *ret, Error *err)
{
    *ret = (CertificateRow){0};
    LookUp look_up = {registrar, request_id, arena, ret};
    return store_read(store, run_look_up, &look_up, err);
}

bool certificate_record_get(Store *store, const char *serial, Arena *arena, CertificateRow *ret,
                            Error *err)
{
    *ret = (CertificateRow){0};
    LookUp look_up = {NULL, serial, arena, ret};
    return store_read(store, run_look_up, &look_up, err);
}

// --- issue ------------------------------------------------------------------------------------

typedef CertificateInsertion Insertion;

static bool request_is_there(StoreSession *session, const CertificateRow *row, bool *ret,
                             Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found =
        sql_prepare(session, "SELECT 1 FROM certificate WHERE registrar = ? AND request_id = ?");
    sql_bind_text(&found, row->registrar);
    sql_bind_text(&found, row->request_id);
    *ret = sql_next(&found);
    return sql_done(&found, err);
}

static bool check_key(StoreSession *session, const CertificateRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found = sql_prepare(session, "SELECT 1 FROM certificate WHERE key_digest = ?");
    sql_bind_bytes(&found, sm3_bytes(&row->key_digest));
    bool used = sql_next(&found);
    if (!sql_done(&found, err)) {
        return false;
    }
    return !used || error_set(err, ERROR_CONFLICT, "certification.key_used", "JR/T 0299-2024 6.6",
                              "there is a certificate for this key already");
}

static void bind_life(SqlStatement *put, const CertificateRow *row)
{
    sql_bind_text(put, row->carrier);
    sql_bind_text(put, row->carrier_serial);
    sql_bind_text(put, row->agreement);
    sql_bind_text(put, row->requirements);
    sql_bind_time(put, row->delivered_at);
    sql_bind_time(put, row->accepted_at);
    sql_bind_text(put, row->suspended_by);
    sql_bind_time(put, row->hold_until);
    sql_bind_time(put, row->closed_at);
    sql_bind_text(put, row->predecessor);
    sql_bind_text(put, row->successor);
    sql_bind_time(put, row->erased_at);
}

static bool insert_certificate(StoreSession *session, const CertificateRow *row,
                               uint64_t draft_number, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session,
        "INSERT INTO certificate (serial, registrar, institution, request_id, request_digest,"
        " subject_index, key_digest, profile, state, reason, issued_at,"
        " expires_at, revoked_at, carrier, carrier_serial, agreement, requirements,"
        " delivered_at, accepted_at, suspended_by, hold_until, closed_at, predecessor,"
        " successor, erased_at, draft_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sql_bind_text(&put, row->serial);
    sql_bind_text(&put, row->registrar);
    sql_bind_text(&put, row->institution);
    sql_bind_text(&put, row->request_id);
    sql_bind_bytes(&put, sm3_bytes(&row->request_digest));
    sql_bind_bytes(&put, sm3_bytes(&row->subject_index));
    sql_bind_bytes(&put, sm3_bytes(&row->key_digest));
    sql_bind_text(&put, row->profile);
    sql_bind_text(&put, certificate_state_name(row->state));
    sql_bind_int(&put, row->reason);
    sql_bind_time(&put, row->issued_at);
    sql_bind_time(&put, row->expires_at);
    sql_bind_time(&put, row->revoked_at);
    bind_life(&put, row);
    if (row->draft != NULL) {
        sql_bind_int(&put, (int64_t)draft_number);
    } else {
        sql_bind_null(&put);
    }
    return sql_run(&put, err);
}

// What it was issued on and with, right behind the certificate itself.
static bool insert_record(StoreSession *session, const CertificateRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session, "INSERT INTO record (id, request, issue) VALUES (last_insert_rowid(), ?, ?)");
    sql_bind_bytes(&put, row->request);
    sql_bind_bytes(&put, row->draft != NULL ? row->draft->text : row->issue);
    return sql_run(&put, err);
}

// The one that is replaced is of the same person and registrar, and in use. One replaces it.
static bool link_predecessor(StoreSession *session, const Insertion *insertion, Error *err)
{
    const CertificateRow *row = insertion->row;
    CertificateRow old;
    CertificateState next;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!certificate_record_read(session, row->predecessor, arena, &old, err)) {
        return false;
    }
    if (strcmp(old.registrar, row->registrar) != 0 ||
        !sm3_digest_equal(&old.subject_index, &row->subject_index) ||
        strcmp(old.profile, row->profile) != 0) {
        return error_set(
            err, ERROR_FORBIDDEN, "certification.renewal", "JR/T 0299-2024 6.5",
            "the certificate to be replaced is another person's or of another profile");
    }
    if (!certificate_state_next(certificate_row_state(&old, row->issued_at), OPERATION_UPDATE,
                                REQUESTER_HOLDER, &next, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session, "UPDATE certificate SET successor = ? WHERE serial = ?");
    sql_bind_text(&put, row->serial);
    sql_bind_text(&put, old.serial);
    return sql_run(&put, err);
}

static bool run_insertion(StoreSession *session, void *context, Error *err)
{
    Insertion *insertion = context;
    if (!request_is_there(session, insertion->row, &insertion->raced, err)) {
        return false;
    }
    return insertion->raced ||
           (check_key(session, insertion->row, err) &&
            subject_record_take(session, insertion, err) &&
            (insertion->row->predecessor[0] == '\0' || link_predecessor(session, insertion, err)) &&
            insert_certificate(session, insertion->row, insertion->number, err) &&
            insert_record(session, insertion->row, err) &&
            (insertion->row->pair == NULL ||
             pair_record_insert(session, insertion->row->pair, err)));
}

bool certificate_record_insert_within(StoreSession *session, const CertificateRow *row, Error *err)
{
    return check_key(session, row, err) && insert_certificate(session, row, 0, err) &&
           insert_record(session, row, err);
}

bool certificate_record_insert(Store *store, CertificateInsertion *insertion, Error *err)
{
    return store_write(store, run_insertion, insertion, err);
}

typedef struct {
    CertificateInsertion *insertions;
    size_t count;
} InsertionList;

static bool run_insertions(StoreSession *session, void *context, Error *err)
{
    const InsertionList *list = context;
    for (size_t i = 0; i < list->count; i++) {
        if (!run_insertion(session, &list->insertions[i], err)) {
            return false;
        }
    }
    return true;
}

void certificate_record_insert_all(Store *store, CertificateInsertion *insertions, size_t count)
{
    InsertionList list = {insertions, count};
    bool all = count > 1 && store_write(store, run_insertions, &list, NULL);
    for (size_t i = 0; i < count; i++) {
        // One that fails undoes what all wrote: then each is tried by itself.
        insertions[i].ok =
            all || store_write(store, run_insertion, &insertions[i], &insertions[i].err);
    }
}
