// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/cosigning.h"

#include <stdlib.h>
#include <string.h>

#include "base/core/log.h"
#include "component/preservation/records_cosigning.h"
#include "domain/evidence/checkpoint_submission.h"

enum { TRIES = 3, WITNESSES_MAX = NOTE_SIGNATURES_MAX - 1 };

// How far the time of a cosignature may be from ours, how long a stamp is waited for, and how long
// a witness that answers may hold up the next round.
#define COSIGNATURE_MAX_OFFSET (5 * TIME_MINUTE)
#define STAMP_PATIENCE (3 * TIME_SECOND)
#define ROUND_PATIENCE (5 * TIME_SECOND)
#define ROUND_INTERVAL TIME_SECOND

typedef struct {
    Cosigning *cosigning;
    const WitnessNode *node;
    Peer *peer;
    pthread_t thread;
    bool runs;
    uint64_t known;  // size of what it cosigned last, as far as we know; of its own thread
    uint64_t done;   // round, under the mutex as what follows
    CosigningState state;
} Cosigner;

struct Cosigning {
    Preservation *preservation;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
    uint64_t round;
    Time begun, begun_monotonic;
    MerkleHead head;
    uint8_t checkpoint[NOTE_MAX_BYTES];
    size_t checkpoint_len;
    Cosigner cosigners[WITNESSES_MAX];
    size_t count;
};

// --- one witness ------------------------------------------------------------------------------

// A round as its witness's thread works on it.
typedef struct {
    Arena *arena;
    Bytes checkpoint;
    MerkleHead head;
    uint64_t number;
} Round;

typedef struct {
    const Round *round;
    const WitnessPolicy *policy;
    const NoteKey *key;
    Bytes line;
    Time at;
} CosignatureWrite;

// Add one cosignature to what is kept beside the checkpoint.
static bool write_cosignature(StoreSession *session, void *context, Error *err)
{
    const CosignatureWrite *write = context;
    Arena *arena = write->round->arena;
    CosignedRecord kept = {.size = write->round->head.size};
    Checkpoint checkpoint;
    WitnessFindings findings;
    bool found;
    if (!cosigned_record_find(session, write->round->head.size, arena, &found, &kept, err) ||
        !checkpoint_parse(arena, found ? kept.checkpoint : write->round->checkpoint, &checkpoint,
                          err)) {
        return false;
    }
    if (note_verify(&checkpoint.note, write->key, NULL, NULL)) {
        return true;
    }
    kept.checkpoint = arena_join(arena, checkpoint.note.whole, write->line);
    if (kept.checkpoint.data == NULL) {
        return error_memory(err);
    }
    if (!checkpoint_parse(arena, kept.checkpoint, &checkpoint, err) ||
        !witness_policy_evaluate(write->policy, &checkpoint, &findings, err)) {
        return false;
    }
    kept.is_agreed = findings.is_met;
    kept.at = write->at;
    return cosigned_record_put(session, &kept, err);
}

// Keep the lines of a witness below a checkpoint; they have to hold, and to be of now.
static bool keep_lines(Preservation *preservation, const WitnessNode *node, const Round *round,
                       const Note *cosigned, Error *err)
{
    Time time;
    CLEANUP(writer_free) Writer line = writer_new(NOTE_MAX_BYTES);
    if (!note_verify(cosigned, &node->key, &time, err)) {
        return false;
    }
    CosignatureWrite write = {.round = round,
                              .policy = preservation->config.witnesses,
                              .key = &node->key,
                              .at = clock_now(preservation->config.clock)};
    Time offset = time - write.at;
    if (offset > COSIGNATURE_MAX_OFFSET || offset < -COSIGNATURE_MAX_OFFSET) {
        return error_set(err, ERROR_UNTRUSTED, "witness.time", "C2SP tlog-cosignature",
                         "witness %s cosigned at a time that is not now", node->name);
    }
    if (!note_put_lines_of(cosigned, &node->key, &line, err)) {
        return false;
    }
    write.line = writer_bytes(&line);
    return store_write(preservation->store, write_cosignature, &write, err);
}

// Take what a witness answered: only lines of its key count.
static bool take_answer(const Cosigner *self, const Round *round, Bytes answer, Error *err)
{
    Checkpoint cosigned;
    Bytes text = arena_join(round->arena, round->checkpoint, answer);
    if (text.data == NULL) {
        return error_memory(err);
    }
    return (checkpoint_parse(round->arena, text, &cosigned, err) &&
            keep_lines(self->cosigning->preservation, self->node, round, &cosigned.note, err)) ||
           error_context(err, "the answer of witness %s", self->node->name);
}

