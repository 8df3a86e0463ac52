// SPDX-License-Identifier: Apache-2.0
//
// Opening, appending, publishing. The first appender that finds no leader becomes it: it takes
// whoever waits, hashes, signs one checkpoint and commits once for all of them.
#include "domain/evidence/evidence_log.h"

#include <stdlib.h>
#include <string.h>

#include "domain/evidence/evidence_log_state.h"

static bool broken(Error *err)
{
    return error_set(err, ERROR_UNAVAILABLE, "log.broken", NULL,
                     "the evidence log failed before and has to be opened again");
}

bool evidence_log_write_full(void *state, unsigned level, const Tile *tile, Error *err)
{
    EvidenceLog *log = state;
    TileName name = {.level = level, .index = tile->index, .width = TILE_WIDTH};
    char path[TILE_PATH_SIZE];
    if (level == 0) {
        TileName bundle = {.is_bundle = true, .index = tile->index, .width = TILE_WIDTH};
        tile_path(&bundle, path);
        if (!log->storage.write(log->storage.state, path, writer_bytes(&log->tree.bundle), false,
                                err)) {
            return false;
        }
        log->tree.bundle.len = 0;
    }
    CLEANUP(writer_free) Writer content = writer_new(TILE_WIDTH * SM3_SIZE);
    tile_encode(tile, TILE_WIDTH, &content);
    if (content.failed) {
        return error_memory(err);
    }
    tile_path(&name, path);
    return log->storage.write(log->storage.state, path, writer_bytes(&content), false, err);
}

bool evidence_log_grow(EvidenceLog *log, const Bytes *entries, const Sm3Digest *leaves,
                       size_t count, Error *err)
{
    for (size_t done = 0; done < count;) {
        // A tile that gets full is written with the bundle of just its entries.
        size_t room = tile_stack_room(&log->tree.stack);
        size_t some = count - done < room ? count - done : room;
        for (size_t i = 0; i < some; i++) {
            bundle_put(&log->tree.bundle, entries[done + i]);
        }
        if (log->tree.bundle.failed) {
            return error_memory(err);
        }
        if (!tile_stack_push(&log->tree.stack, &leaves[done], some, evidence_log_write_full, log,
                             err)) {
            return false;
        }
        done += some;
    }
    return true;
}

static bool write_partial(EvidenceLog *log, const TileName *name, Bytes content, Error *err)
{
    char path[TILE_PATH_SIZE];
    tile_path(name, path);
    return log->storage.write(log->storage.state, path, content, false, err);
}

static uint64_t tiles_at(uint64_t size, unsigned level)
{
    // Two steps: the shift for the top level would be as wide as the type.
    return (size >> (TILE_HEIGHT * level)) / TILE_WIDTH;
}

// Remove partial versions of one tile, except those that a checkpoint in use needs.
static void drop_partials(EvidenceLog *log, unsigned level, uint64_t index,
                          const uint64_t *sizes_in_use, size_t count)
{
    unsigned keep[3];
    size_t keep_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (tiles_at(sizes_in_use[i], level) == index) {
            keep[keep_count++] = (sizes_in_use[i] >> (TILE_HEIGHT * level)) % TILE_WIDTH;
        }
    }
    char path[TILE_PATH_SIZE];
    TileName name = {.level = level, .index = index, .width = TILE_WIDTH};
    tile_path(&name, path);
    log->storage.drop_partials(log->storage.state, path, keep, keep_count);
    if (level == 0) {
        name.is_bundle = true;
        tile_path(&name, path);
        log->storage.drop_partials(log->storage.state, path, keep, keep_count);
    }
}

