// SPDX-License-Identifier: Apache-2.0
//
// assent lint: hold objects of a PKI against their standards, without asking whom they come from.
#include <stdio.h>
#include <string.h>

#include "base/codec/pem.h"
#include "domain/lint/lint.h"
#include "program/command.h"
#include "program/file.h"

enum { LINT_ARENA_SIZE = 256 * 1024 * 1024, OBJECTS_MAX = 10000 };

typedef struct {
    bool is_json, is_english;
    json_t *results;  // of all files
} LintChoice;

// One file while it is linted.
typedef struct {
    const LintChoice *choice;
    Arena *arena;
    const char *path;
    json_t *objects;
    size_t count;
    bool has_errors;
} LintFile;

static void print_report(const LintFile *file, const LintReport *report)
{
    static const char *const chinese[] = {"提示", "警告", "错误"};
    static const char *const kinds[] = {"证书",      "证书申请", "吊销列表",
                                        "OCSP 响应", "时间戳",   "未知"};
    bool is_english = file->choice->is_english;
    printf("%s #%zu  %s\n", file->path, file->count,
           is_english ? lint_kind_name(report->kind) : kinds[report->kind]);
    for (const LintFinding *each = report->first; each != NULL; each = each->next) {
        printf("  %-8s %-40s %s  [%s]\n",
               is_english ? lint_severity_name(each->severity) : chinese[each->severity],
               each->code, is_english ? each->english : each->chinese, each->clause);
    }
    printf(is_english ? "  %zu rules: %zu errors, %zu warnings, %zu notices\n"
                      : "  共 %zu 条规则：错误 %zu，警告 %zu，提示 %zu\n",
           report->rule_count, report->counts[LINT_ERROR], report->counts[LINT_WARNING],
           report->counts[LINT_NOTICE]);
}

static bool lint_one(LintFile *file, LintKind kind, Bytes der, Error *err)
{
    LintReport report;
    if (file->count == OBJECTS_MAX) {
        return error_set(err, ERROR_LIMIT, "lint.objects", NULL, "%s has more than %d objects",
                         file->path, OBJECTS_MAX);
    }
    lint_object(file->arena, kind, der, NULL, &report);
    if (report.exhausted) {
        return error_memory(err);
    }
    file->count++;
    file->has_errors = file->has_errors || report.counts[LINT_ERROR] > 0;
    if (file->choice->is_json) {
        json_array_append_new(file->objects, lint_to_json(&report));
    } else {
        print_report(file, &report);
    }
    return true;
}

static bool lint_blocks(LintFile *file, const char *label, LintKind kind, Bytes text, Error *err)
{
    Error end = {0};
    Bytes der;
    while (pem_decode_next(file->arena, label, &text, &der, &end)) {
        if (!lint_one(file, kind == LINT_UNKNOWN ? lint_kind_of(der) : kind, der, err)) {
            return false;
        }
    }
    // A block that is no base64 is an object that cannot be read.
    return end.kind == ERROR_NOT_FOUND || lint_one(file, LINT_UNKNOWN, BYTES_EMPTY, err);
}

static bool lint_content(LintFile *file, Bytes content, Error *err)
{
    static const struct {
        const char *label;
        LintKind kind;
    } labels[] = {
        {"CERTIFICATE", LINT_CERTIFICATE},
        {"X509 CERTIFICATE", LINT_CERTIFICATE},
        {"TRUSTED CERTIFICATE", LINT_CERTIFICATE},
        {"CERTIFICATE REQUEST", LINT_REQUEST},
        {"NEW CERTIFICATE REQUEST", LINT_REQUEST},
        {"X509 CRL", LINT_LIST},
        {"OCSP RESPONSE", LINT_ANSWER},
        {"TIMESTAMP TOKEN", LINT_STAMP},
        {"PKCS7", LINT_UNKNOWN},
        {"CMS", LINT_UNKNOWN},
    };
    if (!pem_is_pem(content)) {
        return lint_one(file, lint_kind_of(content), content, err);
    }
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        if (!lint_blocks(file, labels[i].label, labels[i].kind, content, err)) {
            return false;
        }
    }
    return file->count > 0 || lint_one(file, LINT_UNKNOWN, BYTES_EMPTY, err);
}

static void add_result(const LintFile *file, const Error *err, int code)
{
    json_t *result = json_make_object();
    json_put_text(result, "file", file->path);
    json_put_int(result, "exit_code", code);
    if (err->kind != ERROR_NONE) {
        json_t *error = json_make_object();
        json_put_text(error, "code", err->code);
        json_put_text(error, "message", err->text);
        json_put(result, "error", error);
    }
    json_put(result, "objects", json_incref(file->objects));
    json_array_append_new(file->choice->results, result);
}

static int lint_file(const LintChoice *choice, const char *path)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(LINT_ARENA_SIZE);
    CLEANUP(json_cleanup) json_t *objects = json_array();
    LintFile file = {.choice = choice, .arena = arena, .path = path, .objects = objects};
    Error err = {0};
    Bytes content;
    if (arena == NULL || objects == NULL) {
        (void)error_memory(&err);
        return command_fail(&err);
    }
    int code = EXIT_USAGE;
    if (file_read(arena, path, FILE_MAX_SIZE, &content, &err) &&
        lint_content(&file, content, &err)) {
        code = file.has_errors ? EXIT_INVALID : EXIT_VALID;
    } else {
        (void)command_fail(&err);
        code = err.kind == ERROR_INTERNAL ? EXIT_FAULT : EXIT_USAGE;
    }
    if (choice->is_json) {
        add_result(&file, &err, code);
    }
    return code;
}

static bool print_json(json_t *results)
{
    CLEANUP(json_cleanup) json_t *whole = json_make_object();
    CLEANUP(writer_free) Writer text = writer_new(LINT_ARENA_SIZE);
    json_put(whole, "files", json_incref(results));
    if (!json_write(whole, &text, NULL)) {
        return false;
    }
    writer_put_u8(&text, '\n');
    return !text.failed && fwrite(text.data, 1, text.len, stdout) == text.len;
}

// Options first, so that a file that is named before one is told in the form asked for.
static bool take_choice(int argc, char **argv, LintChoice *ret, size_t *ret_files)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            ret->is_json = true;
        } else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) {
            i++;
            ret->is_english = strcmp(argv[i], "en") == 0;
            if (!ret->is_english && strcmp(argv[i], "zh") != 0) {
                return false;
            }
        } else if (argv[i][0] == '-' && argv[i][1] != '\0') {
            return false;
        } else {
            (*ret_files)++;
        }
    }
    return *ret_files > 0;
}

int command_lint(int argc, char **argv)
{
    CLEANUP(json_cleanup) json_t *results = json_array();
    LintChoice choice = {.results = results};
    size_t files = 0;
    int worst = EXIT_VALID;
    if (!take_choice(argc, argv, &choice, &files)) {
        return command_usage("lint");
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--lang") == 0) {
            i++;
        } else if (argv[i][0] != '-' || argv[i][1] == '\0') {
            int code = lint_file(&choice, argv[i]);
            worst = code > worst ? code : worst;
        }
    }
    bool is_told = !choice.is_json || print_json(results);
    return is_told && fflush(stdout) == 0 ? worst : EXIT_FAULT;
}
