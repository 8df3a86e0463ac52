// SPDX-License-Identifier: Apache-2.0
//
// The OCSP responder of a deployment, as openssl and curl find it.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "program/host.h"
#include "program/init.h"
#include "program/shell_fixture.h"

typedef struct {
    Arena *arena;
    const char *directory;
    Deployment deployment;
    Host *host;
} OcspDoor;

static void start(OcspDoor *door)
{
    Error err = {0};
    HostOptions options = {
        .deployment = &door->deployment, .clock = clock_system(), .random = random_system()};
    options.runs[COMPONENT_CERTIFICATION] = true;
    CHECK_OK(host_start(&options, &door->host, &err));
}

static void door_open(OcspDoor *door)
{
    Error err = {0};
    *door = (OcspDoor){.arena = arena_new(64UL * 1024 * 1024)};
    door->directory = arena_format(door->arena, "%s/d", test_directory());
    InitPlan plan = {.directory = door->directory,
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    CHECK_OK(init_deployment(&plan, door->arena, &err));
    CHECK_OK(deployment_load(door->arena,
                             arena_format(door->arena, "%s/assent.yaml", door->directory),
                             &door->deployment, &err));
    start(door);
}

static void door_close(OcspDoor *door)
{
    host_stop(door->host);
    arena_free(door->arena);
}

// Run a script in the deployment's directory in which $U is the responder's address.
static void run(const OcspDoor *door, const char *script, char ret[SHELL_OUTPUT_SIZE])
{
    char *whole =
        arena_format(door->arena, "cd '%s'; U=http://127.0.0.1:%u/v1/ocsp\n%s", door->directory,
                     host_public_port(door->host, COMPONENT_CERTIFICATION), script);
    CHECK(whole != NULL);
    (void)shell_run(whole, ret);
}

static void check_says(const OcspDoor *door, const char *script, const char *expected)
{
    char out[SHELL_OUTPUT_SIZE];
    run(door, script, out);
    if (strstr(out, expected) == NULL) {
        test_fail(__FILE__, __LINE__, "%s\n    does not say \"%s\" but\n%s", script, expected, out);
    }
}

// Covers: RFC 6960 A.1; RFC 5019 5.
TEST(openssl_and_curl_get_answers_without_tls)
{
    OcspDoor door;
    shell_need("curl");
    shell_need("openssl");
    door_open(&door);
#define ASK "openssl ocsp -issuer trust/issuing-ca.pem -noverify -url $U "
#define CURL "curl -s -H 'Content-Type: application/ocsp-request' --data-binary "
    static const char *const rows[][2] = {
        {ASK "-sm3 -serial 0x1234 2>&1", "0x1234: unknown"},
        {ASK "-sha1 -serial 1 -sha256 -serial 2 2>&1", "\n2: unknown"},
        {ASK "-no_nonce -sm3 -serial 7 -reqout r.der -respout a.der 2>&1", "7: unknown"},
        {"curl -s $U/$(base64 -w0 r.der) | openssl ocsp -respin /dev/stdin -noverify -resp_text",
         "successful (0x0)"},
        {"curl -sI $U/$(base64 -w0 r.der) | head -1", "200"},
        {CURL "@r.der $U | openssl asn1parse -inform der", "Basic OCSP Response"},
        {CURL "garbage $U | xxd -p", "30030a0101"},
        {"head -c 1000000 /dev/zero > big; " CURL "@big $U | xxd -p", "30030a0101"},
        {CURL "@big $U -o /dev/null -w '%{http_code}'", "413"},
        {"curl -s --data-binary @r.der $U -o /dev/null -w '%{http_code}'", "415"},
        {"openssl ocsp -issuer trust/root.pem -noverify -url $U -sm3 -serial 1 2>&1",
         "unauthorized (6)"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_says(&door, rows[i][0], rows[i][1]);
    }
    door_close(&door);
}

TEST(a_deployment_without_a_responders_key_runs_and_says_that_it_has_none)
{
    OcspDoor door;
    shell_need("curl");
    door_open(&door);
    host_stop(door.host);
    CHECK_INT(remove(arena_format(door.arena, "%s/certification/ocsp.pem", door.directory)), 0);
    start(&door);
    check_says(&door,
               "curl -s -H 'Content-Type: application/ocsp-request' --data-binary x $U -o /dev/null"
               " -w '%{http_code}'",
               "404");
    door_close(&door);
}
