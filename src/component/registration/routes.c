// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "component/port/message.h"
#include "component/registration/cmp_exchange.h"
#include "component/registration/holder.h"
#include "component/registration/records_refusals.h"
#include "domain/evidence/receipt.h"

enum { COMPLETION_BODY_SIZE = 2 * MESSAGE_STATEMENT_SIZE, REQUEST_BODY_SIZE = 1024 * 1024 };

static Application application_of(void *component, const ServiceRequest *request)
{
    return (Application){.registration = component,
                         .arena = request->arena,
                         .caller = request->caller.name,
                         .statement = request->body,
                         .authorization_id = "",
                         .request_id = ""};
}

static bool handle_apply(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Application application = application_of(component, request);
    RegistrationResult result;
    if (!office_apply(&application, &result, err)) {
        office_note_refusal(&application, err);
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = registration_result_to_json(&result);
    return service_reply_json(response, request->arena, 201, json, err);
}

static bool handle_enrol(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Application application = application_of(component, request);
    Enrolment enrolment;
    if (!office_enrol(&application, &enrolment, err)) {
        office_note_refusal(&application, err);
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = enrolment_to_json(&enrolment);
    return service_reply_json(response, request->arena, 201, json, err);
}

static bool handle_complete(void *component, const ServiceRequest *request,
                            ServiceResponse *response, Error *err)
{
    Application application = application_of(component, request);
    Bytes receipt;
    if (!office_complete(&application, service_path_parameter(request, "id"), &receipt, err)) {
        office_note_refusal(&application, err);
        return false;
    }
    service_reply_bytes(response, 200, RECEIPT_MEDIA_TYPE, receipt);
    return true;
}

static bool handle_status(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    Application application = application_of(component, request);
    RegistrationRow row;
    if (!office_change_status(&application, service_path_parameter(request, "id"), &row, err)) {
        office_note_refusal(&application, err);
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_text(json, "registration_id", row.registration_id);
    json_put_text(json, "serial", row.serial);
    return service_reply_json(response, request->arena, 200, json, err);
}

static bool handle_submission(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    Application application = application_of(component, request);
    Bytes statement;
    if (!office_submission(&application, service_path_parameter(request, "id"), &statement, err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/json", statement);
    return true;
}

// How far the certificate has come; what became of it later C3 knows.
static const char *state_of(const RegistrationRow *row)
{
    if (row->issue.data == NULL) {
        return row->refusal[0] == '\0' ? "REQUESTED" : "REJECTED";
    }
    return row->accepted_at != 0 ? "ACCEPTED" : row->delivered_at != 0 ? "DELIVERED" : "ISSUED";
}

static void put_time(json_t *json, const char *key, Time at)
{
    if (at != 0) {
        json_put_time(json, key, at);
    }
}

static bool handle_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    Registration *registration = component;
    RegistrationRow row;
    RegistrationResult result;
    if (!office_get(registration, request->caller.name, service_path_parameter(request, "id"),
                    request->arena, &row, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_text(json, "registration_id", row.registration_id);
    json_put_text(json, "authorization_id", row.authorization_id);
    json_put_text(json, "request_id", row.request_id);
    json_put_text(json, "state", state_of(&row));
    json_put_time(json, "created_at", row.created_at);
    if (row.issue.data != NULL) {
        if (!office_result(registration, &row, request->arena, &result, err)) {
            return false;
        }
        json_put_time(json, "issued_at", row.issued_at);
        json_put_text(json, "serial", row.serial);
        json_put(json, "result", registration_result_to_json(&result));
    }
    message_put_text(json, "refusal", row.issue.data == NULL ? row.refusal : "");
    message_put_text(json, "renews", row.renews);
    put_time(json, "delivered_at", row.delivered_at);
    put_time(json, "accepted_at", row.accepted_at);
    if (row.receipt.data != NULL) {
        json_put_time(json, "deposited_at", row.deposited_at);
        json_put_base64(json, "receipt", row.receipt);
    }
    return service_reply_json(response, request->arena, 200, json, err);
}

static bool handle_inquiry(void *component, const ServiceRequest *request,
                           ServiceResponse *response, Error *err)
{
    Application application = application_of(component, request);
    HolderIssuances issuances;
    if (!holder_list(&application, &issuances, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = holder_issuances_to_json(&issuances);
    return service_reply_json(response, request->arena, 200, json, err);
}

static bool handle_objection(void *component, const ServiceRequest *request,
                             ServiceResponse *response, Error *err)
{
    Application application = application_of(component, request);
    const char *serial;
    if (!holder_object(&application, &serial, err)) {
        office_note_refusal(&application, err);
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_text(json, "serial", serial);
    return service_reply_json(response, request->arena, 200, json, err);
}

// A business system sees what was refused to it, the staff of C2 everything.
static bool handle_refusals(void *component, const ServiceRequest *request,
                            ServiceResponse *response, Error *err)
{
    const Registration *registration = component;
    bool is_staff = strcmp(request->caller.role, "operator") == 0;
    const char *text = service_query_parameter(request, "before");
    char *end = NULL;
    int64_t before = text == NULL ? 0 : strtoll(text, &end, 10);
    json_t *refusals = NULL, *counted = NULL;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    if (text != NULL && (*end != '\0' || before <= 0)) {
        return error_set(err, ERROR_INPUT, "registration.search", NULL,
                         "before is the id of a refusal");
    }
    if (!registration_record_browse_refusals(
            registration->store, is_staff ? NULL : request->caller.name, before, &refusals, err)) {
        return false;
    }
    json_put(json, "refusals", refusals);
    if (is_staff) {
        if (!refusal_tally_list(registration->refusals, &counted, err)) {
            return false;
        }
        json_put(json, "counted", counted);
    }
    return service_reply_json(response, request->arena, 200, json, err);
}

const Route registration_routes[] = {
    {"POST", "/v1/registrations", {"business"}, REQUEST_BODY_SIZE, handle_apply},
    {"GET", "/v1/registrations/{id}", {"business"}, 0, handle_get},
    {"POST", "/v1/enrolments", {"business"}, REQUEST_BODY_SIZE, handle_enrol},
    {"POST",
     "/.well-known/cmp",
     {SERVICE_ANYONE, SERVICE_PUBLIC},
     CMP_MAX_SIZE,
     registration_handle_cmp},
    {"POST", "/v1/cmp", {SERVICE_ANYONE, SERVICE_PUBLIC}, CMP_MAX_SIZE, registration_handle_cmp},
    {"POST",
     "/v1/registrations/{id}/completion",
     {"business"},
     COMPLETION_BODY_SIZE,
     handle_complete},
    {"GET", "/v1/registrations/{id}/submission", {"business"}, 0, handle_submission},
    {"POST", "/v1/registrations/{id}/status", {"business"}, COMPLETION_BODY_SIZE, handle_status},
    {"GET", "/v1/refusals", {"business", "operator"}, 0, handle_refusals},
    {"POST", "/v1/holders/inquiries", {"business"}, MESSAGE_STATEMENT_SIZE, handle_inquiry},
    {"POST", "/v1/holders/objections", {"business"}, MESSAGE_STATEMENT_SIZE, handle_objection},
};
const size_t registration_route_count = COUNT_OF(registration_routes);
