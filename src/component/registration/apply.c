// SPDX-License-Identifier: Apache-2.0
//
// M1 to M4. An application is kept, with its decision and key used up, before C3 is asked, and
// C3 is asked under an id that follows from the application: whatever crashes in between, the
// same application repeated finds its certificate.
#include <string.h>

#include "base/core/log.h"
#include "component/port/message.h"
#include "component/registration/holder.h"
#include "component/registration/office.h"
#include "component/registration/pair.h"
#include "domain/pki/name.h"
#include "domain/pki/oid.h"

// What was checked of a new application.
typedef struct {
    RegistrationRequest request;
    Statement statement;
    const char *registration_id;
    Sm3Digest digest;
    KeyRequest key;
    const IdentityDecision *decision;
    bool is_enrolled;  // the key came by CMP
    bool is_new;       // it was kept just now, as it stands here
} Candidate;

// --- checks -----------------------------------------------------------------------------------

// The key's own request may leave the subject open, but may not name somebody else. What came by
// CMP names the person by what the certificate will have, or nobody.
static bool check_subject(const Candidate *candidate, Error *err)
{
    const RegistrationRequest *request = &candidate->request;
    const Bytes subject = candidate->key.subject;
    Bytes name, serial_number;
    bool has_name = name_find(subject, OID_COMMON_NAME, &name);
    bool is_open = subject.len == 0 || bytes_equal(subject, BYTES_LITERAL("\x30\x00"));
    bool is_other = has_name && !bytes_equal_text(name, request->holder_name);
    if (candidate->is_enrolled) {
        is_other = is_other || (!is_open && !has_name) ||
                   (name_find(subject, OID_SERIAL_NUMBER, &serial_number) &&
                    !bytes_equal_text(serial_number, request->holder_index));
    }
    return !is_other ||
           error_set(err, ERROR_FORBIDDEN, "registration.subject", "JR/T 0299-2024 6.2 b",
                     "the certificate request names somebody else");
}

static bool check_decision(const Application *application, Candidate *candidate, Error *err)
{
    const DecisionClaim claim = {.decision = candidate->request.decision,
                                 .authorization_id = candidate->request.authorization_id,
                                 .holder_name = candidate->request.holder_name,
                                 .holder_salt = candidate->request.holder_salt};
    return office_check_decision(application, &candidate->statement.signer, &claim,
                                 &candidate->decision, err);
}

// What is replaced is the same person's, registered by the same institution; whether it can be is
// for C3 to say. Source: JR/T 0299-2024 6.5.
static bool check_renewal(const Application *application, const Candidate *candidate, Error *err)
{
    const RegistrationRequest *request = &candidate->request;
    RegistrationRow old;
    RegistrationRequest before;
    if (request->renews[0] == '\0') {
        return true;
    }
    if (!registration_record_find_serial(application->registration->store, application->caller,
                                         request->renews, application->arena, &old, err)) {
        return false;
    }
    if (old.registration_id == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "registration.unknown", NULL,
                         "this institution registered no certificate that is to be replaced");
    }
    return office_kept_request(application, &old, &before, err) &&
           (strcmp(before.holder_index, request->holder_index) == 0 ||
            error_set(err, ERROR_FORBIDDEN, "registration.subject", "JR/T 0299-2024 6.5",
                      "the certificate to be replaced is another person's"));
}

// Source: JR/T 0299-2024 6.6 a.
static bool check_carrier(const Candidate *candidate, Error *err)
{
    bool is_token = strcmp(candidate->request.storage, STORAGE_TOKEN) == 0;
    return is_token == (candidate->request.carrier_serial[0] != '\0') ||
           error_set(err, ERROR_INPUT, "registration.carrier", "JR/T 0299-2024 6.6 a",
                     "a token is named by its serial number, and nothing else is");
}

static bool check_new(const Application *application, Candidate *candidate, Error *err)
{
    return office_check_terms(&candidate->statement, &candidate->request, err) &&
           check_subject(candidate, err) && key_request_check_bare(&candidate->key, err) &&
           check_carrier(candidate, err) && check_renewal(application, candidate, err) &&
           (candidate->is_enrolled ? key_request_verify_possession(&candidate->key, err)
                                   : csr_verify_possession(&candidate->key.csr, err)) &&
           check_decision(application, candidate, err);
}

// What C1 hands on is PKCS#10, signed with the default ID.
static bool parse_key(Candidate *candidate, Error *err)
{
    Csr csr;
    return csr_parse(candidate->request.csr, &csr, err) &&
           key_request_parse(candidate->request.csr, &candidate->key, err);
}

// --- keeping ----------------------------------------------------------------------------------

