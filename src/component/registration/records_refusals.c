// SPDX-License-Identifier: Apache-2.0
#include "component/registration/records_refusals.h"

#include "base/core/arena.h"
#include "base/store/sql.h"

typedef struct {
    const char *institution;
    int64_t before;
    Arena *arena;
    json_t *rows;
} RefusalListing;

static bool run_list(StoreSession *session, void *context, Error *err)
{
    static const char *const keys[] = {"institution", "authorization_id", "request_id", "code"};
    RefusalListing *listing = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session,
        "SELECT id, created_at, institution, authorization_id, request_id, refusal FROM event"
        " WHERE id < ?1 AND (?2 = '' OR institution = ?2) ORDER BY id DESC LIMIT ?3");
    sql_bind_int(&row, listing->before == 0 ? INT64_MAX : listing->before);
    sql_bind_text(&row, listing->institution == NULL ? "" : listing->institution);
    sql_bind_int(&row, REFUSALS_LISTED);
    while (sql_next(&row)) {
        json_t *json = json_make_object();
        json_put_int(json, "id", sql_int(&row));
        json_put_time(json, "at", sql_time(&row));
        for (size_t i = 0; i < COUNT_OF(keys); i++) {
            json_put_text(json, keys[i], sql_text(&row, listing->arena));
        }
        json_array_append_new(listing->rows, json);
    }
    return sql_done(&row, err);
}

bool registration_record_browse_refusals(Store *store, const char *institution, int64_t before,
                                         json_t **ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *rows = json_array();
    RefusalListing listing = {institution, before, arena, rows};
    if (arena == NULL || rows == NULL) {
        return error_memory(err);
    }
    if (!store_read(store, run_list, &listing, err)) {
        return false;
    }
    *ret = json_incref(rows);
    return true;
}
