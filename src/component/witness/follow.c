// SPDX-License-Identifier: Apache-2.0
//
// Following a log by itself, and comparing with what other witnesses saw.
#include "base/core/log.h"
#include "component/witness/log_door.h"
#include "component/witness/witness_state.h"

static bool refuse(WitnessOutcome outcome, const NoteKey *log, Error *err)
{
    switch (outcome) {
    case WITNESS_COSIGNED:
    case WITNESS_OTHER_SIZE:  // somebody else was faster: next time
        return true;
    case WITNESS_FORKED:
        return error_set(err, ERROR_UNTRUSTED, "witness.forked", "RFC 9162 2.1.4",
                         "the log %s showed two histories", log->name);
    case WITNESS_UNPROVEN:
        break;
    }
    return error_set(err, ERROR_UNTRUSTED, "witness.unproven", "RFC 9162 2.1.4",
                     "the log %s does not prove that it extends what was seen of it", log->name);
}

// Hold a checkpoint against what is remembered, with hashes of the larger tree from the log, and
// keep the proof if they contradict each other.
static bool hold_against_memory(Witness *witness, const NoteKey *log, const Checkpoint *seen,
                                Peer *door, Arena *arena, Error *err)
{
    WitnessedRecord record;
    Checkpoint remembered;
    ForkProof fork;
    bool is_fork;
    if (!witness_recall(witness, log, arena, &record, err)) {
        return false;
    }
    if (record.head.size == 0) {
        return true;
    }
    if (!checkpoint_parse(arena, record.checkpoint, &remembered, err)) {
        return false;
    }
    if (!log_door_find_fork(&(LogDoor){door, log, arena}, &remembered, seen, &is_fork, &fork,
                            err)) {
        return false;
    }
    return !is_fork || (witness_keep_fork(witness, &fork, err) && refuse(WITNESS_FORKED, log, err));
}

// Bring the cosignature to the log, unless it is there. A log that takes none has no such door.
static void bring(const LogDoor *door, const Witness *witness, const Checkpoint *seen, Bytes line)
{
    Error err = {0};
    PeerResponse response;
    if (note_verify(&seen->note, &witness->key, NULL, NULL)) {
        return;
    }
    PeerRequest request = {.method = "POST",
                           .target = "/v1/cosignatures",
                           .content_type = "text/plain; charset=utf-8",
                           .body = arena_join(door->arena, seen->note.whole, line)};
    if (request.body.len > 0 && !peer_call(door->peer, &request, door->arena, &response, &err)) {
        LOG(LOG_INFO, "witness.not_brought", log_text("log", door->log->name),
            log_text("code", err.code));
    }
}

// Prove with the log's own hashes that its checkpoint extends what is remembered, and take it in.
static bool take_larger(Witness *witness, const NoteKey *log, const Checkpoint *seen, Peer *door,
                        Arena *arena, Error *err)
{
    WitnessedRecord record;
    WitnessAnswer answer;
    if (!witness_recall(witness, log, arena, &record, err)) {
        return false;
    }
    CheckpointSubmission submission = {.old_size = record.head.size, .checkpoint = *seen};
    LogDoorNodes nodes = {.door = door, .arena = arena, .size = seen->head.size};
    if (!merkle_consistency_prove(log_door_nodes(&nodes), record.head.size, seen->head.size,
                                  &submission.proof, err) ||
        !witness_take(witness, &submission, arena, &answer, err)) {
        return false;
    }
    if (answer.outcome == WITNESS_COSIGNED) {
        bring(&(LogDoor){door, log, arena}, witness, seen, answer.line);
    }
    // A consistency proof does not show every fork that the hashes do.
    return (answer.outcome != WITNESS_UNPROVEN ||
            hold_against_memory(witness, log, seen, door, arena, err)) &&
           refuse(answer.outcome, log, err);
}

bool witness_follow(Witness *witness, const NoteKey *log, Peer *door, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    WitnessedRecord record;
    Checkpoint seen;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!log_door_checkpoint(&(LogDoor){door, log, arena}, "/v1/checkpoint", &seen, err) ||
        !witness_recall(witness, log, arena, &record, err)) {
        return false;
    }
    return seen.head.size < record.head.size
               ? hold_against_memory(witness, log, &seen, door, arena, err)
               : take_larger(witness, log, &seen, door, arena, err);
}

bool witness_compare(Witness *witness, const NoteKey *log, Peer *other, Peer *door, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Checkpoint seen;
    const char *target = arena == NULL ? NULL : log_door_witness_target(arena, log);
    if (target == NULL) {
        return error_memory(err);
    }
    return log_door_checkpoint(&(LogDoor){other, log, arena}, target, &seen, err) &&
           hold_against_memory(witness, log, &seen, door, arena, err);
}
