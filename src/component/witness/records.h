// SPDX-License-Identifier: Apache-2.0
//
// What a witness keeps in its store. The only place with SQL. Each runs in a store_read or
// store_write.
#ifndef ASSENT_COMPONENT_WITNESS_RECORDS_H
#define ASSENT_COMPONENT_WITNESS_RECORDS_H

#include "base/core/arena.h"
#include "base/store/store.h"
#include "domain/evidence/checkpoint.h"

typedef enum { WITNESS_RUNS, WITNESS_STOPPED_BY_FORK, WITNESS_STOPPED_BY_ROLLBACK } WitnessStop;

typedef struct {
    const char *origin;
    MerkleHead head;
    Bytes checkpoint;  // with the log's own signature line alone
    Time cosigned_at;
    WitnessStop stop;
} WitnessedRecord;

// Find what is remembered of a log; *ret_found tells whether there is anything.
bool witnessed_record_find(StoreSession *session, const char *origin, Arena *arena, bool *ret_found,
                           WitnessedRecord *ret, Error *err) MUST_CHECK;
// Remember `record` in place of exactly `old` (size 0: of nothing). Fails with ERROR_CONFLICT
// "witness.memory" when something else is remembered.
bool witnessed_record_replace(StoreSession *session, const MerkleHead *old,
                              const WitnessedRecord *record, Error *err) MUST_CHECK;
// Cosign nothing more of a log; a log of which nothing is remembered gets a row of size 0.
bool witnessed_record_stop(StoreSession *session, const char *origin, WitnessStop why,
                           Error *err) MUST_CHECK;

typedef struct {
    Sm3Digest digest;  // of the proof
    const char *origin;
    Bytes proof;
    Time found_at;
} ForkRecord;

// Keep a proof; one that is kept already stays as it is.
bool fork_record_insert(StoreSession *session, const ForkRecord *record, Error *err) MUST_CHECK;
// The proofs, newest first, at most `max`.
bool fork_record_list(StoreSession *session, size_t max, Arena *arena, ForkRecord *ret,
                      size_t *ret_count, Error *err) MUST_CHECK;

#endif
