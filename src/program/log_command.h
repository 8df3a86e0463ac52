// SPDX-License-Identifier: Apache-2.0
//
// The commands below `assent log`: what all of them are given, one file each.
#ifndef ASSENT_PROGRAM_LOG_COMMAND_H
#define ASSENT_PROGRAM_LOG_COMMAND_H

#include "base/codec/json.h"
#include "domain/evidence/evidence_log.h"
#include "domain/evidence/log_mirror.h"
#include "program/log_hash.h"

typedef struct {
    Arena *arena;
    const char **operands;
    size_t operand_count;
    const char *leaves, *entries, *index, *from, *size, *encoding, *key;  // NULL: not given
    const char *origin, *out;                                             // the same
    const LogHash *hash;                                                  // NULL: not given
    bool is_json, is_expecting;
} LogArguments;

// A log that is open to be read.
typedef struct {
    LogMirror *mirror;
    EvidenceLog *log;
    bool has_key;
} LogFolder;

// Open the log in `directory`, with the key of --key if there is one. Fails as log_mirror_open and
// evidence_log_open_reading do, and with ERROR_INPUT "log.key".
bool log_folder_open(const LogArguments *arguments, const char *directory, LogFolder *ret,
                     Error *err) MUST_CHECK;
void log_folder_close(LogFolder *folder);
// The key of --key: its text (name+id+base64), a file that holds it, or a file with the public key
// or certificate, for which `origin` is the name. Fails with ERROR_INPUT "log.key".
bool log_key_load(const LogArguments *arguments, Bytes origin, NoteKey *ret, Error *err) MUST_CHECK;

// Each returns the exit code.
int log_prove(const LogArguments *arguments);
int log_check_inclusion(const LogArguments *arguments);
int log_check_consistency(const LogArguments *arguments);
int log_fsck(const LogArguments *arguments);
int log_checkpoint(const LogArguments *arguments);
int log_succeed(const LogArguments *arguments);
int log_check_succession(const LogArguments *arguments);

// Print one JSON value and a line break. Returns `code`, or EXIT_FAULT.
int log_print_json(json_t *value, int code);
// Put a number that may be above what JSON integers of others hold: as text from 2^63 on.
void log_put_number(json_t *object, const char *key, uint64_t number);
// Put code, clause and message of a failure.
void log_put_error(json_t *object, const Error *err);

#endif
