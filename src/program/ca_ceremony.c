// SPDX-License-Identifier: Apache-2.0
#include "program/ca_ceremony.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto/key.h"
#include "base/secret/secret.h"
#include "program/file.h"

enum { KEY_FILE_MAX = 16 * 1024 };

static bool read_transcript(Ceremony *ceremony, const Certificate *root, Error *err)
{
    const char *path = file_join(ceremony->arena, ceremony->directory, "transcript.jsonl");
    Bytes text;
    if (path == NULL) {
        return error_memory(err);
    }
    return (file_read(ceremony->arena, path, TRANSCRIPT_MAX_SIZE, &text, err) &&
            transcript_verify(ceremony->arena, text, root, &ceremony->transcript, err)) ||
           error_context(err, "%s", path);
}

static bool read_root(Ceremony *ceremony, Error *err)
{
    const char *path = file_join(ceremony->arena, ceremony->directory, "root.pem");
    Bytes pem;
    if (path == NULL) {
        return error_memory(err);
    }
    return (file_read(ceremony->arena, path, 2 * CERTIFICATE_MAX_SIZE, &pem, err) &&
            certificate_load(ceremony->arena, pem, &ceremony->root, err)) ||
           error_context(err, "%s", path);
}

bool ceremony_open(Arena *arena, const char *directory, Ceremony *ret, Error *err)
{
    *ret = (Ceremony){.arena = arena, .directory = directory};
    return read_root(ret, err) && read_transcript(ret, &ret->root, err);
}

void ceremony_close(Ceremony *ceremony)
{
    transcript_cleanup(&ceremony->transcript);
    sm2_private_key_free(ceremony->key);
    ceremony->key = NULL;
}

static bool parse_key(Ceremony *ceremony, Bytes pem, Error *err)
{
    char password[CUSTODIANS_PASSWORD_SIZE] = "";
    size_t at = 0;
    bool is_sealed = bytes_find(pem, BYTES_LITERAL("ENCRYPTED PRIVATE KEY"), 0, &at);
    if (!is_sealed) {
        fprintf(stderr, "assent: this root key is not under the control of two custodians\n");
    }
    bool ok = (!is_sealed || ceremony_custodians(false, password, err)) &&
              key_pem_parse(pem, bytes_of_text(password), &ceremony->key, err);
    secret_wipe(password, sizeof password);
    return ok;
}

bool ceremony_unlock(Ceremony *ceremony, Error *err)
{
    const char *path = file_join(ceremony->arena, ceremony->directory, "root.key");
    Bytes pem;
    if (path == NULL) {
        return error_memory(err);
    }
    if (ceremony->transcript.is_destroyed) {
        return error_set(err, ERROR_CONFLICT, "ceremony.destroyed", NULL,
                         "the key of this root was destroyed; restore it from its shares");
    }
    if (!file_read(ceremony->arena, path, KEY_FILE_MAX, &pem, err) ||
        !parse_key(ceremony, pem, err)) {
        return error_context(err, "%s", path);
    }
    ceremony->signer = signer_of_key(ceremony->key);
    return sm2_public_key_equal(ceremony->signer.public_key, &ceremony->root.public_key) ||
           error_set(err, ERROR_INPUT, "ceremony.key", NULL, "root.key is not the key of root.pem");
}

// One write, so that a line is there whole or cut off where it is noticed; synced before the
// return.
static bool append(const char *path, Bytes line, Error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, line.data, line.len) == (ssize_t)line.len && fsync(fd) == 0;
    int failure = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    return written || error_set(err, ERROR_INTERNAL, "ceremony.transcript", NULL,
                                "cannot write to %s: %s", path, strerror(failure));
}

bool ceremony_record(Ceremony *ceremony, CeremonyAction action, json_t *details, Error *err)
{
    CLEANUP(json_cleanup) json_t *owned = details;
    CLEANUP(writer_free) Writer line = writer_new(TRANSCRIPT_LINE_MAX);
    const char *path = file_join(ceremony->arena, ceremony->directory, "transcript.jsonl");
    TranscriptAddition addition = {action, clock_now(clock_system()), owned};
    if (path == NULL) {
        return error_memory(err);
    }
    if (!transcript_sign_next(&ceremony->transcript, &addition, &ceremony->signer, &line, err) ||
        !append(path, writer_bytes(&line), err)) {
        return false;
    }
    transcript_cleanup(&ceremony->transcript);
    return read_transcript(ceremony, &ceremony->root, err);
}

bool ceremony_begin(Ceremony *ceremony, const char *control, Error *err)
{
    json_t *details = json_make_object();
    Sm3Digest digest = certificate_fingerprint(&ceremony->root);
    json_put_text(details, "control", control);
    json_put_hex(details, "certificate", sm3_bytes(&digest));
    json_put_hex(details, "serial", ceremony->root.serial);
    ceremony->transcript = (Transcript){.root = ceremony->root, .details = json_array()};
    return ceremony_record(ceremony, CEREMONY_ROOT_CREATED, details, err);
}
