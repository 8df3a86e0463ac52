// SPDX-License-Identifier: Apache-2.0
#include "component/portal/portal.h"

#include <stdlib.h>
#include <string.h>

#include "base/core/attributes.h"
#include "component/portal/door.h"
#include "component/portal/embedded.h"
#include "component/portal/envelope.h"
#include "component/portal/forward.h"
#include "component/portal/records.h"
#include "component/portal/sandbox_phone.h"
#include "component/portal/state.h"
#include "component/portal/trust.h"

enum { SMALL = 16 * 1024, MEDIUM = 256 * 1024, CONTROLS = 512 * 1024, IMAGES = 6 * 1024 * 1024 };

static bool handle_start_page(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    const Portal *portal = component;
    const char *path = arena_format(request->arena, "%s.html", portal->kind->pages[0]);
    return path != NULL ? pages_reply(portal->pages, path, request, response, err)
                        : error_memory(err);
}

// /terminal is terminal.html, when it is a page of this institution.
static bool handle_page(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    const Portal *portal = component;
    const char *page = service_path_parameter(request, "page");
    size_t at = 0;
    while (at < KIND_PAGES_MAX && portal->kind->pages[at] != NULL &&
           strcmp(portal->kind->pages[at], page) != 0) {
        at++;
    }
    // What is not ours is not there either.
    bool is_ours = at < KIND_PAGES_MAX && portal->kind->pages[at] != NULL;
    const char *path = is_ours ? arena_format(request->arena, "%s.html", page) : "";
    return path != NULL ? pages_reply(portal->pages, path, request, response, err)
                        : error_memory(err);
}

static bool handle_asset(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    const Portal *portal = component;
    return pages_reply(portal->pages, &request->path[1], request, response, err);
}

#define ANYONE         \
    {                  \
        SERVICE_ANYONE \
    }

// What every institution's portal has: pages, and staff who log in.
#define STAFF_ROUTES                                                                        \
    {"GET", "/", ANYONE, 0, handle_start_page}, {"GET", "/{page}", ANYONE, 0, handle_page}, \
        {"GET", "/assets/{file}", ANYONE, 0, handle_asset},                                 \
        {"GET", "/assets/{room}/{file}", ANYONE, 0, handle_asset},                          \
        {"GET", "/v1/envelope-key", ANYONE, 0, handle_envelope_key},                        \
        {"GET", "/v1/sandbox/staff", ANYONE, 0, handle_sandbox_staff},                      \
        {"POST", "/v1/console/login", ANYONE, SMALL, handle_login},                         \
        {"POST", "/v1/console/logout", ANYONE, 0, handle_logout},                           \
        {"GET", "/v1/console/me", ANYONE, 0, handle_me},                                    \
    {                                                                                       \
        "GET", "/v1/console/events", ANYONE, 0, handle_staff_events                         \
    }

