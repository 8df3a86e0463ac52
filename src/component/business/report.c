// SPDX-License-Identifier: Apache-2.0
//
// Ordering a set of reports, and handing out what was issued.
#include "component/business/report_deposit.h"
#include "component/business/report_set.h"

#include <string.h>

#include "component/business/freezing.h"
#include "component/business/routes.h"

static const char *const pdf_artifacts[] = {"report_a_pdf", "report_b_pdf", "report_c_pdf"};
static const char *const json_artifacts[] = {"report_a_json", "report_b_json", "report_c_json"};

enum { SETS_MAX = 1000 };

static json_t *set_to_json(const ReportSet *set)
{
    json_t *json = json_make_object();
    json_t *reports = json_make_object();
    Bytes forms[2 * REPORT_KINDS];
    Sm3Digest digests[2 * REPORT_KINDS];
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        forms[2 * i] = set->reports[i].pdf;
        forms[2 * i + 1] = set->reports[i].statement;
    }
    sm3_digest_many(forms, digests, COUNT_OF(forms));
    json_put_text(json, "set_id", set->request.set_id);
    json_put_text(json, "case_number", set->request.case_number);
    json_put_text(json, "requester_role", set->request.requester_role);
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        const char letter[] = {report_letter((ReportKind)i), '\0'};
        json_t *report = json_make_object();
        json_put_text(report, "issuer", set->summaries[i].issuer);
        json_put_text(report, "outcome", set->summaries[i].outcome);
        json_put_text(report, "reason", set->summaries[i].reason);
        json_put_hex(report, "pdf_digest", sm3_bytes(&digests[2 * i]));
        json_put_hex(report, "json_digest", sm3_bytes(&digests[2 * i + 1]));
        json_put(reports, letter, report);
    }
    json_put(json, "reports", reports);
    return json;
}

static bool keep_set(Work *work, const ReportSet *set, int64_t sequence, json_t *json, Error *err)
{
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        if (!work_put(work, pdf_artifacts[i], sequence, set->reports[i].pdf, err) ||
            !work_put(work, json_artifacts[i], sequence, set->reports[i].statement, err)) {
            return false;
        }
    }
    return work_put_json(work, REPORT_SET_ARTIFACT, sequence, json_incref(json), err) &&
           work_note(work, "report", "ok", "", err) &&
           report_deposit_order(work, set->request.set_id, err) && work_commit(work, err);
}

// --- requests ---------------------------------------------------------------------------------

static bool check_same_role(const json_t *kept, const char *role, Error *err)
{
    const char *known = json_string_value(json_object_get(kept, "requester_role"));
    return (known != NULL && strcmp(known, role) == 0) ||
           error_set(err, ERROR_CONFLICT, "report.other_role", NULL,
                     "reports for this case were issued to another role");
}

static bool request_parse(const json_t *body, Arena *arena, ReportSet *ret, Error *err)
{
    JsonView view = json_view(body, "report order", err);
    const char *number = json_view_optional_text(&view, "case_number", REPORT_CASE_SIZE - 1);
    const char *role = json_view_optional_text(&view, "requester_role", REPORT_CASE_SIZE - 1);
    if (!json_view_done(&view) || !report_request_check(number, role, &ret->requester, err)) {
        return false;
    }
    ret->request.case_number = arena_text(arena, bytes_of_text(number));
    ret->request.requester_role = ret->requester->name;
    return ret->request.case_number != NULL || error_memory(err);
}

// What became of the deposit is no part of what was issued, and told each time as it is.
static bool add_deposit(Work *work, int64_t sequence, json_t *set, Error *err)
{
    json_t *deposit;
    if (!report_deposit_state(work, sequence, &deposit, err)) {
        return false;
    }
    json_put(set, "deposit", deposit);
    return true;
}

static bool order_set(Work *work, ReportSet *set, json_t **ret, Error *err)
{
    int64_t sequence = 0;
    size_t count;
    if (!report_set_find(work, "case_number", set->request.case_number, ret, &sequence, &count,
                         err)) {
        return false;
    }
    if (*ret != NULL) {
        return check_same_role(*ret, set->request.requester_role, err) &&
               add_deposit(work, sequence, *ret, err);
    }
    if (count >= SETS_MAX) {
        return error_set(err, ERROR_LIMIT, "report.too_many_sets", NULL,
                         "%d sets of reports were issued for this authorization", SETS_MAX);
    }
    Bytes sealed;
    if (!work_get(work, "signed_agreement", &sealed, err) || !freezing_guard(work, err) ||
        !report_set_make(work, set, err)) {
        return false;
    }
    *ret = set_to_json(set);
    return keep_set(work, set, (int64_t)count, *ret, err) &&
           add_deposit(work, (int64_t)count, *ret, err);
}

bool handle_reports(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err)
{
    Business *business = component;
    Work work;
    ReportSet *set = arena_alloc(request->arena, sizeof *set);
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    if (set == NULL) {
        return error_memory(err);
    }
    if (business->config.reports == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "report.not_issued_here", NULL,
                         "this business system issues no reports");
    }
    return service_request_json(request, &body, err) &&
           request_parse(body, request->arena, set, err) &&
           work_begin_by_id(business, request, service_path_parameter(request, "id"), &work, err) &&
           order_set(&work, set, &reply, err) &&
           service_reply_json(response, request->arena, 201, reply, err);
}

// "a.pdf" to "c.json", "submission.json" and "receipt"; NULL for anything else.
static const char *artifact_of(const char *file, bool *ret_is_pdf)
{
    if (strcmp(file, "submission.json") == 0 || strcmp(file, "receipt") == 0) {
        return file[0] == 'r' ? REPORT_DEPOSIT_RECEIPT : REPORT_DEPOSIT_SUBMISSION;
    }
    size_t len = strlen(file);
    if (len < 5 || file[0] < 'a' || file[0] >= 'a' + REPORT_KINDS) {
        return NULL;
    }
    size_t kind = (size_t)(file[0] - 'a');
    *ret_is_pdf = strcmp(file + 1, ".pdf") == 0;
    return *ret_is_pdf                      ? pdf_artifacts[kind]
           : strcmp(file + 1, ".json") == 0 ? json_artifacts[kind]
                                            : NULL;
}

static bool find_report(Work *work, const char *artifact, const char *set_id, Bytes *ret,
                        Error *err)
{
    ArtifactRow *rows;
    size_t count, sets;
    int64_t sequence = -1;
    CLEANUP(json_cleanup) json_t *set = NULL;
    if (!work_list(work, artifact, &rows, &count, err) ||
        (set_id != NULL && !report_set_find(work, "set_id", set_id, &set, &sequence, &sets, err))) {
        return false;
    }
    for (size_t i = count; i-- > 0;) {
        if (set_id == NULL || rows[i].sequence == sequence) {
            *ret = rows[i].content;
            return true;
        }
    }
    return error_set(err, ERROR_NOT_FOUND, "report.unknown", NULL, "there is no such report");
}

bool handle_report_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    Work work;
    Bytes content;
    bool is_pdf = false;
    const char *artifact = artifact_of(service_path_parameter(request, "file"), &is_pdf);
    if (artifact == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "report.unknown", NULL, "there is no such report");
    }
    if (!work_begin_by_id(component, request, service_path_parameter(request, "id"), &work, err) ||
        !find_report(&work, artifact, service_query_parameter(request, "set"), &content, err)) {
        return false;
    }
    service_reply_bytes(response, 200, is_pdf ? "application/pdf" : "application/json", content);
    return true;
}
