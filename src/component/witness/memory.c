// SPDX-License-Identifier: Apache-2.0
//
// The durable memory: the store, and beside it the anchor.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/witness/embedded.h"
#include "component/witness/witness_state.h"

enum { SCHEMA_VERSION = 1 };

static bool rolled_back(const char *why, Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "witness.rolled_back", "C2SP tlog-witness",
                     "the memory of the witness is older than its cosignatures: %s", why);
}

// --- recalling --------------------------------------------------------------------------------

typedef struct {
    const char *origin;
    Arena *arena;
    bool found;
    WitnessedRecord record;
} Recall;

static bool read_witnessed(StoreSession *session, void *context, Error *err)
{
    Recall *recall = context;
    return witnessed_record_find(session, recall->origin, recall->arena, &recall->found,
                                 &recall->record, err);
}

static bool recall_origin(Witness *witness, const char *origin, Arena *arena, WitnessedRecord *ret,
                          Error *err)
{
    Recall recall = {.origin = origin, .arena = arena};
    if (!store_read(witness->store, read_witnessed, &recall, err)) {
        return false;
    }
    *ret = recall.found
               ? recall.record
               : (WitnessedRecord){.origin = origin, .head = {.root = merkle_empty_root()}};
    return true;
}

bool witness_recall(Witness *witness, const NoteKey *log, Arena *arena, WitnessedRecord *ret,
                    Error *err)
{
    return recall_origin(witness, log->name, arena, ret, err);
}

// --- opening ----------------------------------------------------------------------------------

static bool check_line(Witness *witness, AnchorLine *line, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    WitnessedRecord record;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!recall_origin(witness, line->origin, arena, &record, err)) {
        return false;
    }
    if (record.head.size < line->head.size ||
        (record.head.size == line->head.size &&
         !sm3_digest_equal(&record.head.root, &line->head.root))) {
        return rolled_back("its database is behind its anchor", err);
    }
    // A crash between the two leaves the anchor behind; nothing was cosigned then.
    line->head = record.head;
    return true;
}

bool witness_open_memory(Witness *witness, Error *err)
{
    char database[WITNESS_PATH_SIZE], anchor[WITNESS_PATH_SIZE];
    bool has_anchor;
    if (!witness_path(witness, "witness.db", database, err) ||
        !witness_path(witness, "memory.anchor", anchor, err)) {
        return false;
    }
    bool is_new = access(database, F_OK) != 0;
    StoreOptions options = {database, (const char *)embedded_schema_sql, SCHEMA_VERSION, NULL};
    if (!anchor_read(anchor, witness->arena, &has_anchor, witness->anchor, &witness->anchor_count,
                     err)) {
        return false;
    }
    if (has_anchor && is_new && witness->anchor_count > 0) {
        return rolled_back("its database is gone", err);
    }
    if (!has_anchor && !is_new) {
        return rolled_back("its anchor is gone", err);
    }
    if (!has_anchor && !anchor_write(anchor, NULL, 0, err)) {
        return false;
    }
    if (!store_open(&options, &witness->store, err)) {
        return false;
    }
    for (size_t i = 0; i < witness->anchor_count; i++) {
        if (!check_line(witness, &witness->anchor[i], err)) {
            return false;
        }
    }
    return true;
}

// --- remembering ------------------------------------------------------------------------------

typedef struct {
    const MerkleHead *old;
    WitnessedRecord record;
} Remembering;

static bool replace_witnessed(StoreSession *session, void *context, Error *err)
{
    Remembering *remembering = context;
    return witnessed_record_replace(session, remembering->old, &remembering->record, err);
}

static bool move_anchor(Witness *witness, const WitnessedRecord *record, Error *err)
{
    char path[WITNESS_PATH_SIZE];
    size_t i = 0;
    while (i < witness->anchor_count && strcmp(witness->anchor[i].origin, record->origin) != 0) {
        i++;
    }
    if (i == witness->anchor_count) {
        const char *origin = arena_text(witness->arena, bytes_of_text(record->origin));
        if (origin == NULL || i == ANCHOR_LINES_MAX) {
            return error_memory(err);
        }
        witness->anchor[i].origin = origin;
        witness->anchor_count++;
    }
    witness->anchor[i].head = record->head;
    return witness_path(witness, "memory.anchor", path, err) &&
           anchor_write(path, witness->anchor, witness->anchor_count, err);
}

bool witness_remember(Witness *witness, const WitnessedRecord *old, const Checkpoint *checkpoint,
                      const NoteKey *log, Error *err)
{
    // What others signed below it is theirs, and room for signatures is scarce.
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    writer_put(&note, checkpoint->note.text);
    writer_put_text(&note, "\n");
    if (!note_put_lines_of(&checkpoint->note, log, &note, err)) {
        return false;
    }
    Remembering remembering = {.old = &old->head,
                               .record = {.origin = log->name,
                                          .head = checkpoint->head,
                                          .checkpoint = writer_bytes(&note),
                                          .cosigned_at = clock_now(witness->config.clock)}};
    return store_write(witness->store, replace_witnessed, &remembering, err) &&
           move_anchor(witness, &remembering.record, err);
}

typedef struct {
    const char *origin;
    WitnessStop why;
} Stopping;

static bool stop_witnessed(StoreSession *session, void *context, Error *err)
{
    const Stopping *stopping = context;
    return witnessed_record_stop(session, stopping->origin, stopping->why, err);
}

bool witness_stop_log(Witness *witness, const char *origin, WitnessStop why, Error *err)
{
    Stopping stopping = {origin, why};
    LOG(LOG_ERROR, why == WITNESS_STOPPED_BY_FORK ? "witness.forked" : "witness.rolled_back",
        log_text("log", origin));
    return store_write(witness->store, stop_witnessed, &stopping, err);
}

// --- forks ------------------------------------------------------------------------------------

static bool insert_fork(StoreSession *session, void *context, Error *err)
{
    return fork_record_insert(session, context, err);
}

static bool write_file(const char *path, Bytes content, Error *err)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = file >= 0 && write(file, content.data, content.len) == (ssize_t)content.len &&
              fsync(file) == 0;
    if (file >= 0) {
        close(file);
    }
    return ok || error_set(err, ERROR_INTERNAL, "witness.fork_file", NULL, "cannot write %s", path);
}

bool witness_keep_fork(Witness *witness, const ForkProof *proof, Error *err)
{
    char name[2 * SM3_SIZE + 16], path[WITNESS_PATH_SIZE];
    CLEANUP(writer_free) Writer text = writer_new(FORK_PROOF_MAX_BYTES);
    CLEANUP(writer_free) Writer hex = writer_new(2 * SM3_SIZE);
    if (!fork_proof_encode(proof, &text, err)) {
        return false;
    }
    ForkRecord fork = {.digest = sm3_digest(writer_bytes(&text)),
                       .origin = proof->log.name,
                       .proof = writer_bytes(&text),
                       .found_at = clock_now(witness->config.clock)};
    hex_encode(sm3_bytes(&fork.digest), &hex);
    snprintf(name, sizeof name, "fork-%.*s.txt", (int)hex.len, (const char *)hex.data);
    return store_write(witness->store, insert_fork, &fork, err) &&
           witness_stop_log(witness, proof->log.name, WITNESS_STOPPED_BY_FORK, err) &&
           witness_path(witness, name, path, err) && write_file(path, fork.proof, err);
}