// Everybody may knock: what a request needs, a cookie or an envelope, its handler asks for. What
// C1 serves under /v1/session and /v1/authorizations is the same here, see its own description.
static const Route business_routes[] = {
    STAFF_ROUTES,

    {"GET", "/v1/trust", ANYONE, 0, handle_trust},
    {"POST", "/v1/door", ANYONE, SMALL, handle_door_open},
    {"GET", "/v1/door", ANYONE, 0, handle_door_list},

    {"GET", "/v1/session", ANYONE, 0, handle_visitor},
    {"GET", "/v1/session/notices", ANYONE, 0, handle_visitor},
    {"POST", "/v1/session/consents", ANYONE, SMALL, handle_visitor},
    {"POST", "/v1/session/person", ANYONE, SMALL, handle_visitor_sensitive},
    {"POST", "/v1/session/measures", ANYONE, IMAGES, handle_visitor_sensitive},
    {"POST", "/v1/session/measures/code", ANYONE, SMALL, handle_visitor_sensitive},
    {"POST", "/v1/session/certificate", ANYONE, SMALL, handle_visitor},
    {"GET", "/v1/session/agreement", ANYONE, 0, handle_visitor},
    {"POST", "/v1/session/agreement", ANYONE, MEDIUM, handle_visitor},
    {"GET", "/v1/session/agreement/document", ANYONE, 0, handle_visitor},
    {"GET", "/v1/session/agreement/text", ANYONE, 0, handle_visitor},
    {"POST", "/v1/session/activation", ANYONE, SMALL, handle_visitor},
    {"POST", "/v1/session/activation/code", ANYONE, SMALL, handle_visitor_sensitive},
    {"POST", "/v1/session/signature", ANYONE, MEDIUM, handle_visitor},
    {"GET", "/v1/session/document", ANYONE, 0, handle_visitor},
    {"GET", "/v1/session/certificates", ANYONE, 0, handle_visitor},
    {"POST", "/v1/session/objection", ANYONE, SMALL, handle_visitor_sensitive},
    {"POST", "/v1/session/loss", ANYONE, SMALL, handle_visitor},
    {"GET", "/v1/session/uses", ANYONE, 0, handle_visitor},
    {"POST", "/v1/session/withdrawal", ANYONE, SMALL, handle_visitor},
    {"POST", "/v1/session/cancellation", ANYONE, SMALL, handle_visitor},
    {"GET", "/v1/session/copy", ANYONE, 0, handle_visitor},

    {"GET", "/v1/session/issuances", ANYONE, 0, handle_visitor},
    {"POST", "/v1/session/issuances/{number}/objection", ANYONE, SMALL, handle_visitor},
    {"POST", "/v1/session/authorizations/access", ANYONE, SMALL, handle_visitor},
    {"POST", "/v1/session/authorizations/access/code", ANYONE, SMALL, handle_visitor_sensitive},
    {"GET", "/v1/session/authorizations", ANYONE, 0, handle_visitor},
    {"GET", "/v1/session/authorizations/{id}", ANYONE, 0, handle_visitor},
    {"GET", "/v1/session/authorizations/{id}/document", ANYONE, 0, handle_visitor},
    {"GET", "/v1/session/authorizations/{id}/copy", ANYONE, 0, handle_visitor},
    {"GET", "/v1/session/authorizations/{id}/uses", ANYONE, 0, handle_visitor},
    {"GET", "/v1/session/authorizations/{id}/certificates", ANYONE, 0, handle_visitor},
    {"POST", "/v1/session/authorizations/{id}/withdrawal", ANYONE, SMALL, handle_visitor},
    {"POST", "/v1/session/authorizations/{id}/objection", ANYONE, SMALL, handle_visitor_sensitive},
    {"POST", "/v1/session/authorizations/{id}/loss", ANYONE, SMALL, handle_visitor},

    {"POST", "/v1/sandbox/inbox", ANYONE, SMALL, handle_sandbox_inbox},

    {"GET", "/v1/console/metrics", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/alarms", ANYONE, 0, handle_staff_read},
    {"POST", "/v1/console/alarms/{index}/acknowledgement", ANYONE, SMALL, handle_staff_act},
    {"GET", "/v1/console/authorizations", ANYONE, 0, handle_staff_read},
    {"POST", "/v1/console/authorizations", ANYONE, SMALL, handle_staff_act},
    {"GET", "/v1/console/authorizations/{id}", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/authorizations/{id}/document", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/authorizations/{id}/case", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/authorizations/{id}/reports/{file}", ANYONE, 0, handle_staff_read},
    {"POST", "/v1/console/authorizations/{id}/reports", ANYONE, SMALL, handle_staff_act},
    {"POST", "/v1/console/authorizations/{id}/queries", ANYONE, SMALL, handle_staff_act},
    {"POST", "/v1/console/authorizations/{id}/settlement", ANYONE, SMALL, handle_staff_act},
    {"POST", "/v1/console/authorizations/{id}/unfreezing", ANYONE, SMALL, handle_staff_act},
    {"POST", "/v1/console/authorizations/{id}/objection/settlement", ANYONE, SMALL,
     handle_staff_act},
};

static const Route certification_routes[] = {
    STAFF_ROUTES,
    {"GET", "/v1/console/summary", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/ca", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/crl", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/certificates", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/certificates/{serial}/history", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/controls", ANYONE, 0, handle_staff_read},
    {"POST", "/v1/console/controls", ANYONE, CONTROLS, handle_staff_act},
    {"GET", "/v1/console/controls/{id}", ANYONE, 0, handle_staff_read},
    {"POST", "/v1/console/controls/{id}/confirmation", ANYONE, SMALL, handle_staff_act},
    {"POST", "/v1/console/controls/{id}/refusal", ANYONE, SMALL, handle_staff_act},
    {"GET", "/v1/console/retention", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/refusals", ANYONE, 0, handle_staff_read},
};

static const Route preservation_routes[] = {
    STAFF_ROUTES,
    {"GET", "/v1/console/alarms", ANYONE, 0, handle_staff_read},
    {"POST", "/v1/console/alarms/{index}/acknowledgement", ANYONE, SMALL, handle_staff_act},
    {"GET", "/v1/console/summary", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/key", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/environment", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/checkpoint", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/checkpoints", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/consistency", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/deposits", ANYONE, 0, handle_staff_read},
    {"GET", "/v1/console/receipts/{index}", ANYONE, 0, handle_staff_read},
};

static const PortalKind kinds[] = {
    [PORTAL_BUSINESS] = {"portal",
                         {"index", "terminal", "console", "verify", "phone"},
                         business_routes,
                         COUNT_OF(business_routes),
                         "/v1/authorizations"},
    [PORTAL_CERTIFICATION] = {"certification_portal",
                              {"ca", "phone"},
                              certification_routes,
                              COUNT_OF(certification_routes),
                              "/v1/certificates"},
    [PORTAL_PRESERVATION] = {"preservation_portal",
                             {"evidence", "phone"},
                             preservation_routes,
                             COUNT_OF(preservation_routes),
                             "/v1/checkpoint"},
};

static bool open_all(Portal *portal, Error *err)
{
    StoreOptions options = {.path = portal->config.store_path,
                            .schema = (const char *)embedded_schema_sql,
                            .schema_version = PORTAL_SCHEMA_VERSION};
    return pages_open(portal->config.pages, &portal->pages, err) &&
           console_sessions_new(&portal->config, &portal->sessions, err) &&
           sm2_key_generate(portal->config.random, &portal->envelope_key, err) &&
           (portal->config.store_path == NULL || store_open(&options, &portal->store, err));
}

bool portal_start(const PortalConfig *config, Portal **ret, Error *err)
{
    Portal *portal = calloc(1, sizeof *portal);
    if (portal == NULL) {
        return error_memory(err);
    }
    const PortalKind *kind = &kinds[config->institution];
    portal->config = *config;
    portal->kind = kind;
    portal->service = (Service){.name = kind->name,
                                .routes = kind->routes,
                                .route_count = kind->route_count,
                                .component = portal};
    if (!open_all(portal, err) || !service_check(&portal->service, err)) {
        portal_stop(portal);
        return false;
    }
    *ret = portal;
    return true;
}

void portal_stop(Portal *portal)
{
    if (portal == NULL) {
        return;
    }
    store_close(portal->store);
    sm2_private_key_free(portal->envelope_key);
    console_sessions_free(portal->sessions);
    pages_close(portal->pages);
    free(portal);
}

const Service *portal_service(const Portal *portal)
{
    return &portal->service;
}

Bytes portal_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}
