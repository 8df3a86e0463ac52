// SPDX-License-Identifier: Apache-2.0
#include "component/witness/witness.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test/test.h"
#include "component/witness/witness_fixture.h"

TEST(a_checkpoint_that_extends_what_was_seen_is_cosigned)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    WitnessAnswer first = submit(&court, &court.told, 0, 5);
    CHECK_INT(first.outcome, WITNESS_COSIGNED);
    WitnessAnswer second = submit(&court, &court.told, 5, 11);
    CHECK_INT(second.outcome, WITNESS_COSIGNED);
    Checkpoint checkpoint = history_checkpoint(court.arena, &court.told, 11, &court.log);
    Bytes text = arena_join(court.arena, checkpoint.note.whole, second.line);
    Checkpoint cosigned;
    size_t count;
    Time latest;
    CHECK_OK(checkpoint_parse(court.arena, text, &cosigned, &err));
    // SM2 signatures differ each time, but the line is over the text.
    CHECK_OK(checkpoint_verify_witnesses(&cosigned, witness_key(court.witness), 1, &count, &latest,
                                         &err));
    CHECK_INT(count, 1);
    CHECK_INT(latest, court.now);
    court_close(&court);
}

// Source: C2SP tlog-witness.
TEST(the_old_size_has_to_be_what_was_cosigned_last)
{
    static Court court;
    court_open(&court, test_directory());
    CHECK_INT(submit(&court, &court.told, 0, 5).outcome, WITNESS_COSIGNED);
    WitnessAnswer stale = submit(&court, &court.told, 0, 7);
    CHECK_INT(stale.outcome, WITNESS_OTHER_SIZE);
    CHECK_INT(stale.size, 5);
    CHECK_INT(submit(&court, &court.told, 5, 9).outcome, WITNESS_COSIGNED);
    // A replay of what was cosigned before, and of what came before that.
    CHECK_INT(submit(&court, &court.told, 5, 9).outcome, WITNESS_OTHER_SIZE);
    CHECK_INT(submit(&court, &court.told, 0, 5).outcome, WITNESS_OTHER_SIZE);
    // The same again is cosigned again, at its own time.
    CHECK_INT(submit(&court, &court.told, 9, 9).outcome, WITNESS_COSIGNED);
    court_close(&court);
}

TEST(an_unknown_log_and_a_strangers_signature_are_refused)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    CLEANUP(party_cleanup) Party other = party_of(77, "evidence.example.cn/log2", NOTE_SM2);
    CLEANUP(party_cleanup) Party enemy = party_of(78, WITNESSED_ORIGIN, NOTE_SM2);
    WitnessAnswer answer;
    CheckpointSubmission unknown = {.checkpoint =
                                        history_checkpoint(court.arena, &court.told, 3, &other)};
    CheckpointSubmission forged = {.checkpoint =
                                       history_checkpoint(court.arena, &court.told, 3, &enemy)};
    CHECK_FAILS_WITH(witness_take(court.witness, &unknown, court.arena, &answer, &err),
                     ERROR_NOT_FOUND, "witness.log");
    CHECK_FAILS_WITH(witness_take(court.witness, &forged, court.arena, &answer, &err),
                     ERROR_FORBIDDEN, "witness.signature");
    court_close(&court);
}

TEST(another_root_of_the_same_size_is_a_fork_and_stops_the_log)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    CHECK_INT(submit(&court, &court.told, 0, 9).outcome, WITNESS_COSIGNED);
    CHECK_INT(submit(&court, &court.hidden, 9, 9).outcome, WITNESS_FORKED);
    check_one_fork(&court);
    WitnessAnswer answer;
    CheckpointSubmission next = submission_of(&court, &court.told, 9, 12);
    CHECK_FAILS_WITH(witness_take(court.witness, &next, court.arena, &answer, &err),
                     ERROR_FORBIDDEN, "witness.forked");
    // Also after a restart.
    court_restart(&court);
    CHECK_FAILS_WITH(witness_take(court.witness, &next, court.arena, &answer, &err),
                     ERROR_FORBIDDEN, "witness.forked");
    court_close(&court);
}

