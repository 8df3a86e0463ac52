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

static const struct {
    ComponentId portal;
    const char *user, *name, *role;
} members[INIT_LOGINS] = {
    {COMPONENT_PORTAL, "officer", "示例业务员", "officer"},
    {COMPONENT_PORTAL, "auditor", "示例审计员", "auditor"},
    {COMPONENT_CERTIFICATION_PORTAL, "ca.staff", "示例认证值班员", "auditor"},
    {COMPONENT_CERTIFICATION_PORTAL, "ca.officer", "示例认证经办员", "officer"},
    {COMPONENT_CERTIFICATION_PORTAL, "ca.second", "示例认证复核员", "officer"},
    {COMPONENT_PRESERVATION_PORTAL, "evidence.staff", "示例存证值班员", "auditor"},
    {COMPONENT_PRESERVATION_PORTAL, "evidence.officer", "示例存证经办员", "officer"},
};

// The accounts of one portal.
static bool make_accounts(const InitPlan *plan, ComponentId portal, Arena *arena,
                          InitLogin ret[INIT_LOGINS], Error *err)
{
    const char *path =
        arena_format(arena, "%s/%s/staff.json", plan->directory, component_name(portal));
    CLEANUP(json_cleanup) json_t *accounts = json_array();
    if (path == NULL || accounts == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < INIT_LOGINS; i++) {
        if (members[i].portal != portal) {
            continue;
        }
        ret[i].portal = portal;
        ret[i].user = members[i].user;
        PortalStaff member = {members[i].user, members[i].name, members[i].role, ret[i].password};
        if (!make_password(ret[i].password, err) ||
            !staff_file_add(accounts, &member, arena, &ret[i].otp, err)) {
            return false;
        }
    }
    return staff_file_save(arena, path, accounts, err);
}

bool init_staff(const InitPlan *plan, Arena *arena, InitLogin ret[INIT_LOGINS], Error *err)
{
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        if (component_is_portal((ComponentId)i) &&
            !make_accounts(plan, (ComponentId)i, arena, ret, err)) {
            return false;
        }
    }
    return true;
}
