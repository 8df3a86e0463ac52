// SPDX-License-Identifier: Apache-2.0
//
// The check of everything: entries are hashed again, and every file has to say what they give.
// Where bundle and tile differ, the tile above tells which of them is damaged.
#include <string.h>

#include "domain/evidence/evidence_log.h"
#include "domain/evidence/evidence_log_state.h"

typedef struct {
    EvidenceLog *log;
    LogCheck *check;
    TileStack stack;
    MerkleFrontier frontier;
    Sm3Digest leaves[TILE_WIDTH];
    Tile stored;
    bool has_closing, has_more;  // an entry that closes the log, and others after it
} Fsck;

static void note_damage(LogCheck *check, const TileName *name)
{
    if (check->damaged_files < LOG_CHECK_NAMED) {
        tile_path(name, check->damaged[check->damaged_files]);
    }
    if (check->damaged_files == 0) {
        unsigned levels = name->is_bundle ? 0 : name->level;
        check->first_damaged_index = (name->index << (TILE_HEIGHT * levels)) * TILE_WIDTH;
    }
    check->damaged_files++;
}

// A full tile as it is stored. False when it cannot be read or has another length.
static bool read_tile(Fsck *fsck, const TileName *name, Tile *ret)
{
    Error why = {0};
    CLEANUP(writer_free) Writer content = writer_new((size_t)TILE_WIDTH * SM3_SIZE);
    return evidence_log_read_path(fsck->log, name, &content, &why) &&
           tile_parse(writer_bytes(&content), name, ret, &why);
}

static bool same_hashes(const Tile *tile, const Sm3Digest *hashes)
{
    return memcmp(tile->nodes, hashes, (size_t)TILE_WIDTH * sizeof *hashes) == 0;
}

// A tile above the leaves is full: its file must say the same.
static bool compare_tile(void *state, unsigned level, const Tile *tile, Error *err)
{
    Fsck *fsck = state;
    (void)err;
    if (level > 0) {
        TileName name = {.level = level, .index = tile->index, .width = TILE_WIDTH};
        fsck->check->files++;
        if (!read_tile(fsck, &name, &fsck->stored) || !same_hashes(&fsck->stored, tile->nodes)) {
            note_damage(fsck->check, &name);
        }
    }
    return true;
}

// True when the hash that the tile above holds of this one is that of the stored tile.
static bool parent_knows(Fsck *fsck, uint64_t index)
{
    Sm3Digest root, expected;
    Error why = {0};
    LogNodes nodes = {.log = fsck->log, .has_tile = false};
    MerkleNodes source = evidence_log_nodes(&nodes);
    return tile_find_node(&fsck->stored, TILE_HEIGHT, 0, &root) &&
           source.node(source.state, TILE_HEIGHT, index, &expected, &why) &&
           sm3_digest_equal(&root, &expected);
}

// Hash the entries of a bundle again. False when it cannot be read to its end.
static bool hash_bundle(Fsck *fsck, uint64_t index, unsigned width)
{
    Error why = {0};
    CLEANUP(writer_free) Writer bundle = writer_new(BUNDLE_MAX_BYTES);
    if (!evidence_log_read_bundle(fsck->log, index, width, &bundle, &why)) {
        return false;
    }
    Reader reader = reader_of(writer_bytes(&bundle));
    Bytes entries[TILE_WIDTH];
    bundle_take_many(&reader, entries, width);
    // The unfinished bundle may have grown since; a full one ends with its last entry.
    if (reader.failed || (width == TILE_WIDTH && !reader_done(&reader))) {
        return false;
    }
    merkle_leaf_hashes(entries, fsck->leaves, width);
    fsck->check->entries += width;
    for (unsigned i = 0; i < width; i++) {
        fsck->has_more = fsck->has_more || fsck->has_closing;
        fsck->has_closing = fsck->has_closing || evidence_log_closes(entries[i]);
    }
    return true;
}

