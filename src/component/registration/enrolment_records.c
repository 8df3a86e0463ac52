// SPDX-License-Identifier: Apache-2.0
#include "component/registration/enrolment_records.h"

#include "base/store/sql.h"

#define ENROLMENT_COLUMNS                                                   \
    "reference, registration_id, institution, request_id, request_digest, " \
    "authorization_id, decision_id, renews, request, secret, created_at, expires_at, failures"

// --- enrolments -------------------------------------------------------------------------------

typedef struct {
    const char *key;
    Arena *arena;
    EnrolmentRow *ret;
} EnrolmentLookUp;

static bool take_enrolment(SqlStatement *row, const EnrolmentLookUp *look_up, Error *err)
{
    EnrolmentRow *ret = look_up->ret;
    sql_bind_text(row, look_up->key);
    *ret = (EnrolmentRow){0};
    if (sql_next(row)) {
        ret->reference = sql_text(row, look_up->arena);
        ret->registration_id = sql_text(row, look_up->arena);
        ret->institution = sql_text(row, look_up->arena);
        ret->request_id = sql_text(row, look_up->arena);
        sql_fixed_bytes(row, ret->request_digest.bytes, SM3_SIZE);
        ret->authorization_id = sql_text(row, look_up->arena);
        ret->decision_id = sql_text(row, look_up->arena);
        ret->renews = sql_text(row, look_up->arena);
        ret->request = sql_bytes(row, look_up->arena);
        ret->secret = sql_bytes(row, look_up->arena);
        ret->created_at = sql_time(row);
        ret->expires_at = sql_time(row);
        ret->failures = sql_int(row);
        ret->message = sql_optional_bytes(row, look_up->arena);
        ret->used_at = sql_optional_int(row, 0);
    }
    return sql_done(row, err);
}

static bool run_find(StoreSession *session, void *context, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, "SELECT " ENROLMENT_COLUMNS
                             ", message, used_at FROM enrolment WHERE reference = ?");
    return take_enrolment(&row, context, err);
}

bool enrolment_record_find(Store *store, const char *reference, Arena *arena, EnrolmentRow *ret,
                           Error *err)
{
    EnrolmentLookUp look_up = {reference, arena, ret};
    return store_read(store, run_find, &look_up, err);
}

static bool run_find_registration(StoreSession *session, void *context, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, "SELECT " ENROLMENT_COLUMNS
                             ", message, used_at FROM enrolment WHERE registration_id = ?");
    return take_enrolment(&row, context, err);
}

bool enrolment_record_find_registration(Store *store, const char *registration_id, Arena *arena,
                                        EnrolmentRow *ret, Error *err)
{
    EnrolmentLookUp look_up = {registration_id, arena, ret};
    return store_read(store, run_find_registration, &look_up, err);
}

// Of several that were made for one certificate, the newest.
static bool run_find_renewal(StoreSession *session, void *context, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT " ENROLMENT_COLUMNS
                                            ", message, used_at FROM enrolment WHERE renews = ?"
                                            " ORDER BY rowid DESC LIMIT 1");
    return take_enrolment(&row, context, err);
}

bool enrolment_record_find_renewal(Store *store, const char *serial, Arena *arena,
                                   EnrolmentRow *ret, Error *err)
{
    EnrolmentLookUp look_up = {serial, arena, ret};
    return store_read(store, run_find_renewal, &look_up, err);
}

static bool is_there(StoreSession *session, const EnrolmentRow *row, bool *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found = sql_prepare(session, "SELECT 1 FROM enrolment WHERE registration_id = ?");
    sql_bind_text(&found, row->registration_id);
    *ret = sql_next(&found);
    return sql_done(&found, err);
}

static bool check_no_application(StoreSession *session, const EnrolmentRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found =
        sql_prepare(session, "SELECT 1 FROM registration WHERE registration_id = ?");
    sql_bind_text(&found, row->registration_id);
    bool used = sql_next(&found);
    if (!sql_done(&found, err)) {
        return false;
    }
    return !used || error_set(err, ERROR_CONFLICT, "registration.request_reused", NULL,
                              "an application was made under this request id");
}

static bool run_insert(StoreSession *session, void *context, Error *err)
{
    const EnrolmentRow *row = context;
    bool raced;
    if (!is_there(session, row, &raced, err)) {
        return false;
    }
    if (raced) {
        return true;
    }
    if (!check_no_application(session, row, err) ||
        !registration_record_check_decision(session, row->decision_id, NULL, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session, "INSERT INTO enrolment (" ENROLMENT_COLUMNS
                                            ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)");
    sql_bind_text(&put, row->reference);
    sql_bind_text(&put, row->registration_id);
    sql_bind_text(&put, row->institution);
    sql_bind_text(&put, row->request_id);
    sql_bind_bytes(&put, sm3_bytes(&row->request_digest));
    sql_bind_text(&put, row->authorization_id);
    sql_bind_text(&put, row->decision_id);
    sql_bind_text(&put, row->renews);
    sql_bind_bytes(&put, row->request);
    sql_bind_bytes(&put, row->secret);
    sql_bind_time(&put, row->created_at);
    sql_bind_time(&put, row->expires_at);
    return sql_run(&put, err);
}

bool enrolment_record_insert(Store *store, const EnrolmentRow *row, Error *err)
{
    EnrolmentRow copy = *row;
    return store_write(store, run_insert, &copy, err);
}

static bool run_count_failure(StoreSession *session, void *context, Error *err)
{
    const char *const *reference = context;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session, "UPDATE enrolment SET failures = failures + 1 WHERE reference = ?");
    sql_bind_text(&put, *reference);
    return sql_run(&put, err);
}

bool enrolment_record_count_failure(Store *store, const char *reference, Error *err)
{
    return store_write(store, run_count_failure, &reference, err);
}

// What is written when a secret is used.
typedef struct {
    const EnrolmentRow *enrolment;
    const RegistrationRow *row;
    Bytes message;
} Use;

static bool run_use(StoreSession *session, void *context, Error *err)
{
    const Use *use = context;
    bool raced;
    if (!registration_insert_in(session, use->row, &raced, err)) {
        return false;
    }
    if (raced) {
        return true;
    }
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session, "UPDATE enrolment SET message = ?, used_at = ? WHERE reference = ?");
    sql_bind_bytes(&put, use->message);
    sql_bind_time(&put, use->row->created_at);
    sql_bind_text(&put, use->enrolment->reference);
    return sql_run(&put, err);
}

bool enrolment_record_use(Store *store, const EnrolmentRow *enrolment, const RegistrationRow *row,
                          Bytes message, Error *err)
{
    Use use = {enrolment, row, message};
    return store_write(store, run_use, &use, err);
}
