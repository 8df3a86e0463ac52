// SPDX-License-Identifier: Apache-2.0
//
// What an operator gets wrong: places that cannot be used, and files of a deployment that are
// missing, damaged or another's. Each is refused at once, and says what is wrong.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test/test.h"
#include "program/command.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/process_fixture.h"

static const char *in_directory(Arena *arena, const char *name)
{
    return arena_format(arena, "%s/%s", test_directory(), name);
}

static void deployment_make(Arena *arena, const char *directory)
{
    Error err = {0};
    InitPlan plan = {.directory = directory,
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    CHECK_OK(init_deployment(&plan, arena, &err));
}

static int run_init(Arena *arena, const char *directory, const char *port)
{
    const char *arguments[] = {"init", directory, "--port", port, NULL};
    return process_run(in_directory(arena, "log"), arguments);
}

TEST(init_takes_an_empty_place_and_makes_its_parents)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *deep = in_directory(arena, "a/b/c");
    CHECK_INT(run_init(arena, deep, "20000"), EXIT_VALID);
    CHECK(file_exists(file_join(arena, deep, "assent.yaml")));
    CHECK_INT(run_init(arena, deep, "20000"), EXIT_INVALID);
    // The configuration is gone, the keys are not.
    CHECK_INT(unlink(file_join(arena, deep, "assent.yaml")), 0);
    CHECK_INT(run_init(arena, deep, "20000"), EXIT_INVALID);
    CHECK_INT(run_init(arena, in_directory(arena, "log/x"), "20000"), EXIT_USAGE);
    CHECK_INT(run_init(arena, "/proc/nowhere", "20000"), EXIT_USAGE);
    CHECK_INT(run_init(arena, "", "20000"), EXIT_USAGE);
}

TEST(init_refuses_what_is_no_port)
{
    static const char *const ports[] = {"",       "80", "65535", "99999",
                                        "20000x", "-1", "1e4",   "18446744073709551616"};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        CHECK_INT(run_init(arena, in_directory(arena, "d"), ports[i]), EXIT_USAGE);
    }
    CHECK(!file_exists(in_directory(arena, "d")));
}

// The configuration of a deployment with `from` replaced by `to`; NULL: all of it.
static const char *configuration_with(Arena *arena, const char *directory, const char *from,
                                      const char *to)
{
    Error err = {0};
    Bytes text;
    size_t at = 0;
    CLEANUP(writer_free) Writer changed = writer_new(FILE_MAX_SIZE);
    CHECK_OK(
        file_read(arena, file_join(arena, directory, "assent.yaml"), FILE_MAX_SIZE, &text, &err));
    CHECK(from == NULL || bytes_find(text, bytes_of_text(from), 0, &at));
    writer_put(&changed, bytes_slice(text, 0, at));
    writer_put_text(&changed, to);
    writer_put(&changed, from == NULL ? BYTES_EMPTY : bytes_from(text, at + strlen(from)));
    const char *path = file_join(arena, directory, "changed.yaml");
    CHECK_OK(file_write(path, writer_bytes(&changed), false, &err));
    return path;
}

TEST(a_configuration_that_is_not_understood_is_refused_with_its_line)
{
    static const struct {
        const char *from, *to, *says;
    } rows[] = {
        {NULL, "", "is empty"},
        {NULL, "# nothing\n", ""},
        {NULL, "\t- [", ""},
        {NULL, "\xff\xfe", ""},
        {NULL, "a: &a [x]\nb: [*a, *a]\n", "line: 1"},
        {"version: 1", "version: 2", "version 1"},
        {"version: 1", "version: 1\nfrobnicate: 1", "frobnicate"},
        {"sandbox: true", "sandbox: maybe", "line: 7"},
        {"sandbox: true", "sandbox: off", "line: 7"},
        {"trust: trust", "", "trust"},
        {"trust: trust", "random_library: ''\ntrust: trust", "random_library"},
        {"911100009999990010", "911100009999990011", "uscc of "},
        {"dwell_minimum_ms: 0", "dwell_minimum_ms: -5", "line: "},
        {"#list_hours: 24", "list_hours: x", "line: "},
        {"listen: 127.0.0.1", "lisden: 127.0.0.1", "lisden"},
        {"log_storage: files", "log_storage: postgre", "log_storage is files or postgres"},
        {"log_storage: files", "log_storage: postgres", "log_database, a connection string"},
        {"log_storage: files", "log_database: host=db.example.cn", "log_storage: postgres"},
        {"log_storage: files", "watch: {entries_per_second: 0}", "preservation: watch: entries"},
        {"log_storage: files", "watch: {entries_per_second: x}", "line: "},
        {"log_storage: files", "watch: {round_days: 367}", "round_days is 367"},
        {"log_storage: files", "watch: {missing_minutes: 44641}", "from 1 to 44640"},
        {"log_storage: files", "watch: {disk_free_mb: 0}", "disk_free_mb is 0"},
        {"log_storage: files", "watch: {clock_offset_ms: 300001}", "from 100 to 300000"},
        {"log_storage: files", "watch: {letters_per_second: 1}", "letters_per_second"},
        {"directory: business", "directory: business\n  watch: {missing_minutes: 1}",
         "missing_minutes"},
        {"directory: business", "directory: business\n  watch: {overdue_minutes: 0}",
         "business: watch: overdue_minutes"},
        {"log_storage: files", "weak: sm3", "sm3=2040-01-01T00:00:00Z"},
        {"log_storage: files", "renew_before_days: 4000", "at most 3650"},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *directory = in_directory(arena, "d");
    deployment_make(arena, directory);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        Deployment deployment;
        const char *path = configuration_with(arena, directory, rows[i].from, rows[i].to);
        CHECK_FAILS(deployment_load(arena, path, &deployment, &err), ERROR_INPUT);
        if (strstr(err.text, rows[i].says) == NULL) {
            test_fail(__FILE__, __LINE__, "row %zu says: %s", i, err.text);
        }
    }
}

