// SPDX-License-Identifier: Apache-2.0
//
// assent log fsck, checkpoint: a log's folder, checked offline by anybody who has its public key.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/codec/hex.h"
#include "program/command.h"
#include "program/file.h"
#include "program/log_command.h"

enum { NOTE_FILE_MAX = NOTE_MAX_BYTES };

// The origin that a folder's published checkpoint states: a name for a key that has none.
static Bytes published_origin(const LogArguments *arguments, LogMirror *mirror)
{
    LogStorage storage = log_mirror_storage(mirror);
    CLEANUP(writer_free) Writer note = writer_new(NOTE_FILE_MAX);
    Checkpoint checkpoint;
    if (!storage.read(storage.state, "checkpoint", &note, NULL)) {
        return BYTES_EMPTY;
    }
    Bytes copy = arena_copy(arguments->arena, writer_bytes(&note));
    return checkpoint_parse(arguments->arena, copy, &checkpoint, NULL) ? checkpoint.origin
                                                                       : BYTES_EMPTY;
}

bool log_folder_open(const LogArguments *arguments, const char *directory, LogFolder *ret,
                     Error *err)
{
    NoteKey key;
    LogFolder folder = {.has_key = arguments->key != NULL};
    if (!log_mirror_open(directory, &folder.mirror, err)) {
        return false;
    }
    LogStorage storage = log_mirror_storage(folder.mirror);
    if ((folder.has_key &&
         !log_key_load(arguments, published_origin(arguments, folder.mirror), &key, err)) ||
        !evidence_log_open_reading(&storage, folder.has_key ? &key : NULL, &folder.log, err)) {
        log_mirror_close(folder.mirror);
        return false;
    }
    *ret = folder;
    return true;
}

void log_folder_close(LogFolder *folder)
{
    evidence_log_close(folder->log);
    log_mirror_close(folder->mirror);
    *folder = (LogFolder){.log = NULL};
}

static bool takes_one_place(const LogArguments *arguments)
{
    return arguments->operand_count == 1 && arguments->leaves == NULL &&
           arguments->entries == NULL && arguments->index == NULL && arguments->from == NULL &&
           arguments->size == NULL && arguments->encoding == NULL && arguments->hash == NULL &&
           arguments->origin == NULL && arguments->out == NULL && !arguments->is_expecting;
}

// What fsck found.
typedef struct {
    LogCheck check;
    MerkleHead head;
    bool has_journal;
    int code;
    Error err;
} Found;

static int tell_fsck(const LogArguments *arguments, const Found *found)
{
    const LogCheck *check = &found->check;
    if (arguments->is_json) {
        CLEANUP(json_cleanup) json_t *whole = json_make_object();
        json_t *damaged = json_array();
        for (size_t i = 0; i < check->damaged_files && i < LOG_CHECK_NAMED; i++) {
            json_array_append_new(damaged, json_string(check->damaged[i]));
        }
        json_put_bool(whole, "holds", found->code == EXIT_VALID);
        log_put_number(whole, "size", found->head.size);
        json_put_hex(whole, "root", sm3_bytes(&found->head.root));
        json_put_bool(whole, "journal", found->has_journal);
        json_put_bool(whole, "signature", arguments->key != NULL);
        log_put_number(whole, "entries", check->entries);
        log_put_number(whole, "files", check->files);
        log_put_number(whole, "damagedFiles", check->damaged_files);
        json_put(whole, "damaged", damaged);
        if (found->code != EXIT_VALID) {
            log_put_error(whole, &found->err);
        }
        return log_print_json(whole, found->code);
    }
    printf("%" PRIu64 " entries hashed again, %" PRIu64 " files compared, %s\n", check->entries,
           check->files, found->has_journal ? "journal replayed" : "no journal there");
    for (size_t i = 0; i < check->damaged_files && i < LOG_CHECK_NAMED; i++) {
        printf("damaged: %s\n", check->damaged[i]);
    }
    if (found->code == EXIT_VALID) {
        printf("everything gives the root of the signed checkpoint\n");
    } else {
        fprintf(stderr, "assent: %s (%s)\n", found->err.text, found->err.code);
    }
    return fflush(stdout) == 0 ? found->code : EXIT_FAULT;
}

int log_fsck(const LogArguments *arguments)
{
    Bytes note;
    LogFolder folder = {.log = NULL};
    Found found = {.code = EXIT_VALID};
    if (!takes_one_place(arguments)) {
        return command_usage("log");
    }
    bool ok = log_folder_open(arguments, arguments->operands[0], &folder, &found.err) &&
              evidence_log_checkpoint(folder.log, arguments->arena, &note, &found.head, &found.err);
    found.has_journal = ok && log_mirror_has_journal(folder.mirror);
    ok = ok && evidence_log_fsck(folder.log, &found.check, &found.err);
    log_folder_close(&folder);
    if (ok && arguments->key == NULL) {
        ok = error_set(&found.err, ERROR_UNAVAILABLE, "log.no_key", NULL,
                       "all files fit together, but no signature was checked: there is no --key");
    }
    found.code = ok ? EXIT_VALID : error_kind_exit_code(found.err.kind);
    return tell_fsck(arguments, &found);
}

// The newest checkpoint of a folder, or the note in a file.
static bool read_note(const LogArguments *arguments, Bytes *ret, Error *err)
{
    struct stat status;
    const char *path = arguments->operands[0];
    LogFolder folder;
    MerkleHead head;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return file_read(arguments->arena, path, NOTE_FILE_MAX, ret, err);
    }
    if (!log_folder_open(arguments, path, &folder, err)) {
        return false;
    }
    bool ok = evidence_log_checkpoint(folder.log, arguments->arena, ret, &head, err);
    log_folder_close(&folder);
    return ok;
}

static bool verify_note(const LogArguments *arguments, Checkpoint *ret, Bytes *ret_note, Error *err)
{
    NoteKey key;
    if (!read_note(arguments, ret_note, err) ||
        !checkpoint_parse(arguments->arena, *ret_note, ret, err)) {
        return false;
    }
    if (arguments->key == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "log.no_key", NULL,
                         "the signature was not checked: there is no --key");
    }
    return log_key_load(arguments, ret->origin, &key, err) && checkpoint_verify(ret, &key, err);
}

int log_checkpoint(const LogArguments *arguments)
{
    Error err = {0};
    Bytes note = BYTES_EMPTY;
    Checkpoint checkpoint = {.origin = BYTES_EMPTY};
    if (!takes_one_place(arguments)) {
        return command_usage("log");
    }
    bool ok = verify_note(arguments, &checkpoint, &note, &err);
    int code = ok ? EXIT_VALID : error_kind_exit_code(err.kind);
    if (checkpoint.origin.len == 0) {
        return command_fail(&err);
    }
    if (arguments->is_json) {
        CLEANUP(json_cleanup) json_t *whole = json_make_object();
        json_put_bool(whole, "holds", ok);
        json_put_text(whole, "origin", arena_text(arguments->arena, checkpoint.origin));
        log_put_number(whole, "size", checkpoint.head.size);
        json_put_hex(whole, "root", sm3_bytes(&checkpoint.head.root));
        json_put_text(whole, "checkpoint", arena_text(arguments->arena, note));
        if (!ok) {
            log_put_error(whole, &err);
        }
        return log_print_json(whole, code);
    }
    bool is_out = fwrite(note.data, 1, note.len, stdout) == note.len && fflush(stdout) == 0;
    return !is_out ? EXIT_FAULT : ok ? EXIT_VALID : command_fail(&err);
}
