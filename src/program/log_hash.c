// SPDX-License-Identifier: Apache-2.0
#include "program/log_hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto/digest.h"

// SHA-256 of libcrypto only fails without memory, of which nothing can be said here.
static Sm3Digest sha256(Bytes message)
{
    Sm3Digest digest = {0};
    if (!sha256_digest(message, digest.bytes, NULL)) {
        abort();
    }
    return digest;
}

static Sm3Digest sha256_leaf(Bytes entry)
{
    CLEANUP(writer_free) Writer message = writer_new(1 + entry.len);
    writer_put_u8(&message, 0x00);
    writer_put(&message, entry);
    if (message.failed) {
        abort();
    }
    return sha256(writer_bytes(&message));
}

static Sm3Digest sha256_node(const Sm3Digest *left, const Sm3Digest *right)
{
    uint8_t message[1 + 2 * SM3_SIZE] = {0x01};
    memcpy(&message[1], left->bytes, SM3_SIZE);
    memcpy(&message[1 + SM3_SIZE], right->bytes, SM3_SIZE);
    return sha256(BYTES_OF_ARRAY(message));
}

static Sm3Digest sha256_empty(void)
{
    return sha256(BYTES_EMPTY);
}

const LogHash *log_hash_find(const char *name)
{
    static const MerkleHash sha256_hash = {sha256_leaf, sha256_node, sha256_empty};
    static LogHash hashes[] = {{"sm3", NULL}, {"sha256", &sha256_hash}};
    hashes[0].hash = merkle_hash_sm3();
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        if (strcmp(hashes[i].name, name) == 0) {
            return &hashes[i];
        }
    }
    return NULL;
}

bool log_leaves_build(Arena *arena, const LogHash *hash, const Sm3Digest *leaves, size_t count,
                      LogLeaves *ret, Error *err)
{
    *ret = (LogLeaves){.hash = hash, .size = count, .rows = {leaves}};
    // Only complete subtrees: an odd one at the end of a row has no parent yet.
    for (unsigned level = 1; level < MERKLE_LEVELS && count / 2 > 0; level++) {
        count /= 2;
        Sm3Digest *row = arena_alloc(arena, count * sizeof *row);
        if (row == NULL) {
            return error_set(err, ERROR_LIMIT, "log.leaves", NULL, "there are too many leaves");
        }
        for (size_t i = 0; i < count; i++) {
            const Sm3Digest *pair = &ret->rows[level - 1][2 * i];
            row[i] = hash->hash->node(&pair[0], &pair[1]);
        }
        ret->rows[level] = row;
    }
    return true;
}

static bool leaves_node(void *state, unsigned level, uint64_t index, Sm3Digest *ret, Error *err)
{
    const LogLeaves *leaves = state;
    if (level >= MERKLE_LEVELS || index >= leaves->size >> level) {
        return error_set(err, ERROR_NOT_FOUND, "log.leaves", NULL, "the tree has no such node");
    }
    *ret = leaves->rows[level][index];
    return true;
}

MerkleNodes log_leaves_nodes(LogLeaves *leaves)
{
    return (MerkleNodes){.node = leaves_node, .state = leaves, .hash = leaves->hash->hash};
}
