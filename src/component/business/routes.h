// SPDX-License-Identifier: Apache-2.0
//
// The handlers of C1's routes; see routes.c for the table and openapi.json for the bodies.
#ifndef ASSENT_COMPONENT_BUSINESS_ROUTES_H
#define ASSENT_COMPONENT_BUSINESS_ROUTES_H

#include "base/net/service.h"

extern const Route business_routes[];
extern const size_t business_route_count;

// Staff of the institution (role "operator").
RouteHandler handle_authorization_create, handle_authorization_list, handle_authorization_get,
    handle_authorization_settle, handle_objection_settle, handle_query, handle_document_get,
    handle_case, handle_reports, handle_report_get, handle_alarms, handle_acknowledgement;

// The person's terminal (role "terminal", bearer token).
RouteHandler handle_session_get, handle_notices_get, handle_consents, handle_person, handle_measure,
    handle_measure_code, handle_identity_challenge, handle_identity_certificate, handle_certificate,
    handle_enrolment, handle_agreement_get, handle_agreement_document, handle_agreement_text,
    handle_agreement, handle_activation, handle_activation_code, handle_signature,
    handle_session_document, handle_session_uses, handle_session_certificates, handle_objection,
    handle_withdrawal, handle_cancel, handle_session_copy, handle_session_case, handle_access,
    handle_access_code, handle_unfreezing, handle_access_list, handle_issuances,
    handle_issuance_objection;

#endif
