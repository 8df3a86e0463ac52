// SPDX-License-Identifier: Apache-2.0
//
// Witnesses that cosign, are away, are slow in knowing, or lie; deposits never wait for them.
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"
#include "domain/evidence/checkpoint_submission.h"
#include "domain/evidence/witness_fixture.h"

typedef enum {
    HONEST,
    AWAY,         // cannot be reached
    FALSE_LINE,   // the signature does not hold
    WRONG_TIME,   // it says that it cosigned yesterday
    OTHERS_LINE,  // another's cosignature
    SAYS_AHEAD,   // it claims to have seen more
    DISAGREES,    // it has seen another root
} Manner;

enum { WITNESSES = 3, WAIT_MS = 5000 };

// What answers in the place of a witness: it remembers and checks as one does.
typedef struct {
    Peer peer;
    Party party;
    const Time *now;
    const NoteKey *log;
    atomic_int manner;
    MerkleHead seen;
    atomic_uint asked;
} StandIn;

typedef struct {
    Bench bench;
    StandIn witnesses[WITNESSES];
    Peer *peers[WITNESS_POLICY_NAMES_MAX];
    const WitnessPolicy *policy;
} Scene;

static bool reply_size(uint64_t size, Arena *arena, PeerResponse *ret)
{
    *ret = (PeerResponse){.status = 409, .content_type = "text/x.tlog.size"};
    ret->body = bytes_of_text(arena_format(arena, "%llu\n", (unsigned long long)size));
    return true;
}

static bool cosign(StandIn *self, const Checkpoint *checkpoint, Arena *arena, PeerResponse *ret,
                   Error *err)
{
    int manner = atomic_load(&self->manner);
    Party other = party_of(99, "other.example.cn", NOTE_SM2_COSIGNATURE);
    const Party *party = manner == OTHERS_LINE ? &other : &self->party;
    Time time = *self->now - (manner == WRONG_TIME ? TIME_DAY : 0);
    CLEANUP(writer_free) Writer line = writer_new(NOTE_MAX_BYTES);
    bool ok = checkpoint_cosign(checkpoint, &party->note_key, &party->signer, time, &line, err);
    party_cleanup(&other);
    if (manner == FALSE_LINE) {
        line.data[line.len - 20] = line.data[line.len - 20] == 'A' ? 'B' : 'A';
    }
    *ret = (PeerResponse){.status = 200, .content_type = "text/plain"};
    ret->body = arena_copy(arena, writer_bytes(&line));
    return ok;
}

static bool stand_in_call(Peer *peer, const PeerRequest *request, Arena *arena, PeerResponse *ret,
                          Error *err)
{
    StandIn *self = (StandIn *)peer;
    CheckpointSubmission submission;
    int manner = atomic_load(&self->manner);
    atomic_fetch_add(&self->asked, 1);
    if (manner == AWAY) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "nobody is there");
    }
    if (!checkpoint_submission_parse(arena, request->body, &submission, err) ||
        !checkpoint_verify(&submission.checkpoint, self->log, err)) {
        return false;
    }
    if (manner == SAYS_AHEAD || manner == DISAGREES) {
        return reply_size(manner == SAYS_AHEAD ? 1000000 : submission.old_size, arena, ret);
    }
    if (submission.old_size != self->seen.size) {
        return reply_size(self->seen.size, arena, ret);
    }
    if (!merkle_consistency_verify(&self->seen, &submission.checkpoint.head, &submission.proof,
                                   err)) {
        return false;
    }
    self->seen = submission.checkpoint.head;
    return cosign(self, &submission.checkpoint, arena, ret, err);
}

