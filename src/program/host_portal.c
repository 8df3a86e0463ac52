// SPDX-License-Identifier: Apache-2.0
//
// The portal within a host: where its pages are, and what it calls as whom.
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
static const char *pages_directory(Arena *arena, const Deployment *deployment)
{
    const char *variable = getenv("ASSENT_PAGES");
    if (deployment->pages[0] != '\0') {
        return deployment->pages;
    }
    if (variable != NULL && variable[0] != '\0') {
        return variable;
    }
    const char *built = pages_of_build(arena);
    return built != NULL ? built : "/usr/share/assent/web";
}

static bool find_pages(Host *host, Error *err)
{
    const Deployment *deployment = host->options.deployment;
    if (!deployment_has(deployment, COMPONENT_PORTAL)) {
        return error_set(err, ERROR_INPUT, "host.no_portal", NULL,
                         "the configuration has no section \"portal\"");
    }
    const char *pages = pages_directory(host->arena, deployment);
    const char *index = file_join(host->arena, pages, "index.html");
    if (index == NULL) {
        return error_memory(err);
    }
    if (!file_exists(index)) {
        return error_set(err, ERROR_INPUT, "host.no_pages", NULL,
                         "there are no pages for the portal: no %s", index);
    }
    host->pages = pages;
    return true;
}

bool host_portal_decide(Host *host, Error *err)
{
    Error reason = {0};
    bool *runs = &host->options.runs[COMPONENT_PORTAL];
    if (!*runs || find_pages(host, &reason)) {
        return true;
    }
    if (host->options.needs_portal) {
        *err = reason;
        return false;
    }
    *runs = false;
    // Who has no section wants no portal; who has one may wonder where it is.
    if (deployment_has(host->options.deployment, COMPONENT_PORTAL)) {
        LOG(LOG_WARNING, "portal.left_out", log_text("code", reason.code),
            log_text("reason", reason.text));
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

static bool load_staff(Host *host, Bytes *ret, Error *err)
{
    const char *path = host_path(host, COMPONENT_PORTAL, "staff.json");
    *ret = BYTES_EMPTY;
    if (path == NULL) {
        return error_memory(err);
    }
    return !file_exists(path) || file_read(host->arena, path, STAFF_MAX_SIZE, ret, err);
}

bool host_portal_start(Host *host, Error *err)
{
    const Deployment *deployment = host->options.deployment;
    PortalConfig config = {
        .pages = host->pages,
        .trust = deployment->trust,
        .store_path = host_path(host, COMPONENT_PORTAL, "portal.db"),
        .random = host->options.random,
        .clock = host->options.clock,
    };
    if (!host_secret(host, COMPONENT_PORTAL, "field", &config.field_key, err) ||
        !load_staff(host, &config.staff, err) ||
        !call_as(host, COMPONENT_BUSINESS, "terminal", &config.terminal, err) ||
        !call_as(host, COMPONENT_BUSINESS, "operator", &config.operator, err)) {
        return false;
    }
    if (deployment->is_sandbox &&
        !call_as(host, COMPONENT_SANDBOX, "terminal", &config.sandbox, err)) {
        return false;
    }
    if (config.store_path == NULL) {
        return error_memory(err);
    }
    if (!portal_start(&config, &host->portal, err)) {
        return false;
    }
    host->services[COMPONENT_PORTAL] = portal_service(host->portal);
    host->openapi[COMPONENT_PORTAL] = portal_openapi();
    return true;
}

void host_portal_stop(Host *host)
{
    portal_stop(host->portal);
}
