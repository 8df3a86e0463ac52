// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "component/journey/world.h"

static void walk_to_force(bool batch_deposits)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    const char *id, *token;
    TerminalResult result;
    CHECK_OK(world_make(&world, test_directory(), batch_deposits, &err));
    CHECK_OK(world_open(&world, &id, &token, &err));
    CHECK_OK(world_walk(&world, token, &result, &err));
    CHECK_TEXT(result.state, "ACTIVE");
    CHECK_TEXT(result.authorization_id, id);
    CHECK_INT(world.registration_count, 1);
    CHECK_BYTES(result.certificate, world.registrations[0].certificate);
}

// Covers: JR/T 0299-2024 4 a-h.
TEST(a_person_comes_from_the_first_notice_to_an_authorization_in_force)
{
    walk_to_force(false);
}

// Covers: JR/T 0299-2024 4 f-h; A10.
TEST(deposits_in_one_batch_at_the_end_bring_an_authorization_into_force)
{
    walk_to_force(true);
}
