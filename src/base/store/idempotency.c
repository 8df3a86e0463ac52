// SPDX-License-Identifier: Apache-2.0
#include "base/store/idempotency.h"

#include <string.h>

#include "base/store/idempotency_schema.h"
#include "base/store/sql.h"

const char idempotency_schema[] =
    "CREATE TABLE idempotency_answer ("
    " scope TEXT NOT NULL,"
    " key TEXT NOT NULL,"
    " request_digest BLOB NOT NULL,"
    " status INTEGER NOT NULL,"
    " response BLOB NOT NULL,"
    " kept_at INTEGER NOT NULL,"
    " PRIMARY KEY (scope, key)"
    ") STRICT;"
    "CREATE INDEX idempotency_answer_by_age ON idempotency_answer (kept_at);";

static bool check_key(const IdempotencyKey *key, Error *err)
{
    size_t len = key->key == NULL ? 0 : strnlen(key->key, IDEMPOTENCY_KEY_MAX + 1);
    bool is_key = len > 0 && len <= IDEMPOTENCY_KEY_MAX;
    for (size_t i = 0; is_key && i < len; i++) {
        is_key = key->key[i] > 0x20 && key->key[i] < 0x7f;
    }
    return is_key ||
           error_set(err, ERROR_INPUT, "idempotency.key", NULL,
                     "an idempotency key is 1 to %d visible ASCII characters", IDEMPOTENCY_KEY_MAX);
}

bool idempotency_find(StoreSession *session, const IdempotencyKey *key, Arena *arena,
                      bool *ret_found, IdempotencyAnswer *ret, Error *err)
{
    if (!check_key(key, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement statement =
        sql_prepare(session,
                    "SELECT request_digest, status, response FROM idempotency_answer"
                    " WHERE scope = ? AND key = ?");
    sql_bind_text(&statement, key->scope);
    sql_bind_text(&statement, key->key);
    if (!sql_next(&statement)) {
        bool ok = sql_done(&statement, err);
        if (ok) {
            *ret_found = false;
        }
        return ok;
    }
    Bytes digest = sql_bytes(&statement, arena);
    int64_t status = sql_int(&statement);
    Bytes response = sql_bytes(&statement, arena);
    if (!sql_done(&statement, err)) {
        return false;
    }
    if (!bytes_equal(digest, key->request_digest)) {
        return error_set(err, ERROR_CONFLICT, "idempotency.mismatch", NULL,
                         "the idempotency key was used for another request");
    }
    *ret_found = true;
    *ret = (IdempotencyAnswer){(int)status, response};
    return true;
}

bool idempotency_keep(StoreSession *session, const IdempotencyKey *key,
                      const IdempotencyAnswer *answer, Time now, Error *err)
{
    if (!check_key(key, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement statement = sql_prepare(session,
                                         "INSERT INTO idempotency_answer"
                                         " (scope, key, request_digest, status, response, kept_at)"
                                         " VALUES (?, ?, ?, ?, ?, ?)");
    sql_bind_text(&statement, key->scope);
    sql_bind_text(&statement, key->key);
    sql_bind_bytes(&statement, key->request_digest);
    sql_bind_int(&statement, answer->status);
    sql_bind_bytes(&statement, answer->response);
    sql_bind_time(&statement, now);
    return sql_run(&statement, err);
}

bool idempotency_forget(StoreSession *session, Time before, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement statement =
        sql_prepare(session, "DELETE FROM idempotency_answer WHERE kept_at < ?");
    sql_bind_time(&statement, before);
    return sql_run(&statement, err);
}
