// SPDX-License-Identifier: Apache-2.0
//
// The inside of a portal, shared by its files.
#ifndef ASSENT_COMPONENT_PORTAL_STATE_H
#define ASSENT_COMPONENT_PORTAL_STATE_H

#include "base/crypto/sm2.h"
#include "base/store/store.h"
#include "component/portal/console_session.h"
#include "component/portal/pages.h"
#include "component/portal/portal.h"

enum { KIND_PAGES_MAX = 8 };

// What an institution's portal has.
typedef struct {
    const char *name;                   // of the service
    const char *pages[KIND_PAGES_MAX];  // the first is the one at "/"
    const Route *routes;
    size_t route_count;
    // Of the system behind: what its staff's list shows first. When it changes, open pages hear of
    // it.
    const char *watched;
} PortalKind;

struct Portal {
    const PortalKind *kind;
    PortalConfig config;
    Service service;
    Store *store;
    Pages *pages;
    ConsoleSessions *sessions;
    // Opens what pages encrypt. Made at start and known to this process only, so that what was
    // recorded cannot be opened after it; pages ask for the new one when theirs is refused.
    Sm2PrivateKey *envelope_key;
};

// Refuse a request that another site's page may have caused: a POST needs an Origin that is the
// host it was sent to. Fails with ERROR_FORBIDDEN, code "portal.origin".
bool portal_check_origin(const ServiceRequest *request, Error *err) MUST_CHECK;
// The value of a cookie, or NULL.
const char *portal_cookie(const ServiceRequest *request, const char *name);
// Set a cookie that scripts cannot read and other sites do not send; "" deletes it.
bool portal_set_cookie(ServiceResponse *response, Arena *arena, const char *name, const char *value,
                       Error *err) MUST_CHECK;

#endif
