// SPDX-License-Identifier: Apache-2.0
#include "program/witness_home.h"

#include <stdlib.h>

#include "base/crypto/key.h"
#include "program/file.h"

enum { KEYS_FILE_SIZE = 64 * 1024 };

static Bytes key_password(void)
{
    return bytes_of_text(getenv("ASSENT_KEY_PASSWORD"));
}

bool witness_key_read(Bytes text, NoteKey *ret, Error *err)
{
    while (text.len > 0 && text.data[text.len - 1] <= ' ') {
        text = bytes_slice(text, 0, text.len - 1);
    }
    return note_key_parse(text, ret, err);
}

static bool write_keys(const char *path, const NoteKey *keys, size_t count, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(KEYS_FILE_SIZE);
    for (size_t i = 0; i < count; i++) {
        if (!note_key_encode(&keys[i], &text, err)) {
            return false;
        }
        writer_put_text(&text, "\n");
    }
    return text.failed ? error_memory(err) : file_write(path, writer_bytes(&text), false, err);
}

static bool write_home(Arena *arena, const char *directory, const Sm2PrivateKey *key,
                       const NoteKey *note_key, Error *err)
{
    const char *key_file = file_join(arena, directory, "witness.key");
    const char *public_file = file_join(arena, directory, "witness.vkey");
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PEM_MAX_SIZE);
    if (key_file == NULL || public_file == NULL) {
        return error_memory(err);
    }
    return key_pem_encode(key, key_password(), random_system(), &pem, err) &&
           file_write(key_file, writer_bytes(&pem), true, err) &&
           write_keys(public_file, note_key, 1, err);
}

bool witness_home_create(Arena *arena, const char *directory, const char *name, const NoteKey *logs,
                         size_t log_count, NoteKey *ret, Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    NoteKey note_key;
    const char *logs_file = file_join(arena, directory, "logs");
    // A key that lies there cannot be made again, nor the memory.
    if (!file_directory_is_empty(directory)) {
        return error_set(err, ERROR_CONFLICT, "witness.exists", NULL, "%s is no empty directory",
                         directory);
    }
    if (logs_file == NULL) {
        return error_memory(err);
    }
    if (!file_make_directory(directory, true, err) ||
        !sm2_key_generate(random_system(), &key, err) ||
        !note_key_new(name, NOTE_SM2_COSIGNATURE, sm2_public_key(key), &note_key, err) ||
        !write_home(arena, directory, key, &note_key, err) ||
        !write_keys(logs_file, logs, log_count, err)) {
        return false;
    }
    *ret = note_key;
    return true;
}

bool witness_home_key(Arena *arena, const char *directory, NoteKey *ret, Error *err)
{
    Bytes text;
    const char *path = file_join(arena, directory, "witness.vkey");
    return path == NULL ? error_memory(err)
                        : file_read(arena, path, KEYS_FILE_SIZE, &text, err) &&
                              witness_key_read(text, ret, err);
}

static bool read_logs(Arena *arena, const char *directory, WitnessHome *ret, Error *err)
{
    Bytes text;
    const char *path = file_join(arena, directory, "logs");
    if (path == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, path, KEYS_FILE_SIZE, &text, err)) {
        return false;
    }
    while (text.len > 0) {
        size_t end = text.len;
        (void)bytes_find(text, BYTES_LITERAL("\n"), 0, &end);
        Bytes line = bytes_slice(text, 0, end);
        text = bytes_from(text, end < text.len ? end + 1 : end);
        if (line.len == 0 || line.data[0] == '#') {
            continue;
        }
        if (ret->log_count == WITNESS_LOGS_MAX) {
            return error_set(err, ERROR_LIMIT, "witness.logs", NULL, "%s names over %d logs", path,
                             WITNESS_LOGS_MAX);
        }
        if (!witness_key_read(line, &ret->logs[ret->log_count++], err)) {
            return error_context(err, "%s", path);
        }
    }
    return true;
}

static bool read_key(Arena *arena, const char *directory, WitnessHome *ret, Error *err)
{
    Bytes pem;
    const char *path = file_join(arena, directory, "witness.key");
    if (path == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, path, KEY_PEM_MAX_SIZE, &pem, err)) {
        return false;
    }
    if (!key_pem_parse(pem, key_password(), &ret->key, err)) {
        return error_context(err, "%s (the password is taken from ASSENT_KEY_PASSWORD)", path);
    }
    ret->signer = signer_of_key(ret->key);
    return sm2_public_key_equal(ret->signer.public_key, &ret->note_key.key) ||
           error_set(err, ERROR_INPUT, "witness.key_differs", NULL,
                     "%s: witness.vkey is not of witness.key", directory);
}

bool witness_home_open(Arena *arena, const char *directory, Clock clock, WitnessHome *ret,
                       Error *err)
{
    *ret = (WitnessHome){0};
    if (!witness_home_key(arena, directory, &ret->note_key, err) ||
        !read_key(arena, directory, ret, err) || !read_logs(arena, directory, ret, err)) {
        witness_home_close(ret);
        return false;
    }
    WitnessConfig config = {.directory = directory,
                            .name = ret->note_key.name,
                            .signer = &ret->signer,
                            .logs = ret->logs,
                            .log_count = ret->log_count,
                            .clock = clock};
    if (!witness_open(&config, &ret->witness, err)) {
        witness_home_close(ret);
        return false;
    }
    return true;
}

void witness_home_close(WitnessHome *home)
{
    witness_close(home->witness);
    sm2_private_key_free(home->key);
    home->witness = NULL;
    home->key = NULL;
}
