// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "domain/evidence/merkle_subtree.h"
#include "program/log_proof.h"

static bool take_digest(Bytes bytes, const char *what, Sm3Digest *ret, Error *err)
{
    if (bytes.len != SM3_SIZE) {
        return error_set(err, ERROR_UNTRUSTED, "log.length", NULL, "the %s has %zu bytes, not %d",
                         what, bytes.len, SM3_SIZE);
    }
    memcpy(ret->bytes, bytes.data, SM3_SIZE);
    return true;
}

static bool take_path(const LogProof *proof, MerkleProof *ret, Error *err)
{
    if (proof->path_len > MERKLE_PROOF_MAX) {
        return error_set(err, ERROR_UNTRUSTED, "log.length", NULL,
                         "the proof has %zu hashes, which no tree has", proof->path_len);
    }
    for (size_t i = 0; i < proof->path_len; i++) {
        if (!take_digest(proof->path[i], "hash in the proof", &ret->hashes[i], err)) {
            return false;
        }
    }
    ret->count = proof->path_len;
    return true;
}

static bool inconsistent(Error *err, const char *why)
{
    return error_set(err, ERROR_UNTRUSTED, "merkle.consistency", "RFC 9162 2.1.4.2", "%s", why);
}

static bool verify_equal_sizes(const LogProof *proof, Error *err)
{
    Sm3Digest empty = proof->hash->hash->empty();
    bool is_known = proof->size != 0 || bytes_equal(proof->root, sm3_bytes(&empty));
    return proof->path_len != 0
               ? inconsistent(err, "the sizes are equal, but the proof is not empty")
           : !bytes_equal(proof->old_root, proof->root)
               ? inconsistent(err, "the sizes are equal, but the roots are not")
               : is_known || inconsistent(err, "no tree of no entries has this root");
}

// The subtree's root is the old one. In a tree that has no entry of it, the tree's says nothing.
static bool verify_subtree(const LogProof *proof, Error *err)
{
    const MerkleSubtree subtree = {proof->start, proof->end};
    MerkleHead tree = {.size = proof->size};
    MerkleProof path;
    Sm3Digest root;
    return take_digest(proof->old_root, "old root", &root, err) &&
           (proof->start == proof->end || take_digest(proof->root, "new root", &tree.root, err)) &&
           take_path(proof, &path, err) &&
           merkle_subtree_consistency_verify(proof->hash->hash, subtree, &root, &tree, &path, err);
}

static bool verify_consistency(const LogProof *proof, Error *err)
{
    MerkleHead old = {.size = proof->old_size}, latest = {.size = proof->size};
    MerkleProof path;
    if (proof->is_subtree) {
        bool is_whole = proof->start == 0 && proof->end == proof->size && proof->size != 0;
        return is_whole ? verify_equal_sizes(proof, err) : verify_subtree(proof, err);
    }
    if (old.size == latest.size) {
        return verify_equal_sizes(proof, err);
    }
    if (old.size == 0) {
        return inconsistent(err, "there is no proof from the tree of no entries");
    }
    return take_digest(proof->old_root, "old root", &old.root, err) &&
           take_digest(proof->root, "new root", &latest.root, err) &&
           take_path(proof, &path, err) &&
           merkle_consistency_verify_with(proof->hash->hash, &old, &latest, &path, err);
}

static bool verify_inclusion(const LogProof *proof, Error *err)
{
    const MerkleHash *hash = proof->hash->hash;
    const MerkleSubtree subtree = {proof->start, proof->end};
    MerkleProof path;
    MerkleInclusion claim = {.index = proof->index, .size = proof->size, .proof = &path};
    return take_digest(proof->leaf, "leaf hash", &claim.leaf, err) &&
           take_digest(proof->root, "root", &claim.root, err) && take_path(proof, &path, err) &&
           (proof->is_subtree ? merkle_subtree_inclusion_verify(hash, subtree, &claim, err)
                              : merkle_inclusion_verify_with(hash, &claim, err));
}

bool proof_verify(LogProofKind kind, const LogProof *proof, Error *err)
{
    return kind == LOG_CONSISTENCY ? verify_consistency(proof, err) : verify_inclusion(proof, err);
}
