// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/merkle.h"

#include <assert.h>
#include <string.h>

static const uint8_t LEAF_PREFIX = 0x00;
static const uint8_t NODE_PREFIX = 0x01;

// How much is gathered on the stack for one call of sm3_digest_many.
enum {
    NODE_BYTES = 1 + 2 * SM3_SIZE,
    GATHERED_NODES = 128,
    GATHERED_ENTRIES = 64,
    GATHERED_BYTES = 32 * 1024,
    APPENDED_LEAVES = 256,
};

// Largest power of two below n, as an exponent. n > 1.
static unsigned split_level(uint64_t n)
{
    return 63U - (unsigned)__builtin_clzll(n - 1);
}

static bool check_size(uint64_t size, Error *err)
{
    if (size >= MERKLE_SIZE_LIMIT) {
        return error_set(err, ERROR_INPUT, "merkle.size", NULL,
                         "a tree size is above the limit of 2^%d", MERKLE_LEVELS);
    }
    return true;
}

// Hash of the leaves [start, start + len), where start is a multiple of the power of two that
// covers len: the shape of every subtree that RFC 9162 names.
static bool range_hash(MerkleNodes nodes, uint64_t start, uint64_t len, Sm3Digest *ret, Error *err)
{
    // Complete subtrees from the small right end upwards, joined right to left.
    const MerkleHash *hash = nodes.hash == NULL ? merkle_hash_sm3() : nodes.hash;
    bool have = false;
    Sm3Digest right = {{0}};
    while (len > 0) {
        unsigned level = (unsigned)__builtin_ctzll(len);
        len &= len - 1;
        Sm3Digest left;
        if (!nodes.node(nodes.state, level, (start + len) >> level, &left, err)) {
            return false;
        }
        right = have ? hash->node(&left, &right) : left;
        have = true;
    }
    *ret = right;
    return true;
}

static bool proof_add(MerkleNodes nodes, uint64_t start, uint64_t len, MerkleProof *proof,
                      Error *err)
{
    assert(proof->count < MERKLE_PROOF_MAX);
    if (!range_hash(nodes, start, len, &proof->hashes[proof->count], err)) {
        return false;
    }
    proof->count++;
    return true;
}

static bool leaves_node(void *state, unsigned level, uint64_t index, Sm3Digest *ret, Error *err)
{
    const MerkleLeaves *leaves = state;
    MerkleFrontier frontier = {0};
    uint64_t end = (index + 1) << level;
    if (end > leaves->count) {
        return error_set(err, ERROR_NOT_FOUND, "merkle.leaf", NULL, "leaf %llu is not in the tree",
                         (unsigned long long)end - 1);
    }
    merkle_frontier_append_many(&frontier, &leaves->hashes[index << level], (size_t)1 << level);
    *ret = merkle_frontier_root(&frontier);
    return true;
}

Sm3Digest merkle_leaf_hash(Bytes entry)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of(&LEAF_PREFIX, 1));
    sm3_update(&sm3, entry);
    sm3_finish(&sm3, &digest);
    return digest;
}

Sm3Digest merkle_node_hash(const Sm3Digest *left, const Sm3Digest *right)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of(&NODE_PREFIX, 1));
    sm3_update(&sm3, sm3_bytes(left));
    sm3_update(&sm3, sm3_bytes(right));
    sm3_finish(&sm3, &digest);
    return digest;
}

const MerkleHash *merkle_hash_sm3(void)
{
    static const MerkleHash sm3 = {merkle_leaf_hash, merkle_node_hash, merkle_empty_root};
    return &sm3;
}

