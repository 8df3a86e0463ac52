// SPDX-License-Identifier: Apache-2.0
//
// Failures. A function that can fail returns bool, is MUST_CHECK and takes `Error *err` last.
#ifndef ASSENT_BASE_CORE_ERROR_H
#define ASSENT_BASE_CORE_ERROR_H

#include <stdbool.h>

#include "base/core/attributes.h"

// What the caller may do about it. error_kind_table in error.c maps each kind to an HTTP
// status and an exit code.
typedef enum {
    ERROR_NONE = 0,
    ERROR_INPUT,        // the request or file is malformed: repeat only after changing it
    ERROR_FORBIDDEN,    // well-formed, but not the caller's to ask
    ERROR_NOT_FOUND,    // no such thing
    ERROR_CONFLICT,     // contradicts the state: replayed, out of order, already done otherwise
    ERROR_UNTRUSTED,    // a signature, chain, stamp or proof does not hold
    ERROR_LIMIT,        // too large, too many, too often
    ERROR_UNAVAILABLE,  // somebody else is down or slow: the same request may succeed later
    ERROR_INTERNAL,     // our own fault, or out of memory or disk
} ErrorKind;

enum { ERROR_CODE_SIZE = 64, ERROR_CLAUSE_SIZE = 64, ERROR_TEXT_SIZE = 320 };

// One failure. `code` is stable and machine-readable ("seal.certificate_not_listed"),
// `clause` names the broken rule ("GB/T 38540-2020 7.3 c") or is empty, `text` is one English
// sentence that names the thing. None of them ever holds personal data.
typedef struct {
    ErrorKind kind;
    char code[ERROR_CODE_SIZE];
    char clause[ERROR_CLAUSE_SIZE];
    char text[ERROR_TEXT_SIZE];
} Error;

// Record a failure and return false, so that `return error_set(...)` ends a function.
// `clause` may be NULL. `err` may be NULL when the caller does not care why.
bool error_set(Error *err, ErrorKind kind, const char *code, const char *clause, const char *format,
               ...) PRINTF_LIKE(5, 6);

// Record "out of memory" and return false.
bool error_memory(Error *err);

// Put "<context>: " before the text on the way up; keeps kind, code and clause; returns false.
bool error_context(Error *err, const char *format, ...) PRINTF_LIKE(2, 3);

// Have every caller see that the result is false: the compilers and analyzers of one file cannot
// know it of a function in another.
static inline bool error_is_false(bool result)
{
    (void)result;
    return false;
}
#define error_set(...) error_is_false(error_set(__VA_ARGS__))
#define error_memory(err) error_is_false(error_memory(err))
#define error_context(...) error_is_false(error_context(__VA_ARGS__))

// Name of a kind for logs and JSON: "INPUT", "FORBIDDEN", ...
const char *error_kind_name(ErrorKind kind);
// HTTP status of a kind: 400, 403, 404, 409, 422, 413 or 429 (LIMIT: 413), 503, 500.
int error_kind_http_status(ErrorKind kind);
// Process exit code of a kind for commands: 1 (verdict or request refused), 2 (undecided or
// unavailable), 64 (usage and input), 70 (our own fault).
int error_kind_exit_code(ErrorKind kind);
// Inverse of error_kind_name; ERROR_INTERNAL for an unknown name.
ErrorKind error_kind_from_name(const char *name);

#endif
