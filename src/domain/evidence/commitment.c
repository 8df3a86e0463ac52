// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/commitment.h"

static Sm3Digest part_salt(Bytes salt, size_t index)
{
    uint8_t message[8] = {'p',
                          'a',
                          'r',
                          't',
                          (uint8_t)(index >> 24),
                          (uint8_t)(index >> 16),
                          (uint8_t)(index >> 8),
                          (uint8_t)index};
    return sm3_hmac(salt, BYTES_OF_ARRAY(message));
}

// merkle_leaf_hash over salt || part, without joining them in memory.
static Sm3Digest part_leaf(const Sm3Digest *salt, Bytes part)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, BYTES_LITERAL("\0"));
    sm3_update(&sm3, sm3_bytes(salt));
    sm3_update(&sm3, part);
    sm3_finish(&sm3, &digest);
    return digest;
}

static bool check_count(Bytes salt, size_t count, Error *err)
{
    if (count == 0 || count > COMMITMENT_PARTS_MAX) {
        return error_set(err, ERROR_LIMIT, "commitment.parts", NULL,
                         "a record has %zu parts, not 1 to %d", count, COMMITMENT_PARTS_MAX);
    }
    return salt.len == COMMITMENT_SALT_SIZE ||
           error_set(err, ERROR_INTERNAL, "commitment.salt", NULL, "a salt has a wrong size");
}

bool commitment_compute(Bytes salt, const Bytes *parts, size_t count, Sm3Digest *ret, Error *err)
{
    if (!check_count(salt, count, err)) {
        return false;
    }
    MerkleFrontier frontier = {0};
    for (size_t i = 0; i < count; i++) {
        Sm3Digest own = part_salt(salt, i);
        Sm3Digest leaf = part_leaf(&own, parts[i]);
        merkle_frontier_append(&frontier, &leaf);
    }
    *ret = merkle_frontier_root(&frontier);
    return true;
}

bool commitment_open(Bytes salt, const Bytes *parts, size_t count, size_t index, Arena *arena,
                     CommitmentOpening *ret, Error *err)
{
    if (!check_count(salt, count, err)) {
        return false;
    }
    Sm3Digest *leaves = arena_alloc(arena, count * sizeof *leaves);
    if (leaves == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        Sm3Digest own = part_salt(salt, i);
        leaves[i] = part_leaf(&own, parts[i]);
    }
    MerkleLeaves source = {leaves, count};
    CommitmentOpening opening = {.index = index, .count = count};
    if (!merkle_inclusion_prove(merkle_nodes_of_leaves(&source), index, count, &opening.proof,
                                err)) {
        return false;
    }
    opening.salt = part_salt(salt, index);
    opening.part = parts[index];
    *ret = opening;
    return true;
}

bool commitment_verify(const CommitmentOpening *opening, const Sm3Digest *commitment, Error *err)
{
    Sm3Digest leaf = part_leaf(&opening->salt, opening->part);
    if (!merkle_inclusion_verify(&leaf, opening->index, opening->count, &opening->proof, commitment,
                                 err)) {
        return error_set(err, ERROR_UNTRUSTED, "commitment.opening", NULL,
                         "part %llu is not what was committed to",
                         (unsigned long long)opening->index);
    }
    return true;
}
