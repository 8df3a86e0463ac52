// SPDX-License-Identifier: Apache-2.0
//
// A store that the first program made.
#include <unistd.h>

#include "base/store/sql.h"
#include "base/test/test.h"
#include "component/certification/embedded.h"
#include "component/certification/world_test.h"

static Error err;

static const char first_schema[] =
    "CREATE TABLE subject ( "
    "subject_index BLOB PRIMARY KEY, "
    "holder_digest BLOB NOT NULL, "
    "registrar TEXT NOT NULL, "
    "created_at INTEGER NOT NULL "
    ") STRICT, WITHOUT ROWID; "
    "CREATE TABLE certificate ( "
    "serial TEXT PRIMARY KEY, "
    "registrar TEXT NOT NULL, "
    "institution TEXT NOT NULL, "
    "request_id TEXT NOT NULL, "
    "request_digest BLOB NOT NULL, "
    "subject_index BLOB NOT NULL REFERENCES subject (subject_index), "
    "key_digest BLOB NOT NULL UNIQUE, "
    "profile TEXT NOT NULL, "
    "state TEXT NOT NULL, "
    "reason INTEGER NOT NULL, "
    "request BLOB NOT NULL, "
    "issue BLOB NOT NULL, "
    "issued_at INTEGER NOT NULL, "
    "expires_at INTEGER NOT NULL, "
    "revoked_at INTEGER NOT NULL, "
    "UNIQUE (registrar, request_id) "
    ") STRICT; "
    "CREATE INDEX certificate_by_state ON certificate (state, serial) WHERE state <> 'ACTIVE'; "
    "CREATE TABLE status_change ( "
    "id INTEGER PRIMARY KEY, "
    "serial TEXT NOT NULL REFERENCES certificate (serial), "
    "registrar TEXT NOT NULL, "
    "request_id TEXT NOT NULL, "
    "request_digest BLOB NOT NULL, "
    "state TEXT NOT NULL, "
    "reason INTEGER NOT NULL, "
    "request BLOB NOT NULL, "
    "created_at INTEGER NOT NULL, "
    "UNIQUE (registrar, request_id) "
    ") STRICT; "
    "CREATE TABLE revocation_list ( "
    "number INTEGER PRIMARY KEY, "
    "change_id INTEGER NOT NULL, "
    "list BLOB NOT NULL, "
    "created_at INTEGER NOT NULL, "
    "expires_at INTEGER NOT NULL "
    ") STRICT; ";

static bool run(StoreSession *session, const char *sql)
{
    CLEANUP(sql_end) SqlStatement statement = sql_prepare(session, sql);
    return sql_run(&statement, &err);
}

// A certificate in use, and one on hold since 2026-04-01.
static bool fill(StoreSession *session, void *context, Error *ret)
{
    (void)context, (void)ret;
    return run(session, "INSERT INTO subject VALUES (zeroblob(32), zeroblob(32), '测试银行', 1)") &&
           run(session,
               "INSERT INTO certificate VALUES ('0A', '测试银行', 'ra-1', 'r-1', zeroblob(32),"
               " zeroblob(32), zeroblob(32), 'personal', 'ACTIVE', 0, x'01', x'02',"
               " 1775000000000000, 1806536000000000, 0)") &&
           run(session,
               "INSERT INTO certificate VALUES ('0B', '测试银行', 'ra-1', 'r-2', zeroblob(32),"
               " zeroblob(32), randomblob(32), 'personal', 'SUSPENDED', 6, x'01', x'02',"
               " 1775000000000000, 1806536000000000, 1775001600000000)") &&
           run(session,
               "INSERT INTO status_change (serial, registrar, request_id, request_digest, state,"
               " reason, request, created_at) VALUES ('0B', '测试银行', 'c-1', zeroblob(32),"
               " 'SUSPENDED', 6, x'04', 1775001600000000)");
}

static CertificateRow row_of(World *world, const char *serial)
{
    CertificateRow row;
    CHECK_OK(certificate_record_get(world->certification->store, serial, world->arena, &row, &err));
    return row;
}

