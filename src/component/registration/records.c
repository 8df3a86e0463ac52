// SPDX-License-Identifier: Apache-2.0
#include "component/registration/records.h"

#include <string.h>

#include "base/store/sql.h"
#include "component/registration/records_holder.h"

#define APPLICATION_COLUMNS                                                        \
    "registration_id, institution, request_id, request_digest, authorization_id, " \
    "decision_id, key_digest, request, created_at, renews"
#define LATER_COLUMNS                                                                  \
    "serial, issue, forwarded_at, issued_at, completion_digest, submission, receipt, " \
    "deposited_at, refusal, delivered_at, accepted_at"

// --- look-up ----------------------------------------------------------------------------------

static void take_row(SqlStatement *row, Arena *arena, RegistrationRow *ret)
{
    ret->registration_id = sql_text(row, arena);
    ret->institution = sql_text(row, arena);
    ret->request_id = sql_text(row, arena);
    sql_fixed_bytes(row, ret->request_digest.bytes, SM3_SIZE);
    ret->authorization_id = sql_text(row, arena);
    ret->decision_id = sql_text(row, arena);
    sql_fixed_bytes(row, ret->key_digest.bytes, SM3_SIZE);
    ret->request = sql_bytes(row, arena);
    ret->created_at = sql_time(row);
    ret->renews = sql_text(row, arena);
    ret->serial = sql_optional_text(row, arena);
    ret->issue = sql_optional_bytes(row, arena);
    ret->forwarded_at = sql_optional_int(row, 0);
    ret->issued_at = sql_optional_int(row, 0);
    ret->completion_digest = sql_optional_bytes(row, arena);
    ret->submission = sql_optional_bytes(row, arena);
    ret->receipt = sql_optional_bytes(row, arena);
    ret->deposited_at = sql_optional_int(row, 0);
    ret->refusal = sql_text(row, arena);
    ret->delivered_at = sql_time(row);
    ret->accepted_at = sql_time(row);
}

typedef struct {
    const char *registration_id;  // NULL: look for institution and serial number
    const char *institution, *serial;
    Arena *arena;
    RegistrationRow *ret;
} LookUp;

static bool run_look_up(StoreSession *session, void *context, Error *err)
{
    const LookUp *look_up = context;
    bool by_id = look_up->registration_id != NULL;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, by_id ? "SELECT " APPLICATION_COLUMNS ", " LATER_COLUMNS
                                                    " FROM registration"
                                                    " WHERE registration_id = ?"
                                                  : "SELECT " APPLICATION_COLUMNS ", " LATER_COLUMNS
                                                    " FROM registration"
                                                    " WHERE serial = ?1 AND"
                                                    " (?2 IS NULL OR institution = ?2)");
    sql_bind_text(&row, by_id ? look_up->registration_id : look_up->serial);
    if (!by_id) {
        sql_bind_text(&row, look_up->institution);
    }
    if (sql_next(&row)) {
        take_row(&row, look_up->arena, look_up->ret);
    }
    return sql_done(&row, err);
}

bool registration_record_find(Store *store, const char *registration_id, Arena *arena,
                              RegistrationRow *ret, Error *err)
{
    *ret = (RegistrationRow){0};
    LookUp look_up = {registration_id, NULL, NULL, arena, ret};
    return store_read(store, run_look_up, &look_up, err);
}

bool registration_record_find_serial(Store *store, const char *institution, const char *serial,
                                     Arena *arena, RegistrationRow *ret, Error *err)
{
    *ret = (RegistrationRow){0};
    LookUp look_up = {NULL, institution, serial, arena, ret};
    return store_read(store, run_look_up, &look_up, err);
}

// --- application ------------------------------------------------------------------------------

// A row to write, and whether somebody else was faster.
typedef struct {
    const RegistrationRow *row;
    const HolderRow *holder;     // of an insertion
    const HolderNumber *number;  // of an issue
    bool raced;
} Writing;

