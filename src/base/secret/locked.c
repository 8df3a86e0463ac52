// SPDX-License-Identifier: Apache-2.0
#include "base/secret/locked.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/secret/secret.h"

// Slots come in mappings of so many; what is larger than a slot gets a mapping of its own.
enum { SLOT_SIZE = 512, SLOT_COUNT = 64, POOL_SIZE = SLOT_SIZE * SLOT_COUNT };

// The free slots, zeroed, the last one freed on top. Mappings are kept for the next secrets. The
// list lies outside of the locked memory, so that a slot holds nothing but its secret.
static struct {
    pthread_mutex_t mutex;
    void **free_slots;
    size_t free_count;
    size_t slot_count;  // all there are, for which free_slots has room
} pool = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void *map_locked(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return NULL;
    }
    // Neither is needed for the secret to be usable: under a small RLIMIT_MEMLOCK a busy
    // service goes on with keys that could be swapped, rather than not at all.
    (void)!mlock(memory, size);
    (void)!madvise(memory, size, MADV_DONTDUMP);
    return memory;
}

// Only for the mutex's holder.
static bool grow_pool(void)
{
    size_t count = pool.slot_count + SLOT_COUNT;
    void **grown = realloc(pool.free_slots, count * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    pool.free_slots = grown;
    uint8_t *memory = map_locked(POOL_SIZE);
    if (memory == NULL) {
        return false;
    }
    pool.slot_count = count;
    for (size_t i = SLOT_COUNT; i-- > 0;) {
        pool.free_slots[pool.free_count++] = &memory[i * SLOT_SIZE];
    }
    return true;
}

void *locked_alloc(size_t size)
{
    if (size > SLOT_SIZE) {
        return map_locked(size);
    }
    void *slot = NULL;
    pthread_mutex_lock(&pool.mutex);
    if (pool.free_count > 0 || grow_pool()) {
        slot = pool.free_slots[--pool.free_count];
    }
    pthread_mutex_unlock(&pool.mutex);
    return slot;
}

void locked_free(void *memory, size_t size)
{
    if (memory == NULL) {
        return;
    }
    // Before anybody else can be given it.
    secret_wipe(memory, size);
    if (size > SLOT_SIZE) {
        munmap(memory, size);
        return;
    }
    pthread_mutex_lock(&pool.mutex);
    pool.free_slots[pool.free_count++] = memory;
    pthread_mutex_unlock(&pool.mutex);
}
