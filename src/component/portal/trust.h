// SPDX-License-Identifier: Apache-2.0
//
// The trust anchors that the institution itself goes by, for the public verifier. Whoever does not
// want to believe the institution gives the verifier anchors of their own.
#ifndef ASSENT_COMPONENT_PORTAL_TRUST_H
#define ASSENT_COMPONENT_PORTAL_TRUST_H

#include "base/net/service.h"

enum { TRUST_MAX_FILES = 64, TRUST_MAX_FILE_SIZE = 1024 * 1024 };

// GET /v1/trust: {"files": [{"name", "content": base64}]}, certificates and revocation lists as
// they lie in the directory now.
bool handle_trust(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err);

#endif