// Hash as many of the entries as fit into the gathering place, at least one; returns how many.
static size_t hash_some_entries(const Bytes *entries, Sm3Digest *ret, size_t count)
{
    uint8_t gathered[GATHERED_BYTES];
    Bytes messages[GATHERED_ENTRIES];
    size_t some = 0;
    size_t used = 0;
    while (some < count && some < GATHERED_ENTRIES && entries[some].len < sizeof gathered - used) {
        gathered[used] = LEAF_PREFIX;
        if (entries[some].len > 0) {
            memcpy(&gathered[used + 1], entries[some].data, entries[some].len);
        }
        messages[some] = bytes_of(&gathered[used], 1 + entries[some].len);
        used += messages[some].len;
        some++;
    }
    if (some == 0) {
        // Too long to gather, and long enough to gain nothing by it.
        ret[0] = merkle_leaf_hash(entries[0]);
        return 1;
    }
    sm3_digest_many(messages, ret, some);
    return some;
}

void merkle_leaf_hashes(const Bytes *entries, Sm3Digest *ret, size_t count)
{
    for (size_t done = 0; done < count;) {
        done += hash_some_entries(&entries[done], &ret[done], count - done);
    }
}

void merkle_node_hashes(const Sm3Digest *children, Sm3Digest *ret, size_t count)
{
    uint8_t gathered[GATHERED_NODES][NODE_BYTES];
    Bytes messages[GATHERED_NODES];
    for (size_t done = 0; done < count;) {
        size_t some = 0;
        while (some < GATHERED_NODES && done + some < count) {
            const Sm3Digest *pair = &children[2 * (done + some)];
            uint8_t *node = gathered[some];
            node[0] = NODE_PREFIX;
            memcpy(&node[1], pair[0].bytes, SM3_SIZE);
            memcpy(&node[1 + SM3_SIZE], pair[1].bytes, SM3_SIZE);
            messages[some++] = bytes_of(node, NODE_BYTES);
        }
        sm3_digest_many(messages, &ret[done], some);
        done += some;
    }
}

Sm3Digest merkle_empty_root(void)
{
    return sm3_digest(BYTES_EMPTY);
}

void merkle_frontier_append(MerkleFrontier *frontier, const Sm3Digest *leaf)
{
    Sm3Digest hash = *leaf;
    unsigned level = 0;
    for (uint64_t size = frontier->size; (size & 1) != 0; size >>= 1) {
        hash = merkle_node_hash(&frontier->subtrees[level], &hash);
        level++;
    }
    assert(level < MERKLE_LEVELS);
    frontier->subtrees[level] = hash;
    frontier->size++;
}

// Level by level: what waits at a level comes first, pairs go up, an odd one waits.
static void append_some(MerkleFrontier *frontier, const Sm3Digest *leaves, size_t count)
{
    Sm3Digest row[APPENDED_LEAVES + 1];
    const uint64_t size = frontier->size;
    size_t width = count;
    memcpy(&row[1], leaves, count * sizeof *leaves);
    for (unsigned level = 0; width > 0; level++) {
        assert(level < MERKLE_LEVELS);
        bool waits = ((size >> level) & 1) != 0;
        if (waits) {
            row[0] = frontier->subtrees[level];
        }
        const Sm3Digest *first = waits ? &row[0] : &row[1];
        size_t here = width + (waits ? 1 : 0);
        if ((here & 1) != 0) {
            frontier->subtrees[level] = first[here - 1];
        }
        width = here / 2;
        merkle_node_hashes(first, row, width);
        memmove(&row[1], row, width * sizeof *row);
    }
    frontier->size = size + count;
}

void merkle_frontier_append_many(MerkleFrontier *frontier, const Sm3Digest *leaves, size_t count)
{
    for (size_t done = 0; done < count;) {
        size_t some = count - done < APPENDED_LEAVES ? count - done : APPENDED_LEAVES;
        append_some(frontier, &leaves[done], some);
        done += some;
    }
}

Sm3Digest merkle_frontier_root(const MerkleFrontier *frontier)
{
    if (frontier->size == 0) {
        return merkle_empty_root();
    }
    uint64_t rest = frontier->size;
    unsigned level = (unsigned)__builtin_ctzll(rest);
    Sm3Digest hash = frontier->subtrees[level];
    for (rest &= rest - 1; rest != 0; rest &= rest - 1) {
        level = (unsigned)__builtin_ctzll(rest);
        hash = merkle_node_hash(&frontier->subtrees[level], &hash);
    }
    return hash;
}

