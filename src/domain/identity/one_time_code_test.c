// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/identity/one_time_code.h"

static const Sm3Digest purpose = {{1}};

static OneTimeCode fresh(char code[ONE_TIME_CODE_SIZE])
{
    Error err = {0};
    OneTimeCode one_time_code;
    CHECK_OK(one_time_code_new(&purpose, &ONE_TIME_CODE_RULES_DEFAULT, 1000, random_system(),
                               &one_time_code, code, &err));
    return one_time_code;
}

TEST(right_code_confirms_once)
{
    Error err = {0};
    char code[ONE_TIME_CODE_SIZE];
    OneTimeCode one_time_code = fresh(code);
    CHECK_INT(strlen(code), 6);
    CHECK_OK(one_time_code_confirm(&one_time_code, code, 2000, &err));
    CHECK(one_time_code.is_confirmed);
    CHECK_FAILS_WITH(one_time_code_confirm(&one_time_code, code, 2000, &err), ERROR_CONFLICT,
                     "code.already_confirmed");
}

TEST(tries_run_out_and_then_the_right_code_does_not_help)
{
    Error err = {0};
    char code[ONE_TIME_CODE_SIZE];
    char wrong[ONE_TIME_CODE_SIZE];
    OneTimeCode one_time_code = fresh(code);
    memcpy(wrong, code, sizeof(wrong));
    wrong[5] = wrong[5] == '0' ? '1' : '0';
    for (int i = 0; i < 5; i++) {
        CHECK_FAILS_WITH(one_time_code_confirm(&one_time_code, wrong, 2000, &err), ERROR_FORBIDDEN,
                         "code.wrong");
    }
    CHECK_FAILS_WITH(one_time_code_confirm(&one_time_code, code, 2000, &err), ERROR_LIMIT,
                     "code.tries");
}

TEST(code_expires)
{
    Error err = {0};
    char code[ONE_TIME_CODE_SIZE];
    OneTimeCode one_time_code = fresh(code);
    CHECK_FAILS_WITH(one_time_code_confirm(&one_time_code, code, 1000 + 5 * TIME_MINUTE, &err),
                     ERROR_CONFLICT, "code.expired");
    CHECK_OK(one_time_code_confirm(&one_time_code, code, 999 + 5 * TIME_MINUTE, &err));
}

TEST(code_for_one_purpose_opens_no_other)
{
    Error err = {0};
    char code[ONE_TIME_CODE_SIZE];
    OneTimeCode one_time_code = fresh(code);
    one_time_code.purpose.bytes[0] ^= 1;
    CHECK_FAILS_WITH(one_time_code_confirm(&one_time_code, code, 2000, &err), ERROR_FORBIDDEN,
                     "code.wrong");
}

TEST(malformed_code_costs_no_try)
{
    static const char *const bad[] = {"", "12345", "1234567", "12345a", "12 456"};
    char code[ONE_TIME_CODE_SIZE];
    OneTimeCode one_time_code = fresh(code);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Error err = {0};
        CHECK_FAILS_WITH(one_time_code_confirm(&one_time_code, bad[i], 2000, &err), ERROR_INPUT,
                         "code.format");
    }
    CHECK_INT(one_time_code.tries_left, 5);
}
