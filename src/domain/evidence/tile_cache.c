// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/tile_cache.h"

#include <stdlib.h>

void tile_cache_start(TileCache *cache)
{
    *cache = (TileCache){.places = {{0, NULL}}};
    pthread_mutex_init(&cache->mutex, NULL);
}

void tile_cache_end(TileCache *cache)
{
    for (size_t i = 0; i < COUNT_OF(cache->places); i++) {
        free(cache->places[i].tile);
    }
    pthread_mutex_destroy(&cache->mutex);
}

static size_t place_of(unsigned level, uint64_t index)
{
    return level == 0 ? index % TILE_CACHE_LEAVES
                      : TILE_CACHE_LEAVES + (index + 61 * (uint64_t)level) % TILE_CACHE_INNER;
}

bool tile_cache_find(TileCache *cache, const TileName *name, unsigned height, uint64_t i,
                     Sm3Digest *ret)
{
    size_t place = place_of(name->level, name->index);
    pthread_mutex_lock(&cache->mutex);
    const Tile *tile = cache->places[place].tile;
    bool found = tile != NULL && cache->places[place].level == name->level &&
                 tile->index == name->index && tile_find_node(tile, height, i, ret);
    pthread_mutex_unlock(&cache->mutex);
    return found;
}

void tile_cache_put(TileCache *cache, unsigned level, const Tile *tile)
{
    size_t place = place_of(level, tile->index);
    pthread_mutex_lock(&cache->mutex);
    Tile *kept = cache->places[place].tile;
    kept = kept == NULL ? malloc(sizeof *kept) : kept;
    if (kept != NULL) {
        *kept = *tile;
        cache->places[place].tile = kept;
        cache->places[place].level = level;
    }
    pthread_mutex_unlock(&cache->mutex);
}
