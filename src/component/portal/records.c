// SPDX-License-Identifier: Apache-2.0
#include "component/portal/records.h"

#include "base/store/sql.h"

typedef struct {
    const Door *door;
    bool is_ours;
} Opening;

static bool open_door(StoreSession *session, void *context, Error *err)
{
    Opening *opening = context;
    const Door *door = opening->door;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO door (token_digest, device_digest, reference, sealed_token,"
                    " opened_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (token_digest) DO NOTHING");
    sql_bind_bytes(&put, sm3_bytes(&door->token));
    sql_bind_bytes(&put, sm3_bytes(&door->device));
    sql_bind_text(&put, door->reference);
    sql_bind_bytes(&put, door->sealed_token);
    sql_bind_time(&put, door->opened_at);
    if (!sql_run(&put, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, "SELECT device_digest FROM door WHERE token_digest = ?");
    Sm3Digest device = {{0}};
    sql_bind_bytes(&row, sm3_bytes(&door->token));
    if (sql_next(&row)) {
        sql_fixed_bytes(&row, device.bytes, SM3_SIZE);
    }
    opening->is_ours = sm3_digest_equal(&device, &door->device);
    return sql_done(&row, err);
}

bool portal_records_open(Store *store, const Door *door, bool *ret_is_ours, Error *err)
{
    Opening opening = {.door = door};
    if (!store_write(store, open_door, &opening, err)) {
        return false;
    }
    *ret_is_ours = opening.is_ours;
    return true;
}

typedef struct {
    const Sm3Digest *device;
    Arena *arena;
    Door *doors;
    size_t count;
} Listing;

static bool list_doors(StoreSession *session, void *context, Error *err)
{
    Listing *listing = context;
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session,
                    "SELECT token_digest, reference, sealed_token, opened_at FROM door"
                    " WHERE device_digest = ? ORDER BY opened_at DESC LIMIT 64");
    sql_bind_bytes(&row, sm3_bytes(listing->device));
    while (listing->count < DOORS_PER_DEVICE_MAX && sql_next(&row)) {
        Door *door = &listing->doors[listing->count++];
        door->device = *listing->device;
        sql_fixed_bytes(&row, door->token.bytes, SM3_SIZE);
        door->reference = sql_text(&row, listing->arena);
        door->sealed_token = sql_bytes(&row, listing->arena);
        door->opened_at = sql_time(&row);
    }
    return sql_done(&row, err);
}

bool portal_records_list(Store *store, const Sm3Digest *device, Arena *arena,
                         Door ret[DOORS_PER_DEVICE_MAX], size_t *ret_count, Error *err)
{
    Listing listing = {.device = device, .arena = arena, .doors = ret};
    if (!store_read(store, list_doors, &listing, err)) {
        return false;
    }
    *ret_count = listing.count;
    return true;
}
