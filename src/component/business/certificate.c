// SPDX-License-Identifier: Apache-2.0
//
// M1 to M4 as C1 sees them: apply to C2 for the person's certificate and hand it to the terminal.
//
// The key lives in the terminal's memory, in a token, or with the sealing service. A terminal that
// lost it before it signed applies again with a new key. Each application of a session is kept
// under its number before C2 hears of it: so none that was issued is forgotten, whatever ends in
// between, and the one before is revoked before the next is applied for.
#include "component/business/certificate.h"

#include <string.h>

#include "base/codec/hex.h"
#include "component/business/identity.h"
#include "component/business/key_home.h"
#include "component/business/person_seal.h"
#include "component/business/remote_key.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "component/port/message.h"
#include "domain/identity/decision.h"
#include "domain/pki/crl.h"
#include "domain/pki/csr.h"
#include "domain/pki/statement.h"
#include "domain/privacy/number_commitment.h"

static const char certificate_notice[] = "certificate_application";
static const char loss_justification[] = "key was lost with its page before any signature";

// What was made for a certificate, and is made anew for the next.
static const char *const made_for_certificate[] = {
    "seal",      "seal_basis",     "picture", SEAL_CHOICE,    SEAL_STROKES,
    "agreement", "authorization",  "ticks",   "presentation", "activation",
    "prepared",  "prepared_facts", "tbs",
};

#define CSR_RESPONSE "csr_response"

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

const char *certificate_holder_index(const Work *work)
{
    return hex_text(work->arena,
                    bytes_slice(sm3_bytes(&work->row.person_index), 0, HOLDER_INDEX_BYTES));
}

