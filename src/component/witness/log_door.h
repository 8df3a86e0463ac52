// SPDX-License-Identifier: Apache-2.0
//
// What a log, or a witness, shows to anybody: a checkpoint, and the hashes of a tree by its tiles.
#ifndef ASSENT_COMPONENT_WITNESS_LOG_DOOR_H
#define ASSENT_COMPONENT_WITNESS_LOG_DOOR_H

#include "base/net/peer.h"
#include "domain/evidence/fork_proof.h"
#include "domain/evidence/tile.h"

// Whom to ask about which log. Everything is borrowed; answers are in the arena.
typedef struct {
    Peer *peer;
    const NoteKey *log;
    Arena *arena;
} LogDoor;

// Ask for the checkpoint at `target`; it is signed by the log, or this fails with ERROR_UNTRUSTED
// as checkpoint_verify does.
bool log_door_checkpoint(const LogDoor *door, const char *target, Checkpoint *ret,
                         Error *err) MUST_CHECK;
// "/v1/checkpoint?log=<origin>" of a witness, percent-encoded, in the arena; NULL when exhausted.
const char *log_door_witness_target(Arena *arena, const NoteKey *log);

// The tiles of a tree of `size` entries as a source of nodes. Nothing of it is believed: whoever
// uses the nodes compares the root. Plain data; borrows the door and the arena.
typedef struct {
    Peer *door;
    Arena *arena;
    uint64_t size;
    bool has_tile;
    unsigned level;
    Tile tile;
} LogDoorNodes;
MerkleNodes log_door_nodes(LogDoorNodes *nodes);

// Hold two checkpoints of a log against each other, with hashes of the larger tree from `door`;
// *ret_found tells whether they contradict each other, and then `ret` proves it. Fails with
// ERROR_UNTRUSTED when the door shows hashes of another tree than the larger one, and as it fails.
bool log_door_find_fork(const LogDoor *door, const Checkpoint *a, const Checkpoint *b,
                        bool *ret_found, ForkProof *ret, Error *err) MUST_CHECK;

#endif
