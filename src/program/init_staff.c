// SPDX-License-Identifier: Apache-2.0
#include "base/core/attributes.h"
#include "program/file.h"
#include "program/init.h"
#include "program/staff_file.h"

// Four groups of five letters out of 32, 100 bits: none is taken for another when it is read out
// or copied by hand.
static bool make_password(char ret[INIT_PASSWORD_SIZE], Error *err)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t draws[INIT_PASSWORD_SIZE - 1];
    _Static_assert(sizeof letters - 1 == 32, "every letter is as likely");
    if (!random_fill(random_system(), draws, sizeof draws, err)) {
        return false;
    }
    for (size_t i = 0; i < sizeof draws; i++) {
        ret[i] = i % 6 == 5 ? '-' : letters[draws[i] % 32];
    }
    ret[INIT_PASSWORD_SIZE - 1] = '\0';
    secret_wipe(draws, sizeof draws);
    return true;
}

bool init_staff(const InitPlan *plan, Arena *arena, InitLogin ret[INIT_LOGINS], Error *err)
{
    static const PortalStaff members[INIT_LOGINS] = {
        {.user = "officer", .name = "示例业务员", .role = "officer"},
        {.user = "auditor", .name = "示例审计员", .role = "auditor"}};
    const char *path = file_join(arena, plan->directory, "portal/staff.json");
    CLEANUP(json_cleanup) json_t *accounts = json_array();
    if (path == NULL || accounts == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < INIT_LOGINS; i++) {
        PortalStaff member = members[i];
        ret[i].user = member.user;
        member.password = ret[i].password;
        if (!make_password(ret[i].password, err) ||
            !staff_file_add(accounts, &member, arena, &ret[i].otp, err)) {
            return false;
        }
    }
    return staff_file_save(arena, path, accounts, err);
}
