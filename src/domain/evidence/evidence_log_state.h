// SPDX-License-Identifier: Apache-2.0
//
// The inside of EvidenceLog, shared by the files that implement it and by nobody else.
#ifndef ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_STATE_H
#define ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_STATE_H

#include <pthread.h>

#include "domain/evidence/evidence_log.h"
#include "domain/evidence/tile_cache.h"

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
    bool has_key;  // false: opened to read without it, so signatures are not checked
    Clock clock;
    Time publish_interval;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    Appender *first;  // queue of those who wait
    Appender **last;
    bool has_leader;  // one thread at a time commits or publishes for all
    bool broken;
    bool is_closed;  // its last entry says so
    Time published;
    uint64_t published_size;
    uint64_t snapshot_size;  // recovery starts from the files at this size
    LogTree tree;
    TileCache cache;
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
// Publish, make every file durable, and have the journal begin anew, as the leader.
bool evidence_log_snapshot(EvidenceLog *log, Error *err) MUST_CHECK;
// Fail with "log.broken".
bool evidence_log_refuse(Error *err);
// Whether an entry closes the log, see succession.h.
bool evidence_log_closes(Bytes entry);
// Load and check everything at opening.
bool evidence_log_recover(EvidenceLog *log, Error *err) MUST_CHECK;

enum { BUNDLE_MAX_BYTES = TILE_WIDTH * (ENTRY_MAX_BYTES + 2) };
// A file of the storage by its name.
bool evidence_log_read_path(EvidenceLog *log, const TileName *name, Writer *ret,
                            Error *err) MUST_CHECK;
// A bundle from memory or storage, with at least its first `width` entries.
bool evidence_log_read_bundle(EvidenceLog *log, uint64_t index, unsigned width, Writer *ret,
                              Error *err) MUST_CHECK;
// Entries that the checkpoint file covers.
uint64_t evidence_log_published_size(EvidenceLog *log);

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
