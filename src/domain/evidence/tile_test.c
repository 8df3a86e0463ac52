// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/tile.h"

#include <string.h>

#include "base/test/test.h"

// Covers: C2SP tlog-tiles.
TEST(paths_are_those_of_tlog_tiles_and_read_back)
{
    const struct {
        TileName name;
        const char *path;
    } cases[] = {
        {{false, 0, 0, 256}, "tile/0/000"},
        {{false, 0, 1234067, 256}, "tile/0/x001/x234/067"},
        {{false, 1, 999, 12}, "tile/1/999.p/12"},
        {{false, 0, 1000, 1}, "tile/0/x001/000.p/1"},
        {{true, 0, 5, 256}, "tile/entries/005"},
        {{true, 0, 123456, 255}, "tile/entries/x123/456.p/255"},
        {{false, 7, 1, 256}, "tile/7/001"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char path[TILE_PATH_SIZE];
        tile_path(&cases[i].name, path);
        CHECK_TEXT(path, cases[i].path);
        TileName parsed;
        Error err = {0};
        CHECK_OK(tile_path_parse(path, &parsed, &err));
        CHECK(parsed.is_bundle == cases[i].name.is_bundle);
        CHECK_INT(parsed.level, cases[i].name.level);
        CHECK_INT(parsed.index, cases[i].name.index);
        CHECK_INT(parsed.width, cases[i].name.width);
    }
}

TEST(other_spellings_of_paths_are_refused)
{
    const char *const cases[] = {
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/8/000",
        "tile/00/000",
        "tile/0/x000/001",
        "tile/0/001/067",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p/1x",
        "tile/entries/0",
        "tile/0/../../etc",
        "tile/0/x001/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/-1/000",
        "tile/0/xx01/000",
        "tile/entries/x999/x999/x999/x999/x999/x999/x999/999",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        TileName parsed;
        Error err = {0};
        CHECK_FAILS_WITH(tile_path_parse(cases[i], &parsed, &err), ERROR_INPUT, "tile.path");
    }
}

static Sm3Digest leaf_of(uint32_t i)
{
    return merkle_leaf_hash(bytes_of(&i, sizeof i));
}

TEST(a_full_tile_has_the_nodes_of_the_tree)
{
    static Sm3Digest leaves[TILE_WIDTH];
    static Tile tile;
    for (uint32_t i = 0; i < TILE_WIDTH; i++) {
        leaves[i] = leaf_of(i);
        tile_push(&tile, &leaves[i], 1);
    }
    MerkleLeaves source = {leaves, TILE_WIDTH};
    MerkleNodes nodes = merkle_nodes_of_leaves(&source);
    for (unsigned height = 0; height <= TILE_HEIGHT; height++) {
        for (uint64_t i = 0; i < (uint64_t)TILE_WIDTH >> height; i++) {
            Sm3Digest found, expected;
            Error err = {0};
            CHECK(tile_find_node(&tile, height, i, &found));
            CHECK_OK(nodes.node(nodes.state, height, i, &expected, &err));
            CHECK(sm3_digest_equal(&found, &expected));
        }
    }
}

// What the hashes are is known from the test above.
TEST(hashes_pushed_together_make_the_tile_of_hashes_pushed_one_by_one)
{
    static Sm3Digest leaves[TILE_WIDTH];
    for (uint32_t i = 0; i < TILE_WIDTH; i++) {
        leaves[i] = leaf_of(i);
    }
    for (size_t first = 0; first <= TILE_WIDTH; first += 17) {
        for (size_t second = 0; first + second <= TILE_WIDTH; second += 13) {
            Tile one_by_one = {.index = 3}, together = {.index = 3};
            for (size_t i = 0; i < first + second; i++) {
                tile_push(&one_by_one, &leaves[i], 1);
            }
            tile_push(&together, leaves, first);
            tile_push(&together, &leaves[first], second);
            CHECK(memcmp(&together, &one_by_one, sizeof together) == 0);
        }
    }
}

TEST(nodes_of_a_partial_tile_appear_when_they_are_complete)
{
    static Tile tile;
    Sm3Digest leaf = leaf_of(0);
    Sm3Digest node;
    tile_push(&tile, &leaf, 1);
    CHECK(tile_find_node(&tile, 0, 0, &node));
    CHECK(!tile_find_node(&tile, 0, 1, &node));
    CHECK(!tile_find_node(&tile, 1, 0, &node));
    tile_push(&tile, &leaf, 1);
    CHECK(tile_find_node(&tile, 1, 0, &node));
    CHECK(!tile_find_node(&tile, 9, 0, &node));
}

TEST(a_tile_of_another_size_than_named_is_refused)
{
    static Tile tile;
    static const uint8_t bytes[TILE_WIDTH * SM3_SIZE + 1];
    const TileName full = {.width = TILE_WIDTH};
    const TileName two = {.width = 2};
    Error err = {0};
    CHECK_OK(tile_parse(bytes_of(bytes, TILE_WIDTH * SM3_SIZE), &full, &tile, &err));
    CHECK_OK(tile_parse(bytes_of(bytes, 64), &two, &tile, &err));
    CHECK_FAILS(tile_parse(BYTES_OF_ARRAY(bytes), &full, &tile, &err), ERROR_UNTRUSTED);
    CHECK_FAILS(tile_parse(bytes_of(bytes, 63), &two, &tile, &err), ERROR_UNTRUSTED);
    CHECK_FAILS(tile_parse(BYTES_EMPTY, &two, &tile, &err), ERROR_UNTRUSTED);
}
