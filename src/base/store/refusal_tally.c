// SPDX-License-Identifier: Apache-2.0
#include "base/store/refusal_tally.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/arena.h"
#include "base/core/log.h"
#include "base/store/sql.h"

enum { PENDING_MAX = 64, DOOR_SIZE = 64, CALLER_SIZE = 128 };

#define KEPT_DAYS (5 * 366)

typedef struct {
    int64_t day;
    char door[DOOR_SIZE], caller[CALLER_SIZE], refusal[ERROR_CODE_SIZE];
    int64_t count;
    Time first_at, last_at;
} Pending;

typedef struct {
    Pending rows[PENDING_MAX + 1];  // the last for what finds no room
    size_t count;
} PendingRows;

struct RefusalTally {
    Store *store;
    pthread_mutex_t mutex;
    PendingRows pending;
    pthread_mutex_t writing;  // one flush at a time
    PendingRows being_written;
};

bool refusal_tally_new(Store *store, RefusalTally **ret, Error *err)
{
    RefusalTally *tally = calloc(1, sizeof *tally);
    if (tally == NULL) {
        return error_memory(err);
    }
    tally->store = store;
    pthread_mutex_init(&tally->mutex, NULL);
    pthread_mutex_init(&tally->writing, NULL);
    *ret = tally;
    return true;
}

void refusal_tally_free(RefusalTally *tally)
{
    Error err = {0};
    if (tally == NULL) {
        return;
    }
    if (!refusal_tally_flush(tally, &err)) {
        LOG(LOG_ERROR, "refusal_tally.not_kept", log_text("code", err.code));
    }
    pthread_mutex_destroy(&tally->writing);
    pthread_mutex_destroy(&tally->mutex);
    free(tally);
}

// --- counting ---------------------------------------------------------------------------------

static void add(PendingRows *rows, const Pending *row)
{
    size_t i = 0;
    while (i < rows->count &&
           (rows->rows[i].day != row->day || strcmp(rows->rows[i].door, row->door) != 0 ||
            strcmp(rows->rows[i].caller, row->caller) != 0 ||
            strcmp(rows->rows[i].refusal, row->refusal) != 0)) {
        i++;
    }
    if (i == rows->count && i < PENDING_MAX) {
        rows->rows[rows->count++] = *row;
        return;
    }
    Pending *found = &rows->rows[i];
    if (i == rows->count) {
        found = &rows->rows[PENDING_MAX];
        if (found->count == 0) {
            *found = *row;
            found->caller[0] = '\0';
            snprintf(found->refusal, sizeof found->refusal, "other");
            return;
        }
    }
    found->count += row->count;
    found->first_at = row->first_at < found->first_at ? row->first_at : found->first_at;
    found->last_at = row->last_at > found->last_at ? row->last_at : found->last_at;
}

void refusal_tally_note(RefusalTally *tally, const char *door, const char *caller, const char *code,
                        Time now)
{
    Pending row = {.day = now / TIME_DAY, .count = 1, .first_at = now, .last_at = now};
    snprintf(row.door, sizeof row.door, "%s", door);
    snprintf(row.caller, sizeof row.caller, "%s", caller);
    snprintf(row.refusal, sizeof row.refusal, "%s", code);
    pthread_mutex_lock(&tally->mutex);
    add(&tally->pending, &row);
    pthread_mutex_unlock(&tally->mutex);
}

// --- writing ----------------------------------------------------------------------------------

static bool write_row(StoreSession *session, const Pending *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session,
        "INSERT INTO refusal_tally (day, door, caller, refusal, count, first_at, last_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count,"
        " first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)");
    sql_bind_int(&put, row->day);
    sql_bind_text(&put, row->door);
    sql_bind_text(&put, row->caller);
    sql_bind_text(&put, row->refusal);
    sql_bind_int(&put, row->count);
    sql_bind_time(&put, row->first_at);
    sql_bind_time(&put, row->last_at);
    return sql_run(&put, err);
}

static bool forget(StoreSession *session, int64_t day, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session, "DELETE FROM refusal_tally WHERE day < ?");
    sql_bind_int(&put, day - KEPT_DAYS);
    return sql_run(&put, err);
}

static bool run_flush(StoreSession *session, void *context, Error *err)
{
    const PendingRows *rows = context;
    for (size_t i = 0; i <= PENDING_MAX; i++) {
        if (rows->rows[i].count > 0 && !write_row(session, &rows->rows[i], err)) {
            return false;
        }
    }
    return forget(session, rows->rows[0].day, err);
}

bool refusal_tally_flush(RefusalTally *tally, Error *err)
{
    pthread_mutex_lock(&tally->writing);
    pthread_mutex_lock(&tally->mutex);
    tally->being_written = tally->pending;
    tally->pending = (PendingRows){.count = 0};
    pthread_mutex_unlock(&tally->mutex);
    bool ok = tally->being_written.count == 0 ||
              store_write(tally->store, run_flush, &tally->being_written, err);
    if (!ok) {
        pthread_mutex_lock(&tally->mutex);
        for (size_t i = 0; i <= PENDING_MAX; i++) {
            if (tally->being_written.rows[i].count > 0) {
                add(&tally->pending, &tally->being_written.rows[i]);
            }
        }
        pthread_mutex_unlock(&tally->mutex);
    }
    pthread_mutex_unlock(&tally->writing);
    return ok;
}

// --- reading ----------------------------------------------------------------------------------

typedef struct {
    Arena *arena;
    json_t *rows;
} Listing;

static void put_day(json_t *json, int64_t day)
{
    char text[TIME_TEXT_SIZE];
    time_to_text(day * TIME_DAY, text);
    text[sizeof "2026-11-25" - 1] = '\0';
    json_put_text(json, "day", text);
}

static bool run_list(StoreSession *session, void *context, Error *err)
{
    Listing *listing = context;
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session,
                    "SELECT day, door, caller, refusal, count, first_at, last_at FROM refusal_tally"
                    " ORDER BY day DESC, door, caller, refusal LIMIT ?");
    sql_bind_int(&row, REFUSAL_TALLY_LISTED);
    while (sql_next(&row)) {
        json_t *json = json_make_object();
        put_day(json, sql_int(&row));
        json_put_text(json, "door", sql_text(&row, listing->arena));
        json_put_text(json, "caller", sql_text(&row, listing->arena));
        json_put_text(json, "code", sql_text(&row, listing->arena));
        json_put_int(json, "count", sql_int(&row));
        json_put_time(json, "first_at", sql_time(&row));
        json_put_time(json, "last_at", sql_time(&row));
        json_array_append_new(listing->rows, json);
    }
    return sql_done(&row, err);
}

bool refusal_tally_list(RefusalTally *tally, json_t **ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *rows = json_array();
    Listing listing = {arena, rows};
    if (arena == NULL || rows == NULL) {
        return error_memory(err);
    }
    if (!refusal_tally_flush(tally, err) || !store_read(tally->store, run_list, &listing, err)) {
        return false;
    }
    *ret = json_incref(rows);
    return true;
}
