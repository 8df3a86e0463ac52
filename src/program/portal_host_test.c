// SPDX-License-Identifier: Apache-2.0
//
// The portal in a deployment, as browsers meet it: over HTTPS, without a client certificate, with
// the real C1 behind it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "program/applicant.h"
#include "program/browser_fixture.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/process_fixture.h"
#include "program/staff.h"

typedef struct {
    Arena *arena;
    Deployment deployment;
    Host *host;
    Peer *staff;
    InitLogin logins[INIT_LOGINS];
    ApplicantFile applicant;
    Browser browser;
} Site;

static void site_open(Site *site)
{
    Error err = {0};
    *site = (Site){.arena = arena_new(256UL * 1024 * 1024)};
    Time now = clock_now(clock_system());
    InitPlan plan = {.directory = arena_format(site->arena, "%s/d", test_directory()),
                     .now = now,
                     .sandbox_persons = init_default_persons()};
    process_use_pages();
    CHECK_OK(init_deployment(&plan, site->arena, &err));
    CHECK_OK(init_staff(&plan, site->arena, site->logins, &err));
    CHECK_OK(deployment_load(site->arena, file_join(site->arena, plan.directory, "assent.yaml"),
                             &site->deployment, &err));
    CHECK_OK(
        applicant_file_parse(applicant_file_default(), site->arena, now, &site->applicant, &err));
    HostOptions options = {.deployment = &site->deployment,
                           .needs_portal = true,
                           .clock = clock_system(),
                           .random = random_system()};
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        options.runs[i] = true;
    }
    CHECK_OK(host_start(&options, &site->host, &err));
    CHECK_OK(host_connect(site->host, COMPONENT_BUSINESS, "operator", &site->staff, &err));
    browser_open(&site->browser, host_port(site->host, COMPONENT_PORTAL),
                 site->deployment.transport_authority, site->arena);
}

static void site_close(Site *site)
{
    browser_close(&site->browser);
    peer_free(site->staff);
    host_stop(site->host);
    arena_free(site->arena);
    process_use_no_pages();
}

static const char *new_link(Site *site)
{
    Error err = {0};
    StaffOpening *opening = arena_alloc(site->arena, sizeof *opening);
    CHECK_OK(staff_open(site->staff, &site->applicant.offer, site->arena, opening, &err));
    return arena_format(site->arena, "{\"token\":\"%s\"}", opening->token);
}

// The value of a text of the last answer.
static const char *answered(Site *site, const char *key)
{
    CLEANUP(json_cleanup) json_t *answer = browser_json(&site->browser);
    const char *value = json_string_value(json_object_get(answer, key));
    return value == NULL ? "" : arena_text(site->arena, bytes_of_text(value));
}

TEST(pages_and_health_need_no_client_certificate)
{
    static const char *const paths[] = {"/", "/terminal", "/console", "/verify", "/phone"};
    Site site;
    site_open(&site);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        CHECK_INT(browser_get(&site.browser, paths[i]), 200);
        CHECK(strstr(site.browser.headers, "Content-Type: text/html") != NULL);
        CHECK(strstr(site.browser.headers, "Content-Security-Policy: default-src 'none'") != NULL);
        const char *sniffing = strstr(site.browser.headers, "X-Content-Type-Options: nosniff");
        CHECK(sniffing != NULL && strstr(sniffing + 1, "X-Content-Type-Options") == NULL);
    }
    CHECK_INT(browser_get(&site.browser, "/healthz"), 200);
    CHECK_INT(browser_get(&site.browser, "/openapi.json"), 200);
    CHECK_INT(browser_get(&site.browser, "/v1/trust"), 200);
    CHECK_INT(browser_get(&site.browser, "/metrics"), 403);
    site_close(&site);
}

