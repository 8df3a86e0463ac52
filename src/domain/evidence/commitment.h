// SPDX-License-Identifier: Apache-2.0
//
// Commitments: one digest over the parts of a record that tells nothing about them, from which
// any part can be opened alone. A Merkle tree whose leaf i is over salt_i || part, with
// salt_i = HMAC-SM3(record salt, "part" || i in 4 bytes).
#ifndef ASSENT_DOMAIN_EVIDENCE_COMMITMENT_H
#define ASSENT_DOMAIN_EVIDENCE_COMMITMENT_H

#include "base/core/arena.h"
#include "domain/evidence/merkle.h"

enum { COMMITMENT_SALT_SIZE = 32, COMMITMENT_PARTS_MAX = 1024 };

// What opens one part. Whoever has it can verify the part, and learns nothing of the others.
typedef struct {
    uint64_t index;
    uint64_t count;
    Sm3Digest salt;
    Bytes part;
    MerkleProof proof;
} CommitmentOpening;

// Compute the commitment to 1 to COMMITMENT_PARTS_MAX parts. Fails with ERROR_LIMIT.
bool commitment_compute(Bytes salt, const Bytes *parts, size_t count, Sm3Digest *ret,
                        Error *err) MUST_CHECK;
// What one of many commitments is over.
typedef struct {
    Bytes salt;
    const Bytes *parts;
    size_t count;
} CommitmentInput;

// Compute many commitments, each as commitment_compute does, side by side where the CPU can.
// ret  `count` digests. Fails as commitment_compute does, for the first that fails.
bool commitment_compute_many(const CommitmentInput *inputs, size_t count, Sm3Digest *ret,
                             Error *err) MUST_CHECK;
// Make the opening of one part; borrows the part.
bool commitment_open(Bytes salt, const Bytes *parts, size_t count, size_t index, Arena *arena,
                     CommitmentOpening *ret, Error *err) MUST_CHECK;
// Fails with ERROR_UNTRUSTED "commitment.opening".
bool commitment_verify(const CommitmentOpening *opening, const Sm3Digest *commitment,
                       Error *err) MUST_CHECK;

#endif
