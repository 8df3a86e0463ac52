// SPDX-License-Identifier: Apache-2.0
#include "base/store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/store/journal_record.h"
#include "base/store/journal_state.h"

// In tries of a millisecond.
enum { LOCK_TRIES = 500 };

static void segment_name(uint64_t sequence, char ret[SEGMENT_NAME_SIZE])
{
    snprintf(ret, SEGMENT_NAME_SIZE, "journal.%016" PRIx64, sequence);
}

static bool open_files(Journal *journal, const char *directory, Error *err)
{
    journal->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (journal->directory < 0) {
        return journal_io_failed("open the directory of", err);
    }
    journal->lock = openat(journal->directory, "journal.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (journal->lock < 0) {
        return journal_io_failed("open the lock of", err);
    }
    if (flock(journal->lock, LOCK_EX | LOCK_NB) != 0) {
        return error_set(err, ERROR_CONFLICT, "journal.locked", NULL,
                         "the journal is open elsewhere");
    }
    return true;
}

// Whoever has the lock of the directory for long is another instance, and stopped: not waited for.
static bool lock_directory(const Journal *journal, Error *err)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    for (unsigned i = 0; i < LOCK_TRIES; i++) {
        if (flock(journal->directory, LOCK_EX | LOCK_NB) == 0) {
            return true;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return journal_io_failed("lock", err);
        }
        nanosleep(&pause, NULL);
    }
    return error_set(err, ERROR_CONFLICT, "journal.locked", NULL,
                     "somebody else is writing to the journal");
}

static void unlock_directory(const Journal *journal)
{
    (void)flock(journal->directory, LOCK_UN);
}

// Under the lock, so that a record that another instance is writing is not taken for torn.
static bool load(Journal *journal, JournalReplay *replay, void *state, Error *err)
{
    bool found;
    if (!journal_find_segment(journal, &found, err)) {
        return false;
    }
    if (!found) {
        return true;
    }
    journal->segment = openat(journal->directory, journal->name.text, O_RDWR | O_CLOEXEC);
    return journal->segment < 0 ? journal_io_failed("open", err)
                                : journal_replay(journal, replay, state, err);
}

bool journal_open(const char *directory, size_t segment_bytes, JournalReplay *replay, void *state,
                  Journal **ret, Error *err)
{
    CLEANUP(journal_cleanup) Journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL) {
        return error_memory(err);
    }
    *journal = (Journal){
        .directory = -1, .lock = -1, .segment = -1, .spare = -1, .sequence = 1, .owner = getpid()};
    journal->segment_bytes =
        segment_bytes < JOURNAL_SEGMENT_MIN ? JOURNAL_SEGMENT_MIN : segment_bytes;
    if (!open_files(journal, directory, err) || !lock_directory(journal, err)) {
        return false;
    }
    bool ok = load(journal, replay, state, err);
    unlock_directory(journal);
    if (!ok) {
        return false;
    }
    *ret = journal;
    journal = NULL;
    return true;
}

void journal_close(Journal *journal)
{
    if (journal == NULL) {
        return;
    }
    journal_spare_drop(journal);
    if (journal->segment >= 0) {
        close(journal->segment);
    }
    if (journal->lock >= 0) {
        close(journal->lock);
    }
    if (journal->directory >= 0) {
        close(journal->directory);
    }
    free(journal);
}

void journal_cleanup(Journal **journal)
{
    journal_close(*journal);
    *journal = NULL;
}

static bool forked(Journal *journal, Error *err)
{
    journal->broken = true;
    journal->is_forked = true;
    return error_set(err, ERROR_CONFLICT, "journal.forked", NULL,
                     "somebody else wrote to the journal");
}

// True when the file that is open is still the newest segment, of that name.
static bool is_newest(const Journal *journal)
{
    struct stat open_file, named;
    char next[SEGMENT_NAME_SIZE];
    segment_name(journal->sequence, next);
    return fstat(journal->segment, &open_file) == 0 &&
           fstatat(journal->directory, journal->name.text, &named, 0) == 0 &&
           open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino &&
           faccessat(journal->directory, next, F_OK, 0) != 0;
}

// True while nobody has begun the journal.
static bool is_empty(const Journal *journal)
{
    bool found;
    Journal now = {.directory = journal->directory};
    return journal_find_segment(&now, &found, NULL) && !found;
}

