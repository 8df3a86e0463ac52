// SPDX-License-Identifier: Apache-2.0
#include "component/certification/ocsp_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { WAYS = 8, LOCKS = 64 };

// One answer. Its bytes are allocated once and for the longest that was kept in this place.
typedef struct {
    uint8_t id[OCSP_CACHE_ID_MAX];
    size_t id_len;  // 0: empty
    uint64_t used;  // when it was last asked for, in requests of its lock
    uint8_t *der;
    size_t der_capacity;
    OcspCached answer;
} OcspSlot;

typedef struct {
    pthread_mutex_t mutex;
    uint64_t clock;
} OcspLock;

struct OcspCache {
    OcspSlot *slots;
    size_t set_count;  // of WAYS slots each
    OcspLock locks[LOCKS];
};

OcspCache *ocsp_cache_new(size_t size)
{
    OcspCache *cache = calloc(1, sizeof *cache);
    if (cache == NULL) {
        return NULL;
    }
    cache->set_count = size / WAYS;
    cache->slots = calloc(size, sizeof *cache->slots);
    if (cache->slots == NULL) {
        free(cache);
        return NULL;
    }
    for (size_t i = 0; i < LOCKS; i++) {
        pthread_mutex_init(&cache->locks[i].mutex, NULL);
    }
    return cache;
}

void ocsp_cache_free(OcspCache *cache)
{
    if (cache == NULL) {
        return;
    }
    for (size_t i = 0; i < cache->set_count * WAYS; i++) {
        free(cache->slots[i].der);
    }
    for (size_t i = 0; i < LOCKS; i++) {
        pthread_mutex_destroy(&cache->locks[i].mutex);
    }
    free(cache->slots);
    free(cache);
}

// FNV-1a. Who chooses serial numbers so that they meet in one set pushes nothing out but answers of
// certificates that exist, and those are signed again.
static uint64_t hash(Bytes id)
{
    uint64_t value = 0xcbf29ce484222325;
    for (size_t i = 0; i < id.len; i++) {
        value = (value ^ id.data[i]) * 0x100000001b3;
    }
    return value ^ value >> 32;
}

// One set while its lock is held.
typedef struct {
    OcspSlot *slots;
    OcspLock *lock;
} OcspSet;

static OcspSet enter(OcspCache *cache, Bytes id)
{
    size_t index = (size_t)(hash(id) & (cache->set_count - 1));
    OcspSet set = {&cache->slots[index * WAYS], &cache->locks[index % LOCKS]};
    pthread_mutex_lock(&set.lock->mutex);
    set.lock->clock++;
    return set;
}

static void leave(const OcspSet *set)
{
    pthread_mutex_unlock(&set->lock->mutex);
}

static OcspSlot *find(const OcspSet *set, Bytes id)
{
    for (size_t i = 0; i < WAYS; i++) {
        if (set->slots[i].id_len == id.len && bytes_equal(bytes_of(set->slots[i].id, id.len), id)) {
            return &set->slots[i];
        }
    }
    return NULL;
}

bool ocsp_cache_find(OcspCache *cache, Bytes id, Arena *arena, OcspCached *ret)
{
    OcspSet set = enter(cache, id);
    OcspSlot *slot = id.len > 0 ? find(&set, id) : NULL;
    Bytes copy = BYTES_EMPTY;
    if (slot != NULL) {
        slot->used = set.lock->clock;
        *ret = slot->answer;
        copy = arena_copy(arena, slot->answer.der);
    }
    leave(&set);
    ret->der = copy;
    return slot != NULL && copy.data != NULL;
}

static OcspSlot *oldest(const OcspSet *set)
{
    OcspSlot *best = &set->slots[0];
    for (size_t i = 1; i < WAYS; i++) {
        best = set->slots[i].used < best->used ? &set->slots[i] : best;
    }
    return best;
}

static bool make_room(OcspSlot *slot, size_t len)
{
    if (slot->der_capacity >= len) {
        return true;
    }
    uint8_t *der = realloc(slot->der, len);
    if (der == NULL) {
        return false;
    }
    slot->der = der;
    slot->der_capacity = len;
    return true;
}

void ocsp_cache_put(OcspCache *cache, Bytes id, const OcspCached *answer)
{
    if (id.len == 0 || id.len > OCSP_CACHE_ID_MAX || answer->der.len > OCSP_CACHE_ANSWER_MAX) {
        return;
    }
    OcspSet set = enter(cache, id);
    OcspSlot *slot = find(&set, id);
    slot = slot == NULL ? oldest(&set) : slot;
    slot->id_len = 0;
    if (make_room(slot, answer->der.len)) {
        memcpy(slot->der, answer->der.data, answer->der.len);
        memcpy(slot->id, id.data, id.len);
        slot->id_len = id.len;
        slot->used = set.lock->clock;
        slot->answer = *answer;
        slot->answer.der = bytes_of(slot->der, answer->der.len);
    }
    leave(&set);
}

void ocsp_cache_confirm(OcspCache *cache, Bytes id, uint64_t generation)
{
    OcspSet set = enter(cache, id);
    OcspSlot *slot = find(&set, id);
    if (slot != NULL && slot->answer.generation < generation) {
        slot->answer.generation = generation;
    }
    leave(&set);
}
