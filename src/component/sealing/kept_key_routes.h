// SPDX-License-Identifier: Apache-2.0
//
// Handlers of the routes of kept keys, for the table in routes.c.
#ifndef ASSENT_COMPONENT_SEALING_KEPT_KEY_ROUTES_H
#define ASSENT_COMPONENT_SEALING_KEPT_KEY_ROUTES_H

#include "base/net/service.h"

RouteHandler sealing_handle_key;
RouteHandler sealing_handle_key_certificate;
RouteHandler sealing_handle_key_signature;
RouteHandler sealing_handle_key_destruction;

#endif
