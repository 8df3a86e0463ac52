// SPDX-License-Identifier: Apache-2.0
//
// What a witness's functions work on.
#ifndef ASSENT_COMPONENT_WITNESS_WITNESS_STATE_H
#define ASSENT_COMPONENT_WITNESS_WITNESS_STATE_H

#include <pthread.h>

#include "component/witness/anchor.h"
#include "component/witness/records.h"
#include "component/witness/witness.h"

enum { WITNESS_PATH_SIZE = 1024 };

struct Witness {
    WitnessConfig config;
    NoteKey key;
    NoteKey logs[WITNESS_LOGS_MAX];
    size_t log_count;
    Store *store;
    // Held from the comparison with the memory until the anchor is written, so that no two
    // checkpoints are compared with the same memory.
    pthread_mutex_t mutex;
    Arena *arena;  // of the anchor's lines
    AnchorLine anchor[ANCHOR_LINES_MAX];
    size_t anchor_count;
    Service service;
};

extern const Route witness_routes[];
extern const size_t witness_route_count;

// witness.c: a name within the witness's directory.
bool witness_path(const Witness *witness, const char *name, char ret[WITNESS_PATH_SIZE],
                  Error *err) MUST_CHECK;
// memory.c
// Open the store and hold it against the anchor.
bool witness_open_memory(Witness *witness, Error *err) MUST_CHECK;
// What is remembered of a log; of one that nothing is remembered of, the empty tree.
bool witness_recall(Witness *witness, const NoteKey *log, Arena *arena, WitnessedRecord *ret,
                    Error *err) MUST_CHECK;
// Remember a checkpoint in place of `old`, in store and anchor. With the mutex held.
bool witness_remember(Witness *witness, const WitnessedRecord *old, const Checkpoint *checkpoint,
                      const NoteKey *log, Error *err) MUST_CHECK;
// Cosign nothing more of a log.
bool witness_stop_log(Witness *witness, const char *origin, WitnessStop why, Error *err) MUST_CHECK;
// Keep a proof in the store and as a file "fork-<digest>.txt", stop the log, and say so in the log.
bool witness_keep_fork(Witness *witness, const ForkProof *proof, Error *err) MUST_CHECK;

#endif
