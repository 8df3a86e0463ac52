// SPDX-License-Identifier: Apache-2.0
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/verdict/verdict.h"

static bool has_text(const char *code)
{
    const VerdictCheck check = {.code = code, .detail = "no text"};
    return strcmp(verdict_chinese(&check), "no text") != 0;
}

// A code is words of lower case, digits and underscores, joined by dots.
static bool is_code(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.");
    return text[len] == '\0' && strchr(text, '.') != NULL && text[0] != '.' && text[len - 1] != '.';
}

// Read the string literal that starts at *at (a quotation mark) and move past it. What has
// escapes or is too long is no code and gives "".
static void take_literal(const char **at, char *ret, size_t size)
{
    size_t len = 0;
    const char *c = *at + 1;
    bool plain = true;
    for (; *c != '\0' && *c != '"'; c++) {
        plain = plain && *c != '\\' && len + 1 < size;
        if (plain) {
            ret[len++] = *c;
        }
        c += *c == '\\' && c[1] != '\0';
    }
    ret[plain ? len : 0] = '\0';
    *at = *c == '"' ? c + 1 : c;
}

// Check the codes among the string literals of a call's arguments.
static void check_call(const char *path, const char *call)
{
    int depth = 0;
    for (const char *c = strchr(call, '('); c != NULL && *c != '\0';) {
        if (*c == '"') {
            char literal[ERROR_CODE_SIZE];
            take_literal(&c, literal, sizeof literal);
            if (!is_code(literal)) {
                continue;
            }
            if (!has_text(literal)) {
                test_fail(path, 0, "verdict_text.c lacks a row for the code %s", literal);
            }
            return;
        }
        depth += *c == '(' ? 1 : *c == ')' ? -1 : 0;
        if (depth == 0) {
            return;
        }
        c++;
    }
}

static void check_file(const char *path)
{
    static const char *const calls[] = {"verdict_add(", "verdict_require(", "verdict_take("};
    Bytes source = test_file(path);
    char *text = strndup((const char *)source.data, source.len);
    for (size_t i = 0; text != NULL && i < COUNT_OF(calls); i++) {
        for (const char *at = text; (at = strstr(at, calls[i])) != NULL; at++) {
            check_call(path, at);
        }
    }
    free(text);
}

// Run from the top of the source tree, as the build does.
TEST(every_code_in_use_has_a_chinese_text)
{
    glob_t files = {0};
    glob("src/domain/*/*.c", 0, NULL, &files);
    glob("src/component/*/*.c", GLOB_APPEND, NULL, &files);
    if (files.gl_pathc == 0) {
        test_skip("not run from the top of the source tree");
    }
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *path = files.gl_pathv[i];
        size_t len = strlen(path);
        bool is_test = len > 7 && strcmp(path + len - 7, "_test.c") == 0;
        if (!is_test && strstr(path, "/verdict/") == NULL) {
            check_file(path);
        }
    }
    globfree(&files);
}

TEST(an_unknown_code_shows_the_detail)
{
    const VerdictCheck check = {.code = "no.such", .detail = "the detail"};
    CHECK_TEXT(verdict_chinese(&check), "the detail");
    CHECK(has_text("verdict.empty"));
    CHECK(has_text("verdict.exhausted"));
}

TEST(every_area_and_outcome_has_both_names)
{
    for (VerdictArea area = AREA_FORMAT; area <= AREA_POLICY; area++) {
        CHECK(verdict_area_name(area)[0] != '\0');
        CHECK(verdict_area_chinese(area)[0] != '\0');
    }
    for (CheckOutcome outcome = CHECK_PASSED; outcome <= CHECK_FAILED; outcome++) {
        CHECK(check_outcome_name(outcome)[0] != '\0');
        CHECK(check_outcome_chinese(outcome)[0] != '\0');
    }
}
