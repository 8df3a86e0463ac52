// SPDX-License-Identifier: Apache-2.0
//
// Full tiles that were read before. A proof needs one of every level, and all proofs share those
// near the root; tiles of the leaves are kept apart from them, because they hardly ever return.
#ifndef ASSENT_DOMAIN_EVIDENCE_TILE_CACHE_H
#define ASSENT_DOMAIN_EVIDENCE_TILE_CACHE_H

#include <pthread.h>

#include "domain/evidence/tile.h"

enum { TILE_CACHE_LEAVES = 64, TILE_CACHE_INNER = 448 };

// Each tile has one place, and takes it from the one that was there. Thread-safe.
typedef struct {
    pthread_mutex_t mutex;
    struct {
        unsigned level;
        Tile *tile;  // NULL: empty
    } places[TILE_CACHE_LEAVES + TILE_CACHE_INNER];
} TileCache;

void tile_cache_start(TileCache *cache);
void tile_cache_end(TileCache *cache);
// A node of a tile as tile_find_node gives it. False when the tile is not there.
bool tile_cache_find(TileCache *cache, const TileName *name, unsigned height, uint64_t i,
                     Sm3Digest *ret);
// Keep a copy of a full tile; without memory nothing is kept.
void tile_cache_put(TileCache *cache, unsigned level, const Tile *tile);

#endif