static void scene_open(Scene *scene)
{
    static const char *const names[] = {"court.example.cn", "notary.example.cn", "ca.example.cn"};
    Error err = {0};
    Bench *bench = &scene->bench;
    bench_make(bench);
    fixture_close(&bench->c5);
    CLEANUP(writer_free) Writer text = writer_new(WITNESS_POLICY_MAX_BYTES);
    for (size_t i = 0; i < WITNESSES; i++) {
        StandIn *witness = &scene->witnesses[i];
        witness->peer.call = stand_in_call;
        witness->now = &bench->c5.now;
        witness->seen.root = merkle_empty_root();
        witness->party = party_of((uint8_t)(i + 1), names[i], NOTE_SM2_COSIGNATURE);
        scene->peers[i] = &witness->peer;
        writer_format(&text, "witness w%zu %s\n", i,
                      key_text(bench->arena, &witness->party.note_key));
    }
    writer_put_text(&text, "group two 2 w0 w1 w2\nquorum two\n");
    CHECK_OK(witness_policy_parse(bench->arena, arena_copy(bench->arena, writer_bytes(&text)),
                                  &scene->policy, &err));
    bench->c5.config.witnesses = scene->policy;
    bench->c5.config.witness_peers = scene->peers;
    CHECK_OK(fixture_open(&bench->c5, &err));
    for (size_t i = 0; i < WITNESSES; i++) {
        scene->witnesses[i].log = preservation_log_key(bench->c5.preservation);
    }
}

static void scene_close(Scene *scene)
{
    bench_cleanup(&scene->bench);
    for (size_t i = 0; i < WITNESSES; i++) {
        party_cleanup(&scene->witnesses[i].party);
    }
}

static void set_manner(Scene *scene, size_t witness, Manner manner)
{
    atomic_store(&scene->witnesses[witness].manner, (int)manner);
}

