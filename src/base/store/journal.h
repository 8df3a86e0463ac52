// SPDX-License-Identifier: Apache-2.0
//
// Journal: a durable file of records, written by one process, one group of bytes per fsync.
// The file is a preallocated segment of zeros that is filled from the front; rotating starts a
// new segment with a snapshot record and drops the old one.
#ifndef ASSENT_BASE_STORE_JOURNAL_H
#define ASSENT_BASE_STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

typedef struct Journal Journal;

enum {
    JOURNAL_SEGMENT_DEFAULT = 16 * 1024 * 1024,
    JOURNAL_SEGMENT_MIN = 256 * 1024,
    JOURNAL_RECORD_OVERHEAD = 32,  // header and padding of one record, at most
};

// Called at opening for each record in order, the first being the segment's snapshot. The
// record is borrowed for the call. Returning false ends the opening with that failure.
typedef bool JournalReplay(void *state, Bytes record, Error *err);

// Open the journal in `directory` (which exists), or begin an empty one. A record that was torn
// by a crash at the very end is cut: it was never acknowledged. The directory is locked for as
// long as the journal is open.
//
// Fails with ERROR_CONFLICT, code "journal.locked", when another process or handle has it open;
// ERROR_UNTRUSTED, code "journal.corrupt", when a damaged record is followed by a good one or
// the first record is damaged; ERROR_INTERNAL on I/O failure; and as `replay` fails.
bool journal_open(const char *directory, size_t segment_bytes, JournalReplay *replay, void *state,
                  Journal **ret, Error *err) MUST_CHECK;
// Close and unlock. NULL is harmless. Nothing is lost: appending was durable.
void journal_close(Journal *journal);
void journal_cleanup(Journal **journal);

// Hand over the records of the newest segment without a lock and without changing anything: for
// those who check a journal that somebody else may have open. A torn end is passed over. Hands over
// nothing when there is no segment. Fails as journal_open does, but never with ERROR_CONFLICT.
bool journal_read(const char *directory, JournalReplay *replay, void *state, Error *err) MUST_CHECK;

// Append one record; returns when it is on disk. One thread at a time. Whatever other instances do,
// with or without journal.lock: of all who append after the same record, one succeeds.
//
// Fails with ERROR_LIMIT, code "journal.full", when the segment has no room: rotate and repeat.
// Fails with ERROR_CONFLICT, code "journal.forked", when somebody else wrote behind our back,
// and goes on so; with ERROR_INTERNAL on I/O failure, after which the journal refuses everything
// ("journal.broken"): what is on disk is only known after opening again.
bool journal_append(Journal *journal, Bytes record, Error *err) MUST_CHECK;
// The largest record that always fits into a fresh segment: half of it.
size_t journal_record_limit(const Journal *journal);
// True when a record of this length fits into the present segment.
bool journal_has_room(const Journal *journal, size_t record_len);
// Start a new segment whose first record is `snapshot`, durably, and delete the old one. The
// caller made durable elsewhere whatever the old records hold and the snapshot does not.
bool journal_rotate(Journal *journal, Bytes snapshot, Error *err) MUST_CHECK;
// Keep everybody else from writing, and fail as journal_append does when somebody has written since
// our last record: for what is to be done only while the journal is ours. journal_release ends it.
bool journal_hold(Journal *journal, Error *err) MUST_CHECK;
void journal_release(Journal *journal);
// True when there is no segment yet: journal_rotate must be the first call.
bool journal_is_new(const Journal *journal);

#endif