static bool make_row(const Application *application, const Candidate *candidate,
                     RegistrationRow *ret, Error *err)
{
    Registration *registration = application->registration;
    const FieldPlace place = {"registration", "request", candidate->registration_id};
    *ret = (RegistrationRow){
        .registration_id = candidate->registration_id,
        .institution = application->caller,
        .request_id = candidate->request.request_id,
        .request_digest = candidate->digest,
        .authorization_id = candidate->request.authorization_id,
        .decision_id = candidate->decision->id,
        .key_digest = sm3_digest(sm2_public_key_bytes(&candidate->key.public_key)),
        .created_at = clock_now(registration->config.institution.clock),
        .renews = candidate->request.renews,
    };
    return office_seal(registration, &place, application->statement, application->arena,
                       &ret->request, err);
}

// Somebody may have been faster with the same application: then his is there.
static bool insert_new(const Application *application, Candidate *candidate, RegistrationRow *ret,
                       Error *err)
{
    Store *store = application->registration->store;
    HolderRow holder;
    bool raced;
    if (!make_row(application, candidate, ret, err) ||
        !holder_draw(application, candidate->request.holder_index, &holder, err) ||
        !registration_record_insert(store, ret, &holder, &raced, err)) {
        return false;
    }
    candidate->is_new = !raced;
    return !raced || registration_record_find(store, candidate->registration_id, application->arena,
                                              ret, err);
}

// --- asking C3 --------------------------------------------------------------------------------

// A token keeps its key, and only a key that is kept is ever replaced; elsewhere it is made for one
// scenario and destroyed after it.
static const char *profile_of(const RegistrationRequest *request)
{
    bool is_kept = strcmp(request->storage, STORAGE_TOKEN) == 0 || request->renews[0] != '\0';
    return request->wants_pair ? "dual" : is_kept ? "personal" : "scenario";
}

static bool is_for(const Certificate *certificate, const RegistrationRequest *request)
{
    KeyRequest key;
    Bytes name, serial_number;
    return key_request_parse(request->csr, &key, NULL) &&
           sm2_public_key_equal(&certificate->public_key, &key.public_key) &&
           name_find(certificate->subject, OID_COMMON_NAME, &name) &&
           bytes_equal_text(name, request->holder_name) &&
           name_find(certificate->subject, OID_SERIAL_NUMBER, &serial_number) &&
           bytes_equal_text(serial_number, request->holder_index);
}

static bool verify_certificate(const Application *application, const CertificationResult *result,
                               const RegistrationRequest *request, Certificate *ret, Error *err)
{
    const RegistrationConfig *config = &application->registration->config;
    TrustStore *trust = trust_store_extend(application->arena, config->trust);
    if (trust == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < result->chain_count; i++) {
        if (!trust_store_add_certificates(trust, result->chain[i], err)) {
            return false;
        }
    }
    PathPolicy policy = {.trust = trust,
                         .at = clock_now(config->institution.clock),
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = REVOCATION_NOT_NEEDED};
    if (!certificate_parse(result->certificate, ret, err) || !path_verify(&policy, ret, err)) {
        return error_context(err, "the issued certificate");
    }
    return is_for(ret, request)
               ? office_check_companion(result, ret, request->wants_pair, trust, policy.at, err)
               : error_set(err, ERROR_UNTRUSTED, "registration.issue", "JR/T 0299-2024 6.2",
                           "the issued certificate is for another key or person");
}

// What C3 issued, and its number among the person's.
typedef struct {
    CertificationResult result;
    Certificate certificate;
    HolderNumber number;
} Verified;

// What C3 says is believed when it is signed, about this request, and the certificate verifies.
static bool verify_issue(const Application *application, const RegistrationRow *row,
                         const RegistrationRequest *request, Bytes secret, Bytes statement,
                         Verified *ret, Error *err)
{
    Statement verified;
    CertificationResult *result = &ret->result;
    if (!partners_verify(&application->registration->certifiers, CERTIFICATION_ISSUED_TYPE,
                         statement, application->arena, &verified, err) ||
        !certification_result_parse(verified.payload, application->arena, result, err)) {
        return error_context(err, "the record of the issue");
    }
    if (strcmp(result->request_id, row->registration_id) != 0) {
        return error_set(err, ERROR_UNTRUSTED, "registration.issue", "JR/T 0299-2024 4 c",
                         "the record of the issue answers another request");
    }
    const HolderIssue issue = {row, result, &ret->certificate, request->holder_index, secret};
    return verify_certificate(application, result, request, &ret->certificate, err) &&
           holder_check_issue(application, &issue, &ret->number, err);
}

