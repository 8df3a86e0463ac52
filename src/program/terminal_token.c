// SPDX-License-Identifier: Apache-2.0
#include "program/terminal_token.h"

#include <sys/stat.h>

#include "program/file.h"

enum { PIN_FILE_MAX_SIZE = 64 };

static const char default_container[] = "assent";

static bool check_pin_file(const char *path, Error *err)
{
    struct stat info;
    if (stat(path, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return error_set(err, ERROR_FORBIDDEN, "terminal.pin_file", "JR/T 0299-2024 6.6 a",
                         "others than its owner may use the file with the PIN: chmod 600 it");
    }
    return true;
}

static bool read_pin(const char *path, Arena *arena, Secret **ret, Error *err)
{
    Bytes text;
    if (!check_pin_file(path, err) || !file_read(arena, path, PIN_FILE_MAX_SIZE, &text, err)) {
        return false;
    }
    size_t end;
    if (bytes_find(text, BYTES_LITERAL("\n"), 0, &end)) {
        text = bytes_slice(text, 0, end);
    }
    return secret_new(text, ret, err) || error_context(err, "the file with the PIN");
}

bool terminal_token_open(const TerminalTokenOptions *options, Arena *arena, SkfToken **ret,
                         Error *err)
{
    CLEANUP(secret_cleanup) Secret *pin = NULL;
    *ret = NULL;
    if (options->library == NULL && options->container == NULL && options->pin_file == NULL) {
        return true;
    }
    if (options->library == NULL || options->pin_file == NULL) {
        return error_set(err, ERROR_INPUT, "terminal.token", NULL,
                         "a token needs --key-token and --pin-file");
    }
    SkfConfig config = {
        .library = options->library,
        .container = options->container == NULL ? default_container : options->container};
    if (!read_pin(options->pin_file, arena, &pin, err)) {
        return false;
    }
    config.pin = pin;
    return skf_token_open(&config, ret, err);
}