// Covers: E11.
TEST(the_configuration_says_how_the_watch_goes_and_nothing_said_is_a_default)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *directory = in_directory(arena, "d");
    Deployment deployment;
    Error err = {0};
    deployment_make(arena, directory);
    const char *path = configuration_with(arena, directory, "log_storage: files",
                                          "watch: {entries_per_second: 7, round_days: 3}");
    CHECK_OK(deployment_load(arena, path, &deployment, &err));
    const WatchPlan *plan = &deployment.places[COMPONENT_PRESERVATION].watch;
    CHECK_INT(plan->per_second.value, 7);
    CHECK_INT(plan->round_days.value, 3);
    CHECK(!plan->missing_minutes.is_given && plan->missing_minutes.value == 0);
    path = configuration_with(arena, directory, "directory: business",
                              "directory: business\n  watch: {outage_minutes: 9}");
    CHECK_OK(deployment_load(arena, path, &deployment, &err));
    CHECK_INT(deployment.places[COMPONENT_BUSINESS].watch.outage_minutes.value, 9);
}

static HostOptions host_options(const Deployment *deployment)
{
    HostOptions options = {
        .deployment = deployment, .clock = clock_system(), .random = random_system()};
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        options.runs[i] = true;
    }
    return options;
}

// Start everything in this process; what goes wrong is in `err`.
static bool starts(Arena *arena, const char *directory, Error *ret)
{
    Error err = {0};
    Host *host = NULL;
    Deployment deployment;
    CHECK_OK(deployment_load(arena, file_join(arena, directory, "assent.yaml"), &deployment, &err));
    HostOptions options = host_options(&deployment);
    bool ok = host_start(&options, &host, ret);
    host_stop(host);
    return ok;
}

TEST(a_deployment_with_a_missing_damaged_or_foreign_file_does_not_start)
{
    static const struct {
        const char *name, *from, *code;  // from: the file that replaces it; NULL: none
    } rows[] = {
        {"business/sign.key", NULL, "file.unreadable"},
        {"business/sign.key", "assent.yaml", "key.malformed"},
        {"business/sign.pem", "business/seal.pem", "keys.mismatch"},
        {"certification/ca.pem", "business/sign.key", "pem.not_found"},
        {"preservation/kek.secret", "assent.yaml", ""},
        {"sealing/tls.pem", "terminal/tls.pem", "tls.files"},
        {"transport/ca.pem", NULL, "tls.files"},
        {"sandbox/persons.json", "assent.yaml", "json.malformed"},
        {"partners/business-sign.pem", NULL, "file.unreadable"},
        {"trust/root.pem", NULL, "host.no_anchor"},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *directory = in_directory(arena, "d");
    deployment_make(arena, directory);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        Bytes original, other;
        const char *path = file_join(arena, directory, rows[i].name);
        CHECK_OK(file_read(arena, path, FILE_MAX_SIZE, &original, &err));
        CHECK_INT(unlink(path), 0);
        if (rows[i].from != NULL) {
            CHECK_OK(file_read(arena, file_join(arena, directory, rows[i].from), FILE_MAX_SIZE,
                               &other, &err));
            CHECK_OK(file_write(path, other, true, &err));
        }
        if (starts(arena, directory, &err)) {
            test_fail(__FILE__, __LINE__, "starts with a bad %s", rows[i].name);
        }
        if (rows[i].code[0] != '\0') {
            CHECK_TEXT(err.code, rows[i].code);
        }
        CHECK_OK(file_write(path, original, true, &err));
    }
    Error err = {0};
    CHECK_OK(starts(arena, directory, &err));
}

