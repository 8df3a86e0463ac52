// SPDX-License-Identifier: Apache-2.0
//
// What a log sends to a witness (C2SP tlog-witness add-checkpoint, in the profile of
// docs/evidence-log.md):
//
//     old <size of what the witness cosigned last; 0: nothing>
//     <base64 hash>            one line each: the consistency proof from there
//                              an empty line
//     <checkpoint>
#ifndef ASSENT_DOMAIN_EVIDENCE_CHECKPOINT_SUBMISSION_H
#define ASSENT_DOMAIN_EVIDENCE_CHECKPOINT_SUBMISSION_H

#include "domain/evidence/checkpoint.h"

enum { CHECKPOINT_SUBMISSION_MAX_BYTES = 16 * 1024, CHECKPOINT_SUBMISSION_PROOF_MAX = 63 };

typedef struct {
    uint64_t old_size;
    MerkleProof proof;
    Checkpoint checkpoint;
} CheckpointSubmission;

// Append the text; only note.whole of the checkpoint is used.
bool checkpoint_submission_encode(const CheckpointSubmission *submission, Writer *ret,
                                  Error *err) MUST_CHECK;
// Parse one that fills `text`; borrows it. An old size above the checkpoint's is malformed. Fails
// with ERROR_INPUT "checkpoint_submission.malformed", ERROR_LIMIT "checkpoint_submission.size", or
// as checkpoint_parse does.
bool checkpoint_submission_parse(Arena *arena, Bytes text, CheckpointSubmission *ret,
                                 Error *err) MUST_CHECK;

#endif
