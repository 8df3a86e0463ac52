// SPDX-License-Identifier: Apache-2.0
//
// M1 to M4. An application is kept, with its decision and key used up, before C3 is asked, and
// C3 is asked under an id that follows from the application: whatever crashes in between, the
// same application repeated finds its certificate.
#include <string.h>

#include "base/core/log.h"
#include "component/port/message.h"
#include "component/registration/office.h"
#include "domain/pki/csr.h"
#include "domain/pki/name.h"
#include "domain/pki/oid.h"

enum {
    HOLDER_INDEX_MIN = 16,
    HOLDER_INDEX_MAX = 64,
};

// What was checked of a new application.
typedef struct {
    RegistrationRequest request;
    Statement statement;
    const char *registration_id;
    Sm3Digest digest;
    Csr csr;
    const IdentityDecision *decision;
} Candidate;

// --- checks -----------------------------------------------------------------------------------

// The person was told that a certificate would be applied for, before it was.
static bool check_notice(const Candidate *candidate, Error *err)
{
    static const Sm3Digest nothing = {{0}};
    const RegistrationRequest *request = &candidate->request;
    if (sm3_digest_equal(&request->notice_digest, &nothing)) {
        return error_set(err, ERROR_FORBIDDEN, "registration.notice", "JR/T 0299-2024 6.3",
                         "the application does not say which notice was shown");
    }
    return request->notice_acknowledged_at <= candidate->statement.signed_at ||
           error_set(err, ERROR_FORBIDDEN, "registration.notice", "JR/T 0299-2024 6.3",
                     "the notice was acknowledged after the application");
}

// The key's own request may leave the subject open, but may not name somebody else.
static bool check_subject(const Candidate *candidate, Error *err)
{
    const RegistrationRequest *request = &candidate->request;
    Bytes name;
    size_t index_len = strlen(request->holder_index);
    if (index_len < HOLDER_INDEX_MIN || index_len > HOLDER_INDEX_MAX ||
        strspn(request->holder_index, "0123456789abcdef") != index_len) {
        return error_set(err, ERROR_INPUT, "registration.holder_index", "JR/T 0299-2024 6.2 c",
                         "the holder's index is 16 to 64 hexadecimal digits");
    }
    if (name_find(candidate->csr.subject, OID_COMMON_NAME, &name) &&
        !bytes_equal_text(name, request->holder_name)) {
        return error_set(err, ERROR_FORBIDDEN, "registration.subject", "JR/T 0299-2024 6.2 b",
                         "the certificate request names somebody else");
    }
    return true;
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
    return check_notice(candidate, err) &&
           csr_parse(candidate->request.csr, &candidate->csr, err) &&
           check_subject(candidate, err) && check_carrier(candidate, err) &&
           check_renewal(application, candidate, err) &&
           csr_verify_possession(&candidate->csr, err) &&
           check_decision(application, candidate, err);
}

// --- keeping ----------------------------------------------------------------------------------

static bool insert_new(const Application *application, const Candidate *candidate, Error *err)
{
    Registration *registration = application->registration;
    const FieldPlace place = {"registration", "request", candidate->registration_id};
    bool raced;
    RegistrationRow row = {
        .registration_id = candidate->registration_id,
        .institution = application->caller,
        .request_id = candidate->request.request_id,
        .request_digest = candidate->digest,
        .authorization_id = candidate->request.authorization_id,
        .decision_id = candidate->decision->id,
        .key_digest = sm3_digest(sm2_public_key_bytes(&candidate->csr.public_key)),
        .created_at = clock_now(registration->config.institution.clock),
        .renews = candidate->request.renews,
    };
    return office_seal(registration, &place, application->statement, application->arena,
                       &row.request, err) &&
           registration_record_insert(registration->store, &row, &raced, err);
}

// --- asking C3 --------------------------------------------------------------------------------

