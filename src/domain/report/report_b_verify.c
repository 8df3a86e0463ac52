// SPDX-License-Identifier: Apache-2.0
//
// Report B, first half: what is found in the sealed file.
#include <string.h>

#include "domain/document/pdf_coverage.h"
#include "domain/document/pdf_signature.h"
#include "domain/report/report_b.h"

static void take_signature(const PdfSignature *from, ReportBFindings *ret)
{
    memcpy(ret->byte_range, from->byte_range, sizeof ret->byte_range);
    ret->contents_offset = from->contents_offset;
    ret->contents_len = from->contents_len;
    ret->der = from->der;
    ret->has_digest =
        from->has_byte_range && pdf_signature_digest(ret->pdf, ret->byte_range, &ret->digest, NULL);
    ret->has_signature = seal_signature_parse(ret->der, &ret->signature, NULL);
    ret->has_certificate = ret->has_signature &&
                           certificate_parse(ret->signature.certificate, &ret->certificate, NULL);
    ret->digest_equal = ret->has_digest && ret->has_signature &&
                        bytes_equal(sm3_bytes(&ret->digest), ret->signature.data_hash);
    ret->is_listed = ret->has_certificate &&
                     seal_find_certificate(&ret->signature.seal, ret->signature.certificate,
                                           &ret->certificate.public_key) != SEAL_NOT_LISTED;
    ret->value_holds = ret->has_certificate &&
                       seal_signature_value_holds(&ret->signature, &ret->certificate.public_key);
}

static const char *first_failed(const VerdictCheck *check)
{
    for (; check != NULL; check = check->next) {
        if (check->outcome == CHECK_FAILED) {
            return check->code;
        }
    }
    return "";
}

static void decide_changed(ReportBFindings *findings, bool is_covered, const char *coverage_code)
{
    findings->changed = CHANGED_YES;
    if (!findings->has_signature) {
        findings->changed_reason = "seal_signature.format";
    } else if (!findings->has_digest || !is_covered) {
        findings->changed_reason = coverage_code;
    } else if (!findings->digest_equal) {
        findings->changed_reason = "seal_signature.data_hash";
    } else if (!findings->value_holds) {
        findings->changed_reason = "seal_signature.value";
    } else if (!findings->is_listed) {
        // The original is what was signed, but by whom nobody can say ...
        findings->changed = CHANGED_UNDECIDED;
        findings->changed_reason = "seal_signature.certificate_listed";
    } else if (findings->has_stamp && findings->stamp_outcome == CHECK_FAILED) {
        // ... or since when.
        findings->changed = CHANGED_UNDECIDED;
        findings->changed_reason = "seal_signature.stamp_value";
    } else {
        findings->changed = CHANGED_NO;
        findings->changed_reason = "";
    }
}

// The judgement of a seal ends at its first exit, often before the time stamp; the report has to
// tell of the stamp all the same.
static void judge_stamp(const ReportBFacts *facts, Arena *arena, ReportBFindings *ret)
{
    ret->stamp_outcome = CHECK_FAILED;
    ret->has_stamp = ret->has_signature && ret->signature.time_stamp.len > 0;
    if (ret->has_stamp && timestamp_token_parse(ret->signature.time_stamp, &ret->stamp, NULL)) {
        Verdict verdict = verdict_new(arena);
        Sm3Digest imprint = sm3_digest(ret->signature.value_der);
        (void)timestamp_token_check(&ret->stamp, &imprint, facts->trust, REVOCATION_IF_GIVEN, NULL,
                                    &verdict);
        ret->stamp_outcome = verdict_outcome(&verdict);
    }
}

