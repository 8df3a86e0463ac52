// SPDX-License-Identifier: Apache-2.0
//
// A witness as a court runs it: a process of its own, that is killed and started again.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/evidence/checkpoint_submission.h"
#include "domain/evidence/fork_proof.h"
#include "domain/evidence/witness_fixture.h"
#include "program/file.h"
#include "program/process_fixture.h"
#include "program/witness_home.h"

enum { START_SECONDS = 20 };

typedef struct {
    Arena *arena;
    Party log;
    History told, hidden;
    const char *directory, *output, *listen, *url;
    uint16_t port;
    pid_t process;
    Peer *peer;
} Town;

static void town_make(Town *town)
{
    Error err = {0};
    *town = (Town){.arena = arena_new(ARENA_DEFAULT_LIMIT),
                   .log = party_of(77, WITNESSED_ORIGIN, NOTE_SM2),
                   .port = process_free_ports()};
    history_make(&town->told, 40, 4, "told");
    history_make(&town->hidden, 40, 4, "hidden");
    town->directory = arena_format(town->arena, "%s/court", test_directory());
    town->output = arena_format(town->arena, "%s/output", test_directory());
    town->listen = arena_format(town->arena, "127.0.0.1:%u", town->port);
    town->url = arena_format(town->arena, "http://127.0.0.1:%u", town->port);
    CHECK_OK(
        peer_https(&(PeerHttpsConfig){.url = town->url, .takes_plain = true}, &town->peer, &err));
}

static void town_cleanup(Town *town)
{
    if (town->process != 0) {
        (void)process_stop(town->process, SIGKILL);
    }
    peer_free(town->peer);
    party_cleanup(&town->log);
    arena_free(town->arena);
}

static int run_init(const Town *town)
{
    const char *arguments[] = {"witness",
                               "init",
                               town->directory,
                               "--name",
                               "court.example.cn",
                               "--log",
                               key_text(town->arena, &town->log.note_key),
                               NULL};
    return process_run(town->output, arguments);
}

static void start(Town *town)
{
    const char *arguments[] = {"witness", "serve", town->directory, "--listen", town->listen, NULL};
    town->process = process_start(town->output, arguments);
    CHECK(process_wait_for_port(town->port, START_SECONDS * TIME_SECOND));
}

// The status of what the witness answered, or 0 with the error.
static int submit(Town *town, History *history, uint64_t old, uint64_t size, Error *err)
{
    CLEANUP(writer_free) Writer body = writer_new(CHECKPOINT_SUBMISSION_MAX_BYTES);
    CheckpointSubmission submission = {
        .old_size = old,
        .proof = history_consistency(history, old, size),
        .checkpoint = history_checkpoint(town->arena, history, size, &town->log)};
    PeerResponse response;
    if (!checkpoint_submission_encode(&submission, &body, err)) {
        return 0;
    }
    PeerRequest request = {.method = "POST",
                           .target = "/add-checkpoint",
                           .content_type = "text/plain",
                           .body = writer_bytes(&body),
                           .conflict_type = WITNESS_SIZE_TYPE};
    return peer_call(town->peer, &request, town->arena, &response, err) ? response.status : 0;
}

TEST(a_witness_process_that_is_killed_goes_on_from_what_it_cosigned)
{
    Error err = {0};
    CLEANUP(town_cleanup) Town town;
    town_make(&town);
    CHECK_INT(run_init(&town), 0);
    CHECK_INT(run_init(&town), 1);  // a key is never made again
    start(&town);
    CHECK_INT(submit(&town, &town.told, 0, 9, &err), 200);
    CHECK_INT(process_stop(town.process, SIGKILL), -1);
    start(&town);
    CHECK_INT(submit(&town, &town.told, 0, 9, &err), 409);
    CHECK_INT(submit(&town, &town.told, 9, 12, &err), 200);
    CHECK_INT(submit(&town, &town.hidden, 12, 12, &err), 409);
    CHECK_INT(submit(&town, &town.told, 12, 20, &err), 0);
    CHECK_TEXT(err.code, "witness.forked");
    CHECK_INT(process_stop(town.process, SIGTERM), 0);
    town.process = 0;
}

// Whoever is in doubt hands the file to `assent verify`, with the log's key in a policy.
TEST(a_proof_of_a_witness_is_judged_offline)
{
    Error err = {0};
    CLEANUP(town_cleanup) Town town;
    town_make(&town);
    ForkProof fork;
    Checkpoint first = history_checkpoint(town.arena, &town.told, 9, &town.log);
    Checkpoint second = history_checkpoint(town.arena, &town.hidden, 12, &town.log);
    CLEANUP(writer_free) Writer text = writer_new(FORK_PROOF_MAX_BYTES);
    CHECK_OK(fork_proof_make(&town.log.note_key, &first, &second,
                             merkle_nodes_of_leaves(&town.hidden.source), &fork, &err));
    CHECK_OK(fork_proof_encode(&fork, &text, &err));
    const char *proof = arena_format(town.arena, "%s/fork.txt", test_directory());
    const char *trust = arena_format(town.arena, "%s/trust", test_directory());
    const char *policy = arena_format(town.arena, "%s/log.policy", trust);
    const char *rules =
        arena_format(town.arena, "log %s\nquorum none\n", key_text(town.arena, &town.log.note_key));
    CHECK_OK(file_make_directory(trust, false, &err));
    CHECK_OK(file_write(proof, writer_bytes(&text), false, &err));
    const char *arguments[] = {"verify", proof, "--trust", trust, NULL};
    CHECK_INT(process_run(town.output, arguments), 2);
    CHECK_OK(file_write(policy, bytes_of_text(rules), false, &err));
    CHECK_INT(process_run(town.output, arguments), 0);
}
