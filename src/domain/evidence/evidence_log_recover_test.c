// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test/test.h"
#include "domain/evidence/evidence_log_fixture.h"

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

// Covers: E11.
TEST(fsck_names_the_file_that_was_changed)
{
    const struct {
        const char *name;
        const char *damaged;
    } cases[] = {
        {"tile/entries/001", "tile/entries/001"},
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
        CHECK_TEXT(check.damaged[0], cases[i].damaged);
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