static uint64_t number_of(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

// Deposit once more, begin a round, and wait until every witness was dealt with.
static void round_of(Scene *scene, DepositStage stage, int64_t sequence, const Bytes *previous,
                     Bytes *ret_submission)
{
    Error err = {0};
    Bench *bench = &scene->bench;
    Bytes receipt;
    bench->c5.now += 2 * TIME_SECOND;
    uint64_t before = 0, after = 0;
    CLEANUP(json_cleanup) json_t *first = get_json(bench, bench->c5.operator, "/v1/summary");
    const json_t *list = json_object_get(json_object_get(first, "witnesses"), "list");
    for (size_t i = 0; i < json_array_size(list); i++) {
        before += number_of(json_array_get(list, i), "cosigned") +
                  number_of(json_array_get(list, i), "failed");
    }
    *ret_submission = submission_of(bench, stage, sequence, previous, "{\"a\":1}");
    CHECK_OK(deposit(bench, bench->c5.c1, *ret_submission, &receipt, &err));
    CHECK_OK(preservation_tick(bench->c5.preservation, &err));
    for (int waited = 0; after < before + WITNESSES && waited < WAIT_MS; waited++) {
        CLEANUP(json_cleanup) json_t *next = get_json(bench, bench->c5.operator, "/v1/summary");
        list = json_object_get(json_object_get(next, "witnesses"), "list");
        after = 0;
        for (size_t i = 0; i < json_array_size(list); i++) {
            after += number_of(json_array_get(list, i), "cosigned") +
                     number_of(json_array_get(list, i), "failed");
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    CHECK_INT(after, before + WITNESSES);
}

static CheckOutcome judged(Scene *scene, uint64_t index)
{
    Error err = {0};
    Bench *bench = &scene->bench;
    char target[64];
    Bytes text;
    Receipt receipt;
    snprintf(target, sizeof target, "/v1/receipts/%llu", (unsigned long long)index);
    CHECK_OK(call(bench, bench->c5.operator, "GET", target, BYTES_EMPTY, &text, &err));
    CHECK_OK(receipt_parse(bench->arena, text, &receipt, &err));
    ReceiptTrust trust = trust_of(bench);
    trust.witnesses = (WitnessRules){&scene->policy, 1};
    Verdict verdict = verdict_new(bench->arena);
    (void)receipt_check(&receipt, &trust, &verdict);
    return verdict_outcome(&verdict);
}

static uint64_t index_of_last(Scene *scene)
{
    CLEANUP(json_cleanup)
    json_t *summary = get_json(&scene->bench, scene->bench.c5.operator, "/v1/summary");
    return number_of(summary, "size") - 1;
}

static bool has_alarm(Scene *scene, const char *code)
{
    CLEANUP(json_cleanup)
    json_t *summary = get_json(&scene->bench, scene->bench.c5.operator, "/v1/summary");
    const json_t *alarms = json_object_get(summary, "alarms");
    for (size_t i = 0; i < json_array_size(alarms); i++) {
        const char *found = json_string_value(json_object_get(json_array_get(alarms, i), "code"));
        if (found != NULL && strcmp(found, code) == 0) {
            return true;
        }
    }
    return false;
}

static const char *code_of(Scene *scene, size_t witness)
{
    CLEANUP(json_cleanup)
    json_t *summary = get_json(&scene->bench, scene->bench.c5.operator, "/v1/summary");
    const json_t *list = json_object_get(json_object_get(summary, "witnesses"), "list");
    const char *code = json_string_value(json_object_get(json_array_get(list, witness), "code"));
    return arena_text(scene->bench.arena, bytes_of_text(code == NULL ? "" : code));
}

TEST(receipts_come_with_stamp_and_cosignatures_once_enough_agree)
{
    Error err = {0};
    static Scene scene;
    Bytes first, note;
    scene_open(&scene);
    Bench *bench = &scene.bench;
    CHECK_FAILS_WITH(
        call(bench, bench->c5.operator, "GET", "/v1/checkpoint/cosigned", BYTES_EMPTY, &note, &err),
        ERROR_NOT_FOUND, "preservation.cosigned");
    round_of(&scene, DEPOSIT_M6, 0, NULL, &first);
    uint64_t index = index_of_last(&scene);
    CHECK_INT(judged(&scene, index), CHECK_PASSED);
    // Both of them, and the newest checkpoint, with all three lines.
    static const char *const targets[] = {"/v1/checkpoint", "/v1/checkpoint/cosigned"};
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        Checkpoint checkpoint;
        WitnessFindings found;
        CHECK_OK(call(bench, bench->c5.operator, "GET", targets[i], BYTES_EMPTY, &note, &err));
        CHECK_OK(checkpoint_parse(bench->arena, note, &checkpoint, &err));
        CHECK_OK(witness_policy_evaluate(scene.policy, &checkpoint, &found, &err));
        CHECK_INT(found.count, WITNESSES);
        CHECK_INT(checkpoint.head.size, index + 1);
    }
    scene_close(&scene);
}

// What is kept survives a restart; what witnesses saw before is learnt from them again.
TEST(cosignatures_are_kept_and_rounds_go_on_after_a_restart)
{
    Error err = {0};
    static Scene scene;
    Bytes first, second;
    scene_open(&scene);
    round_of(&scene, DEPOSIT_M6, 0, NULL, &first);
    uint64_t index = index_of_last(&scene);
    fixture_close(&scene.bench.c5);
    CHECK_OK(fixture_open(&scene.bench.c5, &err));
    CHECK_INT(judged(&scene, index), CHECK_PASSED);
    for (size_t i = 0; i < WITNESSES; i++) {
        scene.witnesses[i].log = preservation_log_key(scene.bench.c5.preservation);
    }
    round_of(&scene, DEPOSIT_M6, 1, &first, &second);
    CHECK_INT(judged(&scene, index_of_last(&scene)), CHECK_PASSED);
    CHECK_TEXT(code_of(&scene, 0), "");
    scene_close(&scene);
}

TEST(one_witness_that_is_away_changes_nothing_and_two_leave_it_undecided)
{
    static Scene scene;
    Bytes first, second, third;
    scene_open(&scene);
    set_manner(&scene, 0, AWAY);
    round_of(&scene, DEPOSIT_M6, 0, NULL, &first);
    CHECK_INT(judged(&scene, index_of_last(&scene)), CHECK_PASSED);
    CHECK_TEXT(code_of(&scene, 0), "peer.unreachable");
    CHECK(!has_alarm(&scene, "witness.overdue"));
    scene.bench.c5.now += 2 * TIME_MINUTE;
    CHECK(has_alarm(&scene, "witness.overdue"));
    set_manner(&scene, 1, AWAY);
    round_of(&scene, DEPOSIT_M6, 1, &first, &second);
    uint64_t alone = index_of_last(&scene);
    CHECK_INT(judged(&scene, alone), CHECK_UNKNOWN);
    // They come back, and what they missed is covered by the next round.
    set_manner(&scene, 0, HONEST);
    set_manner(&scene, 1, HONEST);
    round_of(&scene, DEPOSIT_M6, 2, &second, &third);
    CHECK_INT(judged(&scene, alone), CHECK_PASSED);
    CHECK(!has_alarm(&scene, "witness.overdue"));
    scene_close(&scene);
}

// What does not hold is never kept: a receipt with it would fail at who knows the witness.
TEST(false_cosignatures_are_not_kept)
{
    static const struct {
        Manner manner;
        const char *code;
    } rows[] = {{FALSE_LINE, "note.signature"},
                {WRONG_TIME, "witness.time"},
                {OTHERS_LINE, "note.not_signed"}};
    static Scene scene;
    Bytes submissions[COUNT_OF(rows)];
    scene_open(&scene);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_manner(&scene, 2, rows[i].manner);
        round_of(&scene, DEPOSIT_M6, (int64_t)i, i == 0 ? NULL : &submissions[i - 1],
                 &submissions[i]);
        CHECK_TEXT(code_of(&scene, 2), rows[i].code);
        CHECK_INT(judged(&scene, index_of_last(&scene)), CHECK_PASSED);
    }
    scene_close(&scene);
}

TEST(a_witness_that_contradicts_the_log_is_an_alarm_at_once)
{
    static const struct {
        Manner manner;
        const char *code;
    } rows[] = {{SAYS_AHEAD, "witness.ahead"}, {DISAGREES, "witness.disagrees"}};
    static Scene scene;
    Bytes submissions[COUNT_OF(rows)];
    scene_open(&scene);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_manner(&scene, 0, rows[i].manner);
        round_of(&scene, DEPOSIT_M6, (int64_t)i, i == 0 ? NULL : &submissions[i - 1],
                 &submissions[i]);
        CHECK_TEXT(code_of(&scene, 0), rows[i].code);
        CHECK(has_alarm(&scene, "witness.contradicts"));
    }
    scene_close(&scene);
}

