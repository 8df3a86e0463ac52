// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "component/certification/authority.h"
#include "component/certification/browsing.h"
#include "component/certification/bulk.h"
#include "component/certification/control.h"
#include "component/certification/issuance.h"
#include "component/certification/lists.h"
#include "component/certification/pairs.h"
#include "component/certification/records_pair.h"
#include "component/certification/retention.h"
#include "component/port/message.h"

static bool request_of(const ServiceRequest *request, CertificateOperation operation,
                       AuthorityRequest *ret, Error *err)
{
    const char *serial = service_path_parameter(request, "serial");
    *ret =
        (AuthorityRequest){.arena = request->arena,
                           .caller = request->caller.name,
                           .statement = request->body,
                           .serial = serial == NULL ? "" : serial_canonical(request->arena, serial),
                           .operation = operation,
                           .request_id = "",
                           .requester = ""};
    return ret->serial != NULL || error_memory(err);
}

static bool handle_issue(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    AuthorityRequest asked;
    Bytes statement;
    if (!request_of(request, OPERATION_ISSUE, &asked, err)) {
        return false;
    }
    asked.requester = requester_name(REQUESTER_REGISTRAR);
    if (!authority_issue(component, &asked, &statement, err)) {
        authority_note_refusal(component, &asked, err);
        return false;
    }
    service_reply_bytes(response, 201, "application/json", statement);
    return true;
}

static bool reply_row(const Certification *certification, const ServiceRequest *request,
                      const CertificateRow *row, ServiceResponse *response, Error *err)
{
    Time now = clock_now(certification->config.institution.clock);
    CLEANUP(json_cleanup) json_t *json = certificate_to_json(row, now);
    return service_reply_json(response, request->arena, 200, json, err);
}

static bool handle_status(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    AuthorityRequest asked;
    CertificateRow row;
    if (!request_of(request, OPERATION_REVOKE, &asked, err)) {
        return false;
    }
    if (!authority_change_status(component, &asked, &row, err)) {
        authority_note_refusal(component, &asked, err);
        return false;
    }
    return reply_row(component, request, &row, response, err);
}

static bool handle_handover(void *component, const ServiceRequest *request,
                            ServiceResponse *response, Error *err)
{
    AuthorityRequest asked;
    CertificateRow row;
    if (!request_of(request, OPERATION_DELIVER, &asked, err)) {
        return false;
    }
    if (!authority_hand_over(component, &asked, &row, err)) {
        authority_note_refusal(component, &asked, err);
        return false;
    }
    return reply_row(component, request, &row, response, err);
}

// A registration system sees what it applied for, the staff of the CA everything.
static bool handle_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    Certification *certification = component;
    const char *serial =
        serial_canonical(request->arena, service_path_parameter(request, "serial"));
    CertificateRow row;
    Bytes issue;
    if (serial == NULL) {
        return error_memory(err);
    }
    if (!authority_end_suspensions(certification, err) ||
        !certificate_record_get(certification->store, serial, request->arena, &row, err)) {
        return false;
    }
    if (strcmp(request->caller.role, CERTIFICATION_STAFF) != 0 &&
        strcmp(request->caller.name, row.institution) != 0) {
        return error_set(err, ERROR_FORBIDDEN, "certificate.other_registrar", "JR/T 0299-2024 6.3",
                         "another registration authority applied for this certificate");
    }
    if (row.erased_at == 0 &&
        (!pair_record_check_logged(certification->store, serial, err) ||
         !issuance_statement(certification, &row, request->arena, &issue, err))) {
        return false;
    }
    CLEANUP(json_cleanup)
    json_t *json = certificate_to_json(&row, clock_now(certification->config.institution.clock));
    if (row.erased_at == 0) {
        json_put_base64(json, "issue_statement", issue);
    }
    return service_reply_json(response, request->arena, 200, json, err);
}

static json_t *carriers_to_json(const Profile *profile)
{
    json_t *array = json_array();
    for (size_t i = 0; i < PROFILE_CARRIERS_MAX && profile->carriers[i] != NULL; i++) {
        json_array_append_new(array, json_string(profile->carriers[i]));
    }
    return array;
}

static json_t *profiles_to_json(const ProfileCatalogue *catalogue)
{
    json_t *array = json_array();
    for (size_t i = 0; i < catalogue->count; i++) {
        const Profile *profile = &catalogue->profiles[i];
        json_t *json = json_make_object();
        json_put_text(json, "name", profile->name);
        json_put_text(json, "title", profile->title);
        json_put_text(json, "policy_oid", profile->policy_oid);
        json_put_int(json, "validity_seconds", profile->validity / TIME_SECOND);
        json_put_text(json, "assurance", profile->assurance);
        json_put_text(json, "renewal", profile->is_renewable ? "new_key" : "none");
        json_put_text(json, "person_number",
                      profile->has_identify_code ? "identify_code" : "commitment");
        json_put_int(json, "max_suspension_seconds", profile->max_suspension / TIME_SECOND);
        json_put(json, "carriers", carriers_to_json(profile));
        json_array_append_new(array, json);
    }
    return array;
}