// The witness says that it cosigned another size last.
static bool take_size(Cosigner *self, const Round *round, Bytes body, Error *err)
{
    Reader reader = reader_of(body);
    uint64_t size = 0;
    size_t digits = 0;
    for (int c; (c = reader_peek(&reader)) >= '0' && c <= '9' && digits < 18; digits++) {
        size = size * 10 + (uint64_t)(reader_u8(&reader) - '0');
    }
    if (digits == 0 || !bytes_equal(reader.rest, BYTES_LITERAL("\n")) || size == self->known) {
        return error_set(err, ERROR_UNTRUSTED, "witness.disagrees", "C2SP tlog-witness",
                         "witness %s does not accept the root of the log", self->node->name);
    }
    if (size > round->head.size) {
        MerkleHead head;
        Bytes note;
        if (!evidence_log_checkpoint(self->cosigning->preservation->log, round->arena, &note, &head,
                                     err)) {
            return false;
        }
        // It follows the log by itself and was faster; or it saw what this log does not have.
        return size <= head.size
                   ? error_set(err, ERROR_CONFLICT, "witness.newer", NULL, "a newer one is known")
                   : error_set(err, ERROR_UNTRUSTED, "witness.ahead", "C2SP tlog-witness",
                               "witness %s cosigned more entries than this log has",
                               self->node->name);
    }
    self->known = size;
    return true;
}

// Ask until there is an answer to what the witness really cosigned last.
static bool ask(Cosigner *self, const Round *round, Error *err)
{
    for (int i = 0; i < TRIES; i++) {
        CheckpointSubmission submission = {.old_size = self->known,
                                           .checkpoint.note.whole = round->checkpoint};
        CLEANUP(writer_free) Writer body = writer_new(CHECKPOINT_SUBMISSION_MAX_BYTES);
        PeerResponse response;
        if (!evidence_log_prove_consistency(self->cosigning->preservation->log, self->known,
                                            round->head.size, &submission.proof, err) ||
            !checkpoint_submission_encode(&submission, &body, err)) {
            return false;
        }
        PeerRequest request = {.method = "POST",
                               .target = "/add-checkpoint",
                               .content_type = "text/plain; charset=utf-8",
                               .body = writer_bytes(&body),
                               .conflict_type = "text/x.tlog.size"};
        if (!peer_call(self->peer, &request, round->arena, &response, err)) {
            return false;
        }
        if (response.status != 409) {
            self->known = round->head.size;
            return take_answer(self, round, response.body, err);
        }
        if (!take_size(self, round, response.body, err)) {
            return false;
        }
    }
    return error_set(err, ERROR_UNAVAILABLE, "witness.busy", NULL,
                     "witness %s goes on cosigning for somebody else", self->node->name);
}

static void note_success(Cosigner *self, const Round *round, Time now)
{
    CosigningState *state = &self->state;
    if (state->code[0] != '\0') {
        LOG(LOG_INFO, "witness.recovered", log_text("witness", state->name));
    }
    state->size = round->head.size;
    state->at = now;
    state->failing_since = 0;
    state->code[0] = '\0';
    state->cosigned++;
}

static void note_failure(Cosigner *self, const Error *err, Time now)
{
    CosigningState *state = &self->state;
    if (strcmp(err->code, "witness.newer") == 0) {
        return;
    }
    // Said once, not every second.
    if (strcmp(state->code, err->code) != 0) {
        LOG(LOG_WARNING, "witness.failed", log_text("witness", state->name),
            log_text("code", err->code));
    }
    state->failing_since = state->failing_since == 0 ? now : state->failing_since;
    memcpy(state->code, err->code, sizeof state->code);
    state->failed++;
}

static void work_on(Cosigner *self, Round *round)
{
    Cosigning *cosigning = self->cosigning;
    Error err = {0};
    round->arena = arena_new(ARENA_DEFAULT_LIMIT);
    bool ok = round->arena != NULL ? ask(self, round, &err) : error_memory(&err);
    Time now = clock_now(cosigning->preservation->config.clock);
    arena_free(round->arena);
    pthread_mutex_lock(&cosigning->mutex);
    if (ok) {
        note_success(self, round, now);
    } else {
        note_failure(self, &err, now);
    }
    self->done = round->number;
    pthread_cond_broadcast(&cosigning->wake);
    pthread_mutex_unlock(&cosigning->mutex);
}