static bool make_application(Work *work, const Applicant *applicant, Bytes csr, const KeyHome *home,
                             RegistrationRequest *ret, Error *err)
{
    Bytes offer;
    Sm3Digest name_salt = person_name_salt(applicant_salt(applicant));
    Sm3Digest number_salt = number_commitment_salt(applicant_salt(applicant));
    Sm3Digest number;
    RegistrationRequest application = {
        .request_id = request_id_of(work, csr),
        .authorization_id = work->row.authorization_id,
        .csr = csr,
        .holder_name = applicant->person.name,
        .holder_salt = hex_text(work->arena, sm3_bytes(&name_salt)),
        .holder_index = certificate_holder_index(work),
        .storage = home->storage,
        .carrier_serial = key_home_carrier(home, work->arena),
        .wants_pair = home->wants_pair,
        .renews = home->renews,
    };
    if (application.request_id == NULL || application.carrier_serial == NULL ||
        application.holder_salt == NULL || application.holder_index == NULL) {
        return error_memory(err);
    }
    if (!number_commitment(sm3_bytes(&number_salt), bytes_of_text(applicant->person.id_number),
                           &number, err)) {
        return false;
    }
    application.number_commitment = arena_copy(work->arena, sm3_bytes(&number));
    if (application.number_commitment.data == NULL) {
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

bool certificate_application(Work *work, const Applicant *applicant, const KeyHome *home,
                             RegistrationRequest *ret, Error *err)
{
    return make_application(work, applicant, BYTES_EMPTY, home, ret, err);
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

// --- one application --------------------------------------------------------------------------

// Ask C2, or get its answer again.
static bool ask(Work *work, Bytes csr, int64_t number, RegistrationResult *ret, Error *err)
{
    const RegistrationPort *port = &work->business->config.registration;
    Applicant applicant;
    KeyHome home;
    RegistrationRequest application;
    return applicant_load(work, &applicant, err) && key_home_get(work, number, &home, err) &&
           make_application(work, &applicant, csr, &home, &application, err) &&
           port->apply(port, &application, work->arena, ret, err);
}

// What brings an encryption key is the person's alone: apart from the record, which others see.
static bool keep_result(Work *work, int64_t number, const RegistrationResult *result,
                        json_t **ret_reply, Error *err)
{
    RegistrationResult record = *result;
    record.csr_response = BYTES_EMPTY;
    *ret_reply = registration_result_to_json(result);
    return work_put_json(work, "registration", number, registration_result_to_json(&record), err) &&
           work_put(work, "certificate", number, result->certificate, err) &&
           (result->csr_response.len == 0 ||
            work_put(work, CSR_RESPONSE, number, result->csr_response, err));
}

static bool take_certificate(Work *work, const Csr *csr, int64_t number, ServiceResponse *response,
                             Error *err)
{
    Applicant applicant;
    KeyHome home;
    RegistrationResult result;
    CLEANUP(json_cleanup) json_t *kept = NULL;
    return applicant_load(work, &applicant, err) && key_home_get(work, number, &home, err) &&
           ask(work, csr->der, number, &result, err) &&
           check_issued(work, csr, &applicant, result.certificate, err) &&
           remote_key_deliver(work, &home, result.certificate, err) &&
           work_apply(work, EVENT_CERTIFY, err) && keep_result(work, number, &result, &kept, err) &&
           work_note(work, "certify", "ok", "", err) &&
           service_reply_json(response, work->arena, 200, kept, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

// --- those before -----------------------------------------------------------------------------

// What C2 answered to an application, if it was ever kept; else its answer now. *ret_is_issued is
// false when C2 refused it.
static bool find_result(Work *work, const ArtifactRow *csr, RegistrationResult *ret,
                        bool *ret_is_issued, Error *err)
{
    Bytes kept;
    bool found;
    CLEANUP(json_cleanup) json_t *json = NULL;
    *ret_is_issued = true;
    if (!work_find_at(work, "registration", csr->sequence, &kept, &found, err)) {
        return false;
    }
    if (found) {
        return registration_result_parse(kept, work->arena, ret, err);
    }
    Error refusal = {0};
    if (ask(work, csr->content, csr->sequence, ret, &refusal)) {
        return keep_result(work, csr->sequence, ret, &json, err);
    }
    *ret_is_issued = false;
    if (refusal.kind == ERROR_UNAVAILABLE || refusal.kind == ERROR_INTERNAL) {
        *err = refusal;
        return false;
    }
    return true;
}

static bool revoke(Work *work, const ArtifactRow *csr, const RegistrationResult *result, Error *err)
{
    const RegistrationPort *port = &work->business->config.registration;
    const char *request_id = request_id_of(work, csr->content);
    RegistrationStatusChange change = {
        .registration_id = result->registration_id,
        .request_id = request_id == NULL ? NULL : arena_format(work->arena, "%s-lost", request_id),
        .reason = REASON_CESSATION_OF_OPERATION,
        .justification = loss_justification,
        .holder_salt = "",
    };
    return change.request_id == NULL ? error_memory(err)
                                     : port->change_status(port, &change, work->arena, err);
}

// End what came of an application before: nobody can sign with it any more. What C2 refused to
// tell of is asked for again next time, for it may have issued before and have been out of step
// now.
static bool end_application(Work *work, const ArtifactRow *csr, Error *err)
{
    RegistrationResult result;
    Certificate certificate;
    KeyHome home;
    Bytes kept;
    bool is_ended, is_issued = false;
    if (!work_find_at(work, CERTIFICATE_END, csr->sequence, &kept, &is_ended, err) ||
        (!is_ended && !find_result(work, csr, &result, &is_issued, err))) {
        return false;
    }
    if (is_ended || !is_issued) {
        return true;
    }
    if (!certificate_parse(result.certificate, &certificate, err) ||
        !revoke(work, csr, &result, err) || !key_home_get(work, csr->sequence, &home, err) ||
        !remote_key_destroy(work, &home, err)) {
        return false;
    }
    const char *serial = certificate_serial_text(work->arena, &certificate);
    json_t *end = json_make_object();
    json_put_time(end, "ended_at", work->now);
    return work_put_json(work, CERTIFICATE_END, csr->sequence, end, err) &&
           (serial != NULL || error_memory(err)) &&
           work_note(work, "certificate_revoked", "ok", serial, err) && work_commit(work, err);
}

// A decision that C2 would not take any more must not cost the person the certificate there is.
static bool check_decision(Work *work, Error *err)
{
    Bytes text;
    Statement statement;
    IdentityDecision *decision = arena_alloc(work->arena, sizeof *decision);
    if (decision == NULL) {
        return error_memory(err);
    }
    if (!work_get(work, "decision", &text, err) ||
        !statement_parse(work->arena, text, &statement, err) ||
        !identity_decision_parse(statement.payload, decision, err)) {
        return error_context(err, "the stored decision");
    }
    return work->now <= decision->expires_at ||
           error_set(
               err, ERROR_CONFLICT, "decision.expired", "JR/T 0299-2024 4 a",
               "the identity decision is too old for another certificate; please begin again");
}

// Go back to where a certificate may be applied for; the seal, the letter and the authentication
// that were made for the former one are void.
static bool lose_key(Work *work, Error *err)
{
    if (!check_decision(work, err) ||
        (work->row.state != STATE_IDENTIFIED && !work_apply(work, EVENT_LOSE_KEY, err))) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(made_for_certificate); i++) {
        if (!work_drop(work, made_for_certificate[i], err)) {
            return false;
        }
    }
    return work_note(work, "key_lost", "ok", "", err);
}

// --- the step ---------------------------------------------------------------------------------

static bool begin_application(Work *work, const Csr *csr, const KeyHome *home, size_t before,
                              Error *err)
{
    if (before >= CERTIFICATES_MAX) {
        return error_set(err, ERROR_LIMIT, "certificate.too_many", NULL,
                         "at most %d certificates are applied for in one session; please begin "
                         "again",
                         CERTIFICATES_MAX);
    }
    return (before == 0 || lose_key(work, err)) &&
           work_put(work, "csr", (int64_t)before, csr->der, err) &&
           key_home_put(work, (int64_t)before, home, err) && work_commit(work, err);
}

// The answer to the newest application, if there is one already.
static bool answer_again(Work *work, int64_t number, ServiceResponse *response, bool *ret_answered,
                         Error *err)
{
    Bytes kept, pair;
    bool has_pair;
    RegistrationResult result;
    if (!work_find_at(work, "registration", number, &kept, ret_answered, err) ||
        !work_find_at(work, CSR_RESPONSE, number, &pair, &has_pair, err)) {
        return false;
    }
    if (!*ret_answered) {
        return true;
    }
    if (!has_pair) {
        service_reply_bytes(response, 200, "application/json", kept);
        return true;
    }
    if (!registration_result_parse(kept, work->arena, &result, err)) {
        return false;
    }
    result.csr_response = pair;
    CLEANUP(json_cleanup) json_t *reply = registration_result_to_json(&result);
    return service_reply_json(response, work->arena, 200, reply, err);
}

static bool apply_for_certificate(Work *work, const Csr *csr, const KeyHome *home,
                                  ServiceResponse *response, Error *err)
{
    ArtifactRow *rows;
    size_t count, number = 0;
    bool is_answered = false;
    if (!work_list(work, "csr", &rows, &count, err)) {
        return false;
    }
    while (number < count && !bytes_equal(rows[number].content, csr->der)) {
        number++;
    }
    if (number + 1 < count) {
        return error_set(err, ERROR_CONFLICT, "certificate.superseded", "JR/T 0299-2024 6.6 c",
                         "a later key has taken the place of this one");
    }
    if (!(number == count ? begin_application(work, csr, home, count, err)
                          : answer_again(work, (int64_t)number, response, &is_answered, err))) {
        return false;
    }
    for (size_t i = 0; i < number && !is_answered; i++) {
        if (!end_application(work, &rows[i], err)) {
            return false;
        }
    }
    return is_answered || take_certificate(work, csr, (int64_t)number, response, err);
}

static bool certify(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Csr csr;
    JsonView view = json_view(body, "certificate application", err);
    Bytes der = message_optional_base64(&view, work->arena, "csr", CSR_MAX_SIZE);
    KeyHome home = key_home_parse(&view, work->arena);
    if (!view.failed && key_home_is_kept(&home) == (der.len > 0)) {
        json_view_fail(&view, "csr", "is made by who has the key: the terminal, or its keeper");
    }
    if (!view.failed && home.renews[0] != '\0' && strcmp(home.storage, STORAGE_TOKEN) != 0) {
        json_view_fail(&view, "renews", "is for keys that are kept in a token");
    }
    return json_view_done(&view) &&
           (!key_home_is_kept(&home) || remote_key_request(work, &home, &der, err)) &&
           csr_parse(der, &csr, err) && csr_verify_possession(&csr, err) &&
           apply_for_certificate(work, &csr, &home, response, err);
}

bool handle_certificate(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    static const Step step = {"certify",
                              STEP_FROM(STATE_IDENTIFIED) | STEP_FROM(STATE_CERTIFIED) |
                                  STEP_FROM(STATE_PRESENTED) | STEP_FROM(STATE_ACTIVATED),
                              "JR/T 0299-2024 4 a", certify, NULL};
    return step_run(&step, component, request, response, err);
}
