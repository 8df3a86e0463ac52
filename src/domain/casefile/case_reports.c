// SPDX-License-Identifier: Apache-2.0
//
// The three reports: each a signed statement of its issuer, about this agreement, of one set; and
// the same as sealed pages, when the file was made with them.
#include <string.h>

#include "base/codec/hex.h"
#include "domain/casefile/case_scene.h"
#include "domain/report/report_material.h"

typedef struct {
    CasePart pdf;
    CasePart json;
    const char *type;
    CaseRole role;
} ReportRow;

static const ReportRow report_rows[] = {
    {CASE_REPORT_A_PDF, CASE_REPORT_A_JSON, "assent.report-a/1", ROLE_PARTY},
    {CASE_REPORT_B_PDF, CASE_REPORT_B_JSON, "assent.report-b/1", ROLE_AUTHORITY},
    {CASE_REPORT_C_PDF, CASE_REPORT_C_JSON, "assent.report-c/1", ROLE_KEEPER},
};

// The digest of the agreement among the files of the report's attachments. False: not listed.
static bool find_agreement_digest(const json_t *report, Sm3Digest *ret)
{
    const json_t *attachments = json_object_get(report, "attachments");
    for (size_t i = 0; i < json_array_size(attachments); i++) {
        const json_t *files = json_object_get(json_array_get(attachments, i), "files");
        for (size_t k = 0; k < json_array_size(files); k++) {
            const json_t *file = json_array_get(files, k);
            const char *name = json_string_value(json_object_get(file, "name"));
            const char *digest = json_string_value(json_object_get(file, "digest"));
            CLEANUP(writer_free) Writer bytes = writer_new(SM3_SIZE);
            if (name != NULL && digest != NULL && strcmp(name, MATERIAL_AGREEMENT) == 0 &&
                hex_decode(bytes_of_text(digest), &bytes, NULL) && bytes.len == SM3_SIZE) {
                memcpy(ret->bytes, bytes.data, SM3_SIZE);
                return true;
            }
        }
    }
    return false;
}

static void judge_document(CaseScene *scene, const json_t *report, const char **set_id)
{
    static const char clause[] = "JR/T 0299-2024 8.4 e";
    Sm3Digest stated, agreement = scene->file->digests[CASE_AGREEMENT];
    const char *id = json_string_value(json_object_get(report, "set_id"));
    bool is_listed = find_agreement_digest(report, &stated);
    bool is_same_set = id != NULL && (*set_id == NULL || strcmp(*set_id, id) == 0);
    if (*set_id == NULL && id != NULL) {
        *set_id = arena_text(scene->arena, bytes_of_text(id));
    }
    (void)verdict_require(scene->verdict,
                          is_same_set && is_listed && sm3_digest_equal(&stated, &agreement),
                          AREA_POLICY, "case.report_document", clause,
                          "the report is of one set with the others and about this agreement");
}

// The seal on the pages names the digest of the JSON form and bears the issuer's name.
static void judge_pages(CaseScene *scene, const ReportRow *row, Bytes payload, const json_t *report)
{
    size_t at;
    SealSignatureFindings *found = arena_alloc(scene->arena, sizeof *found);
    if (found == NULL) {
        scene->verdict->exhausted = true;
        return;
    }
    Bytes before;
    if (!case_read_signature(scene, scene->content->parts[row->pdf], found, &before)) {
        return;  // sealed_pdf_verify, or case.reports, says why
    }
    case_note_signer(scene, case_part_path(row->pdf), row->role, &found->signer);
    Sm3Digest digest = sm3_digest(payload);
    const char *text = report_digest_text(scene->arena, &digest);
    const char *issuer = json_string_value(json_object_get(report, "issuer"));
    bool fits = text[0] != '\0' && issuer != NULL &&
                bytes_find(found->signature.property, bytes_of_text(text), 0, &at) &&
                bytes_equal_text(found->signature.seal.name, issuer);
    (void)verdict_require(scene->verdict, fits, AREA_CRYPTOGRAPHY, "case.report_pages",
                          "JR/T 0299-2024 8.4",
                          "the issuer's seal on the pages names the digest of this JSON form");
}

static void judge_statement(CaseScene *scene, const ReportRow *row, const char **set_id)
{
    Statement statement;
    CLEANUP(json_cleanup) json_t *report = NULL;
    Error err = {0};
    const char *outer = case_enter(scene, row->json);
    if (case_take_statement(scene, row->json, row->type, &statement)) {
        if (json_parse(statement.payload, &report, &err)) {
            judge_document(scene, report, set_id);
            judge_pages(scene, row, statement.payload, report);
        } else {
            (void)verdict_take(scene->verdict, false, AREA_FORMAT, "case.report_document",
                               "JR/T 0299-2024 8.4", &err);
        }
    }
    verdict_leave(scene->verdict, outer);
}

void case_judge_reports(CaseScene *scene)
{
    static const char clause[] = "JR/T 0299-2024 8.4 e";
    VerificationPolicy policy = {
        .trust = scene->trust, .at = scene->filed_at, .institutions = scene->policy->institutions};
    size_t statements = 0, pages = 0;
    bool is_withheld = false;
    const char *set_id = NULL;
    for (size_t i = 0; i < COUNT_OF(report_rows); i++) {
        pages += scene->content->parts[report_rows[i].pdf].len > 0 ? 1 : 0;
        statements += scene->content->parts[report_rows[i].json].len > 0 ? 1 : 0;
        is_withheld = is_withheld || scene->file->is_withheld[report_rows[i].json];
    }
    if (statements == 0 && pages == 0 && is_withheld) {
        return;  // case.withheld says so
    }
    if (statements == 0 && pages == 0) {
        verdict_add(scene->verdict, AREA_COMPLETENESS, CHECK_INFORMED, "case.reports", clause,
                    "no reports were asked for yet");
        return;
    }
    (void)verdict_require(
        scene->verdict,
        statements == COUNT_OF(report_rows) && (pages == 0 || pages == COUNT_OF(report_rows)),
        AREA_COMPLETENESS, "case.reports", clause,
        "reports A, B and C are there, their pages for all or none");
    for (size_t i = 0; i < COUNT_OF(report_rows); i++) {
        Bytes pdf = scene->content->parts[report_rows[i].pdf];
        if (pdf.len > 0) {
            const char *outer = case_enter(scene, report_rows[i].pdf);
            (void)sealed_pdf_verify(pdf, &policy, scene->verdict, NULL);
            verdict_leave(scene->verdict, outer);
        }
        judge_statement(scene, &report_rows[i], &set_id);
    }
}
