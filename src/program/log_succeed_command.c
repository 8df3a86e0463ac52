// SPDX-License-Identifier: Apache-2.0
//
// assent log succeed, check-succession: close a log and begin the one that follows it, with both
// private keys; and check that offline with the old public key. Interrupted anywhere, succeed is
// given again and goes on.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "domain/evidence/log_files.h"
#include "domain/evidence/succession.h"
#include "program/command.h"
#include "program/file.h"
#include "program/keys.h"
#include "program/log_command.h"

// --- succeed ----------------------------------------------------------------------------------

// A log that is opened to be written, with its key.
typedef struct {
    KeyPair key;
    LogFiles *files;
    EvidenceLog *log;
} OwnLog;

static void own_log_close(OwnLog *own)
{
    evidence_log_close(own->log);
    log_files_close(own->files);
    key_pair_free(&own->key);
    *own = (OwnLog){.log = NULL};
}

static bool own_log_open(Arena *arena, const char *directory, const char *origin, OwnLog *ret,
                         Error *err)
{
    const char *path = file_join(arena, directory, "log");
    const KeySource in_file = {.random = random_system()};
    if (path == NULL) {
        return error_memory(err);
    }
    if (!key_pair_load(arena, directory, "log", &in_file, &ret->key, err) ||
        !log_files_open(path, 0, &ret->files, err)) {
        return error_context(err, "%s", directory);
    }
    const EvidenceLogConfig config = {.storage = log_files_storage(ret->files),
                                      .origin = origin,
                                      .signer = &ret->key.signer,
                                      .clock = clock_system()};
    return evidence_log_open(&config, &ret->log, err) || error_context(err, "%s", path);
}

// The name of the log in a folder.
static bool find_origin(Arena *arena, const char *directory, const char **ret, Error *err)
{
    Bytes note;
    MerkleHead head;
    Checkpoint checkpoint;
    LogFolder folder;
    const LogArguments nobody = {.arena = arena};
    const char *path = file_join(arena, directory, "log");
    if (path == NULL) {
        return error_memory(err);
    }
    if (!log_folder_open(&nobody, path, &folder, err)) {
        return error_context(err, "%s", path);
    }
    bool ok = evidence_log_checkpoint(folder.log, arena, &note, &head, err) &&
              checkpoint_parse(arena, note, &checkpoint, err);
    log_folder_close(&folder);
    *ret = ok ? arena_text(arena, checkpoint.origin) : NULL;
    return ok && (*ret != NULL || error_memory(err));
}

static bool publish(Arena *arena, const char *directory, Bytes proof, Error *err)
{
    const char *path = file_join(arena, directory, "log/public/succession");
    return path == NULL ? error_memory(err) : file_write(path, proof, false, err);
}

// The root of the same entries over another hash: complete subtrees, one for each bit of the size,
// joined from the right at the end.
static bool root_over(EvidenceLog *log, const MerkleHash *hash, uint64_t size, Sm3Digest *ret,
                      Error *err)
{
    Sm3Digest subtrees[MERKLE_LEVELS] = {{{0}}};
    CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
    if (scratch == NULL) {
        return error_memory(err);
    }
    for (uint64_t i = 0; i < size; i++) {
        Bytes entry;
        unsigned level = 0;
        arena_reset(scratch);
        if (!evidence_log_entry(log, i, scratch, &entry, err)) {
            return false;
        }
        Sm3Digest node = hash->leaf(entry);
        for (uint64_t rest = i; (rest & 1) != 0; rest >>= 1) {
            node = hash->node(&subtrees[level++], &node);
        }
        subtrees[level] = node;
    }
    bool is_begun = false;
    *ret = hash->empty();
    for (unsigned level = 0; level < MERKLE_LEVELS; level++) {
        if ((size >> level & 1) != 0) {
            *ret = is_begun ? hash->node(&subtrees[level], ret) : subtrees[level];
            is_begun = true;
        }
    }
    return true;
}

static bool link_logs(const LogArguments *arguments, OwnLog *old, OwnLog *new, Error *err)
{
    Arena *arena = arguments->arena;
    Bytes note;
    MerkleHead head;
    Sm3Digest sha256;
    Time now = clock_now(clock_system());
    CLEANUP(writer_free) Writer proof = writer_new(SUCCESSION_MAX_BYTES);
    return succession_close(old->log, evidence_log_key(new->log), now, err) &&
           evidence_log_publish(old->log, err) &&
           evidence_log_checkpoint(old->log, arena, &note, &head, err) &&
           root_over(old->log, log_hash_find("sha256")->hash, head.size, &sha256, err) &&
           succession_open(old->log, new->log, &sha256, now, err) &&
           evidence_log_publish(new->log, err) &&
           succession_prove(old->log, new->log, &proof, err) &&
           publish(arena, arguments->operands[0], writer_bytes(&proof), err) &&
           publish(arena, arguments->operands[1], writer_bytes(&proof), err);
}

static int tell_key(const NoteKey *key, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(NOTE_KEY_TEXT_MAX + 1);
    if (!note_key_encode(key, &text, err)) {
        return command_fail(err);
    }
    writer_put_u8(&text, '\n');
    bool ok = fwrite(text.data, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
    return ok ? EXIT_VALID : EXIT_FAULT;
}

static bool takes_no_list(const LogArguments *arguments)
{
    return arguments->leaves == NULL && arguments->entries == NULL && arguments->index == NULL &&
           arguments->from == NULL && arguments->size == NULL && arguments->encoding == NULL &&
           arguments->hash == NULL && arguments->out == NULL && !arguments->is_expecting &&
           !arguments->is_json;
}

int log_succeed(const LogArguments *arguments)
{
    Error err = {0};
    const char *origin;
    OwnLog old = {.log = NULL}, new = {.log = NULL};
    if (arguments->operand_count != 2 || arguments->origin == NULL || arguments->key != NULL ||
        !takes_no_list(arguments)) {
        return command_usage("log");
    }
    // The old one first: whoever has it open still goes on.
    bool ok =
        find_origin(arguments->arena, arguments->operands[0], &origin, &err) &&
        own_log_open(arguments->arena, arguments->operands[0], origin, &old, &err) &&
        own_log_open(arguments->arena, arguments->operands[1], arguments->origin, &new, &err) &&
        link_logs(arguments, &old, &new, &err);
    int code = ok ? tell_key(evidence_log_key(new.log), &err) : command_fail(&err);
    own_log_close(&new);
    own_log_close(&old);
    return code;
}

// --- check-succession -------------------------------------------------------------------------

int log_check_succession(const LogArguments *arguments)
{
    Error err = {0};
    Bytes text;
    NoteKey key;
    Succession proof;
    if (arguments->operand_count != 1 || arguments->origin != NULL || arguments->key == NULL ||
        !takes_no_list(arguments)) {
        return command_usage("log");
    }
    if (!file_read(arguments->arena, arguments->operands[0], SUCCESSION_MAX_BYTES, &text, &err) ||
        !succession_parse(arguments->arena, text, &proof, &err) ||
        !log_key_load(arguments, bytes_of_text(proof.closed.name), &key, &err) ||
        !succession_verify(arguments->arena, &proof, &key, &err)) {
        return command_fail(&err);
    }
    CLEANUP(writer_free) Writer root = writer_new(2 * SM3_SIZE);
    hex_encode(sm3_bytes(&proof.first.sha256), &root);
    printf("%s ended with %" PRIu64 " entries, SHA-256 root %.*s; it is succeeded by\n",
           proof.closed.name, proof.closing.checkpoint.head.size, (int)root.len,
           (const char *)root.data);
    return tell_key(&proof.successor, &err);
}