// Source: JR/T 0299-2024 6.1, 6.4.
static bool handle_ca(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    const Certification *certification = component;
    const CertificationConfig *config = &certification->config;
    const ProfileCatalogue *profiles = &certification_rules(certification)->profiles;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_t *licence = json_make_object();
    json_put_text(licence, "number", config->licence.number);
    json_put_text(licence, "holder", config->licence.holder);
    json_put_time(licence, "valid_from", config->licence.valid_from);
    json_put_time(licence, "valid_until", config->licence.valid_until);
    json_put(json, "licence", licence);
    json_put(json, "chain", message_chain_to_json(config->chain, config->chain_count));
    json_put(json, "profiles", profiles_to_json(profiles));
    json_put_text(json, "cps_uri", config->cps_uri);
    json_put_text(json, "cps_version", profiles->cps_version);
    json_put_hex(json, "cps_digest", sm3_bytes(&profiles->cps_digest));
    return service_reply_json(response, request->arena, 200, json, err);
}

static bool handle_ca_certificate(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    const Certification *certification = component;
    (void)request;
    (void)err;
    service_reply_bytes(response, 200, "application/pkix-cert", certification->issuer.der);
    return true;
}

// A practice statement that certificates were issued under stays readable. Source: ESL 19.
static bool handle_cps_version(void *component, const ServiceRequest *request,
                               ServiceResponse *response, Error *err)
{
    const Certification *certification = component;
    RuleRow row;
    if (!rule_record_find(certification->store, RULE_PRACTICE,
                          service_path_parameter(request, "version"), request->arena, &row, err)) {
        return false;
    }
    if (row.name == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "certification.practice",
                         "Electronic Signature Law 19",
                         "there is no practice statement of this version");
    }
    service_reply_bytes(response, 200, "text/plain; charset=utf-8", row.content);
    return true;
}

static bool handle_cps(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    const Certification *certification = component;
    (void)request;
    (void)err;
    service_reply_bytes(response, 200, "text/plain; charset=utf-8",
                        certification_rules(certification)->practice);
    return true;
}

const Route certification_routes[] = {
    {"POST", "/v1/certificates", {"registration"}, MESSAGE_STATEMENT_SIZE, handle_issue},
    {"POST", "/v1/certificates/bulk", {"registration"}, BULK_MAX_SIZE, certification_handle_bulk},
    {"GET", "/v1/certificates", {CERTIFICATION_STAFF}, 0, certification_handle_list},
    {"GET", "/v1/certificates/{serial}", {"registration", CERTIFICATION_STAFF}, 0, handle_get},
    {"GET",
     "/v1/certificates/{serial}/history",
     {CERTIFICATION_STAFF},
     0,
     certification_handle_history},
    {"GET", "/v1/summary", {CERTIFICATION_STAFF}, 0, certification_handle_summary},
    {"POST",
     "/v1/certificates/{serial}/status",
     {"registration"},
     MESSAGE_STATEMENT_SIZE,
     handle_status},
    {"POST",
     "/v1/certificates/{serial}/handover",
     {"registration"},
     MESSAGE_STATEMENT_SIZE,
     handle_handover},
    {"GET",
     "/v1/certificates/{serial}/enveloped-key",
     {"registration"},
     0,
     certification_handle_enveloped_key},
    {"POST",
     "/v1/controls",
     {CERTIFICATION_STAFF},
     CONTROL_BODY_SIZE,
     certification_handle_propose},
    {"GET", "/v1/controls", {CERTIFICATION_STAFF}, 0, certification_handle_controls},
    {"GET", "/v1/controls/{id}", {CERTIFICATION_STAFF}, 0, certification_handle_control},
    {"POST",
     "/v1/controls/{id}/confirmation",
     {CERTIFICATION_STAFF},
     CONTROL_TEXT_SIZE * 4,
     certification_handle_confirm},
    {"POST",
     "/v1/controls/{id}/refusal",
     {CERTIFICATION_STAFF},
     CONTROL_TEXT_SIZE * 4,
     certification_handle_decline},
    {"GET", "/v1/refusals", {CERTIFICATION_STAFF}, 0, certification_handle_refusals},
    {"GET", "/v1/retention", {CERTIFICATION_STAFF}, 0, certification_handle_retention},
    {"POST", "/v1/reports", {"business"}, REPORT_REQUEST_MAX_SIZE, certification_handle_report},
    {"GET", "/v1/crl", {SERVICE_ANYONE, SERVICE_PUBLIC}, 0, certification_handle_list_complete},
    {"GET", "/v1/crl/delta", {SERVICE_ANYONE, SERVICE_PUBLIC}, 0, certification_handle_list_delta},
    {"GET",
     "/v1/crl/{partition}",
     {SERVICE_ANYONE, SERVICE_PUBLIC},
     0,
     certification_handle_list_partition},
    {"POST",
     "/v1/ocsp",
     {SERVICE_ANYONE, SERVICE_PUBLIC},
     OCSP_REQUEST_MAX_SIZE,
     certification_handle_ocsp_post},
    {"GET",
     "/v1/ocsp/{request...}",
     {SERVICE_ANYONE, SERVICE_PUBLIC},
     0,
     certification_handle_ocsp_get},
    {"GET", "/v1/ca", {SERVICE_ANYONE}, 0, handle_ca},
    {"GET", "/v1/ca/certificate", {SERVICE_ANYONE, SERVICE_PUBLIC}, 0, handle_ca_certificate},
    {"GET", "/v1/cps", {SERVICE_ANYONE, SERVICE_PUBLIC}, 0, handle_cps},
    {"GET", "/v1/cps/{version}", {SERVICE_ANYONE, SERVICE_PUBLIC}, 0, handle_cps_version},
};
const size_t certification_route_count = COUNT_OF(certification_routes);
