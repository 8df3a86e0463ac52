// SPDX-License-Identifier: Apache-2.0
//
// Console sessions: staff who have logged in with password and one-time code. They live in this
// process's memory, end after a time without a request and after a time in any case, as the
// configuration says, and a user who is wrong five times waits a quarter of an hour. Source: GB/T
// 22081-2016 9.4.2.
#ifndef ASSENT_COMPONENT_PORTAL_CONSOLE_SESSION_H
#define ASSENT_COMPONENT_PORTAL_CONSOLE_SESSION_H

#include "base/codec/json.h"
#include "base/net/service.h"
#include "component/portal/portal.h"
#include "component/portal/staff.h"

typedef struct ConsoleSessions ConsoleSessions;

bool console_sessions_new(const PortalConfig *config, ConsoleSessions **ret, Error *err) MUST_CHECK;
void console_sessions_free(ConsoleSessions *sessions);

// In a sandbox: all accounts with their present one-time codes. The caller owns the array.
json_t *console_sessions_codes(const ConsoleSessions *sessions, Time now);

// POST /v1/console/login {"user", "password", "code"}, in an envelope.
bool handle_login(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err);
bool handle_logout(void *component, const ServiceRequest *request, ServiceResponse *response,
                   Error *err);
// GET /v1/console/me
bool handle_me(void *component, const ServiceRequest *request, ServiceResponse *response,
               Error *err);

// Whose request this is. Fails with ERROR_FORBIDDEN, code "portal.login" (log in first).
bool console_session_require(Portal *portal, const ServiceRequest *request, StaffMember *ret,
                             Error *err) MUST_CHECK;
// The same for what a page asks by itself: it does not keep a session alive that nobody uses.
bool console_session_peek(Portal *portal, const ServiceRequest *request, StaffMember *ret,
                          Error *err) MUST_CHECK;

#endif
