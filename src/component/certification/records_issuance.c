// SPDX-License-Identifier: Apache-2.0
//
// Subjects, what is kept of the logging of each issue, and the secrets that labels follow from.
#include "base/store/sql.h"
#include "component/certification/records.h"

// --- with the certificate ---------------------------------------------------------------------

typedef CertificateInsertion Insertion;

// What the store knows of a certificate's subject.
typedef struct {
    bool is_there, is_same_person, has_secret, has_same_secret;
    uint64_t issued;
} Subject;

static Bytes secret_digest(const Insertion *insertion)
{
    const IssuanceDraft *draft = insertion->row->draft;
    return draft == NULL ? BYTES_EMPTY : sm3_bytes(&draft->secret_digest);
}

static bool read_subject(StoreSession *session, const Insertion *insertion, Subject *ret,
                         Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT holder_digest = ? AND registrar = ?, secret IS NOT NULL,"
                                 " coalesce(secret_digest = ?, 0), issued FROM subject"
                                 " WHERE subject_index = ?");
    sql_bind_bytes(&s, sm3_bytes(insertion->holder_digest));
    sql_bind_text(&s, insertion->row->registrar);
    sql_bind_bytes(&s, secret_digest(insertion));
    sql_bind_bytes(&s, sm3_bytes(&insertion->row->subject_index));
    *ret = (Subject){.is_there = sql_next(&s)};
    if (ret->is_there) {
        ret->is_same_person = sql_bool(&s);
        ret->has_secret = sql_bool(&s);
        ret->has_same_secret = sql_bool(&s);
        ret->issued = (uint64_t)sql_int(&s);
    }
    return sql_done(&s, err);
}

static void bind_secret(SqlStatement *s, const IssuanceDraft *draft)
{
    if (draft == NULL) {
        sql_bind_null(s);
        sql_bind_null(s);
    } else {
        sql_bind_bytes(s, sm3_bytes(&draft->secret_digest));
        sql_bind_bytes(s, draft->secret);
    }
}

static bool insert_subject(StoreSession *session, const Insertion *insertion, Error *err)
{
    const CertificateRow *row = insertion->row;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "INSERT INTO subject (subject_index, holder_digest, registrar,"
                                 " created_at, secret_digest, secret, issued)"
                                 " VALUES (?, ?, ?, ?, ?, ?, ?)");
    sql_bind_bytes(&s, sm3_bytes(&row->subject_index));
    sql_bind_bytes(&s, sm3_bytes(insertion->holder_digest));
    sql_bind_text(&s, row->registrar);
    sql_bind_time(&s, row->issued_at);
    bind_secret(&s, row->draft);
    sql_bind_int(&s, row->draft == NULL ? 0 : 1);
    return sql_run(&s, err);
}

// One more; the first that is logged brings the secret.
static bool count_issue(StoreSession *session, const CertificateRow *row, bool has_secret,
                        Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, has_secret ? "UPDATE subject SET issued = issued + 1"
                                          " WHERE subject_index = ?"
                                        : "UPDATE subject SET issued = issued + 1,"
                                          " secret_digest = ?, secret = ? WHERE subject_index = ?");
    if (!has_secret) {
        bind_secret(&s, row->draft);
    }
    sql_bind_bytes(&s, sm3_bytes(&row->subject_index));
    return sql_run(&s, err);
}

bool subject_record_take(StoreSession *session, CertificateInsertion *insertion, Error *err)
{
    const CertificateRow *row = insertion->row;
    Subject subject;
    if (!read_subject(session, insertion, &subject, err)) {
        return false;
    }
    insertion->number = subject.issued;
    insertion->has_other_secret =
        row->draft != NULL && subject.has_secret && !subject.has_same_secret;
    if (!subject.is_there) {
        return insert_subject(session, insertion, err);
    }
    if (!subject.is_same_person) {
        return error_set(err, ERROR_CONFLICT, "certification.subject_taken", "JR/T 0299-2024 6.2 c",
                         "the subject's serial number belongs to another person");
    }
    // Under another secret a certificate could be hidden behind another one.
    if (insertion->has_other_secret && !row->draft->is_own_secret) {
        return error_set(err, ERROR_CONFLICT, "certification.holder_secret", NULL,
                         "the person's certificates are logged under another secret");
    }
    return row->draft == NULL || count_issue(session, row, subject.has_secret, err);
}

// --- afterwards -------------------------------------------------------------------------------

typedef struct {
    const char *serial;
    Arena *arena;
    IssuanceRow *ret;
} LookUp;

static bool run_find(StoreSession *session, void *context, Error *err)
{
    const LookUp *look_up = context;
    IssuanceRow *ret = look_up->ret;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT subject_index, draft_number, issue, secret"
        " FROM certificate JOIN record USING (id)"
        " JOIN subject USING (subject_index) WHERE serial = ? AND draft_number IS NOT NULL");
    sql_bind_text(&s, look_up->serial);
    *ret = (IssuanceRow){0};
    if (sql_next(&s)) {
        ret->serial = look_up->serial;
        sql_fixed_bytes(&s, ret->subject_index.bytes, SM3_SIZE);
        ret->number = (uint64_t)sql_int(&s);
        ret->draft = sql_bytes(&s, look_up->arena);
        ret->secret = sql_bytes(&s, look_up->arena);
    }
    return sql_done(&s, err);
}

bool issuance_record_find(Store *store, const char *serial, Arena *arena, IssuanceRow *ret,
                          Error *err)
{
    *ret = (IssuanceRow){0};
    LookUp look_up = {serial, arena, ret};
    return store_read(store, run_find, &look_up, err);
}

typedef IssuanceFinishing Finishing;

static bool end_draft(StoreSession *session, const char *serial, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "UPDATE certificate SET draft_number = NULL WHERE serial = ?");
    sql_bind_text(&s, serial);
    return sql_run(&s, err);
}

static bool run_finish(StoreSession *session, void *context, Error *err)
{
    Finishing *finishing = context;
    int64_t completed = 0;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "INSERT INTO record_completion (id, completion) SELECT id, ?"
                                 " FROM certificate WHERE serial = ? AND draft_number IS NOT NULL");
    sql_bind_bytes(&s, finishing->completion);
    sql_bind_text(&s, finishing->serial);
    if (!sql_run_counted(&s, &completed, err)) {
        return false;
    }
    finishing->raced = completed == 0;
    return finishing->raced || end_draft(session, finishing->serial, err);
}

bool issuance_record_finish(Store *store, const char *serial, Bytes completion, bool *ret_raced,
                            Error *err)
{
    Finishing finishing = {serial, completion, false};
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
