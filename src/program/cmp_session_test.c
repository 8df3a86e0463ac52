// SPDX-License-Identifier: Apache-2.0
//
// The session of docs/cmp.md, as it is written there, against a whole deployment.
#include <string.h>

#include "base/test/test.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/shell_fixture.h"

typedef struct {
    Arena *arena;
    const char *directory;
    Deployment deployment;
    Host *outside, *inside;  // the sandbox, and the systems of the standard
} Session;

static Error err;

static void session_open(Session *session)
{
    *session = (Session){.arena = arena_new(64UL * 1024 * 1024)};
    shell_need("curl");
    shell_need("jq");
    session->directory = arena_format(session->arena, "%s/d", test_directory());
    InitPlan plan = {.directory = session->directory,
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    CHECK_OK(init_deployment(&plan, session->arena, &err));
    CHECK_OK(deployment_load(session->arena,
                             arena_format(session->arena, "%s/assent.yaml", plan.directory),
                             &session->deployment, &err));
    HostOptions options = {
        .deployment = &session->deployment, .clock = clock_system(), .random = random_system()};
    options.runs[COMPONENT_SANDBOX] = true;
    CHECK_OK(host_start(&options, &session->outside, &err));
    session->deployment.places[COMPONENT_SANDBOX].url = arena_format(
        session->arena, "https://127.0.0.1:%u", host_port(session->outside, COMPONENT_SANDBOX));
}

static void session_start(Session *session)
{
    HostOptions options = {
        .deployment = &session->deployment, .clock = clock_system(), .random = random_system()};
    for (int i = 0; i < COMPONENT_COUNT; i++) {
        options.runs[i] = !component_is_portal((ComponentId)i) && i != COMPONENT_SANDBOX;
    }
    CHECK_OK(host_start(&options, &session->inside, &err));
}

static void session_close(Session *session)
{
    host_stop(session->inside);
    host_stop(session->outside);
    arena_free(session->arena);
}

// Run the example; every certificate is by this issuer.
static void check_session(Session *session, const char *issuer)
{
    char out[SHELL_OUTPUT_SIZE];
    shell_put_file("cmp.sh", arena_text(session->arena, test_file("examples/cmp.sh")));
    const char *script =
        arena_format(session->arena, "bash cmp.sh d https://127.0.0.1:%u %s 127.0.0.1:%u",
                     host_port(session->inside, COMPONENT_BUSINESS),
                     session->deployment.places[COMPONENT_SANDBOX].url,
                     host_public_port(session->inside, COMPONENT_REGISTRATION));
    int code = shell_run(script, out);
    const char *first = strstr(out, "ir          serial=");
    const char *second = strstr(out, "kur         serial=");
    if (code != 0 || first == NULL || second == NULL || strstr(first, issuer) == NULL ||
        strstr(first, issuer) > second || strstr(second, issuer) == NULL ||
        strstr(out, "rr          revoked") == NULL) {
        test_fail(__FILE__, __LINE__, "exit code %d: %s", code, out);
    }
}

// Covers: RFC 4210 5.3; RFC 6712 3; JR/T 0299-2024 4 a to d, 6.5.
TEST(a_person_gets_renews_and_revokes_a_certificate_with_openssl)
{
    Session session;
    session_open(&session);
    session_start(&session);
    check_session(&session, session.deployment.ca.name);
    session_close(&session);
}

// The same where another CA issues, behind the adapter contract.
TEST(a_person_gets_renews_and_revokes_a_certificate_of_another_ca)
{
    Session session;
    char out[SHELL_OUTPUT_SIZE];
    session_open(&session);
    const char *setup = arena_format(
        session.arena,
        "curl -s --cacert d/transport/ca.pem --cert d/operator/tls.pem --key d/operator/tls.key"
        " %s/ca/v1/ca | jq -r .issuer | base64 -d | openssl x509 -inform DER -out d/issuer.pem &&"
        " cp d/issuer.pem d/trust/outside.pem && jq -n --arg url %s"
        " '{type: \"assent.external-ca/1\", protocol: \"adapter\", $url, path: \"/ca\","
        " issuer: \"issuer.pem\", policy_oid: \"1.3.6.1.4.1.99999.2.9\","
        " cps_uri: \"https://external-ca.example.cn/cps\", cps_version: \"1.0\","
        " tls: {certificate: \"registration/tls.pem\", key: \"registration/tls.key\","
        " authority: \"transport/ca.pem\"}}' >d/external-ca.json",
        session.deployment.places[COMPONENT_SANDBOX].url,
        session.deployment.places[COMPONENT_SANDBOX].url);
    CHECK_INT(shell_run(setup, out), 0);
    session.deployment.places[COMPONENT_REGISTRATION].external_ca =
        file_join(session.arena, session.directory, "external-ca.json");
    session_start(&session);
    check_session(&session, "沙箱外部电子认证机构");
    session_close(&session);
}