// journal.lock keeps honest instances apart for as long as they run. It may have been removed, or
// this process been stopped while another took over; so every write is a compare-and-swap under a
// lock of the directory itself: it happens only where nobody has written since our last record.
static bool begin_write(Journal *journal, Error *err)
{
    uint8_t header[JOURNAL_HEADER_SIZE];
    if (journal->is_forked) {
        return forked(journal, err);
    }
    if (journal->broken) {
        return error_set(err, ERROR_UNAVAILABLE, "journal.broken", NULL,
                         "the journal failed before and has to be opened again");
    }
    // A forked child has our locks too, so they would not keep it apart.
    if (journal->owner != getpid()) {
        return forked(journal, err);
    }
    if (!lock_directory(journal, err)) {
        journal->broken = true;
        return false;
    }
    bool is_new = journal->segment < 0;
    if (is_new && !is_empty(journal)) {
        unlock_directory(journal);
        return forked(journal, err);
    }
    if (is_new) {
        return true;
    }
    size_t room = journal->size - journal->position;
    size_t len = room < sizeof header ? room : sizeof header;
    bool is_ours = is_newest(journal);
    if (is_ours && pread(journal->segment, header, len, (off_t)journal->position) != (ssize_t)len) {
        journal->broken = true;
        unlock_directory(journal);
        return journal_io_failed("check", err);
    }
    if (!is_ours || !journal_is_zero(bytes_of(header, len))) {
        unlock_directory(journal);
        return forked(journal, err);
    }
    return true;
}

bool journal_hold(Journal *journal, Error *err)
{
    return begin_write(journal, err);
}

void journal_release(Journal *journal)
{
    unlock_directory(journal);
}

size_t journal_record_limit(const Journal *journal)
{
    return journal->segment_bytes / 2 - JOURNAL_RECORD_OVERHEAD;
}

bool journal_has_room(const Journal *journal, size_t record_len)
{
    return record_len < UINT32_MAX && journal->segment >= 0 &&
           journal->position + journal_record_space(record_len) <= journal->size;
}

// Write header, record and padding in one go.
static bool write_record(Journal *journal, Bytes record)
{
    static const uint8_t zeros[JOURNAL_ALIGNMENT] = {0};
    uint8_t header[JOURNAL_HEADER_SIZE];
    size_t space = journal_record_space(record.len);
    journal_record_header(journal->sequence, record, header);
    const struct iovec parts[] = {
        {header, sizeof header},
        {(void *)(uintptr_t)record.data, record.len},
        {(void *)(uintptr_t)zeros, space - sizeof header - record.len},
    };
    ssize_t n = pwritev(journal->segment, parts, COUNT_OF(parts), (off_t)journal->position);
    if (n == (ssize_t)space) {
        return true;
    }
    if (n >= 0 || errno != EINTR) {
        return false;
    }
    // Interrupted before anything was written.
    return journal_write_all(journal->segment, journal->position, BYTES_OF_ARRAY(header)) &&
           journal_write_all(journal->segment, journal->position + sizeof header, record);
}

bool journal_append(Journal *journal, Bytes record, Error *err)
{
    if (!journal->broken && !journal_has_room(journal, record.len)) {
        return error_set(err, ERROR_LIMIT, "journal.full", NULL, "the journal segment is full");
    }
    size_t space = journal_record_space(record.len);
    if (!begin_write(journal, err)) {
        return false;
    }
    // After a failed write or fsync nobody knows what the disk holds: refuse everything.
    bool ok = write_record(journal, record) && fdatasync(journal->segment) == 0;
    int number = errno;
    if (ok) {
        journal_spare_extend(journal, space);
    }
    unlock_directory(journal);
    if (!ok) {
        errno = number;
        journal->broken = true;
        return journal_io_failed("write", err);
    }
    journal->position += space;
    journal->sequence++;
    return true;
}

// Put a new segment in the place of the present one. Never over one that is there already: that
// would be somebody else's.
static bool replace_segment(Journal *journal, Bytes frame)
{
    SegmentName name;
    segment_name(journal->sequence, name.text);
    int file = journal_spare_take(journal, frame);
    if (file < 0 ||
        renameat2(journal->directory, JOURNAL_SPARE_NAME, journal->directory, name.text,
                  RENAME_NOREPLACE) != 0 ||
        fsync(journal->directory) != 0) {
        if (file >= 0) {
            int number = errno;
            close(file);
            errno = number;
        }
        return false;
    }
    if (journal->segment >= 0) {
        close(journal->segment);
        unlinkat(journal->directory, journal->name.text, 0);
    }
    journal->name = name;
    journal->segment = file;
    journal->size = journal->segment_bytes;
    journal->position = frame.len;
    return true;
}

bool journal_rotate(Journal *journal, Bytes snapshot, Error *err)
{
    if (snapshot.len > journal_record_limit(journal)) {
        return error_set(err, ERROR_LIMIT, "journal.record", NULL, "a journal record is too long");
    }
    CLEANUP(writer_free) Writer frame = writer_new(journal_record_space(snapshot.len));
    journal_record_put(journal->sequence, snapshot, &frame);
    if (frame.failed) {
        return error_memory(err);
    }
    if (!begin_write(journal, err)) {
        return false;
    }
    bool ok = replace_segment(journal, writer_bytes(&frame));
    int number = errno;
    unlock_directory(journal);
    if (!ok) {
        errno = number;
        journal->broken = true;
        return errno == EEXIST ? forked(journal, err) : journal_io_failed("rotate", err);
    }
    journal->sequence++;
    return true;
}

bool journal_is_new(const Journal *journal)
{
    return journal->segment < 0;
}