static bool row_is_there(StoreSession *session, const RegistrationRow *row, bool *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found =
        sql_prepare(session, "SELECT 1 FROM registration WHERE registration_id = ?");
    sql_bind_text(&found, row->registration_id);
    *ret = sql_next(&found);
    return sql_done(&found, err);
}

static bool decision_used(Error *err)
{
    return error_set(err, ERROR_CONFLICT, "registration.decision_used", "JR/T 0299-2024 4 a",
                     "the identity decision has been used for something else");
}

static bool check_no_change_by(StoreSession *session, const char *decision_id, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found = sql_prepare(session, "SELECT 1 FROM status_request WHERE decision_id = ?");
    sql_bind_text(&found, decision_id);
    bool used = sql_next(&found);
    return sql_done(&found, err) && (!used || decision_used(err));
}

// How many registrations were made under a decision, and how many of them are at an end: revoked
// by C3 (to suspend or resume is no end) and never completed.
static bool count_by_decision(StoreSession *session, const char *decision_id, int64_t *ret_count,
                              int64_t *ret_ended, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session,
        "SELECT count(*), count(CASE WHEN submission IS NULL AND EXISTS (SELECT 1 FROM "
        "status_request s WHERE s.registration_id = r.registration_id AND s.updated_at IS NOT NULL "
        "AND s.reason NOT IN (6, 8)) THEN 1 END) FROM registration r WHERE decision_id = ?");
    sql_bind_text(&row, decision_id);
    *ret_count = *ret_ended = 0;
    if (sql_next(&row)) {
        *ret_count = sql_int(&row);
        *ret_ended = sql_int(&row);
    }
    return sql_done(&row, err);
}

// An enrolment has its decision for itself; `registration_id` is what it becomes.
static bool check_no_enrolment_by(StoreSession *session, const char *decision_id,
                                  const char *registration_id, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found = sql_prepare(
        session, "SELECT 1 FROM enrolment WHERE decision_id = ? AND registration_id IS NOT ?");
    sql_bind_text(&found, decision_id);
    sql_bind_text(&found, registration_id);
    bool used = sql_next(&found);
    return sql_done(&found, err) && (!used || decision_used(err));
}

bool registration_record_check_decision(StoreSession *session, const char *decision_id,
                                        const char *registration_id, Error *err)
{
    int64_t count, ended;
    bool is_application = registration_id != NULL;
    if (!check_no_enrolment_by(session, decision_id, registration_id, err) ||
        !check_no_change_by(session, decision_id, err) ||
        !count_by_decision(session, decision_id, &count, &ended, err)) {
        return false;
    }
    if (count > 0 && (!is_application || ended < count)) {
        return decision_used(err);
    }
    return count < REGISTRATION_DECISION_MAX ||
           error_set(err, ERROR_LIMIT, "registration.too_many", "JR/T 0299-2024 4 a",
                     "an identity decision serves at most %d applications whose keys were lost",
                     REGISTRATION_DECISION_MAX);
}

static bool check_key(StoreSession *session, const RegistrationRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement found = sql_prepare(session, "SELECT 1 FROM registration WHERE key_digest = ?");
    sql_bind_bytes(&found, sm3_bytes(&row->key_digest));
    bool used = sql_next(&found);
    if (!sql_done(&found, err)) {
        return false;
    }
    return !used || error_set(err, ERROR_CONFLICT, "registration.key_used", "JR/T 0299-2024 6.6",
                              "the key has been used for another application");
}

static bool insert_row(StoreSession *session, const RegistrationRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session, "INSERT INTO registration (" APPLICATION_COLUMNS
                                            ")"
                                            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sql_bind_text(&put, row->registration_id);
    sql_bind_text(&put, row->institution);
    sql_bind_text(&put, row->request_id);
    sql_bind_bytes(&put, sm3_bytes(&row->request_digest));
    sql_bind_text(&put, row->authorization_id);
    sql_bind_text(&put, row->decision_id);
    sql_bind_bytes(&put, sm3_bytes(&row->key_digest));
    sql_bind_bytes(&put, row->request);
    sql_bind_time(&put, row->created_at);
    sql_bind_text(&put, row->renews);
    return sql_run(&put, err);
}

