// SPDX-License-Identifier: Apache-2.0
//
// Forward: which requests of browsers go on to C1, as whom, and what each of them needs before.
#ifndef ASSENT_COMPONENT_PORTAL_FORWARD_H
#define ASSENT_COMPONENT_PORTAL_FORWARD_H

#include "component/portal/state.h"

enum { EVENTS_RETRY_MS = 1500 };

// /v1/session...: the person's. Needs the device's cookie; what is sensitive comes in an envelope.
bool handle_visitor(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err);
bool handle_visitor_sensitive(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err);
// /v1/console/...: staff's, any role to read, officers to act. "/v1/console" is taken off;
// /v1/console/metrics is what the system behind publishes of itself. The account is stated beside
// it.
bool handle_staff_read(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err);
bool handle_staff_act(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err);
// GET /v1/console/events: server-sent events (text/event-stream). Each answer tells at most one
// change of what staff see first, whose digest is the event's id, and ends; the browser comes
// again after EVENTS_RETRY_MS with the id that it has. So no worker is held by a page that is open.
bool handle_staff_events(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err);

#endif
