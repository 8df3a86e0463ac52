// SPDX-License-Identifier: Apache-2.0
//
// What `assent bench core` measures: each operation as we and as a peer do it.
#ifndef ASSENT_PROGRAM_BENCH_CORE_OPERATIONS_H
#define ASSENT_PROGRAM_BENCH_CORE_OPERATIONS_H

#include "base/core/error.h"
#include "base/crypto/sm2.h"
#include "program/peers/peers.h"

enum {
    CORE_BLOCK_SIZE = 16 * 1024,
    CORE_STREAMS = 32,
    CORE_SHORT_SIZE = 65,  // an inner node of a Merkle tree
    CORE_SHORT_COUNT = 1024,
    CORE_BATCH = 256,
};

// What batches are measured with; bench_core_batch.c knows what is in it.
typedef struct CoreBatch CoreBatch;

typedef struct {
    PeerKeys keys;
    PeerState *peers[PEER_COUNT];  // NULL: not installed
    Sm2PrivateKey *key;
    Sm3Digest digest;
    Sm2Signature signature;
    Sm4 sm4;
    CoreBatch *batch;
    // As buffers for bulk data lie: at the beginning of a cache line.
    _Alignas(64) uint8_t block[CORE_STREAMS * CORE_BLOCK_SIZE];
    _Alignas(64) uint8_t result[CORE_BLOCK_SIZE];
} CoreBench;

typedef struct {
    const char *name;
    bool (*prepare)(CoreBench *bench);
    // Do it once; `amount` is how many operations, or bytes, that is, and `peer_amount` how many
    // it is for a peer.
    bool (*ours)(CoreBench *bench);
    bool (*theirs)(const Peer *peer, PeerState *state, CoreBench *bench);
    bool (*peer_can)(const Peer *peer);
    size_t amount, peer_amount;
    bool is_bytes;
} CoreOperation;

extern const CoreOperation core_operations[];
extern const size_t core_operation_count;
extern const CoreOperation core_batch_operations[];
extern const size_t core_batch_operation_count;

bool core_batch_open(CoreBatch **ret, Error *err) MUST_CHECK;
// NULL is harmless.
void core_batch_close(CoreBatch *batch);

bool core_bench_open(CoreBench **ret, Error *err) MUST_CHECK;
void core_bench_close(CoreBench **bench);

#endif
