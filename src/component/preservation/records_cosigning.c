// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/records_cosigning.h"

#include "base/store/sql.h"

static bool take_record(SqlStatement *s, Arena *arena, CosignedRecord *ret)
{
    bool found = sql_next(s);
    if (found) {
        ret->size = (uint64_t)sql_int(s);
        ret->checkpoint = sql_bytes(s, arena);
        ret->is_agreed = sql_bool(s);
        ret->at = sql_time(s);
    }
    return found;
}

bool cosigned_record_find(StoreSession *session, uint64_t size, Arena *arena, bool *ret_found,
                          CosignedRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT size, checkpoint, is_agreed, at FROM cosigned WHERE size = ?");
    sql_bind_int(&s, (int64_t)size);
    *ret_found = take_record(&s, arena, ret);
    return sql_done(&s, err);
}

bool cosigned_record_put(StoreSession *session, const CosignedRecord *record, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session,
                    "INSERT INTO cosigned (size, checkpoint, is_agreed, at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (size) DO UPDATE SET checkpoint = excluded.checkpoint,"
                    " is_agreed = excluded.is_agreed, at = excluded.at");
    sql_bind_int(&s, (int64_t)record->size);
    sql_bind_bytes(&s, record->checkpoint);
    sql_bind_bool(&s, record->is_agreed);
    sql_bind_time(&s, record->at);
    return sql_run(&s, err);
}

bool cosigned_record_latest(StoreSession *session, Arena *arena, bool *ret_found,
                            CosignedRecord *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT size, checkpoint, is_agreed, at FROM cosigned"
                                 " WHERE is_agreed = 1 ORDER BY size DESC LIMIT 1");
    *ret_found = take_record(&s, arena, ret);
    return sql_done(&s, err);
}

bool cosigned_record_cover(StoreSession *session, uint64_t size, Arena *arena, bool *ret_found,
                           CosignedCover *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement stamped =
        sql_prepare(session,
                    "SELECT c.size, c.checkpoint, c.is_agreed, c.at, s.token FROM cosigned AS c"
                    " JOIN stamp AS s ON s.size = c.size WHERE c.is_agreed = 1 AND c.size >= ?"
                    " ORDER BY c.size LIMIT 1");
    CLEANUP(sql_end)
    SqlStatement bare = sql_prepare(session,
                                    "SELECT size, checkpoint, is_agreed, at FROM cosigned"
                                    " WHERE is_agreed = 1 AND size >= ? ORDER BY size LIMIT 1");
    sql_bind_int(&stamped, (int64_t)size);
    sql_bind_int(&bare, (int64_t)size);
    ret->stamp = BYTES_EMPTY;
    *ret_found = take_record(&stamped, arena, &ret->record);
    if (*ret_found) {
        ret->stamp = sql_bytes(&stamped, arena);
    } else {
        *ret_found = take_record(&bare, arena, &ret->record);
    }
    return sql_done(&stamped, err) && sql_done(&bare, err);
}
