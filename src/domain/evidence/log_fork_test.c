// SPDX-License-Identifier: Apache-2.0
//
// Instances that are not kept apart (their lock was removed, or one was stopped) never fork a log.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/test/test.h"
#include "domain/evidence/evidence_log_fixture.h"
#include "domain/evidence/log_storage_fixture.h"

static void remove_lock(const char *directory)
{
    char path[700];
    snprintf(path, sizeof path, "%s/journal.lock", directory);
    (void)unlink(path);
}

typedef struct {
    LogFiles *files[2];
} TwoFiles;

static LogStorage reopen_files(void *state, unsigned instance)
{
    TwoFiles *two = state;
    Error err = {0};
    log_files_close(two->files[instance]);
    two->files[instance] = NULL;
    remove_lock(test_directory());
    CHECK_OK(log_files_open(test_directory(), 0, &two->files[instance], &err));
    return log_files_storage(two->files[instance]);
}

TEST(plain_files_keep_what_a_storage_promises)
{
    TwoFiles two = {{NULL, NULL}};
    const StorageUnderTest test = {&two, reopen_files};
    storage_check(&test);
    log_files_close(two.files[0]);
    log_files_close(two.files[1]);
}

// What somebody was told.
typedef struct {
    uint64_t index;
    uint32_t writer, number;
} Acknowledged;

static Bytes writer_text(char ret[48], const Acknowledged *told)
{
    snprintf(ret, 48, "writer %u entry %u", told->writer, told->number);
    return bytes_of_text(ret);
}

typedef struct {
    const char *directory;
    unsigned id, count;
    int told;  // pipe
    bool ok;
} WriterState;

// Append `count` entries, and begin anew whenever the other one was faster.
static void *write_entries(void *argument)
{
    WriterState *writer = argument;
    Bench bench = new_bench();
    writer->ok = true;
    for (uint32_t i = 0; i < writer->count && writer->ok;) {
        Error err = {0};
        Acknowledged told = {.writer = writer->id, .number = i};
        char text[48];
        Bytes entry = writer_text(text, &told);
        if (bench.log == NULL) {
            remove_lock(writer->directory);
            bool is_open = try_open(&bench, writer->directory, &err);
            if (!is_open) {
                close_log(&bench);
                // The other may publish between our reading the journal and the checkpoint.
                writer->ok = err.kind == ERROR_CONFLICT ||
                             (err.kind == ERROR_UNTRUSTED && strncmp(err.code, "log.", 4) == 0);
                continue;
            }
        }
        if (evidence_log_append(bench.log, &entry, 1, &told.index, &err)) {
            writer->ok = write(writer->told, &told, sizeof told) == (ssize_t)sizeof told;
            i++;
        } else {
            writer->ok = err.kind == ERROR_CONFLICT;
            close_log(&bench);
        }
    }
    end_bench(&bench);
    return NULL;
}

// Every acknowledged entry is where its writer was told, and there is nothing else.
static void check_told(const char *directory, int told, uint64_t count)
{
    Bench bench = new_bench();
    Error err = {0};
    remove_lock(directory);
    open_log(&bench, directory);
    for (uint64_t i = 0; i < count; i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Acknowledged one;
        char text[48];
        Bytes entry;
        CHECK(read(told, &one, sizeof one) == (ssize_t)sizeof one);
        CHECK_OK(evidence_log_entry(bench.log, one.index, arena, &entry, &err));
        CHECK_BYTES(entry, writer_text(text, &one));
    }
    LogCheck check;
    CHECK_OK(evidence_log_fsck(bench.log, &check, &err));
    CHECK_INT(check.entries, count);
    end_bench(&bench);
}

enum { WRITERS = 3, ENTRIES = 40 };

TEST(threads_with_an_instance_each_never_fork_the_log)
{
    int pipes[2];
    pthread_t threads[WRITERS];
    WriterState writers[WRITERS];
    CHECK_INT(pipe(pipes), 0);
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = (WriterState){test_directory(), i, ENTRIES, pipes[1], false};
        CHECK_INT(pthread_create(&threads[i], NULL, write_entries, &writers[i]), 0);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(writers[i].ok);
    }
    check_told(test_directory(), pipes[0], WRITERS * ENTRIES);
    close(pipes[0]);
    close(pipes[1]);
}

