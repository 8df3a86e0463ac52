// SPDX-License-Identifier: Apache-2.0
//
// A log that shows two histories, and those who compare.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "component/witness/log_door.h"
#include "component/witness/witness.h"
#include "component/witness/witness_fixture.h"

// The public door of a log, or of a liar: a checkpoint of one history, tiles of the same.
typedef struct {
    Peer peer;
    const Party *log;
    History *history;
    uint64_t size;
    bool hides_tiles;
    unsigned brought;  // cosignatures that the witness brought, which hold
} Door;

static bool answer_tile(const Door *door, const char *path, Arena *arena, PeerResponse *ret,
                        Error *err)
{
    TileName name;
    CHECK(tile_path_parse(path, &name, err));
    CLEANUP(writer_free) Writer content = writer_new(TILE_WIDTH * SM3_SIZE);
    for (unsigned i = 0; i < name.width; i++) {
        MerkleNodes nodes = merkle_nodes_of_leaves(&door->history->source);
        Sm3Digest hash;
        CHECK(nodes.node(nodes.state, TILE_HEIGHT * name.level, name.index * TILE_WIDTH + i, &hash,
                         err));
        writer_put(&content, sm3_bytes(&hash));
    }
    ret->body = arena_copy(arena, writer_bytes(&content));
    return true;
}

static bool door_call(Peer *self, const PeerRequest *request, Arena *arena, PeerResponse *ret,
                      Error *err)
{
    Door *door = (Door *)self;
    *ret = (PeerResponse){.status = 200, .content_type = ""};
    if (strcmp(request->target, "/v1/checkpoint") == 0) {
        ret->body = history_checkpoint(arena, door->history, door->size, door->log).note.whole;
        return true;
    }
    if (strcmp(request->target, "/v1/cosignatures") == 0) {
        Checkpoint cosigned;
        CHECK(checkpoint_parse(arena, request->body, &cosigned, err));
        CHECK(checkpoint_verify(&cosigned, &door->log->note_key, err));
        door->brought += (unsigned)cosigned.note.signature_count - 1;
        return true;
    }
    if (door->hides_tiles) {
        return error_set(err, ERROR_NOT_FOUND, "log.tile", NULL, "no such tile");
    }
    return answer_tile(door, request->target + sizeof "/v1/" - 1, arena, ret, err);
}

static Door door_of(const Court *court, History *history, uint64_t size)
{
    return (Door){
        .peer = {.call = door_call}, .log = &court->log, .history = history, .size = size};
}

static uint64_t remembered(Court *court)
{
    return submit(court, &court->told, 0, COURT_ENTRIES).size;
}

static const char *directory_below(const char *directory, const char *name, Arena *arena)
{
    const char *path = arena_format(arena, "%s/%s", directory, name);
    CHECK(path != NULL && mkdir(path, 0700) == 0);
    return path;
}

TEST(a_witness_follows_a_log_from_size_to_size)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    static const uint64_t sizes[] = {1, 2, 8, 9, 9, 255, 256, 257, 299};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        Door door = door_of(&court, &court.told, sizes[i]);
        CHECK_OK(witness_follow(court.witness, &court.log.note_key, &door.peer, &err));
        CHECK_INT(remembered(&court), sizes[i]);
        CHECK_INT(door.brought, 1);
    }
    court_close(&court);
}

// Caches serve old checkpoints: that is no lie.
TEST(a_smaller_checkpoint_of_the_same_history_is_harmless)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    Door now = door_of(&court, &court.told, 270), before = door_of(&court, &court.told, 100);
    CHECK_OK(witness_follow(court.witness, &court.log.note_key, &now.peer, &err));
    // Its checkpoint is old, its tiles are not.
    CHECK_OK(witness_follow(court.witness, &court.log.note_key, &before.peer, &err));
    CHECK_INT(remembered(&court), 270);
    court_close(&court);
}

// Also for powers of two, where a consistency proof alone would show nothing.
TEST(a_log_that_goes_on_with_another_history_is_caught_with_proof)
{
    static const uint64_t sizes[][2] = {{8, 8}, {8, 20}, {9, 300}, {256, 257}, {5, 256}};
    static const char *const names[] = {"0", "1", "2", "3", "4"};
    const char *directory = test_directory();
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        Error err = {0};
        static Court court;
        court_open(&court, directory_below(directory, names[i], arena));
        Door told = door_of(&court, &court.told, sizes[i][0]);
        Door hidden = door_of(&court, &court.hidden, sizes[i][1]);
        CHECK_OK(witness_follow(court.witness, &court.log.note_key, &told.peer, &err));
        CHECK_FAILS_WITH(witness_follow(court.witness, &court.log.note_key, &hidden.peer, &err),
                         ERROR_UNTRUSTED, "witness.forked");
        check_one_fork(&court);
        CHECK_FAILS_WITH(witness_follow(court.witness, &court.log.note_key, &told.peer, &err),
                         ERROR_FORBIDDEN, "witness.forked");
        court_close(&court);
    }
}

