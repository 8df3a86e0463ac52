// SPDX-License-Identifier: Apache-2.0
//
// LogStorage on plain files: a journal for what is new, and a folder of tiles, entry bundles and
// the checkpoint that any web server can serve.
#ifndef ASSENT_DOMAIN_EVIDENCE_LOG_FILES_H
#define ASSENT_DOMAIN_EVIDENCE_LOG_FILES_H

#include "domain/evidence/evidence_log.h"

typedef struct LogFiles LogFiles;

// Open the folder (created when missing): `journal.*` and `public/`. segment_bytes 0 takes the
// journal's default. Opening a log over it locks the folder.
bool log_files_open(const char *directory, size_t segment_bytes, LogFiles **ret,
                    Error *err) MUST_CHECK;
void log_files_close(LogFiles *files);
void log_files_cleanup(LogFiles **files);
// For EvidenceLogConfig; valid until log_files_close.
LogStorage log_files_storage(LogFiles *files);

#endif
