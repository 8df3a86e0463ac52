// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/tile_cache.h"

#include "base/test/test.h"

static void fill(Tile *tile, uint64_t index)
{
    Sm3Digest hashes[TILE_WIDTH];
    for (unsigned i = 0; i < TILE_WIDTH; i++) {
        uint64_t seen[2] = {index, i};
        hashes[i] = sm3_digest(BYTES_OF_ARRAY(seen));
    }
    *tile = (Tile){.index = index};
    tile_push(tile, hashes, TILE_WIDTH);
}

// More tiles than there are places: each is found as it was put, or not at all.
TEST(a_tile_that_is_found_is_the_one_that_was_put)
{
    enum { TILES = 600 };
    static Tile tile;
    TileCache cache;
    unsigned found = 0;
    tile_cache_start(&cache);
    for (unsigned level = 0; level < 2; level++) {
        for (uint64_t index = 0; index < TILES; index++) {
            fill(&tile, index * (level + 1));
            tile_cache_put(&cache, level, &tile);
        }
    }
    for (unsigned level = 0; level < 3; level++) {
        for (uint64_t index = 0; index < 2 * TILES; index++) {
            TileName name = {.level = level, .index = index, .width = TILE_WIDTH};
            Sm3Digest node, expected;
            if (tile_cache_find(&cache, &name, 3, 5, &node)) {
                fill(&tile, index);
                CHECK(level < 2 && tile_find_node(&tile, 3, 5, &expected));
                CHECK_BYTES(sm3_bytes(&node), sm3_bytes(&expected));
                found++;
            }
        }
    }
    CHECK(found > TILE_CACHE_LEAVES && found <= TILE_CACHE_LEAVES + TILE_CACHE_INNER);
    tile_cache_end(&cache);
}
