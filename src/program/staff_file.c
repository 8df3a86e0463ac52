// SPDX-License-Identifier: Apache-2.0
#include "program/staff_file.h"

#include <string.h>

#include "component/portal/staff.h"
#include "program/file.h"

enum { STAFF_MAX_SIZE = 256 * 1024 };

static bool check(Bytes text, Error *err)
{
    StaffAccount accounts[STAFF_MAX];
    size_t count;
    bool ok = staff_parse(text, accounts, &count, err);
    secret_wipe(accounts, sizeof accounts);
    return ok;
}

bool staff_file_load(Arena *arena, const char *path, json_t **ret, Error *err)
{
    Bytes text;
    if (!file_exists(path)) {
        *ret = json_array();
        return *ret != NULL || error_memory(err);
    }
    if (!file_read(arena, path, STAFF_MAX_SIZE, &text, err)) {
        return false;
    }
    return (check(text, err) && json_parse(text, ret, err)) || error_context(err, "%s", path);
}

bool staff_file_save(Arena *arena, const char *path, const json_t *accounts, Error *err)
{
    Bytes text;
    return json_text(arena, accounts, &text, err) && check(text, err) &&
           file_write(path, text, true, err);
}

// The place of a user's account; the number of accounts when there is none.
static size_t find(const json_t *accounts, const char *user)
{
    size_t at = 0;
    while (at < json_array_size(accounts)) {
        const char *name = json_string_value(json_object_get(json_array_get(accounts, at), "user"));
        if (name != NULL && strcmp(name, user) == 0) {
            break;
        }
        at++;
    }
    return at;
}

bool staff_file_add(json_t *accounts, const PortalStaff *member, Arena *arena, const char **ret_otp,
                    Error *err)
{
    json_t *account = NULL;
    if (find(accounts, member->user) < json_array_size(accounts)) {
        return error_set(err, ERROR_CONFLICT, "staff.exists", NULL, "user %s is there already",
                         member->user);
    }
    if (!portal_staff_create(member, random_system(), arena, &account, ret_otp, err)) {
        return false;
    }
    return json_array_append_new(accounts, account) == 0 || error_memory(err);
}

bool staff_file_remove(json_t *accounts, const char *user, Error *err)
{
    size_t at = find(accounts, user);
    return json_array_remove(accounts, at) == 0 ||
           error_set(err, ERROR_NOT_FOUND, "staff.unknown", NULL, "there is no user %s", user);
}
