// SPDX-License-Identifier: Apache-2.0
//
// A person who knows or suspects that the key is in other hands says so, and the certificate is
// suspended at once, without anybody being asked. It is resumed only for somebody who was
// identified anew as the same person.
// Source: Electronic Signature Law 15; JR/T 0299-2024 6.5.
#ifndef ASSENT_COMPONENT_BUSINESS_LOSS_H
#define ASSENT_COMPONENT_BUSINESS_LOSS_H

#include "component/business/work.h"

// Artifact beside "certificate", under the same number: {"suspended_at", "times"}, and "resumed_at"
// when it was.
#define CERTIFICATE_HOLD "certificate_hold"

// Whether the certificate of this number is suspended because its holder asked for it here.
bool loss_is_suspended(Work *work, int64_t number, bool *ret, Error *err) MUST_CHECK;

// POST /v1/session/loss and /v1/session/authorizations/{id}/loss, no fields: suspend the newest
// certificate. Answers {"serial", "status":"SUSPENDED"}; repeated, the same. Fails with
// ERROR_CONFLICT "certificate.missing", and as C2 does.
RouteHandler handle_loss;

// POST /v1/session/authorizations/{id}/resumption, no fields: have the newest certificate of an
// authorization resumed, by the identification of the session that asks, which is used up by it.
// Answers {"serial", "status":"VALID"}. Fails with ERROR_CONFLICT "session.order" (nobody was
// identified anew) or "certificate.missing", and as C2 does: FORBIDDEN when the decision is too old
// or about another person, CONFLICT when it was used or the certificate is not suspended.
RouteHandler handle_resumption;

#endif
