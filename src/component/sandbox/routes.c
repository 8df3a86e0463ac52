// SPDX-License-Identifier: Apache-2.0
#include "component/sandbox/provider.h"

enum { IMAGE_BODY_MAX = 4 * 1024 * 1024, SMALL_BODY_MAX = 16 * 1024 };

const Route sandbox_routes[] = {
    {"POST", "/police/v1/id-card-check", {"business"}, IMAGE_BODY_MAX, sandbox_police},
    {"POST", "/agency/v1/id-card-check", {"business"}, IMAGE_BODY_MAX, sandbox_agency},
    {"POST", "/face/v1/liveness-compare", {"business"}, IMAGE_BODY_MAX, sandbox_face},
    {"POST", "/bank/v1/four-elements", {"business"}, SMALL_BODY_MAX, sandbox_bank},
    {"POST", "/bank/v1/otp", {"business"}, SMALL_BODY_MAX, sandbox_bank_code},
    {"POST", "/operator/v1/three-elements", {"business"}, SMALL_BODY_MAX, sandbox_operator},
    {"POST",
     "/operator/v1/virtual-three-elements",
     {"business"},
     SMALL_BODY_MAX,
     sandbox_virtual_operator},
    {"POST", "/operator/v1/messages", {"business"}, SMALL_BODY_MAX, sandbox_message},
    // The person's phone, as it were. A POST, for no number belongs in a URL.
    {"POST", "/operator/v1/inbox", {SERVICE_ANYONE}, SMALL_BODY_MAX, sandbox_inbox},
    {"POST", "/bureau/v1/credit-reports", {"business"}, SMALL_BODY_MAX, sandbox_report},
    {"POST", "/time/v1/behaviour", {"operator"}, SMALL_BODY_MAX, sandbox_time},
    // An external CA behind the contract of docs/adapter.md.
    {"POST", "/ca/v1/certificates", {"registration"}, SMALL_BODY_MAX, sandbox_ca_issue},
    {"POST",
     "/ca/v1/certificates/{serial}/status",
     {"registration"},
     SMALL_BODY_MAX,
     sandbox_ca_status},
    {"GET", "/ca/v1/ca", {SERVICE_ANYONE}, 0, sandbox_ca_get},
    {"POST", "/ca/v1/behaviour", {"operator"}, SMALL_BODY_MAX, sandbox_ca_behaviour},
    {"GET", "/bureau/v1/queries", {"business", "operator"}, 0, sandbox_report_log},
};
const size_t sandbox_route_count = COUNT_OF(sandbox_routes);
