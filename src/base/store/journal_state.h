// SPDX-License-Identifier: Apache-2.0
//
// The inside of Journal, shared by journal.c and journal_replay.c.
#ifndef ASSENT_BASE_STORE_JOURNAL_STATE_H
#define ASSENT_BASE_STORE_JOURNAL_STATE_H

#include <sys/types.h>

#include "base/store/journal.h"

enum { SEGMENT_NAME_SIZE = 64 };

// Of a segment that is not finished; whoever opens the journal removes it.
#define JOURNAL_SPARE_NAME "journal.next.new"

typedef struct {
    char text[SEGMENT_NAME_SIZE];
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
    int spare;          // what becomes the next segment; -1: none
    size_t spare_len;   // of its zeros
    pid_t owner;        // the process that opened it
    bool broken;
    bool is_forked;  // and broken: somebody else went on
};

// "journal.io" with what errno says.
bool journal_io_failed(const char *what, Error *err);
bool journal_is_zero(Bytes bytes);
bool journal_write_all(int file, size_t offset, Bytes bytes);
bool journal_write_zeros(int file, size_t offset, size_t end);

// Find the newest segment and put its name into the journal; delete what a crash left behind.
bool journal_find_segment(Journal *journal, bool *ret_found, Error *err) MUST_CHECK;
// Replay the segment that is open and cut a torn end.
bool journal_replay(Journal *journal, JournalReplay *replay, void *state, Error *err) MUST_CHECK;

// Write ahead of the next segment what a record of `taken` bytes calls for. Under the lock of the
// directory. Failing is harmless.
void journal_spare_extend(Journal *journal, size_t taken);
// The next segment with this first record and zeros after it, synced, under JOURNAL_SPARE_NAME. The
// caller closes the file. -1 and errno on failure.
int journal_spare_take(Journal *journal, Bytes frame);
// Close it; the file stays until the journal is opened again.
void journal_spare_drop(Journal *journal);

#endif
