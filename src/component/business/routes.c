// SPDX-License-Identifier: Apache-2.0
#include "component/business/routes.h"

#include "base/core/attributes.h"
#include "component/business/loss.h"

enum { SMALL = 16 * 1024, MEDIUM = 256 * 1024, IMAGES = 4 * 1024 * 1024 };

const Route business_routes[] = {
    {"POST", "/v1/authorizations", {"operator"}, SMALL, handle_authorization_create},
    {"GET", "/v1/authorizations", {"operator"}, 0, handle_authorization_list},
    {"GET", "/v1/authorizations/{id}", {"operator"}, 0, handle_authorization_get},
    {"GET", "/v1/authorizations/{id}/document", {"operator"}, 0, handle_document_get},
    {"GET", "/v1/authorizations/{id}/case", {"operator"}, 0, handle_case},
    {"POST",
     "/v1/authorizations/{id}/settlement",
     {"operator"},
     SMALL,
     handle_authorization_settle},
    {"POST",
     "/v1/authorizations/{id}/objection/settlement",
     {"operator"},
     SMALL,
     handle_objection_settle},
    {"POST", "/v1/authorizations/{id}/queries", {"operator"}, SMALL, handle_query},
    {"POST", "/v1/authorizations/{id}/reports", {"operator"}, SMALL, handle_reports},
    {"GET", "/v1/authorizations/{id}/reports/{file}", {"operator"}, 0, handle_report_get},

    {"GET", "/v1/session", {"terminal"}, 0, handle_session_get},
    {"GET", "/v1/session/notices", {"terminal"}, 0, handle_notices_get},
    {"POST", "/v1/session/consents", {"terminal"}, SMALL, handle_consents},
    {"POST", "/v1/session/person", {"terminal"}, SMALL, handle_person},
    {"POST", "/v1/session/measures", {"terminal"}, IMAGES, handle_measure},
    {"POST", "/v1/session/measures/code", {"terminal"}, SMALL, handle_measure_code},
    {"POST", "/v1/session/identity/challenge", {"terminal"}, SMALL, handle_identity_challenge},
    {"POST", "/v1/session/identity/certificate", {"terminal"}, MEDIUM, handle_identity_certificate},
    {"POST", "/v1/session/certificate", {"terminal"}, SMALL, handle_certificate},
    {"POST", "/v1/session/enrolment", {"terminal"}, SMALL, handle_enrolment},
    {"GET", "/v1/session/agreement", {"terminal"}, 0, handle_agreement_get},
    {"POST", "/v1/session/agreement", {"terminal"}, MEDIUM, handle_agreement},
    {"GET", "/v1/session/agreement/document", {"terminal"}, 0, handle_agreement_document},
    {"GET", "/v1/session/agreement/text", {"terminal"}, 0, handle_agreement_text},
    {"POST", "/v1/session/activation", {"terminal"}, SMALL, handle_activation},
    {"POST", "/v1/session/activation/code", {"terminal"}, SMALL, handle_activation_code},
    {"POST", "/v1/session/signature", {"terminal"}, MEDIUM, handle_signature},
    {"GET", "/v1/session/document", {"terminal"}, 0, handle_session_document},
    {"GET", "/v1/session/copy", {"terminal"}, 0, handle_session_copy},
    {"GET", "/v1/session/uses", {"terminal"}, 0, handle_session_uses},
    {"GET", "/v1/session/certificates", {"terminal"}, 0, handle_session_certificates},
    {"POST", "/v1/session/objection", {"terminal"}, SMALL, handle_objection},
    {"POST", "/v1/session/loss", {"terminal"}, SMALL, handle_loss},
    {"POST", "/v1/session/withdrawal", {"terminal"}, SMALL, handle_withdrawal},
    {"POST", "/v1/session/cancellation", {"terminal"}, SMALL, handle_cancel},

    // All that the institution keeps of the same person; work_begin asks for the access.
    {"POST", "/v1/session/authorizations/access", {"terminal"}, SMALL, handle_access},
    {"POST", "/v1/session/authorizations/access/code", {"terminal"}, SMALL, handle_access_code},
    {"GET", "/v1/session/issuances", {"terminal"}, 0, handle_issuances},
    {"POST",
     "/v1/session/issuances/{number}/objection",
     {"terminal"},
     SMALL,
     handle_issuance_objection},
    {"GET", "/v1/session/authorizations", {"terminal"}, 0, handle_access_list},
    {"GET", "/v1/session/authorizations/{id}", {"terminal"}, 0, handle_session_get},
    {"GET", "/v1/session/authorizations/{id}/document", {"terminal"}, 0, handle_session_document},
    {"GET", "/v1/session/authorizations/{id}/copy", {"terminal"}, 0, handle_session_copy},
    {"GET", "/v1/session/authorizations/{id}/uses", {"terminal"}, 0, handle_session_uses},
    {"GET",
     "/v1/session/authorizations/{id}/certificates",
     {"terminal"},
     0,
     handle_session_certificates},
    {"POST", "/v1/session/authorizations/{id}/withdrawal", {"terminal"}, SMALL, handle_withdrawal},
    {"POST", "/v1/session/authorizations/{id}/objection", {"terminal"}, SMALL, handle_objection},
    {"POST", "/v1/session/authorizations/{id}/loss", {"terminal"}, SMALL, handle_loss},
};

const size_t business_route_count = COUNT_OF(business_routes);
