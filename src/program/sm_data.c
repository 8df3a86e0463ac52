// SPDX-License-Identifier: Apache-2.0
#include "program/sm_data.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/secret/secret.h"
#include "program/file.h"

enum { PIECE_SIZE = 64 * 1024 };

static bool unreadable(const char *path, int number, Error *err)
{
    return error_set(err, ERROR_NOT_FOUND, "file.unreadable", NULL, "cannot read %s: %s", path,
                     strerror(number));
}

static bool read_pieces(int descriptor, const char *path, SmSink *sink, void *state, Error *err)
{
    uint8_t piece[PIECE_SIZE];
    ssize_t got = 0;
    do {
        got = read(descriptor, piece, sizeof piece);
        if (got > 0) {
            sink(state, bytes_of(piece, (size_t)got));
        }
    } while (got > 0 || (got < 0 && errno == EINTR));
    int number = errno;
    secret_wipe(piece, sizeof piece);
    return got == 0 || unreadable(path, number, err);
}

bool sm_stream(SmArguments *arguments, const char *path, SmSink *sink, void *state, Error *err)
{
    if (strcmp(path, "-") == 0) {
        if (arguments->is_stdin_taken) {
            return sm_usage(err, "standard input can be only one of the inputs");
        }
        arguments->is_stdin_taken = true;
        return read_pieces(STDIN_FILENO, "standard input", sink, state, err);
    }
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return unreadable(path, errno, err);
    }
    bool ok = read_pieces(descriptor, path, sink, state, err);
    close(descriptor);
    return ok;
}

static void append_piece(void *writer, Bytes piece)
{
    writer_put(writer, piece);
}

bool sm_read(SmArguments *arguments, const char *path, size_t max_size, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer content = writer_new(max_size);
    if (!sm_stream(arguments, path, append_piece, &content, err)) {
        return false;
    }
    if (content.failed) {
        return error_set(err, ERROR_LIMIT, "file.too_large", NULL, "%s is over %zu bytes", path,
                         max_size);
    }
    size_t len = content.len;
    *ret = arena_adopt(arguments->arena, &content);
    return ret->len == len || error_memory(err);
}

static int hex_digit(uint8_t character)
{
    return (character >= '0' && character <= '9')   ? character - '0'
           : (character >= 'a' && character <= 'f') ? character - 'a' + 10
           : (character >= 'A' && character <= 'F') ? character - 'A' + 10
                                                    : -1;
}

static bool is_space(uint8_t character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

bool sm_is_hex(Bytes text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (hex_digit(text.data[i]) >= 0) {
            digits++;
        } else if (!is_space(text.data[i])) {
            return false;
        }
    }
    return digits > 0;
}

bool sm_hex_decode(Arena *arena, Bytes text, Bytes *ret, Error *err)
{
    uint8_t *decoded = arena_alloc(arena, text.len / 2 + 1);
    size_t digits = 0;
    if (decoded == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit(text.data[i]);
        if (digit < 0 && !is_space(text.data[i])) {
            return error_set(err, ERROR_INPUT, "sm.hex", NULL,
                             "character %zu is no hexadecimal digit", i + 1);
        }
        if (digit >= 0) {
            decoded[digits / 2] = (uint8_t)(decoded[digits / 2] << 4 | digit);
            digits++;
        }
    }
    *ret = bytes_of(decoded, digits / 2);
    return digits % 2 == 0 ||
           error_set(err, ERROR_INPUT, "sm.hex", NULL, "the hexadecimal digits are an odd number");
}

// The path that the message is read from. Fails with "sm.usage" when there are two messages.
static bool message_path(const SmArguments *arguments, const char **ret, Error *err)
{
    if (!sm_at_most_one(arguments, SM_SET(SM_IN) | SM_SET(SM_MSG) | SM_SET(SM_TEXT), err)) {
        return false;
    }
    bool has_option =
        sm_has(arguments, SM_IN) || sm_has(arguments, SM_MSG) || sm_has(arguments, SM_TEXT);
    if (has_option && arguments->operand_count > 0) {
        return sm_usage(err, "%s is a second input", arguments->operands[0]);
    }
    *ret = sm_has(arguments, SM_IN)       ? arguments->values[SM_IN]
           : arguments->operand_count > 0 ? arguments->operands[0]
                                          : "-";
    return true;
}