// A token keeps its key, and only a key that is kept is ever replaced; elsewhere it is made for one
// scenario and destroyed after it.
static const char *profile_of(const RegistrationRequest *request)
{
    bool is_kept = strcmp(request->storage, STORAGE_TOKEN) == 0 || request->renews[0] != '\0';
    return is_kept ? "personal" : "scenario";
}

static bool is_for(const Certificate *certificate, const RegistrationRequest *request)
{
    Csr csr;
    Bytes name, serial_number;
    return csr_parse(request->csr, &csr, NULL) &&
           sm2_public_key_equal(&certificate->public_key, &csr.public_key) &&
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
    return is_for(ret, request) ||
           error_set(err, ERROR_UNTRUSTED, "registration.issue", "JR/T 0299-2024 6.2",
                     "the issued certificate is for another key or person");
}

// What C3 says is believed when it is signed, about this request, and the certificate verifies.
static bool verify_issue(const Application *application, const RegistrationRow *row,
                         const RegistrationRequest *request, Bytes statement, Certificate *ret,
                         Error *err)
{
    Statement verified;
    CertificationResult result;
    if (!partners_verify(&application->registration->certifiers, CERTIFICATION_ISSUED_TYPE,
                         statement, application->arena, &verified, err) ||
        !certification_result_parse(verified.payload, application->arena, &result, err)) {
        return error_context(err, "the record of the issue");
    }
    if (strcmp(result.request_id, row->registration_id) != 0) {
        return error_set(err, ERROR_UNTRUSTED, "registration.issue", "JR/T 0299-2024 4 c",
                         "the record of the issue answers another request");
    }
    return verify_certificate(application, &result, request, ret, err);
}

static bool keep_issue(const Application *application, RegistrationRow *row, Bytes statement,
                       const Certificate *certificate, Error *err)
{
    Registration *registration = application->registration;
    const FieldPlace place = {"registration", "issue", row->registration_id};
    row->issued_at = clock_now(registration->config.institution.clock);
    row->serial = certificate_serial_text(application->arena, certificate);
    if (row->serial == NULL) {
        return error_memory(err);
    }
    return office_seal(registration, &place, statement, application->arena, &row->issue, err) &&
           registration_record_keep_issue(registration->store, row, err);
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

// Ask C3 as the application that was kept says, not as this repetition of it does.
static bool forward(const Application *application, RegistrationRow *row, Error *err)
{
    Registration *registration = application->registration;
    const FieldPlace place = {"registration", "request", row->registration_id};
    Bytes kept, issued;
    Statement statement;
    RegistrationRequest request;
    Certificate certificate;
    if (!office_open(registration, &place, row->request, application->arena, &kept, err) ||
        !statement_parse(application->arena, kept, &statement, err) ||
        !registration_request_parse(statement.payload, application->arena, &request, err)) {
        return error_context(err, "the application that was kept");
    }
    const CertificationRequest asked = {
        .request_id = row->registration_id,
        .profile = profile_of(&request),
        .csr = request.csr,
        .common_name = request.holder_name,
        .serial_number = request.holder_index,
        .scenario = request.scenario,
        .decision = sm3_digest(request.decision),
        .registration = sm3_digest(kept),
        .notice = request.notice_digest,
        .carrier = request.storage,
        .carrier_serial = request.carrier_serial,
        .renews = request.renews,
    };
    row->forwarded_at = clock_now(registration->config.institution.clock);
    return ask(application, row, &asked, &issued, err) &&
           verify_issue(application, row, &request, issued, &certificate, err) &&
           keep_issue(application, row, issued, &certificate, err);
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
        (!check_new(application, candidate, err) || !insert_new(application, candidate, err) ||
         !registration_record_find(store, id, application->arena, ret, err))) {
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
           (row.issue.data != NULL || forward(application, &row, err)) &&
           office_result(application->registration, &row, arena, ret, err);
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
    *ret = (RegistrationResult){.registration_id = row->registration_id,
                                .certificate = result.certificate,
                                .chain_count = result.chain_count,
                                .issue_statement = issued};
    memcpy(ret->chain, result.chain, sizeof(ret->chain));
    return true;
}
