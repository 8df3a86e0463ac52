// SPDX-License-Identifier: Apache-2.0
//
// From a request to a component's handler and back: for what serves a Service, over HTTP or in the
// process, and for tests.
#ifndef ASSENT_BASE_NET_SERVICE_DISPATCH_H
#define ASSENT_BASE_NET_SERVICE_DISPATCH_H

#include "base/net/service.h"

// Find the route for a method and a raw path and check the role, without reading a body.
// `err` is set on failure: ERROR_NOT_FOUND "service.no_route" (*ret_status 404),
// ERROR_INPUT "service.method_not_allowed" (405), ERROR_FORBIDDEN "service.role_not_allowed" (403).
bool service_find_route(const Service *service, Bytes method, Bytes path, const char *role,
                        const Route **ret, Error *err) MUST_CHECK;
// HTTP status of an error of this layer: error_kind_http_status, but 405 for
// "service.method_not_allowed" and 415 for "service.content_type_not_json".
int service_error_status(const Error *err);

// Split "/path?query" strictly into request->path and request->query (arena must be set).
// Refused (ERROR_INPUT, "service.target_malformed"): no leading slash, an empty, "." or ".."
// segment, bad or NUL or control percent escapes, an encoded slash or backslash, a fragment,
// anything but visible ASCII, a repeated query name, too many parameters. In what a {name...} of
// the service takes, slashes may stand in any form.
bool service_parse_target(const Service *service, ServiceRequest *request, Bytes target,
                          Error *err) MUST_CHECK;

// Route (404, 405), check role (403) and body size (413), call the handler, turn an Error into
// JSON {"error":{"code","kind","message","clause"}}. Always leaves a complete response.
// Call service_parse_target first.
void service_dispatch(const Service *service, ServiceRequest *request, ServiceResponse *response);

// Replace the response by what refuses a request to this route (NULL: none was found): the
// service's own answer to a body that is too large, else `err` as JSON.
void service_reply_refusal(const Service *service, const Route *route, ServiceResponse *response,
                           Arena *arena, const Error *err);

#endif
