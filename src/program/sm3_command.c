// SPDX-License-Identifier: Apache-2.0
//
// assent sm3: digests, HMAC and key derivation
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/secret/secret.h"
#include "base/sm3/sm3.h"
#include "program/command.h"
#include "program/sm_data.h"

enum { KDF_MAX_SIZE = 1024 * 1024, NAME_MAX_SIZE = 64 * 1024 };

// A running digest or, with a key, HMAC.
typedef struct {
    bool has_key;
    Sm3 sm3;
    Sm3Hmac hmac;
} Hash;

static void hash_piece(void *state, Bytes piece)
{
    Hash *hash = state;
    if (hash->has_key) {
        sm3_hmac_update(&hash->hmac, piece);
    } else {
        sm3_update(&hash->sm3, piece);
    }
}

static void hash_start(Hash *hash, const Bytes *key)
{
    hash->has_key = key != NULL;
    if (hash->has_key) {
        sm3_hmac_start(&hash->hmac, *key);
    } else {
        sm3_start(&hash->sm3);
    }
}

static void hash_finish(Hash *hash, Sm3Digest *ret)
{
    if (hash->has_key) {
        sm3_hmac_finish(&hash->hmac, ret);
    } else {
        sm3_finish(&hash->sm3, ret);
    }
    secret_wipe(hash, sizeof *hash);
}

// "digest  name" as sha256sum prints it: a name with a line break or a backslash is escaped, and a
// backslash before the digest says so.
static void put_line(const Sm3Digest *digest, const char *name, Writer *ret)
{
    bool is_escaped = strpbrk(name, "\\\n\r") != NULL;
    writer_put_text(ret, is_escaped ? "\\" : "");
    hex_encode(sm3_bytes(digest), ret);
    writer_put_text(ret, "  ");
    for (; *name != '\0'; name++) {
        if (*name == '\\' || *name == '\n' || *name == '\r') {
            writer_put_text(ret, *name == '\\' ? "\\\\" : *name == '\n' ? "\\n" : "\\r");
        } else {
            writer_put_u8(ret, (uint8_t)*name);
        }
    }
    writer_put_text(ret, "\n");
}

static bool write_digest(const SmArguments *arguments, const Sm3Digest *digest, const char *name,
                         Error *err)
{
    CLEANUP(writer_free) Writer line = writer_new(NAME_MAX_SIZE);
    if (sm_has(arguments, SM_RAW) || sm_has(arguments, SM_HEX)) {
        return sm_write(arguments, sm3_bytes(digest), false, err);
    }
    put_line(digest, name, &line);
    return line.failed ? error_memory(err)
                       : sm_write_file(arguments->values[SM_OUT], writer_bytes(&line), false, err);
}

// Check

// What "digest  name" says; the name is in the arena.
static bool parse_line(SmArguments *arguments, Bytes line, Sm3Digest *ret, char **ret_name)
{
    bool is_escaped = bytes_start_with(line, BYTES_LITERAL("\\"));
    line = bytes_from(line, is_escaped ? 1 : 0);
    Bytes digits = bytes_slice(line, 0, 2 * SM3_SIZE), digest;
    Bytes name = bytes_from(line, 2 * SM3_SIZE + 2);
    bool has_gap = line.len > 2 * SM3_SIZE + 2 && line.data[2 * SM3_SIZE] == ' ' &&
                   (line.data[2 * SM3_SIZE + 1] == ' ' || line.data[2 * SM3_SIZE + 1] == '*');
    *ret_name = arena_text(arguments->arena, name);
    if (!has_gap || *ret_name == NULL || memchr(name.data, 0, name.len) != NULL ||
        !sm_hex_decode(arguments->arena, digits, &digest, NULL) || digest.len != SM3_SIZE) {
        return false;
    }
    memcpy(ret->bytes, digest.data, SM3_SIZE);
    size_t len = 0;
    for (const char *from = *ret_name; is_escaped && *from != '\0'; from++) {
        bool is_pair = from[0] == '\\' && (from[1] == '\\' || from[1] == 'n' || from[1] == 'r');
        from += is_pair ? 1 : 0;
        (*ret_name)[len++] = !is_pair || *from == '\\' ? *from : *from == 'n' ? '\n' : '\r';
    }
    if (is_escaped) {
        (*ret_name)[len] = '\0';
    }
    return true;
}

// True if the line says what is so; prints "name: OK" or why not.
static bool check_line(SmArguments *arguments, Bytes line, const Bytes *key)
{
    Sm3Digest expected, actual;
    char *name;
    Hash hash;
    if (!parse_line(arguments, line, &expected, &name)) {
        fprintf(stderr, "assent: a line is not \"digest  name\"\n");
        return false;
    }
    hash_start(&hash, key);
    bool is_read = sm_stream(arguments, name, hash_piece, &hash, NULL);
    hash_finish(&hash, &actual);
    bool is_same = is_read && sm3_digest_equal(&expected, &actual);
    printf("%s: %s\n", name, is_same ? "OK" : is_read ? "FAILED" : "FAILED open or read");
    return is_same;
}

