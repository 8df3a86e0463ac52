// SPDX-License-Identifier: Apache-2.0
#include "program/sm_arguments.h"

#include "base/test/test.h"
#include "program/command.h"

enum { ARGUMENTS_MAX = 8 };

static bool parse(const char *const *words, uint64_t allowed, SmArguments *ret, Error *err)
{
    char *argv[ARGUMENTS_MAX];
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        argv[argc] = (char *)(uintptr_t)words[argc];
    }
    return sm_arguments_parse(argv, 0, argc, allowed, 2, ret, err);
}

TEST(options_have_their_value_behind_them_or_after_an_equals_sign)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4096);
    SmArguments arguments = {.command = "test", .arena = arena};
    const char *words[] = {"--key", "--id", "a", "--id=x=y", "--raw", "--", "--out", NULL};
    CHECK_OK(parse(words, SM_SET(SM_KEY) | SM_SET(SM_ID) | SM_SET(SM_RAW), &arguments, &err));
    CHECK_TEXT(arguments.values[SM_KEY], "--id");
    CHECK_TEXT(arguments.values[SM_ID], "x=y");
    CHECK(sm_has(&arguments, SM_RAW) && !sm_has(&arguments, SM_OUT));
    CHECK_INT(arguments.operand_count, 2);
    CHECK_TEXT(arguments.operands[0], "a");
    CHECK_TEXT(arguments.operands[1], "--out");
}

TEST(what_is_no_option_here_or_is_given_wrongly_is_wrong_usage)
{
    static const char *const refused[][4] = {
        {"--out", "f"},
        {"--key"},
        {"--key", "a", "--key=b"},
        {"--raw=1"},
        {"--raw", "--raw"},
        {"--ke", "a"},
        {"--keys=a"},
        {"-k"},
        {"a", "b", "c"},
        {"-", "-", "-"},
        {"--=a"},
        {"--e", "--digest"},
    };
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(65536);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        const char *words[] = {refused[i][0], refused[i][1], refused[i][2], refused[i][3], NULL};
        SmArguments arguments = {.command = "test", .arena = arena};
        CHECK_FAILS_WITH(
            parse(words, SM_SET(SM_KEY) | SM_SET(SM_RAW) | SM_SET(SM_DIGEST), &arguments, &err),
            ERROR_INPUT, "sm.usage");
        CHECK_INT(sm_exit_code(&err), EXIT_USAGE);
    }
}

TEST(numbers_are_decimal_and_in_their_range)
{
    static const char *const refused[] = {"",   "-1", "+1",  "0",         "11",
                                          "1x", " 1", "0x1", "9999999999"};
    Error err = {0};
    SmArguments arguments = {.command = "test"};
    size_t number = 0;
    CHECK_OK(sm_number(&arguments, SM_LEN, 1, 10, 7, &number, &err));
    CHECK_INT(number, 7);
    arguments.values[SM_LEN] = "10";
    CHECK_OK(sm_number(&arguments, SM_LEN, 1, 10, 7, &number, &err));
    CHECK_INT(number, 10);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        arguments.values[SM_LEN] = refused[i];
        CHECK_FAILS_WITH(sm_number(&arguments, SM_LEN, 1, 10, 7, &number, &err), ERROR_INPUT,
                         "sm.usage");
    }
}

TEST(sets_of_options_are_needed_or_exclude_each_other)
{
    Error err = {0};
    SmArguments arguments = {.command = "test"};
    const uint64_t set = SM_SET(SM_KEY) | SM_SET(SM_PUB);
    CHECK_OK(sm_at_most_one(&arguments, set, &err));
    CHECK_FAILS_WITH(sm_need_one(&arguments, set, &err), ERROR_INPUT, "sm.usage");
    arguments.values[SM_PUB] = "p";
    CHECK_OK(sm_at_most_one(&arguments, set, &err));
    CHECK_OK(sm_need_one(&arguments, set, &err));
    arguments.values[SM_KEY] = "";
    CHECK_FAILS_WITH(sm_at_most_one(&arguments, set, &err), ERROR_INPUT, "sm.usage");
    CHECK_FAILS_WITH(sm_need_one(&arguments, set, &err), ERROR_INPUT, "sm.usage");
}

TEST(exit_codes_tell_what_was_judged_from_what_was_not)
{
    static const struct {
        ErrorKind kind;
        const char *code;
        int exit_code;
    } cases[] = {
        {ERROR_INPUT, "sm.usage", EXIT_USAGE},
        {ERROR_NOT_FOUND, "file.unreadable", EXIT_USAGE},
        {ERROR_INPUT, "file.unwritable", EXIT_USAGE},
        {ERROR_LIMIT, "file.too_large", EXIT_USAGE},
        {ERROR_INPUT, "sm2.public_key", EXIT_INVALID},
        {ERROR_UNTRUSTED, "sm4.gcm_tag", EXIT_INVALID},
        {ERROR_FORBIDDEN, "key.password", EXIT_INVALID},
        {ERROR_INTERNAL, "memory", EXIT_FAULT},
        {ERROR_INTERNAL, "file.unwritable", EXIT_FAULT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        error_set(&err, cases[i].kind, cases[i].code, NULL, "text");
        CHECK_INT(sm_exit_code(&err), cases[i].exit_code);
    }
}
