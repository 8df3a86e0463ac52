// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/succession.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/fork_proof.h"
#include "domain/evidence/log_files.h"

// A log of its own name and key in a directory of the test's.
typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    Time now;
    LogFiles *files;
    EvidenceLog *log;
} Log;

static void log_close(Log *log)
{
    evidence_log_close(log->log);
    log_files_close(log->files);
    sm2_private_key_free(log->key);
    *log = (Log){.key = NULL};
}

static void log_open(Log *log, const char *directory, const char *origin, uint8_t scalar)
{
    Error err = {0};
    char path[1100];
    uint8_t octets[SM2_SCALAR_SIZE] = {0};
    octets[31] = scalar;
    snprintf(path, sizeof path, "%s/%s", test_directory(), directory);
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(octets), &log->key, &err));
    log->signer = signer_of_key(log->key);
    CHECK_OK(log_files_open(path, 1, &log->files, &err));
    EvidenceLogConfig config = {.storage = log_files_storage(log->files),
                                .origin = origin,
                                .signer = &log->signer,
                                .clock = clock_manual(&log->now)};
    CHECK_OK(evidence_log_open(&config, &log->log, &err));
}

static void append(Log *log, const char *text)
{
    Error err = {0};
    uint64_t index;
    Bytes entry = bytes_of_text(text);
    CHECK_OK(evidence_log_append(log->log, &entry, 1, &index, &err));
}

typedef struct {
    Arena *arena;
    Log old, new;
    Sm3Digest sha256;
} Scene;

static void scene_free(Scene *scene)
{
    log_close(&scene->old);
    log_close(&scene->new);
    arena_free(scene->arena);
}

static void scene_make(Scene *scene)
{
    scene->arena = arena_new(ARENA_DEFAULT_LIMIT);
    memset(scene->sha256.bytes, 7, sizeof scene->sha256.bytes);
    log_open(&scene->old, "old", "log.example/1", 11);
    log_open(&scene->new, "new", "log.example/2", 12);
    append(&scene->old, "one");
    append(&scene->old, "two");
}

static bool succeed(Scene *scene, Error *err)
{
    return succession_close(scene->old.log, evidence_log_key(scene->new.log), 1, err) &&
           succession_open(scene->old.log, scene->new.log, &scene->sha256, 2, err);
}

static Bytes proof_of(Scene *scene)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(SUCCESSION_MAX_BYTES);
    CHECK_OK(succession_prove(scene->old.log, scene->new.log, &text, &err));
    return arena_copy(scene->arena, writer_bytes(&text));
}

static bool verify(Scene *scene, Bytes text, Error *err)
{
    Succession proof;
    return succession_parse(scene->arena, text, &proof, err) &&
           succession_verify(scene->arena, &proof, evidence_log_key(scene->old.log), err);
}

// Covers: E20.
TEST(who_trusts_the_closed_log_learns_the_key_of_its_successor)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    Succession proof;
    scene_make(&scene);
    CHECK_OK(succeed(&scene, &err));
    append(&scene.new, "three");
    Bytes text = proof_of(&scene);
    CHECK_OK(verify(&scene, text, &err));
    CHECK_OK(succession_parse(scene.arena, text, &proof, &err));
    CHECK(note_key_equal(&proof.successor, evidence_log_key(scene.new.log)));
    CHECK(sm3_digest_equal(&proof.first.sha256, &scene.sha256));
    CHECK_INT(proof.closing.checkpoint.head.size, 3);
    CHECK_FAILS_WITH(succession_verify(scene.arena, &proof, evidence_log_key(scene.new.log), &err),
                     ERROR_UNTRUSTED, "succession.log");
}

TEST(nothing_follows_the_closing_also_after_opening_again)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    uint64_t index;
    Bytes entry = BYTES_LITERAL("late");
    scene_make(&scene);
    CHECK(!evidence_log_is_closed(scene.old.log));
    CHECK_OK(succeed(&scene, &err));
    CHECK_FAILS_WITH(evidence_log_append(scene.old.log, &entry, 1, &index, &err), ERROR_CONFLICT,
                     "log.closed");
    log_close(&scene.old);
    log_open(&scene.old, "old", "log.example/1", 11);
    CHECK(evidence_log_is_closed(scene.old.log));
    CHECK_FAILS_WITH(evidence_log_append(scene.old.log, &entry, 1, &index, &err), ERROR_CONFLICT,
                     "log.closed");
    // Interrupted anywhere and repeated: nothing changes.
    CHECK_OK(succeed(&scene, &err));
    MerkleHead head;
    Bytes note;
    CHECK_OK(evidence_log_checkpoint(scene.old.log, scene.arena, &note, &head, &err));
    CHECK_INT(head.size, 3);
    CHECK_OK(evidence_log_checkpoint(scene.new.log, scene.arena, &note, &head, &err));
    CHECK_INT(head.size, 1);
}

