// SPDX-License-Identifier: Apache-2.0
//
// What is kept of the logging of each issue, and the secrets that labels follow from.
#include "base/store/sql.h"
#include "component/certification/records.h"

// --- with the certificate ---------------------------------------------------------------------

static bool find_secret(StoreSession *session, const CertificateRow *row, bool *ret_found,
                        bool *ret_same, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT digest = ? FROM holder_secret WHERE subject_index = ?");
    sql_bind_bytes(&s, sm3_bytes(&row->draft->secret_digest));
    sql_bind_bytes(&s, sm3_bytes(&row->subject_index));
    *ret_found = sql_next(&s);
    *ret_same = *ret_found && sql_bool(&s);
    return sql_done(&s, err);
}

static bool insert_secret(StoreSession *session, const CertificateRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "INSERT INTO holder_secret (subject_index, digest, secret) VALUES (?, ?, ?)");
    sql_bind_bytes(&s, sm3_bytes(&row->subject_index));
    sql_bind_bytes(&s, sm3_bytes(&row->draft->secret_digest));
    sql_bind_bytes(&s, row->draft->secret);
    return sql_run(&s, err);
}

// A person has one secret for ever; otherwise a certificate could be hidden behind another one.
static bool take_secret(StoreSession *session, const CertificateRow *row, bool *ret_is_other,
                        Error *err)
{
    bool found, same;
    *ret_is_other = false;
    if (!find_secret(session, row, &found, &same, err)) {
        return false;
    }
    if (!found) {
        return insert_secret(session, row, err);
    }
    *ret_is_other = !same;
    return same || row->draft->is_own_secret ||
           error_set(err, ERROR_CONFLICT, "certification.holder_secret", NULL,
                     "the person's certificates are logged under another secret");
}

bool issuance_record_insert(StoreSession *session, CertificateInsertion *insertion, Error *err)
{
    const CertificateRow *row = insertion->row;
    if (!take_secret(session, row, &insertion->has_other_secret, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO issuance (serial, subject_index, number, draft) VALUES (?1, ?2,"
                    " (SELECT coalesce(max(number) + 1, 0) FROM issuance WHERE subject_index = ?2),"
                    " ?3) RETURNING number");
    sql_bind_text(&s, row->serial);
    sql_bind_bytes(&s, sm3_bytes(&row->subject_index));
    sql_bind_bytes(&s, row->draft->text);
    insertion->number = sql_next(&s) ? (uint64_t)sql_int(&s) : 0;
    return sql_run(&s, err);
}

// --- afterwards -------------------------------------------------------------------------------

typedef struct {
    const char *serial;
    Arena *arena;
    IssuanceRow *ret;
} LookUp;

static bool run_get(StoreSession *session, void *context, Error *err)
{
    const LookUp *look_up = context;
    IssuanceRow *ret = look_up->ret;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT subject_index, number, draft, secret FROM issuance"
                                 " JOIN holder_secret USING (subject_index) WHERE serial = ?");
    sql_bind_text(&s, look_up->serial);
    bool found = sql_next(&s);
    if (found) {
        ret->serial = look_up->serial;
        sql_fixed_bytes(&s, ret->subject_index.bytes, SM3_SIZE);
        ret->number = (uint64_t)sql_int(&s);
        ret->draft = sql_optional_bytes(&s, look_up->arena);
        ret->secret = sql_bytes(&s, look_up->arena);
    }
    if (!sql_done(&s, err)) {
        return false;
    }
    return found || error_set(err, ERROR_NOT_FOUND, "certificate.unknown", NULL,
                              "there is no issue of this serial number");
}

bool issuance_record_get(Store *store, const char *serial, Arena *arena, IssuanceRow *ret,
                         Error *err)
{
    LookUp look_up = {serial, arena, ret};
    return store_read(store, run_get, &look_up, err);
}

typedef IssuanceFinishing Finishing;

static bool drop_draft(StoreSession *session, const char *serial, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "UPDATE issuance SET draft = NULL WHERE serial = ?");
    sql_bind_text(&s, serial);
    return sql_run(&s, err);
}

static bool run_finish(StoreSession *session, void *context, Error *err)
{
    Finishing *finishing = context;
    int64_t changed = 0;
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "UPDATE certificate SET issue = ? WHERE serial = ? AND issue = x''");
    sql_bind_bytes(&s, finishing->issue);
    sql_bind_text(&s, finishing->serial);
    if (!sql_run_counted(&s, &changed, err)) {
        return false;
    }
    finishing->raced = changed == 0;
    return finishing->raced || drop_draft(session, finishing->serial, err);
}

bool issuance_record_finish(Store *store, const char *serial, Bytes issue, bool *ret_raced,
                            Error *err)
{
    Finishing finishing = {serial, issue, false};
    if (!store_write(store, run_finish, &finishing, err)) {
        return false;
    }
    *ret_raced = finishing.raced;
    return true;
}

typedef struct {
    IssuanceFinishing *finishings;
    size_t count;
} FinishingList;

static bool run_finish_all(StoreSession *session, void *context, Error *err)
{
    const FinishingList *list = context;
    for (size_t i = 0; i < list->count; i++) {
        if (!run_finish(session, &list->finishings[i], err)) {
            return false;
        }
    }
    return true;
}

bool issuance_record_finish_all(Store *store, IssuanceFinishing *finishings, size_t count,
                                Error *err)
{
    FinishingList list = {finishings, count};
    return count == 0 || store_write(store, run_finish_all, &list, err);
}
