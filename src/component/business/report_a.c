// SPDX-License-Identifier: Apache-2.0
//
// Report A: the institution's own, from what C1 keeps.
#include <string.h>

#include "component/business/identity.h"
#include "component/business/report.h"
#include "component/port/registration.h"
#include "component/port/report_issuer.h"
#include "domain/report/report_a.h"

bool business_report_application(Work *work, ReportApplication *ret, Error *err)
{
    const BusinessProfile *profile = work->business->config.profile;
    Applicant *applicant = arena_alloc(work->arena, sizeof *applicant);
    if (applicant == NULL) {
        return error_memory(err);
    }
    if (!applicant_load(work, applicant, err)) {
        return false;
    }
    *ret = (ReportApplication){
        .applicant = profile->party.name,
        .applied_at = work->now,
        .authorization_id = work->row.authorization_id,
        .business = profile->product,
        .content =
            "该授权项下的身份鉴别数据、签署行为记录、签署后的电子文件及其他数据，是否与存证数据一"
            "致",
        .holder = {applicant->person.name, applicant->person.id_number, applicant->salt_text},
    };
    return true;
}

// --- what is told -----------------------------------------------------------------------------

static const char *sources_text(Work *work)
{
    const BusinessProfile *profile = work->business->config.profile;
    const char *names = "";
    for (size_t i = 0; i < profile->source_count && names != NULL; i++) {
        names = arena_format(work->arena, "%s%s%s", names, i == 0 ? "" : "、",
                             profile->sources[i].name);
    }
    return names;
}

static ReportBusiness business_text(Work *work)
{
    const BusinessProfile *profile = work->business->config.profile;
    return (ReportBusiness){
        .institution = profile->party.name,
        .uscc = profile->party.uscc,
        .address = profile->address,
        .hotline = profile->hotline,
        .product = profile->product,
        .channel = profile->channel,
        .region = profile->region,
        .sources = sources_text(work),
        .verifiers = profile->verifiers,
        .ca_name = profile->ca_name,
        .cps_url = profile->cps_url,
        .evidence_provider = profile->evidence_provider,
    };
}

static bool history_event(Work *work, Bytes content, ReportHistoryEvent *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(content, &json, err)) {
        return false;
    }
    const char *at = json_string_value(json_object_get(json, "at"));
    ret->event =
        arena_text(work->arena, bytes_of_text(json_string_value(json_object_get(json, "event"))));
    ret->outcome =
        arena_text(work->arena, bytes_of_text(json_string_value(json_object_get(json, "outcome"))));
    ret->code =
        arena_text(work->arena, bytes_of_text(json_string_value(json_object_get(json, "code"))));
    if (ret->event == NULL || ret->outcome == NULL || ret->code == NULL) {
        return error_memory(err);
    }
    return time_from_text(bytes_of_text(at), &ret->at, err);
}

static bool take_history(Work *work, ReportAFacts *facts, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    if (!work_list(work, "history", &rows, &count, err)) {
        return false;
    }
    ReportHistoryEvent *events = arena_alloc(work->arena, (count + 1) * sizeof *events);
    if (events == NULL) {
        return error_memory(err);
    }
    size_t told = 0;
    for (size_t i = 0; i < count; i++) {
        if (!history_event(work, rows[i].content, &events[told], err)) {
            return error_context(err, "history entry %zu", i);
        }
        // Case files do not tell of their own making, and the report is computed again from them.
        told += strcmp(events[told].event, "case") == 0 ? 0 : 1;
    }
    facts->history = events;
    facts->history_count = told;
    return true;
}

typedef struct {
    const Work *work;
    UseRow *rows;
    size_t count;
} UsesContext;

static bool uses_read(StoreSession *session, void *context, Error *err)
{
    UsesContext *uses = context;
    return records_list_uses(session, uses->work->row.authorization_id, uses->work->arena,
                             &uses->rows, &uses->count, err);
}

static bool take_uses(Work *work, ReportAFacts *facts, Error *err)
{
    UsesContext context = {.work = work};
    if (!store_read(work->business->store, uses_read, &context, err)) {
        return false;
    }
    ReportUse *uses = arena_alloc(work->arena, (context.count + 1) * sizeof *uses);
    if (uses == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < context.count; i++) {
        const UseRow *row = &context.rows[i];
        uses[i] = (ReportUse){row->used_at, row->query_id, row->purpose, row->outcome};
    }
    facts->uses = uses;
    facts->use_count = context.count;
    return true;
}

static bool take_artifacts(Work *work, ReportAFacts *facts, Error *err)
{
    const struct {
        const char *name;
        Bytes *place;
    } rows[] = {
        {"authorization", &facts->authorization},
        {"consents", &facts->consents},
        {"decision", &facts->decision},
        {"certificate", &facts->certificate},
        {"behaviour", &facts->behaviour},
        {"destruction", &facts->destruction},
        {"key_use", &facts->key_use},
        {"signed_agreement", &facts->signed_agreement},
        {"m6_receipt", &facts->receipts[0]},
        {"m7_receipt", &facts->receipts[1]},
        {"m8_receipt", &facts->receipts[2]},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool found;
        if (!work_find(work, rows[i].name, rows[i].place, &found, err)) {
            return false;
        }
    }
    return true;
}

// The issuer's trust, with the chain and what tells of revocation, as kept when the person signed.
static bool take_trust(Work *work, ReportAFacts *facts, Error *err)
{
    Bytes kept, crl, ocsp;
    bool found, has_crl, has_ocsp;
    RegistrationResult registration;
    TrustStore *trust =
        trust_store_extend(work->arena, report_issuer_trust(work->business->config.reports));
    if (trust == NULL) {
        return error_memory(err);
    }
    if (!work_find(work, "registration", &kept, &found, err) ||
        !work_find(work, "crl", &crl, &has_crl, err) ||
        (has_crl && !trust_store_add_crls(trust, crl, err)) ||
        !work_find(work, "ocsp", &ocsp, &has_ocsp, err) ||
        (has_ocsp && !trust_store_add_ocsp(trust, ocsp, err)) ||
        (found && !registration_result_parse(kept, work->arena, &registration, err))) {
        return false;
    }
    for (size_t i = 0; found && i < registration.chain_count; i++) {
        if (!trust_store_add_certificates(trust, registration.chain[i], err)) {
            return false;
        }
    }
    facts->registration_issue = found ? registration.issue_statement : BYTES_EMPTY;
    facts->trust = trust;
    return true;
}

bool business_report_a(Work *work, const ReportRequest *request, const ReportRequester *requester,
                       IssuedReport *ret, Error *err)
{
    ReportIssuer *issuer = work->business->config.reports;
    Report *report;
    ReportAFacts facts = {
        .head = report_issuer_head(issuer, request, requester),
        .business = business_text(work),
        .state = work->row.state,
        .authorization_id = work->row.authorization_id,
        .is_batch = work->business->config.batch_deposits,
        .holder = request->application.holder,
        .log_certificate = report_issuer_log_certificate(issuer),
    };
    return take_artifacts(work, &facts, err) && take_trust(work, &facts, err) &&
           take_history(work, &facts, err) && take_uses(work, &facts, err) &&
           report_a_make(&facts, work->arena, &report, err) &&
           report_issuer_issue(issuer, report, work->arena, ret, err);
}