static const char *const all_roles[] = {"business",
                                        "registration",
                                        "certification",
                                        "preservation",
                                        "timestamp",
                                        "sealing",
                                        "sandbox",
                                        "terminal",
                                        "operator",
                                        "certification_operator",
                                        "preservation_operator"};

// True if a list of words separated by spaces has this one.
static bool names(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

// Who may call what is not theirs: nobody. `allowed`: roles, separated by spaces.
TEST(a_component_calling_what_is_not_its_to_call_is_refused)
{
    static const struct {
        ComponentId id;
        const char *method, *target, *allowed;
    } rows[] = {
        {COMPONENT_BUSINESS, "GET", "/v1/authorizations", "operator"},
        {COMPONENT_BUSINESS, "POST", "/v1/authorizations/x/queries", "operator"},
        {COMPONENT_BUSINESS, "GET", "/v1/authorizations/x/case", "operator"},
        {COMPONENT_REGISTRATION, "POST", "/v1/registrations", "business"},
        {COMPONENT_CERTIFICATION, "POST", "/v1/certificates", "registration"},
        {COMPONENT_CERTIFICATION, "POST", "/v1/certificates/1/status", "registration"},
        {COMPONENT_CERTIFICATION, "POST", "/v1/reports", "business"},
        {COMPONENT_CERTIFICATION, "GET", "/v1/certificates", "certification_operator"},
        {COMPONENT_CERTIFICATION, "GET", "/v1/certificates/1",
         "registration certification_operator"},
        {COMPONENT_PRESERVATION, "GET", "/v1/summary", "preservation_operator"},
        {COMPONENT_PRESERVATION, "POST", "/v1/deposits", "business registration"},
        {COMPONENT_PRESERVATION, "POST", "/v1/issuances", "certification"},
        {COMPONENT_PRESERVATION, "GET", "/v1/deposits/x",
         "business registration preservation_operator"},
        {COMPONENT_PRESERVATION, "POST", "/v1/authorizations/x/erasure", "preservation_operator"},
        {COMPONENT_SEALING, "POST", "/v1/seals", "business certification preservation"},
        {COMPONENT_TIMESTAMP, "GET", "/v1/clock", "operator"},
        {COMPONENT_SANDBOX, "POST", "/bureau/v1/credit-reports", "business"},
    };
    Error err = {0};
    Host *host = NULL;
    Deployment deployment;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *directory = in_directory(arena, "d");
    deployment_make(arena, directory);
    CHECK_OK(deployment_load(arena, file_join(arena, directory, "assent.yaml"), &deployment, &err));
    HostOptions options = host_options(&deployment);
    CHECK_OK(host_start(&options, &host, &err));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t k = 0; k < COUNT_OF(all_roles); k++) {
            CLEANUP(peer_cleanup) Peer *peer = NULL;
            PeerRequest request = {.method = rows[i].method, .target = rows[i].target};
            PeerResponse response;
            CHECK_OK(host_connect(host, rows[i].id, all_roles[k], &peer, &err));
            bool ok = peer_call(peer, &request, arena, &response, &err);
            bool is_refused = !ok && strcmp(err.code, "service.role_not_allowed") == 0;
            bool may = names(rows[i].allowed, all_roles[k]);
            if (is_refused == may) {
                host_stop(host);
                test_fail(__FILE__, __LINE__, "%s %s as %s: %s", rows[i].method, rows[i].target,
                          all_roles[k], ok ? "done" : err.code);
            }
        }
    }
    host_stop(host);
}

TEST(two_programs_never_share_a_store)
{
    static const ComponentId ids[] = {COMPONENT_BUSINESS, COMPONENT_CERTIFICATION,
                                      COMPONENT_PRESERVATION};
    Error err = {0};
    Host *host = NULL, *other = NULL;
    Deployment deployment;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *directory = in_directory(arena, "d");
    deployment_make(arena, directory);
    CHECK_OK(deployment_load(arena, file_join(arena, directory, "assent.yaml"), &deployment, &err));
    HostOptions options = host_options(&deployment);
    CHECK_OK(host_start(&options, &host, &err));
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        HostOptions one = {
            .deployment = &deployment, .clock = clock_system(), .random = random_system()};
        one.runs[ids[i]] = true;
        CHECK_FAILS(host_start(&one, &other, &err), ERROR_CONFLICT);
    }
    host_stop(host);
    CHECK_OK(host_start(&options, &host, &err));
    host_stop(host);
}