bool registration_insert_in(StoreSession *session, const RegistrationRow *row, bool *ret_raced,
                            Error *err)
{
    if (!row_is_there(session, row, ret_raced, err)) {
        return false;
    }
    return *ret_raced || (registration_record_check_decision(session, row->decision_id,
                                                             row->registration_id, err) &&
                          check_key(session, row, err) && insert_row(session, row, err));
}

static bool run_insert(StoreSession *session, void *context, Error *err)
{
    Writing *writing = context;
    return registration_insert_in(session, writing->row, &writing->raced, err) &&
           (writing->raced || writing->holder->institution == NULL ||
            holder_insert_in(session, writing->holder, err));
}

static bool write_row(Store *store, StoreFunction *function, const RegistrationRow *row,
                      bool *ret_raced, Error *err)
{
    Writing writing = {.row = row};
    if (!store_write(store, function, &writing, err)) {
        return false;
    }
    *ret_raced = writing.raced;
    return true;
}

bool registration_record_insert(Store *store, const RegistrationRow *row, const HolderRow *holder,
                                bool *ret_raced, Error *err)
{
    Writing writing = {.row = row, .holder = holder};
    if (!store_write(store, run_insert, &writing, err)) {
        return false;
    }
    *ret_raced = writing.raced;
    return true;
}

// --- later steps ------------------------------------------------------------------------------

// Run an update that does nothing when the step was taken before.
static bool finish_step(SqlStatement *put, Writing *writing, Error *err)
{
    int64_t changed = 0;
    sql_bind_text(put, writing->row->registration_id);
    if (!sql_run_counted(put, &changed, err)) {
        return false;
    }
    writing->raced = changed == 0;
    return true;
}

static bool run_keep_issue(StoreSession *session, void *context, Error *err)
{
    Writing *writing = context;
    if (writing->number->registration_id != NULL &&
        !holder_take_number_in(session, writing->number, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session,
        "UPDATE registration SET serial = ?, issue = ?, forwarded_at = ?, issued_at = ?,"
        " refusal = ''"
        " WHERE registration_id = ? AND issue IS NULL");
    sql_bind_text(&put, writing->row->serial);
    sql_bind_bytes(&put, writing->row->issue);
    sql_bind_time(&put, writing->row->forwarded_at);
    sql_bind_time(&put, writing->row->issued_at);
    return finish_step(&put, writing, err);
}

bool registration_record_keep_issue(Store *store, const RegistrationRow *row,
                                    const HolderNumber *number, Error *err)
{
    Writing writing = {.row = row, .number = number};
    return store_write(store, run_keep_issue, &writing, err);
}

static bool run_keep_rejection(StoreSession *session, void *context, Error *err)
{
    Writing *writing = context;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session, "UPDATE registration SET refusal = ? WHERE registration_id = ? AND issue IS NULL");
    sql_bind_text(&put, writing->row->refusal);
    return finish_step(&put, writing, err);
}

bool registration_record_keep_rejection(Store *store, const RegistrationRow *row, Error *err)
{
    bool raced;
    return write_row(store, run_keep_rejection, row, &raced, err);
}

static bool run_keep_handover(StoreSession *session, void *context, Error *err)
{
    Writing *writing = context;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session,
        "UPDATE registration SET delivered_at = ?, accepted_at = ? WHERE registration_id = ?");
    sql_bind_time(&put, writing->row->delivered_at);
    sql_bind_time(&put, writing->row->accepted_at);
    return finish_step(&put, writing, err);
}

bool registration_record_keep_handover(Store *store, const RegistrationRow *row, Error *err)
{
    bool raced;
    return write_row(store, run_keep_handover, row, &raced, err);
}

