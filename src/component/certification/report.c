// SPDX-License-Identifier: Apache-2.0
//
// Report B: C3 verifies what an institution hands in, with its own trust and its own records.
#include "component/certification/authority.h"
#include "domain/report/report_b.h"

// The trust of the issuer, with C3's own current list and the list that was handed in. A list is
// only material: whoever uses it verifies it first.
static bool gather_trust(Certification *certification, const ReportApplication *application,
                         Arena *arena, const TrustStore **ret, Error *err)
{
    const CertificationConfig *config = &certification->config;
    TrustStore *trust = trust_store_extend(arena, report_issuer_trust(config->reports));
    if (trust == NULL) {
        return error_memory(err);
    }
    if (!authority_add_lists(certification, trust, arena, err)) {
        return false;
    }
    for (size_t i = 0; i < config->chain_count; i++) {
        if (!trust_store_add_certificates(trust, config->chain[i], err)) {
            return false;
        }
    }
    const ReportMaterial *handed = report_material_find(application, MATERIAL_CRL);
    Error malformed = {0};
    if (handed != NULL && !trust_store_add_crls(trust, handed->content, &malformed) &&
        malformed.kind != ERROR_INPUT) {
        *err = malformed;
        return false;
    }
    *ret = trust;
    return true;
}

static const char *state_chinese(CertificateState state)
{
    static const char *const names[CERTIFICATE_STATE_COUNT] = {
        [CERTIFICATE_REQUESTED] = "已申请",      [CERTIFICATE_REJECTED] = "已拒绝",
        [CERTIFICATE_ISSUED] = "有效（已签发）", [CERTIFICATE_DELIVERED] = "有效（已交付）",
        [CERTIFICATE_ACTIVE] = "有效",           [CERTIFICATE_UPDATED] = "有效（已更新）",
        [CERTIFICATE_SUSPENDED] = "已挂起",      [CERTIFICATE_REVOKED] = "已注销",
        [CERTIFICATE_EXPIRED] = "已过期",
    };
    return names[state];
}

// What the certificate is here is read from C3's own record, not from the material.
static bool find_issuance(Certification *certification, const ReportApplication *application,
                          Arena *arena, ReportIssuance *ret, Error *err)
{
    Certificate certificate;
    CertificateRow row;
    Error unknown = {0};
    *ret = (ReportIssuance){.state = ""};
    if (!report_b_find_certificate(application, arena, &certificate)) {
        return true;
    }
    ret->is_ours = name_equal(certificate.issuer, certification->issuer.subject);
    const char *serial = certificate_serial_text(arena, &certificate);
    if (serial == NULL || (serial = serial_canonical(arena, serial)) == NULL) {
        return error_memory(err);
    }
    if (!certificate_record_get(certification->store, serial, arena, &row, &unknown)) {
        if (unknown.kind != ERROR_NOT_FOUND) {
            *err = unknown;
            return false;
        }
        return true;
    }
    Time now = clock_now(certification->config.institution.clock);
    ret->is_known = ret->is_ours;
    ret->state = state_chinese(certificate_row_state(&row, now));
    return true;
}

static bool make_report(Certification *certification, const ReportRequest *request,
                        const ReportRequester *requester, Arena *arena, IssuedReport *ret,
                        Error *err)
{
    const CertificationConfig *config = &certification->config;
    const CertificationLicence *licence = &config->licence;
    const ReportApplication *application = &request->application;
    ReportIssuance issuance;
    Report *report;
    ReportBFacts facts = {
        .head = report_issuer_head(config->reports, request, requester),
        .licence_holder = licence->holder,
        .licence_from = licence->valid_from,
        .licence_until = licence->valid_until,
        .application = application,
        .issuance = &issuance,
    };
    return gather_trust(certification, application, arena, &facts.trust, err) &&
           find_issuance(certification, application, arena, &issuance, err) &&
           report_b_make(&facts, arena, &report, err) &&
           report_issuer_issue(config->reports, report, arena, ret, err);
}

bool certification_handle_report(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Certification *certification = component;
    const ReportIssuer *reports = certification->config.reports;
    ReportRequest asked;
    const ReportRequester *requester;
    IssuedReport issued;
    if (reports == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "report.not_issued_here", NULL,
                         "this certification system issues no reports");
    }
    if (!report_issuer_accept(reports, request->body, request->arena, &asked, &requester, err) ||
        !make_report(certification, &asked, requester, request->arena, &issued, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = issued_report_to_json(&issued);
    return service_reply_json(response, request->arena, 201, reply, err);
}
