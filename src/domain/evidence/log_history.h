// SPDX-License-Identifier: Apache-2.0
//
// Log histories: how one log grew between sizes that receipts and checkpoints show, as a text of
// consistency proofs, the smaller sizes first:
//
//     assent.log-history/1
//     log <origin>
//     step <size> <size>       from the smaller to the larger one
//     <base64 hash>            one line each (RFC 9162 2.1.4)
//                              an empty line
//     step ...
//
// The roots are in the checkpoints, and so are the signatures: whoever reads both can tell that
// the log showed one history to all of them.
#ifndef ASSENT_DOMAIN_EVIDENCE_LOG_HISTORY_H
#define ASSENT_DOMAIN_EVIDENCE_LOG_HISTORY_H

#include "base/core/arena.h"
#include "domain/evidence/merkle.h"

enum { LOG_HISTORY_MAX_STEPS = 8, LOG_HISTORY_MAX_BYTES = 32 * 1024 };

typedef struct {
    uint64_t from, to;
    MerkleProof proof;
} LogStep;

typedef struct {
    Bytes origin;
    LogStep steps[LOG_HISTORY_MAX_STEPS];
    size_t count;
} LogHistory;

// Append the text. Fails with ERROR_INPUT for what log_history_parse would not read.
bool log_history_encode(const LogHistory *history, Writer *ret, Error *err) MUST_CHECK;
// Parse a history that fills `text`; borrows it. Every step leads from a size above zero to a
// larger one and begins where the one before ended, or later. Fails with ERROR_INPUT
// "log_history.malformed", ERROR_LIMIT "log_history.size".
bool log_history_parse(Arena *arena, Bytes text, LogHistory *ret, Error *err) MUST_CHECK;
// The step between exactly these sizes; NULL: there is none.
const LogStep *log_history_find(const LogHistory *history, uint64_t from, uint64_t to);

#endif
