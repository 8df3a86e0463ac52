// SPDX-License-Identifier: Apache-2.0
//
// The person's token at `assent terminal`: which library, which container, and the PIN from a file.
#ifndef ASSENT_PROGRAM_TERMINAL_TOKEN_H
#define ASSENT_PROGRAM_TERMINAL_TOKEN_H

#include "base/core/arena.h"
#include "base/device/skf_token.h"

typedef struct {
    const char *library;    // NULL: no token, the key is in memory
    const char *container;  // NULL: "assent"
    const char *pin_file;
} TerminalTokenOptions;

// Open the token that the options name; *ret is NULL when they name none. The PIN is the first line
// of its file, which only its owner may read; it appears nowhere else. Fails with ERROR_INPUT
// "terminal.token" (half of the options), ERROR_FORBIDDEN "terminal.pin_file" (others may read it),
// ERROR_NOT_FOUND "file.unreadable", or as skf_token_open does.
bool terminal_token_open(const TerminalTokenOptions *options, Arena *arena, SkfToken **ret,
                         Error *err) MUST_CHECK;

#endif
