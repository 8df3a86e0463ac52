// SPDX-License-Identifier: Apache-2.0
//
// The inside of EvidenceLog, shared by the files that implement it and by nobody else.
#ifndef ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_STATE_H
#define ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_STATE_H

#include <pthread.h>

#include "domain/evidence/evidence_log.h"

// One caller of append, waiting on its own stack.
typedef struct Appender Appender;
struct Appender {
    const Bytes *entries;
    const Sm3Digest *leaves;
    size_t count;
    size_t bytes;  // in the record
    uint64_t first_index;
    bool done;
    bool ok;
    Error err;
    Appender *next;
};

// What the tree is made of. Changed only by the leader, under the mutex; so the leader reads it
// without, everybody else with the mutex.
typedef struct {
    TileStack stack;
    MerkleFrontier frontier;
    Writer bundle;  // entries of the unfinished bundle
    Writer note;    // latest checkpoint
    MerkleHead head;
} LogTree;

struct EvidenceLog {
    LogStorage storage;
    const Signer *signer;
    NoteKey key;
    Clock clock;
    Time publish_interval;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    Appender *first;  // queue of those who wait
    Appender **last;
    bool has_leader;  // one thread at a time commits or publishes for all
    bool broken;
    Time published;
    uint64_t published_size;
    uint64_t snapshot_size;  // recovery starts from the files at this size
    LogTree tree;
};

// Records that are committed: a snapshot is 'S' and a checkpoint; a batch is 'B', first index
// (8 bytes), count (4 bytes), the entries as in a bundle, and the checkpoint after them.
enum { RECORD_SNAPSHOT = 'S', RECORD_BATCH = 'B', RECORD_BATCH_OVERHEAD = 13 };

// Write full tiles and bundles as the stack fills; state is the EvidenceLog.
bool evidence_log_write_full(void *state, unsigned level, const Tile *tile, Error *err);
// Add entries with their leaf hashes to the tree. Fails as writing a full tile fails.
bool evidence_log_grow(EvidenceLog *log, const Bytes *entries, const Sm3Digest *leaves,
                       size_t count, Error *err) MUST_CHECK;
// Publish as the leader.
bool evidence_log_publish_now(EvidenceLog *log, Error *err) MUST_CHECK;
// Load and check everything at opening.
bool evidence_log_recover(EvidenceLog *log, Error *err) MUST_CHECK;

// Complete subtrees from the edges in memory and the tiles in storage. Keeps the tile that was
// read last, because a proof asks for neighbours.
typedef struct {
    EvidenceLog *log;
    bool has_tile;
    unsigned level;
    Tile tile;
} LogNodes;
MerkleNodes evidence_log_nodes(LogNodes *nodes);

#endif
