// SPDX-License-Identifier: Apache-2.0
#include "component/port/report_issuer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/codec/hex.h"
#include "domain/document/pdf_signature.h"
#include "domain/document/seal_picture.h"
#include "domain/seal/seal_material.h"
#include "domain/seal/seal_signature_verify.h"

enum {
    PICTURE_PIXELS = 360,
    PICTURE_MAX_SIZE = 512 * 1024,
    SEAL_MILLIMETRES = 42,
    SEAL_YEARS = 5,
};

static const char seal_purpose[] = "电子授权报告专用章";
static const char field_name[] = "Issuer";

struct ReportIssuer {
    ReportIssuerConfig config;
    Certificate seal_certificate;
    bool knows_log;
    Certificate log_certificate;
    Arena *arena;       // of the trust, seal and picture
    TrustStore *trust;  // configured trust and the chain
    const char *typesetting;
    pthread_mutex_t mutex;
    Bytes seal, picture;  // empty until made
    SealPicture shape;    // of the picture
};

// --- start ------------------------------------------------------------------------------------

static bool refuse(Error *err, const char *why)
{
    return error_set(err, ERROR_INPUT, "report_issuer.config", NULL,
                     "the issuer of reports cannot be configured like this: %s", why);
}

static bool check_config(ReportIssuer *issuer, Error *err)
{
    const ReportIssuerConfig *config = &issuer->config;
    if (config->name == NULL || config->licence == NULL || config->seal_signer == NULL ||
        config->institution.signer == NULL || config->fonts == NULL || config->trust == NULL) {
        return refuse(err, "something is missing");
    }
    if (!certificate_parse(config->seal_certificate, &issuer->seal_certificate, err)) {
        return error_context(err, "certificate of the report seal");
    }
    if (!sm2_public_key_equal(&issuer->seal_certificate.public_key,
                              config->seal_signer->public_key)) {
        return refuse(err, "the seal's certificate is of another key");
    }
    if (sm2_public_key_equal(config->seal_signer->public_key,
                             config->institution.signer->public_key)) {
        return refuse(err, "one key both seals reports and signs statements");
    }
    issuer->knows_log = config->log_certificate.len > 0;
    return !issuer->knows_log ||
           certificate_parse(config->log_certificate, &issuer->log_certificate, err) ||
           error_context(err, "certificate of the evidence log");
}

static bool extend_trust(ReportIssuer *issuer, Error *err)
{
    issuer->arena = arena_new(ARENA_DEFAULT_LIMIT);
    issuer->trust =
        issuer->arena == NULL ? NULL : trust_store_extend(issuer->arena, issuer->config.trust);
    if (issuer->trust == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < issuer->config.chain_count; i++) {
        if (!trust_store_add_certificates(issuer->trust, issuer->config.chain[i], err)) {
            return error_context(err, "chain of the report seal");
        }
    }
    issuer->typesetting = typeset_describe(issuer->arena, issuer->config.fonts);
    return issuer->typesetting != NULL || error_memory(err);
}

bool report_issuer_start(const ReportIssuerConfig *config, ReportIssuer **ret, Error *err)
{
    ReportIssuer *issuer = calloc(1, sizeof *issuer);
    if (issuer == NULL) {
        return error_memory(err);
    }
    issuer->config = *config;
    pthread_mutex_init(&issuer->mutex, NULL);
    if (!check_config(issuer, err) || !extend_trust(issuer, err)) {
        report_issuer_stop(issuer);
        return false;
    }
    *ret = issuer;
    return true;
}

void report_issuer_stop(ReportIssuer *issuer)
{
    if (issuer != NULL) {
        pthread_mutex_destroy(&issuer->mutex);
        arena_free(issuer->arena);
        free(issuer);
    }
}

const ReportIssuerConfig *report_issuer_config(const ReportIssuer *issuer)
{
    return &issuer->config;
}

const TrustStore *report_issuer_trust(const ReportIssuer *issuer)
{
    return issuer->trust;
}

const Certificate *report_issuer_log_certificate(const ReportIssuer *issuer)
{
    return issuer->knows_log ? &issuer->log_certificate : NULL;
}

