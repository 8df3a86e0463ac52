// SPDX-License-Identifier: Apache-2.0
#include "base/store/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// A record on disk, at a multiple of 8: magic, length, sequence number, CRC-32C over length,
// sequence number and record, four zero bytes; then the record, padded with zeros.
enum { HEADER_SIZE = 24, ALIGNMENT = 8, NAME_SIZE = 64 };
static const uint32_t MAGIC = 0x414a5231;  // "AJR1"

typedef struct {
    char text[NAME_SIZE];
} SegmentName;

struct Journal {
    int directory;
    int lock;
    int segment;  // -1 while new
    size_t segment_bytes;
    size_t size;        // of the present segment
    size_t position;    // where the next record goes
    uint64_t sequence;  // of the next record
    SegmentName name;   // of the present segment; empty while new
    bool broken;
};

// CRC-32C by nibbles: the journal is bound by the disk, not by this.
static const uint32_t CRC_TABLE[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t crc_update(uint32_t crc, Bytes data)
{
    for (size_t i = 0; i < data.len; i++) {
        crc ^= data.data[i];
        crc = (crc >> 4) ^ CRC_TABLE[crc & 15];
        crc = (crc >> 4) ^ CRC_TABLE[crc & 15];
    }
    return crc;
}

static bool io_failed(const char *what, Error *err)
{
    return error_set(err, ERROR_INTERNAL, "journal.io", NULL, "cannot %s the journal: %s", what,
                     strerror(errno));
}

static size_t record_space(size_t record_len)
{
    return (HEADER_SIZE + record_len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void put_record(Writer *writer, uint64_t sequence, Bytes record)
{
    size_t start = writer->len;
    writer_put_u32_be(writer, MAGIC);
    writer_put_u32_be(writer, (uint32_t)record.len);
    writer_put_u64_be(writer, sequence);
    uint32_t crc = crc_update(UINT32_MAX, bytes_slice(writer_bytes(writer), start + 4, 12));
    writer_put_u32_be(writer, ~crc_update(crc, record));
    writer_put_u32_be(writer, 0);
    writer_put(writer, record);
    writer_put_repeated(writer, 0, record_space(record.len) - HEADER_SIZE - record.len);
}

// The record at the start of `bytes`, if one is there whole.
static bool record_parse(Bytes bytes, uint64_t *ret_sequence, Bytes *ret_record)
{
    Reader reader = reader_of(bytes);
    uint32_t magic = reader_u32_be(&reader);
    uint32_t len = reader_u32_be(&reader);
    uint64_t sequence = reader_u64_be(&reader);
    uint32_t stored_crc = reader_u32_be(&reader);
    uint32_t zero = reader_u32_be(&reader);
    Bytes record = reader_bytes(&reader, len);
    if (reader.failed || magic != MAGIC || zero != 0) {
        return false;
    }
    uint32_t crc = crc_update(UINT32_MAX, bytes_slice(bytes, 4, 12));
    if (~crc_update(crc, record) != stored_crc) {
        return false;
    }
    *ret_sequence = sequence;
    *ret_record = record;
    return true;
}

static bool write_all(int file, size_t offset, Bytes bytes)
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

static bool write_zeros(int file, size_t offset, size_t end)
{
    static const uint8_t zeros[64 * 1024];
    while (offset < end) {
        size_t len = end - offset < sizeof zeros ? end - offset : sizeof zeros;
        if (!write_all(file, offset, bytes_of(zeros, len))) {
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

static bool is_zero(Bytes bytes)
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
    for (size_t offset = ALIGNMENT; offset < tail.len; offset += ALIGNMENT) {
        uint64_t found;
        Bytes record;
        if (record_parse(bytes_from(tail, offset), &found, &record) && found >= sequence) {
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
    while (record_parse(bytes_from(whole, journal->position), &sequence, &record) &&
           (journal->position == 0 || sequence == journal->sequence)) {
        if (!replay(state, record, err)) {
            return false;
        }
        journal->sequence = sequence + 1;
        journal->position += record_space(record.len);
    }
    journal->size = whole.len;
    if (journal->position == 0) {
        return corrupt("has no snapshot at its start", err);
    }
    *ret_tail = bytes_from(whole, journal->position);
    return is_zero(*ret_tail) || check_tail(*ret_tail, journal->sequence, err);
}

static bool replay_segment(Journal *journal, JournalReplay *replay, void *state, Error *err)
{
    CLEANUP(writer_free) Writer content = writer_new(SIZE_MAX / 2);
    Bytes tail;
    if (!read_all(journal->segment, &content)) {
        return io_failed("read", err);
    }
    Bytes whole = writer_bytes(&content);
    if (!replay_records(journal, whole, replay, state, &tail, err)) {
        return false;
    }
    if (is_zero(tail)) {
        return true;
    }
    if (!write_zeros(journal->segment, journal->position, whole.len) ||
        fdatasync(journal->segment) != 0) {
        return io_failed("cut", err);
    }
    return true;
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
        return io_failed("list", err);
    }
    size_t count = 0;
    const struct dirent *entry;
    while ((entry = readdir(listing)) != NULL && count < SEGMENTS_MAX) {
        if (strncmp(entry->d_name, "journal.", 8) == 0 && strlen(entry->d_name) < NAME_SIZE &&
            strcmp(entry->d_name, "journal.lock") != 0) {
            snprintf(ret[count++].text, NAME_SIZE, "%s", entry->d_name);
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
static bool find_segment(Journal *journal, bool *ret_found, Error *err)
{
    SegmentName names[SEGMENTS_MAX];
    size_t count;
    if (!list_segments(journal, names, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i].text, journal->name.text) != 0 &&
            unlinkat(journal->directory, names[i].text, 0) != 0) {
            return io_failed("clean", err);
        }
    }
    *ret_found = journal->name.text[0] != '\0';
    return true;
}

static bool open_files(Journal *journal, const char *directory, Error *err)
{
    journal->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (journal->directory < 0) {
        return io_failed("open the directory of", err);
    }
    journal->lock = openat(journal->directory, "journal.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (journal->lock < 0) {
        return io_failed("open the lock of", err);
    }
    if (flock(journal->lock, LOCK_EX | LOCK_NB) != 0) {
        return error_set(err, ERROR_CONFLICT, "journal.locked", NULL,
                         "the journal is open elsewhere");
    }
    return true;
}

bool journal_open(const char *directory, size_t segment_bytes, JournalReplay *replay, void *state,
                  Journal **ret, Error *err)
{
    CLEANUP(journal_cleanup) Journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL) {
        return error_memory(err);
    }
    *journal = (Journal){.directory = -1, .lock = -1, .segment = -1, .sequence = 1};
    journal->segment_bytes =
        segment_bytes < JOURNAL_SEGMENT_MIN ? JOURNAL_SEGMENT_MIN : segment_bytes;
    bool found;
    if (!open_files(journal, directory, err) || !find_segment(journal, &found, err)) {
        return false;
    }
    if (found) {
        journal->segment = openat(journal->directory, journal->name.text, O_RDWR | O_CLOEXEC);
        if (journal->segment < 0) {
            return io_failed("open", err);
        }
        if (!replay_segment(journal, replay, state, err)) {
            return false;
        }
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
    *journal = (Journal){.lock = -1, .segment = -1, .sequence = 1};
    journal->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (journal->directory < 0) {
        return io_failed("open the directory of", err);
    }
    if (!list_segments(journal, names, &count, err)) {
        return false;
    }
    if (journal->name.text[0] == '\0') {
        return true;
    }
    journal->segment = openat(journal->directory, journal->name.text, O_RDONLY | O_CLOEXEC);
    if (journal->segment < 0 || !read_all(journal->segment, &content)) {
        return io_failed("read", err);
    }
    return replay_records(journal, writer_bytes(&content), replay, state, &tail, err);
}

// The lock keeps honest instances apart; this sees the others (a copied directory, a file
// system that ignores locks): where we write must still be zeros, in a file still in place.
static bool check_unforked(Journal *journal, size_t space, Error *err)
{
    struct stat status;
    uint8_t header[HEADER_SIZE];
    size_t len = space < sizeof header ? space : sizeof header;
    if (fstat(journal->segment, &status) != 0 ||
        pread(journal->segment, header, len, (off_t)journal->position) != (ssize_t)len) {
        journal->broken = true;
        return io_failed("check", err);
    }
    if (status.st_nlink == 0 || !is_zero(bytes_of(header, len))) {
        journal->broken = true;
        return error_set(err, ERROR_CONFLICT, "journal.forked", NULL,
                         "somebody else wrote to the journal");
    }
    return true;
}

size_t journal_record_limit(const Journal *journal)
{
    return journal->segment_bytes / 2 - JOURNAL_RECORD_OVERHEAD;
}

bool journal_has_room(const Journal *journal, size_t record_len)
{
    return record_len < UINT32_MAX && journal->segment >= 0 &&
           journal->position + record_space(record_len) <= journal->size;
}

bool journal_append(Journal *journal, Bytes record, Error *err)
{
    if (journal->broken) {
        return error_set(err, ERROR_UNAVAILABLE, "journal.broken", NULL,
                         "the journal failed before and has to be opened again");
    }
    if (!journal_has_room(journal, record.len)) {
        return error_set(err, ERROR_LIMIT, "journal.full", NULL, "the journal segment is full");
    }
    size_t space = record_space(record.len);
    CLEANUP(writer_free) Writer frame = writer_new(space);
    put_record(&frame, journal->sequence, record);
    if (frame.failed) {
        return error_memory(err);
    }
    if (!check_unforked(journal, space, err)) {
        return false;
    }
    // After a failed write or fsync nobody knows what the disk holds: refuse everything.
    if (!write_all(journal->segment, journal->position, writer_bytes(&frame)) ||
        fdatasync(journal->segment) != 0) {
        journal->broken = true;
        return io_failed("write", err);
    }
    journal->position += space;
    journal->sequence++;
    return true;
}

// Create, fill and sync the segment file under its unfinished name.
static int create_segment(const Journal *journal, const char *name, Bytes frame)
{
    int file = openat(journal->directory, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return -1;
    }
    if (!write_all(file, 0, frame) || !write_zeros(file, frame.len, journal->segment_bytes) ||
        fsync(file) != 0) {
        close(file);
        return -1;
    }
    return file;
}

bool journal_rotate(Journal *journal, Bytes snapshot, Error *err)
{
    if (journal->broken) {
        return error_set(err, ERROR_UNAVAILABLE, "journal.broken", NULL,
                         "the journal failed before and has to be opened again");
    }
    if (snapshot.len > journal_record_limit(journal)) {
        return error_set(err, ERROR_LIMIT, "journal.record", NULL, "a journal record is too long");
    }
    CLEANUP(writer_free) Writer frame = writer_new(record_space(snapshot.len));
    put_record(&frame, journal->sequence, snapshot);
    if (frame.failed) {
        return error_memory(err);
    }
    SegmentName name;
    SegmentName unfinished;
    snprintf(name.text, NAME_SIZE, "journal.%016" PRIx64, journal->sequence);
    snprintf(unfinished.text, NAME_SIZE, "journal.%016" PRIx64 ".new", journal->sequence);
    int file = create_segment(journal, unfinished.text, writer_bytes(&frame));
    if (file < 0 ||
        renameat(journal->directory, unfinished.text, journal->directory, name.text) != 0 ||
        fsync(journal->directory) != 0) {
        if (file >= 0) {
            close(file);
        }
        journal->broken = true;
        return io_failed("rotate", err);
    }
    if (journal->segment >= 0) {
        close(journal->segment);
        unlinkat(journal->directory, journal->name.text, 0);
    }
    journal->name = name;
    journal->segment = file;
    journal->size = journal->segment_bytes;
    journal->position = frame.len;
    journal->sequence++;
    return true;
}

bool journal_is_new(const Journal *journal)
{
    return journal->segment < 0;
}
