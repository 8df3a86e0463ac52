// SPDX-License-Identifier: Apache-2.0
//
// The options of `assent witness`.
#ifndef ASSENT_PROGRAM_WITNESS_ARGUMENTS_H
#define ASSENT_PROGRAM_WITNESS_ARGUMENTS_H

#include "base/core/time.h"
#include "base/net/tls.h"
#include "component/witness/witness.h"

enum { WITNESS_URLS_MAX = 16 };

typedef struct {
    const char *directory;
    const char *name, *listen, *door, *out;
    const char *logs[WITNESS_LOGS_MAX];  // keys, or files with keys
    size_t log_count;
    const char *follow[WITNESS_URLS_MAX], *others[WITNESS_URLS_MAX];
    size_t follow_count, other_count;
    TlsFiles tls;  // all or none
    Time interval;
} WitnessArguments;

// Take argv[1] and what follows. False when something is unknown, or its value is missing.
// takes_urls: arguments without a name are URLs of witnesses, not a directory.
bool witness_arguments_take(int argc, char **argv, bool takes_urls, WitnessArguments *ret);
// Read the keys of the logs, from the command line or from files. Fails as note_key_parse and
// file_read do.
bool witness_arguments_logs(Arena *arena, const WitnessArguments *arguments,
                            NoteKey ret[WITNESS_LOGS_MAX], Error *err) MUST_CHECK;
// A peer at a URL, with the TLS files for https. The caller frees it.
bool witness_arguments_connect(const WitnessArguments *arguments, const char *url, Peer **ret,
                               Error *err) MUST_CHECK;

#endif
