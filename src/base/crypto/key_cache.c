// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/key_cache.h"

#include <stdlib.h>
#include <string.h>

static uint64_t tag_of(const Sm2PublicKey *key)
{
    uint64_t tag;
    memcpy(&tag, &key->point[1], sizeof tag);
    return tag;
}

static KeyCacheSlot *find_slot(KeyCache *cache, const Sm2PublicKey *key)
{
    uint64_t tag = tag_of(key);
    for (size_t i = 0; i < KEY_CACHE_SLOTS; i++) {
        if (cache->tags[i] == tag && cache->last_seen[i] != 0 &&
            sm2_public_key_equal(&cache->slots[i].key, key)) {
            return &cache->slots[i];
        }
    }
    return NULL;
}

// The least recently seen slot with or without a table; an empty one was never seen.
static KeyCacheSlot *oldest_slot(KeyCache *cache, bool with_table)
{
    size_t oldest = KEY_CACHE_SLOTS;
    for (size_t i = 0; i < KEY_CACHE_SLOTS; i++) {
        if (cache->has_table[i] == with_table &&
            (oldest == KEY_CACHE_SLOTS || cache->last_seen[i] < cache->last_seen[oldest])) {
            oldest = i;
        }
    }
    return oldest < KEY_CACHE_SLOTS ? &cache->slots[oldest] : NULL;
}

static void see(KeyCache *cache, const KeyCacheSlot *slot)
{
    cache->last_seen[slot - cache->slots] = ++cache->clock;
}

static void set_table(KeyCache *cache, KeyCacheSlot *slot, CachedTable *table)
{
    slot->table = table;
    cache->has_table[slot - cache->slots] = table != NULL;
}

static void release_locked(CachedTable *table)
{
    table->users--;
    if (table->users == 0) {
        free(table->points);
        free(table);
    }
}

// Take the table out of its slot; whoever still uses it keeps it alive.
static void drop_table(KeyCache *cache, KeyCacheSlot *slot)
{
    release_locked(slot->table);
    set_table(cache, slot, NULL);
    slot->sightings = 0;
    cache->table_count--;
}

// Drop the tables of the least recently seen keys until at most `count` are left.
static void keep_tables(KeyCache *cache, size_t count)
{
    while (cache->table_count > count) {
        KeyCacheSlot *oldest = oldest_slot(cache, true);
        if (oldest == NULL) {
            break;
        }
        drop_table(cache, oldest);
    }
}

CachedTable *key_cache_acquire(KeyCache *cache, const Sm2PublicKey *key)
{
    pthread_mutex_lock(&cache->mutex);
    KeyCacheSlot *slot = find_slot(cache, key);
    CachedTable *table = slot != NULL ? slot->table : NULL;
    if (table != NULL) {
        table->users++;
        see(cache, slot);
    }
    pthread_mutex_unlock(&cache->mutex);
    return table;
}

void key_cache_release(KeyCache *cache, CachedTable *table)
{
    pthread_mutex_lock(&cache->mutex);
    release_locked(table);
    pthread_mutex_unlock(&cache->mutex);
}

bool key_cache_count(KeyCache *cache, const Sm2PublicKey *key, unsigned sightings)
{
    pthread_mutex_lock(&cache->mutex);
    KeyCacheSlot *slot = find_slot(cache, key);
    if (slot == NULL) {
        slot = oldest_slot(cache, false);
        // There are more slots than tables, so one is without.
        if (slot == NULL) {
            pthread_mutex_unlock(&cache->mutex);
            return false;
        }
        *slot = (KeyCacheSlot){.key = *key};
        cache->tags[slot - cache->slots] = tag_of(key);
    }
    see(cache, slot);
    slot->sightings++;
    bool wanted = cache->table_limit > 0 && slot->table == NULL && slot->sightings % sightings == 0;
    pthread_mutex_unlock(&cache->mutex);
    return wanted;
}

void key_cache_offer(KeyCache *cache, const Sm2PublicKey *key, void *points)
{
    CachedTable *table = malloc(sizeof *table);
    if (table == NULL) {
        // Without memory there is no table, and the next sightings ask again.
        free(points);
        return;
    }
    *table = (CachedTable){.users = 1, .points = points};
    pthread_mutex_lock(&cache->mutex);
    KeyCacheSlot *slot = find_slot(cache, key);
    if (slot == NULL || slot->table != NULL || cache->table_limit == 0) {
        release_locked(table);
    } else {
        keep_tables(cache, cache->table_limit - 1);
        set_table(cache, slot, table);
        cache->table_count++;
    }
    pthread_mutex_unlock(&cache->mutex);
}

void key_cache_limit(KeyCache *cache, size_t limit)
{
    pthread_mutex_lock(&cache->mutex);
    cache->table_limit = limit < KEY_CACHE_TABLES_MAX ? limit : KEY_CACHE_TABLES_MAX;
    keep_tables(cache, cache->table_limit);
    pthread_mutex_unlock(&cache->mutex);
}
