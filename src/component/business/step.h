// SPDX-License-Identifier: Apache-2.0
//
// Step: what every change of an authorization has in common. The session is found, a repeated
// request gets its answer again, the order of the steps is kept, the body is parsed; and what is
// refused goes into the authorization's history, because the attempt is evidence too.
#ifndef ASSENT_COMPONENT_BUSINESS_STEP_H
#define ASSENT_COMPONENT_BUSINESS_STEP_H

#include "component/business/answer.h"

typedef struct {
    const char *event;   // in the history: "person"
    unsigned from;       // mask of STEP_FROM; 0: from any state
    const char *clause;  // why the order is as it is; NULL: our own
    // Do the step: check, collect, answer, answer_keep and commit. `body` is borrowed; NULL when
    // the request has none.
    bool (*run)(Work *work, const json_t *body, ServiceResponse *response, Error *err);
    AnswerAgain *repeat;  // NULL: answers are kept whole
} Step;

#define STEP_FROM(state) (1U << (state))

// Do a step for the person's terminal (bearer token).
bool step_run(const Step *step, void *component, const ServiceRequest *request,
              ServiceResponse *response, Error *err) MUST_CHECK;
// Do a step for staff upon the authorization that the path names.
bool step_run_by_id(const Step *step, void *component, const ServiceRequest *request,
                    ServiceResponse *response, Error *err) MUST_CHECK;

// Check that a step that takes no fields got none: no body, or {}.
bool step_no_fields(const json_t *body, Error *err) MUST_CHECK;

#endif
