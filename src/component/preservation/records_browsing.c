// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/browsing.h"

#include "base/store/sql.h"

static bool is_stage(int64_t number)
{
    return number >= DEPOSIT_M6 && number <= DEPOSIT_OTHER;
}

static bool count_by_stage(StoreSession *session, const char *sql, int64_t ret[BROWSING_STAGES],
                           Error *err)
{
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, sql);
    while (sql_next(&s)) {
        int64_t stage = sql_int(&s), count = sql_int(&s);
        if (is_stage(stage)) {
            ret[stage] = count;
        }
    }
    return sql_done(&s, err);
}

static bool count_since(SqlStatement *s, int64_t *ret_count, Time *ret_since, Error *err)
{
    if (sql_next(s)) {
        *ret_count = sql_int(s);
        *ret_since = sql_optional_int(s, 0);
    }
    return sql_done(s, err);
}

static bool count_waiting(StoreSession *session, Time incomplete_before, PreservationCounts *ret,
                          Error *err)
{
    CLEANUP(sql_end)
    SqlStatement pending = sql_prepare(
        session, "SELECT count(*), min(received_at) FROM deposit WHERE log_index IS NULL");
    CLEANUP(sql_end)
    SqlStatement incomplete = sql_prepare(session,
                                          "SELECT count(*), min(created_at) FROM authorization"
                                          " WHERE last_stage < ? AND created_at < ?");
    sql_bind_int(&incomplete, DEPOSIT_M8);
    sql_bind_time(&incomplete, incomplete_before);
    return count_since(&pending, &ret->pending, &ret->pending_since, err) &&
           count_since(&incomplete, &ret->incomplete, &ret->incomplete_since, err);
}

static bool count_authorizations(StoreSession *session, PreservationCounts *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s =
        sql_prepare(session, "SELECT count(*), coalesce(sum(is_held), 0) FROM authorization");
    if (sql_next(&s)) {
        ret->authorizations = sql_int(&s);
        ret->held = sql_int(&s);
    }
    return sql_done(&s, err);
}

static bool find_last_stamp(StoreSession *session, PreservationCounts *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "SELECT size, at FROM stamp ORDER BY size DESC LIMIT 1");
    CLEANUP(sql_end)
    SqlStatement newest =
        sql_prepare(session,
                    "SELECT log_index, received_at FROM deposit"
                    " WHERE log_index IS NOT NULL ORDER BY log_index DESC LIMIT 1");
    ret->has_stamp = sql_next(&s);
    if (ret->has_stamp) {
        ret->stamped_size = (uint64_t)sql_int(&s);
        ret->stamped_at = sql_time(&s);
    }
    ret->is_newest_stamped = true;
    if (sql_next(&newest)) {
        ret->is_newest_stamped = (uint64_t)sql_int(&newest) < ret->stamped_size;
        ret->newest_received = sql_time(&newest);
    }
    return sql_done(&s, err) && sql_done(&newest, err);
}

bool preservation_counts(StoreSession *session, Time incomplete_before, PreservationCounts *ret,
                         Error *err)
{
    *ret = (PreservationCounts){0};
    return count_by_stage(session,
                          "SELECT stage, count(*) FROM deposit WHERE log_index IS NOT NULL"
                          " GROUP BY stage",
                          ret->deposits, err) &&
           count_by_stage(session,
                          "SELECT stage, count(*) FROM deposit WHERE wrapped_key IS NULL"
                          " GROUP BY stage",
                          ret->erased, err) &&
           count_waiting(session, incomplete_before, ret, err) &&
           count_authorizations(session, ret, err) && find_last_stamp(session, ret, err);
}

bool preservation_stamps(StoreSession *session, uint64_t before, Arena *arena,
                         StampedCheckpoint *ret, size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session,
                                 "SELECT size, checkpoint, token, at FROM stamp"
                                 " WHERE ?1 = 0 OR size < ?1 ORDER BY size DESC LIMIT 50");
    size_t count = 0;
    sql_bind_int(&s, (int64_t)before);
    while (count < BROWSING_PAGE_SIZE && sql_next(&s)) {
        StampedCheckpoint *found = &ret[count++];
        found->stamp.size = (uint64_t)sql_int(&s);
        found->stamp.checkpoint = sql_bytes(&s, arena);
        found->stamp.token = sql_bytes(&s, arena);
        found->at = sql_time(&s);
    }
    *ret_count = count;
    return sql_done(&s, err);
}

bool preservation_deposits(StoreSession *session, const DepositSearch *search, Arena *arena,
                           BrowsedDeposit *ret, size_t *ret_count, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT stage, log_index, depositor, submission, received_at, wrapped_key IS NULL"
        " FROM deposit WHERE log_index IS NOT NULL AND (?1 < 0 OR stage = ?1)"
        " AND (?2 = 0 OR log_index < ?2) AND received_at >= ?3 AND (?4 = 0 OR received_at < ?4)"
        " ORDER BY log_index DESC LIMIT 50");
    size_t count = 0;
    bool known = true;
    sql_bind_int(&s, search->has_stage ? (int64_t)search->stage : -1);
    sql_bind_int(&s, (int64_t)search->before);
    sql_bind_time(&s, search->from);
    sql_bind_time(&s, search->until);
    while (known && count < BROWSING_PAGE_SIZE && sql_next(&s)) {
        BrowsedDeposit *found = &ret[count++];
        int64_t stage = sql_int(&s);
        known = is_stage(stage);
        found->stage = known ? (DepositStage)stage : DEPOSIT_OTHER;
        found->log_index = (uint64_t)sql_int(&s);
        found->depositor = sql_text(&s, arena);
        sql_fixed_bytes(&s, found->submission.bytes, SM3_SIZE);
        found->received = sql_time(&s);
        found->is_erased = sql_bool(&s);
    }
    *ret_count = count;
    return sql_done(&s, err) && (known || error_set(err, ERROR_INTERNAL, "store.corrupt", NULL,
                                                    "a deposit is stored with an unknown stage"));
}
