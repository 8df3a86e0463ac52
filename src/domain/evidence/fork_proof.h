// SPDX-License-Identifier: Apache-2.0
//
// Fork proofs: two checkpoints that a log signed and that cannot be of one history, with what shows
// it, as a text that anybody can check offline:
//
//     assent.fork/1
//     log <key>
//     <base64 hash>            one line each; none when both checkpoints are of one size
//                              an empty line
//     <checkpoint>             the smaller one
//                              an empty line
//     <checkpoint>
//
// The hashes are a consistency proof of RFC 9162 2.1.4 taken from the tree of the larger
// checkpoint, always beginning with the subtree that ends where the smaller one ends. They give
// the larger one's root, and with that the root which its first entries have: another than signed.
#ifndef ASSENT_DOMAIN_EVIDENCE_FORK_PROOF_H
#define ASSENT_DOMAIN_EVIDENCE_FORK_PROOF_H

#include "domain/evidence/checkpoint.h"
#include "domain/verdict/verdict.h"

enum { FORK_PROOF_MAX_BYTES = 32 * 1024 };
#define FORK_PROOF_FIRST_LINE "assent.fork/1"

typedef struct {
    NoteKey log;
    MerkleProof proof;
    Checkpoint older;  // of at most as many entries as `newer`
    Checkpoint newer;
} ForkProof;

// Append the text; only note.whole of the checkpoints is used.
bool fork_proof_encode(const ForkProof *proof, Writer *ret, Error *err) MUST_CHECK;
// Parse a proof that fills `text`; borrows it. Fails with ERROR_INPUT "fork.malformed", ERROR_LIMIT
// "fork.size", or as note_key_parse and checkpoint_parse do.
bool fork_proof_parse(Arena *arena, Bytes text, ForkProof *ret, Error *err) MUST_CHECK;

// Verify that it proves a fork of the log with this key. Fails with ERROR_UNTRUSTED as
// checkpoint_verify does, or "fork.contradiction" when the two may be of one history.
bool fork_proof_verify(const ForkProof *proof, Error *err) MUST_CHECK;
// The same check by check: fork.signatures, fork.contradiction. Whose key it is, is for the caller.
bool fork_proof_check(const ForkProof *proof, Verdict *verdict);

// Make a proof of two checkpoints, in any order, that do not fit together. `nodes` are those of the
// larger one's tree; unused (may be zero) when both are of one size. Fails with ERROR_NOT_FOUND
// "fork.none" when they do fit together, ERROR_UNTRUSTED when the nodes are not of the tree that
// was signed, or as the source of nodes fails.
bool fork_proof_make(const NoteKey *log, const Checkpoint *a, const Checkpoint *b,
                     MerkleNodes nodes, ForkProof *ret, Error *err) MUST_CHECK;
// Make one of a consistency proof that did not verify between the two, if it shows a fork: when it
// is right for the larger tree. False: it shows nothing.
bool fork_proof_from_consistency(const NoteKey *log, const Checkpoint *older,
                                 const Checkpoint *newer, const MerkleProof *consistency,
                                 ForkProof *ret) MUST_CHECK;

#endif
