// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/merkle_subtree.h"

bool merkle_subtree_is_sound(MerkleSubtree subtree)
{
    if (subtree.start >= subtree.end) {
        return subtree.start == subtree.end;
    }
    // The bits below the least power of two that is not below the number of entries.
    uint64_t below = subtree.end - subtree.start - 1;
    for (unsigned shift = 1; shift < 64; shift *= 2) {
        below |= below >> shift;
    }
    return (subtree.start & below) == 0;
}

static bool failed(const char *code, MerkleSubtree subtree, const char *why, Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, code, "draft-ietf-plants-merkle-tree-certs 4",
                     "the proof about the entries %llu up to %llu does not hold: %s",
                     (unsigned long long)subtree.start, (unsigned long long)subtree.end, why);
}

bool merkle_subtree_inclusion_verify(const MerkleHash *hash, MerkleSubtree subtree,
                                     const MerkleInclusion *claim, Error *err)
{
    if (!merkle_subtree_is_sound(subtree)) {
        return failed("merkle.inclusion", subtree, "they are no subtree", err);
    }
    if (claim->index < subtree.start || claim->index >= subtree.end) {
        return failed("merkle.inclusion", subtree, "the entry is not one of them", err);
    }
    MerkleInclusion inside = *claim;
    inside.index = claim->index - subtree.start;
    inside.size = subtree.end - subtree.start;
    return merkle_inclusion_verify_with(hash, &inside, err);
}

// On the way up: the places, on the level reached, of the first and the last node of the subtree
// and of the last of the tree.
typedef struct {
    uint64_t first, last, tree_last;
} Climb;

static void climb(Climb *at)
{
    at->first >>= 1;
    at->last >>= 1;
    at->tree_last >>= 1;
}

// To the highest node that the subtree ends with and that is whole in the tree.
static void climb_to_start(Climb *at)
{
    bool ends_alike = at->last == at->tree_last;
    while (at->first != at->last && (ends_alike || (at->last & 1) != 0)) {
        climb(at);
    }
}

static bool empty_is_part(const MerkleHash *hash, MerkleSubtree subtree, const Sm3Digest *root,
                          const MerkleProof *proof, Error *err)
{
    Sm3Digest empty = hash->empty();
    if (proof->count != 0 || !sm3_digest_equal(root, &empty)) {
        return failed("merkle.consistency", subtree, "of no entries the root is known", err);
    }
    return true;
}

bool merkle_subtree_consistency_verify(const MerkleHash *hash, MerkleSubtree subtree,
                                       const Sm3Digest *root, const MerkleHead *tree,
                                       const MerkleProof *proof, Error *err)
{
    static const char code[] = "merkle.consistency";
    if (!merkle_subtree_is_sound(subtree) || subtree.end > tree->size) {
        return failed(code, subtree, "they are no subtree of the tree", err);
    }
    if (subtree.start == subtree.end) {
        return empty_is_part(hash, subtree, root, proof, err);
    }
    Climb at = {subtree.start, subtree.end - 1, tree->size - 1};
    climb_to_start(&at);
    size_t next = at.first == at.last ? 0 : 1;
    if (proof->count < next || proof->count > MERKLE_PROOF_MAX) {
        return failed(code, subtree, "too short or too long", err);
    }
    Sm3Digest part = next == 0 ? *root : proof->hashes[0], whole = part;
    for (; next < proof->count; next++) {
        const Sm3Digest *sibling = &proof->hashes[next];
        if (at.tree_last == 0) {
            return failed(code, subtree, "too long", err);
        }
        if ((at.last & 1) != 0 || at.last == at.tree_last) {
            // Left of the subtree nothing belongs to it.
            part = at.first < at.last ? hash->node(sibling, &part) : part;
            whole = hash->node(sibling, &whole);
            while ((at.last & 1) == 0 && at.last != 0) {
                climb(&at);
            }
        } else {
            whole = hash->node(&whole, sibling);
        }
        climb(&at);
    }
    if (at.tree_last != 0) {
        return failed(code, subtree, "too short", err);
    }
    if (!sm3_digest_equal(&part, root) || !sm3_digest_equal(&whole, &tree->root)) {
        return failed(code, subtree, "another root", err);
    }
    return true;
}
