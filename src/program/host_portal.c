// SPDX-License-Identifier: Apache-2.0
//
// The portals within a host: where their pages are, and what each calls as whom.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/core/log.h"
#include "program/file.h"
#include "program/host_state.h"

enum { STAFF_MAX_SIZE = 256 * 1024 };

// <directory of the executable>/../web: where a build puts the pages. NULL when there are none.
static const char *pages_of_build(Arena *arena)
{
    char program[FILE_PATH_SIZE];
    ssize_t len = readlink("/proc/self/exe", program, sizeof program);
    if (len <= 0 || (size_t)len == sizeof program) {
        return NULL;
    }
    const char *path = arena_text(arena, bytes_of(program, (size_t)len));
    const char *directory = path == NULL ? NULL : file_directory(arena, path);
    const char *pages = directory == NULL ? NULL : file_join(arena, directory, "../web");
    const char *index = pages == NULL ? NULL : file_join(arena, pages, "index.html");
    return index != NULL && file_exists(index) ? pages : NULL;
}

// What somebody set is taken as it is: falling back would hide that it is wrong.
static const char *pages_directory(Arena *arena, const Deployment *deployment, ComponentId id)
{
    const char *variable = getenv("ASSENT_PAGES");
    if (deployment->places[id].pages[0] != '\0') {
        return deployment->places[id].pages;
    }
    if (variable != NULL && variable[0] != '\0') {
        return variable;
    }
    const char *built = pages_of_build(arena);
    return built != NULL ? built : "/usr/share/assent/web";
}

static bool find_pages(Host *host, ComponentId id, Error *err)
{
    const Deployment *deployment = host->options.deployment;
    if (!deployment_has(deployment, id)) {
        return error_set(err, ERROR_INPUT, "host.no_portal", NULL,
                         "the configuration has no section \"%s\"", component_name(id));
    }
    const char *pages = pages_directory(host->arena, deployment, id);
    const char *index = file_join(host->arena, pages, "index.html");
    if (index == NULL) {
        return error_memory(err);
    }
    if (!file_exists(index)) {
        return error_set(err, ERROR_INPUT, "host.no_pages", NULL,
                         "there are no pages for the portal: no %s", index);
    }
    host->pages[id] = pages;
    return true;
}

static bool decide(Host *host, ComponentId id, Error *err)
{
    Error reason = {0};
    bool *runs = &host->options.runs[id];
    if (!*runs || find_pages(host, id, &reason)) {
        return true;
    }
    if (host->options.needs_portal) {
        *err = reason;
        return false;
    }
    *runs = false;
    // Who has no section wants no portal; who has one may wonder where it is.
    if (deployment_has(host->options.deployment, id)) {
        LOG(LOG_WARNING, "portal.left_out", log_text("component", component_name(id)),
            log_text("code", reason.code), log_text("reason", reason.text));
    }
    return true;
}

bool host_portal_decide(Host *host, Error *err)
{
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        if (component_is_portal((ComponentId)i) && !decide(host, (ComponentId)i, err)) {
            return false;
        }
    }
    return true;
}

// Always over HTTPS, also within one process: C1's measurements are its HTTP server's.
static bool call_as(Host *host, ComponentId id, const char *role, Peer **ret, Error *err)
{
    if (host->peer_count == HOST_PEERS_MAX) {
        return error_set(err, ERROR_INTERNAL, "host.peers", NULL, "too many peers");
    }
    if (!host_connect(host, id, role, ret, err)) {
        return false;
    }
    host->peers[host->peer_count++] = *ret;
    return true;
}

static bool load_staff(Host *host, ComponentId id, Bytes *ret, Error *err)
{
    const char *path = host_path(host, id, "staff.json");
    *ret = BYTES_EMPTY;
    if (path == NULL) {
        return error_memory(err);
    }
    return !file_exists(path) || file_read(host->arena, path, STAFF_MAX_SIZE, ret, err);
}

static bool start(Host *host, ComponentId id, PortalConfig *config, Error *err)
{
    const Deployment *deployment = host->options.deployment;
    config->pages = host->pages[id];
    config->is_sandbox = deployment->is_sandbox;
    config->session_idle = deployment->places[id].session_idle_minutes * TIME_MINUTE;
    config->session_age = deployment->places[id].session_age_minutes * TIME_MINUTE;
    config->random = host->options.random;
    config->clock = host->options.clock;
    if (!load_staff(host, id, &config->staff, err) ||
        !portal_start(config, &host->portals[config->institution], err)) {
        return false;
    }
    host->services[id] = portal_service(host->portals[config->institution]);
    host->openapi[id] = portal_openapi();
    return true;
}

bool host_portal_start(Host *host, Error *err)
{
    const Deployment *deployment = host->options.deployment;
    PortalConfig config = {.institution = PORTAL_BUSINESS,
                           .trust = deployment->trust,
                           .store_path = host_path(host, COMPONENT_PORTAL, "portal.db")};
    if (config.store_path == NULL) {
        return error_memory(err);
    }
    if (!host_secret(host, COMPONENT_PORTAL, "field", &config.field_key, err) ||
        !call_as(host, COMPONENT_BUSINESS, "terminal", &config.terminal, err) ||
        !call_as(host, COMPONENT_BUSINESS, "operator", &config.operator, err)) {
        return false;
    }
    if (deployment->is_sandbox &&
        !call_as(host, COMPONENT_SANDBOX, "terminal", &config.sandbox, err)) {
        return false;
    }
    return start(host, COMPONENT_PORTAL, &config, err);
}

bool host_certification_portal_start(Host *host, Error *err)
{
    PortalConfig config = {.institution = PORTAL_CERTIFICATION};
    return call_as(host, COMPONENT_CERTIFICATION, "certification_operator", &config.operator,
                   err) &&
           start(host, COMPONENT_CERTIFICATION_PORTAL, &config, err);
}

bool host_preservation_portal_start(Host *host, Error *err)
{
    PortalConfig config = {.institution = PORTAL_PRESERVATION};
    return call_as(host, COMPONENT_PRESERVATION, "preservation_operator", &config.operator, err) &&
           start(host, COMPONENT_PRESERVATION_PORTAL, &config, err);
}

void host_portal_stop(Host *host)
{
    portal_stop(host->portals[PORTAL_BUSINESS]);
}

void host_certification_portal_stop(Host *host)
{
    portal_stop(host->portals[PORTAL_CERTIFICATION]);
}

void host_preservation_portal_stop(Host *host)
{
    portal_stop(host->portals[PORTAL_PRESERVATION]);
}