TEST(rounds_are_paced_and_take_the_newest_only)
{
    Error err = {0};
    static Scene scene;
    Bytes first;
    scene_open(&scene);
    round_of(&scene, DEPOSIT_M6, 0, NULL, &first);
    unsigned asked = atomic_load(&scene.witnesses[0].asked);
    // Within a second nothing is asked, and without anything new neither.
    Bytes second = submission_of(&scene.bench, DEPOSIT_M6, 1, &first, "{\"a\":1}"), receipt;
    CHECK_OK(deposit(&scene.bench, scene.bench.c5.c1, second, &receipt, &err));
    CHECK_OK(preservation_tick(scene.bench.c5.preservation, &err));
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    CHECK_INT(atomic_load(&scene.witnesses[0].asked), asked);
    scene_close(&scene);
}

static bool bring(Scene *scene, const Checkpoint *checkpoint, Bytes *ret, Error *err)
{
    Bench *bench = &scene->bench;
    PeerRequest request = {.method = "POST",
                           .target = "/v1/cosignatures",
                           .content_type = "text/plain",
                           .body = checkpoint->note.whole};
    PeerResponse response;
    if (!peer_call(bench->c5.operator, & request, bench->arena, &response, err)) {
        return false;
    }
    *ret = response.body;
    return true;
}

