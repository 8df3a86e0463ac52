// SPDX-License-Identifier: Apache-2.0
//
// Door: the person's way in. The link that the bank sends carries the session's token in its
// fragment, which browsers send to nobody; the first device that opens it gets a cookie and
// is from then on the only one that the token works for.
#ifndef ASSENT_COMPONENT_PORTAL_DOOR_H
#define ASSENT_COMPONENT_PORTAL_DOOR_H

#include "component/portal/state.h"

// POST /v1/door {"token"}: open a link on this device. Answers {"reference"}.
bool handle_door_open(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err);
// GET /v1/door: the links that this device has opened, newest first.
bool handle_door_list(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err);
// The token of the session that a request is about, by its cookie and the header
// X-Assent-Session. Fails with ERROR_FORBIDDEN, code "portal.no_session".
bool door_token(Portal *portal, const ServiceRequest *request, const char **ret,
                Error *err) MUST_CHECK;

#endif