static void *cosigner_run(void *argument)
{
    Cosigner *self = argument;
    Cosigning *cosigning = self->cosigning;
    uint8_t checkpoint[NOTE_MAX_BYTES];
    for (;;) {
        pthread_mutex_lock(&cosigning->mutex);
        while (!cosigning->stopping && self->done == cosigning->round) {
            pthread_cond_wait(&cosigning->wake, &cosigning->mutex);
        }
        bool stopping = cosigning->stopping;
        memcpy(checkpoint, cosigning->checkpoint, cosigning->checkpoint_len);
        Round round = {.checkpoint = bytes_of(checkpoint, cosigning->checkpoint_len),
                       .head = cosigning->head,
                       .number = cosigning->round};
        pthread_mutex_unlock(&cosigning->mutex);
        if (stopping) {
            return NULL;
        }
        work_on(self, &round);
    }
}

// --- rounds -----------------------------------------------------------------------------------

static bool start_cosigner(Cosigning *cosigning, const WitnessNode *node, Peer *peer, Error *err)
{
    if (cosigning->count == WITNESSES_MAX) {
        return error_set(err, ERROR_INPUT, "preservation.witnesses", "C2SP signed-note",
                         "more than %d witnesses", WITNESSES_MAX);
    }
    Cosigner *self = &cosigning->cosigners[cosigning->count++];
    *self = (Cosigner){.cosigning = cosigning,
                       .node = node,
                       .peer = peer,
                       .state = {.name = node->name, .key_name = node->key.name}};
    self->runs = pthread_create(&self->thread, NULL, cosigner_run, self) == 0;
    return self->runs ||
           error_set(err, ERROR_INTERNAL, "preservation.thread", NULL, "cannot start a thread");
}

bool cosigning_start(Preservation *preservation, Cosigning **ret, Error *err)
{
    const PreservationConfig *config = &preservation->config;
    if (config->witnesses == NULL) {
        return true;
    }
    Cosigning *cosigning = calloc(1, sizeof *cosigning);
    if (cosigning == NULL) {
        return error_memory(err);
    }
    cosigning->preservation = preservation;
    pthread_mutex_init(&cosigning->mutex, NULL);
    pthread_cond_init(&cosigning->wake, NULL);
    for (size_t i = 0; i < config->witnesses->node_count; i++) {
        Peer *peer = config->witness_peers[i];
        if (peer != NULL && !start_cosigner(cosigning, &config->witnesses->nodes[i], peer, err)) {
            cosigning_stop(cosigning);
            return false;
        }
    }
    *ret = cosigning;
    return true;
}

void cosigning_stop(Cosigning *cosigning)
{
    if (cosigning == NULL) {
        return;
    }
    pthread_mutex_lock(&cosigning->mutex);
    cosigning->stopping = true;
    pthread_cond_broadcast(&cosigning->wake);
    pthread_mutex_unlock(&cosigning->mutex);
    for (size_t i = 0; i < cosigning->count; i++) {
        if (cosigning->cosigners[i].runs) {
            pthread_join(cosigning->cosigners[i].thread, NULL);
        }
    }
    pthread_cond_destroy(&cosigning->wake);
    pthread_mutex_destroy(&cosigning->mutex);
    free(cosigning);
}

// With the mutex held: whether a new round would take the present one away from a witness that
// answers. Who failed last time is not waited for.
static bool is_busy(const Cosigning *cosigning)
{
    if (clock_monotonic() - cosigning->begun_monotonic > ROUND_PATIENCE) {
        return false;
    }
    for (size_t i = 0; i < cosigning->count; i++) {
        const Cosigner *cosigner = &cosigning->cosigners[i];
        if (cosigner->done != cosigning->round && cosigner->state.code[0] == '\0') {
            return true;
        }
    }
    return false;
}

static void offer(Cosigning *cosigning, Bytes checkpoint, const MerkleHead *head, Time now)
{
    pthread_mutex_lock(&cosigning->mutex);
    bool is_due = now < cosigning->begun || now - cosigning->begun >= ROUND_INTERVAL;
    if (checkpoint.len <= sizeof cosigning->checkpoint && head->size > cosigning->head.size &&
        is_due && !is_busy(cosigning)) {
        memcpy(cosigning->checkpoint, checkpoint.data, checkpoint.len);
        cosigning->checkpoint_len = checkpoint.len;
        cosigning->head = *head;
        cosigning->begun = now;
        cosigning->begun_monotonic = clock_monotonic();
        cosigning->round++;
        pthread_cond_broadcast(&cosigning->wake);
    }
    pthread_mutex_unlock(&cosigning->mutex);
}

