// SPDX-License-Identifier: Apache-2.0
#include "program/sm_arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/command.h"

enum { SM_ARENA_SIZE = 1 << 30 };

typedef struct {
    const char *name;
    SmOption option;
    bool takes_value;
} OptionRow;

// Several names of one option where scripts differ in what they call it.
static const OptionRow option_table[] = {
    {"--aad", SM_AAD, true},
    {"--batch", SM_BATCH, true},
    {"--c1c2c3", SM_C1C2C3, false},
    {"--c1c3c2", SM_C1C3C2, false},
    {"--check", SM_CHECK, true},
    {"--compressed", SM_COMPRESSED, false},
    {"--confirm", SM_CONFIRM, true},
    {"--der", SM_DER, false},
    {"--digest", SM_DIGEST, false},
    {"--e", SM_DIGEST, false},
    {"--ephemeral", SM_EPHEMERAL, true},
    {"--hex", SM_HEX, false},
    {"--hmac-key", SM_HMAC_KEY, true},
    {"--id", SM_ID, true},
    {"--id-hex", SM_ID_HEX, true},
    {"--in", SM_IN, true},
    {"--in-hex", SM_IN_HEX, false},
    {"--iv", SM_IV, true},
    {"--kdf", SM_KDF, true},
    {"--key", SM_KEY, true},
    {"--len", SM_LEN, true},
    {"--mode", SM_MODE, true},
    {"--msg", SM_MSG, true},
    {"--no-pad", SM_NO_PAD, false},
    {"--no-z", SM_NO_Z, false},
    {"--nonce", SM_IV, true},
    {"--out", SM_OUT, true},
    {"--peer", SM_PEER, true},
    {"--peer-ephemeral", SM_PEER_EPHEMERAL, true},
    {"--peer-id", SM_PEER_ID, true},
    {"--peer-id-hex", SM_PEER_ID_HEX, true},
    {"--pem", SM_PEM, false},
    {"--pub", SM_PUB, true},
    {"--quiet", SM_QUIET, false},
    {"--raw", SM_RAW, false},
    {"--role", SM_ROLE, true},
    {"--sig", SM_SIG, true},
    {"--tag", SM_TAG, true},
    {"--tag-len", SM_TAG_LEN, true},
    {"--tag-out", SM_TAG_OUT, true},
    {"--text", SM_TEXT, true},
};