TEST(a_store_of_version_1_is_migrated_with_all_it_holds)
{
    World *world = world_open();
    Store *store = NULL;
    world_stop(world);
    CHECK_INT(unlink(world->config.store_path), 0);
    StoreOptions options = {world->config.store_path, first_schema, 1, NULL};
    CHECK_OK(store_open(&options, &store, &err));
    CHECK_OK(store_write(store, fill, NULL, &err));
    store_close(store);
    world_start(world);
    CertificateRow used = row_of(world, "0A"), held = row_of(world, "0B");
    CHECK_INT(certificate_row_state(&used, world->now), CERTIFICATE_ACTIVE);
    CHECK_INT(certificate_row_state(&held, world->now), CERTIFICATE_SUSPENDED);
    world->now = held.revoked_at + 30 * TIME_DAY;
    CHECK_INT(certificate_row_state(&held, world->now), CERTIFICATE_REVOKED);
    CHECK_OK(certification_tick(world->certification, &err));
    held = row_of(world, "0B");
    CHECK_INT(held.state, CERTIFICATE_REVOKED);
    world_close(world);
}

// --- a store of version 7 ---------------------------------------------------------------------

static bool fill_issues(StoreSession *session, void *context, Error *ret)
{
    (void)context, (void)ret;
    return run(session, "INSERT INTO holder_secret VALUES (zeroblob(32), x'05', x'06')") &&
           run(session, "INSERT INTO issuance VALUES ('0A', zeroblob(32), 3, NULL)") &&
           run(session, "UPDATE certificate SET issue = x'' WHERE serial = '0B'") &&
           run(session, "INSERT INTO issuance VALUES ('0B', zeroblob(32), 4, x'07')");
}

// As the program before wrote it: one issue is logged, one is a draft yet.
static void make_store_of_version_7(World *world)
{
    const char *const migrations[] = {
        (const char *)embedded_data_to_version_2_sql, (const char *)embedded_data_to_version_3_sql,
        (const char *)embedded_data_to_version_4_sql, (const char *)embedded_data_to_version_5_sql,
        (const char *)embedded_data_to_version_6_sql, (const char *)embedded_data_to_version_7_sql};
    const StoreOptions first = {world->config.store_path, first_schema, 1, NULL};
    const StoreOptions seventh = {world->config.store_path, first_schema, 7, migrations};
    Store *store = NULL;
    CHECK_INT(unlink(world->config.store_path), 0);
    CHECK_OK(store_open(&first, &store, &err));
    CHECK_OK(store_write(store, fill, NULL, &err));
    store_close(store);
    CHECK_OK(store_open(&seventh, &store, &err));
    CHECK_OK(store_write(store, fill_issues, NULL, &err));
    store_close(store);
}

TEST(a_draft_of_version_7_is_still_to_be_logged_and_its_number_is_not_given_again)
{
    World *world = world_open();
    IssuanceRow draft, logged;
    world_stop(world);
    make_store_of_version_7(world);
    world_start(world);
    Store *store = world->certification->store;
    CHECK_OK(issuance_record_find(store, "0A", world->arena, &logged, &err));
    CHECK(logged.serial == NULL);
    CHECK_BYTES(row_of(world, "0A").issue, BYTES_LITERAL("\x02"));
    CHECK_OK(issuance_record_find(store, "0B", world->arena, &draft, &err));
    CHECK_INT(draft.number, 4);
    CHECK_BYTES(draft.draft, BYTES_LITERAL("\x07"));
    CHECK_BYTES(draft.secret, BYTES_LITERAL("\x06"));
    CHECK_INT(row_of(world, "0B").issue.len, 0);
    CertificateRow next = row_of(world, "0A");
    const IssuanceDraft text = {.text = BYTES_LITERAL("\x08"), .is_own_secret = true};
    const Sm3Digest holder = {0};
    next.serial = "0C";
    next.request_id = "r-3";
    next.key_digest = sm3_digest(BYTES_LITERAL("another key"));
    next.draft = &text;
    CertificateInsertion insertion = {.row = &next, .holder_digest = &holder};
    CHECK_OK(certificate_record_insert(store, &insertion, &err));
    CHECK_INT(insertion.number, 5);
    CHECK(insertion.has_other_secret);
    world_close(world);
}
