// SPDX-License-Identifier: Apache-2.0
//
// A store that an older program made.
#include <string.h>
#include <unistd.h>

#include "base/store/sql.h"
#include "base/test/test.h"
#include "component/registration/embedded.h"
#include "component/registration/scene_test.h"

static Error err;

// Take `old` out of a schema's text and put `text` in its place.
static char *replace(Arena *arena, const char *schema, const char *old, const char *text)
{
    const char *at = strstr(schema, old);
    CHECK(at != NULL);
    return arena_format(arena, "%.*s%s%s", (int)(at - schema), schema, text, at + strlen(old));
}

// The tables as version 1 had them: a decision served once, and nobody applied by CMP.
static char *first_schema(Arena *arena)
{
    const char *newest = (const char *)embedded_schema_sql;
    const char *enrolment = strstr(newest, "-- One row for each secret");
    CHECK(enrolment != NULL);
    char *schema = arena_format(arena, "%.*s", (int)(enrolment - newest), newest);
    schema =
        replace(arena, schema, "decision_id TEXT NOT NULL,", "decision_id TEXT NOT NULL UNIQUE,");
    schema = replace(arena, schema,
                     "CREATE INDEX registration_by_decision ON registration (decision_id);", "");
    schema =
        replace(arena, schema, "CREATE INDEX registration_by_serial ON registration (serial);", "");
    const char *first = strstr(schema, ",\n    renews TEXT");
    const char *last = strstr(first == NULL ? "" : first, "\n) STRICT;");
    CHECK(first != NULL && last != NULL);
    return arena_format(arena, "%.*s%s", (int)(first - schema), schema, last);
}

static bool run(StoreSession *session, const char *sql)
{
    CLEANUP(sql_end) SqlStatement statement = sql_prepare(session, sql);
    return sql_run(&statement, &err);
}

static bool fill(StoreSession *session, void *context, Error *ret)
{
    (void)context, (void)ret;
    return run(session,
               "INSERT INTO registration (registration_id, institution, request_id, request_digest,"
               " authorization_id, decision_id, key_digest, request, created_at, serial)"
               " VALUES ('old-1', 'bank', 'r-0', zeroblob(32), 'authorization-0', 'decision-0',"
               " zeroblob(32), x'01', 1000000, '0A')") &&
           run(session,
               "INSERT INTO status_request (id, registration_id, request_digest, reason, request,"
               " created_at) VALUES ('change-1', 'old-1', zeroblob(32), 4, x'02', 2000000)");
}

static bool count_joined(StoreSession *session, void *ret, Error *ret_err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT count(*) FROM status_request AS s JOIN registration AS r"
                                   " ON r.registration_id = s.registration_id"
                                   " WHERE s.id = 'change-1' AND r.serial = '0A'");
    *(int64_t *)ret = sql_next(&row) ? sql_int(&row) : -1;
    return sql_done(&row, ret_err);
}

// What the migration is for, and what it must not have loosened.
static bool insert_more(StoreSession *session, void *context, Error *ret)
{
    (void)context, (void)ret;
    return run(session,
               "INSERT INTO registration (registration_id, institution, request_id, request_digest,"
               " authorization_id, decision_id, key_digest, request, created_at)"
               " VALUES ('new-1', 'bank', 'r-9', zeroblob(32), 'authorization-0', 'decision-0',"
               " x'09', x'01', 3000000)");
}

static bool insert_orphan(StoreSession *session, void *context, Error *ret)
{
    (void)context;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session,
        "INSERT INTO status_request (id, registration_id, request_digest, reason,"
        " request, created_at) VALUES ('change-2', 'nobody', zeroblob(32), 4, x'02', 1)");
    return sql_run(&put, ret);
}

TEST(a_store_of_version_1_is_migrated_with_all_it_holds)
{
    Scene *scene = scene_open();
    Store *store = NULL;
    RegistrationRow row;
    RegistrationResult result;
    int64_t joined = 0;
    scene_stop(scene);
    CHECK_INT(unlink(scene->config.store_path), 0);
    StoreOptions options = {scene->config.store_path, first_schema(scene->arena), 1, NULL};
    CHECK_OK(store_open(&options, &store, &err));
    CHECK_OK(store_write(store, fill, NULL, &err));
    store_close(store);
    scene_start(scene);
    store = scene->registration->store;
    CHECK_OK(registration_record_find(store, "old-1", scene->arena, &row, &err));
    CHECK_TEXT(row.decision_id, "decision-0");
    CHECK_TEXT(row.serial, "0A");
    CHECK_OK(store_read(store, count_joined, &joined, &err));
    CHECK_INT(joined, 1);
    CHECK_OK(store_write(store, insert_more, NULL, &err));
    CHECK_FAILS(store_write(store, insert_orphan, NULL, &err), ERROR_CONFLICT);
    RegistrationRequest request = scene_request(scene, "r-1");
    CHECK_OK(scene->port.apply(&scene->port, &request, scene->arena, &result, &err));
    scene_close(scene);
}
