// SPDX-License-Identifier: Apache-2.0
//
// A person who knows or suspects that the key is in other hands says so, and the certificate is
// suspended at once, without anybody being asked.
// Source: Electronic Signature Law 15.
#ifndef ASSENT_COMPONENT_BUSINESS_LOSS_H
#define ASSENT_COMPONENT_BUSINESS_LOSS_H

#include "base/net/service.h"

// Artifact beside "certificate", under the same number: {"suspended_at"}.
#define CERTIFICATE_HOLD "certificate_hold"

// POST /v1/session/loss and /v1/session/authorizations/{id}/loss, no fields: suspend the newest
// certificate. Answers {"serial", "status":"SUSPENDED"}; repeated, the same. Fails with
// ERROR_CONFLICT "certificate.missing", and as C2 does.
RouteHandler handle_loss;

#endif
