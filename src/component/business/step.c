// SPDX-License-Identifier: Apache-2.0
#include "component/business/step.h"

#include "component/business/outages.h"

static bool check_order(const Step *step, const Work *work, Error *err)
{
    AuthorizationState state = work->row.state;
    if (step->from == 0 || (step->from & STEP_FROM(state)) != 0) {
        return true;
    }
    return error_set(err, ERROR_CONFLICT, "session.order", step->clause,
                     "the step %s does not follow upon state %s", step->event,
                     authorization_state_name(state));
}

static bool run_once(const Step *step, Work *work, ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    return check_order(step, work, err) &&
           (work->request->body.len == 0 || service_request_json(work->request, &body, err)) &&
           step->run(work, body, response, err);
}

static bool run(const Step *step, Work *work, ServiceResponse *response, Error *err)
{
    bool is_answered = false;
    if (answer_repeat(work, step->repeat, response, &is_answered, err) &&
        (is_answered || outage_judge_step(work->business, step->event,
                                          run_once(step, work, response, err), err))) {
        return true;
    }
    vitals_note_failure(&work->business->vitals, err);
    return work_refuse(work, step->event, err);
}

bool step_run(const Step *step, void *component, const ServiceRequest *request,
              ServiceResponse *response, Error *err)
{
    Work work;
    return work_begin(component, request, &work, err) && run(step, &work, response, err);
}

bool step_run_by_id(const Step *step, void *component, const ServiceRequest *request,
                    ServiceResponse *response, Error *err)
{
    Work work;
    return work_begin_by_id(component, request, service_path_parameter(request, "id"), &work,
                            err) &&
           run(step, &work, response, err);
}

bool step_no_fields(const json_t *body, Error *err)
{
    if (body == NULL) {
        return true;
    }
    JsonView view = json_view(body, "request", err);
    return json_view_done(&view);
}
