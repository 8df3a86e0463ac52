// SPDX-License-Identifier: Apache-2.0
//
// The Merkle tree of RFC 9162 2.1 (the same as RFC 6962 2.1) over SM3: hashes, proofs and the
// incremental frontier. Pure computation; where node hashes come from is handed in.
#ifndef ASSENT_DOMAIN_EVIDENCE_MERKLE_H
#define ASSENT_DOMAIN_EVIDENCE_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/sm3/sm3.h"

enum { MERKLE_PROOF_MAX = 64, MERKLE_LEVELS = 62 };
// Trees hold fewer entries than this; larger sizes and indexes are refused.
#define MERKLE_SIZE_LIMIT ((uint64_t)1 << MERKLE_LEVELS)

// Sibling hashes in the order of RFC 9162: leaf side first.
typedef struct {
    Sm3Digest hashes[MERKLE_PROOF_MAX];
    size_t count;
} MerkleProof;

// SM3(0x00 || entry). Source: RFC 9162 2.1.1.
Sm3Digest merkle_leaf_hash(Bytes entry);
// SM3(0x01 || left || right).
Sm3Digest merkle_node_hash(const Sm3Digest *left, const Sm3Digest *right);
// merkle_leaf_hash of each of `count` entries, side by side where the CPU can.
void merkle_leaf_hashes(const Bytes *entries, Sm3Digest *ret, size_t count);
// merkle_node_hash of each of `count` pairs that follow each other in `children`, side by side
// where the CPU can. `ret` may be `children` or lie before it.
void merkle_node_hashes(const Sm3Digest *children, Sm3Digest *ret, size_t count);
// Root of the empty tree: SM3 of nothing.
Sm3Digest merkle_empty_root(void);

// The hash that a tree is made with. Our logs are all over SM3; others, of 32 bytes too, are there
// to check proofs that come from elsewhere.
typedef struct {
    Sm3Digest (*leaf)(Bytes entry);
    Sm3Digest (*node)(const Sm3Digest *left, const Sm3Digest *right);
    Sm3Digest (*empty)(void);
} MerkleHash;
const MerkleHash *merkle_hash_sm3(void);

// The complete subtrees that make up a tree of `size` leaves, one per set bit of the size. Plain
// data: copy it to try an append. All zero is the empty tree.
typedef struct {
    uint64_t size;
    Sm3Digest subtrees[MERKLE_LEVELS];
} MerkleFrontier;

void merkle_frontier_append(MerkleFrontier *frontier, const Sm3Digest *leaf);
// Append `count` leaves, as one by one, but many times faster from some dozens on.
void merkle_frontier_append_many(MerkleFrontier *frontier, const Sm3Digest *leaves, size_t count);
Sm3Digest merkle_frontier_root(const MerkleFrontier *frontier);

// Where the hashes of complete subtrees come from: node (level, index) covers the leaves from
// index << level up to (index + 1) << level. Called only for subtrees inside the tree.
typedef struct {
    bool (*node)(void *state, unsigned level, uint64_t index, Sm3Digest *ret, Error *err);
    void *state;
    const MerkleHash *hash;  // joins them; NULL: SM3
} MerkleNodes;

// An array of leaf hashes as a source of nodes; every inner node is recomputed. Borrowed.
typedef struct {
    const Sm3Digest *hashes;
    size_t count;
} MerkleLeaves;
MerkleNodes merkle_nodes_of_leaves(MerkleLeaves *leaves);

// Compute the root of the tree of the first `size` leaves. Fails as the source fails.
bool merkle_root(MerkleNodes nodes, uint64_t size, Sm3Digest *ret, Error *err) MUST_CHECK;
// Compute the frontier at `size`, from which appending can go on.
bool merkle_frontier_load(MerkleNodes nodes, uint64_t size, MerkleFrontier *ret,
                          Error *err) MUST_CHECK;
// Prove that leaf `index` is in the tree of `size` leaves. Fails with ERROR_NOT_FOUND when
// index >= size, ERROR_INPUT above the size limit, or as the source fails.
// Source: RFC 9162 2.1.3.1.
bool merkle_inclusion_prove(MerkleNodes nodes, uint64_t index, uint64_t size, MerkleProof *ret,
                            Error *err) MUST_CHECK;
// Prove that the tree of old_size leaves is a prefix of the tree of new_size leaves. The proof
// is empty when old_size is 0 or equals new_size. Fails with ERROR_INPUT when old > new.
// Source: RFC 9162 2.1.4.1.
bool merkle_consistency_prove(MerkleNodes nodes, uint64_t old_size, uint64_t new_size,
                              MerkleProof *ret, Error *err) MUST_CHECK;

// Verify an inclusion proof. Fails with ERROR_UNTRUSTED, code "merkle.inclusion".
// Source: RFC 9162 2.1.3.2.
bool merkle_inclusion_verify(const Sm3Digest *leaf, uint64_t index, uint64_t size,
                             const MerkleProof *proof, const Sm3Digest *root,
                             Error *err) MUST_CHECK;

// What an inclusion proof is to show; `proof` is borrowed.
typedef struct {
    Sm3Digest leaf;
    uint64_t index, size;
    const MerkleProof *proof;
    Sm3Digest root;
} MerkleInclusion;
// The same for any hash and for sizes up to 2^64 - 1.
bool merkle_inclusion_verify_with(const MerkleHash *hash, const MerkleInclusion *claim,
                                  Error *err) MUST_CHECK;

// A tree head: what a checkpoint states.
typedef struct {
    uint64_t size;
    Sm3Digest root;
} MerkleHead;

// Verify that `latest` extends `old`. Fails with ERROR_UNTRUSTED, code "merkle.consistency".
// Source: RFC 9162 2.1.4.2.
bool merkle_consistency_verify(const MerkleHead *old, const MerkleHead *latest,
                               const MerkleProof *proof, Error *err) MUST_CHECK;
// The same for any hash and for sizes up to 2^64 - 1.
bool merkle_consistency_verify_with(const MerkleHash *hash, const MerkleHead *old,
                                    const MerkleHead *latest, const MerkleProof *proof,
                                    Error *err) MUST_CHECK;

#endif
