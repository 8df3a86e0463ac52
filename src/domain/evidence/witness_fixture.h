// SPDX-License-Identifier: Apache-2.0
//
// Keys, logs of any history and checkpoints of them, for the tests of witnesses.
// Include base/test/test.h first: only test files may.
#ifndef ASSENT_DOMAIN_EVIDENCE_WITNESS_FIXTURE_H
#define ASSENT_DOMAIN_EVIDENCE_WITNESS_FIXTURE_H

#include <stdio.h>

#include "domain/evidence/checkpoint.h"

#define WITNESSED_ORIGIN "evidence.example.cn/log1"

enum { HISTORY_MAX = 300 };

typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    NoteKey note_key;
} Party;

// A party whose key is the same in every run.
static inline Party party_of(uint8_t scalar_value, const char *name, NoteAlgorithm algorithm)
{
    Error err = {0};
    Party party = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {[31] = scalar_value};
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &party.key, &err));
    CHECK_OK(note_key_new(name, algorithm, sm2_public_key(party.key), &party.note_key, &err));
    party.signer = signer_of_key(party.key);
    return party;
}

static inline void party_cleanup(Party *party)
{
    sm2_private_key_free(party->key);
}

static inline const char *key_text(Arena *arena, const NoteKey *key)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(NOTE_KEY_TEXT_MAX);
    CHECK_OK(note_key_encode(key, &text, &err));
    return arena_text(arena, writer_bytes(&text));
}

// One history of a log: its leaves.
typedef struct {
    Sm3Digest leaves[HISTORY_MAX];
    MerkleLeaves source;
} History;

// Entries from `differs_from` on are others than in another tale.
static inline void history_make(History *history, size_t size, size_t differs_from,
                                const char *tale)
{
    for (size_t i = 0; i < size; i++) {
        char entry[64];
        snprintf(entry, sizeof entry, "{\"n\":%zu,\"tale\":\"%s\"}", i,
                 i < differs_from ? "" : tale);
        history->leaves[i] = merkle_leaf_hash(bytes_of_text(entry));
    }
    history->source = (MerkleLeaves){history->leaves, size};
}

static inline MerkleHead history_head(History *history, uint64_t size)
{
    Error err = {0};
    MerkleHead head = {.size = size};
    CHECK_OK(merkle_root(merkle_nodes_of_leaves(&history->source), size, &head.root, &err));
    return head;
}

static inline MerkleProof history_consistency(History *history, uint64_t from, uint64_t to)
{
    Error err = {0};
    MerkleProof proof;
    CHECK_OK(
        merkle_consistency_prove(merkle_nodes_of_leaves(&history->source), from, to, &proof, &err));
    return proof;
}

// The log's checkpoint of the first `size` entries, in the arena.
static inline Checkpoint history_checkpoint(Arena *arena, History *history, uint64_t size,
                                            const Party *log)
{
    Error err = {0};
    Checkpoint checkpoint;
    MerkleHead head = history_head(history, size);
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    CHECK_OK(checkpoint_sign(&head, &log->note_key, &log->signer, &note, &err));
    CHECK_OK(checkpoint_parse(arena, arena_copy(arena, writer_bytes(&note)), &checkpoint, &err));
    return checkpoint;
}

// The checkpoint with a witness's line, in the arena.
static inline Checkpoint with_cosignature(Arena *arena, const Checkpoint *checkpoint,
                                          const Party *witness, Time time)
{
    Error err = {0};
    Checkpoint cosigned;
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    writer_put(&note, checkpoint->note.whole);
    CHECK_OK(
        checkpoint_cosign(checkpoint, &witness->note_key, &witness->signer, time, &note, &err));
    CHECK_OK(checkpoint_parse(arena, arena_copy(arena, writer_bytes(&note)), &cosigned, &err));
    return cosigned;
}

#endif
