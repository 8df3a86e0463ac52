// SPDX-License-Identifier: Apache-2.0
//
// A fork proof that parses is written back byte for byte; two checkpoints that are one and the same
// never contradict each other.
#include <stdlib.h>

#include "domain/evidence/fork_proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer again = writer_new(2 * FORK_PROOF_MAX_BYTES);
    ForkProof proof;
    Error err;
    if (arena == NULL || !fork_proof_parse(arena, bytes_of(data, size), &proof, &err)) {
        return 0;
    }
    if (!fork_proof_encode(&proof, &again, &err) ||
        !bytes_equal(writer_bytes(&again), bytes_of(data, size))) {
        abort();
    }
    bool is_one = bytes_equal(proof.older.note.text, proof.newer.note.text);
    if (fork_proof_verify(&proof, &err) && is_one && proof.older.head.size > 0) {
        abort();
    }
    return 0;
}
