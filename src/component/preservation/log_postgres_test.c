// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/log_postgres.h"

#include <pthread.h>
#include <sys/stat.h>

#include "base/test/test.h"

#include "base/postgres/postgres_fixture.h"
#include "component/preservation/preservation_fixture.h"
#include "domain/evidence/log_storage_fixture.h"

// One server for all tests, each with a log of its own.
static DatabaseServer server;

static void end_server(void)
{
    server_end(&server);
}

static void need_server(void)
{
    if (server.directory[0] == '\0') {
        atexit(end_server);
        server_make(&server);
    } else if (server.process == 0) {
        server_start(&server, "");
    }
}

// Change the tables as somebody with access to the database would.
static void run_sql(const char *sql)
{
    Error err = {0};
    CLEANUP(postgres_cleanup) Postgres *postgres = NULL;
    CHECK_OK(postgres_open(server.connection, &postgres, &err));
    CHECK_OK(postgres_run_script(postgres, sql, &err));
}

// --- a storage --------------------------------------------------------------------------------

typedef struct {
    const char *origin;
    LogPostgres *open[2];
} TwoInstances;

static LogStorage reopen(void *state, unsigned instance)
{
    TwoInstances *two = state;
    Error err = {0};
    LogPostgresConfig config = {server.connection, two->origin, random_system(), 0};
    log_postgres_close(two->open[instance]);
    two->open[instance] = NULL;
    CHECK_OK(log_postgres_open(&config, &two->open[instance], &err));
    return log_postgres_storage(two->open[instance]);
}

static void end_two(TwoInstances *two)
{
    log_postgres_close(two->open[0]);
    log_postgres_close(two->open[1]);
}

TEST(a_database_keeps_what_a_storage_promises)
{
    need_server();
    TwoInstances two = {"contract", {NULL, NULL}};
    const StorageUnderTest test = {&two, reopen};
    storage_check(&test);
    end_two(&two);
}

TEST(a_log_that_another_began_meanwhile_is_not_begun_again)
{
    need_server();
    Error err = {0};
    TwoInstances two = {"begun", {NULL, NULL}};
    const StorageUnderTest test = {&two, reopen};
    StorageRecords records;
    LogStorage late = storage_load(&test, 0, &records);
    LogStorage early = storage_load(&test, 1, &records);
    CHECK_OK(early.snapshot(early.state, 0, BYTES_LITERAL("start"), &err));
    CHECK_FAILS_WITH(late.snapshot(late.state, 0, BYTES_LITERAL("none"), &err), ERROR_CONFLICT,
                     "log_postgres.overtaken");
    CHECK_FAILS(late.write(late.state, "checkpoint", BYTES_LITERAL("none"), true, &err),
                ERROR_CONFLICT);
    end_two(&two);
}

TEST(an_overtaken_instance_removes_no_partial_tile)
{
    need_server();
    Error err = {0};
    TwoInstances two = {"partial", {NULL, NULL}};
    const StorageUnderTest test = {&two, reopen};
    StorageRecords records;
    CLEANUP(writer_free) Writer content = writer_new(10);
    LogStorage late = storage_load(&test, 0, &records);
    LogStorage early = storage_load(&test, 1, &records);
    CHECK_OK(early.snapshot(early.state, 0, BYTES_LITERAL("start"), &err));
    CHECK_OK(early.write(early.state, "tile/0/000.p/7", BYTES_LITERAL("seven"), false, &err));
    late.drop_partials(late.state, "tile/0/000", NULL, 0);
    CHECK_OK(early.read(early.state, "tile/0/000.p/7", &content, &err));
    early.drop_partials(early.state, "tile/0/000", NULL, 0);
    CHECK_FAILS_WITH(early.read(early.state, "tile/0/000.p/7", &content, &err), ERROR_NOT_FOUND,
                     "log_postgres.missing");
    end_two(&two);
}

TEST(records_that_are_gone_from_the_database_are_missed)
{
    need_server();
    Error err = {0};
    TwoInstances two = {"gone", {NULL, NULL}};
    const StorageUnderTest test = {&two, reopen};
    StorageRecords records;
    LogStorage storage = storage_load(&test, 0, &records);
    CHECK_OK(storage.snapshot(storage.state, 0, BYTES_LITERAL("start"), &err));
    CHECK_OK(storage.commit(storage.state, 0, 1, BYTES_LITERAL("one"), &err));
    run_sql("DELETE FROM assent_log_record WHERE origin = 'gone' AND sequence = 2");
    storage = reopen(&two, 1);
    CHECK_FAILS_WITH(storage.load(storage.state, storage_take, &records, &err), ERROR_UNTRUSTED,
                     "log_postgres.damaged");
    end_two(&two);
}

