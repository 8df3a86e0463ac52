// SPDX-License-Identifier: Apache-2.0
#include "component/portal/staff.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"
#include "base/core/attributes.h"
#include "base/crypto/pbkdf2.h"
#include "base/secret/secret.h"
#include "component/portal/portal.h"

enum { ITERATIONS_MIN = 10000 };

static bool is_role(const char *role)
{
    return strcmp(role, "officer") == 0 || strcmp(role, "auditor") == 0;
}

static bool is_user(const char *user)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
    return user[0] != '\0' && strlen(user) < STAFF_USER_SIZE &&
           strspn(user, allowed) == strlen(user);
}

static bool parse_account(const json_t *value, StaffAccount *ret, Error *err)
{
    JsonView view = json_view(value, "staff", err);
    const char *user = json_view_text(&view, "user", STAFF_USER_SIZE - 1);
    const char *name = json_view_text(&view, "name", STAFF_NAME_SIZE - 1);
    const char *role = json_view_text(&view, "role", STAFF_ROLE_SIZE - 1);
    json_view_hex(&view, "salt", ret->salt, sizeof ret->salt);
    ret->iterations =
        (uint64_t)json_view_int(&view, "iterations", ITERATIONS_MIN, PBKDF2_MAX_ITERATIONS);
    json_view_hex(&view, "password", ret->password, sizeof ret->password);
    json_view_hex(&view, "otp", ret->otp, sizeof ret->otp);
    if (!is_user(user)) {
        json_view_fail(&view, "user", "is made of lower-case letters, digits and . - _");
    }
    if (!is_role(role)) {
        json_view_fail(&view, "role", "is officer or auditor");
    }
    snprintf(ret->member.user, sizeof ret->member.user, "%s", user);
    snprintf(ret->member.name, sizeof ret->member.name, "%s", name);
    snprintf(ret->member.role, sizeof ret->member.role, "%s", role);
    return json_view_done(&view);
}

bool staff_parse(Bytes json, StaffAccount ret[STAFF_MAX], size_t *ret_count, Error *err)
{
    CLEANUP(json_cleanup) json_t *list = NULL;
    *ret_count = 0;
    if (json.len == 0) {
        return true;
    }
    if (!json_parse(json, &list, err)) {
        return false;
    }
    if (!json_is_array(list) || json_array_size(list) > STAFF_MAX) {
        return error_set(err, ERROR_INPUT, "portal.staff", NULL,
                         "the staff are no list of at most %d accounts", STAFF_MAX);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!parse_account(json_array_get(list, i), &ret[i], err)) {
            return false;
        }
        for (size_t k = 0; k < i; k++) {
            if (strcmp(ret[k].member.user, ret[i].member.user) == 0) {
                return error_set(err, ERROR_INPUT, "portal.staff", NULL, "user %s is there twice",
                                 ret[i].member.user);
            }
        }
    }
    *ret_count = json_array_size(list);
    return true;
}

bool staff_check_password(const StaffAccount *account, Bytes password, bool *ret_is_right,
                          Error *err)
{
    static const StaffAccount nobody = {.iterations = STAFF_ITERATIONS};
    const StaffAccount *checked = account != NULL ? account : &nobody;
    uint8_t derived[STAFF_HASH_SIZE];
    if (!pbkdf2_derive(PBKDF2_HMAC_SM3, password, BYTES_OF_ARRAY(checked->salt),
                       checked->iterations, derived, sizeof derived, err)) {
        return false;
    }
    *ret_is_right =
        secret_equal(BYTES_OF_ARRAY(derived), BYTES_OF_ARRAY(checked->password)) && account != NULL;
    secret_wipe(derived, sizeof derived);
    return true;
}

static bool check_new(const PortalStaff *staff, Error *err)
{
    size_t len = strlen(staff->password);
    if (!is_user(staff->user) || !is_role(staff->role) || strlen(staff->name) >= STAFF_NAME_SIZE) {
        return error_set(err, ERROR_INPUT, "portal.staff", NULL,
                         "a user is made of lower-case letters, digits and . - _, a role is officer"
                         " or auditor");
    }
    return (len >= STAFF_PASSWORD_MIN && len <= STAFF_PASSWORD_MAX) ||
           error_set(err, ERROR_INPUT, "portal.staff", "GB/T 22081-2016 9.4.3",
                     "a password has %d to %d characters", STAFF_PASSWORD_MIN, STAFF_PASSWORD_MAX);
}

// Base32 of 20 bytes, without padding. Source: RFC 4648 6.
static void base32(const uint8_t bytes[STAFF_OTP_SIZE], char ret[33])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    for (size_t i = 0; i < 32; i++) {
        size_t bit = 5 * i, at = bit / 8;
        unsigned pair = (unsigned)bytes[at] << 8 | (at + 1 < STAFF_OTP_SIZE ? bytes[at + 1] : 0U);
        ret[i] = digits[pair >> (11 - bit % 8) & 31];
    }
    ret[32] = '\0';
}

bool portal_staff_create(const PortalStaff *staff, Random random, Arena *arena, json_t **ret,
                         const char **ret_otp, Error *err)
{
    uint8_t salt[STAFF_SALT_SIZE], hash[STAFF_HASH_SIZE], otp[STAFF_OTP_SIZE];
    char secret[33];
    if (!check_new(staff, err) || !random_fill(random, salt, sizeof salt, err) ||
        !random_fill(random, otp, sizeof otp, err) ||
        !pbkdf2_derive(PBKDF2_HMAC_SM3, bytes_of_text(staff->password), BYTES_OF_ARRAY(salt),
                       STAFF_ITERATIONS, hash, sizeof hash, err)) {
        return false;
    }
    base32(otp, secret);
    *ret_otp = arena_format(arena, "otpauth://totp/assent:%s?secret=%s&issuer=assent", staff->user,
                            secret);
    json_t *account = json_make_object();
    json_put_text(account, "user", staff->user);
    json_put_text(account, "name", staff->name);
    json_put_text(account, "role", staff->role);
    json_put_hex(account, "salt", BYTES_OF_ARRAY(salt));
    json_put_int(account, "iterations", STAFF_ITERATIONS);
    json_put_hex(account, "password", BYTES_OF_ARRAY(hash));
    json_put_hex(account, "otp", BYTES_OF_ARRAY(otp));
    secret_wipe(otp, sizeof otp);
    secret_wipe(secret, sizeof secret);
    *ret = account;
    return *ret_otp != NULL || error_memory(err);
}
