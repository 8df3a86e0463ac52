// SPDX-License-Identifier: Apache-2.0
#include "component/certification/browsing.h"

#include "base/store/sql.h"

// What a row means at a time, as certificate_row_state says.
#define STATE_AT                                                                           \
    "CASE WHEN state = 'SUSPENDED' AND hold_until BETWEEN 1 AND min(?1, expires_at) THEN " \
    "'REVOKED' WHEN state <> 'REVOKED' AND expires_at < ?1 THEN 'EXPIRED' WHEN state <> "  \
    "'ACTIVE' THEN state WHEN successor <> '' THEN 'UPDATED' WHEN accepted_at <> 0 THEN "  \
    "'ACTIVE' WHEN delivered_at <> 0 THEN 'DELIVERED' ELSE 'ISSUED' END"

static bool corrupt(Error *err)
{
    return error_set(err, ERROR_INTERNAL, "store.corrupt", NULL,
                     "a certificate is stored with an unknown state");
}

typedef struct {
    const CertificateSearch *search;
    Arena *arena;
    CertificateRow *rows;
    size_t count;
} Browsing;

static bool take_row(SqlStatement *row, Arena *arena, CertificateRow *ret)
{
    *ret = (CertificateRow){0};
    ret->serial = sql_text(row, arena);
    ret->registrar = sql_text(row, arena);
    ret->request_id = sql_text(row, arena);
    ret->profile = sql_text(row, arena);
    bool known = certificate_state_from_name(sql_text(row, arena), &ret->state);
    ret->reason = (int)sql_int(row);
    ret->issued_at = sql_time(row);
    ret->expires_at = sql_time(row);
    ret->revoked_at = sql_time(row);
    ret->delivered_at = sql_time(row);
    ret->accepted_at = sql_time(row);
    ret->suspended_by = sql_text(row, arena);
    ret->hold_until = sql_time(row);
    ret->closed_at = sql_time(row);
    ret->predecessor = sql_text(row, arena);
    ret->successor = sql_text(row, arena);
    ret->carrier = sql_text(row, arena);
    ret->carrier_serial = ret->agreement = ret->requirements = "";
    return known;
}

static bool run_browse(StoreSession *session, void *context, Error *err)
{
    Browsing *browsing = context;
    const CertificateSearch *search = browsing->search;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session,
        "SELECT serial, registrar, request_id, profile, state, reason, issued_at, expires_at,"
        " revoked_at, delivered_at, accepted_at, suspended_by, hold_until, closed_at, predecessor,"
        " successor, carrier FROM certificate WHERE (?2 = '' OR " STATE_AT
        " = ?2)"
        " AND (?3 = '' OR substr(serial, 1, length(?3)) = ?3) AND issued_at >= ?4"
        " AND (?5 = 0 OR issued_at < ?5) AND (?6 = '' OR (issued_at, serial) <"
        " (SELECT issued_at, serial FROM certificate WHERE serial = ?6))"
        " ORDER BY issued_at DESC, serial DESC LIMIT 50");
    sql_bind_time(&row, search->now);
    sql_bind_text(&row, search->state);
    sql_bind_text(&row, search->serial);
    sql_bind_time(&row, search->from);
    sql_bind_time(&row, search->until);
    sql_bind_text(&row, search->before);
    bool known = true;
    while (known && browsing->count < BROWSING_PAGE_SIZE && sql_next(&row)) {
        known = take_row(&row, browsing->arena, &browsing->rows[browsing->count++]);
    }
    return sql_done(&row, err) && (known || corrupt(err));
}

bool certificate_browse(Store *store, const CertificateSearch *search, Arena *arena,
                        CertificateRow **ret, size_t *ret_count, Error *err)
{
    Browsing browsing = {search, arena, arena_alloc(arena, BROWSING_PAGE_SIZE * sizeof **ret), 0};
    if (browsing.rows == NULL) {
        return error_memory(err);
    }
    if (!store_read(store, run_browse, &browsing, err)) {
        return false;
    }
    *ret = browsing.rows;
    *ret_count = browsing.count;
    return true;
}

