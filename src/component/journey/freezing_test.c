// SPDX-License-Identifier: Apache-2.0
//
// A changed hash freezes the authorization, wherever it is found.
#include "base/test/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "component/journey/scene.h"

#define QUERY(id)                                                               \
    "{\"query_id\":\"" id "\",\"purpose\":\"02\",\"party\":\"" WORLD_PARTY_USCC \
    "\",\"source\":\"" WORLD_SOURCE_USCC "\",\"id_number\":\"" WORLD_ID_NUMBER "\"}"
#define UNFREEZE "{\"note\":\"已从备份恢复\"}"

static void run_sql(const char *path, const char *sql)
{
    char command[1400];
    snprintf(command, sizeof command, "sqlite3 '%s' \".timeout 5000\" \"%s\"", path, sql);
    if (system("command -v sqlite3 >/dev/null") != 0) {
        test_skip("sqlite3 is not installed");
    }
    CHECK_INT(system(command), 0);
}

#define LETTER_ROW "(SELECT large_id FROM artifact WHERE name = 'signed_agreement')"
#define DAMAGE_LETTER                                                                     \
    "CREATE TABLE kept AS SELECT * FROM large_content WHERE id = " LETTER_ROW             \
    "; UPDATE large_content SET content = CAST(substr(content, 1, 999) || x'00ff00ff' ||" \
    " substr(content, 1004) AS BLOB) WHERE id = " LETTER_ROW
#define RESTORE_LETTER \
    "UPDATE large_content SET content = (SELECT content FROM kept) WHERE id = " LETTER_ROW

static void restart(Scene *scene)
{
    Error err = {0};
    CHECK_OK(world_restart_business(&scene->world, &err));
}

static void resume(Scene *scene, bool preservation_ticks)
{
    Error err = {0};
    size_t count;
    if (preservation_ticks) {
        CHECK_OK(preservation_tick(scene->world.preservation, &err));
    }
    CHECK_OK(business_resume(scene->world.business, &count, &err));
}

// Covers: E11, K03.
TEST(a_letter_that_was_changed_is_found_before_a_query_and_stays_frozen_until_it_is_restored)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    scene_staff_post(&scene, "/queries", BYTES_LITERAL(QUERY("q-0")));
    const char *path = scene.world.config.store_path;
    run_sql(path, DAMAGE_LETTER);
    Error err = {0};
    Bytes body;
    CHECK_FAILS_WITH(
        world_call(&scene.world, NULL,
                   arena_format(scene.world.arena, "/v1/authorizations/%s/queries", scene.id),
                   QUERY("q-1"), NULL, &body, &err),
        ERROR_FORBIDDEN, "gate.frozen");
    CHECK_INT(scene.world.bureau_queries, 1);
    scene_check_state(&scene, "FROZEN");
    restart(&scene);
    scene_check_state(&scene, "FROZEN");
    scene_check_staff_refused(&scene, "/unfreezing", BYTES_LITERAL(UNFREEZE), ERROR_CONFLICT,
                              "freeze.damaged");
    run_sql(path, RESTORE_LETTER);
    // While C5 cannot be asked nothing is unfrozen.
    scene.world.preservation_is_down = true;
    CHECK_FAILS_WITH(
        world_call(&scene.world, NULL,
                   arena_format(scene.world.arena, "/v1/authorizations/%s/unfreezing", scene.id),
                   UNFREEZE, NULL, &body, &err),
        ERROR_UNAVAILABLE, "peer.unreachable");
    scene.world.preservation_is_down = false;
    scene_check_state(&scene, "FROZEN");
    scene_staff_post(&scene, "/unfreezing", BYTES_LITERAL(UNFREEZE));
    scene_check_state(&scene, "ACTIVE");
    scene_staff_post(&scene, "/queries", BYTES_LITERAL(QUERY("q-2")));
    scene_check_staff_refused(&scene, "/unfreezing", BYTES_LITERAL(UNFREEZE), ERROR_CONFLICT,
                              "freeze.not_frozen");
}

// Covers: E11, K03.
TEST(the_watch_finds_a_changed_letter_and_an_open_objection_is_open_again_afterwards)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    scene_post(&scene, "/v1/session/objection",
               BYTES_LITERAL("{\"reason\":\"query\",\"text\":\"不是我\"}"));
    resume(&scene, false);
    scene_check_state(&scene, "DISPUTED");
    run_sql(scene.world.config.store_path, DAMAGE_LETTER);
    scene.world.now += TIME_DAY;
    resume(&scene, false);
    scene_check_state(&scene, "FROZEN");
    run_sql(scene.world.config.store_path, RESTORE_LETTER);
    scene_staff_post(&scene, "/unfreezing", BYTES_LITERAL(UNFREEZE));
    scene_check_state(&scene, "DISPUTED");
}

// Covers: E11, K03.
TEST(damage_that_the_evidence_system_finds_reaches_the_bank_and_freezes_the_authorization)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    scene_walk(&scene);
    const char *path = arena_format(scene.world.arena, "%s/preservation.db",
                                    scene.world.preservation_config.directory);
    run_sql(path,
            "CREATE TABLE kept AS SELECT * FROM payload; UPDATE payload SET sealed = "
            "CAST(substr(sealed, 1, 40) || x'00ff00' || substr(sealed, 44) AS BLOB)"
            " WHERE deposit = (SELECT id FROM deposit WHERE stage = 2)");
    resume(&scene, true);
    scene_check_state(&scene, "FROZEN");
    scene_check_staff_refused(&scene, "/queries", BYTES_LITERAL(QUERY("q-1")), ERROR_FORBIDDEN,
                              "gate.frozen");
    scene_check_staff_refused(&scene, "/unfreezing", BYTES_LITERAL(UNFREEZE), ERROR_CONFLICT,
                              "freeze.damaged");
    run_sql(path,
            "UPDATE payload SET sealed = (SELECT sealed FROM kept WHERE kept.deposit ="
            " payload.deposit)");
    // The next pass sees that it is right again.
    scene.world.now += TIME_DAY;
    resume(&scene, true);
    scene_staff_post(&scene, "/unfreezing", BYTES_LITERAL(UNFREEZE));
    scene_check_state(&scene, "ACTIVE");
}
