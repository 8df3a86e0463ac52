// SPDX-License-Identifier: Apache-2.0
//
// A store that the first program made.
#include <unistd.h>

#include "base/store/sql.h"
#include "base/test/test.h"
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
