// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/merkle_subtree.h"

#include <string.h>

#include "base/test/test.h"

enum { SIZES = 40 };

static void fill_leaves(Sm3Digest leaves[SIZES])
{
    for (size_t i = 0; i < SIZES; i++) {
        uint8_t entry = (uint8_t)i;
        leaves[i] = merkle_leaf_hash(bytes_of(&entry, 1));
    }
}

static size_t split(size_t n)
{
    size_t k = 1;
    while (k * 2 < n) {
        k *= 2;
    }
    return k;
}

static Sm3Digest root_of(const Sm3Digest *leaves, size_t n)
{
    if (n < 2) {
        return n == 0 ? merkle_empty_root() : leaves[0];
    }
    size_t k = split(n);
    Sm3Digest left = root_of(leaves, k), right = root_of(leaves + k, n - k);
    return merkle_node_hash(&left, &right);
}

// The recursive definition of the proof.
static void defined_proof(const Sm3Digest *leaves, size_t n, MerkleSubtree part, bool is_known,
                          MerkleProof *ret)
{
    if (part.start == 0 && part.end == n) {
        if (!is_known) {
            ret->hashes[ret->count++] = root_of(leaves, n);
        }
        return;
    }
    size_t k = split(n);
    if (part.end <= k) {
        defined_proof(leaves, k, part, is_known, ret);
        ret->hashes[ret->count++] = root_of(leaves + k, n - k);
    } else {
        bool is_across = part.start < k;
        MerkleSubtree inner = {is_across ? 0 : part.start - k, part.end - k};
        defined_proof(leaves + k, n - k, inner, is_known && !is_across, ret);
        ret->hashes[ret->count++] = root_of(leaves, k);
    }
}

static bool holds(MerkleSubtree part, const Sm3Digest *root, const MerkleHead *tree,
                  const MerkleProof *proof)
{
    Error err = {0};
    bool ok = merkle_subtree_consistency_verify(merkle_hash_sm3(), part, root, tree, proof, &err);
    CHECK(ok || (err.kind == ERROR_UNTRUSTED && strcmp(err.code, "merkle.consistency") == 0));
    return ok;
}

// Covers: draft-ietf-plants-merkle-tree-certs, subtrees.
TEST(a_subtree_starts_at_a_multiple_of_what_it_may_grow_to)
{
    static const struct {
        MerkleSubtree part;
        bool is_sound;
    } cases[] = {{{0, 0}, true},
                 {{7, 7}, true},
                 {{0, 5}, true},
                 {{4, 8}, true},
                 {{8, 13}, true},
                 {{8, 16}, true},
                 {{3, 4}, true},
                 {{3, 5}, false},
                 {{2, 5}, false},
                 {{4, 9}, false},
                 {{2, 1}, false},
                 {{0, UINT64_MAX}, true},
                 {{1, UINT64_MAX}, false},
                 {{1, ((uint64_t)1 << 63) + 2}, false},
                 {{(uint64_t)1 << 63, UINT64_MAX}, true},
                 {{UINT64_MAX - 1, UINT64_MAX}, true}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(merkle_subtree_is_sound(cases[i].part), cases[i].is_sound);
    }
}

// The defined proof of a subtree holds; no other of one bit, one hash more or less, or other roots.
static void check_subtree(const Sm3Digest *leaves, size_t n, MerkleSubtree part)
{
    const MerkleHead tree = {n, root_of(leaves, n)};
    MerkleProof proof = {.count = 0};
    if (!merkle_subtree_is_sound(part)) {
        CHECK(!holds(part, &leaves[part.start], &tree, &proof));
        return;
    }
    Sm3Digest root = root_of(leaves + part.start, (size_t)(part.end - part.start));
    Sm3Digest other = merkle_node_hash(&root, &root);
    const MerkleHead other_tree = {n, other};
    defined_proof(leaves, n, part, true, &proof);
    CHECK(holds(part, &root, &tree, &proof));
    CHECK(!holds(part, &other, &tree, &proof));
    CHECK(!holds(part, &root, &other_tree, &proof));
    for (size_t i = 0; i < proof.count; i++) {
        proof.hashes[i].bytes[31] ^= 1;
        CHECK(!holds(part, &root, &tree, &proof));
        proof.hashes[i].bytes[31] ^= 1;
    }
    proof.hashes[proof.count++] = other;
    CHECK(!holds(part, &root, &tree, &proof));
    proof.count -= proof.count == 1 ? 0 : 2;
    CHECK(!holds(part, &root, &tree, &proof));
}

TEST(every_subtree_of_every_tree_is_proven_and_nothing_else_is)
{
    Sm3Digest leaves[SIZES];
    fill_leaves(leaves);
    for (size_t n = 1; n < SIZES; n++) {
        for (size_t end = 1; end <= n; end++) {
            for (size_t start = 0; start < end; start++) {
                check_subtree(leaves, n, (MerkleSubtree){start, end});
            }
        }
    }
}

TEST(a_subtree_of_no_entries_is_part_of_every_tree)
{
    Sm3Digest leaf = merkle_leaf_hash(BYTES_EMPTY), empty = merkle_empty_root();
    const MerkleHead tree = {2, leaf};
    MerkleProof proof = {.count = 0};
    CHECK(holds((MerkleSubtree){1, 1}, &empty, &tree, &proof));
    CHECK(!holds((MerkleSubtree){1, 1}, &leaf, &tree, &proof));
    CHECK(!holds((MerkleSubtree){3, 3}, &empty, &tree, &proof));
    proof.hashes[proof.count++] = empty;
    CHECK(!holds((MerkleSubtree){1, 1}, &empty, &tree, &proof));
}

TEST(an_entry_is_counted_in_the_whole_tree)
{
    Error err = {0};
    Sm3Digest leaves[SIZES];
    MerkleProof proof;
    fill_leaves(leaves);
    MerkleLeaves part = {leaves + 8, 5};
    const MerkleSubtree subtree = {8, 13};
    for (uint64_t i = 0; i < 5; i++) {
        CHECK_OK(merkle_inclusion_prove(merkle_nodes_of_leaves(&part), i, 5, &proof, &err));
        MerkleInclusion claim = {leaves[8 + i], 8 + i, 0, &proof, root_of(leaves + 8, 5)};
        CHECK_OK(merkle_subtree_inclusion_verify(merkle_hash_sm3(), subtree, &claim, &err));
        for (int wrong = 0; wrong < 4; wrong++) {
            MerkleInclusion other = claim;
            other.index = wrong == 0 ? i : wrong == 1 ? 13 + i : claim.index;
            other.leaf = wrong == 2 ? claim.root : claim.leaf;
            other.root = wrong == 3 ? claim.leaf : claim.root;
            CHECK_FAILS_WITH(
                merkle_subtree_inclusion_verify(merkle_hash_sm3(), subtree, &other, &err),
                ERROR_UNTRUSTED, "merkle.inclusion");
        }
        CHECK_FAILS(merkle_subtree_inclusion_verify(merkle_hash_sm3(), (MerkleSubtree){7, 13},
                                                    &claim, &err),
                    ERROR_UNTRUSTED);
    }
}
