// SPDX-License-Identifier: Apache-2.0
#include "component/witness/witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/witness/embedded.h"
#include "component/witness/witness_state.h"

bool witness_path(const Witness *witness, const char *name, char ret[WITNESS_PATH_SIZE], Error *err)
{
    int len = snprintf(ret, WITNESS_PATH_SIZE, "%s/%s", witness->config.directory, name);
    return (len > 0 && len < WITNESS_PATH_SIZE) ||
           error_set(err, ERROR_INPUT, "witness.directory", NULL,
                     "the name of the witness's directory is too long");
}

static bool take_configuration(Witness *witness, Error *err)
{
    const WitnessConfig *config = &witness->config;
    if (config->log_count == 0 || config->log_count > WITNESS_LOGS_MAX) {
        return error_set(err, ERROR_INPUT, "witness.logs", NULL,
                         "a witness needs 1 to %d keys of logs", WITNESS_LOGS_MAX);
    }
    for (size_t i = 0; i < config->log_count; i++) {
        if (config->logs[i].algorithm != NOTE_SM2 ||
            sm2_public_key_equal(&config->logs[i].key, config->signer->public_key)) {
            return error_set(err, ERROR_INPUT, "witness.logs", NULL,
                             "key %zu is no log's, or the witness's own", i);
        }
        if (witness_find_log(witness, bytes_of_text(config->logs[i].name)) != NULL) {
            return error_set(err, ERROR_INPUT, "witness.logs", NULL, "log %s is named twice",
                             config->logs[i].name);
        }
        witness->logs[witness->log_count++] = config->logs[i];
    }
    return note_key_new(config->name, NOTE_SM2_COSIGNATURE, config->signer->public_key,
                        &witness->key, err);
}

bool witness_open(const WitnessConfig *config, Witness **ret, Error *err)
{
    CLEANUP(witness_cleanup) Witness *witness = calloc(1, sizeof *witness);
    if (witness == NULL) {
        return error_memory(err);
    }
    witness->config = *config;
    witness->service = (Service){.name = "witness",
                                 .routes = witness_routes,
                                 .route_count = witness_route_count,
                                 .component = witness};
    pthread_mutex_init(&witness->mutex, NULL);
    witness->arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (witness->arena == NULL) {
        return error_memory(err);
    }
    if (!take_configuration(witness, err) || !witness_open_memory(witness, err) ||
        !service_check(&witness->service, err)) {
        return error_context(err, "witness %s", config->name);
    }
    *ret = witness;
    witness = NULL;
    return true;
}

void witness_close(Witness *witness)
{
    if (witness == NULL) {
        return;
    }
    store_close(witness->store);
    arena_free(witness->arena);
    pthread_mutex_destroy(&witness->mutex);
    free(witness);
}

void witness_cleanup(Witness **witness)
{
    witness_close(*witness);
    *witness = NULL;
}

const Service *witness_service(const Witness *witness)
{
    return &witness->service;
}

Bytes witness_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}

const NoteKey *witness_key(const Witness *witness)
{
    return &witness->key;
}

const NoteKey *witness_find_log(const Witness *witness, Bytes origin)
{
    for (size_t i = 0; i < witness->log_count; i++) {
        if (bytes_equal_text(origin, witness->logs[i].name)) {
            return &witness->logs[i];
        }
    }
    return NULL;
}

// --- taking a checkpoint ----------------------------------------------------------------------

static bool check_log(const Witness *witness, const Checkpoint *checkpoint, const NoteKey **ret,
                      Error *err)
{
    const NoteKey *log = witness_find_log(witness, checkpoint->origin);
    if (log == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "witness.log", "C2SP tlog-witness",
                         "this witness does not know the log");
    }
    if (!checkpoint_verify(checkpoint, log, NULL)) {
        return error_set(err, ERROR_FORBIDDEN, "witness.signature", "C2SP tlog-witness",
                         "the checkpoint has no signature of the log that holds");
    }
    *ret = log;
    return true;
}

static bool check_stop(const WitnessedRecord *record, Error *err)
{
    switch (record->stop) {
    case WITNESS_STOPPED_BY_FORK:
        return error_set(err, ERROR_FORBIDDEN, "witness.forked", "C2SP tlog-witness",
                         "the log showed two histories: nothing of it is cosigned any more");
    case WITNESS_STOPPED_BY_ROLLBACK:
        return error_set(err, ERROR_UNAVAILABLE, "witness.rolled_back", "C2SP tlog-witness",
                         "the witness lost its memory of the log and cosigns nothing of it");
    case WITNESS_RUNS:
        break;
    }
    return true;
}

