// SPDX-License-Identifier: Apache-2.0
//
// Reading: checkpoint, entries, proofs, tiles.
#include <stdio.h>
#include <string.h>

#include "domain/evidence/evidence_log.h"
#include "domain/evidence/evidence_log_state.h"

bool evidence_log_read_path(EvidenceLog *log, const TileName *name, Writer *ret, Error *err)
{
    char path[TILE_PATH_SIZE];
    tile_path(name, path);
    return log->storage.read(log->storage.state, path, ret, err);
}

// A node from the edges; *ret_is_edge tells whether its tile is an edge at all.
static bool edge_node(EvidenceLog *log, const TileName *name, unsigned height, uint64_t i,
                      bool *ret_is_edge, Sm3Digest *ret)
{
    pthread_mutex_lock(&log->mutex);
    const Tile *edge = &log->tree.stack.edges[name->level];
    *ret_is_edge = edge->index == name->index;
    bool ok = *ret_is_edge && tile_find_node(edge, height, i, ret);
    pthread_mutex_unlock(&log->mutex);
    return ok;
}

static bool load_tile(LogNodes *nodes, const TileName *name, Error *err)
{
    if (nodes->has_tile && nodes->level == name->level && nodes->tile.index == name->index) {
        return true;
    }
    CLEANUP(writer_free) Writer content = writer_new((size_t)TILE_WIDTH * SM3_SIZE);
    nodes->has_tile = false;
    if (!evidence_log_read_path(nodes->log, name, &content, err) ||
        !tile_parse(writer_bytes(&content), name, &nodes->tile, err)) {
        return false;
    }
    tile_cache_put(&nodes->log->cache, name->level, &nodes->tile);
    nodes->has_tile = true;
    nodes->level = name->level;
    return true;
}

static bool log_node(void *state, unsigned level, uint64_t index, Sm3Digest *ret, Error *err)
{
    LogNodes *nodes = state;
    unsigned height = level % TILE_HEIGHT;
    uint64_t first = index << height;  // among the hashes of the tile level
    TileName name = {
        .level = level / TILE_HEIGHT, .index = first / TILE_WIDTH, .width = TILE_WIDTH};
    uint64_t i = (first % TILE_WIDTH) >> height;
    bool is_edge;
    if (edge_node(nodes->log, &name, height, i, &is_edge, ret)) {
        return true;
    }
    if (is_edge) {
        return error_set(err, ERROR_NOT_FOUND, "log.node", NULL,
                         "the evidence log does not have node %llu of level %u yet",
                         (unsigned long long)index, level);
    }
    if (tile_cache_find(&nodes->log->cache, &name, height, i, ret)) {
        return true;
    }
    if (!load_tile(nodes, &name, err)) {
        return false;
    }
    return tile_find_node(&nodes->tile, height, i, ret) ||
           error_set(err, ERROR_INTERNAL, "log.node", NULL, "a tile is not full");
}

MerkleNodes evidence_log_nodes(LogNodes *nodes)
{
    return (MerkleNodes){.node = log_node, .state = nodes};
}

static uint64_t present_size(EvidenceLog *log)
{
    pthread_mutex_lock(&log->mutex);
    uint64_t size = log->tree.head.size;
    pthread_mutex_unlock(&log->mutex);
    return size;
}

uint64_t evidence_log_published_size(EvidenceLog *log)
{
    pthread_mutex_lock(&log->mutex);
    uint64_t size = log->published_size;
    pthread_mutex_unlock(&log->mutex);
    return size;
}

static bool check_size(EvidenceLog *log, uint64_t size, Error *err)
{
    uint64_t present = present_size(log);
    return size <= present || error_set(err, ERROR_NOT_FOUND, "log.size", NULL,
                                        "the evidence log has %llu entries, not %llu",
                                        (unsigned long long)present, (unsigned long long)size);
}

bool evidence_log_checkpoint(EvidenceLog *log, Arena *arena, Bytes *ret, MerkleHead *ret_head,
                             Error *err)
{
    pthread_mutex_lock(&log->mutex);
    Bytes copy = arena_copy(arena, writer_bytes(&log->tree.note));
    MerkleHead head = log->tree.head;
    pthread_mutex_unlock(&log->mutex);
    if (copy.data == NULL) {
        return error_memory(err);
    }
    *ret = copy;
    *ret_head = head;
    return true;
}

