// SPDX-License-Identifier: Apache-2.0
//
// Enrolments: everything of an application but its key is checked and kept, and a secret is given
// out under which the key may come by CMP. The secret has to be readable again, since the MAC's key
// is made of it and of the sender's salt; it lies sealed.
#include <string.h>

#include "base/codec/hex.h"
#include "component/port/message.h"
#include "component/registration/office.h"

enum { REFERENCE_BYTES = 8, SECRET_BYTES = 16 };

// What one enrolment works on.
typedef struct {
    const Application *application;
    Statement statement;
    RegistrationRequest request;
    const IdentityDecision *decision;
    EnrolmentRow row;
    const char *secret;
} Enrolling;

static bool random_text(const Enrolling *enrolling, size_t len, const char **ret, Error *err)
{
    uint8_t bytes[SECRET_BYTES];
    const RegistrationConfig *config = &enrolling->application->registration->config;
    if (!random_fill(config->random, bytes, len, err)) {
        return false;
    }
    *ret = hex_text(enrolling->application->arena, bytes_of(bytes, len));
    secret_wipe(bytes, sizeof(bytes));
    return *ret != NULL || error_memory(err);
}

// The same checks as of an application, as far as they need no key; the rest follows with it.
static bool check(Enrolling *enrolling, Error *err)
{
    const RegistrationRequest *request = &enrolling->request;
    const DecisionClaim claim = {.decision = request->decision,
                                 .authorization_id = request->authorization_id,
                                 .holder_name = request->holder_name,
                                 .holder_salt = request->holder_salt};
    return office_check_terms(&enrolling->statement, request, err) &&
           office_check_decision(enrolling->application, &enrolling->statement.signer, &claim,
                                 &enrolling->decision, err);
}

static bool insert(Enrolling *enrolling, Error *err)
{
    const Application *application = enrolling->application;
    Registration *registration = application->registration;
    EnrolmentRow *row = &enrolling->row;
    if (!random_text(enrolling, REFERENCE_BYTES, &row->reference, err) ||
        !random_text(enrolling, SECRET_BYTES, &enrolling->secret, err)) {
        return false;
    }
    const FieldPlace request_place = {"enrolment", "request", row->reference};
    const FieldPlace secret_place = {"enrolment", "secret", row->reference};
    row->institution = application->caller;
    row->request_id = enrolling->request.request_id;
    row->authorization_id = enrolling->request.authorization_id;
    row->decision_id = enrolling->decision->id;
    row->renews = enrolling->request.renews;
    row->created_at = clock_now(registration->config.institution.clock);
    row->expires_at = enrolling->decision->expires_at;
    return office_seal(registration, &request_place, application->statement, application->arena,
                       &row->request, err) &&
           office_seal(registration, &secret_place, bytes_of_text(enrolling->secret),
                       application->arena, &row->secret, err) &&
           enrolment_record_insert(registration->store, row, err);
}

static bool find_or_insert(Enrolling *enrolling, const char *registration_id, Error *err)
{
    const Application *application = enrolling->application;
    Store *store = application->registration->store;
    EnrolmentRow *row = &enrolling->row;
    const Sm3Digest digest = sm3_digest(enrolling->statement.payload);
    if (!enrolment_record_find_registration(store, registration_id, application->arena, row, err)) {
        return false;
    }
    if (row->reference == NULL) {
        row->registration_id = registration_id;
        row->request_digest = digest;
        if (!check(enrolling, err) || !insert(enrolling, err) ||
            !enrolment_record_find_registration(store, registration_id, application->arena, row,
                                                err)) {
            return false;
        }
    }
    return sm3_digest_equal(&row->request_digest, &digest) ||
           error_set(err, ERROR_CONFLICT, "registration.request_reused", NULL,
                     "another enrolment was asked for under this request id");
}

// The secret is told only as long as it is good for something.
static bool answer(const Enrolling *enrolling, Enrolment *ret, Error *err)
{
    const Application *application = enrolling->application;
    Registration *registration = application->registration;
    const EnrolmentRow *row = &enrolling->row;
    const FieldPlace place = {"enrolment", "secret", row->reference};
    Bytes secret;
    if (row->used_at != 0 || row->expires_at <= clock_now(registration->config.institution.clock)) {
        return error_set(err, ERROR_CONFLICT, "enrolment.used", "JR/T 0299-2024 4 a",
                         "the secret has been used or has expired");
    }
    if (!office_open(registration, &place, row->secret, application->arena, &secret, err)) {
        return false;
    }
    *ret = (Enrolment){.registration_id = row->registration_id,
                       .reference = row->reference,
                       .secret = arena_text(application->arena, secret),
                       .expires_at = row->expires_at};
    return ret->secret != NULL || error_memory(err);
}

bool office_enrol(Application *application, Enrolment *ret, Error *err)
{
    Arena *arena = application->arena;
    Enrolling *enrolling = arena_alloc(arena, sizeof(*enrolling));
    if (enrolling == NULL) {
        return error_memory(err);
    }
    *enrolling = (Enrolling){.application = application};
    if (!partners_accept(&application->registration->applicants, ENROLMENT_REQUEST_TYPE,
                         application->statement, arena, &enrolling->statement, err) ||
        !registration_request_parse_keyless(enrolling->statement.payload, arena,
                                            &enrolling->request, err)) {
        return false;
    }
    application->authorization_id = enrolling->request.authorization_id;
    application->request_id = enrolling->request.request_id;
    const char *registration_id =
        office_id(application, "assent.registration-id/1", application->request_id);
    if (registration_id == NULL) {
        return error_memory(err);
    }
    return find_or_insert(enrolling, registration_id, err) && answer(enrolling, ret, err);
}