bool evidence_log_publish_now(EvidenceLog *log, Error *err)
{
    const LogTree *tree = &log->tree;
    unsigned width = tree->stack.edges[0].width;
    TileName bundle = {.is_bundle = true, .index = tree->stack.edges[0].index, .width = width};
    if (width > 0 && !write_partial(log, &bundle, writer_bytes(&tree->bundle), err)) {
        return false;
    }
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        const Tile *tile = &tree->stack.edges[level];
        TileName name = {.level = level, .index = tile->index, .width = tile->width};
        CLEANUP(writer_free) Writer content = writer_new(TILE_WIDTH * SM3_SIZE);
        tile_encode(tile, tile->width, &content);
        if (content.failed) {
            return error_memory(err);
        }
        if (tile->width > 0 && !write_partial(log, &name, writer_bytes(&content), err)) {
            return false;
        }
    }
    // Last, so that whoever reads the checkpoint finds the tiles; durable, because it is also
    // the memory that tells a rolled-back journal.
    if (!log->storage.write(log->storage.state, "checkpoint", writer_bytes(&tree->note), true,
                            err)) {
        return false;
    }
    const uint64_t in_use[] = {log->snapshot_size, log->published_size, tree->head.size};
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        drop_partials(log, level, tiles_at(tree->head.size, level), in_use, COUNT_OF(in_use));
    }
    log->published = clock_now(log->clock);
    log->published_size = tree->head.size;
    return true;
}

static bool take_snapshot(EvidenceLog *log, Error *err)
{
    CLEANUP(writer_free) Writer record = writer_new(NOTE_MAX_BYTES + 1);
    writer_put_u8(&record, RECORD_SNAPSHOT);
    writer_put(&record, writer_bytes(&log->tree.note));
    if (record.failed) {
        return error_memory(err);
    }
    uint64_t size = log->tree.head.size;
    if (!evidence_log_publish_now(log, err) ||
        !log->storage.snapshot(log->storage.state, size, writer_bytes(&record), err)) {
        return false;
    }
    // The full tiles are durable now, so their partial versions are needed no more.
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        for (uint64_t i = tiles_at(log->snapshot_size, level); i < tiles_at(size, level); i++) {
            drop_partials(log, level, i, NULL, 0);
        }
    }
    log->snapshot_size = size;
    return true;
}

// What a group of appenders will make of the log.
typedef struct {
    Appender *first;
    size_t count;  // entries
    MerkleFrontier frontier;
    MerkleHead head;
    Writer record;
    Writer note;
} Group;

static void group_cleanup(Group *group)
{
    writer_free(&group->record);
    writer_free(&group->note);
}

// Take from the queue what fits into one commit.
static void group_take(EvidenceLog *log, Group *group)
{
    size_t bytes = RECORD_BATCH_OVERHEAD + NOTE_MAX_BYTES;
    Appender **end = &group->first;
    while (log->first != NULL) {
        Appender *appender = log->first;
        bool fits = group->count + appender->count <= LOG_BATCH_MAX_ENTRIES &&
                    bytes + appender->bytes <= log->storage.record_limit_bytes;
        if (group->count > 0 && !fits) {
            break;
        }
        log->first = appender->next;
        appender->next = NULL;
        *end = appender;
        end = &appender->next;
        group->count += appender->count;
        bytes += appender->bytes;
    }
    if (log->first == NULL) {
        log->last = &log->first;
    }
}

// Compute the tree after the group, sign it, and lay out the record. Changes nothing.
static bool group_prepare(EvidenceLog *log, Group *group, Error *err)
{
    group->frontier = log->tree.frontier;
    writer_put_u8(&group->record, RECORD_BATCH);
    writer_put_u64_be(&group->record, group->frontier.size);
    writer_put_u32_be(&group->record, (uint32_t)group->count);
    for (Appender *appender = group->first; appender != NULL; appender = appender->next) {
        appender->first_index = group->frontier.size;
        for (size_t i = 0; i < appender->count; i++) {
            bundle_put(&group->record, appender->entries[i]);
        }
        merkle_frontier_append_many(&group->frontier, appender->leaves, appender->count);
    }
    group->head = (MerkleHead){group->frontier.size, merkle_frontier_root(&group->frontier)};
    if (!checkpoint_sign(&group->head, &log->key, log->signer, &group->note, err)) {
        return error_context(err, "checkpoint");
    }
    writer_put(&group->record, writer_bytes(&group->note));
    return group->record.failed ? error_memory(err) : true;
}

