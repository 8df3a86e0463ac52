// SPDX-License-Identifier: Apache-2.0
//
// Staff: who may log in to the console, with a password and a one-time code.
//
//     [{"user": "li.officer", "name": "李专员", "role": "officer",
//       "salt": hex of 16 bytes, "iterations": 200000, "password": hex of 32 bytes,
//       "otp": hex of 20 bytes}]
#ifndef ASSENT_COMPONENT_PORTAL_STAFF_H
#define ASSENT_COMPONENT_PORTAL_STAFF_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

enum {
    STAFF_MAX = 64,
    STAFF_USER_SIZE = 64,
    STAFF_NAME_SIZE = 128,
    STAFF_ROLE_SIZE = 16,
    STAFF_SALT_SIZE = 16,
    STAFF_HASH_SIZE = 32,
    STAFF_OTP_SIZE = 20,
    STAFF_ITERATIONS = 200000,
    STAFF_PASSWORD_MIN = 12,
    STAFF_PASSWORD_MAX = 128,
    OTP_STEP_SECONDS = 30,
};

typedef struct {
    char user[STAFF_USER_SIZE];
    char name[STAFF_NAME_SIZE];
    char role[STAFF_ROLE_SIZE];  // "officer": acts; "auditor": looks
} StaffMember;

typedef struct {
    StaffMember member;
    uint8_t salt[STAFF_SALT_SIZE];
    uint64_t iterations;
    uint8_t password[STAFF_HASH_SIZE];  // PBKDF2-HMAC-SM3
    uint8_t otp[STAFF_OTP_SIZE];
} StaffAccount;

// Parse the configuration (empty: nobody). Fails with ERROR_INPUT, code "portal.staff".
bool staff_parse(Bytes json, StaffAccount ret[STAFF_MAX], size_t *ret_count, Error *err) MUST_CHECK;
// True if the password is the account's. Takes some hundred milliseconds, also for account NULL,
// so that the answer's time does not tell which users there are.
bool staff_check_password(const StaffAccount *account, Bytes password, bool *ret_is_right,
                          Error *err) MUST_CHECK;

// The time step (30 s) whose code this is, the present one or the one before or after it; 0 when
// it is none of them. Six digits, HMAC-SHA-1, as authenticator apps make them. Source: RFC 6238 4.
uint64_t otp_step_of(const uint8_t secret[STAFF_OTP_SIZE], const char *code, Time now);
// The code of a time step. Source: RFC 4226 5.3.
void otp_code(const uint8_t secret[STAFF_OTP_SIZE], uint64_t step, char ret[7]);

#endif