ReportHead report_issuer_head(const ReportIssuer *issuer, const ReportRequest *request,
                              const ReportRequester *requester)
{
    return (ReportHead){.set_id = request->set_id,
                        .case_number = request->case_number,
                        .requester = requester,
                        .issuer = issuer->config.name,
                        .licence = issuer->config.licence,
                        .verification_url = issuer->config.verification_url,
                        .typesetting = issuer->typesetting,
                        .date = clock_now(issuer->config.institution.clock)};
}

bool report_issuer_accept(const ReportIssuer *issuer, Bytes statement, Arena *arena,
                          ReportRequest *ret, const ReportRequester **ret_requester, Error *err)
{
    Statement parsed;
    return partners_accept(&issuer->config.requesters, REPORT_REQUEST_TYPE, statement, arena,
                           &parsed, err) &&
           report_request_parse(parsed.payload, arena, ret, ret_requester, err);
}

// --- the institution's seal -------------------------------------------------------------------

static bool make_seal(ReportIssuer *issuer, Arena *arena, Error *err)
{
    const ReportIssuerConfig *config = &issuer->config;
    const Certificate *certificate = &issuer->seal_certificate;
    CLEANUP(writer_free) Writer png = writer_new(PICTURE_MAX_SIZE);
    if (!seal_picture_draw_organization(config->fonts, config->name, seal_purpose, PICTURE_PIXELS,
                                        &png, err)) {
        return false;
    }
    // The same certificate asks for the same seal, also after a restart.
    Sm3Digest fingerprint = certificate_fingerprint(certificate);
    const Time longest = certificate->not_before + SEAL_YEARS * 365 * TIME_DAY;
    SealOrder order = {
        .request_id = hex_text(arena, bytes_slice(sm3_bytes(&fingerprint), 0, 16)),
        .certificate = config->seal_certificate,
        .picture_png = writer_bytes(&png),
        .width_mm = SEAL_MILLIMETRES,
        .height_mm = SEAL_MILLIMETRES,
        .name = config->name,
        .is_organization = true,
        .valid_from = certificate->not_before,
        .valid_until = certificate->not_after < longest ? certificate->not_after : longest,
    };
    Bytes seal;
    if (order.request_id == NULL) {
        return error_memory(err);
    }
    if (!config->sealing.make(&config->sealing, &order, arena, &seal, err)) {
        return error_context(err, "having the report seal made");
    }
    issuer->picture = arena_copy(issuer->arena, writer_bytes(&png));
    if (issuer->picture.len == 0) {
        return error_memory(err);
    }
    if (!seal_picture_parse(issuer->picture, &issuer->shape, err)) {
        return false;
    }
    issuer->seal = arena_copy(issuer->arena, seal);
    return issuer->seal.len > 0 ? true : error_memory(err);
}

static bool ensure_seal(ReportIssuer *issuer, Arena *arena, Bytes *ret_seal, Bytes *ret_picture,
                        Error *err)
{
    pthread_mutex_lock(&issuer->mutex);
    bool ok = issuer->seal.len > 0 || make_seal(issuer, arena, err);
    *ret_seal = issuer->seal;
    *ret_picture = issuer->picture;
    pthread_mutex_unlock(&issuer->mutex);
    return ok;
}

// --- sealing a report -------------------------------------------------------------------------

// One report on its way.
typedef struct {
    ReportIssuer *issuer;
    const Report *report;
    Arena *arena;
    Sm3Digest json_digest;
    Bytes seal, picture;
    Time now;
    PdfPrepared prepared;
} Issue;

