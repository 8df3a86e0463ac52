// SPDX-License-Identifier: Apache-2.0
//
// Checkpoints (C2SP tlog-checkpoint): a signed note that states origin, size and root of a log.
#ifndef ASSENT_DOMAIN_EVIDENCE_CHECKPOINT_H
#define ASSENT_DOMAIN_EVIDENCE_CHECKPOINT_H

#include "domain/evidence/merkle.h"
#include "domain/evidence/note.h"

typedef struct {
    Note note;
    Bytes origin;  // borrowed from the note
    MerkleHead head;
} Checkpoint;

// Parse a note whose text is exactly origin, size and root (extension lines are refused: this
// profile has none). Borrows `whole`. Says nothing about signatures. Fails with ERROR_INPUT,
// code "checkpoint.malformed", or as note_parse does.
bool checkpoint_parse(Arena *arena, Bytes whole, Checkpoint *ret, Error *err) MUST_CHECK;
// Verify that the log's key signed it and that its origin is the key's name. Fails with
// ERROR_UNTRUSTED, code "checkpoint.signature" or "checkpoint.origin".
bool checkpoint_verify(const Checkpoint *checkpoint, const NoteKey *log_key, Error *err) MUST_CHECK;
// Count the witnesses whose cosignature holds. A line by a known witness that does not hold
// fails with ERROR_UNTRUSTED; a witness that did not sign is not counted. ret_latest (may be
// NULL) receives the latest cosigning time.
bool checkpoint_verify_witnesses(const Checkpoint *checkpoint, const NoteKey *witnesses,
                                 size_t witness_count, size_t *ret_count, Time *ret_latest,
                                 Error *err) MUST_CHECK;

// Append a new signed checkpoint to `ret`; the key's name is the origin.
bool checkpoint_sign(const MerkleHead *head, const NoteKey *log_key, const Signer *signer,
                     Writer *ret, Error *err) MUST_CHECK;
// Append a witness's signature line for this checkpoint. Whether to sign (the log is consistent
// with what the witness saw before) is the caller's decision.
bool checkpoint_cosign(const Checkpoint *checkpoint, const NoteKey *witness, const Signer *signer,
                       Time time, Writer *ret, Error *err) MUST_CHECK;

// Add the cosignature lines to a checkpoint: the note with the lines appended.
bool checkpoint_add_lines(const Checkpoint *checkpoint, Bytes lines, Writer *ret,
                          Error *err) MUST_CHECK;

#endif