TEST(a_proof_that_is_right_for_another_history_proves_the_fork)
{
    static Court court;
    court_open(&court, test_directory());
    CHECK_INT(submit(&court, &court.told, 0, 6).outcome, WITNESS_COSIGNED);
    CHECK_INT(submit(&court, &court.hidden, 6, 11).outcome, WITNESS_FORKED);
    check_one_fork(&court);
    court_close(&court);
}

TEST(a_proof_that_proves_nothing_is_refused_and_changes_nothing)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    CHECK_INT(submit(&court, &court.told, 0, 6).outcome, WITNESS_COSIGNED);
    CheckpointSubmission wrong = submission_of(&court, &court.told, 6, 11);
    wrong.proof.hashes[0].bytes[0] ^= 1;
    WitnessAnswer answer;
    CHECK_OK(witness_take(court.witness, &wrong, court.arena, &answer, &err));
    CHECK_INT(answer.outcome, WITNESS_UNPROVEN);
    CHECK_INT(submit(&court, &court.told, 6, 11).outcome, WITNESS_COSIGNED);
    court_close(&court);
}

// --- memory -----------------------------------------------------------------------------------

TEST(the_memory_survives_a_restart)
{
    static Court court;
    court_open(&court, test_directory());
    CHECK_INT(submit(&court, &court.told, 0, 9).outcome, WITNESS_COSIGNED);
    court_restart(&court);
    CHECK_INT(submit(&court, &court.told, 0, 9).outcome, WITNESS_OTHER_SIZE);
    CHECK_INT(submit(&court, &court.hidden, 9, 12).outcome, WITNESS_FORKED);
    court_close(&court);
}

TEST(a_database_that_was_put_back_or_lost_is_refused)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    const char *database = arena_format(court.arena, "%s/witness.db", court.directory);
    const char *copy = arena_format(court.arena, "%s/copy", court.directory);
    CHECK_INT(submit(&court, &court.told, 0, 5).outcome, WITNESS_COSIGNED);
    witness_close(court.witness);
    copy_file(database, copy);
    court_reopen(&court);
    CHECK_INT(submit(&court, &court.told, 5, 9).outcome, WITNESS_COSIGNED);
    witness_close(court.witness);
    court.witness = NULL;
    copy_file(copy, database);
    CHECK_FAILS_WITH(try_open_court(&court, &err), ERROR_UNTRUSTED, "witness.rolled_back");
    CHECK(unlink(database) == 0);
    CHECK_FAILS_WITH(try_open_court(&court, &err), ERROR_UNTRUSTED, "witness.rolled_back");
    court_close(&court);
}

TEST(a_lost_or_damaged_anchor_is_refused)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    const char *anchor = arena_format(court.arena, "%s/memory.anchor", court.directory);
    CHECK_INT(submit(&court, &court.told, 0, 5).outcome, WITNESS_COSIGNED);
    witness_close(court.witness);
    court.witness = NULL;
    write_text(anchor, "evidence.example.cn/log1 5 x\n");
    CHECK_FAILS_WITH(try_open_court(&court, &err), ERROR_UNTRUSTED, "witness.anchor");
    CHECK(unlink(anchor) == 0);
    CHECK_FAILS_WITH(try_open_court(&court, &err), ERROR_UNTRUSTED, "witness.rolled_back");
    court_close(&court);
}

