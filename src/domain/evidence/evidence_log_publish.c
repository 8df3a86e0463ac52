// SPDX-License-Identifier: Apache-2.0
//
// Writing the files: full tiles as they fill, the rest and the checkpoint when publishing.
#include "domain/evidence/evidence_log.h"

#include <string.h>

#include "domain/evidence/evidence_log_state.h"

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
    pthread_mutex_lock(&log->mutex);
    log->published = clock_now(log->clock);
    log->published_size = tree->head.size;
    pthread_mutex_unlock(&log->mutex);
    return true;
}

bool evidence_log_snapshot(EvidenceLog *log, Error *err)
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

bool evidence_log_publish(EvidenceLog *log, Error *err)
{
    pthread_mutex_lock(&log->mutex);
    while (log->has_leader) {
        pthread_cond_wait(&log->changed, &log->mutex);
    }
    if (log->broken) {
        pthread_mutex_unlock(&log->mutex);
        return evidence_log_refuse(err);
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
