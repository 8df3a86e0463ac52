// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_batch_table.h"

#include <stdlib.h>

#include "base/crypto/key_cache.h"

_Static_assert((int)SM2_BATCH_TABLES_MAX == (int)KEY_CACHE_TABLES_MAX, "the default is all");

static KeyCache cache = KEY_CACHE_INITIALIZER;

BatchTable *batch_table_acquire(const Sm2PublicKey *key)
{
    return key_cache_acquire(&cache, key);
}

void batch_table_release(BatchTable *table)
{
    key_cache_release(&cache, table);
}

const LanesTable *batch_table_points(const BatchTable *table)
{
    return table->points;
}

void batch_table_note(const Sm2PublicKey *key)
{
    if (!key_cache_count(&cache, key, BATCH_TABLE_SIGHTINGS)) {
        return;
    }
    LanesTable *points = aligned_alloc(_Alignof(LanesTable), sizeof *points);
    if (points != NULL) {
        CurvePoint point;
        limbs_load(point.x, &key->point[1]);
        limbs_load(point.y, &key->point[1 + LIMBS_BYTES]);
        lanes_table_compute(points, &point);
        key_cache_offer(&cache, key, points);
    }
}

void sm2_batch_tables_limit(size_t limit)
{
    key_cache_limit(&cache, limit);
}
