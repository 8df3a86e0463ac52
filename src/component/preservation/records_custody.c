// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/records_custody.h"

#include <string.h>

#include "base/store/sql.h"

bool custody_record_head(StoreSession *session, int64_t *ret_id, Sm3Digest *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT id, digest FROM custody ORDER BY id DESC LIMIT 1");
    Sm3Digest head = {0};
    int64_t id = 0;
    if (sql_next(&s)) {
        id = sql_int(&s);
        sql_fixed_bytes(&s, head.bytes, SM3_SIZE);
    }
    *ret_id = id;
    *ret = head;
    return sql_done(&s, err);
}

bool custody_record_digest(const Sm3Digest *before, const CustodyRecord *record, Sm3Digest *ret,
                           Error *err)
{
    const char *const texts[] = {record->caller, record->action, record->purpose,
                                 record->authorization};
    CLEANUP(writer_free) Writer row = writer_new(8192);
    writer_put(&row, sm3_bytes(before));
    writer_put_u64_be(&row, (uint64_t)record->at);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        writer_put_u16_be(&row, (uint16_t)strlen(texts[i]));
        writer_put_text(&row, texts[i]);
    }
    writer_put_u8(&row, record->has_subject);
    writer_put_u64_be(&row, record->has_subject ? record->subject : 0);
    if (row.failed) {
        return error_memory(err);
    }
    *ret = sm3_digest(writer_bytes(&row));
    return true;
}

bool custody_record_append_to(StoreSession *session, CustodyHead *head, CustodyRecord *record,
                              Error *err)
{
    if (!custody_record_digest(&head->digest, record, &record->digest, err)) {
        return false;
    }
    head->digest = record->digest;
    head->id++;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO custody (id, at, caller, action, purpose, authorization, subject, digest) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    sql_bind_int(&s, head->id);
    sql_bind_time(&s, record->at);
    sql_bind_text(&s, record->caller);
    sql_bind_text(&s, record->action);
    sql_bind_text(&s, record->purpose);
    sql_bind_text(&s, record->authorization);
    if (record->has_subject) {
        sql_bind_int(&s, (int64_t)record->subject);
    } else {
        sql_bind_null(&s);
    }
    sql_bind_bytes(&s, sm3_bytes(&record->digest));
    return sql_run(&s, err);
}

bool custody_record_append(StoreSession *session, CustodyRecord *record, Error *err)
{
    CustodyHead head = {0};
    return custody_record_head(session, &head.id, &head.digest, err) &&
           custody_record_append_to(session, &head, record, err);
}

bool custody_record_list(StoreSession *session, const char *authorization, size_t max, Arena *arena,
                         CustodyRecord **ret, size_t *ret_count, Error *err)
{
    CustodyRecord *records = arena_alloc(arena, max * sizeof *records);
    if (records == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT at, caller, action, purpose, authorization, subject, digest FROM custody "
        "WHERE id IN (SELECT id FROM custody WHERE authorization = ?1 AND action <> "
        "'deposit' UNION ALL SELECT custody FROM deposit WHERE authorization = ?1) "
        "ORDER BY id LIMIT ?2");
    sql_bind_text(&s, authorization);
    sql_bind_int(&s, (int64_t)max);
    size_t count = 0;
    while (count < max && sql_next(&s)) {
        CustodyRecord *record = &records[count++];
        record->at = sql_time(&s);
        record->caller = sql_text(&s, arena);
        record->action = sql_text(&s, arena);
        record->purpose = sql_text(&s, arena);
        record->authorization = sql_text(&s, arena);
        int64_t subject = sql_optional_int(&s, -1);
        record->has_subject = subject >= 0;
        record->subject = record->has_subject ? (uint64_t)subject : 0;
        sql_fixed_bytes(&s, record->digest.bytes, SM3_SIZE);
    }
    *ret = records;
    *ret_count = count;
    return sql_done(&s, err);
}

bool custody_record_has(StoreSession *session, const char *authorization, const char *action,
                        bool *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT 1 FROM custody WHERE authorization = ? AND action = ? AND action <> "
                    "'deposit' LIMIT 1");
    sql_bind_text(&s, authorization);
    sql_bind_text(&s, action);
    *ret = sql_next(&s);
    return sql_done(&s, err);
}

// One row into a link, with the digest that follows from the one before.
static bool take_link(SqlStatement *s, Arena *arena, Sm3Digest *before, CustodyLink *ret,
                      Error *err)
{
    CustodyRecord record = {0};
    ret->id = sql_int(s);
    ret->at = record.at = sql_time(s);
    record.caller = sql_text(s, arena);
    record.action = sql_text(s, arena);
    record.purpose = sql_text(s, arena);
    record.authorization = sql_text(s, arena);
    int64_t subject = sql_optional_int(s, -1);
    record.has_subject = subject >= 0;
    record.subject = record.has_subject ? (uint64_t)subject : 0;
    sql_fixed_bytes(s, ret->digest.bytes, SM3_SIZE);
    bool ok = custody_record_digest(before, &record, &ret->expected, err);
    // From what is there: one changed row is one finding, not one for each row after it.
    *before = ret->digest;
    return ok;
}

bool custody_record_links(StoreSession *session, int64_t after, size_t max, Sm3Digest *before,
                          CustodyLink *ret, size_t *ret_count, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "SELECT id, at, caller, action, purpose, authorization, subject, digest "
                    "FROM custody WHERE id > ? ORDER BY id LIMIT ?");
    sql_bind_int(&s, after);
    sql_bind_int(&s, (int64_t)max);
    size_t count = 0;
    while (count < max && sql_next(&s)) {
        if (!take_link(&s, arena, before, &ret[count++], err)) {
            return false;
        }
    }
    *ret_count = count;
    return sql_done(&s, err);
}
