// SPDX-License-Identifier: Apache-2.0
//
// The systems as processes of their own, and what a kill at any moment does to them.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/test/test.h"
#include "program/applicant.h"
#include "program/deployment.h"
#include "program/file.h"
#include "program/init.h"
#include "program/process_fixture.h"
#include "program/staff.h"

enum { KILL_ROUNDS = 6, RETRY_MS = 20000, READY_SECONDS = 20 };

typedef struct {
    char directory[200], configuration[220], log[220];
    Arena *arena;
    Deployment deployment;
    uint16_t base_port;
    Peer *staff, *terminal, *phone, *evidence;
    ApplicantFile model;
} Town;

static void town_found(Town *town, Arena *arena)
{
    Error err = {0};
    *town = (Town){.arena = arena, .base_port = process_free_ports()};
    snprintf(town->directory, sizeof town->directory, "%s/deployment", test_directory());
    snprintf(town->configuration, sizeof town->configuration, "%s/assent.yaml", town->directory);
    snprintf(town->log, sizeof town->log, "%s/log", test_directory());
    Time now = clock_now(clock_system());
    InitPlan plan = {.directory = town->directory,
                     .base_port = town->base_port,
                     .now = now,
                     .sandbox_persons = init_default_persons(),
                     .sandbox_knows_everybody = true};
    CHECK_OK(init_deployment(&plan, arena, &err));
    CHECK_OK(deployment_load(arena, town->configuration, &town->deployment, &err));
    CHECK_OK(applicant_file_parse(applicant_file_default(), arena, now, &town->model, &err));
}

static void town_connect(Town *town)
{
    Error err = {0};
    const Deployment *deployment = &town->deployment;
    CHECK_OK(
        deployment_connect(deployment, COMPONENT_BUSINESS, NULL, "operator", &town->staff, &err));
    CHECK_OK(deployment_connect(deployment, COMPONENT_BUSINESS, NULL, "terminal", &town->terminal,
                                &err));
    CHECK_OK(
        deployment_connect(deployment, COMPONENT_SANDBOX, NULL, "terminal", &town->phone, &err));
    CHECK_OK(deployment_connect(deployment, COMPONENT_PRESERVATION, NULL, "preservation_operator",
                                &town->evidence, &err));
}

static void town_leave(Town *town)
{
    peer_free(town->staff);
    peer_free(town->terminal);
    peer_free(town->phone);
    peer_free(town->evidence);
}

static pid_t town_serve(const Town *town, const char *const *names)
{
    const char *arguments[16] = {"serve"};
    size_t count = 1;
    for (size_t i = 0; names[i] != NULL; i++) {
        arguments[count++] = names[i];
    }
    arguments[count++] = "--config";
    arguments[count++] = town->configuration;
    return process_start(town->log, arguments);
}

static bool port_is_up(const Town *town, ComponentId id)
{
    const char *address;
    uint16_t port;
    Error err = {0};
    CHECK_OK(listen_parse(town->arena, town->deployment.places[id].listen, &address, &port, &err));
    return process_wait_for_port(port, READY_SECONDS * TIME_SECOND);
}

// One authorization by person `number`; false with the error when it does not come into force.
// `read`: what the person does with the agreement, NULL: reads it.
static bool authorize_reading(Town *town, unsigned number, StaffOpening *opening,
                              bool (*read)(void *state, Bytes pdf, Bytes text, Error *err),
                              Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(256UL * 1024 * 1024);
    ApplicantFile applicant;
    TerminalResult result;
    if (!applicant_of_number(number, &town->model, arena, &applicant, err)) {
        return false;
    }
    ScriptedPerson script = {.applicant = &applicant, .sandbox = town->phone};
    scripted_person(&script, &applicant.person);
    applicant.person.read = read == NULL ? applicant.person.read : read;
    TerminalConfig config = {.business = town->terminal,
                             .token = opening->token,
                             .person = &applicant.person,
                             .clock = clock_system(),
                             .random = random_system(),
                             .retry_ms = RETRY_MS};
    return terminal_run(&config, arena, &result, err);
}

static bool authorize(Town *town, unsigned number, StaffOpening *opening, Error *err)
{
    return authorize_reading(town, number, opening, NULL, err);
}

static bool close_page(void *state, Bytes pdf, Bytes text, Error *err)
{
    (void)state, (void)pdf, (void)text;
    return error_set(err, ERROR_FORBIDDEN, "test.page_closed", NULL, "the page was closed");
}

