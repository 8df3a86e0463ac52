// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_basis.h"

#include <string.h>

#include "domain/report/report_basis_inside.h"
#include "domain/report/report_state.h"

const char *const report_business_keys[REPORT_BUSINESS_COUNT] = {
    "institution", "uscc",    "address",   "hotline", "product", "channel",
    "region",      "sources", "verifiers", "ca_name", "cps_url", "evidence_provider",
};

void report_business_places(ReportBusiness *business, const char **ret[REPORT_BUSINESS_COUNT])
{
    const char **const places[REPORT_BUSINESS_COUNT] = {
        &business->institution, &business->uscc,    &business->address,
        &business->hotline,     &business->product, &business->channel,
        &business->region,      &business->sources, &business->verifiers,
        &business->ca_name,     &business->cps_url, &business->evidence_provider,
    };
    memcpy(ret, places, sizeof places);
}

void report_a_places(ReportAFacts *facts, ReportAPlace ret[REPORT_A_PLACES])
{
    const ReportAPlace places[REPORT_A_PLACES] = {
        {"authorization.json", &facts->authorization},
        {"consents.json", &facts->consents},
        {MATERIAL_DECISION, &facts->decision},
        {"certificate.cer", &facts->certificate},
        {BASIS_ISSUE, &facts->registration_issue},
        {MATERIAL_BEHAVIOUR, &facts->behaviour},
        {"destruction.json", &facts->destruction},
        {"key-use.json", &facts->key_use},
        {MATERIAL_AGREEMENT, &facts->signed_agreement},
        {"m6.receipt", &facts->receipts[0]},
        {"m7.receipt", &facts->receipts[1]},
        {"m8.receipt", &facts->receipts[2]},
    };
    memcpy(ret, places, sizeof places);
}

enum { OTHERS_ENCLOSED_MAX = 16 };

// --- building ---------------------------------------------------------------------------------

typedef struct {
    Report *report;
    json_t *materials, *enclosed, *facts;
} Basis;

static Basis basis_new(Report *report)
{
    return (Basis){report, json_array(), json_array(), json_make_object()};
}

static void add_material(Basis *basis, const char *name, const char *media_type, Bytes content)
{
    Sm3Digest digest = report_digest(basis->report, content);
    json_t *json = json_make_object();
    json_put_text(json, "name", name);
    json_put_text(json, "media_type", media_type);
    json_put_hex(json, "sm3", sm3_bytes(&digest));
    json_array_append_new(basis->materials, json);
}

static void enclose(Basis *basis, Bytes content)
{
    json_t *wrapped = json_make_object();
    json_put_base64(wrapped, "content", content);
    json_array_append_new(basis->enclosed, wrapped);
}

static void add_application(Basis *basis, const ReportApplication *application)
{
    json_t *json = json_make_object();
    json_put_text(json, "applicant", application->applicant);
    json_put_time(json, "applied_at", application->applied_at);
    json_put_text(json, "authorization_id", application->authorization_id);
    json_put_text(json, "business", application->business);
    json_put_text(json, "content", application->content);
    json_put_bool(json, "holder", application->holder.name != NULL);
    json_put(basis->facts, "application", json);
    for (size_t i = 0; i < application->material_count; i++) {
        const ReportMaterial *material = &application->materials[i];
        add_material(basis, material->name, material->media_type, material->content);
    }
}

static void basis_finish(Basis *basis)
{
    Report *report = basis->report;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put(json, "materials", basis->materials);
    json_put(json, "enclosed", basis->enclosed);
    json_put(json, "facts", basis->facts);
    report->failed = !json_text(report->arena, json, &report->basis, NULL) || report->failed;
}

// --- A ----------------------------------------------------------------------------------------

static void add_business(Basis *basis, const ReportAFacts *facts)
{
    ReportBusiness business = facts->business;
    const char **places[REPORT_BUSINESS_COUNT];
    json_t *json = json_make_object();
    report_business_places(&business, places);
    for (size_t i = 0; i < REPORT_BUSINESS_COUNT; i++) {
        json_put_text(json, report_business_keys[i], *places[i] == NULL ? "" : *places[i]);
    }
    json_put(basis->facts, "institution", json);
}

static void add_uses(Basis *basis, const ReportAFacts *facts)
{
    json_t *uses = json_array();
    for (size_t i = 0; i < facts->use_count; i++) {
        const ReportUse *use = &facts->uses[i];
        json_t *json = json_make_object();
        json_put_time(json, "at", use->at);
        json_put_text(json, "query_id", use->query_id);
        json_put_text(json, "purpose", use->purpose);
        json_put_text(json, "outcome", use->outcome);
        json_array_append_new(uses, json);
    }
    json_put(basis->facts, "uses", uses);
}

