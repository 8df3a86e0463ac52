// SPDX-License-Identifier: Apache-2.0
//
// Answers: what was answered to a request with an idempotency key lies beside its effect, written
// in the same commit, so that a repeated request gets the same answer and has no second effect.
#ifndef ASSENT_COMPONENT_BUSINESS_ANSWER_H
#define ASSENT_COMPONENT_BUSINESS_ANSWER_H

#include "component/business/work.h"

// Make the answer to a request that was done before from what is stored.
typedef bool AnswerAgain(Work *work, ServiceResponse *response, Error *err);

// If this very request was answered before, give that answer: *ret_answered. `again` makes an
// answer of which only the digest was kept. Fails with CONFLICT: "idempotency.mismatch" when the
// same key came with another request, "idempotency.superseded" when what was answered then has
// since been replaced.
bool answer_repeat(Work *work, AnswerAgain *again, ServiceResponse *response, bool *ret_answered,
                   Error *err) MUST_CHECK;
// Keep `response` as the answer to this request (collected; written by work_commit).
bool answer_keep(Work *work, const ServiceResponse *response, Error *err) MUST_CHECK;
// Keep that this request was done and the digest of its answer (response NULL: none yet), for a
// step that can make its answer again.
bool answer_keep_digest(Work *work, const ServiceResponse *response, Error *err) MUST_CHECK;

#endif
