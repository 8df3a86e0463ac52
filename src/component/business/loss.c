// SPDX-License-Identifier: Apache-2.0
#include "component/business/loss.h"

#include "base/codec/hex.h"
#include "component/business/certificate.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "domain/pki/crl.h"

static const char loss_justification[] = "the holder reports that the key may be in other hands";
static const char resumption_justification[] = "the holder was identified anew and asks for it";

enum { REQUEST_ID_BYTES = 8 };

// The certificate that is, or was last, in use, and what C2 calls its registration.
typedef struct {
    int64_t number;
    const char *serial;
    const char *registration_id;
    bool is_suspended;
    int64_t times;  // that it was suspended
} Lost;

static bool missing(Error *err)
{
    return error_set(err, ERROR_CONFLICT, "certificate.missing", "Electronic Signature Law 15",
                     "there is no certificate that could be suspended or resumed");
}

static bool read_hold(Work *work, int64_t number, bool *ret_suspended, int64_t *ret_times,
                      Error *err)
{
    Bytes text;
    bool found;
    CLEANUP(json_cleanup) json_t *json = NULL;
    *ret_suspended = false;
    *ret_times = 0;
    if (!work_find_at(work, CERTIFICATE_HOLD, number, &text, &found, err)) {
        return false;
    }
    if (!found) {
        return true;
    }
    if (!json_parse(text, &json, err)) {
        return error_context(err, "the stored suspension");
    }
    const json_t *times = json_object_get(json, "times");
    *ret_suspended = json_object_get(json, "resumed_at") == NULL;
    *ret_times = times == NULL ? 1 : json_integer_value(times);
    return true;
}

bool loss_is_suspended(Work *work, int64_t number, bool *ret, Error *err)
{
    int64_t times;
    return read_hold(work, number, ret, &times, err);
}

static bool keep_hold(Work *work, const Lost *lost, int64_t times, const char *when, Error *err)
{
    json_t *hold = json_make_object();
    json_put_time(hold, when, work->now);
    json_put_int(hold, "times", times);
    return work_put_json(work, CERTIFICATE_HOLD, lost->number, hold, err);
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
        !read_hold(work, ret->number, &ret->is_suspended, &ret->times, err) ||
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

// Repeated it is one request; after a resumption it is another.
static const char *loss_request_id(const Work *work, const Lost *lost)
{
    return lost->times == 0
               ? arena_format(work->arena, "%s-%lld-loss", work->row.authorization_id,
                              (long long)lost->number)
               : arena_format(work->arena, "%s-%lld-loss-%lld", work->row.authorization_id,
                              (long long)lost->number, (long long)lost->times);
}

static bool suspend(Work *work, const Lost *lost, Error *err)
{
    const RegistrationPort *port = &work->business->config.registration;
    const RegistrationStatusChange change = {
        .registration_id = lost->registration_id,
        .request_id = loss_request_id(work, lost),
        .reason = REASON_CERTIFICATE_HOLD,
        .justification = loss_justification,
        .holder_salt = "",
        .requester = "holder",
    };
    if (change.request_id == NULL) {
        return error_memory(err);
    }
    return port->change_status(port, &change, work->arena, err) &&
           keep_hold(work, lost, lost->times + 1, "suspended_at", err) &&
           work_note(work, "report_loss", "ok", lost->serial, err);
}

static bool reply(Work *work, const Lost *lost, const char *status, ServiceResponse *response,
                  Error *err)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_text(json, "serial", lost->serial);
    json_put_text(json, "status", status);
    return service_reply_json(response, work->arena, 200, json, err);
}

static bool report_loss(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Lost lost;
    if (!step_no_fields(body, err) || !find_lost(work, &lost, err) ||
        (!lost.is_suspended && !suspend(work, &lost, err))) {
        return false;
    }
    return reply(work, &lost, "SUSPENDED", response, err) &&
           (lost.is_suspended || (answer_keep(work, response, err) && work_commit(work, err)));
}

bool handle_loss(void *component, const ServiceRequest *request, ServiceResponse *response,
                 Error *err)
{
    static const Step step = {"report_loss", 0, "Electronic Signature Law 15", report_loss, NULL};
    return step_run(&step, component, request, response, err);
}

// --- resumption -------------------------------------------------------------------------------

// One identification resumes one certificate, however often it is asked.
static const char *resumption_request_id(const Work *work, const Work *own)
{
    Sm3Digest digest = sm3_hmac(bytes_of_text(own->row.authorization_id),
                                bytes_of_text(work->row.authorization_id));
    const char *key = hex_text(work->arena, bytes_slice(sm3_bytes(&digest), 0, REQUEST_ID_BYTES));
    return key == NULL ? NULL
                       : arena_format(work->arena, "%s-resume-%s", own->row.authorization_id, key);
}

// Whether the certificate is suspended, and may be resumed by this, is for C2 and C3 to say.
static bool ask_resumption(Work *work, Work *own, const Lost *lost, Error *err)
{
    const RegistrationPort *port = &work->business->config.registration;
    Applicant applicant;
    RegistrationStatusChange change = {
        .registration_id = lost->registration_id,
        .request_id = resumption_request_id(work, own),
        .reason = REASON_REMOVE_FROM_CRL,
        .justification = resumption_justification,
        .requester = "holder",
        .identified_in = own->row.authorization_id,
        .holder_index = certificate_holder_index(own),
    };
    if (!applicant_load(own, &applicant, err) ||
        !work_get(own, "decision", &change.decision, err)) {
        return false;
    }
    Sm3Digest salt = person_name_salt(applicant_salt(&applicant));
    change.holder_salt = hex_text(work->arena, sm3_bytes(&salt));
    if (change.request_id == NULL || change.holder_index == NULL || change.holder_salt == NULL) {
        return error_memory(err);
    }
    return port->change_status(port, &change, work->arena, err);
}

static bool resume(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Work own;
    Lost lost;
    if (!step_no_fields(body, err) || !work_begin_own(work->business, work->request, &own, err)) {
        return false;
    }
    if (own.row.state != STATE_IDENTIFIED) {
        return error_set(err, ERROR_CONFLICT, "session.order", "JR/T 0299-2024 6.5",
                         "a certificate is resumed by a new identification, which serves nothing "
                         "else");
    }
    return find_lost(work, &lost, err) && ask_resumption(work, &own, &lost, err) &&
           keep_hold(work, &lost, lost.times, "resumed_at", err) &&
           work_note(work, "resume_certificate", "ok", lost.serial, err) &&
           reply(work, &lost, "VALID", response, err) && answer_keep(work, response, err) &&
           work_commit(work, err);
}

bool handle_resumption(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    static const Step step = {"resume_certificate", 0, "JR/T 0299-2024 6.5", resume, NULL};
    return step_run(&step, component, request, response, err);
}
