// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_key_table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Keys that are watched; those without a table give way to others, least recently seen first.
enum { SLOT_COUNT = 96 };
_Static_assert((int)SLOT_COUNT > (int)SM2_KEY_TABLES_MAX, "keys without a table need room too");

struct KeyTable {
    size_t users;        // the slot is one
    CurveTable *points;  // of the path that is in use
};

typedef struct {
    Sm2PublicKey key;
    uint64_t last_seen;  // 0: empty
    unsigned sightings;
    KeyTable *table;
} Slot;

typedef struct {
    pthread_mutex_t mutex;
    uint64_t clock;
    size_t table_limit;
    size_t table_count;
    // The first bytes of X, apart so that a search touches little memory.
    uint64_t tags[SLOT_COUNT];
    Slot slots[SLOT_COUNT];
} Cache;

// The one cache. Only its mutex's holder touches the rest.
static Cache cache = {.mutex = PTHREAD_MUTEX_INITIALIZER, .table_limit = SM2_KEY_TABLES_MAX};

static uint64_t tag_of(const Sm2PublicKey *key)
{
    uint64_t tag;
    memcpy(&tag, &key->point[1], sizeof tag);
    return tag;
}

static Slot *find_slot(const Sm2PublicKey *key)
{
    uint64_t tag = tag_of(key);
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        if (cache.tags[i] == tag && cache.slots[i].last_seen != 0 &&
            sm2_public_key_equal(&cache.slots[i].key, key)) {
            return &cache.slots[i];
        }
    }
    return NULL;
}

// The least recently seen slot with or without a table; an empty one was never seen.
static Slot *oldest_slot(bool with_table)
{
    Slot *oldest = NULL;
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        Slot *slot = &cache.slots[i];
        if ((slot->table != NULL) == with_table &&
            (oldest == NULL || slot->last_seen < oldest->last_seen)) {
            oldest = slot;
        }
    }
    return oldest;
}

static KeyTable *new_table(const CurvePoint *point)
{
    const CurvePath *path = curve_path();
    KeyTable *table = malloc(sizeof *table);
    CurveTable *points = aligned_alloc(64, path->table_size);
    if (table == NULL || points == NULL) {
        free(table);
        free(points);
        return NULL;
    }
    path->table_compute(points, point);
    *table = (KeyTable){.users = 1, .points = points};
    return table;
}

static void free_table(KeyTable *table)
{
    free(table->points);
    free(table);
}

static void release_locked(KeyTable *table)
{
    table->users--;
    if (table->users == 0) {
        free_table(table);
    }
}

// Take the table out of its slot; whoever still uses it keeps it alive.
static void drop_table(Slot *slot)
{
    release_locked(slot->table);
    slot->table = NULL;
    slot->sightings = 0;
    cache.table_count--;
}

// Drop the tables of the least recently seen keys until at most `count` are left.
static void keep_tables(size_t count)
{
    while (cache.table_count > count) {
        Slot *oldest = oldest_slot(true);
        if (oldest == NULL) {
            break;
        }
        drop_table(oldest);
    }
}

KeyTable *key_table_acquire(const Sm2PublicKey *key)
{
    pthread_mutex_lock(&cache.mutex);
    Slot *slot = find_slot(key);
    KeyTable *table = slot != NULL ? slot->table : NULL;
    if (table != NULL) {
        table->users++;
        slot->last_seen = ++cache.clock;
    }
    pthread_mutex_unlock(&cache.mutex);
    return table;
}

void key_table_release(KeyTable *table)
{
    pthread_mutex_lock(&cache.mutex);
    release_locked(table);
    pthread_mutex_unlock(&cache.mutex);
}

const CurveTable *key_table_points(const KeyTable *table)
{
    return table->points;
}

// Count a sighting; true for the one that asks for a table.
static bool count_sighting(const Sm2PublicKey *key)
{
    pthread_mutex_lock(&cache.mutex);
    Slot *slot = find_slot(key);
    if (slot == NULL) {
        slot = oldest_slot(false);
        // There are more slots than tables, so one is without.
        if (slot == NULL) {
            pthread_mutex_unlock(&cache.mutex);
            return false;
        }
        *slot = (Slot){.key = *key};
        cache.tags[slot - cache.slots] = tag_of(key);
    }
    slot->last_seen = ++cache.clock;
    slot->sightings++;
    bool wanted =
        cache.table_limit > 0 && slot->table == NULL && slot->sightings % KEY_TABLE_SIGHTINGS == 0;
    pthread_mutex_unlock(&cache.mutex);
    return wanted;
}

// Put a table into its key's slot, if that is still there and has none; else it is freed.
static void offer_table(const Sm2PublicKey *key, KeyTable *table)
{
    pthread_mutex_lock(&cache.mutex);
    Slot *slot = find_slot(key);
    if (slot == NULL || slot->table != NULL || cache.table_limit == 0) {
        release_locked(table);
    } else {
        keep_tables(cache.table_limit - 1);
        slot->table = table;
        cache.table_count++;
    }
    pthread_mutex_unlock(&cache.mutex);
}

void key_table_note(const Sm2PublicKey *key, const CurvePoint *point)
{
    if (!count_sighting(key)) {
        return;
    }
    // Without memory there is no table, and the next sightings ask again.
    KeyTable *table = new_table(point);
    if (table != NULL) {
        offer_table(key, table);
    }
}

void sm2_key_tables_limit(size_t limit)
{
    pthread_mutex_lock(&cache.mutex);
    cache.table_limit = limit < SM2_KEY_TABLES_MAX ? limit : SM2_KEY_TABLES_MAX;
    keep_tables(cache.table_limit);
    pthread_mutex_unlock(&cache.mutex);
}