typedef struct {
    const char *serial;
    Arena *arena;
    CertificateChange *changes;
    size_t count;
} Changes;

static bool run_changes(StoreSession *session, void *context, Error *err)
{
    Changes *changes = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT request_id, request_digest, state, reason, created_at,"
                                   " requester FROM status_change WHERE serial = ? ORDER BY id");
    sql_bind_text(&row, changes->serial);
    bool known = true;
    while (known && changes->count < BROWSING_CHANGES_MAX && sql_next(&row)) {
        CertificateChange *change = &changes->changes[changes->count++];
        change->request_id = sql_text(&row, changes->arena);
        sql_fixed_bytes(&row, change->request_digest.bytes, SM3_SIZE);
        known = certificate_state_from_name(sql_text(&row, changes->arena), &change->state);
        change->reason = (int)sql_int(&row);
        change->at = sql_time(&row);
        change->requester = sql_text(&row, changes->arena);
    }
    return sql_done(&row, err) && (known || corrupt(err));
}

bool certificate_changes(Store *store, const char *serial, Arena *arena, CertificateChange **ret,
                         size_t *ret_count, Error *err)
{
    Changes changes = {serial, arena, arena_alloc(arena, BROWSING_CHANGES_MAX * sizeof **ret), 0};
    if (changes.changes == NULL) {
        return error_memory(err);
    }
    if (!store_read(store, run_changes, &changes, err)) {
        return false;
    }
    *ret = changes.changes;
    *ret_count = changes.count;
    return true;
}

typedef struct {
    const char *serial;
    Arena *arena;
    CertificateRefusal *rows;
    size_t count;
} Refusals;

static bool run_refusals(StoreSession *session, void *context, Error *err)
{
    Refusals *refusals = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT operation, caller, request_id, requester, refusal,"
                                   " created_at FROM refusal WHERE serial = ? ORDER BY id LIMIT ?");
    sql_bind_text(&row, refusals->serial);
    sql_bind_int(&row, BROWSING_CHANGES_MAX);
    while (refusals->count < BROWSING_CHANGES_MAX && sql_next(&row)) {
        CertificateRefusal *refusal = &refusals->rows[refusals->count++];
        refusal->serial = refusals->serial;
        refusal->operation = sql_text(&row, refusals->arena);
        refusal->caller = sql_text(&row, refusals->arena);
        refusal->request_id = sql_text(&row, refusals->arena);
        refusal->requester = sql_text(&row, refusals->arena);
        refusal->refusal = sql_text(&row, refusals->arena);
        refusal->created_at = sql_time(&row);
    }
    return sql_done(&row, err);
}

bool certificate_refusals(Store *store, const char *serial, Arena *arena, CertificateRefusal **ret,
                          size_t *ret_count, Error *err)
{
    Refusals refusals = {serial, arena, arena_alloc(arena, BROWSING_CHANGES_MAX * sizeof **ret), 0};
    if (refusals.rows == NULL) {
        return error_memory(err);
    }
    if (!store_read(store, run_refusals, &refusals, err)) {
        return false;
    }
    *ret = refusals.rows;
    *ret_count = refusals.count;
    return true;
}

typedef struct {
    Time now;
    Arena *arena;
    int64_t *counts;
} Counting;

static bool run_count(StoreSession *session, void *context, Error *err)
{
    Counting *counting = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session, "SELECT " STATE_AT " AS present, count(*) FROM certificate GROUP BY present");
    sql_bind_time(&row, counting->now);
    bool known = true;
    while (known && sql_next(&row)) {
        CertificateState state;
        known = certificate_state_from_name(sql_text(&row, counting->arena), &state);
        if (known) {
            counting->counts[state] = sql_int(&row);
        }
    }
    return sql_done(&row, err) && (known || corrupt(err));
}

bool certificate_count(Store *store, Time now, int64_t ret[CERTIFICATE_STATE_COUNT], Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Counting counting = {now, arena, ret};
    for (size_t i = 0; i < CERTIFICATE_STATE_COUNT; i++) {
        ret[i] = 0;
    }
    return arena != NULL ? store_read(store, run_count, &counting, err) : error_memory(err);
}