TEST(a_snapshot_is_due_before_there_is_too_much_to_load)
{
    need_server();
    Error err = {0};
    TwoInstances two = {"full", {NULL, NULL}};
    const StorageUnderTest test = {&two, reopen};
    StorageRecords records;
    LogStorage storage = storage_load(&test, 0, &records);
    CLEANUP(writer_free) Writer record = writer_new(storage.record_limit_bytes);
    writer_put_repeated(&record, 7, storage.record_limit_bytes);
    CHECK(!record.failed);
    CHECK_OK(storage.snapshot(storage.state, 0, BYTES_LITERAL("start"), &err));
    CHECK_OK(storage.commit(storage.state, 0, 1, writer_bytes(&record), &err));
    CHECK_FAILS_WITH(storage.commit(storage.state, 1, 2, writer_bytes(&record), &err), ERROR_LIMIT,
                     "log_postgres.full");
    CHECK_OK(storage.snapshot(storage.state, 1, BYTES_LITERAL("again"), &err));
    CHECK_OK(storage.commit(storage.state, 1, 2, writer_bytes(&record), &err));
    end_two(&two);
}

// --- a log ------------------------------------------------------------------------------------

enum { TOLD_MAX = 4000 };

// An instance that appends, and what it was told of each entry: that of `number` is at `index`.
typedef struct {
    const char *origin;
    unsigned id;
    unsigned patience_ms;
    uint32_t count;  // to append
    uint32_t told;   // read by other threads
    uint64_t indexes[TOLD_MAX];
    bool ok;
    Error err;  // why it is not
    Sm2PrivateKey *key;
    Signer signer;
    Time now;
    LogPostgres *storage;
    EvidenceLog *log;
} Appending;

static void appending_start(Appending *appending, const char *origin, unsigned id)
{
    Error err = {0};
    uint8_t scalar[SM2_SCALAR_SIZE] = {0};
    scalar[31] = 77;
    *appending = (Appending){.origin = origin, .id = id, .ok = true};
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &appending->key, &err));
    appending->signer = signer_of_key(appending->key);
}

static bool appending_open(Appending *appending, Error *err)
{
    LogPostgresConfig where = {server.connection, appending->origin, random_system(),
                               appending->patience_ms};
    if (!log_postgres_open(&where, &appending->storage, err)) {
        return false;
    }
    EvidenceLogConfig config = {.storage = log_postgres_storage(appending->storage),
                                .origin = "evidence.example.cn/log1",
                                .signer = &appending->signer,
                                .clock = clock_manual(&appending->now)};
    return evidence_log_open(&config, &appending->log, err);
}

static void appending_close(Appending *appending)
{
    evidence_log_close(appending->log);
    log_postgres_close(appending->storage);
    appending->log = NULL;
    appending->storage = NULL;
}

static void appending_end(Appending *appending)
{
    appending_close(appending);
    sm2_private_key_free(appending->key);
}

static Bytes entry_of(char ret[48], unsigned id, uint32_t number)
{
    snprintf(ret, 48, "writer %u entry %u", id, number);
    return bytes_of_text(ret);
}

static bool append_next(Appending *appending, Error *err)
{
    char text[48];
    uint32_t number = appending->told;
    Bytes entry = entry_of(text, appending->id, number);
    // So that it publishes now and then.
    appending->now += TIME_SECOND / 16;
    if (!evidence_log_append(appending->log, &entry, 1, &appending->indexes[number], err)) {
        return false;
    }
    __atomic_store_n(&appending->told, number + 1, __ATOMIC_RELEASE);
    return true;
}

// Append until all is told, beginning anew whenever another instance was faster.
static void *append_all(void *argument)
{
    Appending *appending = argument;
    while (appending->ok && appending->told < appending->count) {
        Error err = {0};
        bool ok = (appending->log != NULL || appending_open(appending, &err)) &&
                  append_next(appending, &err);
        if (!ok) {
            // The other may publish between our loading the records and the checkpoint.
            bool goes_on = err.kind == ERROR_CONFLICT || strcmp(err.code, "log.rolled_back") == 0;
            appending->err = err;
            __atomic_store_n(&appending->ok, goes_on, __ATOMIC_RELEASE);
            appending_close(appending);
        }
    }
    appending_close(appending);
    return NULL;
}

// Everything told is where it was said to be, and the whole log holds. Returns its size.
static uint64_t check_told(const Appending *all, unsigned count)
{
    Error err = {0};
    static Appending reader;
    LogCheck check;
    appending_start(&reader, all[0].origin, 0);
    CHECK_OK(appending_open(&reader, &err));
    for (unsigned i = 0; i < count; i++) {
        for (uint32_t n = 0; n < all[i].told; n++) {
            CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
            char text[48];
            Bytes entry;
            CHECK_OK(evidence_log_entry(reader.log, all[i].indexes[n], arena, &entry, &err));
            CHECK_BYTES(entry, entry_of(text, all[i].id, n));
        }
    }
    CHECK_OK(evidence_log_fsck(reader.log, &check, &err));
    appending_end(&reader);
    return check.entries;
}