TEST(a_link_leads_to_the_business_system_from_one_device)
{
    Site site;
    Browser other;
    site_open(&site);
    const char *link = new_link(&site);
    CHECK_INT(browser_post(&site.browser, "/v1/door", link), 200);
    site.browser.reference = answered(&site, "reference");
    CHECK_INT(browser_get(&site.browser, "/v1/session"), 200);
    CHECK_TEXT(answered(&site, "state"), "CREATED");
    CHECK_INT(browser_get(&site.browser, "/v1/session/notices"), 200);
    // C1's own refusals come through.
    CHECK_INT(browser_post(&site.browser, "/v1/session/signature", "{}"), 409);
    // Opening it again is harmless here, and of no use elsewhere.
    CHECK_INT(browser_post(&site.browser, "/v1/door", link), 200);
    browser_open(&other, host_port(site.host, COMPONENT_PORTAL),
                 site.deployment.transport_authority, site.arena);
    CHECK_INT(browser_post(&other, "/v1/door", link), 403);
    browser_check_error(&other, "portal.other_device");
    other.reference = site.browser.reference;
    CHECK_INT(browser_get(&other, "/v1/session"), 403);
    browser_check_error(&other, "portal.no_session");
    browser_close(&other);
    site_close(&site);
}

static const char *present_code(Site *site, const char *user)
{
    CHECK_INT(browser_get(&site->browser, "/v1/sandbox/staff"), 200);
    CLEANUP(json_cleanup) json_t *answer = browser_json(&site->browser);
    const json_t *list = json_object_get(answer, "staff");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        if (strcmp(json_string_value(json_object_get(entry, "user")), user) == 0) {
            const char *code = json_string_value(json_object_get(entry, "code"));
            return arena_text(site->arena, bytes_of_text(code));
        }
    }
    return "";
}

static int log_in(Site *site, const char *user, const char *password)
{
    char *json = arena_format(site->arena, "{\"user\":\"%s\",\"password\":\"%s\",\"code\":\"%s\"}",
                              user, password, present_code(site, user));
    return browser_post_sealed(&site->browser, "/v1/console/login", json);
}

TEST(the_console_opens_with_password_and_code)
{
    Site site;
    size_t at;
    site_open(&site);
    CHECK_INT(browser_get(&site.browser, "/v1/console/authorizations"), 403);
    browser_check_error(&site.browser, "portal.login");
    CHECK_INT(log_in(&site, "officer", "not-the-password-of-it"), 403);
    browser_check_error(&site.browser, "portal.login_failed");
    CHECK_INT(log_in(&site, "officer", site.logins[0].password), 200);
    (void)new_link(&site);
    CHECK_INT(browser_get(&site.browser, "/v1/console/authorizations"), 200);
    CHECK(bytes_find(site.browser.body, BYTES_LITERAL("CREATED"), 0, &at));
    // C1's HTTP server answers this one, not C1.
    CHECK_INT(browser_get(&site.browser, "/v1/console/metrics"), 200);
    CHECK(bytes_find(site.browser.body, BYTES_LITERAL("business"), 0, &at));
    CHECK_INT(browser_post(&site.browser, "/v1/console/logout", ""), 204);
    CHECK_INT(browser_get(&site.browser, "/v1/console/authorizations"), 403);
    CHECK_INT(log_in(&site, "auditor", site.logins[1].password), 200);
    CHECK_INT(browser_get(&site.browser, "/v1/console/authorizations"), 200);
    CHECK_INT(browser_post(&site.browser, "/v1/console/authorizations", "{}"), 403);
    browser_check_error(&site.browser, "portal.role");
    site_close(&site);
}

TEST(what_a_browser_gets_wrong_is_refused_in_form)
{
    static const struct {
        const char *path, *body, *origin, *code;
    } rows[] = {
        {"/v1/door", "{\"token\":\"0\"}", NULL, "portal.origin"},
        {"/v1/door", "{\"token\":\"0\"}", "https://evil.example", "portal.origin"},
        {"/v1/door", "{", "", "json.malformed"},
        {"/v1/door", "{\"token\":\"ffff\"}", "", "session.token"},
        {"/v1/session/person", "{}", "", "portal.envelope_missing"},
        {"/v1/nothing", "{}", "", "service.no_route"},
        {"/v1/trust", "{}", "", "service.method_not_allowed"},
    };
    Site site;
    site_open(&site);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *origin = rows[i].origin;
        site.browser.origin = origin != NULL && origin[0] == '\0' ? site.browser.url : origin;
        CHECK(browser_post(&site.browser, rows[i].path, rows[i].body) >= 400);
        browser_check_error(&site.browser, rows[i].code);
    }
    CHECK_INT(browser_get(&site.browser, "/nothing"), 404);
    browser_check_error(&site.browser, "portal.no_page");
    site_close(&site);
}
