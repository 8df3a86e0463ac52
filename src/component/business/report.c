// SPDX-License-Identifier: Apache-2.0
//
// Ordering a set of reports: A from C1, B from C3, C from C5, under one set id, kept together.
#include "component/business/report.h"

#include <string.h>

#include "base/codec/hex.h"
#include "component/business/person_seal.h"
#include "component/business/routes.h"
#include "component/port/report_issuer.h"
#include "domain/report/report_verify.h"

static const char set_artifact[] = "report_set";
static const char *const pdf_artifacts[] = {"report_a_pdf", "report_b_pdf", "report_c_pdf"};
static const char *const json_artifacts[] = {"report_a_json", "report_b_json", "report_c_json"};

enum { SETS_MAX = 1000 };

// --- what is handed in ------------------------------------------------------------------------

typedef struct {
    const char *artifact, *name, *media_type;
} HandedIn;

#define JSON "application/json"

// For B: the sealed file and what tells who the person is.
static const HandedIn for_certification[] = {
    {"signed_agreement", MATERIAL_AGREEMENT, "application/pdf"},
    {"decision", MATERIAL_DECISION, JSON},
    {"crl", MATERIAL_CRL, "application/pkix-crl"},
};

// For C: what was deposited, under the names of the deposits.
static const HandedIn for_preservation[] = {
    {"person", "person.json", JSON},
    {"person_fields", "person-fields.json", JSON},
    {"consents", "consents.json", JSON},
    {"offer", "offer.json", JSON},
    {"decision", MATERIAL_DECISION, JSON},
    {"proof", "identity-proof.json", JSON},
    {"proof_certificate", "identity-certificate.cer", "application/pkix-cert"},
    {"proof_carrier", "identity-carrier.json", JSON},
    {"proof_crl", "identity-revocation.crl", "application/pkix-crl"},
    {"authorization", "authorization.json", JSON},
    {"behaviour", MATERIAL_BEHAVIOUR, JSON},
    {"ticks", "ticks.json", JSON},
    {SEAL_CHOICE, "seal.json", JSON},
    {"destruction", "destruction.json", JSON},
    {"key_use", "key-use.json", JSON},
    {"certificate", "certificate.cer", "application/pkix-cert"},
    {"timestamp", "signature.tst", "application/timestamp-reply"},
    {"seal_signature", "signature.ses", "application/octet-stream"},
    {"signed_agreement", MATERIAL_AGREEMENT, "application/pdf"},
};

static bool hand_in(Work *work, const HandedIn *rows, size_t count, ReportApplication *ret,
                    Error *err)
{
    ReportMaterial *materials = arena_alloc(work->arena, count * sizeof *materials);
    if (materials == NULL) {
        return error_memory(err);
    }
    ret->materials = materials;
    ret->material_count = 0;
    for (size_t i = 0; i < count; i++) {
        Bytes content;
        bool found;
        if (!work_find(work, rows[i].artifact, &content, &found, err)) {
            return false;
        }
        if (found && content.len > 0) {
            materials[ret->material_count++] =
                (ReportMaterial){rows[i].name, rows[i].media_type, content};
        }
    }
    return true;
}

// --- the set ----------------------------------------------------------------------------------

typedef struct {
    ReportRequest request;
    const ReportRequester *requester;
    IssuedReport reports[REPORT_KINDS];
    ReportSummary summaries[REPORT_KINDS];
} ReportSet;

static bool ask(Work *work, const ReportPort *port, const HandedIn *rows, size_t count,
                const ReportSet *set, IssuedReport *ret, Error *err)
{
    ReportRequest request = set->request;
    return hand_in(work, rows, count, &request.application, err) &&
           port->ask(port, &request, work->arena, ret, err);
}

// What others issued is kept only if it holds and is of this set.
static bool check_set(Work *work, ReportSet *set, Error *err)
{
    const TrustStore *trust = report_issuer_trust(work->business->config.reports);
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        Verdict verdict = verdict_new(work->arena);
        ReportSummary *summary = &set->summaries[i];
        bool holds = report_check(set->reports[i].statement, set->reports[i].pdf, trust, work->now,
                                  &verdict, summary);
        if (!holds || summary->kind != (ReportKind)i ||
            strcmp(summary->set_id, set->request.set_id) != 0) {
            const VerdictCheck *reason = verdict_reason(&verdict);
            return error_set(err, ERROR_UNTRUSTED, "report.not_verified", "JR/T 0299-2024 8.4",
                             "report %c does not verify: %s", report_letter((ReportKind)i),
                             reason == NULL ? "it is another report" : reason->code);
        }
    }
    return true;
}

