// SPDX-License-Identifier: Apache-2.0
//
// Finding, reading and cutting segments.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/store/journal_record.h"
#include "base/store/journal_state.h"

bool journal_io_failed(const char *what, Error *err)
{
    return error_set(err, ERROR_INTERNAL, "journal.io", NULL, "cannot %s the journal: %s", what,
                     strerror(errno));
}

bool journal_write_all(int file, size_t offset, Bytes bytes)
{
    while (bytes.len > 0) {
        ssize_t n = pwrite(file, bytes.data, bytes.len, (off_t)offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        offset += (size_t)n;
        bytes = bytes_from(bytes, (size_t)n);
    }
    return true;
}

bool journal_write_zeros(int file, size_t offset, size_t end)
{
    static const uint8_t zeros[64 * 1024];
    while (offset < end) {
        size_t len = end - offset < sizeof zeros ? end - offset : sizeof zeros;
        if (!journal_write_all(file, offset, bytes_of(zeros, len))) {
            return false;
        }
        offset += len;
    }
    return true;
}

static bool read_all(int file, Writer *ret)
{
    uint8_t block[64 * 1024];
    off_t offset = 0;
    for (;;) {
        ssize_t n = pread(file, block, sizeof block, offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n == 0 && !ret->failed;
        }
        writer_put(ret, bytes_of(block, (size_t)n));
        offset += n;
    }
}

bool journal_is_zero(Bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] != 0) {
            return false;
        }
    }
    return true;
}

static bool corrupt(const char *why, Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "journal.corrupt", NULL, "the journal %s", why);
}

// A bad record is a torn tail only if nothing good follows it; otherwise what was acknowledged
// is damaged, and cutting it silently would lose evidence.
static bool check_tail(Bytes tail, uint64_t sequence, Error *err)
{
    for (size_t offset = JOURNAL_ALIGNMENT; offset < tail.len; offset += JOURNAL_ALIGNMENT) {
        uint64_t found;
        Bytes record;
        if (journal_record_parse(bytes_from(tail, offset), &found, &record) && found >= sequence) {
            return corrupt("has a damaged record before a good one", err);
        }
    }
    return true;
}

// Hand over the good records from the start; what follows them is `ret_tail`.
static bool replay_records(Journal *journal, Bytes whole, JournalReplay *replay, void *state,
                           Bytes *ret_tail, Error *err)
{
    Bytes record;
    uint64_t sequence;
    while (journal_record_parse(bytes_from(whole, journal->position), &sequence, &record) &&
           (journal->position == 0 || sequence == journal->sequence)) {
        if (!replay(state, record, err)) {
            return false;
        }
        journal->sequence = sequence + 1;
        journal->position += journal_record_space(record.len);
    }
    journal->size = whole.len;
    if (journal->position == 0) {
        return corrupt("has no snapshot at its start", err);
    }
    *ret_tail = bytes_from(whole, journal->position);
    return journal_is_zero(*ret_tail) || check_tail(*ret_tail, journal->sequence, err);
}

bool journal_replay(Journal *journal, JournalReplay *replay, void *state, Error *err)
{
    CLEANUP(writer_free) Writer content = writer_new(SIZE_MAX / 2);
    Bytes tail;
    if (!read_all(journal->segment, &content)) {
        return journal_io_failed("read", err);
    }
    Bytes whole = writer_bytes(&content);
    if (!replay_records(journal, whole, replay, state, &tail, err)) {
        return false;
    }
    if (!journal_is_zero(tail) &&
        !journal_write_zeros(journal->segment, journal->position, whole.len)) {
        return journal_io_failed("cut", err);
    }
    // Whoever wrote the last record may have died before it was on disk; from here on it counts.
    return fdatasync(journal->segment) == 0 || journal_io_failed("sync", err);
}

enum { SEGMENTS_MAX = 8 };

// The segments in the directory, finished or not; the name of the newest finished one goes to the
// journal.
static bool list_segments(Journal *journal, SegmentName ret[SEGMENTS_MAX], size_t *ret_count,
                          Error *err)
{
    int copy = openat(journal->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = copy < 0 ? NULL : fdopendir(copy);
    if (listing == NULL) {
        if (copy >= 0) {
            close(copy);
        }
        return journal_io_failed("list", err);
    }
    size_t count = 0;
    const struct dirent *entry;
    while ((entry = readdir(listing)) != NULL && count < SEGMENTS_MAX) {
        if (strncmp(entry->d_name, "journal.", 8) == 0 &&
            strlen(entry->d_name) < SEGMENT_NAME_SIZE &&
            strcmp(entry->d_name, "journal.lock") != 0) {
            snprintf(ret[count++].text, SEGMENT_NAME_SIZE, "%s", entry->d_name);
        }
    }
    closedir(listing);
    for (size_t i = 0; i < count; i++) {
        bool is_whole = strstr(ret[i].text, ".new") == NULL;
        if (is_whole && strcmp(ret[i].text, journal->name.text) > 0) {
            journal->name = ret[i];
        }
    }
    *ret_count = count;
    return true;
}

// Find the newest segment; delete what a crash left behind: older segments, whose content the
// newest one's snapshot supersedes, and unfinished new ones.
bool journal_find_segment(Journal *journal, bool *ret_found, Error *err)
{
    SegmentName names[SEGMENTS_MAX];
    size_t count;
    if (!list_segments(journal, names, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i].text, journal->name.text) != 0 &&
            unlinkat(journal->directory, names[i].text, 0) != 0) {
            return journal_io_failed("clean", err);
        }
    }
    *ret_found = journal->name.text[0] != '\0';
    return true;
}

bool journal_read(const char *directory, JournalReplay *replay, void *state, Error *err)
{
    CLEANUP(journal_cleanup) Journal *journal = calloc(1, sizeof *journal);
    CLEANUP(writer_free) Writer content = writer_new(SIZE_MAX / 2);
    SegmentName names[SEGMENTS_MAX];
    size_t count;
    Bytes tail;
    if (journal == NULL) {
        return error_memory(err);
    }
    *journal = (Journal){.lock = -1, .segment = -1, .spare = -1, .sequence = 1};
    journal->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (journal->directory < 0) {
        return journal_io_failed("open the directory of", err);
    }
    if (!list_segments(journal, names, &count, err)) {
        return false;
    }
    if (journal->name.text[0] == '\0') {
        return true;
    }
    journal->segment = openat(journal->directory, journal->name.text, O_RDONLY | O_CLOEXEC);
    if (journal->segment < 0 || !read_all(journal->segment, &content)) {
        return journal_io_failed("read", err);
    }
    return replay_records(journal, writer_bytes(&content), replay, state, &tail, err);
}
