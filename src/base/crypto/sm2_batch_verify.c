// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/crypto/sm2_batch_internal.h"
#include "base/crypto/sm2_batch_table.h"

enum {
    KNOWN_MOST = LANES_TABLE_GROUPS * LANES_COUNT,
    UNKNOWN_MOST = LANES_SUM_GROUPS * LANES_COUNT,
    MOST = KNOWN_MOST > UNKNOWN_MOST ? KNOWN_MOST : UNKNOWN_MOST,
};

// Claims that wait until there are as many of their kind as are decided at once.
typedef struct {
    bool have_tables;
    size_t count;
    LanesSum sums[MOST];
    BatchTable *tables[MOST];
    size_t indices[MOST];  // where the claims are in the call
} Queue;

typedef struct {
    const Sm2Claim *claims;
    bool *ret;
    Queue with_tables;
    Queue without_tables;
} Verification;

static bool verify_alone(const Sm2Claim *claim)
{
    return sm2_verify_digest(claim->key, claim->e, claim->signature);
}

// Note a good signature of a key that has no table.
static void note(const Verification *verification, size_t index)
{
    if (verification->ret[index]) {
        batch_table_note(verification->claims[index].key);
    }
}

// How many claims of a queue go to the lanes; the rest are too few to fill them.
static size_t lanes_share(const Queue *queue)
{
    size_t rest = queue->count % LANES_COUNT;
    return rest >= SM2_BATCH_LEAST ? queue->count : queue->count - rest;
}

// Ask the lanes; those beyond the queue's end repeat the first claim.
static void compare(Queue *queue, size_t share, LanesVerdict verdicts[MOST / LANES_COUNT])
{
    size_t groups = (share + LANES_COUNT - 1) / LANES_COUNT;
    for (size_t i = share; i < groups * LANES_COUNT; i++) {
        queue->sums[i] = queue->sums[0];
    }
    if (queue->have_tables) {
        lanes_compare_sums_with_tables(verdicts, queue->sums, groups);
    } else {
        lanes_compare_sums(verdicts, queue->sums, groups);
    }
}

// Decide the claims of a queue, those that the lanes cannot decide one by one, and empty it.
static void decide(Verification *verification, Queue *queue)
{
    LanesVerdict verdicts[MOST / LANES_COUNT];
    size_t share = lanes_share(queue);
    compare(queue, share, verdicts);
    for (size_t i = 0; i < queue->count; i++) {
        size_t index = queue->indices[i], lane = i % LANES_COUNT;
        const LanesVerdict *verdict = &verdicts[i / LANES_COUNT];
        verification->ret[index] = i >= share || (verdict->undecided >> lane & 1) != 0
                                       ? verify_alone(&verification->claims[index])
                                       : (verdict->equal >> lane & 1) != 0;
        if (queue->have_tables) {
            batch_table_release(queue->tables[i]);
        } else {
            note(verification, index);
        }
    }
    queue->count = 0;
}

// Load r, s, t = r + s and v = r - e modulo n. False when one of the first three is not 1 to n-1.
static bool load_scalars(LanesSum *ret, const Sm2Claim *claim)
{
    Scalar r, v;
    if (scalar_load(&r, claim->signature->r) == 0 || scalar_is_zero(&r) != 0 ||
        scalar_load(&ret->s, claim->signature->s) == 0 || scalar_is_zero(&ret->s) != 0) {
        return false;
    }
    scalar_add(&ret->t, &r, &ret->s);
    (void)scalar_load(&v, claim->e->bytes);
    scalar_sub(&v, &r, &v);
    memcpy(ret->v, v.limbs, sizeof ret->v);
    return scalar_is_zero(&ret->t) == 0;
}

// True when x may be v or v + n, because v + n may be below p (p - n is below 2^128).
static bool has_two_candidates(const LanesSum *sum)
{
    return (sum->v[2] | sum->v[3]) == 0;
}

static void take(Verification *verification, size_t index)
{
    const Sm2Claim *claim = &verification->claims[index];
    LanesSum sum;
    bool *ret = &verification->ret[index];
    if (!load_scalars(&sum, claim)) {
        *ret = false;
        return;
    }
    if (has_two_candidates(&sum)) {
        *ret = verify_alone(claim);
        return;
    }
    BatchTable *table = batch_table_acquire(claim->key);
    Queue *queue = table != NULL ? &verification->with_tables : &verification->without_tables;
    if (table != NULL) {
        sum.table = batch_table_points(table);
    } else {
        if (!curve_point_load(&sum.point, claim->key->point)) {
            *ret = false;
            return;
        }
    }
    queue->tables[queue->count] = table;
    queue->indices[queue->count] = index;
    queue->sums[queue->count++] = sum;
    if (queue->count == (queue->have_tables ? (size_t)KNOWN_MOST : (size_t)UNKNOWN_MOST)) {
        decide(verification, queue);
    }
}

void sm2_verify_many(const Sm2Claim *claims, size_t count, bool *ret)
{
    if (count < SM2_BATCH_LEAST || !lanes_available()) {
        for (size_t i = 0; i < count; i++) {
            ret[i] = verify_alone(&claims[i]);
        }
        return;
    }
    Verification verification;
    verification.claims = claims;
    verification.ret = ret;
    verification.with_tables.have_tables = true;
    verification.with_tables.count = 0;
    verification.without_tables.have_tables = false;
    verification.without_tables.count = 0;
    for (size_t i = 0; i < count; i++) {
        take(&verification, i);
    }
    decide(&verification, &verification.with_tables);
    decide(&verification, &verification.without_tables);
}
