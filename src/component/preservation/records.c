// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/records.h"

#include <string.h>

#include "base/store/sql.h"

static Bytes digest_bytes(const Sm3Digest *digest)
{
    return sm3_bytes(digest);
}

static void take_digest(SqlStatement *statement, Sm3Digest *ret)
{
    sql_fixed_bytes(statement, ret->bytes, SM3_SIZE);
}

bool authorization_record_find(StoreSession *session, const char *id, Arena *arena, bool *ret_found,
                               AuthorizationRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT id, salt, is_held, last_stage, last_sequence, last_submission FROM authorization "
        "WHERE id = ?");
    sql_bind_text(&s, id);
    *ret_found = sql_next(&s);
    if (*ret_found) {
        AuthorizationRecord record = {.id = sql_text(&s, arena)};
        sql_fixed_bytes(&s, record.salt, sizeof record.salt);
        record.is_held = sql_bool(&s);
        int64_t stage = sql_optional_int(&s, -1);
        record.chain.has_last = stage >= 0;
        record.chain.stage = record.chain.has_last ? (DepositStage)stage : DEPOSIT_M6;
        record.chain.sequence = sql_optional_int(&s, 0);
        Bytes submission = sql_optional_bytes(&s, arena);
        if (submission.len == SM3_SIZE) {
            memcpy(record.chain.submission.bytes, submission.data, SM3_SIZE);
        }
        *ret = record;
    }
    return sql_done(&s, err);
}

static void bind_chain(SqlStatement *s, const DepositChain *chain)
{
    if (!chain->has_last) {
        sql_bind_null(s);
        sql_bind_null(s);
        sql_bind_null(s);
        return;
    }
    sql_bind_int(s, chain->stage);
    sql_bind_int(s, chain->sequence);
    sql_bind_bytes(s, digest_bytes(&chain->submission));
}

bool authorization_record_insert(StoreSession *session, const AuthorizationRecord *record, Time now,
                                 Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO authorization (last_stage, last_sequence, "
                    "last_submission, id, salt, created_at) VALUES (?, ?, ?, ?, ?, ?)");
    bind_chain(&s, &record->chain);
    sql_bind_text(&s, record->id);
    sql_bind_bytes(&s, BYTES_OF_ARRAY(record->salt));
    sql_bind_time(&s, now);
    return sql_run(&s, err);
}

bool authorization_record_update_chain(StoreSession *session, const AuthorizationRecord *record,
                                       Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE authorization SET last_stage = ?, last_sequence = ?, last_submission = ? "
        "WHERE id = ?");
    bind_chain(&s, &record->chain);
    sql_bind_text(&s, record->id);
    return sql_run(&s, err);
}

bool authorization_record_hold(StoreSession *session, const char *id, bool is_held, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "UPDATE authorization SET is_held = ? WHERE id = ?");
    sql_bind_bool(&s, is_held);
    sql_bind_text(&s, id);
    int64_t changed = 0;
    if (!sql_run_counted(&s, &changed, err)) {
        return false;
    }
    return changed == 1 || error_set(err, ERROR_NOT_FOUND, "preservation.authorization", NULL,
                                     "nothing is deposited for this authorization");
}

// For "... FROM deposit ...".
#define DEPOSIT_COLUMNS                                                               \
    "id, authorization, stage, sequence, depositor, submission, entry, size_before, " \
    "log_index, receipt, checkpoint, "                                                \
    "(SELECT note FROM checkpoint c WHERE c.size = deposit.checkpoint), "             \
    "record_name, wrapped_key, received_at"

static void take_deposit(SqlStatement *s, Arena *arena, DepositRecord *ret)
{
    ret->id = sql_int(s);
    ret->authorization = sql_text(s, arena);
    ret->stage = (DepositStage)sql_int(s);
    ret->sequence = sql_int(s);
    ret->depositor = sql_text(s, arena);
    take_digest(s, &ret->submission);
    ret->entry = sql_bytes(s, arena);
    ret->size_before = (uint64_t)sql_int(s);
    int64_t log_index = sql_optional_int(s, -1);
    ret->is_logged = log_index >= 0;
    ret->log_index = ret->is_logged ? (uint64_t)log_index : 0;
    ret->receipt = sql_optional_bytes(s, arena);
    ret->checkpoint.size = (uint64_t)sql_optional_int(s, 0);
    ret->checkpoint.note = sql_optional_bytes(s, arena);
    sql_fixed_bytes(s, ret->record_name, sizeof ret->record_name);
    ret->wrapped_key = sql_optional_bytes(s, arena);
    ret->received = sql_time(s);
}