TEST(instances_that_append_at_once_never_fork_the_log)
{
    enum { WRITERS = 3, ENTRIES = 60 };
    static Appending writers[WRITERS];
    pthread_t threads[WRITERS];
    need_server();
    for (unsigned i = 0; i < WRITERS; i++) {
        appending_start(&writers[i], "together", i);
        writers[i].count = ENTRIES;
        CHECK_INT(pthread_create(&threads[i], NULL, append_all, &writers[i]), 0);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(writers[i].ok);
    }
    CHECK_INT(check_told(writers, WRITERS), WRITERS * ENTRIES);
    for (unsigned i = 0; i < WRITERS; i++) {
        appending_end(&writers[i]);
    }
}

TEST(a_server_that_is_killed_and_comes_back_loses_nothing_that_was_told_and_interrupts_nobody)
{
    enum { KILLS = 4, ENTRIES = 900 };
    static Appending writer;
    pthread_t thread;
    need_server();
    appending_start(&writer, "killed", 0);
    writer.patience_ms = 60000;
    writer.count = ENTRIES;
    CHECK_INT(pthread_create(&thread, NULL, append_all, &writer), 0);
    for (uint32_t i = 0; i < KILLS; i++) {
        uint32_t wanted = __atomic_load_n(&writer.told, __ATOMIC_ACQUIRE) + 40 + 37 * i;
        while (__atomic_load_n(&writer.told, __ATOMIC_ACQUIRE) < wanted &&
               __atomic_load_n(&writer.ok, __ATOMIC_ACQUIRE)) {
            const struct timespec pause = {.tv_nsec = 100000};
            nanosleep(&pause, NULL);
        }
        server_kill(&server, i % 2 == 0 ? SIGQUIT : SIGKILL);
        server_start(&server, "");
    }
    pthread_join(thread, NULL);
    Error err = writer.err;
    CHECK_OK(writer.ok);
    CHECK_INT(writer.told, ENTRIES);
    // Not one more: what was asked again took effect once.
    CHECK_INT(check_told(&writer, 1), ENTRIES);
    appending_end(&writer);
}

TEST(a_log_whose_server_stays_away_refuses_until_it_is_opened_again)
{
    static Appending writer;
    Error err = {0};
    need_server();
    appending_start(&writer, "away", 0);
    writer.patience_ms = 1;
    CHECK_OK(appending_open(&writer, &err));
    for (unsigned i = 0; i < 300; i++) {
        CHECK_OK(append_next(&writer, &err));
    }
    server_kill(&server, SIGQUIT);
    CHECK_FAILS(append_next(&writer, &err), ERROR_UNAVAILABLE);
    server_start(&server, "");
    CHECK_FAILS_WITH(append_next(&writer, &err), ERROR_UNAVAILABLE, "log.broken");
    appending_close(&writer);
    CHECK_OK(appending_open(&writer, &err));
    CHECK_OK(append_next(&writer, &err));
    uint64_t size = check_told(&writer, 1);
    CHECK(size == 301 || size == 302);
    appending_end(&writer);
}

// --- the evidence system ----------------------------------------------------------------------

TEST(an_evidence_system_keeps_its_log_in_a_database_but_never_begins_a_second_one)
{
    static PreservationFixture fixture;
    Error err = {0};
    char files[96], fresh[96];
    need_server();
    snprintf(files, sizeof files, "%s/files", test_directory());
    snprintf(fresh, sizeof fresh, "%s/fresh", test_directory());
    CHECK(mkdir(files, 0700) == 0 && mkdir(fresh, 0700) == 0);
    CHECK_OK(preservation_fixture_make(&fixture, files, &err));
    fixture_close(&fixture);
    fixture.config.log_database = server.connection;
    CHECK_FAILS_WITH(fixture_open(&fixture, &err), ERROR_INPUT, "preservation.configuration");
    fixture_close(&fixture);
    fixture.config.directory = fresh;
    for (unsigned i = 0; i < 2; i++) {
        CHECK_OK(fixture_open(&fixture, &err));
        CHECK_OK(preservation_check_environment(fixture.preservation, &err));
        CHECK_OK(preservation_tick(fixture.preservation, &err));
        CHECK_OK(preservation_fsck(fixture.preservation, &err));
        fixture_close(&fixture);
    }
    snprintf(files, sizeof files, "%s/log", fresh);
    CHECK(access(files, F_OK) != 0);
    preservation_fixture_free(&fixture);
}