MerkleNodes merkle_nodes_of_leaves(MerkleLeaves *leaves)
{
    return (MerkleNodes){.node = leaves_node, .state = leaves};
}

bool merkle_root(MerkleNodes nodes, uint64_t size, Sm3Digest *ret, Error *err)
{
    if (!check_size(size, err)) {
        return false;
    }
    if (size == 0) {
        *ret = nodes.hash == NULL ? merkle_empty_root() : nodes.hash->empty();
        return true;
    }
    return range_hash(nodes, 0, size, ret, err);
}

bool merkle_frontier_load(MerkleNodes nodes, uint64_t size, MerkleFrontier *ret, Error *err)
{
    if (!check_size(size, err)) {
        return false;
    }
    MerkleFrontier frontier = {.size = size};
    uint64_t start = 0;
    for (int level = MERKLE_LEVELS - 1; level >= 0; level--) {
        if (((size >> level) & 1) == 0) {
            continue;
        }
        if (!nodes.node(nodes.state, (unsigned)level, start >> level, &frontier.subtrees[level],
                        err)) {
            return false;
        }
        start += (uint64_t)1 << level;
    }
    *ret = frontier;
    return true;
}

bool merkle_inclusion_prove(MerkleNodes nodes, uint64_t index, uint64_t size, MerkleProof *ret,
                            Error *err)
{
    if (!check_size(size, err)) {
        return false;
    }
    if (index >= size) {
        return error_set(err, ERROR_NOT_FOUND, "merkle.index", NULL,
                         "entry %llu is not in the tree of %llu entries", (unsigned long long)index,
                         (unsigned long long)size);
    }
    // Walk down from the root, remembering the sibling of each step; then add them leaf first.
    uint64_t starts[MERKLE_PROOF_MAX];
    uint64_t lens[MERKLE_PROOF_MAX];
    size_t depth = 0;
    uint64_t start = 0;
    uint64_t len = size;
    while (len > 1) {
        uint64_t half = (uint64_t)1 << split_level(len);
        bool is_left = index - start < half;
        starts[depth] = is_left ? start + half : start;
        lens[depth] = is_left ? len - half : half;
        start = is_left ? start : start + half;
        len = is_left ? half : len - half;
        depth++;
    }
    MerkleProof proof = {.count = 0};
    while (depth > 0) {
        depth--;
        if (!proof_add(nodes, starts[depth], lens[depth], &proof, err)) {
            return false;
        }
    }
    *ret = proof;
    return true;
}

bool merkle_consistency_prove(MerkleNodes nodes, uint64_t old_size, uint64_t new_size,
                              MerkleProof *ret, Error *err)
{
    if (!check_size(new_size, err)) {
        return false;
    }
    if (old_size > new_size) {
        return error_set(err, ERROR_INPUT, "merkle.order", NULL,
                         "the old size %llu is above the new size %llu",
                         (unsigned long long)old_size, (unsigned long long)new_size);
    }
    MerkleProof proof = {.count = 0};
    if (old_size == 0 || old_size == new_size) {
        *ret = proof;
        return true;
    }
    uint64_t starts[MERKLE_PROOF_MAX];
    uint64_t lens[MERKLE_PROOF_MAX];
    size_t depth = 0;
    uint64_t start = 0;
    uint64_t len = new_size;
    while (old_size != start + len) {
        uint64_t half = (uint64_t)1 << split_level(len);
        bool is_left = old_size - start <= half;
        starts[depth] = is_left ? start + half : start;
        lens[depth] = is_left ? len - half : half;
        start = is_left ? start : start + half;
        len = is_left ? half : len - half;
        depth++;
    }
    // The old tree itself is known to the verifier when it is one complete left subtree.
    bool ok = start == 0 || proof_add(nodes, start, len, &proof, err);
    while (ok && depth > 0) {
        depth--;
        ok = proof_add(nodes, starts[depth], lens[depth], &proof, err);
    }
    if (ok) {
        *ret = proof;
    }
    return ok;
}