static bool check_list(SmArguments *arguments, const Bytes *key, int *ret_code, Error *err)
{
    Bytes list;
    size_t lines = 0, bad = 0;
    if (!sm_read(arguments, arguments->values[SM_CHECK], SM_MESSAGE_MAX, &list, err)) {
        return false;
    }
    while (list.len > 0) {
        size_t end = list.len;
        (void)bytes_find(list, BYTES_LITERAL("\n"), 0, &end);
        lines++;
        bad += !check_line(arguments, bytes_slice(list, 0, end), key);
        list = bytes_from(list, end + 1);
    }
    // A list that holds nothing says nothing about any file.
    *ret_code = lines > 0 && bad == 0 ? EXIT_VALID : EXIT_INVALID;
    if (lines == 0 || bad > 0) {
        fprintf(stderr, "assent: %zu of %zu lines do not hold\n", bad, lines);
    }
    return true;
}

// Digests

static bool derive(SmArguments *arguments, Error *err)
{
    size_t len;
    Bytes z;
    if (!sm_number(arguments, SM_KDF, 1, KDF_MAX_SIZE, 0, &len, err) ||
        !sm_message_read(arguments, &z, err)) {
        return false;
    }
    uint8_t *derived = arena_alloc(arguments->arena, len);
    if (derived == NULL) {
        return error_memory(err);
    }
    sm3_kdf(z, derived, len);
    if (!sm_has(arguments, SM_RAW)) {
        arguments->values[SM_HEX] = "";
    }
    return sm_write(arguments, bytes_of(derived, len), true, err);
}

// One message: an option, an only operand, or standard input.
static bool digest_message(SmArguments *arguments, const Bytes *key, Error *err)
{
    Hash hash;
    Sm3Digest digest;
    hash_start(&hash, key);
    bool is_read = sm_message_stream(arguments, hash_piece, &hash, err);
    hash_finish(&hash, &digest);
    const char *name = sm_has(arguments, SM_IN)       ? arguments->values[SM_IN]
                       : arguments->operand_count > 0 ? arguments->operands[0]
                                                      : "-";
    return is_read && write_digest(arguments, &digest, name, err);
}

static bool digest_files(SmArguments *arguments, const Bytes *key, Error *err)
{
    if (sm_has(arguments, SM_OUT) || sm_has(arguments, SM_IN_HEX)) {
        return sm_usage(err, "--out and --in-hex go with one input");
    }
    for (size_t i = 0; i < arguments->operand_count; i++) {
        Hash hash;
        Sm3Digest digest;
        hash_start(&hash, key);
        bool is_read = sm_stream(arguments, arguments->operands[i], hash_piece, &hash, err);
        hash_finish(&hash, &digest);
        if (!is_read || !write_digest(arguments, &digest, arguments->operands[i], err)) {
            return false;
        }
    }
    return true;
}

static bool run_sm3(SmArguments *arguments, int *ret_code, Error *err)
{
    Bytes key_bytes;
    const Bytes *key = NULL;
    if (!sm_at_most_one(arguments, SM_SET(SM_HEX) | SM_SET(SM_RAW) | SM_SET(SM_CHECK), err) ||
        !sm_at_most_one(arguments, SM_SET(SM_CHECK) | SM_SET(SM_KDF), err) ||
        !sm_at_most_one(arguments, SM_SET(SM_HMAC_KEY) | SM_SET(SM_KDF), err)) {
        return false;
    }
    if (sm_has(arguments, SM_HMAC_KEY)) {
        if (!sm_value_read(arguments, arguments->values[SM_HMAC_KEY], &key_bytes, err)) {
            return false;
        }
        key = &key_bytes;
    }
    if (sm_has(arguments, SM_CHECK)) {
        return arguments->operand_count == 0 ? check_list(arguments, key, ret_code, err)
                                             : sm_usage(err, "--check takes no further files");
    }
    if (sm_has(arguments, SM_KDF)) {
        return derive(arguments, err);
    }
    bool has_many = arguments->operand_count > 1;
    return has_many ? digest_files(arguments, key, err) : digest_message(arguments, key, err);
}

int command_sm3(int argc, char **argv)
{
    static const SmCommand sm3 = {"sm3",
                                  SM_SET_MESSAGE | SM_SET(SM_HEX) | SM_SET(SM_RAW) |
                                      SM_SET(SM_OUT) | SM_SET(SM_CHECK) | SM_SET(SM_HMAC_KEY) |
                                      SM_SET(SM_KDF),
                                  SIZE_MAX, run_sm3};
    return sm_run(&sm3, "sm3", argv, 1, argc);
}
