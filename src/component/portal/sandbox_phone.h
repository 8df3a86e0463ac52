// SPDX-License-Identifier: Apache-2.0
//
// The sandbox's phone: in a sandbox nobody has the fictitious persons' phones in hand, so a page
// shows what came to them, and the one-time codes of staff. Where the portal has no sandbox, which
// is everywhere but in demonstrations and tests, these routes answer "not found".
#ifndef ASSENT_COMPONENT_PORTAL_SANDBOX_PHONE_H
#define ASSENT_COMPONENT_PORTAL_SANDBOX_PHONE_H

#include "base/net/service.h"

// POST /v1/sandbox/inbox {"phone", "after"}: the messages of a fictitious phone.
bool handle_sandbox_inbox(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err);
// GET /v1/sandbox/staff: {"staff": [{"user", "name", "role", "code"}]}.
bool handle_sandbox_staff(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err);

#endif
