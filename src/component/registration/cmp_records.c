// SPDX-License-Identifier: Apache-2.0
//
// Messages and transactions of CMP, of enrolment_records.h.
#include "base/store/sql.h"
#include "component/registration/enrolment_records.h"

// --- look-up ----------------------------------------------------------------------------------

typedef struct {
    const Sm3Digest *digest;
    Arena *arena;
    bool is_found;
    Bytes answer;
} MessageLookUp;

static bool run_find(StoreSession *session, void *context, Error *err)
{
    MessageLookUp *look_up = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT answer FROM cmp_message WHERE digest = ?");
    sql_bind_bytes(&row, sm3_bytes(look_up->digest));
    look_up->is_found = sql_next(&row);
    if (look_up->is_found) {
        look_up->answer = sql_optional_bytes(&row, look_up->arena);
    }
    return sql_done(&row, err);
}

bool cmp_record_find(Store *store, const Sm3Digest *digest, Arena *arena, bool *ret_found,
                     Bytes *ret_answer, Error *err)
{
    MessageLookUp look_up = {digest, arena, false, BYTES_EMPTY};
    if (!store_read(store, run_find, &look_up, err)) {
        return false;
    }
    *ret_found = look_up.is_found;
    *ret_answer = look_up.answer;
    return true;
}

typedef struct {
    Bytes transaction_id;
    Arena *arena;
    CmpTransactionRow *ret;
} TransactionLookUp;

static bool run_find_transaction(StoreSession *session, void *context, Error *err)
{
    const TransactionLookUp *look_up = context;
    CmpTransactionRow *ret = look_up->ret;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT owner, registration_id, server_nonce FROM"
                                   " cmp_transaction WHERE transaction_id = ?");
    sql_bind_bytes(&row, look_up->transaction_id);
    *ret = (CmpTransactionRow){.is_found = sql_next(&row)};
    if (ret->is_found) {
        ret->owner = sql_text(&row, look_up->arena);
        ret->registration_id = sql_optional_text(&row, look_up->arena);
        ret->server_nonce = sql_optional_bytes(&row, look_up->arena);
    }
    return sql_done(&row, err);
}

bool cmp_record_find_transaction(Store *store, Bytes transaction_id, Arena *arena,
                                 CmpTransactionRow *ret, Error *err)
{
    TransactionLookUp look_up = {transaction_id, arena, ret};
    return store_read(store, run_find_transaction, &look_up, err);
}

// --- taking -----------------------------------------------------------------------------------

typedef struct {
    const CmpMessageRow *row;
    bool is_first;
} Beginning;

// One row for a parameter, or none.
static bool has_row(SqlStatement *found, bool *ret, Error *err)
{
    *ret = sql_next(found);
    return sql_done(found, err);
}

static bool check_nonce(StoreSession *session, const CmpMessageRow *row, Error *err)
{
    bool used;
    CLEANUP(sql_end)
    SqlStatement found =
        sql_prepare(session, "SELECT 1 FROM cmp_message WHERE owner = ? AND sender_nonce = ?");
    sql_bind_text(&found, row->owner);
    sql_bind_bytes(&found, row->sender_nonce);
    return has_row(&found, &used, err) &&
           (!used || error_set(err, ERROR_CONFLICT, "cmp.nonce_reused", "RFC 4210 5.1.1",
                               "the nonce of the message was in another one"));
}

static bool begin_transaction(StoreSession *session, const CmpMessageRow *row, Error *err)
{
    bool used;
    CLEANUP(sql_end)
    SqlStatement found =
        sql_prepare(session, "SELECT 1 FROM cmp_transaction WHERE transaction_id = ?");
    sql_bind_bytes(&found, row->transaction_id);
    if (!has_row(&found, &used, err)) {
        return false;
    }
    if (used) {
        return error_set(err, ERROR_CONFLICT, "cmp.transaction_in_use", "RFC 4210 5.1.1",
                         "another message began a transaction under this number");
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "INSERT INTO cmp_transaction (transaction_id, owner, created_at,"
                                   " erase_at) VALUES (?, ?, ?, ?)");
    sql_bind_bytes(&put, row->transaction_id);
    sql_bind_text(&put, row->owner);
    sql_bind_time(&put, row->created_at);
    sql_bind_time(&put, row->erase_at);
    return sql_run(&put, err);
}

