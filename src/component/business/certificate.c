// SPDX-License-Identifier: Apache-2.0
//
// M1 to M4 as C1 sees them: apply to C2 for the person's certificate and hand it to the terminal.
#include <string.h>

#include "base/codec/hex.h"
#include "component/business/identity.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "domain/pki/csr.h"

static const char certificate_notice[] = "certificate_application";

enum { HOLDER_INDEX_BYTES = 16 };

// The answer of the person to the certificate notice: when it was given.
static bool notice_acknowledged(Work *work, Time *ret, Error *err)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!work_get(work, "consents", &text, err) || !json_parse(text, &body, err)) {
        return false;
    }
    json_t *array = json_object_get(body, "consents");
    for (size_t i = 0; i < json_array_size(array); i++) {
        Consent consent;
        if (!consent_parse(json_array_get(array, i), &consent, err)) {
            return false;
        }
        if (strcmp(consent.notice_id, certificate_notice) == 0) {
            *ret = consent.at;
            return true;
        }
    }
    return error_set(err, ERROR_CONFLICT, "consent.missing", "JR/T 0299-2024 6.3",
                     "the person has not been told that a certificate is applied for");
}

static bool fill_notice(const Work *work, RegistrationRequest *ret, Error *err)
{
    const Business *business = work->business;
    const Notice *notice = notice_find(&business->notices, certificate_notice);
    if (notice == NULL) {
        return error_set(err, ERROR_INTERNAL, "notice.missing", "JR/T 0299-2024 6.3",
                         "there is no notice on certificate application");
    }
    ret->notice_id = notice->id;
    ret->notice_version = notice->version;
    ret->notice_digest = business->notice_digests[notice - business->notices.notices];
    return true;
}

// The same session and key give the same request id: repeated after a crash it is the same
// application, and C2 answers with the same certificate.
static const char *request_id_of(const Work *work, Bytes csr)
{
    Sm3Digest digest = sm3_digest(csr);
    char *key = hex_text(work->arena, bytes_slice(sm3_bytes(&digest), 0, 8));
    return key == NULL ? NULL : arena_format(work->arena, "%s-%s", work->row.authorization_id, key);
}

static bool make_application(Work *work, const Applicant *applicant, Bytes csr,
                             RegistrationRequest *ret, Error *err)
{
    Bytes offer;
    Sm3Digest name_salt = person_name_salt(applicant_salt(applicant));
    RegistrationRequest application = {
        .request_id = request_id_of(work, csr),
        .authorization_id = work->row.authorization_id,
        .csr = csr,
        .holder_name = applicant->person.name,
        .holder_salt = hex_text(work->arena, sm3_bytes(&name_salt)),
        .holder_index = hex_text(
            work->arena, bytes_slice(sm3_bytes(&work->row.person_index), 0, HOLDER_INDEX_BYTES)),
        .storage = STORAGE_TERMINAL,
    };
    if (application.request_id == NULL || application.holder_salt == NULL ||
        application.holder_index == NULL) {
        return error_memory(err);
    }
    if (!fill_notice(work, &application, err) ||
        !notice_acknowledged(work, &application.notice_acknowledged_at, err) ||
        !work_get(work, "decision", &application.decision, err) ||
        !work_get(work, "offer", &offer, err)) {
        return false;
    }
    application.scenario = sm3_digest(offer);
    *ret = application;
    return true;
}

// What comes back must be for this key and this person: the terminal would refuse it anyway, and
// then C2 has to answer for it, not the person.
static bool check_issued(Work *work, const Csr *csr, const Applicant *applicant, Bytes der,
                         Error *err)
{
    Certificate certificate;
    if (!certificate_parse(der, &certificate, err)) {
        return error_context(err, "the certificate that was issued");
    }
    const char *name = name_common_name(work->arena, certificate.subject);
    if (name == NULL) {
        return error_memory(err);
    }
    return (sm2_public_key_equal(&certificate.public_key, &csr->public_key) &&
            strcmp(name, applicant->person.name) == 0 &&
            certificate_is_valid_at(&certificate, work->now)) ||
           error_set(err, ERROR_UNTRUSTED, "certificate.other_person", "JR/T 0299-2024 6.2 b",
                     "the certificate that was issued is not for this key and this person now");
}

static bool apply_for_certificate(Work *work, const Csr *csr, ServiceResponse *response, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    Applicant applicant;
    RegistrationRequest application;
    RegistrationResult result;
    if (!applicant_load(work, &applicant, err) ||
        !make_application(work, &applicant, csr->der, &application, err) ||
        !config->registration.apply(&config->registration, &application, work->arena, &result,
                                    err) ||
        !check_issued(work, csr, &applicant, result.certificate, err) ||
        !work_apply(work, EVENT_CERTIFY, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *kept = registration_result_to_json(&result);
    return work_put_json(work, "registration", 0, json_incref(kept), err) &&
           work_put(work, "certificate", 0, result.certificate, err) &&
           work_put(work, "csr", 0, csr->der, err) && work_note(work, "certify", "ok", "", err) &&
           service_reply_json(response, work->arena, 200, kept, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

static bool certify(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Csr csr;
    JsonView view = json_view(body, "certificate application", err);
    Bytes der = json_view_base64(&view, work->arena, "csr", CSR_MAX_SIZE);
    return json_view_done(&view) && csr_parse(der, &csr, err) && csr_verify_possession(&csr, err) &&
           apply_for_certificate(work, &csr, response, err);
}

bool handle_certificate(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    static const Step step = {"certify", STEP_FROM(STATE_IDENTIFIED), "JR/T 0299-2024 4 a", certify,
                              NULL};
    return step_run(&step, component, request, response, err);
}
