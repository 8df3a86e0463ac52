// SPDX-License-Identifier: Apache-2.0
//
// The evidence log at sizes from a thousand to a hundred million entries. The entries that are
// there before the run are all alike, so that every full tile of a level is the same: its files are
// made up when they are read instead of lying on the disk. Hashes, proofs, signatures, the right
// edge, and everything that the run itself appends are as in any log.
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/attributes.h"
#include "domain/evidence/evidence_log.h"
#include "domain/evidence/log_files.h"
#include "program/bench.h"

enum {
    ENTRY_SIZE = 512,
    BATCH = 256,
    JOURNAL_SIZE = 64 * 1024 * 1024,
    // The record that evidence_log.c begins a journal with, before the checkpoint.
    SNAPSHOT = 'S',
};

typedef struct {
    char directory[512];
    Sm2PrivateKey *key;
    Signer signer;
    LogFiles *files;
    LogStorage real;
    EvidenceLog *log;
    uint64_t size;                      // made up
    Sm3Digest subtrees[MERKLE_LEVELS];  // roots of complete ones, by level
    Writer note;                        // the checkpoint at that size
    uint64_t seed;
    uint8_t entry[ENTRY_SIZE];
} CurveState;

static bool made_up_node(void *context, unsigned level, uint64_t index, Sm3Digest *ret, Error *err)
{
    const CurveState *state = context;
    (void)index, (void)err;
    *ret = state->subtrees[level];
    return true;
}

static bool load(void *context, LogReplay *replay, void *replay_state, Error *err)
{
    CurveState *state = context;
    CLEANUP(writer_free) Writer record = writer_new(1 + NOTE_MAX_BYTES);
    writer_put_u8(&record, SNAPSHOT);
    writer_put(&record, writer_bytes(&state->note));
    return state->real.load(state->real.state, replay, replay_state, err) &&
           replay(replay_state, writer_bytes(&record), err);
}

static bool read_file(void *context, const char *path, Writer *ret, Error *err)
{
    const CurveState *state = context;
    TileName name;
    if (tile_path_parse(path, &name, NULL)) {
        uint64_t end = name.index * TILE_WIDTH + name.width;
        if (end <= state->size >> (TILE_HEIGHT * name.level)) {
            for (unsigned i = 0; i < name.width && name.is_bundle; i++) {
                bundle_put(ret, BYTES_OF_ARRAY(state->entry));
            }
            for (unsigned i = 0; i < name.width && !name.is_bundle; i++) {
                writer_put(ret, sm3_bytes(&state->subtrees[TILE_HEIGHT * name.level]));
            }
            return true;
        }
    }
    Error why = {0};
    if (state->real.read(state->real.state, path, ret, &why)) {
        return true;
    }
    if (strcmp(path, "checkpoint") == 0 && why.kind == ERROR_NOT_FOUND) {
        writer_put(ret, writer_bytes(&state->note));
        return true;
    }
    *err = why;
    return false;
}

static bool commit(void *context, uint64_t expected_size, uint64_t new_size, Bytes record,
                   Error *err)
{
    const CurveState *state = context;
    return state->real.commit(state->real.state, expected_size, new_size, record, err);
}

static bool snapshot(void *context, uint64_t size, Bytes record, Error *err)
{
    const CurveState *state = context;
    return state->real.snapshot(state->real.state, size, record, err);
}

static bool write_file(void *context, const char *path, Bytes content, bool durable, Error *err)
{
    const CurveState *state = context;
    return state->real.write(state->real.state, path, content, durable, err);
}

static void drop_partials(void *context, const char *full_path, const unsigned *keep,
                          size_t keep_count)
{
    const CurveState *state = context;
    state->real.drop_partials(state->real.state, full_path, keep, keep_count);
}

// The checkpoint of the log that is made up.
static bool sign_start(CurveState *state, const char *origin, Error *err)
{
    NoteKey key;
    MerkleHead head = {.size = state->size};
    state->subtrees[0] = merkle_leaf_hash(BYTES_OF_ARRAY(state->entry));
    for (unsigned level = 1; level < MERKLE_LEVELS; level++) {
        state->subtrees[level] =
            merkle_node_hash(&state->subtrees[level - 1], &state->subtrees[level - 1]);
    }
    state->note = writer_new(NOTE_MAX_BYTES);
    return note_key_new(origin, NOTE_SM2, state->signer.public_key, &key, err) &&
           merkle_root((MerkleNodes){.node = made_up_node, .state = state}, head.size, &head.root,
                       err) &&
           checkpoint_sign(&head, &key, &state->signer, &state->note, err);
}

