// SPDX-License-Identifier: Apache-2.0
#include "base/store/journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test/test.h"

typedef struct {
    size_t count;
    char texts[64][32];
} Replayed;

static bool replay(void *state, Bytes record, Error *err)
{
    Replayed *replayed = state;
    (void)err;
    if (replayed->count < 64) {
        size_t len = record.len < 31 ? record.len : 31;
        memcpy(replayed->texts[replayed->count], record.data, len);
        replayed->texts[replayed->count][len] = '\0';
    }
    replayed->count++;
    return true;
}

static Journal *open_journal(const char *directory, Replayed *replayed)
{
    Error err = {0};
    Journal *journal = NULL;
    memset(replayed, 0, sizeof *replayed);
    CHECK_OK(journal_open(directory, 0, replay, replayed, &journal, &err));
    return journal;
}

static Journal *filled_journal(const char *directory)
{
    Error err = {0};
    Replayed replayed;
    Journal *journal = open_journal(directory, &replayed);
    CHECK(journal_is_new(journal));
    CHECK_OK(journal_rotate(journal, BYTES_LITERAL("start"), &err));
    CHECK_OK(journal_append(journal, BYTES_LITERAL("one"), &err));
    CHECK_OK(journal_append(journal, BYTES_LITERAL("two"), &err));
    return journal;
}

// Path of the one segment file.
static const char *segment_path(const char *directory)
{
    static char path[512];
    path[0] = '\0';
    DIR *listing = opendir(directory);
    const struct dirent *entry;
    while ((entry = readdir(listing)) != NULL) {
        if (strncmp(entry->d_name, "journal.0", 9) == 0) {
            snprintf(path, sizeof path, "%s/%.64s", directory, entry->d_name);
        }
    }
    closedir(listing);
    return path;
}

// Flip a byte of the segment file. With a snapshot of 5 and records of 3 bytes, records start
// at 0, 32 and 64, and the end is at 96.
static void flip_byte(const char *directory, off_t offset)
{
    int file = open(segment_path(directory), O_RDWR);
    uint8_t byte;
    CHECK(file >= 0 && pread(file, &byte, 1, offset) == 1);
    byte ^= 0x40;
    CHECK(pwrite(file, &byte, 1, offset) == 1);
    close(file);
}

TEST(appended_records_are_replayed_in_order)
{
    const char *directory = test_directory();
    journal_close(filled_journal(directory));
    Replayed replayed;
    journal_close(open_journal(directory, &replayed));
    CHECK_INT(replayed.count, 3);
    CHECK_TEXT(replayed.texts[0], "start");
    CHECK_TEXT(replayed.texts[1], "one");
    CHECK_TEXT(replayed.texts[2], "two");
}

TEST(a_second_instance_is_locked_out)
{
    const char *directory = test_directory();
    Journal *journal = filled_journal(directory);
    Error err = {0};
    Replayed replayed = {0};
    Journal *second;
    CHECK_FAILS_WITH(journal_open(directory, 0, replay, &replayed, &second, &err), ERROR_CONFLICT,
                     "journal.locked");
    journal_close(journal);
}

TEST(a_torn_last_record_is_cut_and_its_place_used_again)
{
    const off_t offsets[] = {64, 70, 80, 88, 90};
    for (size_t i = 0; i < COUNT_OF(offsets); i++) {
        const char *directory = test_directory();
        journal_close(filled_journal(directory));
        flip_byte(directory, offsets[i]);
        Replayed replayed;
        Journal *journal = open_journal(directory, &replayed);
        CHECK_INT(replayed.count, 2);
        Error err = {0};
        CHECK_OK(journal_append(journal, BYTES_LITERAL("again"), &err));
        journal_close(journal);
        journal_close(open_journal(directory, &replayed));
        CHECK_INT(replayed.count, 3);
        CHECK_TEXT(replayed.texts[2], "again");
        unlink(segment_path(directory));
    }
}

