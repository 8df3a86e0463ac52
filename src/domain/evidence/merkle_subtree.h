// SPDX-License-Identifier: Apache-2.0
//
// Proofs about a part of a log's tree: the entries from `start` up to before `end`, where start is
// a multiple of the least power of two that is not below their number, so that the part stands in
// the tree as a whole. Our logs give no such proofs; they come from elsewhere.
// Source: draft-ietf-plants-merkle-tree-certs, chapter 4 (subtrees).
#ifndef ASSENT_DOMAIN_EVIDENCE_MERKLE_SUBTREE_H
#define ASSENT_DOMAIN_EVIDENCE_MERKLE_SUBTREE_H

#include "domain/evidence/merkle.h"

typedef struct {
    uint64_t start, end;
} MerkleSubtree;

// True if entries [start, end) are a subtree. One of no entries is, wherever it starts.
bool merkle_subtree_is_sound(MerkleSubtree subtree);

// Verify that the entry `claim->index`, counted in the whole tree, is in the subtree whose root is
// `claim->root`; claim->size is not looked at. Fails with ERROR_UNTRUSTED, code "merkle.inclusion".
bool merkle_subtree_inclusion_verify(const MerkleHash *hash, MerkleSubtree subtree,
                                     const MerkleInclusion *claim, Error *err) MUST_CHECK;

// Verify that the subtree with this root is part of `tree`. A subtree of no entries is part of
// every tree, by an empty proof. Fails with ERROR_UNTRUSTED, code "merkle.consistency".
bool merkle_subtree_consistency_verify(const MerkleHash *hash, MerkleSubtree subtree,
                                       const Sm3Digest *root, const MerkleHead *tree,
                                       const MerkleProof *proof, Error *err) MUST_CHECK;

#endif
