// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_key_table.h"

#include <stdlib.h>

#include "base/crypto/key_cache.h"

_Static_assert((int)SM2_KEY_TABLES_MAX == (int)KEY_CACHE_TABLES_MAX, "the default is all");

static KeyCache cache = KEY_CACHE_INITIALIZER;

KeyTable *key_table_acquire(const Sm2PublicKey *key)
{
    return key_cache_acquire(&cache, key);
}

void key_table_release(KeyTable *table)
{
    key_cache_release(&cache, table);
}

const CurveTable *key_table_points(const KeyTable *table)
{
    return table->points;
}

void key_table_note(const Sm2PublicKey *key, const CurvePoint *point)
{
    if (!key_cache_count(&cache, key, KEY_TABLE_SIGHTINGS)) {
        return;
    }
    const CurvePath *path = curve_path();
    CurveTable *points = aligned_alloc(64, path->table_size);
    if (points != NULL) {
        path->table_compute(points, point);
        key_cache_offer(&cache, key, points);
    }
}

void sm2_key_tables_limit(size_t limit)
{
    key_cache_limit(&cache, limit);
}
