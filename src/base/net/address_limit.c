// SPDX-License-Identifier: Apache-2.0
#include "base/net/address_limit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/bytes.h"

enum { SETS = 2048, WAYS = 4, KEY_SIZE = 16, PREFIX_SIZE = 8, RATE_MAX = 1000000 };

// One number is a whole bucket: the time at which it will be full again.
typedef struct {
    uint8_t key[KEY_SIZE];
    Time full_at;
} Bucket;

struct AddressLimit {
    Time cost;      // what one request moves full_at by
    Time capacity;  // how far full_at may lie ahead
    pthread_mutex_t lock;
    Bucket buckets[SETS][WAYS];
};

bool address_limit_new(uint32_t per_second, uint32_t burst, AddressLimit **ret, Error *err)
{
    if (per_second < 1 || per_second > RATE_MAX || burst < 1 || burst > RATE_MAX) {
        return error_set(err, ERROR_INPUT, "address_limit.rate", NULL,
                         "a rate is 1 to %d requests a second", RATE_MAX);
    }
    AddressLimit *limit = calloc(1, sizeof *limit);
    if (limit == NULL) {
        return error_memory(err);
    }
    limit->cost = TIME_SECOND / per_second;
    limit->capacity = limit->cost * burst;
    pthread_mutex_init(&limit->lock, NULL);
    *ret = limit;
    return true;
}

void address_limit_free(AddressLimit *limit)
{
    if (limit != NULL) {
        pthread_mutex_destroy(&limit->lock);
        free(limit);
    }
}

// A key is an IPv4 address mapped into IPv6, or the network part of an IPv6 address.
static void key_of(const char *address, uint8_t ret[KEY_SIZE])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    memset(ret, 0, KEY_SIZE);
    if (address == NULL) {
        return;
    }
    if (inet_pton(AF_INET, address, ret + sizeof mapped) == 1) {
        memcpy(ret, mapped, sizeof mapped);
    } else if (inet_pton(AF_INET6, address, ret) == 1) {
        if (memcmp(ret, mapped, sizeof mapped) != 0) {
            memset(ret + PREFIX_SIZE, 0, KEY_SIZE - PREFIX_SIZE);
        }
    } else {
        memset(ret, 0, KEY_SIZE);
    }
}

static size_t set_of(const uint8_t key[KEY_SIZE])
{
    uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
    for (size_t i = 0; i < KEY_SIZE; i++) {
        hash = (hash ^ key[i]) * 0x100000001b3;
    }
    return (size_t)(hash >> 32) % SETS;
}

static Bucket *find_bucket(AddressLimit *limit, const uint8_t key[KEY_SIZE])
{
    Bucket *set = limit->buckets[set_of(key)];
    Bucket *victim = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].full_at != 0 && memcmp(set[i].key, key, KEY_SIZE) == 0) {
            return &set[i];
        }
        victim = set[i].full_at < victim->full_at ? &set[i] : victim;
    }
    memcpy(victim->key, key, KEY_SIZE);
    victim->full_at = 0;
    return victim;
}

bool address_limit_take(AddressLimit *limit, const char *address, Time now, Error *err)
{
    uint8_t key[KEY_SIZE];
    key_of(address, key);
    pthread_mutex_lock(&limit->lock);
    Bucket *bucket = find_bucket(limit, key);
    Time full_at = (bucket->full_at > now ? bucket->full_at : now) + limit->cost;
    bool is_allowed = full_at - now <= limit->capacity;
    bucket->full_at = is_allowed ? full_at : bucket->full_at;
    pthread_mutex_unlock(&limit->lock);
    return is_allowed ? true
                      : error_set(err, ERROR_LIMIT, "address_limit.exceeded", "RFC 6585 4",
                                  "too many requests from one address; try again later");
}