// A witness behind a wall follows the log and brings what it cosigned.
TEST(witnesses_that_cannot_be_called_bring_their_cosignatures)
{
    Error err = {0};
    static Scene scene;
    Bytes first, note, reply;
    Checkpoint checkpoint;
    scene_open(&scene);
    Bench *bench = &scene.bench;
    for (size_t i = 0; i < WITNESSES; i++) {
        set_manner(&scene, i, AWAY);
    }
    round_of(&scene, DEPOSIT_M6, 0, NULL, &first);
    uint64_t index = index_of_last(&scene);
    CHECK_INT(judged(&scene, index), CHECK_UNKNOWN);
    CHECK_OK(call(bench, bench->c5.operator, "GET", "/v1/checkpoint", BYTES_EMPTY, &note, &err));
    CHECK_OK(checkpoint_parse(bench->arena, note, &checkpoint, &err));
    CHECK_OK(bring(&scene, &checkpoint, &reply, &err));
    CHECK_BYTES(reply, BYTES_LITERAL("{\"kept\":0}"));
    // Of another time, and of who is not known.
    const Party *court = &scene.witnesses[0].party, *notary = &scene.witnesses[1].party;
    Checkpoint late = with_cosignature(bench->arena, &checkpoint, court, bench->c5.now - TIME_HOUR);
    CHECK_FAILS_WITH(bring(&scene, &late, &reply, &err), ERROR_UNTRUSTED, "witness.time");
    CLEANUP(party_cleanup) Party other = party_of(99, "x.example.cn", NOTE_SM2_COSIGNATURE);
    Checkpoint both = with_cosignature(bench->arena, &checkpoint, &other, bench->c5.now);
    both = with_cosignature(bench->arena, &both, court, bench->c5.now);
    both = with_cosignature(bench->arena, &both, notary, bench->c5.now);
    CHECK_OK(bring(&scene, &both, &reply, &err));
    CHECK_BYTES(reply, BYTES_LITERAL("{\"kept\":2}"));
    CHECK_INT(judged(&scene, index), CHECK_PASSED);
    scene_close(&scene);
}

TEST(cosignatures_on_what_is_not_this_log_are_not_taken)
{
    Error err = {0};
    static Scene scene;
    static History other;
    Bytes reply;
    scene_open(&scene);
    const PreservationFixture *c5 = &scene.bench.c5;
    history_make(&other, 3, 0, "other");
    Party log = {.signer = c5->log.signer, .note_key = *preservation_log_key(c5->preservation)};
    CLEANUP(party_cleanup) Party enemy = party_of(99, WITNESSED_ORIGIN, NOTE_SM2);
    const Party *court = &scene.witnesses[0].party;
    // Signed by the log, of another history; of more entries than there are; signed by a stranger.
    Checkpoint forked = history_checkpoint(scene.bench.arena, &other, 1, &log);
    Checkpoint ahead = history_checkpoint(scene.bench.arena, &other, 3, &log);
    Checkpoint forged = history_checkpoint(scene.bench.arena, &other, 1, &enemy);
    forked = with_cosignature(scene.bench.arena, &forked, court, c5->now);
    ahead = with_cosignature(scene.bench.arena, &ahead, court, c5->now);
    CHECK_FAILS_WITH(bring(&scene, &forked, &reply, &err), ERROR_UNTRUSTED, "merkle.consistency");
    CHECK(!bring(&scene, &ahead, &reply, &err));
    CHECK_FAILS_WITH(bring(&scene, &forged, &reply, &err), ERROR_UNTRUSTED, "checkpoint.signature");
    scene_close(&scene);
}
