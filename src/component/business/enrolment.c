// SPDX-License-Identifier: Apache-2.0
//
// A certificate for a key that the person's own tool keeps: C2 is told everything but the key, and
// gives a reference and a secret under which that tool brings it by CMP (docs/cmp.md). The secret
// is the person's; it is handed on and not kept here.
#include "component/port/enrolment.h"

#include <string.h>

#include "component/business/certificate.h"
#include "component/business/routes.h"
#include "component/business/step.h"

static bool enrol(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    const RegistrationPort *port = &work->business->config.registration;
    Applicant applicant;
    RegistrationRequest application;
    Enrolment enrolment;
    JsonView view = json_view(body, "enrolment", err);
    const KeyHome home = key_home_parse(&view, work->arena);
    if (!json_view_done(&view) || !applicant_load(work, &applicant, err) ||
        !certificate_application(work, &applicant, &home, &application, err)) {
        return false;
    }
    if (key_home_is_kept(&home)) {
        return error_set(err, ERROR_INPUT, "enrolment.storage", "JR/T 0299-2024 4 d",
                         "a key that the sealing service keeps does not come by CMP");
    }
    if (!enrolment_ask(port, &application, work->arena, &enrolment, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = enrolment_to_json(&enrolment);
    return work_note(work, "enrol", "ok", "", err) &&
           service_reply_json(response, work->arena, 201, json, err) && work_commit(work, err);
}

bool handle_enrolment(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    static const Step step = {"enrol", STEP_FROM(STATE_IDENTIFIED), "JR/T 0299-2024 4 a", enrol,
                              NULL};
    return step_run(&step, component, request, response, err);
}
