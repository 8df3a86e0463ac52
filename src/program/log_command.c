// SPDX-License-Identifier: Apache-2.0
//
// assent log: proofs and logs on files, without the log's private key.
#include "program/log_command.h"

#include <stdio.h>
#include <string.h>

#include "program/command.h"
#include "program/file.h"
#include "program/sm_keys.h"

enum { ARENA_SIZE = 1024 * 1024 * 1024, KEY_MAX_SIZE = 64 * 1024 };

int log_print_json(json_t *value, int code)
{
    CLEANUP(writer_free) Writer text = writer_new(ARENA_SIZE);
    if (!json_write(value, &text, NULL)) {
        return EXIT_FAULT;
    }
    writer_put_u8(&text, '\n');
    bool ok = !text.failed && fwrite(text.data, 1, text.len, stdout) == text.len;
    return ok && fflush(stdout) == 0 ? code : EXIT_FAULT;
}

void log_put_number(json_t *object, const char *key, uint64_t number)
{
    char text[24];
    if (number <= INT64_MAX) {
        json_put_int(object, key, (int64_t)number);
        return;
    }
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    json_put_text(object, key, text);
}

void log_put_error(json_t *object, const Error *err)
{
    json_put_text(object, "code", err->code);
    json_put_text(object, "clause", err->clause);
    json_put_text(object, "message", err->text);
}

static bool key_failed(Error *err)
{
    return error_set(err, ERROR_INPUT, "log.key", NULL,
                     "--key is neither a key of a log nor a file that holds one");
}

bool log_key_load(const LogArguments *arguments, Bytes origin, NoteKey *ret, Error *err)
{
    Bytes content = bytes_of_text(arguments->key);
    if (note_key_parse(content, ret, NULL)) {
        return true;
    }
    Sm2PublicKey key;
    if (!file_read(arguments->arena, arguments->key, KEY_MAX_SIZE, &content, err)) {
        return key_failed(err);
    }
    Bytes line = content;
    while (line.len > 0 && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r')) {
        line.len--;
    }
    if (note_key_parse(line, ret, NULL)) {
        return true;
    }
    const char *name = arena_text(arguments->arena, origin);
    if (name == NULL) {
        return error_memory(err);
    }
    return (sm_public_key_parse(arguments->arena, content, &key, NULL) &&
            note_key_new(name, NOTE_SM2, &key, ret, NULL)) ||
           key_failed(err);
}

typedef struct {
    const char *name;
    const char **value;
} ValueOption;

static bool take_option(int argc, char **argv, int *i, LogArguments *ret)
{
    const char *hash = NULL;
    const ValueOption options[] = {
        {"--leaves", &ret->leaves}, {"--entries", &ret->entries},
        {"--index", &ret->index},   {"--from", &ret->from},
        {"--size", &ret->size},     {"--encoding", &ret->encoding},
        {"--key", &ret->key},       {"--hash", &hash},
        {"--origin", &ret->origin}, {"--out", &ret->out},
    };
    if (strcmp(argv[*i], "--json") == 0 || strcmp(argv[*i], "--expect") == 0) {
        bool *flag = argv[*i][2] == 'j' ? &ret->is_json : &ret->is_expecting;
        bool is_first = !*flag;
        *flag = true;
        return is_first;
    }
    for (size_t k = 0; k < COUNT_OF(options); k++) {
        if (strcmp(argv[*i], options[k].name) == 0) {
            if (*options[k].value != NULL || *i + 1 == argc ||
                (options[k].value == &hash && ret->hash != NULL)) {
                return false;
            }
            *options[k].value = argv[++*i];
            ret->hash = hash != NULL ? log_hash_find(hash) : ret->hash;
            return hash == NULL || ret->hash != NULL;
        }
    }
    return false;
}

static bool take_arguments(int argc, char **argv, LogArguments *ret)
{
    bool is_option_end = false;
    for (int i = 2; i < argc; i++) {
        if (!is_option_end && strcmp(argv[i], "--") == 0) {
            is_option_end = true;
        } else if (!is_option_end && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!take_option(argc, argv, &i, ret)) {
                return false;
            }
        } else {
            ret->operands[ret->operand_count++] = argv[i];
        }
    }
    return true;
}

int command_log(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const LogArguments *arguments);
    } commands[] = {
        {"prove", log_prove},
        {"check-inclusion", log_check_inclusion},
        {"check-consistency", log_check_consistency},
        {"fsck", log_fsck},
        {"checkpoint", log_checkpoint},
        {"succeed", log_succeed},
        {"check-succession", log_check_succession},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_SIZE);
    LogArguments arguments = {.arena = arena};
    if (arena != NULL) {
        arguments.operands = arena_alloc(arena, (size_t)argc * sizeof *arguments.operands);
    }
    if (arguments.operands == NULL) {
        return EXIT_FAULT;
    }
    for (size_t i = 0; argc >= 2 && i < COUNT_OF(commands); i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return take_arguments(argc, argv, &arguments) ? commands[i].run(&arguments)
                                                          : command_usage("log");
        }
    }
    return command_usage("log");
}