static bool group_commit(EvidenceLog *log, Group *group, Error *err)
{
    uint64_t size = log->tree.head.size;
    Bytes record = writer_bytes(&group->record);
    LogStorage *storage = &log->storage;
    if (storage->commit(storage->state, size, group->head.size, record, err)) {
        return true;
    }
    if (err->kind != ERROR_LIMIT) {
        return false;
    }
    *err = (Error){0};
    return take_snapshot(log, err) &&
           storage->commit(storage->state, size, group->head.size, record, err);
}

// Take the committed group into the tree. The entries are durable already, so a failure here
// (a tile cannot be written) only breaks the log for what comes next.
static bool group_apply(EvidenceLog *log, Group *group, Error *err)
{
    for (const Appender *appender = group->first; appender != NULL; appender = appender->next) {
        if (!evidence_log_grow(log, appender->entries, appender->leaves, appender->count, err)) {
            return false;
        }
    }
    Writer old = log->tree.note;
    log->tree.note = group->note;
    group->note = old;
    log->tree.frontier = group->frontier;
    log->tree.head = group->head;
    return true;
}

// Commit for whoever waits. Called and returns with the mutex held; drops it in between.
static void lead(EvidenceLog *log)
{
    CLEANUP(group_cleanup)
    Group group = {
        .record = writer_new(log->storage.record_limit_bytes),
        .note = writer_new(NOTE_MAX_BYTES),
    };
    group_take(log, &group);
    pthread_mutex_unlock(&log->mutex);
    Error err = {0};
    bool prepared = group_prepare(log, &group, &err);
    bool committed = prepared && group_commit(log, &group, &err);
    pthread_mutex_lock(&log->mutex);
    if (prepared && !committed) {
        log->broken = true;
    }
    Error later = {0};
    if (committed && !group_apply(log, &group, &later)) {
        log->broken = true;
    }
    for (Appender *appender = group.first; appender != NULL;) {
        // Once done is seen the appender's stack is gone.
        Appender *next = appender->next;
        appender->ok = committed;
        appender->err = err;
        appender->done = true;
        appender = next;
    }
}

static void publish_if_due(EvidenceLog *log)
{
    Time now = clock_now(log->clock);
    bool due = now - log->published >= log->publish_interval || now < log->published;
    if (log->broken || !due || log->published_size == log->tree.head.size) {
        return;
    }
    pthread_mutex_unlock(&log->mutex);
    // A failure is not the appenders' business: the files stay behind and the next one retries.
    Error ignored = {0};
    bool ok = evidence_log_publish_now(log, &ignored);
    (void)ok;
    pthread_mutex_lock(&log->mutex);
}

static bool wait_for_commit(EvidenceLog *log, Appender *self, Error *err)
{
    pthread_mutex_lock(&log->mutex);
    if (log->broken) {
        pthread_mutex_unlock(&log->mutex);
        return broken(err);
    }
    *log->last = self;
    log->last = &self->next;
    while (!self->done) {
        if (log->has_leader) {
            pthread_cond_wait(&log->changed, &log->mutex);
            continue;
        }
        log->has_leader = true;
        if (log->broken) {
            // The group before ours failed: nobody in the queue can be served.
            for (Appender *appender = log->first; appender != NULL; appender = appender->next) {
                broken(&appender->err);
                appender->done = true;
            }
            log->first = NULL;
            log->last = &log->first;
        } else {
            lead(log);
            pthread_cond_broadcast(&log->changed);
            publish_if_due(log);
        }
        log->has_leader = false;
        pthread_cond_broadcast(&log->changed);
    }
    pthread_mutex_unlock(&log->mutex);
    if (!self->ok && err != NULL) {
        *err = self->err;
    }
    return self->ok;
}