static void judge_signature(const ReportBFacts *facts, PdfFile *file, Verdict *verdict,
                            ReportBFindings *ret)
{
    size_t count;
    take_signature(&pdf_signatures(file, &count)[0], ret);
    const uint64_t *r = ret->byte_range;
    const Bytes parts[] = {bytes_slice(ret->pdf, r[0], r[1]), bytes_slice(ret->pdf, r[2], r[3])};
    SealOriginal original = {.parts = parts, .part_count = 2, .digest = &ret->digest};
    if (!ret->has_digest) {
        original = (SealOriginal){.parts = parts};
    }
    SealPolicy policy = {
        .trust = facts->trust, .revocation = REVOCATION_IF_GIVEN, .now = facts->head.date};
    const VerdictCheck *before = verdict->last;
    bool is_covered = pdf_coverage_judge(verdict, file, 0);
    const char *coverage_code = first_failed(before == NULL ? verdict->first : before->next);
    (void)pdf_coverage_judge_content(verdict, file);
    if (ret->has_signature) {
        (void)pdf_coverage_judge_picture(verdict, file, 0, ret->signature.seal.picture);
    }
    (void)seal_signature_check(ret->der, &original, &policy, verdict, &ret->seal);
    judge_stamp(facts, verdict->arena, ret);
    decide_changed(ret, is_covered, coverage_code);
    // The judgement of a seal may end before these; what was altered must be told all the same.
    verdict_require(verdict, ret->changed == CHANGED_NO, AREA_CRYPTOGRAPHY, "report.unchanged",
                    "JR/T 0299-2024 Annex B", "digest, signature value and coverage: %s",
                    ret->changed == CHANGED_NO ? "unchanged" : ret->changed_reason);
}

bool report_b_find_certificate(const ReportApplication *application, Arena *arena, Certificate *ret)
{
    const ReportMaterial *material = report_material_find(application, MATERIAL_AGREEMENT);
    PdfFile *file = NULL;
    size_t count = 0;
    SealSignature signature;
    if (material == NULL || !pdf_open(arena, material->content, &file, NULL)) {
        return false;
    }
    const PdfSignature *signatures = pdf_signatures(file, &count);
    return count > 0 && seal_signature_parse(signatures[0].der, &signature, NULL) &&
           certificate_parse(signature.certificate, ret, NULL);
}

// A certificate of the CA that the CA has no record of is a forgery, however well it is signed.
static void judge_issuance(const ReportIssuance *issuance, Verdict *verdict)
{
    if (issuance != NULL && issuance->is_ours) {
        verdict_require(verdict, issuance->is_known, AREA_TRUST, "report.issuance_recorded",
                        "JR/T 0299-2024 6.5", "the issuer has %s record of the certificate",
                        issuance->is_known ? "a" : "no");
    }
}

void report_b_verify(const ReportBFacts *facts, Verdict *verdict, ReportBFindings *ret)
{
    const ReportMaterial *material = report_material_find(facts->application, MATERIAL_AGREEMENT);
    Error err = {0};
    PdfFile *file = NULL;
    *ret = (ReportBFindings){.pdf = material->content,
                             .changed = CHANGED_UNDECIDED,
                             .changed_reason = "report.pdf_readable"};
    const char *previous = verdict_enter(verdict, material->name);
    bool is_open = pdf_open(verdict->arena, material->content, &file, &err);
    if (verdict_take(verdict, is_open, AREA_FORMAT, "report.pdf_readable", "ISO 32000-1 7.5",
                     &err)) {
        (void)pdf_signatures(file, &ret->signature_count);
        ret->is_readable =
            verdict_require(verdict, ret->signature_count > 0, AREA_FORMAT, "report.pdf_sealed",
                            "GB/T 38540-2020 7.1", "%zu signatures", ret->signature_count);
        ret->changed_reason = "report.pdf_sealed";
    }
    if (ret->is_readable) {
        judge_signature(facts, file, verdict, ret);
        judge_issuance(facts->issuance, verdict);
    }
    verdict_leave(verdict, previous);
    ret->outcome = verdict_outcome(verdict);
    const VerdictCheck *reason = verdict_reason(verdict);
    ret->reason = reason == NULL ? "" : reason->code;
}