static bool open_at(BenchRun *run, uint64_t size, Error *err)
{
    static const char origin[] = "bench.invalid/log";
    CurveState *state = arena_alloc(run->arena, sizeof *state);
    const char *place = getenv("TMPDIR");
    if (state == NULL) {
        return error_memory(err);
    }
    run->state = state;
    state->size = size;
    memset(state->entry, 'e', sizeof state->entry);
    snprintf(state->directory, sizeof state->directory, "%.480s/assent-bench-XXXXXX",
             place == NULL ? "/tmp" : place);
    if (mkdtemp(state->directory) == NULL) {
        state->directory[0] = '\0';
        return error_set(err, ERROR_INTERNAL, "bench.directory", NULL, "cannot make a directory");
    }
    if (!sm2_key_generate(random_system(), &state->key, err) ||
        !log_files_open(state->directory, JOURNAL_SIZE, &state->files, err)) {
        return false;
    }
    state->signer = signer_of_key(state->key);
    state->real = log_files_storage(state->files);
    const EvidenceLogConfig config = {
        .storage = {state, state->real.record_limit_bytes, load, commit, snapshot, read_file,
                    write_file, drop_partials},
        .origin = origin,
        .signer = &state->signer,
        .clock = clock_system()};
    uint64_t index;
    // A log that was opened like this has no journal before its first entry.
    return sign_start(state, origin, err) && evidence_log_open(&config, &state->log, err) &&
           evidence_log_append(state->log, &(Bytes){state->entry, ENTRY_SIZE}, 1, &index, err);
}

static bool at_thousand(BenchRun *run, Error *err)
{
    return open_at(run, 1000, err);
}

static bool at_100_thousand(BenchRun *run, Error *err)
{
    return open_at(run, 100000, err);
}

static bool at_10_million(BenchRun *run, Error *err)
{
    return open_at(run, 10000000, err);
}

static bool at_100_million(BenchRun *run, Error *err)
{
    return open_at(run, 100000000, err);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static void finish(BenchRun *run)
{
    CurveState *state = run->state;
    if (state == NULL) {
        return;
    }
    evidence_log_close(state->log);
    log_files_close(state->files);
    writer_free(&state->note);
    sm2_private_key_free(state->key);
    if (state->directory[0] != '\0') {
        nftw(state->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
}

static bool append(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    CurveState *state = run->state;
    Bytes entries[BATCH];
    uint64_t index;
    (void)thread, (void)arena;
    for (size_t i = 0; i < BATCH; i++) {
        entries[i] = BYTES_OF_ARRAY(state->entry);
    }
    return evidence_log_append(state->log, entries, BATCH, &index, err);
}

// Of entries all over the log, so that hardly any tile of leaves is asked for twice.
static bool prove(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    CurveState *state = run->state;
    MerkleProof proof;
    uint64_t drawn = __atomic_add_fetch(&state->seed, 0x9e3779b97f4a7c15, __ATOMIC_RELAXED);
    drawn = (drawn ^ (drawn >> 31)) * 0xbf58476d1ce4e5b9;
    (void)thread, (void)arena;
    return evidence_log_prove_inclusion(state->log, (drawn >> 8) % state->size, state->size, &proof,
                                        err);
}

const BenchCase bench_log_curve_cases[] = {
    {"append-1e3", "as append-batch, to a log of 1,000 entries", 8, at_thousand, append, finish},
    {"append-1e5", "to one of 100,000", 8, at_100_thousand, append, finish},
    {"append-1e7", "to one of 10,000,000", 8, at_10_million, append, finish},
    {"append-1e8", "to one of 100,000,000", 8, at_100_million, append, finish},
    {"prove-1e3", "inclusion proofs of any entries of a log of 1,000", 1, at_thousand, prove,
     finish},
    {"prove-1e5", "of one of 100,000", 1, at_100_thousand, prove, finish},
    {"prove-1e7", "of one of 10,000,000", 1, at_10_million, prove, finish},
    {"prove-1e8", "of one of 100,000,000", 1, at_100_million, prove, finish},
};

const size_t bench_log_curve_case_count = COUNT_OF(bench_log_curve_cases);
