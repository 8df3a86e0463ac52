// SPDX-License-Identifier: Apache-2.0
//
// assent record: begin and renew the evidence record of a file (RFC 4998). It asks nobody: the
// request and the answer are files, so that any time-stamp authority can be used.
#include <string.h>

#include "domain/evidence/evidence_record.h"
#include "program/command.h"
#include "program/file.h"

enum { RECORD_ARENA_SIZE = FILE_MAX_SIZE + 64 * 1024 * 1024 };

// What the command line names. Paths; NULL: not given.
typedef struct {
    const char *file, *record, *token, *hash, *out;
} RecordArguments;

// The record so far, in *ret; NULL when there is none.
static bool read_record(Arena *arena, const RecordArguments *arguments, EvidenceRecord **ret,
                        Error *err)
{
    Bytes der;
    *ret = NULL;
    if (arguments->record == NULL) {
        return true;
    }
    EvidenceRecord *record = arena_alloc(arena, sizeof *record);
    if (record == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, arguments->record, EVIDENCE_RECORD_MAX_BYTES, &der, err) ||
        !evidence_record_parse(arena, der, record, err)) {
        return error_context(err, "%s", arguments->record);
    }
    *ret = record;
    return true;
}

static bool take_hash(const char *name, const EvidenceRecord *record, ImprintAlgorithm *ret,
                      Error *err)
{
    static const char *const names[IMPRINT_ALGORITHM_COUNT] = {"sm3", "sha256", "sha384", "sha512"};
    if (name == NULL) {
        *ret = record == NULL ? IMPRINT_SM3 : record->stamps[record->stamp_count - 1].algorithm;
        return true;
    }
    for (int i = 0; i < IMPRINT_ALGORITHM_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret = (ImprintAlgorithm)i;
            return true;
        }
    }
    return error_set(err, ERROR_INPUT, "record.usage", NULL,
                     "--hash takes sm3, sha256, sha384 or sha512");
}

// The request that an authority has to answer. Without a nonce: the token has to be over the newest
// one of the record and not older than it, so an old answer does not pass for a new one.
static bool write_request(Arena *arena, const RecordArguments *arguments, Error *err)
{
    Bytes object;
    EvidenceRecord *record;
    ImprintAlgorithm algorithm;
    TimestampRequest request = {.wants_certificate = true};
    CLEANUP(writer_free) Writer der = writer_new(TIMESTAMP_MAX_SIZE);
    if (!read_record(arena, arguments, &record, err) ||
        !take_hash(arguments->hash, record, &algorithm, err) ||
        !file_read(arena, arguments->file, FILE_MAX_SIZE, &object, err) ||
        !evidence_record_next(record, object, algorithm, &request.imprint, err)) {
        return false;
    }
    timestamp_request_encode(&request, &der);
    return der.failed ? error_memory(err)
                      : file_write(arguments->out, writer_bytes(&der), false, err);
}

// The longer record. A file that is not the record's object is refused although a stamp within a
// chain does not need it: nobody should renew the wrong record for decades.
static bool add_token(Arena *arena, const RecordArguments *arguments, Error *err)
{
    Bytes object, token;
    EvidenceRecord *record;
    CLEANUP(writer_free) Writer der = writer_new(EVIDENCE_RECORD_MAX_BYTES);
    return (read_record(arena, arguments, &record, err) &&
            file_read(arena, arguments->file, FILE_MAX_SIZE, &object, err) &&
            file_read(arena, arguments->token, TIMESTAMP_MAX_SIZE, &token, err) &&
            (record == NULL || evidence_record_is_about(arena, record, object, err)) &&
            evidence_record_append(record, object, token, &der, err)) &&
           file_write(arguments->out, writer_bytes(&der), false, err);
}

int command_record(int argc, char **argv)
{
    RecordArguments arguments = {0};
    const CommandOption options[] = {{"--record", &arguments.record},
                                     {"--token", &arguments.token},
                                     {"--hash", &arguments.hash},
                                     {"--out", &arguments.out}};
    Error err = {0};
    if (argc < 3 || !command_take_options(argc - 2, argv + 2, options, COUNT_OF(options)) ||
        arguments.out == NULL) {
        return command_usage(argv[0]);
    }
    bool is_request = strcmp(argv[1], "request") == 0;
    bool is_add = strcmp(argv[1], "add") == 0 && arguments.token != NULL && arguments.hash == NULL;
    if (!is_add && !(is_request && arguments.token == NULL)) {
        return command_usage(argv[0]);
    }
    arguments.file = argv[2];
    CLEANUP(arena_cleanup) Arena *arena = arena_new(RECORD_ARENA_SIZE);
    bool ok = arena == NULL ? error_memory(&err)
              : is_add      ? add_token(arena, &arguments, &err)
                            : write_request(arena, &arguments, &err);
    return ok ? EXIT_VALID : command_fail(&err);
}