// Compare a full bundle with its tile, and leave the hashes that are to be believed in `leaves`.
static void check_full(Fsck *fsck, uint64_t index)
{
    TileName bundle = {.is_bundle = true, .index = index, .width = TILE_WIDTH};
    TileName tile = {.level = 0, .index = index, .width = TILE_WIDTH};
    bool has_entries = hash_bundle(fsck, index, TILE_WIDTH);
    bool has_tile = read_tile(fsck, &tile, &fsck->stored);
    fsck->check->files += 2;
    if (has_entries && has_tile && same_hashes(&fsck->stored, fsck->leaves)) {
        return;
    }
    bool is_tile_right = has_tile && (!has_entries || parent_knows(fsck, index));
    if (!has_entries || is_tile_right) {
        note_damage(fsck->check, &bundle);
    }
    if (!is_tile_right) {
        note_damage(fsck->check, &tile);
    }
    if (is_tile_right) {
        memcpy(fsck->leaves, fsck->stored.nodes, sizeof fsck->leaves);
    }
}

static bool check_bundle(Fsck *fsck, uint64_t index, unsigned width, Error *err)
{
    if (width == TILE_WIDTH) {
        check_full(fsck, index);
    } else {
        fsck->check->files++;
        if (!hash_bundle(fsck, index, width)) {
            TileName name = {.is_bundle = true, .index = index, .width = width};
            note_damage(fsck->check, &name);
            return true;
        }
    }
    merkle_frontier_append_many(&fsck->frontier, fsck->leaves, width);
    return tile_stack_push(&fsck->stack, fsck->leaves, width, compare_tile, fsck, err);
}

// One partial file that the published checkpoint needs, against what the log itself would answer.
static void check_partial(Fsck *fsck, Arena *arena, const TileName *name)
{
    Bytes expected;
    Error why = {0};
    CLEANUP(writer_free) Writer stored = writer_new(BUNDLE_MAX_BYTES);
    fsck->check->files++;
    if (!evidence_log_tile(fsck->log, name, arena, &expected, &why) ||
        !evidence_log_read_path(fsck->log, name, &stored, &why) ||
        !bytes_equal(writer_bytes(&stored), expected)) {
        note_damage(fsck->check, name);
    }
}

static void check_published(Fsck *fsck, Arena *arena)
{
    const uint64_t size = evidence_log_published_size(fsck->log);
    LogCheck before = *fsck->check;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t hashes = size >> (TILE_HEIGHT * level);
        TileName name = {
            .level = level, .index = hashes / TILE_WIDTH, .width = (unsigned)(hashes % TILE_WIDTH)};
        if (name.width == 0) {
            continue;
        }
        check_partial(fsck, arena, &name);
        if (level == 0) {
            name.is_bundle = true;
            check_partial(fsck, arena, &name);
        }
    }
    if (size != evidence_log_published_size(fsck->log)) {
        // Published anew meanwhile, which takes the older files away.
        *fsck->check = before;
    }
}

static bool check_all(Fsck *fsck, Arena *arena, const MerkleHead *head, Error *err)
{
    for (uint64_t start = 0; start < head->size; start += TILE_WIDTH) {
        uint64_t rest = head->size - start;
        unsigned width = rest < TILE_WIDTH ? (unsigned)rest : TILE_WIDTH;
        if (!check_bundle(fsck, start / TILE_WIDTH, width, err)) {
            return false;
        }
    }
    check_published(fsck, arena);
    const LogCheck *check = fsck->check;
    if (check->damaged_files > 0) {
        return error_set(err, ERROR_UNTRUSTED, "log.damaged", NULL,
                         "%llu files of the evidence log are damaged, the first is %s",
                         (unsigned long long)check->damaged_files, check->damaged[0]);
    }
    Sm3Digest root = merkle_frontier_root(&fsck->frontier);
    if (!sm3_digest_equal(&root, &head->root)) {
        return error_set(err, ERROR_UNTRUSTED, "log.damaged", NULL,
                         "the entries of the evidence log do not give the signed root");
    }
    return !fsck->has_more || error_set(err, ERROR_UNTRUSTED, "log.after_closing", NULL,
                                        "the evidence log goes on after the entry that closed it");
}

bool evidence_log_fsck(EvidenceLog *log, LogCheck *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Fsck *fsck = arena == NULL ? NULL : arena_alloc(arena, sizeof *fsck);
    if (fsck == NULL) {
        return error_memory(err);
    }
    *ret = (LogCheck){0};
    fsck->log = log;
    fsck->check = ret;
    Bytes note;
    MerkleHead head;
    Checkpoint checkpoint;
    return evidence_log_checkpoint(log, arena, &note, &head, err) &&
           checkpoint_parse(arena, note, &checkpoint, err) &&
           (!log->has_key || checkpoint_verify(&checkpoint, &log->key, err)) &&
           check_all(fsck, arena, &head, err);
}
