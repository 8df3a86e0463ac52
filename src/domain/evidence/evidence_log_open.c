// SPDX-License-Identifier: Apache-2.0
//
// Opening and closing.
#include "domain/evidence/evidence_log.h"

#include <stdlib.h>

#include "domain/evidence/evidence_log_state.h"

// A new log begins with a signed checkpoint of the empty tree.
static bool begin(EvidenceLog *log, Error *err)
{
    log->tree.head = (MerkleHead){0, merkle_empty_root()};
    return checkpoint_sign(&log->tree.head, &log->key, log->signer, &log->tree.note, err) &&
           evidence_log_snapshot(log, err);
}

bool evidence_log_closes(Bytes entry)
{
    // Members of an entry are sorted, so its type is at the end.
    Bytes end = BYTES_LITERAL("\"type\":\"assent.closing/1\"}");
    return entry.len >= end.len && bytes_equal(bytes_from(entry, entry.len - end.len), end);
}

bool evidence_log_is_closed(const EvidenceLog *log)
{
    return log->is_closed;
}

static bool find_closing(EvidenceLog *log, Error *err)
{
    Bytes last;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (arena == NULL) {
        return error_memory(err);
    }
    if (log->tree.head.size == 0) {
        return true;
    }
    if (!evidence_log_entry(log, log->tree.head.size - 1, arena, &last, err)) {
        return false;
    }
    log->is_closed = evidence_log_closes(last);
    return true;
}

static EvidenceLog *log_new(const LogStorage *storage)
{
    EvidenceLog *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return NULL;
    }
    log->storage = *storage;
    log->last = &log->first;
    log->tree.bundle = writer_new((size_t)TILE_WIDTH * (ENTRY_MAX_BYTES + 2));
    log->tree.note = writer_new(NOTE_MAX_BYTES);
    pthread_mutex_init(&log->mutex, NULL);
    pthread_cond_init(&log->changed, NULL);
    tile_cache_start(&log->cache);
    // Until it is open, closing must not publish.
    log->broken = true;
    return log;
}

bool evidence_log_open(const EvidenceLogConfig *config, EvidenceLog **ret, Error *err)
{
    CLEANUP(evidence_log_cleanup) EvidenceLog *log = log_new(&config->storage);
    if (log == NULL) {
        return error_memory(err);
    }
    log->signer = config->signer;
    log->clock = config->clock;
    log->publish_interval = config->publish_interval == 0 ? TIME_SECOND : config->publish_interval;
    log->has_key = true;
    if (!note_key_new(config->origin, NOTE_SM2, config->signer->public_key, &log->key, err) ||
        !evidence_log_recover(log, err) || (log->tree.note.len == 0 && !begin(log, err)) ||
        !find_closing(log, err)) {
        return false;
    }
    log->broken = false;
    // What a crash left behind, and partial files that were lost or changed. As while appending, a
    // failure leaves the files behind and the next publishing tries again.
    Error ignored = {0};
    bool ok = evidence_log_publish_now(log, &ignored);
    (void)ok;
    *ret = log;
    log = NULL;
    return true;
}

bool evidence_log_open_reading(const LogStorage *storage, const NoteKey *key, EvidenceLog **ret,
                               Error *err)
{
    CLEANUP(evidence_log_cleanup) EvidenceLog *log = log_new(storage);
    if (log == NULL) {
        return error_memory(err);
    }
    if (key != NULL) {
        log->key = *key;
        log->has_key = true;
    }
    if (!evidence_log_recover(log, err)) {
        return false;
    }
    if (log->tree.note.len == 0) {
        return error_set(err, ERROR_NOT_FOUND, "log.missing", NULL, "there is no evidence log");
    }
    // Where the last entry cannot be read, whoever reads it is told.
    (void)(find_closing(log, NULL) || log->is_closed);
    // It stays broken, which is what keeps it from appending and publishing.
    *ret = log;
    log = NULL;
    return true;
}

void evidence_log_close(EvidenceLog *log)
{
    if (log == NULL) {
        return;
    }
    if (!log->broken && log->published_size != log->tree.head.size) {
        // The files stay behind if this fails; the journal has everything.
        Error ignored = {0};
        bool ok = evidence_log_publish_now(log, &ignored);
        (void)ok;
    }
    tile_cache_end(&log->cache);
    pthread_cond_destroy(&log->changed);
    pthread_mutex_destroy(&log->mutex);
    writer_free(&log->tree.bundle);
    writer_free(&log->tree.note);
    free(log);
}

void evidence_log_cleanup(EvidenceLog **log)
{
    evidence_log_close(*log);
    *log = NULL;
}

const NoteKey *evidence_log_key(const EvidenceLog *log)
{
    return &log->key;
}
