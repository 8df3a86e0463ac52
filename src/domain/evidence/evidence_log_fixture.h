// SPDX-License-Identifier: Apache-2.0
//
// A log with its key on files, and entries that say their own index; for the tests of the log.
// Include base/test/test.h first: only test files may.
#ifndef ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_FIXTURE_H
#define ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_FIXTURE_H

#include <stdio.h>

#include "domain/evidence/evidence_log.h"
#include "domain/evidence/log_files.h"

#define LOG_FIXTURE_ORIGIN "evidence.example.cn/log1"

// A log with its key, on files in the test's directory.
typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    Time now;
    LogFiles *files;
    EvidenceLog *log;
} Bench;

static inline void make_key(Bench *bench)
{
    Error err = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {0};
    scalar[31] = 77;
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &bench->key, &err));
    bench->signer = signer_of_key(bench->key);
}

static inline bool try_open(Bench *bench, const char *directory, Error *err)
{
    if (!log_files_open(directory, 1, &bench->files, err)) {
        return false;
    }
    EvidenceLogConfig config = {
        .storage = log_files_storage(bench->files),
        .origin = LOG_FIXTURE_ORIGIN,
        .signer = &bench->signer,
        .clock = clock_manual(&bench->now),
    };
    return evidence_log_open(&config, &bench->log, err);
}

static inline void open_log(Bench *bench, const char *directory)
{
    Error err = {0};
    CHECK_OK(try_open(bench, directory, &err));
}

static inline void close_log(Bench *bench)
{
    evidence_log_close(bench->log);
    log_files_close(bench->files);
    bench->log = NULL;
    bench->files = NULL;
}

static inline Bench new_bench(void)
{
    Bench bench = {0};
    make_key(&bench);
    return bench;
}

static inline void end_bench(Bench *bench)
{
    close_log(bench);
    sm2_private_key_free(bench->key);
}

static inline Bytes entry_text(char ret[32], uint64_t i)
{
    snprintf(ret, 32, "entry %llu", (unsigned long long)i);
    return bytes_of_text(ret);
}

static inline void append_range(Bench *bench, uint64_t first, uint64_t count)
{
    Error err = {0};
    for (uint64_t i = first; i < first + count; i++) {
        char text[32];
        Bytes entry = entry_text(text, i);
        uint64_t index;
        CHECK_OK(evidence_log_append(bench->log, &entry, 1, &index, &err));
        CHECK_INT(index, i);
    }
}

// Append `count` entries in groups of 100.
static inline void append_many(Bench *bench, uint64_t first, uint64_t count)
{
    Error err = {0};
    char texts[100][32];
    Bytes entries[100];
    for (uint64_t done = 0; done < count; done += 100) {
        size_t n = count - done < 100 ? (size_t)(count - done) : 100;
        for (size_t i = 0; i < n; i++) {
            entries[i] = entry_text(texts[i], first + done + i);
        }
        uint64_t index;
        CHECK_OK(evidence_log_append(bench->log, entries, n, &index, &err));
        CHECK_INT(index, first + done);
    }
}

// Every entry below the present size reads back and proves against the signed checkpoint.
static inline void check_all(Bench *bench, uint64_t expected_size)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes note;
    MerkleHead head;
    Checkpoint checkpoint;
    CHECK_OK(evidence_log_checkpoint(bench->log, arena, &note, &head, &err));
    CHECK_OK(checkpoint_parse(arena, note, &checkpoint, &err));
    CHECK_OK(checkpoint_verify(&checkpoint, evidence_log_key(bench->log), &err));
    CHECK_INT(checkpoint.head.size, expected_size);
    for (uint64_t i = 0; i < head.size; i++) {
        char text[32];
        Bytes entry;
        MerkleProof proof;
        CHECK_OK(evidence_log_entry(bench->log, i, arena, &entry, &err));
        CHECK_BYTES(entry, entry_text(text, i));
        CHECK_OK(evidence_log_prove_inclusion(bench->log, i, head.size, &proof, &err));
        Sm3Digest leaf = merkle_leaf_hash(entry);
        CHECK_OK(merkle_inclusion_verify(&leaf, i, head.size, &proof, &checkpoint.head.root, &err));
    }
    LogCheck check;
    CHECK_OK(evidence_log_fsck(bench->log, &check, &err));
    CHECK_INT(check.entries, head.size);
}

#endif