static bool keep_issue(const Application *application, RegistrationRow *row, Bytes statement,
                       const Verified *issue, Error *err)
{
    Registration *registration = application->registration;
    const FieldPlace place = {"registration", "issue", row->registration_id};
    row->issued_at = clock_now(registration->config.institution.clock);
    row->serial = certificate_serial_text(application->arena, &issue->certificate);
    if (row->serial == NULL) {
        return error_memory(err);
    }
    return office_seal(registration, &place, statement, application->arena, &row->issue, err) &&
           registration_record_keep_issue(registration->store, row, &issue->number, err);
}

// Ask C3. That it refused is kept: until it is asked again, the application is rejected.
static bool ask(const Application *application, RegistrationRow *row,
                const CertificationRequest *asked, Bytes *ret_issued, Error *err)
{
    Registration *registration = application->registration;
    const CertificationPort *port = &registration->config.certification;
    CertificationResult result;
    Error failure = {0};
    if (port->issue(port, asked, application->arena, &result, ret_issued, err)) {
        return true;
    }
    row->refusal = err->code;
    if (err->kind != ERROR_UNAVAILABLE && err->kind != ERROR_INTERNAL &&
        !registration_record_keep_rejection(registration->store, row, &failure)) {
        LOG(LOG_ERROR, "registration.rejection_not_kept", log_text("code", failure.code));
    }
    return false;
}

static void fill_result(const RegistrationRow *row, const CertificationResult *issued,
                        Bytes statement, RegistrationResult *ret)
{
    *ret = (RegistrationResult){.registration_id = row->registration_id,
                                .certificate = issued->certificate,
                                .chain_count = issued->chain_count,
                                .issue_statement = statement};
    memcpy(ret->chain, issued->chain, sizeof(ret->chain));
}

// The application that was kept, which a repetition need not be.
static bool load_kept(const Application *application, const Candidate *candidate,
                      const RegistrationRow *row, KeptApplication *ret, Error *err)
{
    if (candidate->is_new) {
        *ret = (KeptApplication){.text = application->statement,
                                 .statement = candidate->statement,
                                 .request = candidate->request};
        return true;
    }
    return office_load(application->registration, row, application->arena, ret, err);
}

// Ask C3 as the application that was kept says.
static bool forward(const Application *application, const Candidate *candidate,
                    RegistrationRow *row, RegistrationResult *ret, Error *err)
{
    Registration *registration = application->registration;
    Bytes issued;
    KeptApplication kept;
    Verified verified;
    if (!load_kept(application, candidate, row, &kept, err)) {
        return false;
    }
    const RegistrationRequest request = kept.request;
    CertificationRequest asked = {
        .request_id = row->registration_id,
        .profile = profile_of(&request),
        .csr = request.csr,
        .common_name = request.holder_name,
        .serial_number = request.holder_index,
        .scenario = request.scenario,
        .decision = sm3_digest(request.decision),
        .registration = sm3_digest(kept.text),
        .notice = request.notice_digest,
        .carrier = request.storage,
        .carrier_serial = request.carrier_serial,
        .renews = request.renews,
        .number_commitment = request.number_commitment,
        .person_number = request.person_number,
    };
    row->forwarded_at = clock_now(registration->config.institution.clock);
    if (!holder_secret(application, request.holder_index, &asked.holder_secret, err) ||
        !ask(application, row, &asked, &issued, err) ||
        !verify_issue(application, row, &request, asked.holder_secret, issued, &verified, err) ||
        !keep_issue(application, row, issued, &verified, err)) {
        return false;
    }
    fill_result(row, &verified.result, issued, ret);
    return true;
}

// --- answering --------------------------------------------------------------------------------

// Find the application, or check it and keep it; a repetition is not checked again: its decision
// may have expired since, and was used by it.
static bool find_or_accept(Application *application, Candidate *candidate, RegistrationRow *ret,
                           Error *err)
{
    Store *store = application->registration->store;
    const char *id = candidate->registration_id;
    if (!registration_record_find(store, id, application->arena, ret, err)) {
        return false;
    }
    if (ret->registration_id == NULL &&
        (!parse_key(candidate, err) || !check_new(application, candidate, err) ||
         !insert_new(application, candidate, ret, err))) {
        return false;
    }
    return sm3_digest_equal(&ret->request_digest, &candidate->digest) ||
           error_set(err, ERROR_CONFLICT, "registration.request_reused", NULL,
                     "another application was made under this request id");
}