bool sm_message_read(SmArguments *arguments, Bytes *ret, Error *err)
{
    const char *path;
    if (!message_path(arguments, &path, err)) {
        return false;
    }
    if (sm_has(arguments, SM_TEXT)) {
        *ret = bytes_of_text(arguments->values[SM_TEXT]);
        return true;
    }
    if (sm_has(arguments, SM_MSG)) {
        return sm_option_hex(arguments, SM_MSG, ret, err);
    }
    if (!sm_read(arguments, path, SM_MESSAGE_MAX, ret, err)) {
        return false;
    }
    return !sm_has(arguments, SM_IN_HEX) || sm_hex_decode(arguments->arena, *ret, ret, err) ||
           error_context(err, "%s", path);
}

bool sm_message_stream(SmArguments *arguments, SmSink *sink, void *state, Error *err)
{
    const char *path;
    Bytes message;
    if (!message_path(arguments, &path, err)) {
        return false;
    }
    if (!sm_has(arguments, SM_TEXT) && !sm_has(arguments, SM_MSG) &&
        !sm_has(arguments, SM_IN_HEX)) {
        return sm_stream(arguments, path, sink, state, err);
    }
    if (!sm_message_read(arguments, &message, err)) {
        return false;
    }
    sink(state, message);
    return true;
}

static bool read_variable(const char *name, Bytes *ret, Error *err)
{
    const char *content = getenv(name);
    *ret = bytes_of_text(content);
    return content != NULL || sm_usage(err, "the environment variable %s is not set", name);
}

bool sm_value_text(SmArguments *arguments, const char *value, Bytes *ret, Error *err)
{
    if (strncmp(value, "env:", 4) == 0) {
        return read_variable(&value[4], ret, err);
    }
    Bytes text = bytes_of_text(value);
    if (strcmp(value, "-") != 0 && !file_exists(value) && (text.len == 0 || sm_is_hex(text))) {
        *ret = text;
        return true;
    }
    return sm_read(arguments, value, SM_VALUE_MAX, ret, err);
}

bool sm_value_read(SmArguments *arguments, const char *value, Bytes *ret, Error *err)
{
    Bytes text;
    if (!sm_value_text(arguments, value, &text, err)) {
        return false;
    }
    if (sm_is_hex(text)) {
        return sm_hex_decode(arguments->arena, text, ret, err);
    }
    *ret = text;
    return true;
}

bool sm_option_hex(SmArguments *arguments, SmOption option, Bytes *ret, Error *err)
{
    const char *value = arguments->values[option];
    *ret = BYTES_EMPTY;
    return value == NULL || sm_hex_decode(arguments->arena, bytes_of_text(value), ret, err);
}

// Devices and pipes are written to as they are; a regular file is replaced as a whole.
static bool is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

bool sm_write_file(const char *path, Bytes content, bool is_secret, Error *err)
{
    bool is_stdout = path == NULL || strcmp(path, "-") == 0;
    if (!is_stdout && !is_special(path)) {
        return file_write(path, content, is_secret, err);
    }
    FILE *file = is_stdout ? stdout : fopen(path, "we");
    bool ok = file != NULL && fwrite(content.data, 1, content.len, file) == content.len &&
              fflush(file) == 0;
    if (file != NULL && !is_stdout) {
        ok = fclose(file) == 0 && ok;
    }
    return ok || error_set(err, ERROR_INTERNAL, "sm.output", NULL, "cannot write %s: %s",
                           is_stdout ? "standard output" : path, strerror(errno));
}

bool sm_write(const SmArguments *arguments, Bytes result, bool is_secret, Error *err)
{
    const char *path = arguments->values[SM_OUT];
    if (!sm_has(arguments, SM_HEX)) {
        return sm_write_file(path, result, is_secret, err);
    }
    CLEANUP(writer_free) Writer text = writer_new(2 * result.len + 1);
    hex_encode(result, &text);
    writer_put_text(&text, "\n");
    return text.failed ? error_memory(err)
                       : sm_write_file(path, writer_bytes(&text), is_secret, err);
}