static bool find_deposit(SqlStatement *s, Arena *arena, bool *ret_found, DepositRecord *ret,
                         Error *err)
{
    *ret_found = sql_next(s);
    if (*ret_found) {
        *ret = (DepositRecord){0};
        take_deposit(s, arena, ret);
    }
    return sql_done(s, err);
}

bool deposit_record_find(StoreSession *session, const DepositPlace *place, Arena *arena,
                         bool *ret_found, DepositRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT " DEPOSIT_COLUMNS
                                          " FROM deposit "
                                          "WHERE authorization = ? AND stage = ? AND sequence = ?");
    sql_bind_text(&s, place->authorization);
    sql_bind_int(&s, place->stage);
    sql_bind_int(&s, place->sequence);
    return find_deposit(&s, arena, ret_found, ret, err);
}

bool deposit_record_find_index(StoreSession *session, uint64_t log_index, Arena *arena,
                               bool *ret_found, DepositRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT " DEPOSIT_COLUMNS " FROM deposit WHERE log_index = ?");
    sql_bind_int(&s, (int64_t)log_index);
    return find_deposit(&s, arena, ret_found, ret, err);
}

bool deposit_record_last_id(StoreSession *session, int64_t *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT coalesce(max(id), 0) FROM deposit");
    *ret = sql_next(&s) ? sql_int(&s) : 0;
    return sql_done(&s, err);
}

bool deposit_record_insert(StoreSession *session, const DepositRecord *record, Bytes sealed,
                           Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO deposit (id, authorization, stage, sequence, depositor, submission, entry, "
        "size_before, record_name, wrapped_key, received_at, custody) VALUES (?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?)");
    sql_bind_int(&s, record->id);
    sql_bind_text(&s, record->authorization);
    sql_bind_int(&s, record->stage);
    sql_bind_int(&s, record->sequence);
    sql_bind_text(&s, record->depositor);
    sql_bind_bytes(&s, digest_bytes(&record->submission));
    sql_bind_bytes(&s, record->entry);
    sql_bind_int(&s, (int64_t)record->size_before);
    sql_bind_bytes(&s, BYTES_OF_ARRAY(record->record_name));
    sql_bind_bytes(&s, record->wrapped_key);
    sql_bind_time(&s, record->received);
    sql_bind_int(&s, record->custody);
    if (!sql_run(&s, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement payload =
        sql_prepare(session, "INSERT INTO payload (deposit, sealed) VALUES (?, ?)");
    sql_bind_int(&payload, record->id);
    sql_bind_bytes(&payload, sealed);
    return sql_run(&payload, err);
}

bool deposit_record_set_logged(StoreSession *session, const DepositRecord *record, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "UPDATE deposit SET log_index = ?, checkpoint = ? WHERE id = ?");
    sql_bind_int(&s, (int64_t)record->log_index);
    sql_bind_int(&s, (int64_t)record->checkpoint.size);
    sql_bind_int(&s, record->id);
    return sql_run(&s, err);
}

bool checkpoint_record_insert(StoreSession *session, const CheckpointRecord *record, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "INSERT INTO checkpoint (size, note) VALUES (?, ?) "
                                 "ON CONFLICT (size) DO NOTHING");
    sql_bind_int(&s, (int64_t)record->size);
    sql_bind_bytes(&s, record->note);
    return sql_run(&s, err);
}

bool deposit_record_list(StoreSession *session, const char *authorization, size_t max, Arena *arena,
                         DepositRecord **ret, size_t *ret_count, Error *err)
{
    DepositRecord *records = arena_alloc(arena, max * sizeof *records);
    if (records == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "SELECT " DEPOSIT_COLUMNS
                 " FROM deposit "
                 "WHERE authorization = ? AND log_index IS NOT NULL ORDER BY log_index LIMIT ?");
    sql_bind_text(&s, authorization);
    sql_bind_int(&s, (int64_t)max);
    size_t count = 0;
    while (count < max && sql_next(&s)) {
        take_deposit(&s, arena, &records[count++]);
    }
    *ret = records;
    *ret_count = count;
    return sql_done(&s, err);
}

bool deposit_record_has_depositor(StoreSession *session, const char *authorization,
                                  const char *depositor, bool *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "SELECT 1 FROM deposit WHERE authorization = ? AND depositor = ? LIMIT 1");
    sql_bind_text(&s, authorization);
    sql_bind_text(&s, depositor);
    *ret = sql_next(&s);
    return sql_done(&s, err);
}

