// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_batch_table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Keys that are watched; those without a table give way to others, least recently seen first.
enum { SLOT_COUNT = 96 };
_Static_assert((int)SLOT_COUNT > (int)SM2_BATCH_TABLES_MAX, "keys without a table need room too");

struct BatchTable {
    size_t users;  // the slot is one
    LanesTable points;
};

typedef struct {
    Sm2PublicKey key;
    unsigned sightings;
    BatchTable *table;
} Slot;

typedef struct {
    pthread_mutex_t mutex;
    uint64_t clock;
    size_t table_limit;
    size_t table_count;
    // Of each slot, apart so that a search touches little memory: the first bytes of X, and when
    // its key was last seen (0: empty).
    uint64_t tags[SLOT_COUNT];
    uint64_t last_seen[SLOT_COUNT];
    bool has_table[SLOT_COUNT];
    Slot slots[SLOT_COUNT];
} Cache;

// The one cache. Only its mutex's holder touches the rest.
static Cache cache = {.mutex = PTHREAD_MUTEX_INITIALIZER, .table_limit = SM2_BATCH_TABLES_MAX};

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
        if (cache.tags[i] == tag && cache.last_seen[i] != 0 &&
            sm2_public_key_equal(&cache.slots[i].key, key)) {
            return &cache.slots[i];
        }
    }
    return NULL;
}

// The least recently seen slot with or without a table; an empty one was never seen.
static Slot *oldest_slot(bool with_table)
{
    size_t oldest = SLOT_COUNT;
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        if (cache.has_table[i] == with_table &&
            (oldest == SLOT_COUNT || cache.last_seen[i] < cache.last_seen[oldest])) {
            oldest = i;
        }
    }
    return oldest < SLOT_COUNT ? &cache.slots[oldest] : NULL;
}

static void see(const Slot *slot)
{
    cache.last_seen[slot - cache.slots] = ++cache.clock;
}

static void set_table(Slot *slot, BatchTable *table)
{
    slot->table = table;
    cache.has_table[slot - cache.slots] = table != NULL;
}

static void release_locked(BatchTable *table)
{
    table->users--;
    if (table->users == 0) {
        free(table);
    }
}

// Take the table out of its slot; whoever still uses it keeps it alive.
static void drop_table(Slot *slot)
{
    release_locked(slot->table);
    set_table(slot, NULL);
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

BatchTable *batch_table_acquire(const Sm2PublicKey *key)
{
    pthread_mutex_lock(&cache.mutex);
    Slot *slot = find_slot(key);
    BatchTable *table = slot != NULL ? slot->table : NULL;
    if (table != NULL) {
        table->users++;
        see(slot);
    }
    pthread_mutex_unlock(&cache.mutex);
    return table;
}

void batch_table_release(BatchTable *table)
{
    pthread_mutex_lock(&cache.mutex);
    release_locked(table);
    pthread_mutex_unlock(&cache.mutex);
}

const LanesTable *batch_table_points(const BatchTable *table)
{
    return &table->points;
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
    see(slot);
    slot->sightings++;
    bool wanted = cache.table_limit > 0 && slot->table == NULL &&
                  slot->sightings % BATCH_TABLE_SIGHTINGS == 0;
    pthread_mutex_unlock(&cache.mutex);
    return wanted;
}

// Put a table into its key's slot, if that is still there and has none; else it is freed.
static void offer_table(const Sm2PublicKey *key, BatchTable *table)
{
    pthread_mutex_lock(&cache.mutex);
    Slot *slot = find_slot(key);
    if (slot == NULL || slot->table != NULL || cache.table_limit == 0) {
        release_locked(table);
    } else {
        keep_tables(cache.table_limit - 1);
        set_table(slot, table);
        cache.table_count++;
    }
    pthread_mutex_unlock(&cache.mutex);
}

void batch_table_note(const Sm2PublicKey *key)
{
    if (!count_sighting(key)) {
        return;
    }
    // Without memory there is no table, and the next sightings ask again.
    BatchTable *table = aligned_alloc(_Alignof(BatchTable), sizeof *table);
    if (table != NULL) {
        CurvePoint point;
        limbs_load(point.x, &key->point[1]);
        limbs_load(point.y, &key->point[1 + LIMBS_BYTES]);
        table->users = 1;
        lanes_table_compute(&table->points, &point);
        offer_table(key, table);
    }
}

void sm2_batch_tables_limit(size_t limit)
{
    pthread_mutex_lock(&cache.mutex);
    cache.table_limit = limit < SM2_BATCH_TABLES_MAX ? limit : SM2_BATCH_TABLES_MAX;
    keep_tables(cache.table_limit);
    pthread_mutex_unlock(&cache.mutex);
}
