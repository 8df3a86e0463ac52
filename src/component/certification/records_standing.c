// SPDX-License-Identifier: Apache-2.0
#include "component/certification/records_standing.h"

#include "base/store/sql.h"

bool certificate_standing_equal(const CertificateStanding *a, const CertificateStanding *b)
{
    return a->is_known == b->is_known && a->state == b->state && a->reason == b->reason &&
           a->revoked_at == b->revoked_at && a->expires_at == b->expires_at;
}

typedef struct {
    const char *serial;
    Arena *arena;
    CertificateStanding *ret;
} StandingLookUp;

static bool run_get_standing(StoreSession *session, void *context, Error *err)
{
    const StandingLookUp *look_up = context;
    CertificateStanding found = {0};
    bool known_state = true;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT state, reason, revoked_at, expires_at FROM certificate"
                                   " WHERE serial = ?");
    sql_bind_text(&row, look_up->serial);
    if (sql_next(&row)) {
        found.is_known = true;
        known_state = certificate_state_from_name(sql_text(&row, look_up->arena), &found.state);
        found.reason = (int)sql_int(&row);
        found.revoked_at = sql_time(&row);
        found.expires_at = sql_time(&row);
    }
    if (!sql_done(&row, err)) {
        return false;
    }
    if (!known_state) {
        return error_set(err, ERROR_INTERNAL, "store.corrupt", NULL,
                         "a certificate is stored with an unknown state");
    }
    if (found.state == CERTIFICATE_ACTIVE) {  // why it was resumed is not told
        found.reason = 0;
        found.revoked_at = 0;
    }
    *look_up->ret = found;
    return true;
}

bool certificate_record_get_standing(Store *store, const char *serial, Arena *arena,
                                     CertificateStanding *ret, Error *err)
{
    StandingLookUp look_up = {serial, arena, ret};
    return store_read(store, run_get_standing, &look_up, err);
}