// Copy a bundle from memory or storage: the first `width` entries.
bool evidence_log_read_bundle(EvidenceLog *log, uint64_t index, unsigned width, Writer *ret,
                              Error *err)
{
    pthread_mutex_lock(&log->mutex);
    const Tile *edge = &log->tree.stack.edges[0];
    bool is_edge = edge->index == index;
    bool has_width = is_edge && width <= edge->width;
    if (has_width) {
        writer_put(ret, writer_bytes(&log->tree.bundle));
    }
    pthread_mutex_unlock(&log->mutex);
    if (is_edge && !has_width) {
        return error_set(err, ERROR_NOT_FOUND, "log.size", NULL,
                         "the evidence log does not have that many entries");
    }
    TileName name = {.is_bundle = true, .index = index, .width = TILE_WIDTH};
    if (!is_edge && !evidence_log_read_path(log, &name, ret, err)) {
        return false;
    }
    return ret->failed ? error_memory(err) : true;
}

bool evidence_log_entry(EvidenceLog *log, uint64_t index, Arena *arena, Bytes *ret, Error *err)
{
    if (!check_size(log, index + 1, err)) {
        return false;
    }
    unsigned i = (unsigned)(index % TILE_WIDTH);
    CLEANUP(writer_free) Writer bundle = writer_new(BUNDLE_MAX_BYTES);
    if (!evidence_log_read_bundle(log, index / TILE_WIDTH, i + 1, &bundle, err)) {
        return false;
    }
    Reader reader = reader_of(writer_bytes(&bundle));
    Bytes entry = BYTES_EMPTY;
    for (unsigned k = 0; k <= i; k++) {
        entry = bundle_take(&reader);
    }
    if (reader.failed) {
        return error_set(err, ERROR_UNTRUSTED, "log.damaged", NULL,
                         "the bundle of entry %llu is damaged", (unsigned long long)index);
    }
    Bytes copy = arena_copy(arena, entry);
    if (copy.data == NULL) {
        return error_memory(err);
    }
    *ret = copy;
    return true;
}

bool evidence_log_prove_inclusions(EvidenceLog *log, uint64_t first, size_t count, uint64_t size,
                                   MerkleProof *ret, Error *err)
{
    LogNodes nodes = {.log = log, .has_tile = false};
    bool ok = check_size(log, size, err);
    for (size_t i = 0; ok && i < count; i++) {
        ok = merkle_inclusion_prove(evidence_log_nodes(&nodes), first + i, size, &ret[i], err);
    }
    return ok;
}

bool evidence_log_prove_inclusion(EvidenceLog *log, uint64_t index, uint64_t size, MerkleProof *ret,
                                  Error *err)
{
    return evidence_log_prove_inclusions(log, index, 1, size, ret, err);
}

bool evidence_log_prove_consistency(EvidenceLog *log, uint64_t old_size, uint64_t new_size,
                                    MerkleProof *ret, Error *err)
{
    LogNodes nodes = {.log = log, .has_tile = false};
    return check_size(log, new_size, err) &&
           merkle_consistency_prove(evidence_log_nodes(&nodes), old_size, new_size, ret, err);
}

bool evidence_log_root(EvidenceLog *log, uint64_t size, Sm3Digest *ret, Error *err)
{
    LogNodes nodes = {.log = log, .has_tile = false};
    return check_size(log, size, err) && merkle_root(evidence_log_nodes(&nodes), size, ret, err);
}

static bool take_hashes(EvidenceLog *log, const TileName *name, Writer *ret, Error *err)
{
    pthread_mutex_lock(&log->mutex);
    const Tile *edge = &log->tree.stack.edges[name->level];
    bool is_edge = edge->index == name->index;
    bool has_width = is_edge && name->width <= edge->width;
    if (has_width) {
        tile_encode(edge, name->width, ret);
    }
    pthread_mutex_unlock(&log->mutex);
    if (is_edge && !has_width) {
        return error_set(err, ERROR_NOT_FOUND, "log.size", NULL,
                         "the evidence log does not have that many entries");
    }
    TileName full = *name;
    full.width = TILE_WIDTH;
    return is_edge || evidence_log_read_path(log, &full, ret, err);
}

// Length of the first `count` entries of a bundle.
static size_t bundle_prefix(Bytes bundle, unsigned count)
{
    Reader reader = reader_of(bundle);
    for (unsigned i = 0; i < count; i++) {
        (void)bundle_take(&reader);
    }
    return bundle.len - reader.rest.len;
}

bool evidence_log_tile(EvidenceLog *log, const TileName *name, Arena *arena, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer content = writer_new(BUNDLE_MAX_BYTES);
    bool ok = name->is_bundle
                  ? evidence_log_read_bundle(log, name->index, name->width, &content, err)
                  : take_hashes(log, name, &content, err);
    if (!ok) {
        return false;
    }
    Bytes bytes = writer_bytes(&content);
    size_t len =
        name->is_bundle ? bundle_prefix(bytes, name->width) : (size_t)name->width * SM3_SIZE;
    Bytes copy = arena_copy(arena, bytes_slice(bytes, 0, len));
    if (copy.data == NULL) {
        return error_memory(err);
    }
    *ret = copy;
    return true;
}
