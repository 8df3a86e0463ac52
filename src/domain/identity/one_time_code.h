// SPDX-License-Identifier: Apache-2.0
//
// One-time codes of six digits, sent to a phone to prove that the person has it.
#ifndef ASSENT_DOMAIN_IDENTITY_ONE_TIME_CODE_H
#define ASSENT_DOMAIN_IDENTITY_ONE_TIME_CODE_H

#include "base/core/error.h"
#include "base/core/time.h"
#include "base/secret/random.h"
#include "base/sm3/sm3.h"

enum { ONE_TIME_CODE_SIZE = 7, ONE_TIME_CODE_SALT_SIZE = 16 };

typedef struct {
    Time lifetime;  // 5 minutes by default
    int tries;      // 5 by default
} OneTimeCodeRules;

#define ONE_TIME_CODE_RULES_DEFAULT ((OneTimeCodeRules){5 * TIME_MINUTE, 5})

// A code that was sent; plain data that a component stores.
typedef struct {
    uint8_t salt[ONE_TIME_CODE_SALT_SIZE];
    Sm3Digest digest;   // HMAC-SM3(salt, purpose || code)
    Sm3Digest purpose;  // what the code is for: it opens nothing else
    Time expires_at;
    int tries_left;
    bool is_confirmed;
} OneTimeCode;

// Make a code for one purpose, uniformly from 000000 to 999999. Fails with ERROR_INTERNAL.
bool one_time_code_new(const Sm3Digest *purpose, const OneTimeCodeRules *rules, Time now,
                       Random random, OneTimeCode *ret, char ret_code[ONE_TIME_CODE_SIZE],
                       Error *err) MUST_CHECK;
// Compare in constant time; a wrong code costs a try. Fails with ERROR_INPUT "code.format",
// ERROR_FORBIDDEN "code.wrong", ERROR_LIMIT "code.tries", ERROR_CONFLICT "code.expired" or
// "code.already_confirmed".
bool one_time_code_confirm(OneTimeCode *one_time_code, const char *code, Time now,
                           Error *err) MUST_CHECK;

#endif
