// SPDX-License-Identifier: Apache-2.0
//
// Has the disk take the files of a log while they are written, so that a snapshot, which waits for
// all of them, waits for the last few only. A thread of its own does it, once there is enough. It
// promises nothing: what has to be durable is synced by whoever needs it.
#ifndef ASSENT_DOMAIN_EVIDENCE_LOG_SYNCER_H
#define ASSENT_DOMAIN_EVIDENCE_LOG_SYNCER_H

#include <stddef.h>

typedef struct LogSyncer LogSyncer;

// For files below this folder. NULL when that cannot be; everything below then does nothing.
LogSyncer *log_syncer_new(const char *folder);
// Tell that so many bytes were written. Returns at once. One thread at a time.
void log_syncer_note(LogSyncer *syncer, size_t bytes);
// Wait for what is under way, and end.
void log_syncer_free(LogSyncer *syncer);

#endif
