// SPDX-License-Identifier: Apache-2.0
//
// What `assent verify` reads for one file.
#ifndef ASSENT_PROGRAM_VERIFY_H
#define ASSENT_PROGRAM_VERIFY_H

#include "domain/judgement/judgement.h"

// Room for a file and its trust directory, apart from what judging takes.
enum { VERIFY_INPUT_SIZE = JUDGEMENT_MAX_SIZE + ARENA_DEFAULT_LIMIT };

// Read a file ("-": standard input) and what judges it into the arena; the time is the caller's.
// trust_directory NULL: "trust" beside the file, or no anchors when there is none. Fails when the
// file or the directory cannot be read; a file over JUDGEMENT_MAX_SIZE is is_too_large.
bool verify_read(Arena *arena, const char *path, const char *trust_directory, JudgementRequest *ret,
                 Error *err) MUST_CHECK;

#endif
