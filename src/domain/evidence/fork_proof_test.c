// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/fork_proof.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/witness_fixture.h"

// A log with two histories that part at entry `parts_at`, and a checkpoint of each.
typedef struct {
    Arena *arena;
    Party log;
    History told, hidden;
    Checkpoint first, second;
} Liar;

static void liar_make(Liar *liar, uint64_t old_size, uint64_t new_size, size_t parts_at)
{
    liar->arena = arena_new(ARENA_DEFAULT_LIMIT);
    liar->log = party_of(77, WITNESSED_ORIGIN, NOTE_SM2);
    history_make(&liar->told, (size_t)new_size, parts_at, "told");
    history_make(&liar->hidden, (size_t)new_size, parts_at, "hidden");
    liar->first = history_checkpoint(liar->arena, &liar->told, old_size, &liar->log);
    liar->second = history_checkpoint(liar->arena, &liar->hidden, new_size, &liar->log);
}

static void liar_end(Liar *liar)
{
    party_cleanup(&liar->log);
    arena_free(liar->arena);
}

static Bytes fork_text(Arena *arena, const ForkProof *proof)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(FORK_PROOF_MAX_BYTES);
    CHECK_OK(fork_proof_encode(proof, &text, &err));
    return arena_copy(arena, writer_bytes(&text));
}

// Every pair of sizes up to 20, with the histories parting at every entry of the smaller one.
TEST(two_histories_are_proven_for_every_pair_of_sizes)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(party_cleanup) Party log = party_of(77, WITNESSED_ORIGIN, NOTE_SM2);
    static History told, hidden;
    for (uint64_t old = 1; old <= 20; old++) {
        size_t parts_at = (size_t)(old * 7 % old == 0 ? old - 1 : old / 2);
        history_make(&told, 20, parts_at, "told");
        history_make(&hidden, 20, parts_at, "hidden");
        Checkpoint first = history_checkpoint(arena, &told, old, &log);
        for (uint64_t size = old; size <= 20; size += 3) {
            Checkpoint second = history_checkpoint(arena, &hidden, size, &log);
            ForkProof proof, read;
            CHECK_OK(fork_proof_make(&log.note_key, &second, &first,
                                     merkle_nodes_of_leaves(&hidden.source), &proof, &err));
            CHECK_OK(fork_proof_parse(arena, fork_text(arena, &proof), &read, &err));
            CHECK_OK(fork_proof_verify(&read, &err));
            CHECK_INT(read.older.head.size, old);
        }
    }
}

TEST(one_history_is_never_proven_to_be_two)
{
    Error err = {0};
    static Liar liar;
    ForkProof proof;
    for (uint64_t old = 1; old <= 9; old++) {
        liar_make(&liar, old, 9, 9);
        MerkleNodes nodes = merkle_nodes_of_leaves(&liar.hidden.source);
        CHECK_FAILS_WITH(
            fork_proof_make(&liar.log.note_key, &liar.first, &liar.second, nodes, &proof, &err),
            ERROR_NOT_FOUND, "fork.none");
        MerkleProof consistency = history_consistency(&liar.told, old, 9);
        CHECK(!fork_proof_from_consistency(&liar.log.note_key, &liar.first, &liar.second,
                                           &consistency, &proof));
        liar_end(&liar);
    }
}

// Nobody can be accused with hashes that are made up, or with a checkpoint that another signed.
TEST(a_fork_cannot_be_invented)
{
    Error err = {0};
    static Liar liar;
    ForkProof proof;
    liar_make(&liar, 5, 9, 9);
    MerkleProof made_up = history_consistency(&liar.told, 5, 9);
    for (size_t i = 0; i < made_up.count; i++) {
        MerkleProof changed = made_up;
        changed.hashes[i].bytes[0] ^= 1;
        CHECK(!fork_proof_from_consistency(&liar.log.note_key, &liar.first, &liar.second, &changed,
                                           &proof));
    }
    CLEANUP(party_cleanup) Party enemy = party_of(78, WITNESSED_ORIGIN, NOTE_SM2);
    static History other;
    history_make(&other, 9, 0, "enemy");
    Checkpoint forged = history_checkpoint(liar.arena, &other, 9, &enemy);
    CHECK_FAILS_WITH(fork_proof_make(&liar.log.note_key, &liar.first, &forged,
                                     merkle_nodes_of_leaves(&other.source), &proof, &err),
                     ERROR_UNTRUSTED, "checkpoint.signature");
    liar_end(&liar);
}

// What a log sends to a witness as a proof is right for the tree that it shows.
TEST(a_consistency_proof_of_the_other_history_shows_the_fork)
{
    Error err = {0};
    static Liar liar;
    ForkProof proof;
    liar_make(&liar, 6, 11, 3);
    MerkleProof sent = history_consistency(&liar.hidden, 6, 11);
    CHECK_FAILS(merkle_consistency_verify(&liar.first.head, &liar.second.head, &sent, &err),
                ERROR_UNTRUSTED);
    CHECK(
        fork_proof_from_consistency(&liar.log.note_key, &liar.first, &liar.second, &sent, &proof));
    CHECK_OK(fork_proof_verify(&proof, &err));
    liar_end(&liar);
}

TEST(no_changed_byte_and_no_cut_of_a_fork_proof_is_accepted)
{
    Error err = {0};
    static Liar liar;
    ForkProof proof;
    liar_make(&liar, 6, 11, 3);
    CHECK_OK(fork_proof_make(&liar.log.note_key, &liar.first, &liar.second,
                             merkle_nodes_of_leaves(&liar.hidden.source), &proof, &err));
    Bytes text = fork_text(liar.arena, &proof);
    uint8_t copy[FORK_PROOF_MAX_BYTES];
    for (size_t at = 0; at < text.len; at++) {
        CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
        ForkProof read;
        memcpy(copy, text.data, text.len);
        copy[at] ^= (uint8_t)(1U << (at % 7));
        Bytes changed = bytes_of(copy, text.len);
        CHECK(!fork_proof_parse(scratch, changed, &read, &err) || !fork_proof_verify(&read, &err));
        CHECK(!fork_proof_parse(scratch, bytes_slice(text, 0, at), &read, &err));
    }
    liar_end(&liar);
}

TEST(a_fork_proof_tells_what_holds_check_by_check)
{
    Error err = {0};
    static Liar liar;
    ForkProof proof;
    liar_make(&liar, 4, 4, 2);
    CHECK_OK(fork_proof_make(&liar.log.note_key, &liar.first, &liar.second,
                             merkle_nodes_of_leaves(&liar.hidden.source), &proof, &err));
    Verdict verdict = verdict_new(liar.arena);
    CHECK(fork_proof_check(&proof, &verdict));
    CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
    proof.newer = proof.older;
    Verdict same = verdict_new(liar.arena);
    CHECK(!fork_proof_check(&proof, &same));
    CHECK_TEXT(verdict_reason(&same)->code, "fork.contradiction");
    liar_end(&liar);
}
