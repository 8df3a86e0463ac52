// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks of the evidence log: durable appends, each covered by a signed checkpoint.
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/attributes.h"
#include "component/preservation/log_postgres.h"
#include "domain/evidence/evidence_log.h"
#include "domain/evidence/log_files.h"
#include "program/bench.h"

// A larger journal than the default needs fewer snapshots at these rates.
enum { ENTRY_SIZE = 512, BATCH = 256, JOURNAL_SIZE = 64 * 1024 * 1024 };

typedef struct {
    char directory[512];
    Sm2PrivateKey *key;
    Signer signer;
    LogFiles *files;  // or
    LogPostgres *database;
    EvidenceLog *log;
    uint8_t entry[ENTRY_SIZE];
} LogState;

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

// ASSENT_BENCH_DATABASE names a PostgreSQL database to measure instead of files. The log stays
// there.
static bool open_storage(LogState *state, LogStorage *ret, Error *err)
{
    const char *connection = getenv("ASSENT_BENCH_DATABASE");
    if (connection == NULL) {
        if (!log_files_open(state->directory, JOURNAL_SIZE, &state->files, err)) {
            return false;
        }
        *ret = log_files_storage(state->files);
        return true;
    }
    // The directory's name is new.
    LogPostgresConfig config = {connection, state->directory, random_system(), 0};
    if (!log_postgres_open(&config, &state->database, err)) {
        return false;
    }
    *ret = log_postgres_storage(state->database);
    return true;
}

static bool prepare(BenchRun *run, Error *err)
{
    LogState *state = arena_alloc(run->arena, sizeof *state);
    if (state == NULL) {
        return error_memory(err);
    }
    run->state = state;
    memset(state->entry, 'e', sizeof state->entry);
    // TMPDIR says which disk to measure.
    const char *place = getenv("TMPDIR");
    snprintf(state->directory, sizeof state->directory, "%.480s/assent-bench-XXXXXX",
             place == NULL ? "/tmp" : place);
    if (mkdtemp(state->directory) == NULL) {
        state->directory[0] = '\0';
        return error_set(err, ERROR_INTERNAL, "bench.directory", NULL, "cannot make a directory");
    }
    LogStorage storage;
    if (!sm2_key_generate(random_system(), &state->key, err) ||
        !open_storage(state, &storage, err)) {
        return false;
    }
    state->signer = signer_of_key(state->key);
    EvidenceLogConfig config = {.storage = storage,
                                .origin = "bench.invalid/log",
                                .signer = &state->signer,
                                .clock = clock_system()};
    return evidence_log_open(&config, &state->log, err);
}

static void finish(BenchRun *run)
{
    LogState *state = run->state;
    if (state == NULL) {
        return;
    }
    evidence_log_close(state->log);
    log_files_close(state->files);
    log_postgres_close(state->database);
    sm2_private_key_free(state->key);
    if (state->directory[0] != '\0') {
        nftw(state->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
}

static bool operate_append(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    LogState *state = run->state;
    Bytes entry = BYTES_OF_ARRAY(state->entry);
    uint64_t index;
    (void)thread, (void)arena;
    return evidence_log_append(state->log, &entry, 1, &index, err);
}

static bool operate_batch(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    LogState *state = run->state;
    Bytes entries[BATCH];
    uint64_t index;
    (void)thread, (void)arena;
    for (size_t i = 0; i < BATCH; i++) {
        entries[i] = BYTES_OF_ARRAY(state->entry);
    }
    return evidence_log_append(state->log, entries, BATCH, &index, err);
}

const BenchCase bench_evidence_cases[] = {
    {"append", "durable appends to the evidence log, one entry each", 32, prepare, operate_append,
     finish},
    {"append-batch", "durable appends of 256 entries each", 8, prepare, operate_batch, finish},
};

const size_t bench_evidence_case_count = COUNT_OF(bench_evidence_cases);
