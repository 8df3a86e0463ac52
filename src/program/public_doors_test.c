// SPDX-License-Identifier: Apache-2.0
//
// The doors without TLS of a deployment, as common clients find them.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "program/host.h"
#include "program/init.h"
#include "program/shell_fixture.h"

typedef struct {
    Arena *arena;
    Deployment deployment;
    Host *host;
} Doors;

static void doors_open(Doors *doors)
{
    Error err = {0};
    *doors = (Doors){.arena = arena_new(64UL * 1024 * 1024)};
    InitPlan plan = {.directory = arena_format(doors->arena, "%s/d", test_directory()),
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    CHECK_OK(init_deployment(&plan, doors->arena, &err));
    CHECK_OK(deployment_load(doors->arena,
                             arena_format(doors->arena, "%s/assent.yaml", plan.directory),
                             &doors->deployment, &err));
    HostOptions options = {
        .deployment = &doors->deployment, .clock = clock_system(), .random = random_system()};
    options.runs[COMPONENT_CERTIFICATION] = true;
    options.runs[COMPONENT_TIMESTAMP] = true;
    CHECK_OK(host_start(&options, &doors->host, &err));
}

static void doors_close(Doors *doors)
{
    host_stop(doors->host);
    arena_free(doors->arena);
}

// Run a script in which $C and $T are the addresses of the two doors.
static void run(const Doors *doors, const char *script, char ret[SHELL_OUTPUT_SIZE])
{
    char *whole = arena_format(doors->arena, "C=http://127.0.0.1:%u T=http://127.0.0.1:%u\n%s",
                               host_public_port(doors->host, COMPONENT_CERTIFICATION),
                               host_public_port(doors->host, COMPONENT_TIMESTAMP), script);
    CHECK(whole != NULL);
    (void)shell_run(whole, ret);
}

TEST(the_list_and_the_statement_of_the_ca_are_had_without_tls)
{
    Doors doors;
    char out[SHELL_OUTPUT_SIZE];
    shell_need("curl");
    doors_open(&doors);
    run(&doors, "curl -s $C/v1/crl | openssl crl -inform der -noout -crlnumber", out);
    CHECK(strncmp(out, "crlNumber=", 10) == 0);
    run(&doors, "curl -s0 $C/v1/ca/certificate | openssl x509 -inform der -noout -subject", out);
    CHECK(strncmp(out, "subject=", 8) == 0);
    run(&doors, "curl -sI -o /dev/null -w '%{http_code} %{size_download}' $C/v1/cps", out);
    CHECK_TEXT(out, "200 0");
    doors_close(&doors);
}

TEST(nothing_else_of_the_systems_is_had_without_tls)
{
    static const char *const paths[] = {"$C/v1/ca", "$C/v1/summary", "$C/v1/certificates",
                                        "$C/metrics", "$T/v1/clock"};
    Doors doors;
    char out[SHELL_OUTPUT_SIZE], script[256];
    shell_need("curl");
    doors_open(&doors);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        snprintf(script, sizeof script, "curl -s -o /dev/null -w '%%{http_code}' %s", paths[i]);
        run(&doors, script, out);
        CHECK_TEXT(out, "403");
    }
    doors_close(&doors);
}

TEST(a_deployment_without_public_doors_opens_none)
{
    Doors doors;
    doors_open(&doors);
    host_stop(doors.host);
    Error err = {0};
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        doors.deployment.places[i].public_listen = "";
    }
    HostOptions options = {
        .deployment = &doors.deployment, .clock = clock_system(), .random = random_system()};
    options.runs[COMPONENT_CERTIFICATION] = true;
    CHECK_OK(host_start(&options, &doors.host, &err));
    CHECK_INT(host_public_port(doors.host, COMPONENT_CERTIFICATION), 0);
    doors_close(&doors);
}
