// SPDX-License-Identifier: Apache-2.0
#include "component/port/report.h"

#include "component/port/message.h"

enum { TEXT_SIZE = 1024, MATERIAL_MAX_SIZE = 16 * 1024 * 1024, SALT_TEXT_SIZE = 130 };

// --- the request ------------------------------------------------------------------------------

static json_t *materials_to_json(const ReportApplication *application)
{
    json_t *materials = json_array();
    for (size_t i = 0; i < application->material_count; i++) {
        const ReportMaterial *material = &application->materials[i];
        json_t *json = json_make_object();
        json_put_text(json, "name", material->name);
        json_put_text(json, "media_type", material->media_type);
        json_put_base64(json, "content", material->content);
        json_array_append_new(materials, json);
    }
    return materials;
}

json_t *report_request_to_json(const ReportRequest *request)
{
    const ReportApplication *application = &request->application;
    json_t *json = json_make_object();
    json_put_text(json, "set_id", request->set_id);
    json_put_text(json, "case_number", request->case_number);
    json_put_text(json, "requester_role", request->requester_role);
    json_put_text(json, "applicant", application->applicant);
    json_put_time(json, "applied_at", application->applied_at);
    json_put_text(json, "authorization_id", application->authorization_id);
    json_put_text(json, "business", application->business);
    json_put_text(json, "content", application->content);
    if (application->holder.name != NULL) {
        json_t *holder = json_make_object();
        json_put_text(holder, "name", application->holder.name);
        json_put_text(holder, "id_number", application->holder.id_number);
        json_put_text(holder, "salt", application->holder.salt);
        json_put(json, "holder", holder);
    }
    json_put(json, "materials", materials_to_json(application));
    return json;
}

static bool holder_parse(const json_t *value, Arena *arena, ReportHolder *ret, Error *err)
{
    if (value == NULL) {
        return true;
    }
    JsonView view = json_view(value, "holder", err);
    ret->name = message_text(&view, arena, "name", PERSON_NAME_SIZE - 1);
    ret->id_number = message_text(&view, arena, "id_number", ID_NUMBER_SIZE - 1);
    ret->salt = message_text(&view, arena, "salt", SALT_TEXT_SIZE);
    return json_view_done(&view);
}

static bool materials_parse(const json_t *array, Arena *arena, ReportApplication *ret, Error *err)
{
    size_t count = json_array_size(array);
    ReportMaterial *materials = arena_alloc(arena, (count + 1) * sizeof *materials);
    if (materials == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        JsonView view = json_view(json_array_get(array, i), "material", err);
        materials[i].name = message_text(&view, arena, "name", MESSAGE_ID_SIZE);
        materials[i].media_type = message_text(&view, arena, "media_type", MESSAGE_ID_SIZE);
        materials[i].content = message_optional_base64(&view, arena, "content", MATERIAL_MAX_SIZE);
        if (!json_view_done(&view)) {
            return false;
        }
    }
    ret->materials = materials;
    ret->material_count = count;
    return true;
}

bool report_request_parse(Bytes payload, Arena *arena, ReportRequest *ret,
                          const ReportRequester **ret_requester, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    ReportRequest request = {.set_id = NULL};
    ReportApplication *application = &request.application;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "report request", err);
    request.set_id = message_text(&view, arena, "set_id", MESSAGE_ID_SIZE);
    request.case_number = message_optional_text(&view, arena, "case_number", MESSAGE_ID_SIZE);
    request.requester_role = message_optional_text(&view, arena, "requester_role", MESSAGE_ID_SIZE);
    application->applicant = message_text(&view, arena, "applicant", MESSAGE_NAME_SIZE);
    application->applied_at = json_view_time(&view, "applied_at");
    application->authorization_id = message_text(&view, arena, "authorization_id", MESSAGE_ID_SIZE);
    application->business = message_text(&view, arena, "business", MESSAGE_NAME_SIZE);
    application->content = message_text(&view, arena, "content", TEXT_SIZE);
    const json_t *holder = json_view_optional_object(&view, "holder");
    const json_t *materials = json_view_array(&view, "materials", REPORT_MAX_MATERIALS);
    if (!json_view_done(&view) ||
        !report_request_check(request.case_number, request.requester_role, ret_requester, err) ||
        !holder_parse(holder, arena, &application->holder, err) ||
        !materials_parse(materials, arena, application, err)) {
        return false;
    }
    *ret = request;
    return true;
}

// --- the answer -------------------------------------------------------------------------------

json_t *issued_report_to_json(const IssuedReport *report)
{
    json_t *json = json_make_object();
    json_put_base64(json, "pdf", report->pdf);
    json_put_base64(json, "statement", report->statement);
    return json;
}

bool issued_report_parse(const json_t *reply, Arena *arena, IssuedReport *ret, Error *err)
{
    JsonView view = json_view(reply, "report", err);
    IssuedReport report = {
        .pdf = json_view_base64(&view, arena, "pdf", REPORT_MAX_SIZE),
        .statement = json_view_base64(&view, arena, "statement", REPORT_MAX_SIZE),
    };
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = report;
    return true;
}

static bool ask(const ReportPort *port, const ReportRequest *request, Arena *arena,
                IssuedReport *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = report_request_to_json(request);
    CLEANUP(json_cleanup) json_t *reply = NULL;
    Bytes statement;
    if (!institution_state(&port->institution, REPORT_REQUEST_TYPE, payload, arena, &statement,
                           err)) {
        return false;
    }
    PeerRequest call = {.method = "POST",
                        .target = "/v1/reports",
                        .content_type = "application/json",
                        .body = statement,
                        .idempotency_key = request->set_id};
    if (!peer_call_json(port->peer, &call, NULL, arena, &reply, err)) {
        return error_context(err, "asking for a report");
    }
    Error garbage = {0};
    return issued_report_parse(reply, arena, ret, &garbage) ||
           error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                     "the answer is something else than a report: %s", garbage.text);
}

ReportPort report_port_of_peer(Peer *peer, Institution institution)
{
    return (ReportPort){ask, peer, institution};
}