// Whoever puts back all files takes the memory, but not the signatures that are out.
TEST(a_cosignature_of_its_own_on_more_than_it_remembers_stops_the_witness)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    CHECK_INT(submit(&court, &court.told, 0, 5).outcome, WITNESS_COSIGNED);
    Checkpoint later = history_checkpoint(court.arena, &court.told, 9, &court.log);
    CheckpointSubmission shown = submission_of(&court, &court.told, 5, 9);
    shown.checkpoint = with_cosignature(court.arena, &later, &court.self, court.now);
    WitnessAnswer answer;
    CHECK_FAILS_WITH(witness_take(court.witness, &shown, court.arena, &answer, &err),
                     ERROR_UNAVAILABLE, "witness.rolled_back");
    // And it stays so, also for who leaves the line out.
    court_restart(&court);
    CheckpointSubmission without = submission_of(&court, &court.told, 5, 9);
    CHECK_FAILS_WITH(witness_take(court.witness, &without, court.arena, &answer, &err),
                     ERROR_UNAVAILABLE, "witness.rolled_back");
    court_close(&court);
}

// --- a crash between remembering and answering ------------------------------------------------

static bool die_signing(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    (void)signer, (void)e, (void)ret, (void)err;
    raise(SIGKILL);
    return false;
}

TEST(a_witness_that_is_killed_before_it_answers_remembers_what_it_would_have_signed)
{
    static Court court;
    court_open(&court, test_directory());
    CHECK_INT(submit(&court, &court.told, 0, 5).outcome, WITNESS_COSIGNED);
    witness_close(court.witness);
    court.witness = NULL;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        court.self.signer.sign_digest = die_signing;
        court_reopen(&court);
        (void)submit(&court, &court.told, 5, 9);
        _exit(1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    court_reopen(&court);
    // It is ahead of what the log knows, and another history of that size is a fork.
    WitnessAnswer again = submit(&court, &court.told, 5, 9);
    CHECK_INT(again.outcome, WITNESS_OTHER_SIZE);
    CHECK_INT(again.size, 9);
    CHECK_INT(submit(&court, &court.told, 9, 9).outcome, WITNESS_COSIGNED);
    CHECK_INT(submit(&court, &court.hidden, 9, 9).outcome, WITNESS_FORKED);
    court_close(&court);
}

// --- many at once -----------------------------------------------------------------------------

enum { RACERS = 4, RACES = 20 };

typedef struct {
    Court *court;
    History *history;
    unsigned cosigned;
} Racer;

// Go on from whatever was cosigned last to the next size, on this history.
static void *race(void *context)
{
    Racer *racer = context;
    uint64_t old = 10;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (int i = 0; i < RACES && old < COURT_ENTRIES; i++) {
        Error err = {0};
        WitnessAnswer answer;
        CheckpointSubmission submission = {
            .old_size = old,
            .proof = history_consistency(racer->history, old, old + 1),
            .checkpoint = history_checkpoint(arena, racer->history, old + 1, &racer->court->log)};
        if (!witness_take(racer->court->witness, &submission, arena, &answer, &err)) {
            return NULL;
        }
        racer->cosigned += answer.outcome == WITNESS_COSIGNED ? 1 : 0;
        old = answer.size;
    }
    return NULL;
}

// C2SP tlog-witness: checking and persisting are atomic. Of each step exactly one is cosigned.
TEST(checkpoints_that_come_at_once_are_taken_one_after_the_other)
{
    static Court court;
    court_open(&court, test_directory());
    CHECK_INT(submit(&court, &court.told, 0, 10).outcome, WITNESS_COSIGNED);
    pthread_t threads[RACERS];
    Racer racers[RACERS];
    unsigned cosigned = 0;
    for (size_t i = 0; i < RACERS; i++) {
        racers[i] = (Racer){&court, &court.told, 0};
        CHECK(pthread_create(&threads[i], NULL, race, &racers[i]) == 0);
    }
    for (size_t i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        cosigned += racers[i].cosigned;
    }
    WitnessAnswer last = submit(&court, &court.told, 0, COURT_ENTRIES);
    CHECK_INT(last.outcome, WITNESS_OTHER_SIZE);
    CHECK_INT(last.size, 10 + cosigned);
    court_close(&court);
}
