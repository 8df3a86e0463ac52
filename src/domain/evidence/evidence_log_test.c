// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/evidence_log.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test/test.h"
#include "domain/evidence/log_files.h"

static const char ORIGIN[] = "evidence.example.cn/log1";

// A log with its key, on files in the test's directory.
typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    Time now;
    LogFiles *files;
    EvidenceLog *log;
} Bench;

static void make_key(Bench *bench)
{
    Error err = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {0};
    scalar[31] = 77;
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &bench->key, &err));
    bench->signer = signer_of_key(bench->key);
}

static bool try_open(Bench *bench, const char *directory, Error *err)
{
    if (!log_files_open(directory, 1, &bench->files, err)) {
        return false;
    }
    EvidenceLogConfig config = {
        .storage = log_files_storage(bench->files),
        .origin = ORIGIN,
        .signer = &bench->signer,
        .clock = clock_manual(&bench->now),
    };
    return evidence_log_open(&config, &bench->log, err);
}

static void open_log(Bench *bench, const char *directory)
{
    Error err = {0};
    CHECK_OK(try_open(bench, directory, &err));
}

static void close_log(Bench *bench)
{
    evidence_log_close(bench->log);
    log_files_close(bench->files);
    bench->log = NULL;
    bench->files = NULL;
}

static Bench new_bench(void)
{
    Bench bench = {0};
    make_key(&bench);
    return bench;
}

static void end_bench(Bench *bench)
{
    close_log(bench);
    sm2_private_key_free(bench->key);
}

static Bytes entry_text(char ret[32], uint64_t i)
{
    snprintf(ret, 32, "entry %llu", (unsigned long long)i);
    return bytes_of_text(ret);
}

static void append_range(Bench *bench, uint64_t first, uint64_t count)
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
static void append_many(Bench *bench, uint64_t first, uint64_t count)
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
static void check_all(Bench *bench, uint64_t expected_size)
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

TEST(entries_read_back_and_prove_after_reopening)
{
    const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 600};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        char directory[600];
        snprintf(directory, sizeof directory, "%s/log%zu", test_directory(), i);
        Bench bench = new_bench();
        open_log(&bench, directory);
        append_many(&bench, 0, sizes[i]);
        check_all(&bench, sizes[i]);
        close_log(&bench);
        open_log(&bench, directory);
        check_all(&bench, sizes[i]);
        append_range(&bench, sizes[i], 3);
        check_all(&bench, sizes[i] + 3);
        end_bench(&bench);
    }
}

TEST(the_root_is_that_of_the_entries_alone)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    append_many(&bench, 0, 700);
    MerkleFrontier frontier = {0};
    for (uint64_t i = 0; i < 700; i++) {
        char text[32];
        Sm3Digest leaf = merkle_leaf_hash(entry_text(text, i));
        merkle_frontier_append(&frontier, &leaf);
    }
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes note;
    MerkleHead head;
    CHECK_OK(evidence_log_checkpoint(bench.log, arena, &note, &head, &err));
    Sm3Digest root = merkle_frontier_root(&frontier);
    CHECK_BYTES(sm3_bytes(&head.root), sm3_bytes(&root));
    end_bench(&bench);
}

TEST(a_journal_that_is_full_goes_on_with_a_new_segment)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    static uint8_t large[30000];
    Error err = {0};
    for (uint64_t i = 0; i < 40; i++) {
        large[0] = (uint8_t)i;
        Bytes entry = BYTES_OF_ARRAY(large);
        uint64_t index;
        CHECK_OK(evidence_log_append(bench.log, &entry, 1, &index, &err));
        CHECK_INT(index, i);
    }
    close_log(&bench);
    open_log(&bench, directory);
    LogCheck check;
    CHECK_OK(evidence_log_fsck(bench.log, &check, &err));
    CHECK_INT(check.entries, 40);
    end_bench(&bench);
}

TEST(consistency_holds_between_all_published_sizes)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    MerkleHead heads[8];
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        append_many(&bench, i * 77, 77);
        Bytes note;
        CHECK_OK(evidence_log_checkpoint(bench.log, arena, &note, &heads[i], &err));
    }
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        for (size_t k = i; k < COUNT_OF(heads); k++) {
            MerkleProof proof;
            CHECK_OK(evidence_log_prove_consistency(bench.log, heads[i].size, heads[k].size, &proof,
                                                    &err));
            CHECK_OK(merkle_consistency_verify(&heads[i], &heads[k], &proof, &err));
        }
    }
    end_bench(&bench);
}

