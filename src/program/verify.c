// SPDX-License-Identifier: Apache-2.0
//
// assent verify: judge files offline, with nothing but the trust anchors, and say every check.
#include <stdio.h>
#include <string.h>

#include "program/command.h"
#include "program/verify.h"

// What the command line asks for.
typedef struct {
    const char *trust_directory;  // NULL: "trust" beside the file, if there is one
    Time at;
    VerifyStyle style;
    const char **files;
    size_t file_count;
} VerifyOptions;

// One argument and, when it takes one, its value. False: not understood.
static bool take_option(int argc, char **argv, int *index, VerifyOptions *options)
{
    const char *name = argv[*index];
    const char *value = *index + 1 < argc ? argv[*index + 1] : NULL;
    if (strcmp(name, "--json") == 0) {
        options->style.is_json = true;
        return true;
    }
    if (strcmp(name, "--summary") == 0) {
        options->style.is_summary = true;
        return true;
    }
    if (value == NULL) {
        return false;
    }
    (*index)++;
    if (strcmp(name, "--trust") == 0) {
        options->trust_directory = value;
        return true;
    }
    if (strcmp(name, "--at") == 0) {
        return time_from_text(bytes_of_text(value), &options->at, NULL);
    }
    options->style.is_english = strcmp(value, "en") == 0;
    return strcmp(name, "--lang") == 0 && (options->style.is_english || strcmp(value, "zh") == 0);
}

static bool take_options(int argc, char **argv, Arena *arena, VerifyOptions *ret)
{
    *ret = (VerifyOptions){.at = clock_now(clock_system()),
                           .files = arena_alloc(arena, (size_t)argc * sizeof *ret->files)};
    bool only_files = false;
    for (int i = 1; i < argc && ret->files != NULL; i++) {
        bool is_option = !only_files && argv[i][0] == '-' && argv[i][1] != '\0';
        if (is_option && strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if (!is_option) {
            ret->files[ret->file_count++] = argv[i];
        } else if (!take_option(argc, argv, &i, ret)) {
            return false;
        }
    }
    return ret->file_count > 0;
}

// 70 before 64 before 1 before 2 before 0: a failure is worse than a doubt.
static int worse_code(int a, int b)
{
    static const int order[] = {EXIT_FAULT, EXIT_USAGE, EXIT_INVALID, EXIT_UNDECIDED};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        if (a == order[i] || b == order[i]) {
            return order[i];
        }
    }
    return EXIT_VALID;
}

static int fail_file(const char *path, Error *err)
{
    (void)error_context(err, "%s", path);
    (void)command_fail(err);
    return err->kind == ERROR_INTERNAL ? EXIT_FAULT : EXIT_USAGE;
}

static int verify_one(const VerifyOptions *options, const char *path, json_t *results)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(VERIFY_ARENA_SIZE);
    Error err = {0};
    VerifiedFile file = {.path = path};
    if (arena == NULL) {
        (void)error_memory(&err);
        return fail_file(path, &err);
    }
    if (!verify_file(arena, path, options->trust_directory, options->at, &file, &err)) {
        return fail_file(path, &err);
    }
    if (options->style.is_json) {
        json_array_append_new(results, verified_file_to_json(&file));
    } else {
        verified_file_print(&file, &options->style, stdout);
    }
    return verdict_exit_code(&file.verdict);
}

static bool print_results(const json_t *results, Error *err)
{
    CLEANUP(json_cleanup) json_t *whole = json_make_object();
    CLEANUP(writer_free) Writer text = writer_new(VERIFY_ARENA_SIZE);
    json_put(whole, "files", json_incref((json_t *)results));
    if (!json_write(whole, &text, err)) {
        return false;
    }
    Bytes bytes = writer_bytes(&text);
    return (fwrite(bytes.data, 1, bytes.len, stdout) == bytes.len && putchar('\n') != EOF) ||
           error_set(err, ERROR_INTERNAL, "verify.output", NULL, "cannot write the result");
}

int command_verify(int argc, char **argv)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *results = json_array();
    VerifyOptions options;
    Error err = {0};
    int code = EXIT_VALID;
    if (arena == NULL || results == NULL) {
        (void)error_memory(&err);
        return command_fail(&err);
    }
    if (!take_options(argc, argv, arena, &options)) {
        return command_usage("verify");
    }
    for (size_t i = 0; i < options.file_count; i++) {
        code = worse_code(code, verify_one(&options, options.files[i], results));
    }
    if (options.style.is_json && !print_results(results, &err)) {
        return command_fail(&err);
    }
    return code;
}
