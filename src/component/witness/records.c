// SPDX-License-Identifier: Apache-2.0
#include "component/witness/records.h"

#include "base/store/sql.h"

bool witnessed_record_find(StoreSession *session, const char *origin, Arena *arena, bool *ret_found,
                           WitnessedRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT size, root, checkpoint, cosigned_at, is_stopped FROM log"
                                 " WHERE origin = ?");
    sql_bind_text(&s, origin);
    *ret_found = sql_next(&s);
    if (*ret_found) {
        *ret = (WitnessedRecord){.origin = origin};
        ret->head.size = (uint64_t)sql_int(&s);
        sql_fixed_bytes(&s, ret->head.root.bytes, SM3_SIZE);
        ret->checkpoint = sql_bytes(&s, arena);
        ret->cosigned_at = sql_time(&s);
        ret->stop = (WitnessStop)sql_int(&s);
    }
    return sql_done(&s, err);
}

static bool write_row(StoreSession *session, const WitnessedRecord *record, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "INSERT INTO log (origin, size, root, checkpoint, cosigned_at, is_stopped)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET size = excluded.size,"
        " root = excluded.root, checkpoint = excluded.checkpoint,"
        " cosigned_at = excluded.cosigned_at, is_stopped = excluded.is_stopped");
    sql_bind_text(&s, record->origin);
    sql_bind_int(&s, (int64_t)record->head.size);
    sql_bind_bytes(&s, sm3_bytes(&record->head.root));
    sql_bind_bytes(&s, record->checkpoint);
    sql_bind_time(&s, record->cosigned_at);
    sql_bind_int(&s, record->stop);
    return sql_run(&s, err);
}

bool witnessed_record_replace(StoreSession *session, const MerkleHead *old,
                              const WitnessedRecord *record, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT size, root, is_stopped FROM log WHERE origin = ?");
    MerkleHead kept = {.root = merkle_empty_root()};
    bool stopped = false;
    sql_bind_text(&s, record->origin);
    if (sql_next(&s)) {
        kept.size = (uint64_t)sql_int(&s);
        sql_fixed_bytes(&s, kept.root.bytes, SM3_SIZE);
        stopped = sql_int(&s) != WITNESS_RUNS;
    }
    if (!sql_done(&s, err)) {
        return false;
    }
    if (stopped || kept.size != old->size || !sm3_digest_equal(&kept.root, &old->root)) {
        return error_set(err, ERROR_CONFLICT, "witness.memory", "C2SP tlog-witness",
                         "something else is remembered of this log");
    }
    return write_row(session, record, err);
}

bool witnessed_record_stop(StoreSession *session, const char *origin, WitnessStop why, Error *err)
{
    Sm3Digest empty = merkle_empty_root();
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO log (origin, size, root, checkpoint, cosigned_at, is_stopped)"
                    " VALUES (?, 0, ?, x'', 0, ?) ON CONFLICT (origin)"
                    " DO UPDATE SET is_stopped = excluded.is_stopped");
    sql_bind_text(&s, origin);
    sql_bind_bytes(&s, sm3_bytes(&empty));
    sql_bind_int(&s, why);
    return sql_run(&s, err);
}

bool fork_record_insert(StoreSession *session, const ForkRecord *record, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "INSERT INTO fork (digest, origin, proof, found_at)"
                                 " VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING");
    sql_bind_bytes(&s, sm3_bytes(&record->digest));
    sql_bind_text(&s, record->origin);
    sql_bind_bytes(&s, record->proof);
    sql_bind_time(&s, record->found_at);
    return sql_run(&s, err);
}

bool fork_record_list(StoreSession *session, size_t max, Arena *arena, ForkRecord *ret,
                      size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT digest, origin, proof, found_at FROM fork"
                                 " ORDER BY found_at DESC, digest LIMIT ?");
    size_t count = 0;
    sql_bind_int(&s, (int64_t)max);
    while (count < max && sql_next(&s)) {
        ForkRecord *found = &ret[count++];
        sql_fixed_bytes(&s, found->digest.bytes, SM3_SIZE);
        found->origin = sql_text(&s, arena);
        found->proof = sql_bytes(&s, arena);
        found->found_at = sql_time(&s);
    }
    *ret_count = count;
    return sql_done(&s, err);
}