bool deposit_record_first_pending(StoreSession *session, bool *ret_found, uint64_t *ret_size,
                                  Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT size_before FROM deposit WHERE log_index IS NULL ORDER BY "
                                 "size_before LIMIT 1");
    *ret_found = sql_next(&s);
    *ret_size = *ret_found ? (uint64_t)sql_int(&s) : 0;
    return sql_done(&s, err);
}

bool deposit_record_next_pending(StoreSession *session, int64_t after, Arena *arena,
                                 bool *ret_found, DepositRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT " DEPOSIT_COLUMNS
                                          " FROM deposit "
                                          "WHERE log_index IS NULL AND id > ? ORDER BY id LIMIT 1");
    sql_bind_int(&s, after);
    return find_deposit(&s, arena, ret_found, ret, err);
}

bool deposit_record_next_logged(StoreSession *session, uint64_t from, Arena *arena, bool *ret_found,
                                DepositRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT " DEPOSIT_COLUMNS
                                          " FROM deposit "
                                          "WHERE log_index >= ? ORDER BY log_index LIMIT 1");
    sql_bind_int(&s, (int64_t)from);
    return find_deposit(&s, arena, ret_found, ret, err);
}

static bool run_for_authorization(StoreSession *session, const char *sql, const char *id,
                                  Error *err)
{
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, sql);
    sql_bind_text(&s, id);
    return sql_run(&s, err);
}

bool deposit_record_erase(StoreSession *session, const char *authorization, Arena *arena,
                          uint64_t **ret_indexes, size_t *ret_count, Error *err)
{
    enum { MAX = 4096 };
    uint64_t *indexes = arena_alloc(arena, MAX * sizeof *indexes);
    if (indexes == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT log_index FROM deposit WHERE authorization = ? "
                    "AND wrapped_key IS NOT NULL AND log_index IS NOT NULL ORDER BY log_index");
    sql_bind_text(&s, authorization);
    size_t count = 0;
    while (count < MAX && sql_next(&s)) {
        indexes[count++] = (uint64_t)sql_int(&s);
    }
    if (!sql_done(&s, err)) {
        return false;
    }
    *ret_indexes = indexes;
    *ret_count = count;
    return run_for_authorization(session,
                                 "DELETE FROM payload WHERE deposit IN "
                                 "(SELECT id FROM deposit WHERE authorization = ?)",
                                 authorization, err) &&
           run_for_authorization(session,
                                 "UPDATE deposit SET wrapped_key = NULL WHERE authorization = ?",
                                 authorization, err);
}

bool payload_record_get(StoreSession *session, int64_t deposit, Arena *arena, Bytes *ret,
                        Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT sealed FROM payload WHERE deposit = ?");
    sql_bind_int(&s, deposit);
    bool found = sql_next(&s);
    if (found) {
        *ret = sql_bytes(&s, arena);
    }
    if (!sql_done(&s, err)) {
        return false;
    }
    return found || error_set(err, ERROR_NOT_FOUND, "preservation.erased", NULL,
                              "the payload of this deposit is erased");
}

bool environment_record_latest(StoreSession *session, Arena *arena, bool *ret_found, Bytes *ret,
                               uint64_t *ret_log_index, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT record, log_index FROM environment ORDER BY id DESC LIMIT 1");
    *ret_found = sql_next(&s);
    if (*ret_found) {
        *ret = sql_bytes(&s, arena);
        *ret_log_index = (uint64_t)sql_int(&s);
    }
    return sql_done(&s, err);
}

bool stamp_record_insert(StoreSession *session, const StampRecord *record, Time at, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO stamp (size, checkpoint, token, at) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (size) DO NOTHING");
    sql_bind_int(&s, (int64_t)record->size);
    sql_bind_bytes(&s, record->checkpoint);
    sql_bind_bytes(&s, record->token);
    sql_bind_time(&s, at);
    return sql_run(&s, err);
}

bool stamp_record_find(StoreSession *session, uint64_t size, Arena *arena, bool *ret_found,
                       StampRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session, "SELECT size, checkpoint, token FROM stamp WHERE size >= ? ORDER BY size LIMIT 1");
    sql_bind_int(&s, (int64_t)size);
    *ret_found = sql_next(&s);
    if (*ret_found) {
        ret->size = (uint64_t)sql_int(&s);
        ret->checkpoint = sql_bytes(&s, arena);
        ret->token = sql_bytes(&s, arena);
    }
    return sql_done(&s, err);
}