typedef struct {
    uint64_t size;
    Arena *arena;
    bool found;
    StampRecord stamp;
} StampedRead;

static bool read_stamped(StoreSession *session, void *context, Error *err)
{
    StampedRead *read = context;
    return stamp_record_find(session, read->size, read->arena, &read->found, &read->stamp, err);
}

// The time stamp is on the text, so the checkpoint that was stamped is the one to cosign: then a
// receipt can carry both.
static bool offer_stamped(Cosigning *cosigning, Arena *arena, Time now, Error *err)
{
    Preservation *preservation = cosigning->preservation;
    StampedRead read = {.size = preservation->stamped_size, .arena = arena};
    Checkpoint checkpoint;
    if (!store_read(preservation->store, read_stamped, &read, err)) {
        return false;
    }
    if (!read.found || read.stamp.size != preservation->stamped_size) {
        return true;
    }
    if (!checkpoint_parse(arena, read.stamp.checkpoint, &checkpoint, err)) {
        return false;
    }
    offer(cosigning, read.stamp.checkpoint, &checkpoint.head, now);
    return true;
}

bool cosigning_tick(Cosigning *cosigning, Error *err)
{
    if (cosigning == NULL) {
        return true;
    }
    Preservation *preservation = cosigning->preservation;
    Time now = clock_now(preservation->config.clock);
    Bytes note;
    MerkleHead head;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    if (preservation->config.timestamp != NULL &&
        (preservation->stamped_size > cosigning->head.size ||
         (now >= preservation->stamped && now - preservation->stamped < STAMP_PATIENCE))) {
        return preservation->stamped_size <= cosigning->head.size ||
               offer_stamped(cosigning, arena, now, err);
    }
    if (!evidence_log_checkpoint(preservation->log, arena, &note, &head, err)) {
        return false;
    }
    offer(cosigning, note, &head, now);
    return true;
}

size_t cosigning_states(Cosigning *cosigning, CosigningState ret[WITNESS_POLICY_NAMES_MAX])
{
    pthread_mutex_lock(&cosigning->mutex);
    size_t count = cosigning->count;
    for (size_t i = 0; i < count; i++) {
        ret[i] = cosigning->cosigners[i].state;
    }
    pthread_mutex_unlock(&cosigning->mutex);
    return count;
}

// --- what witnesses bring themselves ----------------------------------------------------------

// A checkpoint that is signed by us and is not a beginning of this log means that somebody else
// runs it too, or that it was put back.
static bool check_own(Preservation *preservation, const Checkpoint *checkpoint, Arena *arena,
                      Error *err)
{
    MerkleHead head;
    MerkleProof proof;
    Bytes note;
    if (!checkpoint_verify(checkpoint, evidence_log_key(preservation->log), err) ||
        !evidence_log_checkpoint(preservation->log, arena, &note, &head, err) ||
        !evidence_log_prove_consistency(preservation->log, checkpoint->head.size, head.size, &proof,
                                        err)) {
        return false;
    }
    return merkle_consistency_verify(&checkpoint->head, &head, &proof, err);
}

bool cosigning_accept(Preservation *preservation, Bytes text, Arena *arena, size_t *ret_kept,
                      Error *err)
{
    const WitnessPolicy *policy = preservation->config.witnesses;
    Checkpoint cosigned;
    CLEANUP(writer_free) Writer bare = writer_new(NOTE_MAX_BYTES);
    *ret_kept = 0;
    if (!checkpoint_parse(arena, text, &cosigned, err) ||
        !check_own(preservation, &cosigned, arena, err)) {
        return false;
    }
    writer_put(&bare, cosigned.note.text);
    writer_put_text(&bare, "\n");
    if (!note_put_lines_of(&cosigned.note, evidence_log_key(preservation->log), &bare, err)) {
        return false;
    }
    const Round round = {.arena = arena, .checkpoint = writer_bytes(&bare), .head = cosigned.head};
    for (size_t i = 0; policy != NULL && i < policy->node_count; i++) {
        Error why = {0};
        if (policy->nodes[i].is_witness &&
            keep_lines(preservation, &policy->nodes[i], &round, &cosigned.note, &why)) {
            (*ret_kept)++;
        } else if (why.kind != ERROR_NONE && why.kind != ERROR_NOT_FOUND) {
            *err = why;
            return false;
        }
    }
    return true;
}
