// SPDX-License-Identifier: Apache-2.0
//
// Recovery: the snapshot says where to start, the files must give its root, every batch since
// must give the root of its checkpoint, and what was published must be a past of the result.
#include <string.h>

#include "domain/evidence/evidence_log.h"
#include "domain/evidence/evidence_log_state.h"

static bool damaged(const char *what, Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "log.damaged", NULL, "the evidence log %s", what);
}

static bool read_file(EvidenceLog *log, const TileName *name, Writer *ret, Error *err)
{
    char path[TILE_PATH_SIZE];
    tile_path(name, path);
    if (!log->storage.read(log->storage.state, path, ret, err)) {
        return error_set(err, ERROR_UNTRUSTED, "log.damaged", NULL,
                         "the evidence log cannot read its file %s", path);
    }
    return true;
}

// Check one committed checkpoint and take it as the latest.
static bool take_note(EvidenceLog *log, Bytes note, MerkleHead *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(8 * NOTE_MAX_BYTES);
    Checkpoint checkpoint;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!checkpoint_parse(arena, note, &checkpoint, err)) {
        return false;
    }
    log->tree.note.len = 0;
    writer_put(&log->tree.note, note);
    *ret = checkpoint.head;
    return log->tree.note.failed ? error_memory(err) : true;
}

static bool load_edges(EvidenceLog *log, uint64_t size, Error *err)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t hashes = size >> (TILE_HEIGHT * level);
        TileName name = {
            .level = level, .index = hashes / TILE_WIDTH, .width = (unsigned)(hashes % TILE_WIDTH)};
        log->tree.stack.edges[level].index = name.index;
        if (name.width == 0) {
            continue;
        }
        CLEANUP(writer_free) Writer content = writer_new((size_t)TILE_WIDTH * SM3_SIZE);
        if (!read_file(log, &name, &content, err) ||
            !tile_parse(writer_bytes(&content), &name, &log->tree.stack.edges[level], err)) {
            return false;
        }
    }
    return true;
}

// The entries of the unfinished bundle; each must give the leaf hash in its tile.
static bool load_bundle(EvidenceLog *log, Error *err)
{
    const Tile *tile = &log->tree.stack.edges[0];
    TileName name = {.is_bundle = true, .index = tile->index, .width = tile->width};
    if (tile->width == 0) {
        return true;
    }
    if (!read_file(log, &name, &log->tree.bundle, err)) {
        return false;
    }
    Reader reader = reader_of(writer_bytes(&log->tree.bundle));
    Bytes entries[TILE_WIDTH];
    Sm3Digest leaves[TILE_WIDTH];
    bundle_take_many(&reader, entries, tile->width);
    merkle_leaf_hashes(entries, leaves, reader.failed ? 0 : tile->width);
    for (unsigned i = 0; i < tile->width; i++) {
        if (reader.failed || !sm3_digest_equal(&leaves[i], &tile->nodes[i])) {
            return damaged("has an entry bundle that does not match its tile", err);
        }
    }
    return reader_done(&reader) || damaged("has an entry bundle that is too long", err);
}

static bool load_snapshot(EvidenceLog *log, Bytes note, Error *err)
{
    MerkleHead head;
    if (!take_note(log, note, &head, err) || !load_edges(log, head.size, err) ||
        !load_bundle(log, err)) {
        return false;
    }
    LogNodes nodes = {.log = log};
    if (!merkle_frontier_load(evidence_log_nodes(&nodes), head.size, &log->tree.frontier, err)) {
        return damaged("lacks tiles of its last snapshot", err);
    }
    Sm3Digest root = merkle_frontier_root(&log->tree.frontier);
    if (!sm3_digest_equal(&root, &head.root)) {
        return damaged("has tiles that do not give the root of its last snapshot", err);
    }
    log->tree.head = head;
    log->snapshot_size = head.size;
    return true;
}

