// SPDX-License-Identifier: Apache-2.0
//
// One file judged for `assent verify`, and how the judgement is shown.
#ifndef ASSENT_PROGRAM_VERIFY_H
#define ASSENT_PROGRAM_VERIFY_H

#include <stdio.h>

#include "domain/casefile/verification.h"

enum { VERIFY_ARENA_SIZE = 192 * 1024 * 1024 };

typedef struct {
    bool is_json;
    bool is_english;
    bool is_summary;  // only what did not pass, and the verdict
} VerifyStyle;

typedef struct {
    const char *path;
    FileFacts facts;
    Verdict verdict;
} VerifiedFile;

// Read and judge a file ("-": standard input). trust_directory NULL: "trust" beside the file, or
// no anchors when there is none. Fails when the file or the directory cannot be read; a file over
// FILE_MAX_SIZE cannot be decided (verify.unsupported).
bool verify_file(Arena *arena, const char *path, const char *trust_directory, Time at,
                 VerifiedFile *ret, Error *err) MUST_CHECK;
// {"file", "kind", "outcome", "coverage", "verdict":{...}, facts...}; the caller owns the result.
json_t *verified_file_to_json(const VerifiedFile *file);
// {"file", "kind":"unknown", "outcome":"error", "exit_code", "error":{"code","message"}}: a file
// that could not be read.
json_t *unverified_file_to_json(const char *path, const Error *err, int exit_code);
// {"code","message"}
json_t *verify_error_to_json(const Error *err);
// One line for each check: outcome, question, subject, clause, detail; then the verdict, and the
// coverage of the document as a verdict of its own.
void verified_file_print(const VerifiedFile *file, const VerifyStyle *style, FILE *out);

#endif
