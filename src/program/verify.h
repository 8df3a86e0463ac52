// SPDX-License-Identifier: Apache-2.0
//
// What `assent verify` reads for one file.
#ifndef ASSENT_PROGRAM_VERIFY_H
#define ASSENT_PROGRAM_VERIFY_H

#include "domain/judgement/judgement.h"

// Room for a file, its original and its trust directory, apart from what judging takes.
enum { VERIFY_INPUT_SIZE = 2 * JUDGEMENT_MAX_SIZE + ARENA_DEFAULT_LIMIT };

// What of the command line names files beside the one that is judged, and how it is judged.
typedef struct {
    const char **trust;  // directories, and files of anchors; none: "trust" beside the file, if
                         // there is one
    size_t trust_count;
    const char **untrusted;  // files of certificates that help to build chains
    size_t untrusted_count;
    const char **lists;  // files of revocation lists
    size_t list_count;
    const char **answers;  // files of OCSP responses
    size_t answer_count;
    const char *original;  // file that a detached signature or a time stamp is over; NULL: none
    const char *evidence_record;  // file with the record of the one that is judged; NULL: none
} VerifyMaterial;

// Read a file ("-": standard input) and what judges it into the arena; the time is the caller's.
// Without trust there are no anchors. Fails when the file, a directory or one of the others cannot
// be read; a file over JUDGEMENT_MAX_SIZE is is_too_large.
bool verify_read(Arena *arena, const char *path, const VerifyMaterial *material,
                 JudgementRequest *ret, Error *err) MUST_CHECK;

#endif
