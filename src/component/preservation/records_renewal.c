// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/records_renewal.h"

#include "base/store/sql.h"
#include "domain/evidence/evidence_record.h"

enum { AUTHORITIES_MAX = 256 };

bool stamp_record_list(StoreSession *session, int64_t authority, Arena *arena, StampRecord **ret,
                       size_t *ret_count, Error *err)
{
    StampRecord *stamps = arena_alloc(arena, RENEWAL_STAMPS_MAX * sizeof *stamps);
    size_t count = 0;
    if (stamps == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT size, checkpoint, token FROM stamp WHERE authority IS ?"
                                 " ORDER BY size LIMIT ?");
    if (authority < 0) {
        sql_bind_null(&s);
    } else {
        sql_bind_int(&s, authority);
    }
    sql_bind_int(&s, RENEWAL_STAMPS_MAX);
    while (sql_next(&s)) {
        uint64_t size = (uint64_t)sql_int(&s);
        Bytes checkpoint = sql_bytes(&s, arena);
        stamps[count++] = (StampRecord){size, checkpoint, sql_bytes(&s, arena)};
    }
    *ret = stamps;
    *ret_count = count;
    return sql_done(&s, err);
}

bool stamp_record_set_authority(StoreSession *session, uint64_t size, int64_t authority, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "UPDATE stamp SET authority = ? WHERE size = ?");
    sql_bind_int(&s, authority);
    sql_bind_int(&s, (int64_t)size);
    return sql_run(&s, err);
}

bool stamp_authority_take(StoreSession *session, Bytes kind, Bytes token, int64_t *ret_id,
                          Error *err)
{
    CLEANUP(sql_end)
    SqlStatement insert = sql_prepare(session,
                                      "INSERT INTO stamp_authority (kind, token) VALUES (?, ?)"
                                      " ON CONFLICT (kind) DO NOTHING");
    sql_bind_bytes(&insert, kind);
    sql_bind_bytes(&insert, token);
    if (!sql_run(&insert, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT id FROM stamp_authority WHERE kind = ?");
    sql_bind_bytes(&s, kind);
    *ret_id = sql_next(&s) ? sql_int(&s) : STAMP_AUTHORITY_DAMAGED;
    return sql_done(&s, err);
}

bool stamp_authority_list(StoreSession *session, Arena *arena, StampAuthority **ret,
                          size_t *ret_count, Error *err)
{
    StampAuthority *authorities = arena_alloc(arena, AUTHORITIES_MAX * sizeof *authorities);
    size_t count = 0;
    if (authorities == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT a.id, a.token FROM stamp_authority a WHERE EXISTS"
                                 " (SELECT 1 FROM stamp WHERE authority = a.id)"
                                 " ORDER BY a.id LIMIT ?");
    sql_bind_int(&s, AUTHORITIES_MAX);
    while (sql_next(&s)) {
        int64_t id = sql_int(&s);
        authorities[count++] = (StampAuthority){id, sql_bytes(&s, arena)};
    }
    *ret = authorities;
    *ret_count = count;
    return sql_done(&s, err);
}

static bool insert_renewal(StoreSession *session, const RenewalRecord *record, int64_t *ret_id,
                           Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "INSERT INTO renewal (algorithm, leaves, token, at, size_before)"
                                 " VALUES (?, ?, ?, ?, ?) RETURNING id");
    sql_bind_int(&s, (int64_t)record->tree.algorithm);
    sql_bind_bytes(&s, record->tree.leaves);
    sql_bind_bytes(&s, record->token);
    sql_bind_time(&s, record->at);
    sql_bind_int(&s, (int64_t)record->size_before);
    *ret_id = sql_next(&s) ? sql_int(&s) : 0;
    return sql_done(&s, err);
}

static bool insert_renewed(StoreSession *session, uint64_t size, int64_t renewal, size_t position,
                           Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "INSERT INTO renewed (size, renewal, position) VALUES (?, ?, ?)");
    sql_bind_int(&s, (int64_t)size);
    sql_bind_int(&s, renewal);
    sql_bind_int(&s, (int64_t)position);
    return sql_run(&s, err);
}

bool renewal_record_insert(StoreSession *session, const RenewalRecord *record,
                           const StampRecord *stamps, size_t count, int64_t authority, Error *err)
{
    int64_t id;
    if (!insert_renewal(session, record, &id, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!insert_renewed(session, stamps[i].size, id, i, err) ||
            !stamp_record_set_authority(session, stamps[i].size, authority, err)) {
            return false;
        }
    }
    return true;
}

static void take_renewal(SqlStatement *s, Arena *arena, RenewalRecord *ret)
{
    ret->id = sql_int(s);
    int64_t algorithm = sql_int(s);
    ret->tree.algorithm = algorithm < 0 || algorithm > IMPRINT_UNKNOWN
                              ? IMPRINT_UNKNOWN
                              : (ImprintAlgorithm)algorithm;
    ret->tree.leaves = sql_bytes(s, arena);
    ret->token = sql_bytes(s, arena);
    ret->at = sql_time(s);
    ret->size_before = (uint64_t)sql_int(s);
    ret->position = (size_t)sql_int(s);
}

bool renewal_record_list(StoreSession *session, uint64_t size, Arena *arena, RenewalRecord **ret,
                         size_t *ret_count, Error *err)
{
    size_t count = 0;
    RenewalRecord *renewals = arena_alloc(arena, EVIDENCE_RECORD_MAX_STAMPS * sizeof *renewals);
    if (renewals == NULL) {
        return error_memory(err);
    }
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT n.id, n.algorithm, n.leaves, n.token, n.at, n.size_before,"
                                 " r.position FROM renewed r JOIN renewal n ON n.id = r.renewal"
                                 " WHERE r.size = ? ORDER BY r.renewal LIMIT ?");
    sql_bind_int(&s, (int64_t)size);
    sql_bind_int(&s, EVIDENCE_RECORD_MAX_STAMPS);
    while (sql_next(&s)) {
        take_renewal(&s, arena, &renewals[count++]);
    }
    *ret = renewals;
    *ret_count = count;
    return sql_done(&s, err);
}

bool renewal_record_next_unlogged(StoreSession *session, Arena *arena, bool *ret_found,
                                  RenewalRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT id, algorithm, leaves, token, at, size_before, 0"
                                 " FROM renewal WHERE log_index IS NULL ORDER BY id LIMIT 1");
    *ret_found = sql_next(&s);
    if (*ret_found) {
        take_renewal(&s, arena, ret);
    }
    return sql_done(&s, err);
}

bool renewal_record_set_logged(StoreSession *session, int64_t id, uint64_t log_index, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "UPDATE renewal SET log_index = ? WHERE id = ?");
    sql_bind_int(&s, (int64_t)log_index);
    sql_bind_int(&s, id);
    return sql_run(&s, err);
}