TEST(garbage_after_the_last_record_is_cut)
{
    const char *directory = test_directory();
    journal_close(filled_journal(directory));
    flip_byte(directory, 4000);
    Replayed replayed;
    journal_close(open_journal(directory, &replayed));
    CHECK_INT(replayed.count, 3);
}

TEST(a_damaged_record_before_a_good_one_is_refused_not_cut)
{
    const char *directory = test_directory();
    journal_close(filled_journal(directory));
    flip_byte(directory, 34);
    Error err = {0};
    Replayed replayed = {0};
    Journal *journal;
    CHECK_FAILS_WITH(journal_open(directory, 0, replay, &replayed, &journal, &err), ERROR_UNTRUSTED,
                     "journal.corrupt");
}

TEST(a_damaged_snapshot_is_refused)
{
    const char *directory = test_directory();
    journal_close(filled_journal(directory));
    flip_byte(directory, 26);
    Error err = {0};
    Replayed replayed = {0};
    Journal *journal;
    CHECK_FAILS_WITH(journal_open(directory, 0, replay, &replayed, &journal, &err), ERROR_UNTRUSTED,
                     "journal.corrupt");
}

TEST(rotation_starts_with_the_snapshot_and_drops_the_rest)
{
    const char *directory = test_directory();
    Journal *journal = filled_journal(directory);
    Error err = {0};
    CHECK_OK(journal_rotate(journal, BYTES_LITERAL("base"), &err));
    CHECK_OK(journal_append(journal, BYTES_LITERAL("three"), &err));
    journal_close(journal);
    Replayed replayed;
    journal_close(open_journal(directory, &replayed));
    CHECK_INT(replayed.count, 2);
    CHECK_TEXT(replayed.texts[0], "base");
    CHECK_TEXT(replayed.texts[1], "three");
}

TEST(a_full_segment_says_so_until_it_is_rotated)
{
    const char *directory = test_directory();
    Journal *journal = filled_journal(directory);
    Error err = {0};
    static uint8_t block[100 * 1024];
    CHECK_OK(journal_append(journal, BYTES_OF_ARRAY(block), &err));
    CHECK_OK(journal_append(journal, BYTES_OF_ARRAY(block), &err));
    CHECK(!journal_has_room(journal, sizeof block));
    CHECK_FAILS_WITH(journal_append(journal, BYTES_OF_ARRAY(block), &err), ERROR_LIMIT,
                     "journal.full");
    CHECK_OK(journal_rotate(journal, BYTES_LITERAL("base"), &err));
    CHECK_OK(journal_append(journal, BYTES_OF_ARRAY(block), &err));
    journal_close(journal);
}

TEST(a_write_behind_our_back_is_seen_and_stops_the_journal)
{
    const char *directory = test_directory();
    Journal *journal = filled_journal(directory);
    flip_byte(directory, 100);
    Error err = {0};
    CHECK_FAILS_WITH(journal_append(journal, BYTES_LITERAL("x"), &err), ERROR_CONFLICT,
                     "journal.forked");
    CHECK_FAILS_WITH(journal_append(journal, BYTES_LITERAL("x"), &err), ERROR_CONFLICT,
                     "journal.forked");
    CHECK_FAILS_WITH(journal_rotate(journal, BYTES_LITERAL("x"), &err), ERROR_CONFLICT,
                     "journal.forked");
    CHECK_FAILS_WITH(journal_hold(journal, &err), ERROR_CONFLICT, "journal.forked");
    journal_close(journal);
}