TEST(a_smaller_checkpoint_of_another_history_is_caught_too)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    Door told = door_of(&court, &court.told, 30);
    Door hidden = door_of(&court, &court.hidden, 20);
    CHECK_OK(witness_follow(court.witness, &court.log.note_key, &told.peer, &err));
    // The checkpoint is of the hidden history, the hashes come from the told one.
    Checkpoint seen = history_checkpoint(court.arena, &court.hidden, 20, &court.log);
    Checkpoint kept = history_checkpoint(court.arena, &court.told, 30, &court.log);
    bool found;
    ForkProof fork;
    CHECK_OK(log_door_find_fork(&(LogDoor){&told.peer, &court.log.note_key, court.arena}, &seen,
                                &kept, &found, &fork, &err));
    CHECK(found);
    CHECK_OK(fork_proof_verify(&fork, &err));
    // Hashes of the wrong tree prove nothing, and are no excuse either.
    CHECK_FAILS(witness_follow(court.witness, &court.log.note_key, &hidden.peer, &err),
                ERROR_UNTRUSTED);
    CHECK_INT(remembered(&court), 30);
    court_close(&court);
}

TEST(a_log_that_hides_its_hashes_gets_no_cosignature)
{
    Error err = {0};
    static Court court;
    court_open(&court, test_directory());
    Door told = door_of(&court, &court.told, 8), hidden = door_of(&court, &court.hidden, 20);
    hidden.hides_tiles = true;
    CHECK_OK(witness_follow(court.witness, &court.log.note_key, &told.peer, &err));
    CHECK_FAILS_WITH(witness_follow(court.witness, &court.log.note_key, &hidden.peer, &err),
                     ERROR_NOT_FOUND, "log.tile");
    CHECK_INT(remembered(&court), 8);
    court_close(&court);
}

// One key, two trees: the court is shown one, the notary the other. Each alone sees nothing wrong;
// as soon as one asks the other, or somebody asks both, there is a proof.
TEST(a_log_that_shows_each_witness_another_history_is_caught_when_they_compare)
{
    Error err = {0};
    static Court court, notary;
    const char *directory = test_directory();
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    court_open(&court, directory_below(directory, "court", arena));
    court_open_as(&notary, directory_below(directory, "notary", arena), 2, "notary.example.cn");
    const NoteKey *log = &court.log.note_key;
    Door to_court = door_of(&court, &court.told, 20);
    Door to_notary = door_of(&notary, &notary.hidden, 32);
    CHECK_OK(witness_follow(court.witness, log, &to_court.peer, &err));
    CHECK_OK(witness_follow(notary.witness, log, &to_notary.peer, &err));
    CLEANUP(peer_cleanup) Peer *ask_court = NULL;
    CLEANUP(peer_cleanup) Peer *ask_notary = NULL;
    Clock clock = clock_manual(&court.now);
    CHECK_OK(peer_local(witness_service(court.witness), "x", "x", clock, &ask_court, &err));
    CHECK_OK(peer_local(witness_service(notary.witness), "x", "x", clock, &ask_notary, &err));
    // A third party asks both.
    Checkpoint first, second;
    ForkProof fork;
    bool found;
    const char *target = log_door_witness_target(arena, log);
    CHECK_OK(log_door_checkpoint(&(LogDoor){ask_court, log, arena}, target, &first, &err));
    CHECK_OK(log_door_checkpoint(&(LogDoor){ask_notary, log, arena}, target, &second, &err));
    size_t count;
    CHECK_OK(
        checkpoint_verify_witnesses(&first, witness_key(court.witness), 1, &count, NULL, &err));
    CHECK_INT(count, 1);
    CHECK_OK(log_door_find_fork(&(LogDoor){&to_notary.peer, log, arena}, &first, &second, &found,
                                &fork, &err));
    CHECK(found);
    CHECK_OK(fork_proof_verify(&fork, &err));
    // The notary asks the court.
    CHECK_FAILS_WITH(witness_compare(notary.witness, log, ask_court, &to_notary.peer, &err),
                     ERROR_UNTRUSTED, "witness.forked");
    check_one_fork(&notary);
    PeerResponse forks;
    PeerRequest request = {.method = "GET", .target = "/v1/forks"};
    CHECK_OK(peer_call(ask_notary, &request, arena, &forks, &err));
    size_t at;
    CHECK(bytes_find(forks.body, BYTES_LITERAL("assent.fork/1"), 0, &at));
    court_close(&court);
    court_close(&notary);
}

TEST(witnesses_of_one_history_agree)
{
    Error err = {0};
    static Court court, notary;
    const char *directory = test_directory();
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    court_open(&court, directory_below(directory, "court", arena));
    court_open_as(&notary, directory_below(directory, "notary", arena), 2, "notary.example.cn");
    Door door = door_of(&court, &court.told, 20), later = door_of(&court, &court.told, 33);
    const NoteKey *log = &court.log.note_key;
    CLEANUP(peer_cleanup) Peer *ask = NULL;
    CHECK_OK(
        peer_local(witness_service(court.witness), "x", "x", clock_manual(&court.now), &ask, &err));
    CHECK_FAILS_WITH(witness_compare(notary.witness, log, ask, &door.peer, &err), ERROR_NOT_FOUND,
                     "witness.nothing");
    CHECK_OK(witness_follow(court.witness, log, &door.peer, &err));
    CHECK_OK(witness_compare(notary.witness, log, ask, &door.peer, &err));
    CHECK_OK(witness_follow(notary.witness, log, &later.peer, &err));
    CHECK_OK(witness_compare(notary.witness, log, ask, &later.peer, &err));
    court_close(&court);
    court_close(&notary);
}