// --- erasing ----------------------------------------------------------------------------------

#define ERASABLE                                                                             \
    "(SELECT transaction_id FROM cmp_transaction WHERE erase_at <= ?1 AND transaction_id <>" \
    " ?2 ORDER BY erase_at LIMIT 32)"

// A few transactions that are over, each with all of its messages; not the one that goes on.
static bool erase_old(StoreSession *session, const CmpMessageRow *row, Error *err)
{
    static const char *const statements[] = {
        "DELETE FROM cmp_message WHERE transaction_id IN " ERASABLE,
        "DELETE FROM cmp_transaction WHERE transaction_id IN " ERASABLE,
    };
    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        CLEANUP(sql_end) SqlStatement put = sql_prepare(session, statements[i]);
        sql_bind_time(&put, row->created_at);
        sql_bind_bytes(&put, row->transaction_id);
        if (!sql_run(&put, err)) {
            return false;
        }
    }
    return true;
}

static bool prolong(StoreSession *session, const CmpMessageRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "UPDATE cmp_transaction SET erase_at = max(erase_at, ?) WHERE"
                                   " transaction_id = ?");
    sql_bind_time(&put, row->erase_at);
    sql_bind_bytes(&put, row->transaction_id);
    return sql_run(&put, err);
}

// --- a new message ----------------------------------------------------------------------------

static bool run_begin(StoreSession *session, void *context, Error *err)
{
    const Beginning *beginning = context;
    const CmpMessageRow *row = beginning->row;
    bool is_repeated;
    CLEANUP(sql_end)
    SqlStatement found = sql_prepare(session, "SELECT 1 FROM cmp_message WHERE digest = ?");
    sql_bind_bytes(&found, sm3_bytes(&row->digest));
    if (!has_row(&found, &is_repeated, err) || is_repeated) {
        return is_repeated;
    }
    if (!erase_old(session, row, err) ||
        (beginning->is_first && !begin_transaction(session, row, err)) ||
        !check_nonce(session, row, err) || !prolong(session, row, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "INSERT INTO cmp_message (digest, transaction_id, owner,"
                                   " sender_nonce, created_at) VALUES (?, ?, ?, ?, ?)");
    sql_bind_bytes(&put, sm3_bytes(&row->digest));
    sql_bind_bytes(&put, row->transaction_id);
    sql_bind_text(&put, row->owner);
    sql_bind_bytes(&put, row->sender_nonce);
    sql_bind_time(&put, row->created_at);
    return sql_run(&put, err);
}

bool cmp_record_begin(Store *store, const CmpMessageRow *row, bool is_first, Error *err)
{
    Beginning beginning = {row, is_first};
    return store_write(store, run_begin, &beginning, err);
}

// --- answering --------------------------------------------------------------------------------

typedef struct {
    const CmpMessageRow *row;
    const CmpTransactionRow *transaction;
} Answering;

static bool update_transaction(StoreSession *session, const Answering *answering, Error *err)
{
    const CmpTransactionRow *transaction = answering->transaction;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "UPDATE cmp_transaction SET registration_id = ?, server_nonce ="
                                   " ? WHERE transaction_id = ?");
    sql_bind_text(&put, transaction->registration_id);
    if (transaction->server_nonce.data == NULL) {
        sql_bind_null(&put);
    } else {
        sql_bind_bytes(&put, transaction->server_nonce);
    }
    sql_bind_bytes(&put, answering->row->transaction_id);
    return sql_run(&put, err);
}

static bool run_answer(StoreSession *session, void *context, Error *err)
{
    const Answering *answering = context;
    int64_t changed = 0;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session, "UPDATE cmp_message SET answer = ? WHERE digest = ? AND answer IS NULL");
    sql_bind_bytes(&put, answering->row->answer);
    sql_bind_bytes(&put, sm3_bytes(&answering->row->digest));
    if (!sql_run_counted(&put, &changed, err)) {
        return false;
    }
    return changed == 0 || update_transaction(session, answering, err);
}

bool cmp_record_answer(Store *store, const CmpMessageRow *row, const CmpTransactionRow *transaction,
                       Error *err)
{
    Answering answering = {row, transaction};
    return store_write(store, run_answer, &answering, err);
}