TEST(entries_that_are_empty_or_too_long_are_refused)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    Error err = {0};
    uint64_t index;
    static uint8_t large[ENTRY_MAX_BYTES + 1];
    Bytes empty = BYTES_EMPTY;
    Bytes long_entry = BYTES_OF_ARRAY(large);
    CHECK_FAILS(evidence_log_append(bench.log, &empty, 1, &index, &err), ERROR_INPUT);
    CHECK_FAILS(evidence_log_append(bench.log, &long_entry, 1, &index, &err), ERROR_INPUT);
    CHECK_FAILS(evidence_log_append(bench.log, &empty, 0, &index, &err), ERROR_LIMIT);
    CHECK_FAILS(evidence_log_append(bench.log, &empty, 1025, &index, &err), ERROR_LIMIT);
    append_range(&bench, 0, 1);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes entry;
    CHECK_FAILS(evidence_log_entry(bench.log, 1, arena, &entry, &err), ERROR_NOT_FOUND);
    MerkleProof proof;
    CHECK_FAILS(evidence_log_prove_inclusion(bench.log, 0, 2, &proof, &err), ERROR_NOT_FOUND);
    end_bench(&bench);
}

TEST(a_second_instance_cannot_open_the_log)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    Bench second = new_bench();
    Error err = {0};
    CHECK_FAILS(try_open(&second, directory, &err), ERROR_CONFLICT);
    end_bench(&second);
    append_range(&bench, 0, 2);
    end_bench(&bench);
}

TEST(another_key_cannot_continue_the_log)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    append_range(&bench, 0, 2);
    end_bench(&bench);
    Error err = {0};
    Bench other = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {0};
    scalar[31] = 78;
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &other.key, &err));
    other.signer = signer_of_key(other.key);
    CHECK_FAILS_WITH(try_open(&other, directory, &err), ERROR_UNTRUSTED, "checkpoint.signature");
    end_bench(&other);
}

static bool fails_to_sign(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    (void)e;
    (void)ret;
    const bool *is_down = signer->state;
    return error_set(err, *is_down ? ERROR_UNAVAILABLE : ERROR_INTERNAL, "test.down", NULL, "down");
}

TEST(a_signer_that_is_down_delays_and_loses_nothing)
{
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    append_range(&bench, 0, 2);
    bool is_down = true;
    Signer good = bench.signer;
    bench.signer.sign_digest = fails_to_sign;
    bench.signer.state = &is_down;
    Error err = {0};
    uint64_t index;
    Bytes entry = BYTES_LITERAL("entry 2");
    CHECK_FAILS(evidence_log_append(bench.log, &entry, 1, &index, &err), ERROR_UNAVAILABLE);
    bench.signer = good;
    append_range(&bench, 2, 2);
    check_all(&bench, 4);
    end_bench(&bench);
}

static void change_file(const char *directory, const char *name, off_t offset)
{
    char path[700];
    snprintf(path, sizeof path, "%s/public/%s", directory, name);
    int file = open(path, O_RDWR);
    uint8_t byte;
    CHECK(file >= 0 && pread(file, &byte, 1, offset) == 1);
    byte ^= 1;
    CHECK(pwrite(file, &byte, 1, offset) == 1);
    close(file);
}