static bool load_batch(EvidenceLog *log, Reader *reader, Error *err)
{
    uint64_t first_index = reader_u64_be(reader);
    uint32_t count = reader_u32_be(reader);
    if (reader->failed || first_index != log->tree.frontier.size || count == 0) {
        return damaged("has a batch that does not follow the one before", err);
    }
    Bytes entries[TILE_WIDTH];
    Sm3Digest leaves[TILE_WIDTH];
    for (uint32_t done = 0; done < count;) {
        size_t some = count - done < TILE_WIDTH ? count - done : TILE_WIDTH;
        bundle_take_many(reader, entries, some);
        if (reader->failed) {
            return damaged("has a batch that ends early", err);
        }
        merkle_leaf_hashes(entries, leaves, some);
        merkle_frontier_append_many(&log->tree.frontier, leaves, some);
        if (!evidence_log_grow(log, entries, leaves, some, err)) {
            return false;
        }
        done += (uint32_t)some;
    }
    MerkleHead head;
    if (!take_note(log, reader->rest, &head, err)) {
        return false;
    }
    Sm3Digest root = merkle_frontier_root(&log->tree.frontier);
    if (head.size != log->tree.frontier.size || !sm3_digest_equal(&root, &head.root)) {
        return damaged("has a batch that does not give the root of its checkpoint", err);
    }
    log->tree.head = head;
    return true;
}

static bool load_record(void *state, Bytes record, Error *err)
{
    EvidenceLog *log = state;
    Reader reader = reader_of(record);
    uint8_t kind = reader_u8(&reader);
    bool is_first = log->tree.note.len == 0;
    if (kind == RECORD_SNAPSHOT && is_first) {
        return load_snapshot(log, reader.rest, err);
    }
    if (kind == RECORD_BATCH && !is_first) {
        return load_batch(log, &reader, err);
    }
    return damaged("has a record of an unknown kind", err);
}

// The newest checkpoint must carry our own signature: whoever wrote these files had the key.
static bool check_signature(EvidenceLog *log, Arena *arena, Error *err)
{
    Checkpoint checkpoint;
    return checkpoint_parse(arena, writer_bytes(&log->tree.note), &checkpoint, err) &&
           (!log->has_key || checkpoint_verify(&checkpoint, &log->key, err));
}

static bool rolled_back(const char *why, Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "log.rolled_back", NULL,
                     "the evidence log is not what was published: %s", why);
}

static bool check_published(EvidenceLog *log, Arena *arena, Error *err)
{
    CLEANUP(writer_free) Writer content = writer_new(NOTE_MAX_BYTES);
    Error why = {0};
    if (!log->storage.read(log->storage.state, "checkpoint", &content, &why)) {
        if (why.kind == ERROR_NOT_FOUND) {
            return log->tree.head.size == 0 || rolled_back("the checkpoint file is gone", err);
        }
        *err = why;
        return false;
    }
    Checkpoint published;
    if (!checkpoint_parse(arena, writer_bytes(&content), &published, err) ||
        (log->has_key && !checkpoint_verify(&published, &log->key, err))) {
        return error_context(err, "published checkpoint");
    }
    if (published.head.size > log->tree.head.size) {
        return rolled_back("entries are missing", err);
    }
    LogNodes nodes = {.log = log};
    Sm3Digest root;
    if (!merkle_root(evidence_log_nodes(&nodes), published.head.size, &root, err)) {
        return false;
    }
    if (!sm3_digest_equal(&root, &published.head.root)) {
        return rolled_back("the roots differ", err);
    }
    log->published_size = published.head.size;
    return true;
}

bool evidence_log_recover(EvidenceLog *log, Error *err)
{
    if (!log->storage.load(log->storage.state, load_record, log, err)) {
        return false;
    }
    CLEANUP(arena_cleanup) Arena *arena = arena_new(16 * NOTE_MAX_BYTES);
    if (arena == NULL) {
        return error_memory(err);
    }
    if (log->tree.note.len == 0) {
        // A new log; but never begin anew over the files of an old one.
        log->tree.head = (MerkleHead){0, merkle_empty_root()};
        return check_published(log, arena, err);
    }
    return check_signature(log, arena, err) && check_published(log, arena, err);
}
