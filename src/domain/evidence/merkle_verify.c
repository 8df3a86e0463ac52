// SPDX-License-Identifier: Apache-2.0
//
// The two verifications of RFC 9162, over the whole range of 64-bit sizes.
#include "domain/evidence/merkle.h"

static bool inclusion_failed(uint64_t index, uint64_t size, const char *why, Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "merkle.inclusion", "RFC 9162 2.1.3.2",
                     "the inclusion proof of entry %llu in %llu entries does not hold: %s",
                     (unsigned long long)index, (unsigned long long)size, why);
}

bool merkle_inclusion_verify_with(const MerkleHash *hash, const MerkleInclusion *claim, Error *err)
{
    uint64_t index = claim->index;
    uint64_t size = claim->size;
    if (index >= size || claim->proof->count > MERKLE_PROOF_MAX) {
        return inclusion_failed(index, size, "out of range", err);
    }
    uint64_t node = index;
    uint64_t last = size - 1;
    Sm3Digest root = claim->leaf;
    for (size_t i = 0; i < claim->proof->count; i++) {
        const Sm3Digest *sibling = &claim->proof->hashes[i];
        if (last == 0) {
            return inclusion_failed(index, size, "too long", err);
        }
        if ((node & 1) != 0 || node == last) {
            root = hash->node(sibling, &root);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            root = hash->node(&root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) {
        return inclusion_failed(index, size, "too short", err);
    }
    if (!sm3_digest_equal(&root, &claim->root)) {
        return inclusion_failed(index, size, "another root", err);
    }
    return true;
}

bool merkle_inclusion_verify(const Sm3Digest *leaf, uint64_t index, uint64_t size,
                             const MerkleProof *proof, const Sm3Digest *root, Error *err)
{
    if (size >= MERKLE_SIZE_LIMIT) {
        return inclusion_failed(index, size, "out of range", err);
    }
    const MerkleInclusion claim = {*leaf, index, size, proof, *root};
    return merkle_inclusion_verify_with(merkle_hash_sm3(), &claim, err);
}

static bool consistency_failed(const MerkleHead *old, const MerkleHead *latest, const char *why,
                               Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "merkle.consistency", "RFC 9162 2.1.4.2",
                     "the tree of %llu entries is not proven to extend the tree of %llu: %s",
                     (unsigned long long)latest->size, (unsigned long long)old->size, why);
}

// The cases in which a consistency proof is empty.
static bool verify_trivial(const MerkleHash *hash, const MerkleHead *old, const MerkleHead *latest,
                           const MerkleProof *proof, Error *err)
{
    Sm3Digest empty = hash->empty();
    const Sm3Digest *expected = old->size == 0 ? &empty : &latest->root;
    if (proof->count != 0) {
        return consistency_failed(old, latest, "too long", err);
    }
    if (!sm3_digest_equal(&old->root, expected)) {
        return consistency_failed(old, latest, "another old root", err);
    }
    return true;
}

bool merkle_consistency_verify_with(const MerkleHash *hash, const MerkleHead *old,
                                    const MerkleHead *latest, const MerkleProof *proof, Error *err)
{
    if (old->size > latest->size || proof->count > MERKLE_PROOF_MAX) {
        return consistency_failed(old, latest, "out of range", err);
    }
    if (old->size == 0 || old->size == latest->size) {
        return verify_trivial(hash, old, latest, proof, err);
    }
    uint64_t node = old->size - 1;
    uint64_t last = latest->size - 1;
    while ((node & 1) != 0) {
        node >>= 1;
        last >>= 1;
    }
    // A power of two is its own first node; otherwise the proof starts with it.
    size_t next = node == 0 ? 0 : 1;
    if (proof->count < next) {
        return consistency_failed(old, latest, "too short", err);
    }
    Sm3Digest old_hash = node == 0 ? old->root : proof->hashes[0];
    Sm3Digest new_hash = old_hash;
    for (; next < proof->count; next++) {
        const Sm3Digest *sibling = &proof->hashes[next];
        if (last == 0) {
            return consistency_failed(old, latest, "too long", err);
        }
        if ((node & 1) != 0 || node == last) {
            old_hash = hash->node(sibling, &old_hash);
            new_hash = hash->node(sibling, &new_hash);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = hash->node(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) {
        return consistency_failed(old, latest, "too short", err);
    }
    if (!sm3_digest_equal(&old_hash, &old->root) || !sm3_digest_equal(&new_hash, &latest->root)) {
        return consistency_failed(old, latest, "another root", err);
    }
    return true;
}

bool merkle_consistency_verify(const MerkleHead *old, const MerkleHead *latest,
                               const MerkleProof *proof, Error *err)
{
    if (latest->size >= MERKLE_SIZE_LIMIT) {
        return consistency_failed(old, latest, "out of range", err);
    }
    return merkle_consistency_verify_with(merkle_hash_sm3(), old, latest, proof, err);
}