bool sm_usage(Error *err, const char *format, ...)
{
    char text[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_set(err, ERROR_INPUT, "sm.usage", NULL, "%s", text);
}

static const char *option_name(SmOption option)
{
    for (size_t i = 0; i < COUNT_OF(option_table); i++) {
        if (option_table[i].option == option) {
            return option_table[i].name;
        }
    }
    return "?";
}

// `name_len` leaves out "=value".
static const OptionRow *find_option(const char *argument, size_t name_len, uint64_t allowed)
{
    for (size_t i = 0; i < COUNT_OF(option_table); i++) {
        const OptionRow *row = &option_table[i];
        if (strlen(row->name) == name_len && memcmp(row->name, argument, name_len) == 0 &&
            (allowed & SM_SET(row->option)) != 0) {
            return row;
        }
    }
    return NULL;
}

// Take the option at argv[*index] and, when it has one, its value.
static bool take_option(char **argv, int *index, int argc, uint64_t allowed, SmArguments *ret,
                        Error *err)
{
    const char *argument = argv[*index];
    const size_t name_len = strcspn(argument, "=");
    const bool has_value = argument[name_len] == '=';
    const OptionRow *row = find_option(argument, name_len, allowed);
    if (row == NULL) {
        return sm_usage(err, "%.*s is no option of %s", (int)name_len, argument, ret->command);
    }
    if (sm_has(ret, row->option)) {
        return sm_usage(err, "%s is given twice", row->name);
    }
    if (!row->takes_value && has_value) {
        return sm_usage(err, "%s takes no value", row->name);
    }
    if (row->takes_value && !has_value && *index + 1 >= argc) {
        return sm_usage(err, "%s needs a value", row->name);
    }
    if (!row->takes_value) {
        ret->values[row->option] = "";
    } else if (has_value) {
        ret->values[row->option] = &argument[name_len + 1];
    } else {
        ret->values[row->option] = argv[++*index];
    }
    return true;
}

bool sm_arguments_parse(char **argv, int first, int argc, uint64_t allowed, size_t max_operands,
                        SmArguments *ret, Error *err)
{
    ret->operands = arena_alloc(ret->arena, ((size_t)argc + 1) * sizeof *ret->operands);
    if (ret->operands == NULL) {
        return error_memory(err);
    }
    bool only_operands = false;
    for (int i = first; i < argc; i++) {
        bool is_option = !only_operands && argv[i][0] == '-' && argv[i][1] != '\0';
        if (is_option && strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (is_option) {
            if (!take_option(argv, &i, argc, allowed, ret, err)) {
                return false;
            }
        } else if (ret->operand_count == max_operands) {
            return sm_usage(err, "%s takes no further argument: %s", ret->command, argv[i]);
        } else {
            ret->operands[ret->operand_count++] = argv[i];
        }
    }
    return true;
}

bool sm_at_most_one(const SmArguments *arguments, uint64_t set, Error *err)
{
    const char *found = NULL;
    for (SmOption option = 0; option < SM_OPTION_COUNT; option++) {
        if ((set & SM_SET(option)) == 0 || !sm_has(arguments, option)) {
            continue;
        }
        if (found != NULL) {
            return sm_usage(err, "%s and %s exclude each other", found, option_name(option));
        }
        found = option_name(option);
    }
    return true;
}

bool sm_need_one(const SmArguments *arguments, uint64_t set, Error *err)
{
    const char *first = NULL;
    for (SmOption option = 0; option < SM_OPTION_COUNT; option++) {
        if ((set & SM_SET(option)) == 0) {
            continue;
        }
        if (sm_has(arguments, option)) {
            return sm_at_most_one(arguments, set, err);
        }
        first = first == NULL ? option_name(option) : first;
    }
    return sm_usage(err, "%s needs %s", arguments->command, first);
}

bool sm_number(const SmArguments *arguments, SmOption option, size_t min, size_t max,
               size_t otherwise, size_t *ret, Error *err)
{
    const char *text = arguments->values[option];
    size_t number = 0;
    if (text == NULL) {
        *ret = otherwise;
        return true;
    }
    bool is_number = text[0] != '\0' && strlen(text) <= 9;
    for (size_t i = 0; is_number && text[i] != '\0'; i++) {
        is_number = text[i] >= '0' && text[i] <= '9';
        number = 10 * number + (size_t)(text[i] - '0');
    }
    if (!is_number || number < min || number > max) {
        return sm_usage(err, "%s takes a number from %zu to %zu", option_name(option), min, max);
    }
    *ret = number;
    return true;
}

// Nothing was judged when the command line or a file is wrong; whatever else is wrong was read, and
// was found not to be valid.
int sm_exit_code(const Error *err)
{
    if (err->kind == ERROR_INTERNAL) {
        return EXIT_FAULT;
    }
    bool is_unjudged =
        strcmp(err->code, "sm.usage") == 0 || strncmp(err->code, "file.", strlen("file.")) == 0;
    return is_unjudged ? EXIT_USAGE : EXIT_INVALID;
}

int sm_run(const SmCommand *command, const char *title, char **argv, int first, int argc)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(SM_ARENA_SIZE);
    SmArguments arguments = {.command = title, .arena = arena};
    Error err = {0};
    int code = EXIT_VALID;
    bool ran = arena != NULL ? sm_arguments_parse(argv, first, argc, command->options,
                                                  command->max_operands, &arguments, &err) &&
                                   command->run(&arguments, &code, &err)
                             : error_memory(&err);
    // A verdict that nobody could read is not a verdict.
    if (ran && (fflush(stdout) != 0 || ferror(stdout))) {
        ran = error_set(&err, ERROR_INTERNAL, "sm.output", NULL, "cannot write the result");
    }
    if (ran) {
        return code;
    }
    (void)command_fail(&err);
    if (strcmp(err.code, "sm.usage") == 0) {
        fprintf(stderr, "see assent %.3s --help\n", title);
    }
    return sm_exit_code(&err);
}