// Covers: requirement E11
TEST(fsck_names_the_file_that_was_changed)
{
    const struct {
        const char *name;
        const char *damaged;
    } cases[] = {
        {"tile/entries/001", "tile/0/001"},
        {"tile/0/000", "tile/0/000"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char directory[600];
        snprintf(directory, sizeof directory, "%s/log%zu", test_directory(), i);
        Bench bench = new_bench();
        open_log(&bench, directory);
        append_many(&bench, 0, 600);
        change_file(directory, cases[i].name, 40);
        Error err = {0};
        LogCheck check;
        CHECK_FAILS_WITH(evidence_log_fsck(bench.log, &check, &err), ERROR_UNTRUSTED,
                         "log.damaged");
        CHECK_TEXT(check.first_damaged, cases[i].damaged);
        end_bench(&bench);
    }
}

static void copy_folder(const char *from, const char *to)
{
    char command[1400];
    snprintf(command, sizeof command, "rm -rf '%s' && cp -a '%s' '%s'", to, from, to);
    CHECK_INT(system(command), 0);
}

TEST(a_journal_put_back_to_an_older_state_is_refused)
{
    char directory[600], older[600];
    snprintf(directory, sizeof directory, "%s/log", test_directory());
    snprintf(older, sizeof older, "%s/older", test_directory());
    Bench bench = new_bench();
    open_log(&bench, directory);
    append_range(&bench, 0, 3);
    close_log(&bench);
    copy_folder(directory, older);
    open_log(&bench, directory);
    append_range(&bench, 3, 3);
    close_log(&bench);
    // The old journal beside the new published checkpoint.
    char command[1400];
    snprintf(command, sizeof command, "rm '%s'/journal.0* && cp '%s'/journal.0* '%s'/", directory,
             older, directory);
    CHECK_INT(system(command), 0);
    Error err = {0};
    CHECK_FAILS_WITH(try_open(&bench, directory, &err), ERROR_UNTRUSTED, "log.rolled_back");
    end_bench(&bench);
}

TEST(a_lost_journal_or_checkpoint_file_is_noticed)
{
    const char *const lost[] = {"journal.0*", "public/checkpoint"};
    for (size_t i = 0; i < COUNT_OF(lost); i++) {
        char directory[600];
        snprintf(directory, sizeof directory, "%s/log%zu", test_directory(), i);
        Bench bench = new_bench();
        open_log(&bench, directory);
        append_range(&bench, 0, 3);
        close_log(&bench);
        char command[1400];
        snprintf(command, sizeof command, "rm '%s'/%s", directory, lost[i]);
        CHECK_INT(system(command), 0);
        Error err = {0};
        CHECK_FAILS_WITH(try_open(&bench, directory, &err), ERROR_UNTRUSTED, "log.rolled_back");
        end_bench(&bench);
    }
}

TEST(lost_tiles_since_the_last_snapshot_are_written_again)
{
    char directory[600], command[1400];
    snprintf(directory, sizeof directory, "%s/log", test_directory());
    Bench bench = new_bench();
    open_log(&bench, directory);
    append_many(&bench, 0, 300);
    close_log(&bench);
    snprintf(command, sizeof command, "rm -r '%s'/public/tile", directory);
    CHECK_INT(system(command), 0);
    open_log(&bench, directory);
    check_all(&bench, 300);
    end_bench(&bench);
}

typedef struct {
    Bench *bench;
    unsigned id;
    bool ok;
    uint64_t indexes[50];
} Caller;

static void *append_as_caller(void *state)
{
    Caller *caller = state;
    caller->ok = true;
    for (unsigned i = 0; i < COUNT_OF(caller->indexes); i++) {
        char text[32];
        snprintf(text, sizeof text, "caller %u entry %u", caller->id, i);
        Bytes entry = bytes_of_text(text);
        Error err = {0};
        caller->ok = caller->ok &&
                     evidence_log_append(caller->bench->log, &entry, 1, &caller->indexes[i], &err);
    }
    return NULL;
}

TEST(concurrent_appenders_get_distinct_indexes_of_their_own_entries)
{
    enum { CALLERS = 16 };
    const char *directory = test_directory();
    Bench bench = new_bench();
    open_log(&bench, directory);
    static Caller callers[CALLERS];
    pthread_t threads[CALLERS];
    for (unsigned i = 0; i < CALLERS; i++) {
        callers[i] = (Caller){.bench = &bench, .id = i};
        CHECK_INT(pthread_create(&threads[i], NULL, append_as_caller, &callers[i]), 0);
    }
    for (unsigned i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
    }
    Error err = {0};
    for (unsigned i = 0; i < CALLERS; i++) {
        CHECK(callers[i].ok);
        for (unsigned k = 0; k < COUNT_OF(callers[i].indexes); k++) {
            CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
            char text[32];
            Bytes entry;
            snprintf(text, sizeof text, "caller %u entry %u", i, k);
            CHECK_OK(evidence_log_entry(bench.log, callers[i].indexes[k], arena, &entry, &err));
            CHECK_BYTES(entry, bytes_of_text(text));
        }
    }
    LogCheck check;
    CHECK_OK(evidence_log_fsck(bench.log, &check, &err));
    CHECK_INT(check.entries, CALLERS * 50);
    end_bench(&bench);
}

// What the child of the kill test does: append for ever, and tell each acknowledged index.
static void append_for_ever(Bench *bench, const char *directory, int acknowledged)
{
    Error err = {0};
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes note;
    MerkleHead head;
    if (!try_open(bench, directory, &err) ||
        !evidence_log_checkpoint(bench->log, arena, &note, &head, &err)) {
        _exit(1);
    }
    for (uint64_t i = head.size;; i++) {
        char text[32];
        Bytes entry = entry_text(text, i);
        uint64_t index;
        if (!evidence_log_append(bench->log, &entry, 1, &index, &err) || index != i ||
            write(acknowledged, &index, sizeof index) != (ssize_t)sizeof index) {
            _exit(1);
        }
        bench->now += TIME_SECOND / 10;
    }
}

TEST(nothing_acknowledged_is_lost_by_kill_9)
{
    enum { ROUNDS = 20 };
    char directory[600];
    snprintf(directory, sizeof directory, "%s/log", test_directory());
    Bench bench = new_bench();
    uint64_t acknowledged = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        int pipes[2];
        CHECK_INT(pipe(pipes), 0);
        fflush(stdout);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            close(pipes[0]);
            append_for_ever(&bench, directory, pipes[1]);
        }
        close(pipes[1]);
        uint64_t index;
        // Kill after a number of entries that differs from round to round, at whatever point
        // of the next append the child then is.
        for (unsigned i = 0; i < 7 + 5 * round; i++) {
            CHECK(read(pipes[0], &index, sizeof index) == (ssize_t)sizeof index);
            acknowledged = index + 1;
        }
        kill(child, SIGKILL);
        while (read(pipes[0], &index, sizeof index) == (ssize_t)sizeof index) {
            acknowledged = index + 1;
        }
        close(pipes[0]);
        int status;
        CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
        open_log(&bench, directory);
        Error err = {0};
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Bytes note;
        MerkleHead head;
        CHECK_OK(evidence_log_checkpoint(bench.log, arena, &note, &head, &err));
        CHECK(head.size >= acknowledged);
        if (round == ROUNDS - 1) {
            check_all(&bench, head.size);
        }
        close_log(&bench);
    }
    end_bench(&bench);
}
