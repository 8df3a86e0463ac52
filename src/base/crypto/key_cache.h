// SPDX-License-Identifier: Apache-2.0
//
// Which public keys return, and the tables of multiples made for them: what sm2_key_table.c (one
// verification) and sm2_batch_table.c (many) have in common. Thread-safe and bounded; what a cache
// holds changes how fast a verification is, never its answer. For base/crypto only.
#ifndef ASSENT_BASE_CRYPTO_KEY_CACHE_H
#define ASSENT_BASE_CRYPTO_KEY_CACHE_H

#include <pthread.h>

#include "base/crypto/sm2.h"

// Keys that are watched; those without a table give way to others, least recently seen first.
enum { KEY_CACHE_SLOTS = 96, KEY_CACHE_TABLES_MAX = 32 };
_Static_assert((int)KEY_CACHE_SLOTS > (int)KEY_CACHE_TABLES_MAX,
               "keys without a table need room too");

typedef struct CachedTable {
    size_t users;  // the slot is one
    void *points;  // of malloc or aligned_alloc
} CachedTable;

typedef struct {
    Sm2PublicKey key;
    unsigned sightings;
    CachedTable *table;
} KeyCacheSlot;

// One for the process and use, initialised statically. Only its mutex's holder touches the rest.
typedef struct {
    pthread_mutex_t mutex;
    uint64_t clock;
    size_t table_limit;
    size_t table_count;
    // Of each slot, apart so that a search touches little memory: the first bytes of X, and when
    // its key was last seen (0: empty).
    uint64_t tags[KEY_CACHE_SLOTS];
    uint64_t last_seen[KEY_CACHE_SLOTS];
    bool has_table[KEY_CACHE_SLOTS];
    KeyCacheSlot slots[KEY_CACHE_SLOTS];
} KeyCache;

#define KEY_CACHE_INITIALIZER                                                   \
    {                                                                           \
        .mutex = PTHREAD_MUTEX_INITIALIZER, .table_limit = KEY_CACHE_TABLES_MAX \
    }

// The table of a key, or NULL. Release it after use.
CachedTable *key_cache_acquire(KeyCache *cache, const Sm2PublicKey *key);
void key_cache_release(KeyCache *cache, CachedTable *table);
// Count a good signature of a key that had no table. True for every `sightings`th, whose caller
// computes the table, outside the lock, and offers it. Bad signatures are not to be counted, so
// that nobody without a key that is trusted fills the cache.
bool key_cache_count(KeyCache *cache, const Sm2PublicKey *key, unsigned sightings);
// Hand over the points of a key, of malloc or aligned_alloc; they are freed when nobody wants them.
void key_cache_offer(KeyCache *cache, const Sm2PublicKey *key, void *points);
// Keep at most `limit` tables (0 to KEY_CACHE_TABLES_MAX), those of the keys seen last.
void key_cache_limit(KeyCache *cache, size_t limit);

#endif