TEST(processes_with_an_instance_each_never_fork_the_log)
{
    int pipes[2];
    pid_t children[WRITERS];
    const char *directory = test_directory();
    CHECK_INT(pipe(pipes), 0);
    fflush(stdout);
    for (unsigned i = 0; i < WRITERS; i++) {
        children[i] = fork();
        CHECK(children[i] >= 0);
        if (children[i] == 0) {
            WriterState writer = {directory, i, ENTRIES, pipes[1], false};
            write_entries(&writer);
            _exit(writer.ok ? 0 : 1);
        }
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        int status;
        CHECK(waitpid(children[i], &status, 0) == children[i]);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    check_told(test_directory(), pipes[0], WRITERS * ENTRIES);
    close(pipes[0]);
    close(pipes[1]);
}

// Append until it fails; the exit code says whether that was for the right reason.
static void append_until_overtaken(const char *directory, int told)
{
    Bench bench = new_bench();
    Error err = {0};
    open_log(&bench, directory);
    for (uint32_t i = 0;; i++) {
        Acknowledged one = {.writer = 0, .number = i};
        char text[48];
        Bytes entry = writer_text(text, &one);
        // So that publishing is interrupted too.
        bench.now += TIME_SECOND / 4;
        if (!evidence_log_append(bench.log, &entry, 1, &one.index, &err)) {
            Error ignored = {0};
            bool published = evidence_log_publish(bench.log, &ignored);
            end_bench(&bench);
            _exit(err.kind == ERROR_CONFLICT && !published ? 0 : 1);
        }
        if (write(told, &one, sizeof one) != (ssize_t)sizeof one) {
            _exit(2);
        }
    }
}

static void take_told(int told, unsigned count, Acknowledged *ret, size_t *ret_count, size_t max)
{
    for (unsigned i = 0; i < count && *ret_count < max; i++) {
        CHECK(read(told, &ret[*ret_count], sizeof *ret) == (ssize_t)sizeof *ret);
        (*ret_count)++;
    }
}

// Stop the child at some point and take its log over. It may hold the lock just then, in which case
// nobody can take over and it is let go on.
static void overtake(Bench *bench, pid_t child, int told, Acknowledged *ret, size_t *ret_count,
                     size_t max)
{
    Error err = {0};
    for (unsigned tries = 0; tries < 100; tries++) {
        CHECK_INT(kill(child, SIGSTOP), 0);
        int status;
        CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
        remove_lock(test_directory());
        err = (Error){0};
        if (try_open(bench, test_directory(), &err)) {
            return;
        }
        CHECK(err.kind == ERROR_CONFLICT);
        close_log(bench);
        CHECK_INT(kill(child, SIGCONT), 0);
        take_told(told, 1, ret, ret_count, max);
    }
    CHECK_OK(false);
}

TEST(an_instance_that_was_stopped_while_another_took_over_can_add_nothing)
{
    enum { ROUNDS = 5, TOLD_MAX = 20000 };
    static Acknowledged told[TOLD_MAX];
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = 0;
        int pipes[2];
        CHECK_INT(pipe(pipes), 0);
        char command[700];
        snprintf(command, sizeof command, "rm -rf '%s'/*", test_directory());
        CHECK_INT(system(command), 0);
        fflush(stdout);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            close(pipes[0]);
            append_until_overtaken(test_directory(), pipes[1]);
        }
        close(pipes[1]);
        take_told(pipes[0], 5 + 11 * round, told, &count, TOLD_MAX);
        Bench bench = new_bench();
        overtake(&bench, child, pipes[0], told, &count, TOLD_MAX);
        Error err = {0};
        Acknowledged mine = {.writer = 1};
        char text[48];
        Bytes entry = writer_text(text, &mine);
        CHECK_OK(evidence_log_append(bench.log, &entry, 1, &mine.index, &err));
        CHECK_INT(kill(child, SIGCONT), 0);
        int status;
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
        CHECK_INT(WEXITSTATUS(status), 0);
        while (count < TOLD_MAX &&
               read(pipes[0], &told[count], sizeof told[count]) == (ssize_t)sizeof told[count]) {
            count++;
        }
        close(pipes[0]);
        for (size_t i = 0; i < count; i++) {
            CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
            CHECK(told[i].index < mine.index);
            CHECK_OK(evidence_log_entry(bench.log, told[i].index, arena, &entry, &err));
            CHECK_BYTES(entry, writer_text(text, &told[i]));
        }
        LogCheck check;
        CHECK_OK(evidence_log_publish(bench.log, &err));
        CHECK_OK(evidence_log_fsck(bench.log, &check, &err));
        CHECK_INT(check.entries, mine.index + 1);
        end_bench(&bench);
    }
}

TEST(a_log_that_another_began_meanwhile_is_not_begun_again)
{
    Error err = {0};
    Bench first = new_bench(), second = new_bench();
    TwoFiles two = {{NULL, NULL}};
    StorageRecords records;
    const StorageUnderTest test = {&two, reopen_files};
    LogStorage late = storage_load(&test, 0, &records);
    CHECK_INT(records.count, 0);
    remove_lock(test_directory());
    open_log(&first, test_directory());
    // Enough for the first segment to be gone.
    static uint8_t large[30000];
    for (unsigned i = 0; i < 20; i++) {
        uint64_t index;
        Bytes entry = BYTES_OF_ARRAY(large);
        CHECK_OK(evidence_log_append(first.log, &entry, 1, &index, &err));
    }
    CHECK_FAILS(late.write(late.state, "checkpoint", BYTES_LITERAL("none"), true, &err),
                ERROR_CONFLICT);
    CHECK_FAILS(late.snapshot(late.state, 0, BYTES_LITERAL("none"), &err), ERROR_CONFLICT);
    end_bench(&first);
    end_bench(&second);
    log_files_close(two.files[0]);
    log_files_close(two.files[1]);
}

TEST(a_forked_process_cannot_write_through_the_log_of_its_parent)
{
    Bench bench = new_bench();
    open_log(&bench, test_directory());
    append_range(&bench, 0, 3);
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        Error err = {0};
        uint64_t index;
        Bytes entry = BYTES_LITERAL("fork");
        bool ok = evidence_log_append(bench.log, &entry, 1, &index, &err);
        _exit(!ok && err.kind == ERROR_CONFLICT ? 0 : 1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 0);
    append_range(&bench, 3, 2);
    check_all(&bench, 5);
    end_bench(&bench);
}
