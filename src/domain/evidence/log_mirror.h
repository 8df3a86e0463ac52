// SPDX-License-Identifier: Apache-2.0
//
// LogStorage for those who only look: over a log's own folder, also while the log is in use, or
// over a copy of its public part (tiles, entry bundles, checkpoint). Changes nothing on disk.
#ifndef ASSENT_DOMAIN_EVIDENCE_LOG_MIRROR_H
#define ASSENT_DOMAIN_EVIDENCE_LOG_MIRROR_H

#include "domain/evidence/evidence_log.h"

typedef struct LogMirror LogMirror;

// Open `directory`: one with `public/` and `journal.*` in it is a log's own folder, and what the
// journal has beyond the published checkpoint counts; one with `checkpoint` in it is a public part.
// Fails with ERROR_NOT_FOUND "log.missing" when it is neither.
bool log_mirror_open(const char *directory, LogMirror **ret, Error *err) MUST_CHECK;
void log_mirror_close(LogMirror *mirror);
void log_mirror_cleanup(LogMirror **mirror);
// True when there is a journal, so that what was committed last is seen too.
bool log_mirror_has_journal(const LogMirror *mirror);
// For evidence_log_open_reading; valid until log_mirror_close.
LogStorage log_mirror_storage(LogMirror *mirror);

#endif