static bool prepare_pages(Issue *issue, Error *err)
{
    const FontFamily *fonts = issue->issuer->config.fonts;
    PathMaterial material;
    PdfSecurityStore security;
    Layout layout;
    PdfSealing sealing = {
        .field_name = field_name,
        .reason = report_title(report_kind(issue->report)),
        .signing_time = issue->now,
        .picture_png = issue->picture,
        .picture = &issue->issuer->shape,
        .security = &security,
    };
    CLEANUP(writer_free) Writer pdf = writer_new(REPORT_MAX_SIZE);
    if (!seal_material_collect(issue->issuer->trust, issue->issuer->config.seal_certificate,
                               issue->seal, issue->now, &material, err)) {
        return false;
    }
    security = pdf_security_store_of(&material);
    return report_typeset(issue->report, &issue->json_digest, fonts, &layout, err) &&
           layout_anchor(&layout, REPORT_SEAL_ANCHOR, &sealing.place, err) &&
           layout_write_pdf(&layout, fonts, &pdf, err) &&
           pdf_signature_prepare(issue->arena, writer_bytes(&pdf), &sealing, &issue->prepared, err);
}

// The property names the protected range, and the JSON form that goes with these pages.
static bool build_tbs(Issue *issue, Writer *ret, Error *err)
{
    const uint64_t *r = issue->prepared.slot.byte_range;
    char *property = arena_format(
        issue->arena, "{\"field\":\"%s\",\"byte_range\":[%llu,%llu,%llu,%llu],\"report\":\"%s\"}",
        field_name, (unsigned long long)r[0], (unsigned long long)r[1], (unsigned long long)r[2],
        (unsigned long long)r[3], report_digest_text(issue->arena, &issue->json_digest));
    TbsSignPlan plan = {.seal = issue->seal,
                        .signed_at = issue->now,
                        .data_hash = issue->prepared.digest,
                        .property = bytes_of_text(property)};
    return property == NULL ? error_memory(err) : tbs_sign_build(&plan, ret, err);
}

static bool sign_pages(Issue *issue, Bytes tbs, Writer *ret, Error *err)
{
    const ReportIssuerConfig *config = &issue->issuer->config;
    SealSignatureParts parts = {.tbs = tbs, .certificate = config->seal_certificate};
    if (!signer_sign(config->seal_signer, tbs, &parts.value, err)) {
        return false;
    }
    Sm3Digest imprint = seal_signature_imprint(&parts.value);
    return config->timestamp.stamp(&config->timestamp, &imprint, issue->arena, &parts.time_stamp,
                                   err) &&
           seal_signature_assemble(&parts, ret, err);
}

// What others will refuse must not leave the house.
static bool check_own(const Issue *issue, Bytes der, Error *err)
{
    SealOriginal original = {.digest = &issue->prepared.digest};
    SealPolicy policy = {
        .trust = issue->issuer->trust, .revocation = REVOCATION_IF_GIVEN, .now = issue->now};
    return seal_signature_verify(der, &original, &policy, NULL, err) ||
           error_context(err, "the sealed report does not verify");
}

static bool seal_pages(Issue *issue, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer tbs = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    CLEANUP(writer_free) Writer der = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    return prepare_pages(issue, err) && build_tbs(issue, &tbs, err) &&
           sign_pages(issue, writer_bytes(&tbs), &der, err) &&
           check_own(issue, writer_bytes(&der), err) &&
           pdf_signature_embed(issue->arena, issue->prepared.pdf, &issue->prepared.slot,
                               writer_bytes(&der), ret, err);
}

bool report_issuer_issue(ReportIssuer *issuer, const Report *report, Arena *arena,
                         IssuedReport *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = report_to_json(report);
    Bytes text;
    IssuedReport issued;
    Issue issue = {.issuer = issuer,
                   .report = report,
                   .arena = arena,
                   .now = clock_now(issuer->config.institution.clock)};
    if (json == NULL) {
        return error_set(err, ERROR_LIMIT, "report.failed", NULL,
                         "the report is too large or memory ran out");
    }
    if (!json_text(arena, json, &text, err)) {
        return false;
    }
    issue.json_digest = sm3_digest(text);
    if (!ensure_seal(issuer, arena, &issue.seal, &issue.picture, err) ||
        !seal_pages(&issue, &issued.pdf, err) ||
        !institution_state(&issuer->config.institution, report_type_name(report_kind(report)), json,
                           arena, &issued.statement, err)) {
        return false;
    }
    *ret = issued;
    return true;
}