bool evidence_log_append(EvidenceLog *log, const Bytes *entries, size_t count,
                         uint64_t *ret_first_index, Error *err)
{
    if (count == 0 || count > LOG_BATCH_MAX_ENTRIES) {
        return error_set(err, ERROR_LIMIT, "log.batch", NULL,
                         "a batch has %zu entries, not 1 to %d", count, LOG_BATCH_MAX_ENTRIES);
    }
    Appender self = {.entries = entries, .count = count};
    for (size_t i = 0; i < count; i++) {
        if (entries[i].len == 0 || entries[i].len > ENTRY_MAX_BYTES) {
            return error_set(err, ERROR_INPUT, "log.entry", NULL,
                             "a log entry has %zu bytes, not 1 to %d", entries[i].len,
                             ENTRY_MAX_BYTES);
        }
        self.bytes += entries[i].len + 2;
    }
    if (self.bytes + RECORD_BATCH_OVERHEAD + NOTE_MAX_BYTES > log->storage.record_limit_bytes) {
        return error_set(err, ERROR_LIMIT, "log.batch", NULL, "a batch of %zu bytes is too large",
                         self.bytes);
    }
    Sm3Digest one = {{0}};
    Sm3Digest *leaves = count == 1 ? &one : malloc(count * sizeof *leaves);
    if (leaves == NULL) {
        return error_memory(err);
    }
    merkle_leaf_hashes(entries, leaves, count);
    self.leaves = leaves;
    bool ok = wait_for_commit(log, &self, err);
    if (ok) {
        *ret_first_index = self.first_index;
    }
    if (leaves != &one) {
        free(leaves);
    }
    return ok;
}

bool evidence_log_publish(EvidenceLog *log, Error *err)
{
    pthread_mutex_lock(&log->mutex);
    while (log->has_leader) {
        pthread_cond_wait(&log->changed, &log->mutex);
    }
    if (log->broken) {
        pthread_mutex_unlock(&log->mutex);
        return broken(err);
    }
    log->has_leader = true;
    pthread_mutex_unlock(&log->mutex);
    bool ok = evidence_log_publish_now(log, err);
    pthread_mutex_lock(&log->mutex);
    log->has_leader = false;
    pthread_cond_broadcast(&log->changed);
    pthread_mutex_unlock(&log->mutex);
    return ok;
}

// A new log begins with a signed checkpoint of the empty tree.
static bool begin(EvidenceLog *log, Error *err)
{
    log->tree.head = (MerkleHead){0, merkle_empty_root()};
    return checkpoint_sign(&log->tree.head, &log->key, log->signer, &log->tree.note, err) &&
           take_snapshot(log, err);
}

bool evidence_log_open(const EvidenceLogConfig *config, EvidenceLog **ret, Error *err)
{
    EvidenceLog *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return error_memory(err);
    }
    log->storage = config->storage;
    log->signer = config->signer;
    log->clock = config->clock;
    log->publish_interval = config->publish_interval == 0 ? TIME_SECOND : config->publish_interval;
    log->last = &log->first;
    log->tree.bundle = writer_new((size_t)TILE_WIDTH * (ENTRY_MAX_BYTES + 2));
    log->tree.note = writer_new(NOTE_MAX_BYTES);
    pthread_mutex_init(&log->mutex, NULL);
    pthread_cond_init(&log->changed, NULL);
    // Until it is open, closing must not publish.
    log->broken = true;
    if (!note_key_new(config->origin, NOTE_SM2, config->signer->public_key, &log->key, err) ||
        !evidence_log_recover(log, err) || (log->tree.note.len == 0 && !begin(log, err))) {
        evidence_log_close(log);
        return false;
    }
    log->broken = false;
    *ret = log;
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
