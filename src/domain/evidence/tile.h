// SPDX-License-Identifier: Apache-2.0
//
// Tiles (C2SP tlog-tiles): the tree in pieces of 256 hashes, 8 levels high, and entry bundles of
// 256 entries, each a plain file that never changes once it is full.
#ifndef ASSENT_DOMAIN_EVIDENCE_TILE_H
#define ASSENT_DOMAIN_EVIDENCE_TILE_H

#include "domain/evidence/merkle.h"

enum {
    TILE_HEIGHT = 8,
    TILE_WIDTH = 256,
    TILE_LEVELS = (MERKLE_LEVELS + TILE_HEIGHT - 1) / TILE_HEIGHT,
    TILE_PATH_SIZE = 80,
    ENTRY_MAX_BYTES = 65535,
};

// Which tile: hashes of one level, or a bundle of entries; `width` hashes or entries are in it.
typedef struct {
    bool is_bundle;
    unsigned level;  // 0 for bundles
    uint64_t index;
    unsigned width;  // 1 to TILE_WIDTH
} TileName;

// Write "tile/<level>/<index>[.p/<width>]" or "tile/entries/<index>[.p/<width>]", the index in
// groups of three digits: 1234067 is "x001/x234/067".
void tile_path(const TileName *name, char ret[TILE_PATH_SIZE]);
// The strict inverse. Fails with ERROR_INPUT, code "tile.path".
bool tile_path_parse(const char *path, TileName *ret, Error *err) MUST_CHECK;

// One tile with all its inner nodes, filled from the left.
typedef struct {
    uint64_t index;
    unsigned width;
    Sm3Digest nodes[2 * TILE_WIDTH - 1];
} Tile;

// Add the next `count` hashes; the tile has room for them.
void tile_push(Tile *tile, const Sm3Digest *hashes, size_t count);
// Node `i` at `height` (0: the hashes, TILE_HEIGHT: the root). False when not complete yet.
bool tile_find_node(const Tile *tile, unsigned height, uint64_t i, Sm3Digest *ret);
// Append the first `width` hashes.
void tile_encode(const Tile *tile, unsigned width, Writer *ret);
// Read a tile of exactly name->width hashes. Fails with ERROR_UNTRUSTED, code "tile.size".
bool tile_parse(Bytes bytes, const TileName *name, Tile *ret, Error *err) MUST_CHECK;

// The right edge of a tree: the unfinished tile of every level.
typedef struct {
    Tile edges[TILE_LEVELS];
} TileStack;

// Called when a tile is full, before the stack goes on to the next one.
typedef bool TileFull(void *state, unsigned level, const Tile *tile, Error *err);

// How many leaf hashes complete the tile that is filled now; at least one.
size_t tile_stack_room(const TileStack *stack);
// Add the next leaf hashes, at most as many as there is room for. Fails only as `full` fails; the
// stack is worth nothing then.
bool tile_stack_push(TileStack *stack, const Sm3Digest *leaves, size_t count, TileFull *full,
                     void *state, Error *err) MUST_CHECK;

// Append one entry to a bundle: its length in two bytes, big-endian, and its bytes.
void bundle_put(Writer *bundle, Bytes entry);
// Take the next entry of a bundle; reader->failed when there is none.
Bytes bundle_take(Reader *reader);
// Take the next `count` entries; reader->failed when there are not that many.
void bundle_take_many(Reader *reader, Bytes *ret, size_t count);

#endif
