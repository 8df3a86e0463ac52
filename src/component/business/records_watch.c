// SPDX-License-Identifier: Apache-2.0
#include "component/business/records_watch.h"

#include "base/store/sql.h"

// As the index session_unsigned has it.
#define UNSIGNED "state IN ('CERTIFIED', 'PRESENTED', 'ACTIVATED')"

// No unsigned session lives as long; older ones need not be looked at.
static const Time UNSIGNED_LIFE = 2 * TIME_DAY;

static bool add_oldest(SqlStatement *s, QueueState *ret, Error *err)
{
    if (sql_next(s)) {
        int64_t count = sql_int(s);
        Time since = sql_optional_int(s, 0);
        ret->waiting += count;
        ret->since = count > 0 && (ret->since == 0 || since < ret->since) ? since : ret->since;
    }
    return sql_done(s, err);
}

bool records_queue_state(StoreSession *session, QueueState *ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement unfinished = sql_prepare(
        session,
        "SELECT count(*), min(updated_at) FROM session WHERE state IN ('SIGNED', 'DEPOSITED')");
    CLEANUP(sql_end)
    SqlStatement outbox = sql_prepare(session, "SELECT count(*), min(waits_since) FROM outbox");
    *ret = (QueueState){0};
    return add_oldest(&unfinished, ret, err) && add_oldest(&outbox, ret, err);
}

bool records_next_unsigned(StoreSession *session, Time before, Time now, Arena *arena,
                           const char **ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT authorization_id FROM session s WHERE " UNSIGNED
        " AND updated_at > ?1 AND expires_at > ?2 AND EXISTS (SELECT 1 FROM artifact a WHERE"
        " a.authorization_id = s.authorization_id AND a.name = 'certificate' AND a.created_at <"
        " ?3) AND NOT EXISTS (SELECT 1 FROM alarm WHERE code = 'certificate.unsigned' AND subject"
        " = 0 AND authorization = s.authorization_id AND cleared_at IS NULL) LIMIT 1");
    sql_bind_time(&s, now - UNSIGNED_LIFE);
    sql_bind_time(&s, now);
    sql_bind_time(&s, before);
    *ret = sql_next(&s) ? sql_text(&s, arena) : NULL;
    return sql_done(&s, err);
}

bool records_clear_unsigned(StoreSession *session, Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE alarm SET cleared_at = ?1 WHERE code = 'certificate.unsigned' AND cleared_at IS"
        " NULL AND NOT EXISTS (SELECT 1 FROM session s WHERE s.authorization_id ="
        " alarm.authorization AND " UNSIGNED " AND expires_at > ?1)");
    sql_bind_time(&s, now);
    return sql_run(&s, err);
}

bool records_next_objection(StoreSession *session, const char *code, Time before, Arena *arena,
                            const char **ret, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "SELECT authorization_id FROM session s WHERE state = 'DISPUTED' AND (SELECT"
        " max(created_at) FROM artifact a WHERE a.authorization_id = s.authorization_id AND a.name"
        " = 'objection') < ?1 AND NOT EXISTS (SELECT 1 FROM alarm WHERE code = ?2 AND subject = 0"
        " AND authorization = s.authorization_id AND cleared_at IS NULL) LIMIT 1");
    sql_bind_time(&s, before);
    sql_bind_text(&s, code);
    *ret = sql_next(&s) ? sql_text(&s, arena) : NULL;
    return sql_done(&s, err);
}

bool records_clear_objections(StoreSession *session, const char *code, Time now, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(
        session,
        "UPDATE alarm SET cleared_at = ?1 WHERE code = ?2 AND cleared_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM session s WHERE s.authorization_id = alarm.authorization AND state IN"
        " ('DISPUTED', 'FROZEN'))");
    sql_bind_time(&s, now);
    sql_bind_text(&s, code);
    return sql_run(&s, err);
}