// Rows are never removed, so that a later one has a greater rowid.
static bool check_not_superseded(StoreSession *session, const RegistrationRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement later =
        sql_prepare(session,
                    "SELECT 1 FROM registration mine JOIN registration later USING (decision_id)"
                    " WHERE mine.registration_id = ? AND later.rowid > mine.rowid");
    sql_bind_text(&later, row->registration_id);
    bool is_superseded = sql_next(&later);
    if (!sql_done(&later, err)) {
        return false;
    }
    return !is_superseded ||
           error_set(err, ERROR_CONFLICT, "registration.superseded", "JR/T 0299-2024 6.6 c",
                     "its key was lost, and another registration has taken its place");
}

static bool run_keep_submission(StoreSession *session, void *context, Error *err)
{
    Writing *writing = context;
    if (!check_not_superseded(session, writing->row, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "UPDATE registration SET completion_digest = ?, submission = ?"
                                   " WHERE registration_id = ? AND submission IS NULL");
    sql_bind_bytes(&put, writing->row->completion_digest);
    sql_bind_bytes(&put, writing->row->submission);
    return finish_step(&put, writing, err);
}

bool registration_record_keep_submission(Store *store, const RegistrationRow *row, bool *ret_raced,
                                         Error *err)
{
    return write_row(store, run_keep_submission, row, ret_raced, err);
}

static bool run_keep_receipt(StoreSession *session, void *context, Error *err)
{
    Writing *writing = context;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "UPDATE registration SET receipt = ?, deposited_at = ?"
                                   " WHERE registration_id = ? AND receipt IS NULL");
    sql_bind_bytes(&put, writing->row->receipt);
    sql_bind_time(&put, writing->row->deposited_at);
    return finish_step(&put, writing, err);
}

bool registration_record_keep_receipt(Store *store, const RegistrationRow *row, Error *err)
{
    bool raced;
    return write_row(store, run_keep_receipt, row, &raced, err);
}

// --- refusals ---------------------------------------------------------------------------------

static bool run_add_refusal(StoreSession *session, void *context, Error *err)
{
    const RefusalRow *row = context;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO event (institution, authorization_id, request_id, refusal,"
                    " created_at) VALUES (?, ?, ?, ?, ?)");
    sql_bind_text(&put, row->institution);
    sql_bind_text(&put, row->authorization_id);
    sql_bind_text(&put, row->request_id);
    sql_bind_text(&put, row->refusal);
    sql_bind_time(&put, row->created_at);
    return sql_run(&put, err);
}

bool registration_record_add_refusal(Store *store, const RefusalRow *row, Error *err)
{
    RefusalRow copy = *row;
    return store_write(store, run_add_refusal, &copy, err);
}

typedef struct {
    const char *authorization_id;
    Arena *arena;
    RefusalRow *rows;
    size_t count;
} RefusalList;

static bool run_list_refusals(StoreSession *session, void *context, Error *err)
{
    RefusalList *list = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session,
        "SELECT institution, authorization_id, request_id, refusal, created_at FROM event"
        " WHERE authorization_id = ? ORDER BY id LIMIT ?");
    sql_bind_text(&row, list->authorization_id);
    sql_bind_int(&row, REGISTRATION_REFUSALS_MAX);
    while (list->count < REGISTRATION_REFUSALS_MAX && sql_next(&row)) {
        RefusalRow *refusal = &list->rows[list->count++];
        refusal->institution = sql_text(&row, list->arena);
        refusal->authorization_id = sql_text(&row, list->arena);
        refusal->request_id = sql_text(&row, list->arena);
        refusal->refusal = sql_text(&row, list->arena);
        refusal->created_at = sql_time(&row);
    }
    return sql_done(&row, err);
}

bool registration_record_list_refusals(Store *store, const char *authorization_id, Arena *arena,
                                       RefusalRow **ret, size_t *ret_count, Error *err)
{
    RefusalList list = {authorization_id, arena,
                        arena_alloc(arena, REGISTRATION_REFUSALS_MAX * sizeof(RefusalRow)), 0};
    if (list.rows == NULL) {
        return error_memory(err);
    }
    if (!store_read(store, run_list_refusals, &list, err)) {
        return false;
    }
    *ret = list.rows;
    *ret_count = list.count;
    return true;
}