TEST(a_journal_is_read_without_its_lock_and_without_changing_it)
{
    const char *directory = test_directory();
    Journal *journal = filled_journal(directory);
    flip_byte(directory, 100);
    Error err = {0};
    Replayed replayed = {.count = 0};
    CHECK_OK(journal_read(directory, replay, &replayed, &err));
    CHECK_INT(replayed.count, 3);
    CHECK_TEXT(replayed.texts[2], "two");
    // What lies behind the last record is still there.
    CHECK_FAILS(journal_append(journal, BYTES_LITERAL("x"), &err), ERROR_CONFLICT);
    flip_byte(directory, 70);
    CHECK_OK(journal_read(directory, replay, &replayed, &err));
    flip_byte(directory, 40);
    flip_byte(directory, 70);
    CHECK_FAILS_WITH(journal_read(directory, replay, &replayed, &err), ERROR_UNTRUSTED,
                     "journal.corrupt");
    CHECK_FAILS(journal_read("/nonexistent", replay, &replayed, &err), ERROR_INTERNAL);
    journal_close(journal);
}

TEST(a_replaced_segment_is_seen)
{
    const char *directory = test_directory();
    Journal *journal = filled_journal(directory);
    unlink(segment_path(directory));
    Error err = {0};
    CHECK_FAILS_WITH(journal_append(journal, BYTES_LITERAL("x"), &err), ERROR_CONFLICT,
                     "journal.forked");
    journal_close(journal);
}

TEST(an_unfinished_segment_is_ignored)
{
    const char *directory = test_directory();
    journal_close(filled_journal(directory));
    char path[512];
    snprintf(path, sizeof path, "%s/journal.00000000000000ff.new", directory);
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    fputs("torn", file);
    fclose(file);
    Replayed replayed;
    journal_close(open_journal(directory, &replayed));
    CHECK_INT(replayed.count, 3);
    CHECK(access(path, F_OK) != 0);
}

static void rotate_and_append(Journal *journal)
{
    Error err = {0};
    CHECK_OK(journal_rotate(journal, BYTES_LITERAL("base"), &err));
    CHECK_OK(journal_append(journal, BYTES_LITERAL("three"), &err));
}

static void check_rotated(const char *directory)
{
    Replayed replayed;
    journal_close(open_journal(directory, &replayed));
    CHECK_INT(replayed.count, 2);
    CHECK_TEXT(replayed.texts[0], "base");
    CHECK_TEXT(replayed.texts[1], "three");
}

static off_t size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : -1;
}

TEST(the_next_segment_is_made_while_the_present_one_fills)
{
    const char *directory = test_directory();
    Journal *journal = filled_journal(directory);
    char path[512];
    snprintf(path, sizeof path, "%s/journal.next.new", directory);
    off_t begun = size_of(path);
    static uint8_t block[100 * 1024];
    Error err = {0};
    CHECK(begun > 0 && begun < JOURNAL_SEGMENT_MIN);
    CHECK_OK(journal_append(journal, BYTES_OF_ARRAY(block), &err));
    CHECK_INT(size_of(path), JOURNAL_SEGMENT_MIN);
    rotate_and_append(journal);
    CHECK_INT(size_of(segment_path(directory)), JOURNAL_SEGMENT_MIN);
    CHECK(size_of(path) < JOURNAL_SEGMENT_MIN);
    journal_close(journal);
    check_rotated(directory);
    CHECK_INT(size_of(path), -1);
}

TEST(a_next_segment_that_is_gone_or_somebody_elses_is_made_anew)
{
    for (unsigned is_replaced = 0; is_replaced < 2; is_replaced++) {
        char directory[512], path[600];
        snprintf(directory, sizeof directory, "%s/%u", test_directory(), is_replaced);
        CHECK_INT(mkdir(directory, 0755), 0);
        snprintf(path, sizeof path, "%s/journal.next.new", directory);
        Journal *journal = filled_journal(directory);
        CHECK_INT(unlink(path), 0);
        if (is_replaced == 1) {
            FILE *file = fopen(path, "w");
            CHECK(file != NULL && fputs("not zeros", file) >= 0 && fclose(file) == 0);
        }
        rotate_and_append(journal);
        journal_close(journal);
        check_rotated(directory);
    }
}