static void check_in_force(Town *town, const char *authorization_id)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *history = NULL;
    CHECK_OK(staff_history(town->staff, authorization_id, town->arena, &history, &err));
    CHECK_TEXT(json_string_value(json_object_get(history, "state")), "ACTIVE");
}

// C5's own word: all stages are there, once.
static void check_evidence(Town *town, const char *authorization_id)
{
    Error err = {0};
    PeerResponse response;
    PeerRequest request = {.method = "GET",
                           .target = arena_format(town->arena, "/v1/authorizations/%s/completeness",
                                                  authorization_id)};
    CHECK_OK(peer_call(town->evidence, &request, town->arena, &response, &err));
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CHECK_OK(json_parse(response.body, &reply, &err));
    CHECK(json_is_true(json_object_get(reply, "complete")));
}

// Covers: JR/T 0299-2024 4; A01.
TEST(eleven_processes_do_what_one_does)
{
    Error err = {0};
    Town town;
    StaffOpening opening;
    pid_t processes[COMPONENT_COUNT];
    CLEANUP(arena_cleanup) Arena *arena = arena_new(256UL * 1024 * 1024);
    town_found(&town, arena);
    process_use_pages();
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        const char *names[] = {component_name((ComponentId)i), NULL};
        processes[i] = town_serve(&town, names);
    }
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        CHECK(port_is_up(&town, (ComponentId)i));
    }
    town_connect(&town);
    CHECK_OK(staff_open(town.staff, &town.model.offer, arena, &opening, &err));
    CHECK_OK(authorize(&town, 1, &opening, &err));
    check_in_force(&town, opening.authorization_id);
    check_evidence(&town, opening.authorization_id);
    // A page that is closed takes its key along; the person goes on with another certificate.
    CHECK_OK(staff_open(town.staff, &town.model.offer, arena, &opening, &err));
    CHECK_FAILS_WITH(authorize_reading(&town, 2, &opening, close_page, &err), ERROR_FORBIDDEN,
                     "test.page_closed");
    CHECK_OK(authorize(&town, 2, &opening, &err));
    check_in_force(&town, opening.authorization_id);
    check_evidence(&town, opening.authorization_id);
    town_leave(&town);
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        CHECK_INT(process_stop(processes[i], SIGTERM), 0);
    }
    process_use_no_pages();
}

typedef struct {
    Town *town;
    unsigned number;
    StaffOpening opening;
    Error err;
    bool ok;
} Journeyman;

static void *walk(void *argument)
{
    Journeyman *journeyman = argument;
    journeyman->ok =
        authorize(journeyman->town, journeyman->number, &journeyman->opening, &journeyman->err);
    return NULL;
}

static void pause_ms(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

// Covers: A06, D27.
TEST(a_kill_at_any_moment_loses_nothing_and_doubles_nothing)
{
    static const char *const sandbox[] = {"sandbox", NULL};
    static const char *const others[] = {
        "timestamp", "certification", "preservation", "sealing", "registration", "business", NULL};
    Error err = {0};
    Town town;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(256UL * 1024 * 1024);
    town_found(&town, arena);
    pid_t outside = town_serve(&town, sandbox);
    pid_t inside = town_serve(&town, others);
    CHECK(port_is_up(&town, COMPONENT_SANDBOX) && port_is_up(&town, COMPONENT_BUSINESS));
    town_connect(&town);
    for (unsigned round = 0; round < KILL_ROUNDS; round++) {
        Journeyman journeyman = {.town = &town, .number = 100 + round};
        pthread_t thread;
        CHECK_OK(staff_open(town.staff, &town.model.offer, arena, &journeyman.opening, &err));
        CHECK(pthread_create(&thread, NULL, walk, &journeyman) == 0);
        // Moments spread over the journey, which takes some tens of milliseconds.
        pause_ms(7 + 23 * (long)round);
        CHECK_INT(process_stop(inside, SIGKILL), -1);
        inside = town_serve(&town, others);
        CHECK(port_is_up(&town, COMPONENT_BUSINESS) && port_is_up(&town, COMPONENT_PRESERVATION));
        pthread_join(thread, NULL);
        err = journeyman.err;
        CHECK_OK(journeyman.ok);
        check_in_force(&town, journeyman.opening.authorization_id);
        check_evidence(&town, journeyman.opening.authorization_id);
    }
    town_leave(&town);
    CHECK_INT(process_stop(inside, SIGTERM), 0);
    CHECK_INT(process_stop(outside, SIGTERM), 0);
}
