// SPDX-License-Identifier: Apache-2.0
//
// What `assent sm2`, `sm3` and `sm4` read and write: messages, values given as files or in
// hexadecimal, and results.
#ifndef ASSENT_PROGRAM_SM_DATA_H
#define ASSENT_PROGRAM_SM_DATA_H

#include "base/core/bytes.h"
#include "program/sm_arguments.h"

enum {
    SM_VALUE_MAX = 4 * 1024 * 1024,      // of a key, a signature, an ID
    SM_MESSAGE_MAX = 512 * 1024 * 1024,  // of what cannot be processed piece by piece
};

// Takes a piece of a message; the pieces come in order.
typedef void SmSink(void *state, Bytes piece);

// Read a file, or standard input for "-", piece by piece. Fails with ERROR_NOT_FOUND
// "file.unreadable", or ERROR_INPUT "sm.usage" when standard input is asked for twice.
bool sm_stream(SmArguments *arguments, const char *path, SmSink *sink, void *state,
               Error *err) MUST_CHECK;
// Read the whole of it into the arena. Fails also with ERROR_LIMIT "file.too_large".
bool sm_read(SmArguments *arguments, const char *path, size_t max_size, Bytes *ret,
             Error *err) MUST_CHECK;

// Hand over the message: --msg, --text, --in, or the operand; standard input when there is none.
// With --in-hex what is read is hexadecimal. Fails as sm_stream does, with ERROR_INPUT "sm.hex", or
// with "sm.usage" when there are two messages.
bool sm_message_stream(SmArguments *arguments, SmSink *sink, void *state, Error *err) MUST_CHECK;
// The same as a whole, at most SM_MESSAGE_MAX bytes, in the arena.
bool sm_message_read(SmArguments *arguments, Bytes *ret, Error *err) MUST_CHECK;

// Decode hexadecimal digits; white space between them is skipped. Fails with ERROR_INPUT "sm.hex".
bool sm_hex_decode(Arena *arena, Bytes text, Bytes *ret, Error *err) MUST_CHECK;
// True if there is nothing but hexadecimal digits and white space, and at least one digit.
bool sm_is_hex(Bytes text);

// Read what an option names: "env:NAME" is an environment variable, "-" standard input, anything
// else the file of that name or, where there is none, hexadecimal digits. What a file or a variable
// holds is returned as it is.
bool sm_value_text(SmArguments *arguments, const char *value, Bytes *ret, Error *err) MUST_CHECK;
// The same with hexadecimal text decoded, wherever it stood.
bool sm_value_read(SmArguments *arguments, const char *value, Bytes *ret, Error *err) MUST_CHECK;
// Decode an option that takes nothing but hexadecimal digits; the empty view when it is not given.
bool sm_option_hex(SmArguments *arguments, SmOption option, Bytes *ret, Error *err) MUST_CHECK;

// Write a result to the file of --out, else to standard output; in hexadecimal with --hex. Files
// of secrets are readable for their owner only.
bool sm_write(const SmArguments *arguments, Bytes result, bool is_secret, Error *err) MUST_CHECK;
// Write bytes to a file, or to standard output for "-" and NULL.
bool sm_write_file(const char *path, Bytes content, bool is_secret, Error *err) MUST_CHECK;

#endif
