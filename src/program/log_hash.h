// SPDX-License-Identifier: Apache-2.0
//
// The hashes that `assent log` knows: SM3 of our logs, SHA-256 of everybody else's.
#ifndef ASSENT_PROGRAM_LOG_HASH_H
#define ASSENT_PROGRAM_LOG_HASH_H

#include "base/core/arena.h"
#include "domain/evidence/merkle.h"

typedef struct {
    const char *name;  // "sm3" or "sha256"
    const MerkleHash *hash;
} LogHash;

// Find a hash by its name; NULL when there is none.
const LogHash *log_hash_find(const char *name);

// A whole tree in memory, every row of it. Plain data in the arena of its making.
typedef struct {
    const LogHash *hash;
    uint64_t size;
    const Sm3Digest *rows[MERKLE_LEVELS];  // rows[0] are the leaf hashes
} LogLeaves;

// Compute all rows over `count` leaf hashes; `leaves` is borrowed. Fails when memory is exhausted.
bool log_leaves_build(Arena *arena, const LogHash *hash, const Sm3Digest *leaves, size_t count,
                      LogLeaves *ret, Error *err) MUST_CHECK;
MerkleNodes log_leaves_nodes(LogLeaves *leaves);

#endif
