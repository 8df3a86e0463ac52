// SPDX-License-Identifier: Apache-2.0
//
// A witness: somebody other than the log who remembers the largest checkpoint that it saw of each
// log and cosigns another only if that extends it. It proves a log that shows two histories.
// Source: C2SP tlog-witness, tlog-cosignature, in the profile of docs/evidence-log.md.
#ifndef ASSENT_COMPONENT_WITNESS_WITNESS_H
#define ASSENT_COMPONENT_WITNESS_WITNESS_H

#include "base/crypto/signer.h"
#include "base/net/peer.h"
#include "base/net/service.h"
#include "domain/evidence/checkpoint_submission.h"
#include "domain/evidence/fork_proof.h"

enum { WITNESS_LOGS_MAX = 32, WITNESS_FORKS_LISTED_MAX = 100 };
#define WITNESS_SIZE_TYPE "text/x.tlog.size"

// Everything is borrowed until witness_close, except `logs`, which are copied.
typedef struct {
    const char *directory;  // exists; holds witness.db, memory.anchor and proofs of forks
    const char *name;       // of the witness's key, "court.example.cn"
    const Signer *signer;   // used for nothing else
    const NoteKey *logs;    // whose checkpoints it takes
    size_t log_count;
    Clock clock;
} WitnessConfig;

typedef struct Witness Witness;

// Open the memory, or begin one. Fails with ERROR_UNTRUSTED "witness.rolled_back" when the database
// is older than the anchor that is written beside it before every cosignature, or the anchor is
// gone; as store_open does; with ERROR_INPUT on a wrong configuration.
bool witness_open(const WitnessConfig *config, Witness **ret, Error *err) MUST_CHECK;
// Close. NULL is harmless. No request may be running.
void witness_close(Witness *witness);
void witness_cleanup(Witness **witness);

// What is served; valid until witness_close.
const Service *witness_service(const Witness *witness);
Bytes witness_openapi(void);
const NoteKey *witness_key(const Witness *witness);
// The key of a log that it takes; NULL: it does not know this origin.
const NoteKey *witness_find_log(const Witness *witness, Bytes origin);

typedef enum {
    WITNESS_COSIGNED,    // `line` is the cosignature
    WITNESS_OTHER_SIZE,  // the old size is not that of what was cosigned last, which is `size`
    WITNESS_FORKED,      // it contradicts what was cosigned, and that is proven and kept
    WITNESS_UNPROVEN,    // it is not proven to extend what was cosigned
} WitnessOutcome;

typedef struct {
    WitnessOutcome outcome;
    uint64_t size;
    Bytes line;  // in the arena
} WitnessAnswer;

// Take a checkpoint: compare it with the memory, remember it durably, then cosign it. One at a time
// for one log, whoever calls.
//
// Fails with ERROR_NOT_FOUND "witness.log" (the origin is unknown), ERROR_FORBIDDEN
// "witness.signature" (no known key of the log signed it) and "witness.forked" (the log was caught
// before, so nothing of it is cosigned any more), ERROR_UNAVAILABLE "witness.rolled_back" (a
// cosignature of ours is on a larger checkpoint than we remember), and as store and signer do.
bool witness_take(Witness *witness, const CheckpointSubmission *submission, Arena *arena,
                  WitnessAnswer *ret, Error *err) MUST_CHECK;

// Ask a log's door for its checkpoint and hashes (C2SP tlog-tiles under "/v1/"), and take it in as
// above; the cosignature is brought to the log (POST /v1/cosignatures) if it takes it. A smaller
// checkpoint than is remembered is compared with it, too. Fails as the peer does and as
// witness_take does, and with ERROR_UNTRUSTED "witness.forked" when that proved a fork or
// "witness.unproven".
bool witness_follow(Witness *witness, const NoteKey *log, Peer *door, Error *err) MUST_CHECK;
// Compare what another witness says it cosigned with what is remembered here, with hashes from the
// log's door. Nothing is cosigned. Fails as witness_follow does.
bool witness_compare(Witness *witness, const NoteKey *log, Peer *other, Peer *door,
                     Error *err) MUST_CHECK;

#endif