static bool make_set(Work *work, ReportSet *set, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    char set_id[RANDOM_UUID_SIZE];
    if (!random_uuid(config->random, set_id, err)) {
        return false;
    }
    set->request.set_id = arena_text(work->arena, bytes_of_text(set_id));
    if (set->request.set_id == NULL) {
        return error_memory(err);
    }
    return business_report_application(work, &set->request.application, err) &&
           business_report_a(work, &set->request, set->requester, &set->reports[REPORT_A], err) &&
           ask(work, &config->certification_reports, for_certification, COUNT_OF(for_certification),
               set, &set->reports[REPORT_B], err) &&
           ask(work, &config->preservation_reports, for_preservation, COUNT_OF(for_preservation),
               set, &set->reports[REPORT_C], err) &&
           check_set(work, set, err);
}

static json_t *set_to_json(const ReportSet *set)
{
    json_t *json = json_make_object();
    json_t *reports = json_make_object();
    json_put_text(json, "set_id", set->request.set_id);
    json_put_text(json, "case_number", set->request.case_number);
    json_put_text(json, "requester_role", set->request.requester_role);
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        const char letter[] = {report_letter((ReportKind)i), '\0'};
        Sm3Digest pdf = sm3_digest(set->reports[i].pdf);
        Sm3Digest statement = sm3_digest(set->reports[i].statement);
        json_t *report = json_make_object();
        json_put_text(report, "issuer", set->summaries[i].issuer);
        json_put_text(report, "outcome", set->summaries[i].outcome);
        json_put_text(report, "reason", set->summaries[i].reason);
        json_put_hex(report, "pdf_digest", sm3_bytes(&pdf));
        json_put_hex(report, "json_digest", sm3_bytes(&statement));
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
    return work_put_json(work, set_artifact, sequence, json_incref(json), err) &&
           work_note(work, "report", "ok", "", err) && work_commit(work, err);
}

// --- requests ---------------------------------------------------------------------------------

// Find a kept set by one of its texts; *ret_json stays NULL when there is none.
static bool find_set(Work *work, const char *key, const char *value, json_t **ret_json,
                     int64_t *ret_sequence, size_t *ret_count, Error *err)
{
    ArtifactRow *rows;
    if (!work_list(work, set_artifact, &rows, ret_count, err)) {
        return false;
    }
    for (size_t i = 0; i < *ret_count; i++) {
        CLEANUP(json_cleanup) json_t *json = NULL;
        if (!json_parse(rows[i].content, &json, err)) {
            return false;
        }
        const char *kept = json_string_value(json_object_get(json, key));
        if (kept != NULL && strcmp(kept, value) == 0) {
            *ret_json = json_incref(json);
            *ret_sequence = rows[i].sequence;
            return true;
        }
    }
    return true;
}

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

static bool order_set(Work *work, ReportSet *set, json_t **ret, Error *err)
{
    int64_t sequence = 0;
    size_t count;
    if (!find_set(work, "case_number", set->request.case_number, ret, &sequence, &count, err)) {
        return false;
    }
    if (*ret != NULL) {
        return check_same_role(*ret, set->request.requester_role, err);
    }
    if (count >= SETS_MAX) {
        return error_set(err, ERROR_LIMIT, "report.too_many_sets", NULL,
                         "%d sets of reports were issued for this authorization", SETS_MAX);
    }
    Bytes sealed;
    if (!work_get(work, "signed_agreement", &sealed, err) || !make_set(work, set, err)) {
        return false;
    }
    *ret = set_to_json(set);
    return keep_set(work, set, (int64_t)count, *ret, err);
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

// "a.pdf" to "c.json"; NULL for anything else.
static const char *artifact_of(const char *file, bool *ret_is_pdf)
{
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
        (set_id != NULL && !find_set(work, "set_id", set_id, &set, &sequence, &sets, err))) {
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
