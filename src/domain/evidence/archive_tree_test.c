// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/archive_tree.h"

#include <string.h>

#include "base/test/test.h"

enum { LEAVES_MAX = 40 };

// Leaf i is the digest of its number.
static Bytes make_leaves(Arena *arena, ImprintAlgorithm algorithm, size_t count)
{
    Error err = {0};
    CLEANUP(writer_free) Writer all = writer_new(LEAVES_MAX * IMPRINT_MAX_SIZE);
    for (size_t i = 0; i < count; i++) {
        TimestampImprint leaf;
        uint8_t number = (uint8_t)i;
        CHECK_OK(timestamp_imprint_make(algorithm, bytes_of(&number, 1), &leaf, &err));
        writer_put(&all, timestamp_imprint_bytes(&leaf));
    }
    return arena_copy(arena, writer_bytes(&all));
}

static TimestampImprint leaf_at(const ArchiveTree *tree, size_t place, size_t size)
{
    TimestampImprint leaf = {.algorithm = tree->algorithm};
    memcpy(leaf.octets, tree->leaves.data + place * size, size);
    return leaf;
}

// Covers: RFC 4998 4.2; RFC 4998 4.3.
TEST(every_leaf_of_a_tree_of_any_size_climbs_to_its_root_and_no_other_digest_does)
{
    static const ImprintAlgorithm algorithms[] = {IMPRINT_SM3, IMPRINT_SHA512};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    for (size_t a = 0; a < COUNT_OF(algorithms); a++) {
        size_t size = algorithms[a] == IMPRINT_SM3 ? 32 : 64;
        for (size_t count = 1; count <= LEAVES_MAX; count++) {
            const ArchiveTree tree = {algorithms[a], make_leaves(arena, algorithms[a], count)};
            TimestampImprint root;
            CHECK_OK(archive_tree_root(&tree, &root, &err));
            for (size_t i = 0; i < count; i++) {
                CLEANUP(writer_free) Writer reduced = writer_new(4096);
                TimestampImprint climbed = leaf_at(&tree, i, size);
                CHECK_OK(archive_tree_reduce(&tree, i, &reduced, &err));
                CHECK(count > 1 || reduced.len == 0);
                CHECK(archive_tree_climb(arena, tree.algorithm, writer_bytes(&reduced), &climbed,
                                         &err));
                CHECK(timestamp_imprint_equal(&climbed, &root));
                TimestampImprint stranger = leaf_at(&tree, i, size);
                stranger.octets[0] ^= 1;
                CHECK(count == 1 || !archive_tree_climb(arena, tree.algorithm,
                                                        writer_bytes(&reduced), &stranger, &err));
            }
            arena_reset(arena);
        }
    }
}

// Source: RFC 4998 4.2: digests are sorted before they are joined, so a tree of two is that of both
// orders.
TEST(the_order_of_two_leaves_does_not_matter)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Error err = {0};
    Bytes both = make_leaves(arena, IMPRINT_SHA256, 2);
    uint8_t turned[64];
    memcpy(turned, both.data + 32, 32);
    memcpy(turned + 32, both.data, 32);
    const ArchiveTree one = {IMPRINT_SHA256, both}, other = {IMPRINT_SHA256, bytes_of(turned, 64)};
    TimestampImprint roots[2];
    CHECK_OK(archive_tree_root(&one, &roots[0], &err));
    CHECK_OK(archive_tree_root(&other, &roots[1], &err));
    CHECK(timestamp_imprint_equal(&roots[0], &roots[1]));
}

TEST(what_are_no_leaves_is_refused)
{
    static const uint8_t zeros[33] = {0};
    CLEANUP(writer_free) Writer reduced = writer_new(4096);
    Error err = {0};
    TimestampImprint root;
    const ArchiveTree none = {IMPRINT_SM3, BYTES_EMPTY};
    const ArchiveTree torn = {IMPRINT_SM3, BYTES_OF_ARRAY(zeros)};
    const ArchiveTree unknown = {IMPRINT_UNKNOWN, bytes_of(zeros, 32)};
    const ArchiveTree one = {IMPRINT_SM3, bytes_of(zeros, 32)};
    CHECK_FAILS(archive_tree_root(&none, &root, &err), ERROR_INPUT);
    CHECK_FAILS(archive_tree_root(&torn, &root, &err), ERROR_INPUT);
    CHECK_FAILS(archive_tree_root(&unknown, &root, &err), ERROR_INPUT);
    CHECK_FAILS(archive_tree_reduce(&one, 1, &reduced, &err), ERROR_NOT_FOUND);
}