// Whoever restored all of a witness's files takes away its memory, but not its signatures: one of
// ours on more than we remember shows it.
static bool check_own_signature(Witness *witness, const WitnessedRecord *record,
                                const Checkpoint *checkpoint, Error *err)
{
    bool is_remembered = checkpoint->head.size < record->head.size ||
                         (checkpoint->head.size == record->head.size &&
                          sm3_digest_equal(&checkpoint->head.root, &record->head.root));
    if (is_remembered || !note_verify(&checkpoint->note, &witness->key, NULL, NULL)) {
        return true;
    }
    WitnessedRecord stopped = *record;
    stopped.stop = WITNESS_STOPPED_BY_ROLLBACK;
    return witness_stop_log(witness, record->origin, WITNESS_STOPPED_BY_ROLLBACK, err) &&
           check_stop(&stopped, err);
}

// The checkpoint is of as many entries as is remembered, or proven with hashes that are right for
// its tree: then it is shown to be of another history.
static bool look_for_fork(Witness *witness, const WitnessedRecord *record,
                          const CheckpointSubmission *submission, const NoteKey *log, Arena *arena,
                          bool *ret_found, Error *err)
{
    static const MerkleProof nothing = {.count = 0};
    Checkpoint remembered;
    ForkProof fork;
    bool is_same_size = submission->checkpoint.head.size == record->head.size;
    *ret_found = false;
    if (record->head.size == 0 || (!is_same_size && submission->old_size != record->head.size)) {
        return true;
    }
    if (!checkpoint_parse(arena, record->checkpoint, &remembered, err)) {
        return false;
    }
    if (!fork_proof_from_consistency(log, &remembered, &submission->checkpoint,
                                     is_same_size ? &nothing : &submission->proof, &fork)) {
        return true;
    }
    *ret_found = true;
    return witness_keep_fork(witness, &fork, err);
}

// Compare with the memory and remember; with the mutex held.
static bool compare(Witness *witness, const CheckpointSubmission *submission, const NoteKey *log,
                    Arena *arena, WitnessAnswer *ret, Error *err)
{
    WitnessedRecord record;
    bool is_fork = false;
    const MerkleHead *head = &submission->checkpoint.head;
    if (!witness_recall(witness, log, arena, &record, err) || !check_stop(&record, err) ||
        !check_own_signature(witness, &record, &submission->checkpoint, err)) {
        return false;
    }
    *ret = (WitnessAnswer){.size = record.head.size};
    bool is_other_size = submission->old_size != record.head.size;
    bool extends =
        !is_other_size && merkle_consistency_verify(&record.head, head, &submission->proof, NULL);
    if (extends) {
        ret->outcome = WITNESS_COSIGNED;
        ret->size = head->size;
        // What is remembered already need not be written again.
        return (head->size == record.head.size && record.checkpoint.len > 0) ||
               witness_remember(witness, &record, &submission->checkpoint, log, err);
    }
    if (!look_for_fork(witness, &record, submission, log, arena, &is_fork, err)) {
        return false;
    }
    ret->outcome = is_fork ? WITNESS_FORKED : is_other_size ? WITNESS_OTHER_SIZE : WITNESS_UNPROVEN;
    return true;
}

// Only when it is remembered on disk: a signature cannot be taken back.
static bool cosign(const Witness *witness, const Checkpoint *checkpoint, Arena *arena, Bytes *ret,
                   Error *err)
{
    CLEANUP(writer_free) Writer line = writer_new(NOTE_MAX_BYTES);
    if (!checkpoint_cosign(checkpoint, &witness->key, witness->config.signer,
                           clock_now(witness->config.clock), &line, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&line));
    return ret->data != NULL || error_memory(err);
}

bool witness_take(Witness *witness, const CheckpointSubmission *submission, Arena *arena,
                  WitnessAnswer *ret, Error *err)
{
    const NoteKey *log;
    WitnessAnswer answer;
    if (!check_log(witness, &submission->checkpoint, &log, err)) {
        return false;
    }
    // The signature says that nothing larger was seen until now: so nobody else comes between.
    pthread_mutex_lock(&witness->mutex);
    bool ok = compare(witness, submission, log, arena, &answer, err) &&
              (answer.outcome != WITNESS_COSIGNED ||
               cosign(witness, &submission->checkpoint, arena, &answer.line, err));
    pthread_mutex_unlock(&witness->mutex);
    if (ok) {
        *ret = answer;
    }
    return ok;
}
