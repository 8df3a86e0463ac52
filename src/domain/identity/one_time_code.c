// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/one_time_code.h"

#include <stdio.h>
#include <string.h>

#include "base/secret/secret.h"

enum { ONE_TIME_CODES = 1000000 };

static Sm3Digest code_digest(const OneTimeCode *one_time_code, const char *code)
{
    uint8_t message[SM3_SIZE + ONE_TIME_CODE_SIZE - 1];
    memcpy(message, one_time_code->purpose.bytes, SM3_SIZE);
    memcpy(message + SM3_SIZE, code, ONE_TIME_CODE_SIZE - 1);
    return sm3_hmac(BYTES_OF_ARRAY(one_time_code->salt), BYTES_OF_ARRAY(message));
}

// A uniform number: what would favour small codes is drawn again.
static bool code_draw(Random random, uint32_t *ret, Error *err)
{
    const uint32_t limit = UINT32_MAX - UINT32_MAX % ONE_TIME_CODES;
    for (int i = 0; i < 64; i++) {
        uint8_t bytes[4];
        if (!random_fill(random, bytes, sizeof(bytes), err)) {
            return false;
        }
        Reader reader = reader_of(BYTES_OF_ARRAY(bytes));
        const uint32_t drawn = reader_u32_be(&reader);
        if (drawn < limit) {
            *ret = drawn % ONE_TIME_CODES;
            return true;
        }
    }
    return error_set(err, ERROR_INTERNAL, "code.random", NULL, "the random source is stuck");
}

bool one_time_code_new(const Sm3Digest *purpose, const OneTimeCodeRules *rules, Time now,
                       Random random, OneTimeCode *ret, char ret_code[ONE_TIME_CODE_SIZE],
                       Error *err)
{
    OneTimeCode one_time_code = {
        .purpose = *purpose,
        .expires_at = now + rules->lifetime,
        .tries_left = rules->tries,
    };
    uint32_t number = 0;
    if (!random_fill(random, one_time_code.salt, sizeof(one_time_code.salt), err) ||
        !code_draw(random, &number, err)) {
        return false;
    }
    (void)snprintf(ret_code, ONE_TIME_CODE_SIZE, "%06u", (unsigned)(number % ONE_TIME_CODES));
    one_time_code.digest = code_digest(&one_time_code, ret_code);
    *ret = one_time_code;
    return true;
}

static bool code_is_well_formed(const char *code)
{
    return strlen(code) == ONE_TIME_CODE_SIZE - 1 &&
           strspn(code, "0123456789") == ONE_TIME_CODE_SIZE - 1;
}

bool one_time_code_confirm(OneTimeCode *one_time_code, const char *code, Time now, Error *err)
{
    if (one_time_code->is_confirmed) {
        return error_set(err, ERROR_CONFLICT, "code.already_confirmed", NULL,
                         "the one-time code was used before");
    }
    if (now >= one_time_code->expires_at) {
        return error_set(err, ERROR_CONFLICT, "code.expired", NULL, "the one-time code expired");
    }
    if (one_time_code->tries_left <= 0) {
        return error_set(err, ERROR_LIMIT, "code.tries", NULL,
                         "the one-time code was tried too often");
    }
    if (!code_is_well_formed(code)) {
        return error_set(err, ERROR_INPUT, "code.format", NULL, "a one-time code has six digits");
    }
    const Sm3Digest digest = code_digest(one_time_code, code);
    one_time_code->tries_left--;
    if (!secret_equal(sm3_bytes(&digest), sm3_bytes(&one_time_code->digest))) {
        return error_set(err, ERROR_FORBIDDEN, "code.wrong", NULL,
                         "the one-time code is wrong, %d tries left", one_time_code->tries_left);
    }
    one_time_code->is_confirmed = true;
    return true;
}
