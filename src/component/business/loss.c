// SPDX-License-Identifier: Apache-2.0
#include "component/business/loss.h"

#include "component/business/certificate.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "domain/pki/crl.h"

static const char justification[] = "the holder reports that the key may be in other hands";

// The certificate that is, or was last, in use, and what C2 calls its registration.
typedef struct {
    int64_t number;
    const char *serial;
    const char *registration_id;
    bool is_suspended;
} Lost;

static bool missing(Error *err)
{
    return error_set(err, ERROR_CONFLICT, "certificate.missing", "Electronic Signature Law 15",
                     "there is no certificate that could be suspended");
}

static bool find_lost(Work *work, Lost *ret, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    Certificate certificate;
    RegistrationResult result;
    Bytes text;
    bool is_ended, is_registered;
    if (!work_list(work, "certificate", &rows, &count, err)) {
        return false;
    }
    if (count == 0) {
        return missing(err);
    }
    const ArtifactRow *newest = &rows[count - 1];
    ret->number = newest->sequence;
    if (!work_find_at(work, CERTIFICATE_END, ret->number, &text, &is_ended, err) ||
        !work_find_at(work, CERTIFICATE_HOLD, ret->number, &text, &ret->is_suspended, err) ||
        !work_find_at(work, "registration", ret->number, &text, &is_registered, err) ||
        !certificate_parse(newest->content, &certificate, err)) {
        return false;
    }
    if (is_ended || !is_registered) {
        return missing(err);
    }
    if (!registration_result_parse(text, work->arena, &result, err)) {
        return error_context(err, "the kept registration");
    }
    ret->registration_id = result.registration_id;
    ret->serial = certificate_serial_text(work->arena, &certificate);
    return ret->serial != NULL || error_memory(err);
}

static bool suspend(Work *work, const Lost *lost, Error *err)
{
    const RegistrationPort *port = &work->business->config.registration;
    const RegistrationStatusChange change = {
        .registration_id = lost->registration_id,
        .request_id = arena_format(work->arena, "%s-%lld-loss", work->row.authorization_id,
                                   (long long)lost->number),
        .reason = REASON_CERTIFICATE_HOLD,
        .justification = justification,
        .holder_salt = "",
        .requester = "holder",
    };
    if (change.request_id == NULL) {
        return error_memory(err);
    }
    if (!port->change_status(port, &change, work->arena, err)) {
        return false;
    }
    json_t *hold = json_make_object();
    json_put_time(hold, "suspended_at", work->now);
    return work_put_json(work, CERTIFICATE_HOLD, lost->number, hold, err) &&
           work_note(work, "report_loss", "ok", lost->serial, err);
}

static bool report_loss(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Lost lost;
    if (!step_no_fields(body, err) || !find_lost(work, &lost, err) ||
        (!lost.is_suspended && !suspend(work, &lost, err))) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_text(json, "serial", lost.serial);
    json_put_text(json, "status", "SUSPENDED");
    return service_reply_json(response, work->arena, 200, json, err) &&
           (lost.is_suspended || (answer_keep(work, response, err) && work_commit(work, err)));
}

bool handle_loss(void *component, const ServiceRequest *request, ServiceResponse *response,
                 Error *err)
{
    static const Step step = {"report_loss", 0, "Electronic Signature Law 15", report_loss, NULL};
    return step_run(&step, component, request, response, err);
}
