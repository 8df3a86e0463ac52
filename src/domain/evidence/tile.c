// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/tile.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char PREFIX[] = "tile/";
static const char BUNDLE_PREFIX[] = "tile/entries/";

// Row `height` of the inner nodes starts here; row 0 has 256, row 8 has one.
static size_t row_start(unsigned height)
{
    return (2U * TILE_WIDTH) - ((2U * TILE_WIDTH) >> height);
}

void tile_path(const TileName *name, char ret[TILE_PATH_SIZE])
{
    char digits[24];
    snprintf(digits, sizeof digits, "%03" PRIu64, name->index);
    // Pad to whole groups of three.
    char padded[32];
    size_t pad = (3 - strlen(digits) % 3) % 3;
    snprintf(padded, sizeof padded, "%.*s%s", (int)pad, "00", digits);
    Writer path = writer_new(TILE_PATH_SIZE - 1);
    if (name->is_bundle) {
        writer_put_text(&path, BUNDLE_PREFIX);
    } else {
        writer_format(&path, "tile/%u/", name->level);
    }
    size_t groups = strlen(padded) / 3;
    for (size_t i = 0; i < groups; i++) {
        bool is_last = i + 1 == groups;
        writer_format(&path, "%s%.3s%s", is_last ? "" : "x", padded + 3 * i, is_last ? "" : "/");
    }
    if (name->width < TILE_WIDTH) {
        writer_format(&path, ".p/%u", name->width);
    }
    // Longest: tile/entries/, 21 digits in 7 groups, .p/255: below TILE_PATH_SIZE.
    assert(!path.failed && path.len < TILE_PATH_SIZE);
    memcpy(ret, path.data, path.len);
    ret[path.len] = '\0';
    writer_free(&path);
}

// Read a decimal number up to the next byte that is no digit.
static uint64_t take_number(const char **text)
{
    uint64_t value = 0;
    while (**text >= '0' && **text <= '9' && value < MERKLE_SIZE_LIMIT) {
        value = value * 10 + (uint64_t)(**text - '0');
        (*text)++;
    }
    return value;
}

bool tile_path_parse(const char *path, TileName *ret, Error *err)
{
    TileName name = {.width = TILE_WIDTH};
    const char *rest = path;
    size_t len = strlen(path);
    if (len < TILE_PATH_SIZE && strncmp(rest, BUNDLE_PREFIX, strlen(BUNDLE_PREFIX)) == 0) {
        name.is_bundle = true;
        rest += strlen(BUNDLE_PREFIX);
    } else if (len < TILE_PATH_SIZE && strncmp(rest, PREFIX, strlen(PREFIX)) == 0) {
        rest += strlen(PREFIX);
        uint64_t level = take_number(&rest);
        name.level = level < TILE_LEVELS ? (unsigned)level : TILE_LEVELS;
        rest += *rest == '/' ? 1 : 0;
    }
    while (*rest != '\0' && *rest != '.' && name.index < MERKLE_SIZE_LIMIT / 1000) {
        rest += *rest == 'x' ? 1 : 0;
        const char *group = rest;
        name.index = name.index * 1000 + take_number(&rest);
        if (rest != group + 3) {
            break;
        }
        rest += *rest == '/' ? 1 : 0;
    }
    if (strncmp(rest, ".p/", 3) == 0) {
        rest += 3;
        uint64_t width = take_number(&rest);
        name.width = width < TILE_WIDTH ? (unsigned)width : 0;
    }
    // Only what tile_path writes is a name: one tile has one spelling.
    char canonical[TILE_PATH_SIZE] = "";
    if (name.level < TILE_LEVELS && name.width > 0 && *rest == '\0') {
        tile_path(&name, canonical);
    }
    if (strcmp(canonical, path) != 0) {
        return error_set(err, ERROR_INPUT, "tile.path", "C2SP tlog-tiles",
                         "a tile path is malformed");
    }
    *ret = name;
    return true;
}

void tile_push(Tile *tile, const Sm3Digest *hashes, size_t count)
{
    assert(count <= TILE_WIDTH - tile->width);
    size_t from = tile->width;
    size_t to = from + count;
    memcpy(&tile->nodes[from], hashes, count * sizeof *hashes);
    for (unsigned height = 1; height <= TILE_HEIGHT; height++) {
        const Sm3Digest *children = &tile->nodes[row_start(height - 1)];
        from >>= 1;
        to >>= 1;
        merkle_node_hashes(&children[2 * from], &tile->nodes[row_start(height) + from], to - from);
    }
    tile->width += (unsigned)count;
}

bool tile_find_node(const Tile *tile, unsigned height, uint64_t i, Sm3Digest *ret)
{
    if (height > TILE_HEIGHT || i >= (uint64_t)tile->width >> height) {
        return false;
    }
    *ret = tile->nodes[row_start(height) + i];
    return true;
}

void tile_encode(const Tile *tile, unsigned width, Writer *ret)
{
    assert(width <= tile->width);
    for (unsigned i = 0; i < width; i++) {
        writer_put(ret, sm3_bytes(&tile->nodes[i]));
    }
}

bool tile_parse(Bytes bytes, const TileName *name, Tile *ret, Error *err)
{
    if (bytes.len != (size_t)name->width * SM3_SIZE) {
        return error_set(err, ERROR_UNTRUSTED, "tile.size", "C2SP tlog-tiles",
                         "tile %u/%llu has %zu bytes, not %u hashes", name->level,
                         (unsigned long long)name->index, bytes.len, name->width);
    }
    ret->index = name->index;
    ret->width = 0;
    Sm3Digest hashes[TILE_WIDTH];
    memcpy(hashes, bytes.data, bytes.len);
    tile_push(ret, hashes, name->width);
    return true;
}

size_t tile_stack_room(const TileStack *stack)
{
    return TILE_WIDTH - stack->edges[0].width;
}

bool tile_stack_push(TileStack *stack, const Sm3Digest *leaves, size_t count, TileFull *full,
                     void *state, Error *err)
{
    assert(count <= tile_stack_room(stack));
    tile_push(&stack->edges[0], leaves, count);
    for (unsigned level = 0; stack->edges[level].width == TILE_WIDTH; level++) {
        Tile *tile = &stack->edges[level];
        if (!full(state, level, tile, err)) {
            return false;
        }
        tile->index++;
        tile->width = 0;
        if (level + 1 == TILE_LEVELS) {
            break;
        }
        tile_push(&stack->edges[level + 1], &tile->nodes[row_start(TILE_HEIGHT)], 1);
    }
    return true;
}

void bundle_put(Writer *bundle, Bytes entry)
{
    assert(entry.len <= ENTRY_MAX_BYTES);
    writer_put_u16_be(bundle, (uint16_t)entry.len);
    writer_put(bundle, entry);
}

Bytes bundle_take(Reader *reader)
{
    size_t len = reader_u16_be(reader);
    return reader_bytes(reader, len);
}

void bundle_take_many(Reader *reader, Bytes *ret, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ret[i] = bundle_take(reader);
    }
}