TEST(a_log_has_one_successor_of_another_name_and_key)
{
    CLEANUP(scene_free) Scene scene = {0};
    Log third = {0};
    Error err = {0};
    scene_make(&scene);
    CHECK_FAILS_WITH(succession_close(scene.old.log, evidence_log_key(scene.old.log), 1, &err),
                     ERROR_INPUT, "succession.key");
    log_open(&third, "third", "log.example/3", 11);
    CHECK_FAILS_WITH(succession_close(scene.old.log, evidence_log_key(third.log), 1, &err),
                     ERROR_INPUT, "succession.key");
    log_close(&third);
    CHECK_FAILS_WITH(succession_open(scene.old.log, scene.new.log, &scene.sha256, 2, &err),
                     ERROR_CONFLICT, "succession.last");
    CHECK_OK(succeed(&scene, &err));
    log_open(&third, "fourth", "log.example/3", 13);
    CHECK_FAILS_WITH(succession_close(scene.old.log, evidence_log_key(third.log), 1, &err),
                     ERROR_CONFLICT, "log.closed");
    CHECK_FAILS_WITH(succession_open(scene.old.log, third.log, &scene.sha256, 2, &err),
                     ERROR_CONFLICT, "succession.last");
    log_close(&third);
}

TEST(a_successor_that_begins_with_something_else_is_none)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    scene_make(&scene);
    append(&scene.new, "something else");
    CHECK_FAILS_WITH(succeed(&scene, &err), ERROR_CONFLICT, "succession.opening");
}

// A log that is put back to before its closing and closed for another shows two last checkpoints.
TEST(two_closings_of_one_log_are_a_fork_that_is_proven)
{
    CLEANUP(scene_free) Scene scene = {0};
    Log again = {0}, other = {0};
    Error err = {0};
    Succession proofs[2];
    scene_make(&scene);
    CHECK_OK(succeed(&scene, &err));
    CHECK_OK(succession_parse(scene.arena, proof_of(&scene), &proofs[0], &err));
    log_open(&again, "again", "log.example/1", 11);
    log_open(&other, "other", "log.example/3", 13);
    append(&again, "one");
    append(&again, "two");
    Scene forked = {.arena = scene.arena, .old = again, .new = other};
    CHECK_OK(succeed(&forked, &err));
    CHECK_OK(succession_parse(scene.arena, proof_of(&forked), &proofs[1], &err));
    ForkProof fork;
    const NoteKey *key = evidence_log_key(scene.old.log);
    CHECK_OK(fork_proof_make(key, &proofs[0].closing.checkpoint, &proofs[1].closing.checkpoint,
                             (MerkleNodes){.node = NULL}, &fork, &err));
    CHECK_OK(fork_proof_verify(&fork, &err));
    // Each half alone is of no use with the other's.
    Succession mixed = proofs[0];
    mixed.opening = proofs[1].opening;
    mixed.first = proofs[1].first;
    CHECK_FAILS(succession_verify(scene.arena, &mixed, key, &err), ERROR_UNTRUSTED);
    log_close(&again);
    log_close(&other);
}

// What somebody signs who has the old key and goes on after the closing.
TEST(a_closing_that_is_not_the_last_entry_is_refused_and_found)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    uint64_t index;
    LogCheck check;
    scene_make(&scene);
    CHECK_OK(succeed(&scene, &err));
    Bytes text, entries[2];
    CHECK_OK(evidence_log_entry(scene.old.log, 2, scene.arena, &text, &err));
    entries[0] = text;
    entries[1] = BYTES_LITERAL("late");
    Log forger = {0};
    log_open(&forger, "forger", "log.example/1", 11);
    append(&forger, "one");
    append(&forger, "two");
    CHECK_OK(evidence_log_append(forger.log, entries, 2, &index, &err));
    CHECK_FAILS_WITH(evidence_log_fsck(forger.log, &check, &err), ERROR_UNTRUSTED,
                     "log.after_closing");
    CHECK_OK(evidence_log_fsck(scene.old.log, &check, &err));
    Succession proof;
    CHECK_OK(succession_parse(scene.arena, proof_of(&scene), &proof, &err));
    Bytes note;
    MerkleHead head;
    CHECK_OK(evidence_log_checkpoint(forger.log, scene.arena, &note, &head, &err));
    CHECK_OK(checkpoint_parse(scene.arena, note, &proof.closing.checkpoint, &err));
    CHECK_OK(evidence_log_prove_inclusion(forger.log, 2, 4, &proof.closing.proof, &err));
    CHECK_FAILS_WITH(succession_verify(scene.arena, &proof, evidence_log_key(scene.old.log), &err),
                     ERROR_UNTRUSTED, "succession.last");
    log_close(&forger);
}

TEST(no_byte_of_a_proof_may_be_changed_cut_or_added)
{
    CLEANUP(scene_free) Scene scene = {0};
    Error err = {0};
    scene_make(&scene);
    CHECK_OK(succeed(&scene, &err));
    Bytes text = proof_of(&scene);
    uint8_t *changed = arena_alloc(scene.arena, text.len + 1);
    memcpy(changed, text.data, text.len);
    for (size_t i = 0; i < text.len; i += 3) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Scene apart = {.arena = arena, .old = scene.old};
        changed[i] ^= 1;
        CHECK(!verify(&apart, bytes_of(changed, text.len), &err));
        changed[i] ^= 1;
        CHECK(!verify(&apart, bytes_of(text.data, i), &err));
    }
    changed[text.len] = '\n';
    CHECK(!verify(&scene, bytes_of(changed, text.len + 1), &err));
}
