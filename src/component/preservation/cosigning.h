// SPDX-License-Identifier: Apache-2.0
//
// Having checkpoints cosigned: in rounds, each with one checkpoint and a thread for each witness,
// so that nobody who is slow, silent or lying holds up deposits or the others.
#ifndef ASSENT_COMPONENT_PRESERVATION_COSIGNING_H
#define ASSENT_COMPONENT_PRESERVATION_COSIGNING_H

#include "component/preservation/preservation_state.h"

typedef struct Cosigning Cosigning;

// Start the threads; *ret is NULL when no witnesses are configured.
bool cosigning_start(Preservation *preservation, Cosigning **ret, Error *err) MUST_CHECK;
// Wait for the calls in flight and release. NULL is harmless.
void cosigning_stop(Cosigning *cosigning);
// Begin a round with the newest checkpoint that is worth one: that was time-stamped, or, when
// stamping is behind, the newest at all. At most one round a second; not while a witness that
// answered last time is still at work on the one before. NULL is harmless.
bool cosigning_tick(Cosigning *cosigning, Error *err) MUST_CHECK;

// Take a checkpoint of this log with cosignatures that a witness brings itself, because it follows
// the log and cannot be called; *ret_kept tells how many known witnesses' hold. Fails with
// ERROR_UNTRUSTED as checkpoint_verify does, "merkle.consistency" when it is not of this history,
// "note.signature" or "witness.time" when a line of a known witness does not hold; ERROR_NOT_FOUND
// when it is of more entries than there are.
bool cosigning_accept(Preservation *preservation, Bytes text, Arena *arena, size_t *ret_kept,
                      Error *err) MUST_CHECK;

// How it stands with one witness, since the start.
typedef struct {
    const char *name;  // in the policy
    const char *key_name;
    uint64_t size;               // of the checkpoint that it cosigned last; 0: none
    Time at;                     // when
    Time failing_since;          // 0: its last answer was a cosignature, or it was not asked yet
    char code[ERROR_CODE_SIZE];  // of its last failure, "" when not failing
    int64_t cosigned, failed;    // rounds
} CosigningState;

// Returns how many there are.
size_t cosigning_states(Cosigning *cosigning, CosigningState ret[WITNESS_POLICY_NAMES_MAX]);
// Add member "witnesses" to the summary, and alarms about them.
bool cosigning_put_summary(Preservation *preservation, Arena *arena, Time now, json_t *summary,
                           json_t *alarms, Error *err) MUST_CHECK;
// Append counters in the form of Prometheus.
void cosigning_put_metrics(void *preservation, Writer *ret);

#endif