void report_a_set_basis(Report *report, const ReportAFacts *facts)
{
    Basis basis = basis_new(report);
    ReportAFacts copy = *facts;
    ReportAPlace places[REPORT_A_PLACES];
    report_a_places(&copy, places);
    for (size_t i = 0; i < REPORT_A_PLACES; i++) {
        if (places[i].place->len > 0) {
            add_material(&basis, places[i].name, "", *places[i].place);
        }
    }
    // A case file has receipts as they can be given when it is made, which say more.
    for (size_t i = 0; i < REPORT_A_RECEIPTS; i++) {
        if (facts->receipts[i].len > 0) {
            enclose(&basis, facts->receipts[i]);
        }
    }
    if (facts->log_certificate != NULL) {
        add_material(&basis, BASIS_LOG_CERTIFICATE, "", facts->log_certificate->der);
    }
    add_business(&basis, facts);
    add_uses(&basis, facts);
    json_put_text(basis.facts, "authorization_id", facts->authorization_id);
    json_put_text(basis.facts, "state", authorization_state_name(facts->state));
    json_put_bool(basis.facts, "is_batch", facts->is_batch);
    json_put_bool(basis.facts, "holder", facts->holder.name != NULL);
    json_put_int(basis.facts, "history_count", (int64_t)facts->history_count);
    basis_finish(&basis);
}

// --- B ----------------------------------------------------------------------------------------

void report_b_set_basis(Report *report, const ReportBFacts *facts, Bytes issuer)
{
    Basis basis = basis_new(report);
    add_application(&basis, facts->application);
    const Crl *list;
    for (size_t i = 0; issuer.len > 0 && facts->trust != NULL &&
                       (list = trust_store_find_crl(facts->trust, issuer, i)) != NULL;
         i++) {
        add_material(&basis, BASIS_LIST, "", list->der);
        if (list->der.len <= REPORT_MAX_ENCLOSED_LIST) {
            enclose(&basis, list->der);
        }
    }
    json_put_text(basis.facts, "licence_holder", facts->licence_holder);
    json_put_int(basis.facts, "licence_from", facts->licence_from);
    json_put_int(basis.facts, "licence_until", facts->licence_until);
    if (facts->issuance != NULL) {
        json_t *issuance = json_make_object();
        json_put_bool(issuance, "is_ours", facts->issuance->is_ours);
        json_put_bool(issuance, "is_known", facts->issuance->is_known);
        json_put_text(issuance, "state", facts->issuance->state);
        json_put(basis.facts, "issuance", issuance);
    }
    basis_finish(&basis);
}

// --- C ----------------------------------------------------------------------------------------

void report_c_set_basis(Report *report, const ReportCFacts *facts)
{
    Basis basis = basis_new(report);
    json_t *deposits = json_array();
    size_t other_count = 0;
    for (size_t i = 0; i < facts->deposit_count; i++) {
        other_count += facts->deposits[i].stage == DEPOSIT_OTHER ? 1 : 0;
    }
    add_application(&basis, facts->application);
    for (size_t i = 0; i < facts->deposit_count; i++) {
        const ReportDeposit *deposit = &facts->deposits[i];
        Sm3Digest receipt = report_digest(report, deposit->receipt);
        json_t *json = json_make_object();
        json_put_int(json, "stage", deposit->stage);
        json_put_int(json, "sequence", deposit->sequence);
        json_put_text(json, "depositor", deposit->depositor);
        json_put_time(json, "received", deposit->received);
        json_put_int(json, "log_index", (int64_t)deposit->log_index);
        json_put_hex(json, "submission", sm3_bytes(&deposit->submission));
        json_put_hex(json, "receipt", sm3_bytes(&receipt));
        json_put_text(json, "damage", deposit->damage);
        json_put_bool(json, "is_open", deposit->deposit != NULL);
        json_array_append_new(deposits, json);
        enclose(&basis, deposit->receipt);
        // Uses, withdrawals, earlier reports: in no case file, and few, or not computed again.
        if (deposit->statement.len > 0 && deposit->statement.len <= REPORT_MAX_ENCLOSED_LIST &&
            other_count <= OTHERS_ENCLOSED_MAX) {
            enclose(&basis, deposit->statement);
        }
    }
    if (facts->log_certificate != NULL) {
        add_material(&basis, BASIS_LOG_CERTIFICATE, "", facts->log_certificate->der);
    }
    json_put(basis.facts, "deposits", deposits);
    json_put_text(basis.facts, "log_origin", facts->log_origin);
    json_put_text(basis.facts, "environment", facts->environment);
    basis_finish(&basis);
}
