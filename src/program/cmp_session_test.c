// SPDX-License-Identifier: Apache-2.0
//
// The session of docs/cmp.md, as it is written there, against a whole deployment.
#include <string.h>

#include "base/test/test.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/shell_fixture.h"

// Covers: RFC 4210 5.3; RFC 6712 3; JR/T 0299-2024 4 a to d, 6.5.
TEST(a_person_gets_renews_and_revokes_a_certificate_with_openssl)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(64UL * 1024 * 1024);
    char out[SHELL_OUTPUT_SIZE];
    Deployment deployment;
    Host *host = NULL;
    shell_need("curl");
    shell_need("jq");
    InitPlan plan = {.directory = arena_format(arena, "%s/d", test_directory()),
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    CHECK_OK(init_deployment(&plan, arena, &err));
    CHECK_OK(deployment_load(arena, arena_format(arena, "%s/assent.yaml", plan.directory),
                             &deployment, &err));
    HostOptions options = {
        .deployment = &deployment, .clock = clock_system(), .random = random_system()};
    for (int i = 0; i < COMPONENT_COUNT; i++) {
        options.runs[i] = !component_is_portal((ComponentId)i);
    }
    CHECK_OK(host_start(&options, &host, &err));
    const char *text = arena_text(arena, test_file("examples/cmp.sh"));
    shell_put_file("cmp.sh", text);
    const char *script =
        arena_format(arena, "bash cmp.sh d https://127.0.0.1:%u https://127.0.0.1:%u 127.0.0.1:%u",
                     host_port(host, COMPONENT_BUSINESS), host_port(host, COMPONENT_SANDBOX),
                     host_public_port(host, COMPONENT_REGISTRATION));
    int code = shell_run(script, out);
    host_stop(host);
    if (code != 0 || strstr(out, "ir          serial=") == NULL ||
        strstr(out, "kur         serial=") == NULL || strstr(out, "rr          revoked") == NULL) {
        test_fail(__FILE__, __LINE__, "exit code %d: %s", code, out);
    }
}
