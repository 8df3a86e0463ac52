// SPDX-License-Identifier: Apache-2.0
//
// Suspension, resumption and revocation on behalf of the person. As with applications, the change
// is kept before C3 is asked, under an id that follows from it.
#include <string.h>

#include "component/registration/office.h"

enum { REASON_RESUME = 8 };  // removeFromCRL. Source: RFC 5280 5.3.1

// What one change works on.
typedef struct {
    Application *application;
    Statement statement;
    RegistrationStatusChange change;
    RegistrationRow *row;
    StatusRow status;
} Changing;

static bool receive(Changing *changing, const char *registration_id, Error *err)
{
    Application *application = changing->application;
    if (!partners_accept(&application->registration->applicants, REGISTRATION_STATUS_TYPE,
                         application->statement, application->arena, &changing->statement, err) ||
        !registration_status_parse(changing->statement.payload, application->arena,
                                   &changing->change, err)) {
        return false;
    }
    application->request_id = changing->change.request_id;
    if (strcmp(registration_id, changing->change.registration_id) != 0) {
        return error_set(err, ERROR_INPUT, "registration.other_registration", NULL,
                         "the signed change is about another registration");
    }
    if (!office_get(application->registration, application->caller, registration_id,
                    application->arena, changing->row, err)) {
        return false;
    }
    application->authorization_id = changing->row->authorization_id;
    return changing->row->issue.data != NULL ||
           error_set(err, ERROR_CONFLICT, "registration.not_issued", "JR/T 0299-2024 6.5",
                     "the certificate has not been issued yet");
}

// Who has a suspended certificate resumed has to be the person, identified afresh.
static bool check_decision(Changing *changing, Error *err)
{
    const IdentityDecision *decision;
    RegistrationRequest request;
    bool needs_decision = changing->change.reason == REASON_RESUME;
    if (needs_decision != (changing->change.decision.len > 0)) {
        return error_set(err, ERROR_FORBIDDEN, "registration.decision_missing",
                         "JR/T 0299-2024 6.5",
                         "a fresh identity decision belongs to a resumption, and to it only");
    }
    if (!needs_decision) {
        return true;
    }
    if (!office_kept_request(changing->application, changing->row, &request, err)) {
        return false;
    }
    // A name alone does not tell two persons apart: made elsewhere, the decision comes with whose
    // it is.
    const RegistrationStatusChange *change = &changing->change;
    bool is_elsewhere = change->identified_in[0] != '\0';
    if (is_elsewhere != (change->holder_index[0] != '\0') ||
        (is_elsewhere && strcmp(change->holder_index, request.holder_index) != 0)) {
        return error_set(err, ERROR_FORBIDDEN, "registration.subject", "JR/T 0299-2024 6.5",
                         "the decision is about another person than the certificate");
    }
    const DecisionClaim claim = {
        .decision = change->decision,
        .authorization_id = is_elsewhere ? change->identified_in : changing->row->authorization_id,
        .holder_name = request.holder_name,
        .holder_salt = changing->change.holder_salt};
    if (!office_check_decision(changing->application, &changing->statement.signer, &claim,
                               &decision, err)) {
        return false;
    }
    changing->status.decision_id = decision->id;
    return true;
}

static bool accept(Changing *changing, Error *err)
{
    const Application *application = changing->application;
    Registration *registration = application->registration;
    StatusRow *status = &changing->status;
    const FieldPlace place = {"status_request", "request", status->id};
    status->registration_id = changing->row->registration_id;
    status->reason = changing->change.reason;
    status->created_at = clock_now(registration->config.institution.clock);
    return check_decision(changing, err) &&
           office_seal(registration, &place, application->statement, application->arena,
                       &status->request, err) &&
           registration_record_insert_status(registration->store, status, err);
}

static bool find_or_accept(Changing *changing, bool *ret_done, Error *err)
{
    const Application *application = changing->application;
    Store *store = application->registration->store;
    const char *id = office_id(application, "assent.status-id/1", changing->change.request_id);
    Sm3Digest digest = sm3_digest(changing->statement.payload);
    StatusRow found;
    if (id == NULL) {
        return error_memory(err);
    }
    changing->status = (StatusRow){.id = id, .request_digest = digest};
    if (!registration_record_find_status(store, id, application->arena, &found, err)) {
        return false;
    }
    if (found.id == NULL &&
        (!accept(changing, err) ||
         !registration_record_find_status(store, id, application->arena, &found, err))) {
        return false;
    }
    *ret_done = found.updated_at != 0;
    return sm3_digest_equal(&found.request_digest, &digest) ||
           error_set(err, ERROR_CONFLICT, "registration.request_reused", NULL,
                     "another change was asked for under this request id");
}

// To resume, C3 gets the decision that this rests on: the CA, too, has to show it.
static Bytes evidence_of(const RegistrationStatusChange *change)
{
    return change->decision.len > 0 ? change->decision : change->evidence;
}

bool office_change_status(Application *application, const char *registration_id,
                          RegistrationRow *ret, Error *err)
{
    Registration *registration = application->registration;
    const CertificationPort *port = &registration->config.certification;
    bool done = false;
    Changing *changing = arena_alloc(application->arena, sizeof(*changing));
    if (changing == NULL) {
        return error_memory(err);
    }
    *changing = (Changing){.application = application, .row = ret};
    if (!receive(changing, registration_id, err) || !find_or_accept(changing, &done, err)) {
        return false;
    }
    if (done) {
        return true;
    }
    const CertificationRevocation revocation = {.serial_hex = ret->serial,
                                                .reason = changing->change.reason,
                                                .request_id = changing->status.id,
                                                .justification = changing->change.justification,
                                                .requester = changing->change.requester,
                                                .incident = changing->change.incident,
                                                .evidence = evidence_of(&changing->change)};
    if (!port->revoke(port, &revocation, application->arena, err)) {
        return false;
    }
    changing->status.updated_at = clock_now(registration->config.institution.clock);
    return registration_record_finish_status(registration->store, &changing->status, err);
}
