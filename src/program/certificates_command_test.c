// SPDX-License-Identifier: Apache-2.0
//
// assent certificates against a deployment: by way of the bank, and of the log itself.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "program/applicant.h"
#include "program/command.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/process_fixture.h"
#include "program/staff.h"

typedef struct {
    Arena *arena;
    Deployment deployment;
    Host *host;
    const char *directory, *configuration, *log, *applicant, *url, *sandbox, *evidence;
    StaffOpening opening;
} Town;

static Error err;

static const char *url_of(Town *town, ComponentId id)
{
    return arena_format(town->arena, "https://127.0.0.1:%u", host_port(town->host, id));
}

// The person of the applicant file authorizes, so that there is one certificate.
static void authorize(Town *town)
{
    ApplicantFile file;
    TerminalResult result;
    CLEANUP(peer_cleanup) Peer *staff = NULL;
    CLEANUP(peer_cleanup) Peer *terminal = NULL;
    CLEANUP(peer_cleanup) Peer *phone = NULL;
    Time now = clock_now(clock_system());
    CHECK_OK(applicant_file_parse(applicant_file_default(), town->arena, now, &file, &err));
    CHECK_OK(host_connect(town->host, COMPONENT_BUSINESS, "operator", &staff, &err));
    CHECK_OK(host_connect(town->host, COMPONENT_BUSINESS, "terminal", &terminal, &err));
    CHECK_OK(host_connect(town->host, COMPONENT_SANDBOX, "terminal", &phone, &err));
    CHECK_OK(staff_open(staff, &file.offer, town->arena, &town->opening, &err));
    ScriptedPerson script = {.applicant = &file, .sandbox = phone};
    scripted_person(&script, &file.person);
    TerminalConfig config = {.business = terminal,
                             .token = town->opening.token,
                             .person = &file.person,
                             .clock = clock_system(),
                             .random = random_system()};
    CHECK_OK(terminal_run(&config, town->arena, &result, &err));
}

static void town_open(Town *town)
{
    *town = (Town){.arena = arena_new(256UL * 1024 * 1024)};
    town->directory = arena_format(town->arena, "%s/d", test_directory());
    town->log = arena_format(town->arena, "%s/log", test_directory());
    town->applicant = arena_format(town->arena, "%s/applicant.json", test_directory());
    town->configuration = file_join(town->arena, town->directory, "assent.yaml");
    InitPlan plan = {.directory = town->directory,
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    CHECK_OK(init_deployment(&plan, town->arena, &err));
    CHECK_OK(file_write(town->applicant, applicant_file_default(), false, &err));
    CHECK_OK(deployment_load(town->arena, town->configuration, &town->deployment, &err));
    HostOptions options = {
        .deployment = &town->deployment, .clock = clock_system(), .random = random_system()};
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        options.runs[i] = !component_is_portal((ComponentId)i);
    }
    CHECK_OK(host_start(&options, &town->host, &err));
    town->url = url_of(town, COMPONENT_BUSINESS);
    town->sandbox = url_of(town, COMPONENT_SANDBOX);
    town->evidence = url_of(town, COMPONENT_PRESERVATION);
    authorize(town);
}

static void town_close(Town *town)
{
    host_stop(town->host);
    arena_free(town->arena);
}

static const char *printed(Town *town)
{
    Bytes text;
    CHECK_OK(file_read(town->arena, town->log, FILE_MAX_SIZE, &text, &err));
    return arena_text(town->arena, text);
}

static int by_bank(Town *town, const char *option, const char *value)
{
    const char *arguments[] = {"certificates",
                               "--url",
                               town->url,
                               "--token",
                               town->opening.token,
                               "--config",
                               town->configuration,
                               "--applicant",
                               town->applicant,
                               "--sandbox",
                               town->sandbox,
                               option,
                               value,
                               NULL};
    unlink(town->log);
    return process_run(town->log, arguments);
}

// The serial number that the first line names.
static const char *serial_of(Town *town)
{
    char serial[80] = "";
    CHECK_INT(sscanf(printed(town), "0 %79s", serial), 1);
    return arena_text(town->arena, bytes_of_text(serial));
}

// What the page lets a person keep, from the list that the bank gives.
static const char *keep_key(Town *town, const char *changed_secret)
{
    CLEANUP(peer_cleanup) Peer *terminal = NULL;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *key = json_make_object();
    Bytes text;
    const char *path = arena_format(town->arena, "%s/key.json", test_directory());
    PeerRequest request = {
        .method = "GET",
        .target = "/v1/session/issuances",
        .authorization = arena_format(town->arena, "Bearer %s", town->opening.token)};
    CHECK_OK(host_connect(town->host, COMPONENT_BUSINESS, "terminal", &terminal, &err));
    CHECK_OK(peer_call_json(terminal, &request, NULL, town->arena, &reply, &err));
    json_put_text(key, "type", "assent.holder-key/1");
    json_put(key, "secret", json_incref(json_object_get(reply, "secret")));
    json_put(key, "log_certificate", json_incref(json_object_get(reply, "log_certificate")));
    if (changed_secret != NULL) {
        json_put_text(key, "secret", changed_secret);
    }
    CHECK_OK(json_text(town->arena, key, &text, &err));
    CHECK_OK(file_write(path, text, true, &err));
    return path;
}

static int by_log(Town *town, const char *key)
{
    const char *arguments[] = {
        "certificates",      "--key", key, "--log", town->evidence, "--config",
        town->configuration, NULL};
    unlink(town->log);
    return process_run(town->log, arguments);
}

TEST(certificates_are_listed_by_the_bank_and_by_the_log_and_one_is_suspended)
{
    Town town;
    town_open(&town);
    CHECK_INT(by_bank(&town, NULL, NULL), EXIT_VALID);
    const char *serial = serial_of(&town);
    CHECK(strstr(printed(&town), "有效") != NULL);
    CHECK_INT(by_log(&town, keep_key(&town, NULL)), EXIT_VALID);
    CHECK_TEXT(serial_of(&town), serial);
    // Whoever has another secret finds nothing, and a damaged one is refused.
    CHECK_INT(by_log(&town, keep_key(&town,
                                     "00000000000000000000000000000000"
                                     "00000000000000000000000000000000")),
              EXIT_VALID);
    CHECK(strstr(printed(&town), serial) == NULL);
    CHECK_INT(by_log(&town, keep_key(&town, "00")), EXIT_USAGE);
    CHECK_INT(by_bank(&town, "--object", "0BAD"), EXIT_INVALID);
    CHECK_INT(by_bank(&town, "--object", serial), EXIT_VALID);
    CHECK(strstr(printed(&town), "已挂起证书") != NULL);
    CHECK_INT(by_bank(&town, NULL, NULL), EXIT_VALID);
    CHECK(strstr(printed(&town), "已挂起") != NULL);
    town_close(&town);
}

TEST(certificates_without_a_way_to_ask_is_wrong_usage)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *log = arena_format(arena, "%s/log", test_directory());
    static const char *const rows[][7] = {
        {"certificates"},
        {"certificates", "--url", "https://127.0.0.1:1"},
        {"certificates", "--url", "https://127.0.0.1:1", "--token"},
        {"certificates", "--key", "key.json", "--token", "x"},
        {"certificates", "--url", "https://127.0.0.1:1", "--token", "x", "--sandbox", "y"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *arguments[8] = {NULL};
        memcpy(arguments, rows[i], sizeof rows[i]);
        CHECK_INT(process_run(log, arguments), EXIT_USAGE);
    }
}
