// SPDX-License-Identifier: Apache-2.0
//
// The accounts of the console as the file staff.json of the portal's directory (mode 0600): salted
// digests of passwords, secrets of one-time codes. What it holds: component/portal/staff.h.
#ifndef ASSENT_PROGRAM_STAFF_FILE_H
#define ASSENT_PROGRAM_STAFF_FILE_H

#include "base/codec/json.h"
#include "component/portal/portal.h"

// Load the accounts, a JSON array that the caller owns; no file: an empty one. Fails with
// ERROR_INPUT "portal.staff" when the portal would not take them, or as file_read does.
bool staff_file_load(Arena *arena, const char *path, json_t **ret, Error *err) MUST_CHECK;
// Write the accounts. Fails as staff_file_load and file_write do; the old file then stays.
bool staff_file_save(Arena *arena, const char *path, const json_t *accounts, Error *err) MUST_CHECK;
// Append a new account; *ret_otp is its otpauth:// URI, in the arena. Fails with ERROR_CONFLICT
// "staff.exists", or as portal_staff_create does.
bool staff_file_add(json_t *accounts, const PortalStaff *member, Arena *arena, const char **ret_otp,
                    Error *err) MUST_CHECK;
// Take an account out. Fails with ERROR_NOT_FOUND "staff.unknown".
bool staff_file_remove(json_t *accounts, const char *user, Error *err) MUST_CHECK;

#endif