bool office_apply(Application *application, RegistrationResult *ret, Error *err)
{
    Arena *arena = application->arena;
    RegistrationRow row;
    Candidate *candidate = arena_alloc(arena, sizeof(*candidate));
    if (candidate == NULL) {
        return error_memory(err);
    }
    if (!partners_accept(&application->registration->applicants, REGISTRATION_REQUEST_TYPE,
                         application->statement, arena, &candidate->statement, err) ||
        !registration_request_parse(candidate->statement.payload, arena, &candidate->request,
                                    err)) {
        return false;
    }
    application->authorization_id = candidate->request.authorization_id;
    application->request_id = candidate->request.request_id;
    candidate->digest = sm3_digest(candidate->statement.payload);
    candidate->registration_id =
        office_id(application, "assent.registration-id/1", application->request_id);
    if (candidate->registration_id == NULL) {
        return error_memory(err);
    }
    return find_or_accept(application, candidate, &row, err) &&
           (row.issue.data != NULL ? office_result(application->registration, &row, arena, ret, err)
                                   : forward(application, candidate, &row, ret, err)) &&
           (!candidate->request.wants_pair ||
            office_add_response(application->registration, arena, ret, err));
}

// --- the key came by CMP ----------------------------------------------------------------------

static bool use_enrolment(const Application *application, const EnrolmentRow *enrolment,
                          Bytes message, Candidate *candidate, Error *err)
{
    Registration *registration = application->registration;
    const FieldPlace place = {"enrolment", "message", enrolment->reference};
    RegistrationRow row;
    Bytes sealed;
    if (clock_now(registration->config.institution.clock) >= enrolment->expires_at) {
        return error_set(err, ERROR_CONFLICT, "enrolment.expired", "JR/T 0299-2024 4 a",
                         "the secret has expired");
    }
    return check_new(application, candidate, err) && make_row(application, candidate, &row, err) &&
           office_seal(registration, &place, message, application->arena, &sealed, err) &&
           enrolment_record_use(registration->store, enrolment, &row, sealed, err);
}

static bool find_or_use(const Application *application, const EnrolmentRow *enrolment,
                        Bytes message, Candidate *candidate, RegistrationRow *ret, Error *err)
{
    Store *store = application->registration->store;
    Arena *arena = application->arena;
    const char *id = enrolment->registration_id;
    const Sm3Digest key = sm3_digest(sm2_public_key_bytes(&candidate->key.public_key));
    if (!registration_record_find(store, id, arena, ret, err)) {
        return false;
    }
    // Also of a repetition: what it asks for is what is answered.
    if (!check_subject(candidate, err) || !key_request_verify_possession(&candidate->key, err)) {
        return false;
    }
    if (ret->registration_id == NULL &&
        (!use_enrolment(application, enrolment, message, candidate, err) ||
         !registration_record_find(store, id, arena, ret, err))) {
        return false;
    }
    return sm3_digest_equal(&ret->key_digest, &key) ||
           error_set(err, ERROR_CONFLICT, "enrolment.used", "JR/T 0299-2024 4 a",
                     "the secret has been used for another key");
}

bool office_apply_enrolled(Application *application, const EnrolmentRow *enrolment, Bytes message,
                           const KeyRequest *key, RegistrationRow *ret, Error *err)
{
    Arena *arena = application->arena;
    RegistrationResult result;
    Candidate *candidate = arena_alloc(arena, sizeof(*candidate));
    if (candidate == NULL) {
        return error_memory(err);
    }
    candidate->is_enrolled = true;
    candidate->key = *key;
    candidate->registration_id = enrolment->registration_id;
    if (!partners_verify(&application->registration->applicants, ENROLMENT_REQUEST_TYPE,
                         application->statement, arena, &candidate->statement, err) ||
        !registration_request_parse_keyless(candidate->statement.payload, arena,
                                            &candidate->request, err)) {
        return error_context(err, "the enrolment that was kept");
    }
    if (!office_bring_key(key, arena, &candidate->request, err)) {
        return false;
    }
    candidate->digest = sm3_digest(candidate->statement.payload);
    return find_or_use(application, enrolment, message, candidate, ret, err) &&
           (ret->issue.data != NULL || forward(application, candidate, ret, &result, err));
}

bool office_result(Registration *registration, const RegistrationRow *row, Arena *arena,
                   RegistrationResult *ret, Error *err)
{
    const FieldPlace place = {"registration", "issue", row->registration_id};
    Bytes issued;
    Statement statement;
    CertificationResult result;
    if (!office_open(registration, &place, row->issue, arena, &issued, err) ||
        !statement_parse(arena, issued, &statement, err) ||
        !certification_result_parse(statement.payload, arena, &result, err)) {
        return error_context(err, "the record of the issue");
    }
    fill_result(row, &result, issued, ret);
    return true;
}
